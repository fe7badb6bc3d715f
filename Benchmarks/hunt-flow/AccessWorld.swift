/// One request as the generator writes it down.
struct AccessLine {
    /// Seconds since 1970.
    var time: Int
    var requester: String
    var address: String
    var operation = "REST.GET.OBJECT"
    var key: String
    var status = 200
    var bytes = 50_000
    var agent = AccessWorld.agent
    var isEncrypted = true

    /// The record in the format of S3's server access logs, with all its fields.
    func text(_ random: inout Randomness) -> String {
        let day = (time - FlowWorld.epoch) / 86_400 + 2
        let rest = (time - FlowWorld.epoch) % 86_400
        let clock = [rest / 3_600, rest / 60 % 60, rest % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(
            separator: ":")
        let request = String(random.next(), radix: 36, uppercase: true)
        let error = status == 403 ? "AccessDenied" : "-"
        let isSigned = requester != "-" && address != "-"
        let security =
            (isSigned ? "SigV4 " : "- ") + (isEncrypted ? "ECDHE-RSA-AES128-GCM-SHA256 " : "- ")
            + (isSigned ? "AuthHeader " : "- ") + "\(AccessWorld.bucket).s3.us-east-1.amazonaws.com "
            + (isEncrypted ? "TLSv1.3 - -" : "- - -")
        return """
            \(AccessWorld.owner) \(AccessWorld.bucket) [0\(day)/Mar/2026:\(clock) +0000] \(address) \(requester) \
            \(request) \(operation) \(key) "GET /\(AccessWorld.bucket)/\(key) HTTP/1.1" \(status) \(error) \(bytes) \
            \(bytes) 21 20 "-" "\(agent)" - \
            s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234= \(security)

            """
    }
}

/// Three days of a trail bucket's access logs: forty readers, CloudTrail's own deliveries, S3's own expirations, and a
/// misconfigured client that is refused all the time.
struct AccessWorld {
    static let owner = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
    static let bucket = "trail-logs"
    static let agent = "aws-sdk-java/2.20.43 Java/11"
    static let hours = 72
    static let readers = 40
    static let trickle = (requester: "arn:aws:iam::123456789012:user/old-job", address: "198.51.100.7")

    static func reader(_ number: Int) -> (requester: String, address: String) {
        ("arn:aws:sts::123456789012:assumed-role/siem-\(number)/session", "203.0.113.\(number + 1)")
    }

    static func key(_ random: inout Randomness) -> String {
        let name = String(random.next(), radix: 36)
        return "AWSLogs/123456789012/CloudTrail/us-east-1/2026/03/0\(1 + random.below(9))/\(name).json.gz"
    }

    /// What goes on all the time.
    func line(at time: Int, _ random: inout Randomness) -> AccessLine {
        let key = Self.key(&random)
        switch random.below(200) {
        case 0:
            return AccessLine(
                time: time, requester: Self.trickle.requester, address: Self.trickle.address, key: key, status: 403,
                bytes: 243)
        case 1..<12:
            return AccessLine(
                time: time, requester: "svc:cloudtrail.amazonaws.com", address: "10.17.0.9",
                operation: "REST.PUT.OBJECT", key: key, bytes: 0, agent: "[cloudtrail.amazonaws.com]")
        case 12:
            // S3 removes what is old by itself: no address, no encryption on any way.
            return AccessLine(
                time: time, requester: "AmazonS3", address: "-", operation: "S3.EXPIRE.OBJECT", key: key, bytes: 0,
                agent: "-", isEncrypted: false)
        case 13:
            return AccessLine(
                time: time, requester: Self.reader(1).requester, address: Self.reader(1).address,
                operation: "REST.DELETE.OBJECT", key: "athena-results/\(random.below(10_000)).csv", status: 204,
                bytes: 0)
        default:
            let reader = Self.reader(random.below(Self.readers))
            return AccessLine(
                time: time, requester: reader.requester, address: reader.address, key: key,
                bytes: 20_000 + random.below(60_000))
        }
    }
}
