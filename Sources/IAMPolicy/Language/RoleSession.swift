import Basics

/// A session of a role: `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION`. Its ARN has the role's name and not its path.
public struct RoleSession: Sendable, Hashable {
    let partition: Substring
    let account: Substring
    let roleName: Substring
    let sessionName: Substring

    public init?(arn text: String) {
        guard let arn = ARN(text), arn.service == "sts" else { return nil }
        let parts = arn.resource.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "assumed-role" else { return nil }
        partition = arn.partition
        account = arn.account
        roleName = parts[1]
        sessionName = parts[2]
    }

    /// The session's ARN without its name, which is the same for all sessions of the role.
    public var withoutName: String { "arn:\(partition):sts::\(account):assumed-role/\(roleName)" }

    /// Whether the ARN is that of the session's role, with any path.
    public func isSession(ofRole text: String) -> Bool {
        guard text.hasSuffix(roleName), let role = ARN(text), role.service == "iam", role.resource.hasPrefix("role/")
        else {
            return false
        }
        return role.account == account && role.partition == partition
            && role.name == roleName
    }
}
