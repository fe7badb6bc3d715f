/// An Amazon Resource Name, `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`, cut at its first five colons. The parts
/// are not checked: any of them may be empty, or have wildcards if the ARN is in a policy.
///
/// Source: IAM User Guide, "Identify AWS resources with Amazon Resource Names (ARNs)".
public struct ARN: Sendable, Hashable, CustomStringConvertible {
    public let partition: Substring
    public let service: Substring
    public let region: Substring
    public let account: Substring
    /// The rest after the fifth colon. It may contain more colons.
    public let resource: Substring
    public let description: String

    /// `nil` unless the text begins with `arn:` and has at least five colons.
    public init?(_ text: String) {
        let segments = Self.segments(of: text)
        guard segments.count == 6, segments[0] == "arn" else { return nil }
        partition = segments[1]
        service = segments[2]
        region = segments[3]
        account = segments[4]
        resource = segments[5]
        description = text
    }

    /// - Parameters:
    ///   - region: empty for global resources.
    ///   - account: empty for S3 buckets and objects.
    public init(
        partition: some StringProtocol = "aws", service: some StringProtocol, region: some StringProtocol = "",
        account: some StringProtocol = "", resource: some StringProtocol
    ) {
        self.partition = Substring(partition)
        self.service = Substring(service)
        self.region = Substring(region)
        self.account = Substring(account)
        self.resource = Substring(resource)
        description = "arn:\(partition):\(service):\(region):\(account):\(resource)"
    }

    /// The account; `nil` if it is not twelve digits: empty, `aws`, or a pattern.
    public var accountID: String? { AccountID.isValid(account) ? String(account) : nil }

    /// The part of the resource before its first `/` or `:`, such as `role`; `nil` if it has neither, as for a bucket.
    public var resourceType: Substring? { separator.map { resource[..<$0] } }

    /// The part of the resource after its type: `path/name` of `role/path/name`; the whole resource if it has no type.
    public var resourceID: Substring { separator.map { resource[resource.index(after: $0)...] } ?? resource }

    private var separator: Substring.Index? { resource.firstIndex { $0 == "/" || $0 == ":" } }

    /// The part of the resource after its last slash: the name of an IAM identity without its path; the whole resource
    /// if it has no slash.
    public var name: Substring {
        resource.lastIndex(of: "/").map { resource[resource.index(after: $0)...] } ?? resource
    }

    /// The segments of any text, cut at its first five colons: at most six, and one if there is no colon. It works byte
    /// by byte, because it runs for every request.
    public static func segments(of text: String) -> [Substring] {
        var segments: [Substring] = []
        segments.reserveCapacity(6)
        let bytes = text.utf8
        var start = bytes.startIndex
        var position = start
        while position < bytes.endIndex, segments.count < 5 {
            let next = bytes.index(after: position)
            if bytes[position] == UInt8(ascii: ":") {
                segments.append(text[start..<position])
                start = next
            }
            position = next
        }
        segments.append(text[start...])
        return segments
    }
}

extension ARN {
    // Compared by their text alone, because the parts follow from it.
    public static func == (one: ARN, other: ARN) -> Bool { one.description == other.description }
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
