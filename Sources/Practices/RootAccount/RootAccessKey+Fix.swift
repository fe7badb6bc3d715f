import AWSClient
import Basics
import Inventory
import Posture

extension RootAccount {
    /// Deletes the root user's access keys and signing certificates through centralized root access. Without it, only
    /// the root user itself can delete them, so a person gets instructions.
    ///
    /// The task policy of the session allows no deactivation. So a key that was used within the waiting time for
    /// deletions is left to a person, who can deactivate it first.
    static let keyFix = Fix(
        "root-access-key",
        "Deletes the root user's access keys and signing certificates through centralized root access, or says how.",
        checks: ["root-access-key"], calls: [.deleteAccessKey, .deleteSigningCertificate],
        isSignedByRoot: true, reads: [.credentialReport]
    ) { target, reading, observed throws(Unknown) in
        guard observed.rootAccess == .available, try reading.rootKeyInUse() == nil else { return [] }
        let root = FixedRoot(target)
        return [root.accessKeys, root.certificates]
    } propose: { target, reading, observed throws(Unknown) in
        switch observed.rootAccess {
        case .unavailable(let reason): return .byHand(reading.ceremony + [reason])
        case .available: break
        }
        if let use = try reading.rootKeyInUse() { return .byHand([use] + reading.ceremony) }
        let root = FixedRoot(target)
        let steps =
            root.deletions(
                "access key", in: try observed[root.accessKeys], id: "AccessKeyId", by: .deleteAccessKey, for: target,
                reach: try reading.rootKeyUses)
            + root.deletions(
                "signing certificate", in: try observed[root.certificates], id: "CertificateId",
                by: .deleteSigningCertificate, for: target,
                reach: ["AWS does not say when a signing certificate was last used"])
        return steps.isEmpty ? .declined("the root user has no access key any more: scan again") : .steps(steps)
    }
}

/// The root user of an account in the calls of fixes. The calls name no user, so they concern their signer.
private struct FixedRoot {
    let arn: String
    let region: String

    init(_ target: Fix.Target) { (arn, region) = (target.resource.arn, target.region) }

    var accessKeys: Observation { Observation(call(.listAccessKeys), "AccessKeyMetadata") }
    var certificates: Observation { Observation(call(.listSigningCertificates), "Certificates") }

    private func call(_ operation: AWSClient.Operation, _ parameters: JSON = [:]) -> APICall {
        APICall(operation, in: region, parameters, by: .root)
    }

    /// Returns a step for each credential in the answer to a list call.
    func deletions(
        _ kind: String, in list: JSON, id member: String, by operation: AWSClient.Operation, for target: Fix.Target,
        reach: [String]
    ) -> [Step] {
        let all = member == "AccessKeyId" ? accessKeys : certificates
        return (list.elements ?? []).compactMap { element in
            guard let id = element.memberIgnoringCase(member)?.text else { return nil }
            var state = all
            state.at += [.first([member: .string(id)]), .members([member, "Status"])]
            return Step(
                "Delete \(kind) \(id) of the root user", on: arn, for: target.checks, state: state,
                before: [member: .string(id), "Status": element.memberIgnoringCase("Status") ?? .null],
                call: call(operation, [member: .string(id)]), after: .null, undo: nil,
                losses: ["The \(kind) \(id): AWS does not restore it."],
                notes: ["The \(kind) cannot be deactivated first in such a session; as root, a person can."],
                reach: reach)
        }
    }
}

extension Reading {
    /// The waiting time after which a credential without use is deleted, in days.
    private var rootKeyWait: Int { settings.deletionWaitingDays ?? Settings.deletionWait }

    /// Returns the reason why no key of the root user is deleted: one was used within the waiting time.
    /// - Throws: ``Inventory/Unknown`` if the credential report could not be read, or has no row for the root user.
    fileprivate func rootKeyInUse() throws(Unknown) -> String? {
        for key in try rootKeys {
            guard let used = key.lastUsed, days(since: used) < rootKeyWait else { continue }
            return """
                Access key \(key.number) was last used \(days(since: used).daysAgo) (waiting time: \
                \(rootKeyWait.days)): identify what uses it before you delete it.
                """
        }
        return nil
    }

    /// The last use of each key. The credential report numbers the keys and does not name them.
    fileprivate var rootKeyUses: [String] {
        get throws(Unknown) {
            try rootKeys.filter { $0.isActive || $0.lastRotated != nil }.map { key in
                "access key \(key.number) was "
                    + (key.lastUsed.map { "last used \(days(since: $0).daysAgo)" } ?? "never used")
            }
        }
    }

    private var rootKeys: [UserCredentials.AccessKey] {
        get throws(Unknown) {
            guard let root = try self[.credentialReport].value.root else {
                throw Unknown(
                    .notFound, call: Operation.getCredentialReport.description,
                    detail: "the credential report has no row for the root user")
            }
            return root.accessKeys
        }
    }

    /// What a person does as root, with a proof at the end.
    fileprivate var ceremony: [String] {
        let uses = (try? rootKeyUses)?.filter { !$0.hasSuffix("never used") } ?? []
        return uses.map { "The credential report says: \($0). Identify what uses it before you go on." } + [
            "1. Sign in to the AWS Management Console as root, with MFA, and open Security credentials.",
            "2. Under Access keys, deactivate each key. Wait until nothing misses it: a day at least.",
            "3. Delete each key. This cannot be undone.",
            "4. Proof: 'parapet scan --check root-access-key' passes, once AWS has made a new credential report.",
        ]
    }
}
