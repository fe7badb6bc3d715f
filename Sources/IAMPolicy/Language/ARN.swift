/// An Amazon Resource Name cut at its first five colons.
///
/// Source: IAM User Guide, "Identify AWS resources with Amazon Resource Names (ARNs)".
public struct ARN: Sendable, Hashable, CustomStringConvertible {
    public let partition: Substring
    public let service: Substring
    public let region: Substring
    public let account: Substring
    /// What follows the fifth colon; it may contain more of them.
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

    /// Any text cut at its first five colons. It goes byte by byte, because this is done for every request.
    static func segments(of text: String) -> [Substring] {
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

enum AccountID {
    static func isValid(_ text: String) -> Bool {
        text.utf8.count == 12 && text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    }
}

/// A session of a role: `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION`. Its ARN has the role's name and not its path.
struct RoleSession: Sendable, Hashable {
    let partition: Substring
    let account: Substring
    let roleName: Substring
    let sessionName: Substring

    init?(arn text: String) {
        guard let arn = ARN(text), arn.service == "sts" else { return nil }
        let parts = arn.resource.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "assumed-role" else { return nil }
        partition = arn.partition
        account = arn.account
        roleName = parts[1]
        sessionName = parts[2]
    }

    func isSession(ofRole text: String) -> Bool {
        guard text.hasSuffix(roleName), let role = ARN(text), role.service == "iam", role.resource.hasPrefix("role/")
        else {
            return false
        }
        return role.account == account && role.partition == partition
            && role.resource.split(separator: "/").last == roleName
    }
}
