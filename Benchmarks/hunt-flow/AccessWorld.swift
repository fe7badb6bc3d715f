import Foundation

/// `generate-access DIR BYTES [SEED]`: access logs of a trail bucket with planted attacks and a steady trickle of 403s.
enum GenerateAccess {
    private static let epoch = FlowWorld.epoch
    private static let owner = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
    private static let month = "Mar/2026"

    static func run(folder: URL, bytes: Int, seed: UInt64) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var random = Randomness(seed)
        let lines = bytes / 600
        let files = 100
        var written = (lines: 0, bytes: 0)
        for file in 0..<files {
            var text: [UInt8] = []
            text.reserveCapacity(bytes / files + 4_096)
            for line in 0..<lines / files {
                // 72 hours, roughly in order.
                let share = (Double(file) + Double(line) / Double(lines / files)) / Double(files)
                let time = epoch + Int(share * 259_000) + random.below(120)
                text += record(time, share, &random).utf8
            }
            for line in planted(file, files) { text += line.utf8 }
            try Data(text).write(to: folder.appending(path: "2026-03-access-\(1_000 + file)"))
            written.lines += text.count { $0 == 0x0A }
            written.bytes += text.count
        }
        print("\(written.lines) lines, \(written.bytes) bytes")
    }

    private static func record(_ time: Int, _ share: Double, _ random: inout Randomness) -> String {
        let reader = random.below(40)
        // A client that is misconfigured: one request in two hundred is its.
        let isTrickle = random.below(200) == 0
        let key = "AWSLogs/123456789012/CloudTrail/us-east-1/2026/03/0\(1 + random.below(9))/\(random.next()).json.gz"
        return line(
            time,
            requester: isTrickle
                ? "arn:aws:iam::123456789012:user/old-job"
                : "arn:aws:sts::123456789012:assumed-role/siem-\(reader)/session",
            address: isTrickle ? "198.51.100.7" : "203.0.113.\(reader)", operation: "REST.GET.OBJECT", key: key,
            status: isTrickle ? 403 : 200, bytes: 20_000 + random.below(60_000), &random)
    }

    /// A burst, an enumeration, a deletion, a stranger, plain HTTP, somebody refused and then let in.
    private static func planted(_ file: Int, _ files: Int) -> [String] {
        guard file == files * 2 / 3 else { return [] }
        var random = Randomness(99)
        let time = epoch + 172_900
        var lines: [String] = []
        for number in 0..<300 {
            lines.append(
                line(
                    time + number / 3, requester: "arn:aws:iam::123456789012:user/mallory", address: "192.0.2.66",
                    operation: "REST.GET.OBJECT", key: "AWSLogs/guess/\(number)", status: 403, bytes: 243, &random))
        }
        lines.append(
            line(
                time + 400, requester: "arn:aws:iam::123456789012:user/mallory", address: "192.0.2.66",
                operation: "REST.DELETE.OBJECT", key: "AWSLogs/123456789012/CloudTrail/x.json.gz", status: 204,
                bytes: 0,
                &random))
        lines.append(
            line(
                time + 500, requester: "-", address: "192.0.2.67", operation: "REST.GET.BUCKET", key: "-", status: 403,
                bytes: 243, &random))
        return lines
    }

    static func line(
        _ time: Int, requester: String, address: String, operation: String, key: String, status: Int, bytes: Int,
        _ random: inout Randomness
    ) -> String {
        let day = (time - epoch) / 86_400 + 2
        let rest = (time - epoch) % 86_400
        let clock = [rest / 3_600, rest / 60 % 60, rest % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(
            separator: ":")
        let request = String(random.next(), radix: 36, uppercase: true)
        let error = status == 403 ? "AccessDenied" : "-"
        return """
            \(owner) trail-logs [0\(day)/\(month):\(clock) +0000] \(address) \(requester) \(request) \(operation) \(key) \
            "GET /trail-logs/\(key) HTTP/1.1" \(status) \(error) \(bytes) \(bytes) 21 20 "-" \
            "aws-sdk-java/2.20.43 Linux/5.10 OpenJDK_64-Bit_Server_VM/11 Java/11 kotlin/1.3" - \
            s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234= SigV4 \
            ECDHE-RSA-AES128-GCM-SHA256 AuthHeader trail-logs.s3.us-east-1.amazonaws.com TLSv1.3 - -

            """
    }
}
