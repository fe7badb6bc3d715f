import Basics
public import EffectiveAccess
import FoundationEssentials
import IAMPolicy
public import Inventory
public import Posture

extension Reading {
    /// What must be read so that the last administrator can be told.
    public static let administratorReads = Landscape.reads.union([.credentialReport])

    /// Who can do what once these steps are done.
    /// - Throws: ``Inventory/Unknown`` if the users and groups are not known.
    public func landscape(after steps: [Step]) throws(Unknown) -> Landscape {
        var account = self.account
        account[.identities] = .known(try account[.identities].value.after(steps))
        return Landscape([account])
    }

    /// The users whose access these steps take if nobody would be left for certain to administer the account: who can give
    /// themselves and others every permission, with a password or an active key, or as a role that people can assume. What
    /// limits all principals alike, such as a policy of the organization, is not weighed.
    /// - Throws: ``Inventory/Unknown`` if it cannot be told who the administrators are.
    public func lastAdministrators(hitBy steps: [Step]) throws(Unknown) -> Set<String> {
        let hit = Set(steps.filter { $0.call.takesAccess }.map(\.resource))
        guard !hit.isEmpty else { return [] }
        let report = try account[.credentialReport].value
        let roles = try account[.identities].value.roles
        let reachable = Set(
            report.users.filter { $0.password.isEnabled == true || !$0.activeKeys.isEmpty }.map(\.arn)
                + roles.filter(\.canBeAssumedByPeople).map(\.arn))
        let someone = "arn:\(account.partition):iam::\(account.id):user/someone"
        var possible = reachable
        var certain = reachable.subtracting(steps.filter(\.call.takesCredentials).map(\.resource))
        let later = try landscape(after: steps)
        for deed in ["iam:AttachUserPolicy", "iam:PutUserPolicy", "iam:CreateAccessKey"] {
            possible.formIntersection(
                landscape.whoCan(deed, someone, following: false).holders.map(\.principal.arn))
            certain.formIntersection(
                later.whoCan(deed, someone, following: false).holders.filter(\.access.isCertain).map(\.principal.arn))
        }
        guard certain.isEmpty else { return [] }
        return Set(possible.intersection(hit).compactMap { $0.split(separator: "/").last.map(String.init) })
    }
}

extension Role {
    /// Whether the trust policy names an account, or a provider of identities.
    fileprivate var canBeAssumedByPeople: Bool {
        !isServiceLinked
            && ["\"AWS\"", "\"Federated\""].contains { assumeRolePolicyDocument.text.contains($0) }
    }
}
