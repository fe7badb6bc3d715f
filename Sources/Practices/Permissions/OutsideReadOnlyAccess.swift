import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// ReadOnlyAccess reads configuration, and the data too: every object in every bucket.
struct OutsideReadOnlyAccess: Check {
    let about = About(
        id: "iam-role-outside-read-only-access",
        title: "No role that another account may assume holds ReadOnlyAccess",
        practice: .permissions, severity: .high,
        risk: "Another company can read the account's data, not only how it is set up.",
        judges: """
            Roles are judged to which AWS's policy ReadOnlyAccess is attached. One fails that principals of another account, \
            or everybody, may assume, under whatever external id. The account's own organization where the trust policy \
            demands it, its management account, and the accounts of the setting trusted-accounts are as one's own.
            """,
        remedy: "Attach SecurityAudit or ViewOnlyAccess instead, which read settings and no data.",
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
            let policies = Evidence.identity(
                "AttachedManagedPolicies", JSON(role.attachedManagedPolicies.map(\.policyARN)))
            let failing = try statements.firstAnswer { statement throws(Unknown) -> Judgement? in
                let isPublic = { statement.namesEverybody && statement.isPublicGrant() }
                guard let who = try strangers.first(in: statement) ?? (isPublic() ? "everybody" : nil) else {
                    return nil
                }
                return .fail("The role holds ReadOnlyAccess, and \(who) may assume it", statement.evidence, policies)
            }
            return failing ?? .pass("No other account may assume the role", role.trustEvidence, policies)
        }
    }

    var examples: [Example] {
        [
            .passes("the account itself may assume the role") { hold(&$0, SampleTrust.of(SampleTrust.own)) },
            .passes("an account of the organization may assume the role") {
                $0[.organization] = .known(SampleTrust.organization)
                hold(&$0, SampleTrust.of(SampleTrust.stranger, SampleTrust.sameOrganization))
            },
            .passes("an account that the settings trust may assume the role", .trusting("999999999999")) {
                hold(&$0, SampleTrust.of(SampleTrust.stranger))
            },
            .fails("another account may assume the role under an external id") {
                $0[.organization] = .known(nil)
                hold(&$0, SampleTrust.of(SampleTrust.stranger, SampleTrust.externalID))
            },
            .fails("everybody may assume the role") { hold(&$0, SampleTrust.of(SampleTrust.everybody)) },
            .unknown("whether the other account is the organization's cannot be read") {
                $0[.organization] = .denied(.describeOrganization)
                hold(&$0, SampleTrust.of(SampleTrust.stranger))
            },
            .unknown("the trust policy is no policy") { hold(&$0, "{") },
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
