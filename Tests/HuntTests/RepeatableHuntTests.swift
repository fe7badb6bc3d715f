import Foundation
import Reports
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
            let line = "2 123456789012 eni-\(interface) \(ends) \(verdict) OK"
            // In any order, so that no file and no worker sees the beginning of anything.
            files[Int(line.hash64 % UInt64(files.count))].append(line)
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
        // What only the sum over all files, or the order in time, shows.
        for bin in 0..<30 * 12 {
            let at = bin * 300
            for peer in 1...14 {
                // Small parts, in an hour together as much as those of other peers.
                add(at + peer, 0, "10.0.0.10 198.51.100.\(peer) 41000 443 6 20 \(20_000 + peer % 5 * 1_000) T E")
            }
            // A peer that serves at two ports, and a reply before the request.
            add(at + 7, 1, "10.0.0.11 203.0.113.9 42000 \(bin % 2 == 0 ? 8443 : 443) 6 20 300000 T E")
            add(at + 9, 2, "203.0.113.8 10.0.0.12 8443 3306 6 20 5000 T E")
            add(at + 11, 2, "10.0.0.12 203.0.113.8 3306 8443 6 20 5000 T E")
            // An interface that has internal peers only, some with lower addresses.
            add(at + 13, 7, "10.0.0.17 10.0.0.\(2 + bin % 3) 43000 5432 6 20 \(400_000 + bin) T E")
            add(at + 14, 7, "10.0.0.\(2 + bin % 3) 10.0.0.17 5432 43000 6 20 \(700_000 + bin) T E")
        }
        for number in 0..<40 {
            // Each of the hosts is tried again, and the source is rejected again after it was let in.
            let at = 27 * 3_600 + number * 31
            add(at + 1_800, 2, "10.0.0.12 10.0.1.\(number) 50001 445 6 1 44 T E", "REJECT")
            add(at, 3, "192.0.2.200 10.0.0.13 50000 \(3_000 + number) 6 1 44 T E", "REJECT")
            add(at + 2_400, 3, "192.0.2.200 10.0.0.13 50000 \(3_000 + number) 6 1 44 T E", "REJECT")
            add(at, 5, "192.0.3.\(number) 10.0.0.15 50000 3389 6 90 \(9_000 + number % 3) T E")
        }
        add(27 * 3_600 + 2_000, 3, "192.0.2.200 10.0.0.13 50000 8080 6 90 9000 T E")
        return try files.enumerated().map { number, lines in
            let shuffled = lines.sorted { ($0.hash64, $0) < ($1.hash64, $1) }
            return try folder.write("flows/\(number).log", shuffled.joined(separator: "\n") + "\n")
        }
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

    private static let formats = Format.allCases.filter(HuntReport.formats.contains)

    /// Runs a hunt that writes each format and the baseline.
    /// - Returns: the texts, without the moments of the run and the places in the order in which they were given.
    private func hunt(_ source: String, _ files: [String], _ threads: Int) async throws -> [String: String] {
        let output = try LogsFolder()
        let names = Self.formats.map(\.rawValue)
        var arguments = ["hunt", "--source", source, "--threads", "\(threads)", "--max-alerts", "50", "--verbose"]
        for file in files { arguments += ["--logs", file] }
        for name in names { arguments += ["--format", name, "--output", output.path(name)] }
        arguments += ["--baseline", output.path("baseline")]
        let outcome = try await HuntCommand.run(arguments)
        #expect(outcome.status == 2, "\(outcome.standardError)")
        return try Dictionary(
            uniqueKeysWithValues: (names + ["baseline"]).map { name in
                var text = try output.text(name)
                for part in Self.ofTheRun { text = text.replacing(part, with: "") }
                return (name, text)
            })
    }

    private nonisolated(unsafe) static let ofTheRun: [Regex<Substring>] = [
        /[^\s"(]*parapet-hunt-[^\s",)<]+/, /· (?:under\s)?[0-9.]+\sm?s\b/, /(?:Started|Finished): [0-9TZ:.-]+/,
        /"(?:started|finished|startTimeUtc|endTimeUtc)" ?: ?"[^"]*"/,
        /"(?:created_time|processed_time|logged_time)" ?: ?[0-9]+/, /"(?:CreatedAt|UpdatedAt)" ?: ?"[^"]*"/,
    ]

    @Test(arguments: ["vpc-flow", "s3-access", "cloudtrail"])
    func theSameLogsGiveTheSameAlerts(source: String) async throws {
        let files = source == "vpc-flow" ? try flows() : source == "s3-access" ? try access() : try trails()
        let first = try await hunt(source, files, 1)
        for (name, text) in first { #expect(text.count > (name == "baseline" ? 100 : 1_000), "\(name)") }
        let orders = [files.reversed(), files.sorted { $0.hash64 < $1.hash64 }, files]
        for (threads, order) in [(1, 1), (2, 0), (3, 2), (8, 1)] {
            let other = try await hunt(source, orders[order], threads)
            for (name, text) in other {
                #expect(text == first[name], "\(name), \(threads) threads, order \(order)")
            }
        }
    }
}

extension String {
    /// The same in each run: it shuffles files and lines.
    fileprivate var hash64: UInt64 {
        // The names of files differ at their ends, behind a folder that is new in each run.
        utf8.suffix(120).reversed().prefix { $0 != UInt8(ascii: "/") }
            .reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    }
}
