import Foundation
import TestSupport
import Testing

/// The same bytes in, the same bytes out: from run to run, with any number of threads, in any order of files.
@Suite(.timeLimit(.minutes(10))) struct RepeatableHuntTests {
    private let folder: LogsFolder

    init() throws { folder = try LogsFolder() }

    private func flows() throws -> [String] {
        var files = [[String]](repeating: [], count: 9)
        func add(_ time: Int, _ interface: Int, _ flow: String, _ verdict: String = "ACCEPT") {
            let at = 1_772_409_600 + time
            let ends = flow.replacing("T", with: "\(at)").replacing("E", with: "\(at + 59)")
            files[time / 300 % files.count].append("2 123456789012 eni-\(interface) \(ends) \(verdict) OK")
        }
        for bin in 0..<30 * 12 {
            for number in 0..<6 {
                add(
                    bin * 300 + number, number,
                    "10.0.0.\(10 + number) 203.0.113.\(1 + bin % 4) \(40_000 + bin) 443 6 20 \(800_000 + bin * 7_919 % 90_000) T E"
                )
            }
        }
        for number in 0..<40 {
            let at = 27 * 3_600 + number * 31
            add(at, 1, "10.0.0.11 10.0.0.77 50000 \(2_000 + number) 6 1 44 T E")
            add(at, 2, "10.0.0.12 10.0.1.\(number) 50000 445 6 1 44 T E")
            for source in 1...4 { add(at, 3, "198.51.100.\(source) 10.0.0.13 \(50_000 + number) 22 6 12 900 T E") }
            for source in 1...5 {
                add(at, 4, "192.0.2.\(source) 10.0.0.14 \(50_000 + number) \(3_000 + number % 30) 6 1 44 T E", "REJECT")
            }
            add(at, 5, "10.0.0.15 192.0.2.77 50000 443 6 20 90000000 T E")
        }
        for source in 1...5 { add(29 * 3_600, 4, "192.0.2.\(source) 10.0.0.14 50000 3306 6 90 9000 T E") }
        return try files.enumerated().map { try folder.write("flows/\($0).log", $1.joined(separator: "\n") + "\n") }
    }

    private func access() throws -> [String] {
        var files = [[String]](repeating: [], count: 7)
        var count = 0
        func add(
            _ minute: Int, _ requester: String, _ address: String, _ operation: String, _ key: String, _ status: Int,
            bucket: String = "trail-logs"
        ) {
            func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
            let time = "\(two(2 + minute / 1_440))/Mar/2026:\(two(minute / 60 % 24)):\(two(minute % 60)):00 +0000"
            count += 1
            files[count % files.count].append(
                "owner \(bucket) [\(time)] \(address) \(requester) ID\(count) \(operation) \(key) \"GET /x HTTP/1.1\" \(status) - 900 900 9 8 \"-\" \"aws-cli/2\" - host= SigV4 ECDHE AuthHeader h TLSv1.3 - -"
            )
        }
        let user = "arn:aws:iam::123456789012:user"
        for minute in stride(from: 0, to: 2_880, by: 10) {
            add(minute, "\(user)/ann", "203.0.113.5", "REST.GET.OBJECT", "AWSLogs/a", 200)
        }
        for number in 0..<60 {
            add(2_000, "\(user)/eve", "203.0.113.\(number % 7)", "REST.GET.OBJECT", "AWSLogs/\(number * 37 % 60)", 403)
            add(2_000, "\(user)/bob", "203.0.113.9", "REST.GET.OBJECT", "AWSLogs/\(number)", 404)
            add(2_001, "-", "198.51.100.\(number)", "REST.GET.OBJECT", "AWSLogs/\(number)", 403)
            add(2_001, "-", "198.51.100.\(number % 9)", "REST.GET.OBJECT", "img/\(number)", 200, bucket: "site")
        }
        for name in ["kim", "lee", "max"] {
            for operation in ["REST.DELETE.OBJECT", "REST.PUT.ACL", "REST.GET.ACL", "REST.GET.OBJECT"] {
                add(2_100, "\(user)/\(name)", "203.0.113.\(name.count)", operation, "AWSLogs/x", 200)
            }
        }
        return try files.enumerated().map { try folder.write("access/\($0).log", $1.joined(separator: "\n") + "\n") }
    }

    private func trails() throws -> [String] {
        let names = ["StopLogging", "DeleteTrail", "CreateUser", "CreateAccessKey", "ConsoleLogin"]
        return try (0..<6).map { file in
            let records = (0..<40).map { number in
                Trail.record(
                    "e\(file)-\(number)", names[number % names.count],
                    source: number % 5 > 1 ? "iam.amazonaws.com" : "cloudtrail.amazonaws.com",
                    time: "2026-03-01T1\(number % 10):0\(file):00Z",
                    actor: "arn:aws:iam::123456789012:user/u\(number % 7)")
            }
            return try folder.write("trails/\(file).json.gz", Trail.file(records))
        }
    }

    @Test(arguments: ["vpc-flow", "s3-access", "cloudtrail"])
    func theSameLogsGiveTheSameAlerts(source: String) async throws {
        let files = source == "vpc-flow" ? try flows() : source == "s3-access" ? try access() : try trails()
        func hunt(_ files: [String], _ threads: Int, _ format: String) async throws -> String {
            let outcome = try await HuntCommand.run(
                ["hunt", "--source", source, "--threads", "\(threads)", "--format", format]
                    + files.flatMap { ["--logs", $0] })
            // When the hunt ran is its own.
            return outcome.standardOutput.replacing(
                /"(started|finished|startTimeUtc|endTimeUtc)" ?: ?"[^"]*"/, with: "")
        }
        for format in ["json", "csv", "sarif"] {
            let first = try await hunt(files, 1, format)
            #expect(first.count > 1_000)
            for threads in [1, 1, 2, 2, 4] {
                #expect(try await hunt(files, threads, format) == first, "\(format), \(threads) threads")
            }
            guard format == "json" else { continue }
            for order in [files.reversed(), files.sorted { $0.hashOfName < $1.hashOfName }] {
                // The places are told in the order in which they were given.
                let places = /"logs" ?: ?\[[^\]]*\]/
                let other = try await hunt(order, 2, format)
                #expect(other.replacing(places, with: "") == first.replacing(places, with: ""), "another order")
            }
        }
    }
}

extension String {
    /// The same in each run: it shuffles files.
    fileprivate var hashOfName: UInt64 {
        utf8.suffix(12).reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    }
}
