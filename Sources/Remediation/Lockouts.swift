public import AWSClient
import Basics
import EffectiveAccess
import IAMPolicy
public import Inventory
public import Posture

extension Reading {
    /// Returns the reasons, by call, why steps that change a bucket or key policy are not allowed: after the step, a
    /// reader in the settings (`trail-access`) could no longer read or decrypt log files, or the caller could no longer
    /// change the policy. Both are evaluated with the policy before and after the step; conditional access counts as
    /// access.
    /// - Parameter caller: the ARN, as in the answer to `GetCallerIdentity`.
    /// - Throws: ``Inventory/Unknown`` if the users and roles, or a policy, could not be read.
    public func lockouts(by steps: [Step], caller: String) throws(Unknown) -> [APICall: String] {
        let changes = steps.filter(\.changesResourcePolicy)
        guard !changes.isEmpty else { return [:] }
        let identities = try account[.identities].value
        let arns = identities.users.map(\.arn) + identities.roles.map(\.arn)
        let patterns = (settings.trailAccess?.readers ?? []).map { WildcardPattern($0) }
        let readers = arns.filter { arn in patterns.contains { $0.matches(arn) } }
        let own = arns.filter { $0.isCaller(caller) }
        var lockouts: [APICall: String] = [:]
        for step in changes {
            let isKey = step.call.service == "kms"
            let before = try policy(step.before)
            let after = try policy(step.call.parameters["Policy"] ?? .null)
            let file = "\(step.resource)/AWSLogs/\(account.id)/CloudTrail/\(step.call.region)/2026/01/01/file.json.gz"
            let deeds: [([String], String, String, String)] = [
                (
                    readers, isKey ? "kms:Decrypt" : "s3:GetObject", isKey ? step.resource : file,
                    "a reader of trail-access"
                ),
                (own, isKey ? "kms:PutKeyPolicy" : "s3:PutBucketPolicy", step.resource, "this run"),
            ]
            for (principals, action, arn, role) in deeds {
                let locked = principals.first { principal in
                    can(principal, action, on: arn, under: before) && !can(principal, action, on: arn, under: after)
                }
                guard let locked else { continue }
                lockouts[step.call] = "\(locked), \(role), would lose \(action) on \(step.resource)"
                break
            }
        }
        return lockouts
    }

    private func policy(_ value: JSON) throws(Unknown) -> NamedPolicy? {
        guard !value.isNull else { return nil }
        return NamedPolicy("policy", try PolicyDocument(value.text ?? value.written(.compact)).policy)
    }

    private func can(_ principal: String, _ action: String, on arn: String, under policy: NamedPolicy?) -> Bool {
        guard let number = landscape.principals.firstIndex(where: { $0.arn == principal }) else { return false }
        return !landscape.population.access(
            of: number, action, on: GuardedResource(arn, ownedBy: account.id, policy: policy),
            context: ["aws:SecureTransport": "true"]
        ).isRuledOut
    }
}

extension Step {
    /// Whether the step changes the policy of a bucket or key.
    public var changesResourcePolicy: Bool {
        ["s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "kms:PutKeyPolicy"].contains(call.name)
    }
}

extension String {
    /// Whether the ARN is that of the calling user, or of the role whose session is the caller.
    fileprivate func isCaller(_ caller: String) -> Bool {
        self == caller || RoleSession(arn: caller)?.isSession(ofRole: self) == true
    }
}
