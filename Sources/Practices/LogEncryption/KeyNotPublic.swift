import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// A key that any AWS principal can use protects nothing: one check for the keys of trails, one for all customer
/// managed keys.
struct KeyNotPublic: Check {
    static let ofTrails = KeyNotPublic(
        .trailKeys, with: .keyPolicy, "trail-key-not-public",
        title: "KMS keys used by trails should not be public", .logEncryption, .critical,
        risk: """
            Any principal in any AWS account can use the key, for example to decrypt log files or to disable the key.
            """)

    static let ofAll = KeyNotPublic(
        .keys, with: .everyKeyPolicy, "kms-key-not-public",
        title: "KMS key policies should not allow any principal", .content, .high,
        risk: "Any principal in any AWS account can use the key, for example to decrypt data or to disable the key.",
        references: [
            .prowler("kms_key_not_publicly_accessible"), .securityHub("KMS.5"),
            .config("kms-key-policy-no-public-access"),
        ], impliedBy: "trail-key-not-public")

    let about: About
    private let each: Each<EncryptionKey>

    private init(
        _ each: Each<EncryptionKey>, with policy: Facet, _ id: String, title: String, _ practice: Practice,
        _ severity: Severity, risk: String, references: [Reference] = [], impliedBy: String? = nil
    ) {
        self.each = each
        about = About(
            id: id, title: title, practice: practice, severity: severity, risk: risk,
            judges: """
                A statement of the key policy fails if it allows any principal and no condition limits the caller, for \
                example by kms:CallerAccount. kms:ViaService alone is not sufficient, because it does not limit the \
                caller.
                """,
            remedy: """
                Specify the principals that need the key, or add a kms:CallerAccount condition with your accounts.
                """,
            references: references,
            sources: ["AWS KMS Developer Guide: Key policies in AWS KMS"],
            reads: each.reads.union([policy]), impliedBy: Set([impliedBy].compactMap(\.self)))
    }

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(each) { key throws(Unknown) in
            let document = try key.policy.value
            let evidence = Evidence("Policy", .string(document.text), from: .getKeyPolicy)
            let policy = try reading.policy(document, from: .getKeyPolicy)
            guard let grant = policy.grantsToStrangers(under: .callers, in: reading.id).first else {
                return .pass(policy.callers(of: "key policy"), evidence)
            }
            let name = grant.sid.map { "Statement \($0)" } ?? "A statement"
            return .fail("\(name) of the key policy allows any AWS principal", evidence)
        }
    }

    var examples: [Example] {
        [
            .passes("the policy names the account and CloudTrail") { each.hold(&$0, .sample) },
            .passes("any principal is allowed, but only from one account") {
                each.hold(&$0, opened(#"{"StringEquals": {"kms:CallerAccount": "123456789012"}}"#))
            },
            .fails("any principal with a role of a certain name in any account is allowed") {
                each.hold(&$0, opened(#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy-*"}}"#))
            },
            .fails("any principal is allowed from a range of addresses") {
                each.hold(&$0, opened(#"{"IpAddress": {"aws:SourceIp": "52.0.0.0/8"}}"#))
            },
            .fails("any principal is allowed") { each.hold(&$0, opened("{}")) },
            .fails("any principal is allowed through Amazon S3") {
                each.hold(&$0, opened(#"{"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}"#))
            },
            .unknown("the policy cannot be read") { each.hold(&$0, .sample { $0.policy = .denied(.getKeyPolicy) }) },
            .unknown("the key belongs to another account") {
                each.hold(&$0, .sample { $0.policy = .elsewhere(.getKeyPolicy) })
            },
        ]
    }

    private func opened(_ condition: String) -> EncryptionKey {
        .sample {
            $0.policy = .known(
                PolicyDocument(
                    statements: PolicyDocument.keyAdministration,
                    #"""
                    {"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*",
                     "Condition": \#(condition)}
                    """#))
        }
    }
}
