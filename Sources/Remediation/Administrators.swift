import Basics
public import EffectiveAccess
import FoundationEssentials
import IAMPolicy
public import Inventory
public import Posture

extension Reading {
    /// The facets that ``lastAdministrators(hitBy:)`` reads.
    public static let administratorReads = Landscape.reads.union([.credentialReport])

    /// Returns the landscape of permissions as it is after these steps.
    /// - Throws: ``Inventory/Unknown`` if the users and groups could not be read.
    public func landscape(after steps: [Step]) throws(Unknown) -> Landscape {
        var account = self.account
        account[.identities] = .known(try account[.identities].value.after(steps))
        return Landscape([account], at: criteria.now)
    }

    /// Returns the names of the users that would lose access by these steps, if after them it is not certain that any
    /// administrator remains; else nothing. An administrator can give itself and others every permission, and has a
    /// password or an active key, or is a role that people can assume. Limits that apply to all principals alike, such
    /// as a service control policy, are not considered.
    /// - Throws: ``Inventory/Unknown`` if the administrators cannot be determined.
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
    /// Whether the trust policy names an account or an identity provider.
    fileprivate var canBeAssumedByPeople: Bool {
        !isServiceLinked
            && ["\"AWS\"", "\"Federated\""].contains { assumeRolePolicyDocument.text.contains($0) }
    }
}
