import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// Any AWS principal can assume a role whose trust policy names everyone.
struct RoleTrustNotPublic: Check {
    let about = About(
        id: "iam-role-trust-not-public",
        title: "Role trust policies should not allow any principal",
        practice: .permissions, severity: .critical,
        risk: "Any principal in any AWS account can assume the role and use its permissions.",
        judges: """
            A statement of the trust policy fails if its principal is * or NotPrincipal, unless a condition limits the \
            caller to an account, an organization, a user ID, or a network, also in a Deny statement: \
            aws:PrincipalOrgID, aws:PrincipalOrgPaths, aws:PrincipalAccount, aws:PrincipalArn with an explicit \
            account, aws:userid, aws:SourceVpc, aws:SourceVpcArn, aws:SourceVpce, aws:VpceAccount, aws:VpceOrgID, \
            aws:VpceOrgPaths, or a source. A value with wildcards that some stranger can have is not sufficient, such \
            as the name of a role in any account. An external ID is not a secret and is not sufficient. A range of \
            addresses is not sufficient either, because principals of any account can call from it. Service-linked \
            roles are excluded.
            """,
        remedy: """
            Specify the roles or the account that need the role in Principal. For many accounts, require \
            aws:PrincipalOrgID.
            """,
        sources: [
            "IAM User Guide: AWS JSON policy elements: Principal",
            "IAM User Guide: Access to AWS accounts owned by third parties",
        ],
        reads: [.identities])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeRoleTrust { role, _ throws(Unknown) in
            let policy = try reading.policy(role.assumeRolePolicyDocument, from: .getAccountAuthorizationDetails)
            let grants = policy.grantsToStrangers(under: .callers, in: reading.id)
            let open = grants.first { $0.namesEverybody && Policy(statements: [$0]).trustStatements.count == 1 }
            guard let open else { return .pass(policy.callers(of: "trust policy"), role.trustEvidence) }
            let addresses = open.conditions.filter { $0.operator.comparison == .ipAddress }.flatMap(\.values)
            let from = addresses.isEmpty ? "" : " from \(addresses.joined(separator: " or "))"
            return .fail("\(open.title) allows any AWS principal\(from) to assume the role", role.evidence(of: open))
        }
    }

    var examples: [Example] {
        [
            .passes("a service can assume the role") { $0.hold(roles: [.sample]) },
            .passes("any principal of an organization can assume the role") {
                $0.hold(trust: SampleTrust.of(SampleTrust.everybody, SampleTrust.sameOrganization))
            },
            .passes("any principal can tag a session, but only one account can start it") {
                $0.hold(
                    trust: SampleTrust.of(SampleTrust.everybody, action: "sts:TagSession"),
                    SampleTrust.of(SampleTrust.own))
            },
            .passes("any principal can assume the role unless its account is another") {
                $0.hold(
                    trust: SampleTrust.of(SampleTrust.everybody),
                    #"""
                    {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": {
                        "StringNotEqualsIfExists": {"aws:PrincipalAccount": "123456789012"},
                        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}
                    """#)
            },
            .passes("any principal that calls through a network of the account can assume the role") {
                $0.hold(
                    trust: SampleTrust.of(
                        SampleTrust.everybody,
                        #"{"ArnLike": {"aws:SourceVpcArn": "arn:aws:ec2:*:123456789012:vpc/*"}}"#))
            },
            .fails("a role of a certain name in any account can assume the role") {
                $0.hold(
                    trust: SampleTrust.of(
                        SampleTrust.everybody, #"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy-*"}}"#))
            },
            .fails("any AWS principal can assume the role") { $0.hold(trust: SampleTrust.of(SampleTrust.everybody)) },
            .fails("any AWS principal that calls from a range of addresses can assume the role") {
                $0.hold(
                    trust: SampleTrust.of(
                        SampleTrust.everybody, #"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#))
            },
            .fails("any AWS principal with an external ID can assume the role") {
                $0.hold(trust: SampleTrust.of(SampleTrust.everybody, SampleTrust.externalID))
            },
            .fails("any principal can assume the role that is in the organization or in none") {
                $0.hold(
                    trust: SampleTrust.of(
                        #""*""#, #"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#))
            },
            .fails("all but one account can assume the role") {
                $0.hold(
                    trust: #"""
                        {"Effect": "Allow", "NotPrincipal": {"AWS": "999999999999"}, "Action": "sts:AssumeRole"}
                        """#)
            },
            .unknown("the trust policy is not valid") {
                $0.hold(roles: [.sample { $0.assumeRolePolicyDocument = .unreadable }])
            },
            .unknown("the roles cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }
}
