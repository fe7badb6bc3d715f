import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// A role that trusts everybody belongs to everybody.
struct RoleTrustNotPublic: Check {
    let about = About(
        id: "iam-role-trust-not-public",
        title: "No role may be assumed by everybody",
        practice: .permissions, severity: .critical,
        risk: "Anyone with an AWS account of their own can assume the role and do whatever it may do.",
        judges: """
            A statement of the trust policy counts whose principal is * or NotPrincipal, unless a condition fixes who calls: \
            aws:PrincipalOrgID, aws:PrincipalOrgPaths, aws:PrincipalAccount, aws:PrincipalArn of a written-out account, \
            aws:userid, aws:SourceVpc, aws:SourceVpce, or aws:SourceIp no broader than /8. An external id alone is no \
            secret and fixes nobody. The roles that services made for themselves are AWS's.
            """,
        remedy: "Name in Principal the roles or the account that need the role; for many, demand aws:PrincipalOrgID.",
        sources: [
            "IAM User Guide: AWS JSON policy elements: Principal",
            "IAM User Guide: Access to AWS accounts owned by third parties",
        ],
        reads: [.identities])

    private static let rules = PublicAccessRules(pinningKeys: [
        "aws:PrincipalOrgID": .exact,
        "aws:PrincipalOrgPaths": .pathInFixedOrganization,
        "aws:PrincipalAccount": .exact,
        "aws:PrincipalArn": .arnOfFixedAccount,
        "aws:userid": .exact,
        "aws:SourceVpc": .exact,
        "aws:SourceVpce": .exact,
        "aws:SourceIp": .addressRange,
    ])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeRoleTrust { role, _ throws(Unknown) in
            let grants = try reading.policy(role.assumeRolePolicyDocument).publicGrants(under: Self.rules)
            let open = grants.first { $0.namesEverybody && Policy(statements: [$0]).trustStatements.count == 1 }
            guard let open else { return .pass("The trust policy says whom it lets in", role.trustEvidence) }
            return .fail("\(open.title) lets everybody assume the role", open.evidence)
        }
    }

    var examples: [Example] {
        [
            .passes("a service may assume the role") { $0.hold(roles: [.sample]) },
            .passes("everybody of an organization may assume the role") {
                $0.hold(trust: SampleTrust.of(SampleTrust.everybody, SampleTrust.sameOrganization))
            },
            .passes("everybody may tag a session, and one account begin it") {
                $0.hold(
                    trust: SampleTrust.of(SampleTrust.everybody, action: "sts:TagSession"),
                    SampleTrust.of(SampleTrust.own))
            },
            .fails("everybody may assume the role") { $0.hold(trust: SampleTrust.of(SampleTrust.everybody)) },
            .fails("everybody with an external id may assume the role") {
                $0.hold(trust: SampleTrust.of(SampleTrust.everybody, SampleTrust.externalID))
            },
            .fails("everybody may assume the role who is of the organization, or of none") {
                $0.hold(
                    trust: SampleTrust.of(
                        #""*""#, #"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#))
            },
            .fails("all but one account may assume the role") {
                $0.hold(
                    trust: #"""
                        {"Effect": "Allow", "NotPrincipal": {"AWS": "999999999999"}, "Action": "sts:AssumeRole"}
                        """#)
            },
            .unknown("the trust policy is no policy") {
                $0.hold(roles: [.sample { $0.assumeRolePolicyDocument = .unreadable }])
            },
            .unknown("the roles cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }
}
