import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// A principal that can decrypt with every key can read all data that any key protects, now and later.
struct DecryptionWithEveryKey: Check {
    let about: About
    private let home: WrittenPolicies.Home

    static let checks = [DecryptionWithEveryKey(.managed), DecryptionWithEveryKey(.inline)]

    private init(_ home: WrittenPolicies.Home) {
        let isManaged = home == .managed
        self.home = home
        about = About(
            id: "iam-\(isManaged ? "customer" : "inline")-policy-no-decryption-with-every-key",
            title:
                "\(isManaged ? "Customer managed" : "Inline") policies should not allow decryption with all KMS keys",
            practice: .permissions, severity: .medium,
            risk: "Principals with the policy can decrypt the data of every key in the account.",
            judges: """
                A statement fails if it allows kms:Decrypt or kms:ReEncryptFrom, also by a wildcard, on every resource \
                or on all keys of the account. Conditions do not change the result and are listed. \
                \(isManaged ? "Unattached policies are evaluated; permissions boundaries grant no permissions." : "")
                """,
            remedy: "Limit Resource to the keys whose data the principal needs.",
            references: [.securityHub(isManaged ? "KMS.1" : "KMS.2")],
            sources: ["AWS Security Hub User Guide: Security Hub controls for AWS KMS"],
            reads: [.identities],
            impliedBy: [
                "iam-\(isManaged ? "customer" : "inline")-policy-no-full-kms",
                "iam-\(isManaged ? "customer" : "inline")-policy-no-admin",
            ])
    }

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        let keys = Resources.only([ResourcePattern(GuardedService.kms.resources(in: reading.account))])
        return try WrittenPolicies.judge(
            reading, in: [home], sound: "does not allow decryption with all keys"
        ) { policy in
            ["kms:Decrypt", "kms:ReEncryptFrom"].lazy.compactMap { action in
                policy.statementsGranting(.only([ActionPattern(action)]), on: keys).first.map {
                    .init($0, "allows \(action) with all keys")
                }
            }.first
        }
    }

    var examples: [Example] {
        [
            .passes("a policy allows decryption with one key") {
                $0.hold(policy: Self.allow("kms:Decrypt", on: GuardedService.kms.oneResource), in: [home])
            },
            .passes("a policy allows read actions of the service") {
                $0.hold(policy: Self.allow("kms:Describe*", on: "*"), in: [home])
            },
            .fails("a policy allows decryption with all keys") {
                $0.hold(policy: Self.allow("kms:Decrypt", on: "*"), in: [home])
            },
            .fails("a policy allows kms:ReEncryptFrom in uppercase") {
                $0.hold(policy: Self.allow("KMS:ReEncrypt*", on: GuardedService.kms.resources(in: $0)), in: [home])
            },
            .unknown("the policy document is not valid") { $0.hold(policy: .unreadable, in: [home]) },
            .unknown("the policies cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }

    private static func allow(_ action: String, on resource: String) -> String {
        #"{"Effect": "Allow", "Action": "\#(action)", "Resource": "\#(resource)"}"#
    }
}
