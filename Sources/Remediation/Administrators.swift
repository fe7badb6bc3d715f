import Basics
import EffectiveAccess
import FoundationEssentials
import IAMPolicy
public import Inventory
public import Posture

extension Reading {
    /// What must be read so that the last administrator can be told.
    public static let administratorReads = Landscape.reads.union([.credentialReport])

    /// The users and roles that can give themselves and others every permission, and that somebody can be: users with a
    /// password or an active key, and roles that trust accounts or identity providers. By their ARNs.
    /// - Throws: ``Inventory/Unknown`` if it cannot be told who they are.
    public func administrators() throws(Unknown) -> Set<String> {
        let report = try account[.credentialReport].value
        let roles = try account[.identities].value.roles
        let reachable = Set(
            report.users.filter { $0.password.isEnabled == true || !$0.activeKeys.isEmpty }.map(\.arn)
                + roles.filter(\.canBeAssumedByPeople).map(\.arn))
        let someone = "arn:\(account.partition):iam::\(account.id):user/someone"
        let deeds = ["iam:AttachUserPolicy", "iam:PutUserPolicy", "iam:CreateAccessKey"]
        var able = reachable
        for deed in deeds {
            let holders = landscape.whoCan(deed, someone, following: false).holders
            able.formIntersection(holders.filter { $0.access.isCertain && $0.doubts.isEmpty }.map(\.principal.arn))
        }
        return able
    }

    /// The users whose credentials these steps take and without whom nobody would be left to administer the account.
    /// - Throws: ``Inventory/Unknown`` as ``administrators()``.
    public func lastAdministrators(hitBy steps: [Step]) throws(Unknown) -> Set<String> {
        let hit = Set(steps.filter { $0.call.takesAccess }.map(\.resource))
        guard !hit.isEmpty else { return [] }
        let all = try administrators()
        guard !all.isEmpty, all.subtracting(hit).isEmpty else { return [] }
        return Set(all.compactMap { $0.split(separator: "/").last.map(String.init) })
    }
}

extension Role {
    /// Whether the trust policy names an account, or a provider of identities.
    fileprivate var canBeAssumedByPeople: Bool {
        !isServiceLinked
            && ["\"AWS\"", "\"Federated\""].contains { assumeRolePolicyDocument.text.contains($0) }
    }
}
