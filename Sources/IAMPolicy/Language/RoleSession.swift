import Basics

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
            && role.name == roleName
    }
}
