import IAMPolicy
import Testing

/// Callers with rules of their own, callers of other accounts, and what organizations and networks add.
@Suite struct CallerEvaluationTests {
    typealias Row = EvaluationRow
    private static let trail = Principal.service("cloudtrail.amazonaws.com")
    private static let serviceLinked = Caller.session(
        arn: "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForCloudTrail/x")
    private static let readOnly: [Statement] = [allow("s3:Get*")]

    static let root: [Row] = [
        Row(.evaluationLogic, "the root has full access", Sample.get(by: Sample.root), .allowed, at: .accountRoot),
        Row(
            .evaluationLogic, "a bucket policy denies the root", Sample.get(by: Sample.root),
            resource: [deny(to: .everyone)], .explicitDeny, at: .denials),
        Row(
            .serviceControl, "a service control policy limits the root", Sample.get(by: Sample.root),
            serviceControl: [[allow("ec2:*")]], .implicitDeny, at: .serviceControlPolicies(level: "level0")),
        Row(
            .evaluationLogic, "boundaries do not limit the root", Sample.get(by: Sample.root),
            boundary: [allow("ec2:*")], .allowed, at: .accountRoot),
        Row(
            .keyPolicies, "a key policy that does not name the root", Sample.decrypt(by: Sample.root),
            resource: [allow(to: Sample.userPrincipal)], .implicitDeny, at: .resourcePolicy),
        Row(
            .keyPolicies, "a key policy that names the account", Sample.decrypt(by: Sample.root),
            resource: [allow(to: Sample.accountPrincipal)], .allowed, at: .resourcePolicy),
        Row(
            .bucketPolicyRepair, "a bucket policy that denies its own repair to the root",
            AccessRequest(Sample.root, "s3:PutBucketPolicy", on: "arn:aws:s3:::logs", ownedBy: Sample.account),
            resource: [deny(to: .everyone)], .allowed, at: .accountRoot),
        Row(
            .bucketPolicyRepair, "a bucket policy that denies its own repair to a user",
            AccessRequest(Sample.user, "s3:DeleteBucketPolicy", on: "arn:aws:s3:::logs", ownedBy: Sample.account),
            identity: [allow()], resource: [deny(to: .everyone)], .explicitDeny, at: .denials),
        Row(
            .bucketPolicyRepair, "a bucket policy that denies its own repair to another account's root",
            AccessRequest(Sample.root, "s3:GetBucketPolicy", on: "arn:aws:s3:::logs", ownedBy: Sample.otherAccount),
            resource: [allow(to: .everyone), deny(to: .everyone)], .explicitDeny, at: .denials),
        Row(
            .bucketPolicyRepair, "an organization that denies the repair to the root",
            AccessRequest(Sample.root, "s3:PutBucketPolicy", on: "arn:aws:s3:::logs", ownedBy: Sample.account),
            serviceControl: [[allow(), deny("s3:Put*")]], .explicitDeny, at: .denials),
        Row(
            .bucketPolicyRepair, "an endpoint that does not allow the repair",
            AccessRequest(Sample.root, "s3:GetBucketPolicy", on: "arn:aws:s3:::logs", ownedBy: Sample.account),
            endpoint: [allow("s3:GetObject", to: .everyone)], .implicitDeny, at: .vpcEndpointPolicies),
        Row(
            .assumeRole, "the root assumes no role", Sample.assume(by: Sample.root),
            resource: [allow(on: nil, to: Sample.accountPrincipal)], .implicitDeny, at: .accountRoot),
        Row(
            .crossAccount, "another account's root, which the policy names",
            Sample.get(by: .root(accountID: Sample.otherAccount)), resource: [allow(to: .account(Sample.otherAccount))],
            .allowed, at: .resourcePolicy),
        Row(
            .crossAccount, "another account's root, which the policy does not name",
            Sample.get(by: .root(accountID: Sample.otherAccount)), resource: [allow(to: Sample.accountPrincipal)],
            .implicitDeny, at: .resourcePolicy),
    ]

    static let withoutAccount: [Row] = [
        Row(
            .principal, "anonymous, the policy names everybody", Sample.get(by: .anonymous),
            resource: [allow(to: .everyone)], .allowed, at: .resourcePolicy),
        Row(
            .principal, "anonymous, the policy names the account", Sample.get(by: .anonymous),
            resource: [allow(to: Sample.accountPrincipal)], .implicitDeny, at: .resourcePolicy),
        Row(
            .principal, "anonymous, no policy", Sample.get(by: .anonymous), identity: [allow()], .implicitDeny,
            at: .resourcePolicy),
        Row(
            .principal, "anonymous, a denial to everybody", Sample.get(by: .anonymous),
            resource: [allow(to: .everyone), deny("s3:*", to: .everyone)], .explicitDeny, at: .denials),
        Row(
            .serviceControl, "anonymous callers have no service control policies", Sample.get(by: .anonymous),
            resource: [allow(to: .everyone)], serviceControl: [[deny()]], .allowed, at: .resourcePolicy),
        Row(
            .resourceControl, "resource control policies limit anonymous callers", Sample.get(by: .anonymous),
            resource: [allow(to: .everyone)], resourceControl: [[allow(to: .everyone), deny("s3:*", to: .everyone)]],
            .explicitDeny, at: .denials),
        Row(
            .principal, "a service that the policy names", Sample.get(by: Sample.cloudTrail),
            resource: [allow(to: trail)], .allowed, at: .resourcePolicy),
        Row(
            .principal, "a service that the policy does not name", Sample.get(by: Sample.cloudTrail),
            resource: [allow(to: .service("config.amazonaws.com"))], .implicitDeny, at: .resourcePolicy),
        Row(
            .principal, "a service and everybody", Sample.get(by: Sample.cloudTrail), resource: [allow(to: .everyone)],
            .allowed, at: .resourcePolicy),
        Row(
            .principal, "a service has no identity policies", Sample.get(by: Sample.cloudTrail), identity: [allow()],
            .implicitDeny, at: .resourcePolicy),
        Row(
            .principal, "a service without the source that the policy pins",
            Sample.get(by: Sample.cloudTrail, ["aws:SourceArn": "arn:aws:cloudtrail:us-east-1:444455556666:trail/t"]),
            resource: [
                allow(
                    to: trail,
                    if: PolicyCondition(
                        .init(.stringEquals), key: "aws:SourceArn",
                        values: ["arn:aws:cloudtrail:us-east-1:111122223333:trail/t"]))
            ],
            .implicitDeny, at: .resourcePolicy),
        Row(
            .serviceControl, "services have no service control policies", Sample.get(by: Sample.cloudTrail),
            resource: [allow(to: trail)], serviceControl: [[]], .allowed, at: .resourcePolicy),
        Row(
            .resourceControl, "resource control policies limit services", Sample.get(by: Sample.cloudTrail),
            resource: [allow(to: trail)], resourceControl: [[deny(to: .everyone)]], .explicitDeny, at: .denials),
        Row(
            .callerIdentity, "GetCallerIdentity needs no permission",
            AccessRequest(Sample.user, "sts:GetCallerIdentity", on: "*"), .allowed, at: .noPermissionNeeded),
        Row(
            .callerIdentity, "GetCallerIdentity cannot be denied",
            AccessRequest(Sample.session, "STS:getcalleridentity", on: "*"), identity: [deny()], session: [deny()],
            serviceControl: [[deny()]], .allowed, at: .noPermissionNeeded),
        Row(
            .callerIdentity, "GetCallerIdentity asks who signed",
            AccessRequest(.anonymous, "sts:GetCallerIdentity", on: "*"), .implicitDeny, at: .resourcePolicy),
    ]

    static let crossAccount: [Row] = [
        Row(
            .crossAccount, "both allow", Sample.get(by: Sample.stranger), identity: [allow()],
            resource: [allow(to: Sample.strangerPrincipal)], .allowed, at: .identityPolicies),
        Row(
            .crossAccount, "both allow, the policy names the account", Sample.get(by: Sample.stranger),
            identity: [allow()], resource: [allow(to: .account(Sample.otherAccount))], .allowed, at: .identityPolicies),
        Row(
            .crossAccount, "both allow, the policy names everybody", Sample.get(by: Sample.stranger),
            identity: [allow()], resource: [allow(to: .everyone)], .allowed, at: .identityPolicies),
        Row(
            .crossAccount, "only the identity policy allows", Sample.get(by: Sample.stranger), identity: [allow()],
            .implicitDeny, at: .resourcePolicy),
        Row(
            .crossAccount, "only the resource policy allows, by name", Sample.get(by: Sample.stranger),
            resource: [allow(to: Sample.strangerPrincipal)], .implicitDeny, at: .identityPolicies),
        Row(
            .crossAccount, "only the resource policy allows, everybody", Sample.get(by: Sample.stranger),
            resource: [allow(to: .everyone)], .implicitDeny, at: .identityPolicies),
        Row(
            .crossAccount, "a boundary limits", Sample.get(by: Sample.stranger), identity: [allow()],
            resource: [allow(to: Sample.strangerPrincipal)], boundary: [allow("ec2:*")], .implicitDeny,
            at: .permissionsBoundary),
        Row(
            .crossAccount, "a session policy limits the named session",
            Sample.get(by: .session(arn: "arn:aws:sts::444455556666:assumed-role/r/s")),
            identity: [allow()], resource: [allow(to: Principal(aws: "arn:aws:sts::444455556666:assumed-role/r/s"))],
            session: [allow("ec2:*")],
            .implicitDeny, at: .sessionPolicy),
        Row(
            .crossAccount, "the caller's account denies", Sample.get(by: Sample.stranger),
            identity: [allow(), deny("s3:*")], resource: [allow(to: Sample.strangerPrincipal)], .explicitDeny,
            at: .denials),
        Row(
            .crossAccount, "the resource's account denies", Sample.get(by: Sample.stranger), identity: [allow()],
            resource: [allow(to: .everyone), deny(to: .account(Sample.otherAccount))], .explicitDeny, at: .denials),
        Row(
            .crossAccount, "the account stands in the resource's ARN",
            AccessRequest(Sample.user, "sqs:SendMessage", on: "arn:aws:sqs:us-east-1:444455556666:q"),
            identity: [allow()], .implicitDeny, at: .resourcePolicy),
        Row(
            .crossAccount, "the stated account prevails over the ARN's",
            AccessRequest(
                Sample.user, "sqs:SendMessage", on: "arn:aws:sqs:us-east-1:444455556666:q", ownedBy: Sample.account),
            identity: [allow()], .allowed, at: .identityPolicies),
    ]

    static let organizations: [Row] = [
        Row(
            .serviceControl, "every level allows", Sample.get(by: Sample.user), identity: [allow()],
            serviceControl: [[allow()], [allow("s3:*")], [allow("s3:Get*")]], .allowed, at: .identityPolicies),
        Row(
            .serviceControl, "one level does not allow", Sample.get(by: Sample.user), identity: [allow()],
            serviceControl: [[allow()], [allow("ec2:*")], [allow()]], .implicitDeny,
            at: .serviceControlPolicies(level: "level1")),
        Row(
            .serviceControl, "one level has no policies", Sample.get(by: Sample.user), identity: [allow()],
            serviceControl: [[allow()], []], .implicitDeny, at: .serviceControlPolicies(level: "level1")),
        Row(
            .serviceControl, "one level denies", Sample.get(by: Sample.user), identity: [allow()],
            serviceControl: [[allow()], [allow(), deny("s3:*")]], .explicitDeny, at: .denials),
        Row(
            .serviceControl, "they grant nothing", Sample.get(by: Sample.user), serviceControl: [[allow()]],
            .implicitDeny, at: .identityPolicies),
        Row(
            .serviceControl, "they limit what a resource policy grants", Sample.get(by: Sample.user),
            resource: [allow(to: Sample.userPrincipal)], serviceControl: [[allow("ec2:*")]], .implicitDeny,
            at: .serviceControlPolicies(level: "level0")),
        Row(
            .serviceControl, "they do not limit service-linked roles", Sample.get(by: serviceLinked),
            identity: [allow()], serviceControl: [[deny()]], .allowed, at: .identityPolicies),
        Row(
            .serviceLinkedRoles, "boundaries do not limit service-linked roles", Sample.get(by: serviceLinked),
            identity: [allow()], boundary: [deny()], .allowed, at: .identityPolicies),
        Row(
            .serviceLinkedRoles, "a role with the service's path",
            Sample.get(
                by: .role(arn: "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX")),
            identity: [allow()], serviceControl: [[deny()]], resourceControl: [[deny(to: .everyone)]], .allowed,
            at: .identityPolicies),
        Row(
            .serviceLinkedRoles, "a role that only resembles one",
            Sample.get(by: .role(arn: "arn:aws:iam::111122223333:role/AWSServiceRoleForX")), identity: [allow()],
            serviceControl: [[deny()]], .explicitDeny, at: .denials),
        Row(
            .resourceControl, "every level allows", Sample.get(by: Sample.user), identity: [allow()],
            resourceControl: [[allow(to: .everyone)], [allow(to: .everyone)]], .allowed, at: .identityPolicies),
        Row(
            .resourceControl, "one level denies", Sample.get(by: Sample.user), identity: [allow()],
            resourceControl: [[allow(to: .everyone)], [allow(to: .everyone), deny("s3:*", to: .everyone)]],
            .explicitDeny, at: .denials),
        Row(
            .resourceControl, "one level does not allow", Sample.get(by: Sample.user), identity: [allow()],
            resourceControl: [[allow(to: .everyone)], [allow("sqs:*", to: .everyone)]], .implicitDeny,
            at: .resourceControlPolicies(level: "level1")),
        Row(
            .resourceControl, "they limit other accounts",
            Sample.get(by: Sample.stranger, ["aws:PrincipalOrgID": "o-other"]), identity: [allow()],
            resource: [allow(to: .everyone)],
            resourceControl: [
                [
                    allow(to: .everyone),
                    deny(
                        to: .everyone,
                        if: PolicyCondition(
                            .init(.stringNotEquals, ifExists: true), key: "aws:PrincipalOrgID", values: ["o-mine"])),
                ]
            ], .explicitDeny, at: .denials),
        Row(
            .resourceControl, "they do not limit service-linked roles", Sample.get(by: serviceLinked),
            identity: [allow()], resourceControl: [[deny(to: .everyone)]], .allowed, at: .identityPolicies),
        Row(
            .resourceControl, "their statements are about everybody", Sample.get(by: Sample.user), identity: [allow()],
            resourceControl: [[allow(), deny("s3:*")]], .explicitDeny, at: .denials),
        Row(
            .resourceControl, "they limit the account's root", Sample.get(by: Sample.root),
            resourceControl: [[allow(to: .everyone), deny("s3:*", to: .everyone)]], .explicitDeny, at: .denials),
        Row(
            .resourceControlScope, "a service that they do not support",
            AccessRequest(Sample.user, "sns:Publish", on: "arn:aws:sns:us-east-1:111122223333:t"), identity: [allow()],
            resourceControl: [[deny(to: .everyone)]], .allowed, at: .identityPolicies),
        Row(
            .resourceControlScope, "another service that they support",
            AccessRequest(Sample.user, "SQS:SendMessage", on: "arn:aws:sqs:us-east-1:111122223333:q"),
            identity: [allow()], resourceControl: [[deny(to: .everyone)]], .explicitDeny, at: .denials),
        Row(
            .resourceControlScope, "retiring a grant", AccessRequest(Sample.user, "kms:RetireGrant", on: Sample.key),
            identity: [allow()], resource: [allow(to: Sample.accountPrincipal)],
            resourceControl: [[deny(to: .everyone)]], .allowed, at: .identityPolicies),
        Row(
            .resourceControlScope, "a service that becomes its service-linked role",
            AccessRequest(
                .service("x.amazonaws.com"), "sts:AssumeRole",
                on: "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"),
            resource: [allow("sts:AssumeRole", on: nil, to: .service("x.amazonaws.com"))],
            resourceControl: [[deny(to: .everyone)]], .allowed, at: .resourcePolicy),
        Row(
            .resourceControlScope, "a service that becomes another role",
            Sample.assume(by: .service("lambda.amazonaws.com")),
            resource: [allow("sts:AssumeRole", on: nil, to: .service("lambda.amazonaws.com"))],
            resourceControl: [[deny(to: .everyone)]], .explicitDeny, at: .denials),
        Row(
            .resourceControl, "they come before service control policies", Sample.get(by: Sample.user),
            identity: [allow()], serviceControl: [[]], resourceControl: [[]], .implicitDeny,
            at: .resourceControlPolicies(level: "level0")),
        Row(
            .endpointPolicies, "an endpoint policy allows", Sample.get(by: Sample.user), identity: [allow()],
            endpoint: [allow(to: .everyone)], .allowed, at: .identityPolicies),
        Row(
            .endpointPolicies, "an endpoint policy does not allow", Sample.get(by: Sample.user), identity: [allow()],
            endpoint: [allow("s3:Put*", to: .everyone)], .implicitDeny, at: .vpcEndpointPolicies),
        Row(
            .endpointPolicies, "an endpoint policy denies", Sample.get(by: Sample.user), identity: [allow()],
            endpoint: [allow(to: .everyone), deny(to: Sample.userPrincipal)], .explicitDeny, at: .denials),
        Row(
            .endpointPolicies, "an endpoint policy names somebody else", Sample.get(by: Sample.user),
            identity: [allow()], endpoint: [allow(to: Sample.strangerPrincipal)], .implicitDeny,
            at: .vpcEndpointPolicies),
        Row(
            .endpointPolicies, "an endpoint policy grants nothing", Sample.get(by: Sample.user),
            endpoint: [allow(to: .everyone)], .implicitDeny, at: .identityPolicies),
    ]

    static let services: [Row] = [
        Row(
            .keyPolicies, "the key policy does not name the caller", Sample.decrypt(by: Sample.user),
            identity: [allow()], resource: [allow(to: Sample.rolePrincipal)], .implicitDeny, at: .resourcePolicy),
        Row(
            .keyPolicies, "there is no key policy", Sample.decrypt(by: Sample.user), identity: [allow()], .implicitDeny,
            at: .resourcePolicy),
        Row(
            .keyPolicies, "the key policy names the user", Sample.decrypt(by: Sample.user),
            resource: [allow(to: Sample.userPrincipal)], .allowed, at: .resourcePolicy),
        Row(
            .keyPolicies, "the key policy names the account, identity allows", Sample.decrypt(by: Sample.user),
            identity: [allow("kms:Decrypt")], resource: [allow(to: Sample.accountPrincipal)], .allowed,
            at: .identityPolicies),
        Row(
            .keyPolicies, "the key policy names the account, identity does not allow", Sample.decrypt(by: Sample.user),
            identity: [allow("kms:Encrypt")], resource: [allow(to: Sample.accountPrincipal)], .implicitDeny,
            at: .identityPolicies),
        Row(
            .keyPolicies, "the key policy names the account for something else", Sample.decrypt(by: Sample.user),
            identity: [allow()], resource: [allow("kms:Encrypt", to: Sample.accountPrincipal)], .implicitDeny,
            at: .resourcePolicy),
        Row(
            .keyPolicies, "the key policy names the role, identity does not allow", Sample.decrypt(by: Sample.session),
            resource: [allow(to: Sample.rolePrincipal)], .allowed, at: .resourcePolicy),
        Row(
            .keyPolicies, "another account, both allow", Sample.decrypt(by: Sample.stranger), identity: [allow()],
            resource: [allow(to: .account(Sample.otherAccount))], .allowed, at: .identityPolicies),
        Row(
            .keyPolicies, "another account, only the key policy allows", Sample.decrypt(by: Sample.stranger),
            resource: [allow(to: Sample.strangerPrincipal)], .implicitDeny, at: .identityPolicies),
        Row(
            .keyPolicies, "listing keys needs no key policy",
            AccessRequest(Sample.user, "kms:ListKeys", on: "*", isWildcardOnly: true), identity: [allow()], .allowed,
            at: .identityPolicies),
        Row(
            .trustPolicies, "the trust policy names nobody", Sample.assume(by: Sample.user), identity: [allow()],
            resource: [], .implicitDeny, at: .resourcePolicy),
        Row(
            .trustPolicies, "the trust policy names the user", Sample.assume(by: Sample.user),
            resource: [allow("sts:AssumeRole", on: nil, to: Sample.userPrincipal)], .allowed, at: .resourcePolicy),
        Row(
            .trustPolicies, "the trust policy names the account, identity allows", Sample.assume(by: Sample.user),
            identity: [allow("sts:AssumeRole", on: "arn:aws:iam::111122223333:role/deploy")],
            resource: [allow("sts:AssumeRole", on: nil, to: Sample.accountPrincipal)], .allowed, at: .identityPolicies),
        Row(
            .trustPolicies, "the trust policy names the account, identity does not allow",
            Sample.assume(by: Sample.user), resource: [allow("sts:AssumeRole", on: nil, to: Sample.accountPrincipal)],
            .implicitDeny, at: .identityPolicies),
        Row(
            .trustPolicies, "another account's user, named, without permission", Sample.assume(by: Sample.stranger),
            resource: [allow("sts:AssumeRole", on: nil, to: Sample.strangerPrincipal)], .implicitDeny,
            at: .identityPolicies),
        Row(
            .trustPolicies, "another account's user, both allow", Sample.assume(by: Sample.stranger),
            identity: [allow("sts:*")], resource: [allow("sts:AssumeRole", on: nil, to: .account(Sample.otherAccount))],
            .allowed, at: .identityPolicies),
        Row(
            .trustPolicies, "another account without the external identifier", Sample.assume(by: Sample.stranger),
            identity: [allow("sts:*")],
            resource: [
                allow(
                    "sts:AssumeRole", on: nil, to: .account(Sample.otherAccount),
                    if: PolicyCondition(.init(.stringEquals), key: "sts:ExternalId", values: ["x"]))
            ],
            .implicitDeny, at: .resourcePolicy),
        Row(
            .trustPolicies, "a service that the role trusts", Sample.assume(by: .service("lambda.amazonaws.com")),
            resource: [allow("sts:AssumeRole", on: nil, to: .service("lambda.amazonaws.com"))], .allowed,
            at: .resourcePolicy),
        Row(
            .trustPolicies, "reading a role needs no trust",
            AccessRequest(Sample.user, "iam:GetRole", on: Sample.trustedRole), identity: [allow()], .allowed,
            at: .identityPolicies),
        Row(
            .blockPublicAccess, "anonymous, public policy, not restricted", Sample.get(by: .anonymous),
            resource: [allow(to: .everyone)], .allowed, at: .resourcePolicy),
        Row(
            .blockPublicAccess, "anonymous, public policy, restricted", Sample.get(by: .anonymous),
            resource: [allow(to: .everyone)], restrictPublicBuckets: true, .explicitDeny, at: .publicAccessBlock),
        Row(
            .blockPublicAccess, "anonymous, public policy that does not grant this, restricted",
            Sample.get(by: .anonymous), resource: [allow("s3:ListBucket", to: .everyone)], restrictPublicBuckets: true,
            .implicitDeny, at: .resourcePolicy),
        Row(
            .blockPublicAccess, "anonymous, public policy that denies this, restricted", Sample.get(by: .anonymous),
            resource: [allow(to: .everyone), deny("s3:Get*", to: .everyone)], restrictPublicBuckets: true,
            .explicitDeny, at: .denials),
        Row(
            .blockPublicAccess, "another account, public policy, restricted", Sample.get(by: Sample.stranger),
            identity: [allow()], resource: [allow(to: .everyone), allow(to: Sample.strangerPrincipal)],
            restrictPublicBuckets: true, .explicitDeny, at: .publicAccessBlock),
        Row(
            .blockPublicAccess, "another account, no public policy", Sample.get(by: Sample.stranger),
            identity: [allow()], resource: [allow(to: Sample.strangerPrincipal)], restrictPublicBuckets: true, .allowed,
            at: .identityPolicies),
        Row(
            .blockPublicAccess, "the owner's user, public policy, restricted", Sample.get(by: Sample.user),
            identity: [allow()], resource: [allow(to: .everyone)], restrictPublicBuckets: true, .allowed,
            at: .resourcePolicy),
        Row(
            .blockPublicAccess, "CloudTrail, public policy, restricted", Sample.get(by: Sample.cloudTrail),
            resource: [allow(to: .everyone), allow(to: trail)], restrictPublicBuckets: true, .allowed,
            at: .resourcePolicy),
        Row(
            .blockPublicAccess, "another service than S3",
            AccessRequest(.anonymous, "sqs:SendMessage", on: "arn:aws:sqs:us-east-1:111122223333:q"),
            resource: [allow(to: .everyone)], restrictPublicBuckets: true, .allowed, at: .resourcePolicy),
    ]

    @Test(arguments: root + withoutAccount)
    func rootsServicesAndStrangersHaveRulesOfTheirOwn(row: Row) { expect(row) }

    @Test(arguments: crossAccount)
    func acrossAccountsBothMustAllow(row: Row) { expect(row) }

    @Test(arguments: organizations)
    func organizationsAndEndpointsOnlyLimit(row: Row) { expect(row) }

    @Test(arguments: services)
    func keysRolesAndBucketsHaveRulesOfTheirOwn(row: Row) { expect(row) }

    @Test func aDecisionCitesTheStatementsThatDecided() throws {
        let identity = try Policy(
            parsing:
                #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*"},{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#
        )
        let bucket = try Policy(
            parsing:
                #"{"Version":"2012-10-17","Statement":[{"Sid":"Others","Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"s3:*","Resource":"*"}]}"#
        )
        let policies = PolicySet(
            identity: [NamedPolicy("arn:aws:iam::aws:policy/X", identity)], resource: NamedPolicy("logs", bucket))
        #expect(
            policies.decision(on: Sample.get(by: Sample.stranger))
                == Decision(
                    .allowed, at: .identityPolicies,
                    because: [
                        DecidingStatement(policy: "logs", statement: "Others", effect: .allow),
                        DecidingStatement(policy: "arn:aws:iam::aws:policy/X", statement: "[1]", effect: .allow),
                    ]))
    }

    @Test(arguments: [
        ("anonymous", Caller.anonymous), ("lambda.amazonaws.com", .service("lambda.amazonaws.com")),
        ("arn:aws:iam::111122223333:root", .root(accountID: "111122223333")),
        ("arn:aws:iam::111122223333:user/a/b", .user(arn: "arn:aws:iam::111122223333:user/a/b")),
        ("arn:aws:sts::111122223333:assumed-role/r/s", .session(arn: "arn:aws:sts::111122223333:assumed-role/r/s")),
        ("arn:aws:sts::111122223333:assumed-role/r", nil), ("111122223333", nil), ("*", nil), ("", nil),
        ("arn:aws:iam::111122223333:group/g", nil), ("arn:aws:iam::1:user/a", nil),
    ])
    func aCallerIsReadFromText(text: String, caller: Caller?) {
        #expect(Caller(text) == caller)
    }
}
