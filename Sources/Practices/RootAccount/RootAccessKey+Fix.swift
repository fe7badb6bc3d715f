import AWSClient
import Basics
import Inventory
import Posture

extension RootAccount {
    /// Gives instructions in order, with a proof at the end, because only the root user can delete its own keys.
    static let keyFix = Fix(
        "root-access-key", "Hands over what a person does, signed in as root, to delete root's access keys.",
        checks: ["root-access-key"], calls: []
    ) { _, _, _ in
        []
    } propose: { target, reading, _ in
        let evidence = target.findings.flatMap(\.evidence)
        let uses = evidence.filter { $0.fact.hasSuffix("_last_used_date") }.compactMap { item in
            item.value.text.map {
                "The credential report says that a key was last used at \($0): find out by whom before you go on."
            }
        }
        return .byHand(
            uses + [
                "1. Sign in to the AWS Management Console as root, with MFA, and open Security credentials.",
                "2. Under Access keys, deactivate each key. Wait until nothing misses it: a day at least.",
                "3. Delete each key. This cannot be undone.",
                "4. Proof: 'parapet scan --check root-access-key' passes, once AWS has made a new credential report.",
                "In an organization with centralized root access, the management account or the delegated administrator can do "
                    + "it for a member account instead, with the credentials of:",
                "aws sts assume-root --target-principal \(reading.id) --task-policy-arn "
                    + "arn=arn:\(reading.partition):iam::aws:policy/root-task/IAMDeleteRootUserCredentials",
                "then 'aws iam list-access-keys' and 'aws iam delete-access-key --access-key-id ID' for each.",
            ])
    }
}
