import Basics
import IAMPolicy
import Testing

/// The guide's table of who is limited by what, row by row, and its worked examples.
///
/// In the table identity policy, boundary and session policy each allow something else: an implicit denial in all three.
@Suite struct GuideTableTests {
    typealias Row = EvaluationRow
    private static let elsewhere: [Statement] = [allow("ec2:*")]

    /// "Resource-based policies and implicit denies in other policy types (same account)".
    static let principalTypes: [Row] = [
        Row(
            .evaluationLogic, "a role's session, role ARN: denied", Sample.get(by: Sample.session), identity: elsewhere,
            resource: [allow(to: Sample.rolePrincipal)], boundary: elsewhere, session: elsewhere, .implicitDeny,
            at: .permissionsBoundary),
        Row(
            .evaluationLogic, "a role's session, session ARN: allowed", Sample.get(by: Sample.session),
            identity: elsewhere, resource: [allow(to: Sample.sessionPrincipal)], boundary: elsewhere,
            session: elsewhere, .allowed, at: .resourcePolicy),
        Row(
            .evaluationLogic, "a user, user ARN: allowed", Sample.get(by: Sample.user), identity: elsewhere,
            resource: [allow(to: Sample.userPrincipal)], boundary: elsewhere, .allowed, at: .resourcePolicy),
        Row(
            .evaluationLogic, "a federated user, user ARN: denied", Sample.get(by: Sample.federated),
            identity: elsewhere, resource: [allow(to: Sample.userPrincipal)], boundary: elsewhere, session: elsewhere,
            .implicitDeny, at: .permissionsBoundary),
        Row(
            .evaluationLogic, "a federated user, session ARN: allowed", Sample.get(by: Sample.federated),
            identity: elsewhere, resource: [allow(to: Sample.federatedPrincipal)], boundary: elsewhere,
            session: elsewhere, .allowed, at: .resourcePolicy),
        Row(
            .evaluationLogic, "the root user, root ARN: allowed", Sample.get(by: Sample.root), identity: elsewhere,
            resource: [allow(to: Sample.accountPrincipal)], boundary: elsewhere, session: elsewhere, .allowed,
            at: .accountRoot),
        Row(
            .evaluationLogic, "a service, service principal: allowed", Sample.get(by: Sample.cloudTrail),
            identity: elsewhere, resource: [allow(to: .service("cloudtrail.amazonaws.com"))], boundary: elsewhere,
            session: elsewhere, .allowed, at: .resourcePolicy),
        // The notes under the table.
        Row(
            .evaluationLogic, "everybody, limited to a role by aws:PrincipalArn: allowed",
            Sample.get(by: Sample.session, ["aws:PrincipalArn": "arn:aws:iam::111122223333:role/path/auditor"]),
            identity: elsewhere,
            resource: [
                allow(
                    to: .everyone,
                    if: PolicyCondition(
                        .init(.arnEquals), key: "aws:PrincipalArn",
                        values: ["arn:aws:iam::111122223333:role/path/auditor"]))
            ], boundary: elsewhere, session: elsewhere, .allowed, at: .resourcePolicy),
        Row(
            .evaluationLogic, "the same, and an identity policy denies: denied",
            Sample.get(by: Sample.session, ["aws:PrincipalArn": "arn:aws:iam::111122223333:role/path/auditor"]),
            identity: [deny("s3:*")], resource: [allow(to: .everyone)], boundary: elsewhere, session: elsewhere,
            .explicitDeny, at: .denials),
        Row(
            .evaluationLogic, "a role's session, role ARN, only the identity policy does not allow: allowed",
            Sample.get(by: Sample.session), identity: elsewhere, resource: [allow(to: Sample.rolePrincipal)],
            boundary: [allow("s3:*")], session: [allow("s3:*")], .allowed, at: .resourcePolicy),
        Row(
            .evaluationLogic, "a role's session, role ARN, only the session policy does not allow: denied",
            Sample.get(by: Sample.session), identity: [allow()], resource: [allow(to: Sample.rolePrincipal)],
            boundary: [allow()], session: elsewhere, .implicitDeny, at: .sessionPolicy),
        Row(
            .keyPolicies, "a key policy that names the session, everything else elsewhere: allowed",
            Sample.decrypt(by: Sample.session), identity: elsewhere, resource: [allow(to: Sample.sessionPrincipal)],
            boundary: elsewhere, session: elsewhere, .allowed, at: .resourcePolicy),
        Row(
            .trustPolicies, "a role that its own trust policy names", Sample.assume(by: Sample.trusted),
            resource: [allow("sts:AssumeRole", on: nil, to: Principal(aws: Sample.trustedRole))], .allowed,
            at: .resourcePolicy),
        Row(
            .trustPolicies, "a role that its own trust policy does not name", Sample.assume(by: Sample.trusted),
            identity: [allow("sts:*")], resource: [allow("sts:AssumeRole", on: nil, to: Sample.userPrincipal)],
            .implicitDeny, at: .resourcePolicy),
        Row(
            .sessionTags, "assuming is trusted, tagging the session is not",
            AccessRequest(Sample.user, "sts:TagSession", on: Sample.trustedRole), identity: [allow("sts:*")],
            resource: [allow("sts:AssumeRole", on: nil, to: Sample.userPrincipal)], .implicitDeny, at: .resourcePolicy),
        Row(
            .sessionTags, "naming the source identity is trusted",
            AccessRequest(Sample.user, "sts:SetSourceIdentity", on: Sample.trustedRole), identity: [allow("sts:*")],
            resource: [allow("sts:SetSourceIdentity", on: nil, to: Sample.accountPrincipal)], .allowed,
            at: .identityPolicies),
        Row(
            .webIdentity, "a web identity of the trusted provider",
            AccessRequest(
                .anonymous, "sts:AssumeRoleWithWebIdentity", on: Sample.trustedRole,
                context: ["aws:FederatedProvider": "accounts.google.com", "accounts.google.com:aud": "app"]),
            resource: [
                allow(
                    "sts:AssumeRoleWithWebIdentity", on: nil, to: .federated("accounts.google.com"),
                    if: PolicyCondition(.init(.stringEquals), key: "accounts.google.com:aud", values: ["app"]))
            ], .allowed, at: .resourcePolicy),
        Row(
            .webIdentity, "a web identity of another provider",
            AccessRequest(
                .anonymous, "sts:AssumeRoleWithWebIdentity", on: Sample.trustedRole,
                context: ["aws:FederatedProvider": "www.amazon.com"]),
            resource: [allow("sts:AssumeRoleWithWebIdentity", on: nil, to: .federated("accounts.google.com"))],
            .implicitDeny, at: .resourcePolicy),
    ]

    /// Carlos, whose bucket is `carlos`, asks within his account and across accounts. He may not touch what is a log.
    private static let carlos = Caller.user(arn: "arn:aws:iam::111122223333:user/carlos")
    private static let carlosIdentity: [Statement] = [
        allow("s3:ListAllMyBuckets"), allow("s3:*", on: "arn:aws:s3:::carlos"),
        allow("s3:*", on: "arn:aws:s3:::carlos/*"),
        allow("s3:*Object*", on: "arn:aws:s3:::production/*"), deny("s3:*", on: "arn:aws:s3:::*log*"),
    ]
    private static let productionPolicy: [Statement] = [
        allow("s3:GetObject*", on: "arn:aws:s3:::production/*", to: .user("arn:aws:iam::111122223333:user/carlos")),
        allow("s3:PutObject*", on: "arn:aws:s3:::production/*", to: .user("arn:aws:iam::111122223333:user/carlos")),
    ]

    private static func carlos(_ action: String, _ resource: String, ownedBy account: String) -> AccessRequest {
        AccessRequest(carlos, action, on: resource, ownedBy: account)
    }

    static let examples: [Row] = [
        Row(
            .singleAccount, "Carlos writes to his bucket",
            carlos("s3:PutObject", "arn:aws:s3:::carlos/k", ownedBy: Sample.account),
            identity: carlosIdentity, .allowed, at: .identityPolicies),
        Row(
            .singleAccount, "Carlos writes to a bucket of logs",
            carlos("s3:PutObject", "arn:aws:s3:::carlos-logs/k", ownedBy: Sample.account), identity: carlosIdentity,
            .explicitDeny, at: .denials),
        Row(
            .singleAccount, "Carlos reads a bucket that nothing mentions",
            carlos("s3:GetObject", "arn:aws:s3:::else/k", ownedBy: Sample.account), identity: carlosIdentity,
            .implicitDeny, at: .identityPolicies),
        Row(
            .crossAccount, "Carlos writes to production, which both sides allow",
            carlos("s3:PutObject", "arn:aws:s3:::production/k", ownedBy: Sample.otherAccount),
            identity: carlosIdentity, resource: productionPolicy, .allowed, at: .identityPolicies),
        Row(
            .crossAccount, "Carlos deletes in production, which only his side allows",
            carlos("s3:DeleteObject", "arn:aws:s3:::production/k", ownedBy: Sample.otherAccount),
            identity: carlosIdentity, resource: productionPolicy, .implicitDeny, at: .resourcePolicy),
        Row(
            .crossAccount, "Carlos lists production, which neither side allows",
            carlos("s3:ListBucket", "arn:aws:s3:::production", ownedBy: Sample.otherAccount), identity: carlosIdentity,
            resource: productionPolicy, .implicitDeny, at: .resourcePolicy),
        Row(
            .crossAccount, "Carlos reads a log in production, which his side denies",
            carlos("s3:GetObject", "arn:aws:s3:::production/log/k", ownedBy: Sample.otherAccount),
            identity: carlosIdentity, resource: productionPolicy, .explicitDeny, at: .denials),
    ]

    @Test(arguments: principalTypes)
    func theTypeOfPrincipalDecidesWhatLimits(row: Row) { expect(row) }

    @Test(arguments: examples)
    func theGuidesExamplesComeOutAsItSays(row: Row) { expect(row) }
}
