import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// ReadOnlyAccess allows reading data as well as configuration: every object in every bucket.
struct OutsideReadOnlyAccess: Check {
    let about = About(
        id: "iam-role-outside-read-only-access",
        title: "Cross-account roles should not have ReadOnlyAccess attached",
        practice: .permissions, severity: .high,
        risk: "A third party can read data, not only configuration.",
        judges: """
            Roles with the AWS managed policy ReadOnlyAccess are evaluated. A role fails if principals of another \
            account, or any principal, can assume it, with or without an external ID. The organization of the account \
            (if the trust policy requires it), its management account, and the accounts under `trusted-accounts` are \
            treated as your own.
            """,
        remedy: "Attach SecurityAudit or ViewOnlyAccess instead, which allow reading configuration but not data.",
        references: [.prowler("iam_role_cross_account_readonlyaccess_policy")],
        sources: [
            "AWS Managed Policy Reference Guide: ReadOnlyAccess",
            "IAM User Guide: AWS managed policies for job functions",
        ],
        reads: [.identities, .organization],
        settings: ["trusted-accounts"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        let strangers = TrustedStrangers(reading: reading)
        return try reading.judgeRoleTrust(
            of: { $0.attachedManagedPolicies.contains { $0.isAWSPolicy("ReadOnlyAccess") } }
        ) { role, statements throws(Unknown) in
            let policies = role.attachedManagedPolicies.evidence
            let failing = try statements.firstAnswer { statement throws(Unknown) -> Judgement? in
                let isPublic = { statement.namesEverybody && statement.isPublicGrant(under: .callers) }
                guard let who = try strangers.first(in: statement) ?? (isPublic() ? "any AWS principal" : nil) else {
                    return nil
                }
                return .fail(
                    "ReadOnlyAccess is attached to the role, and \(who) can assume it", role.evidence(of: statement),
                    policies)
            }
            return failing ?? .pass("No other account can assume the role", role.trustEvidence, policies)
        }
    }

    var examples: [Example] {
        [
            .passes("the account itself can assume the role") { hold(&$0, SampleTrust.of(SampleTrust.own)) },
            .passes("an account of the organization can assume the role") {
                $0[.organization] = .known(SampleTrust.organization)
                hold(&$0, SampleTrust.of(SampleTrust.stranger, SampleTrust.sameOrganization))
            },
            .passes("a trusted account of the configuration can assume the role", .trusting("999999999999")) {
                hold(&$0, SampleTrust.of(SampleTrust.stranger))
            },
            .fails("another account can assume the role with an external ID") {
                $0[.organization] = .known(nil)
                hold(&$0, SampleTrust.of(SampleTrust.stranger, SampleTrust.externalID))
            },
            .fails("any AWS principal can assume the role") { hold(&$0, SampleTrust.of(SampleTrust.everybody)) },
            .fails("any AWS principal that calls from a range of addresses can assume the role") {
                hold(
                    &$0,
                    SampleTrust.of(SampleTrust.everybody, #"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#))
            },
            .unknown("whether the other account belongs to the organization cannot be read") {
                $0[.organization] = .denied(.describeOrganization)
                hold(&$0, SampleTrust.of(SampleTrust.stranger))
            },
            .unknown("the trust policy is not valid") { hold(&$0, "{") },
            .unknown("the roles cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }

    private func hold(_ account: inout Account, _ trust: String) {
        account.hold(
            roles: [
                .sample {
                    $0.assumeRolePolicyDocument = PolicyDocument(statements: trust)
                    $0.attachedManagedPolicies = [
                        AttachedPolicy(
                            policyName: "ReadOnlyAccess", policyARN: "arn:aws:iam::aws:policy/ReadOnlyAccess")
                    ]
                }
            ])
    }
}
