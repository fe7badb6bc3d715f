import Basics
import IAMPolicy
import Testing

/// Requests within one account.
@Suite struct AccountEvaluationTests {
    typealias Row = EvaluationRow

    static let basics: [Row] = [
        Row(.explicitAndImplicit, "nothing allows", Sample.get(by: Sample.user), .implicitDeny, at: .identityPolicies),
        Row(
            .explicitAndImplicit, "an identity policy allows", Sample.get(by: Sample.user), identity: [allow()],
            .allowed, at: .identityPolicies),
        Row(
            .explicitAndImplicit, "an identity policy allows something else", Sample.get(by: Sample.user),
            identity: [allow("s3:PutObject")], .implicitDeny, at: .identityPolicies),
        Row(
            .explicitAndImplicit, "an allow and a deny", Sample.get(by: Sample.user),
            identity: [allow(), deny("s3:Get*")], .explicitDeny, at: .denials),
        Row(
            .explicitAndImplicit, "a deny of something else", Sample.get(by: Sample.user),
            identity: [allow(), deny("s3:Put*")], .allowed, at: .identityPolicies),
        Row(
            .explicitAndImplicit, "a deny whose condition fails",
            Sample.get(by: Sample.user, ["aws:SecureTransport": "true"]),
            identity: [
                allow(), deny(if: PolicyCondition(.init(.bool), key: "aws:SecureTransport", values: ["false"])),
            ],
            .allowed, at: .identityPolicies),
        Row(
            .explicitAndImplicit, "a deny whose condition holds",
            Sample.get(by: Sample.user, ["aws:SecureTransport": "false"]),
            identity: [
                allow(), deny(if: PolicyCondition(.init(.bool), key: "aws:SecureTransport", values: ["false"])),
            ],
            .explicitDeny, at: .denials),
        Row(
            .evaluationLogic, "the resource policy allows what the identity policy does not",
            Sample.get(by: Sample.user), identity: [allow("s3:PutObject")], resource: [allow(to: Sample.userPrincipal)],
            .allowed, at: .resourcePolicy),
        Row(
            .evaluationLogic, "the identity policy allows what the resource policy does not",
            Sample.get(by: Sample.user), identity: [allow()], resource: [allow(to: Sample.strangerPrincipal)], .allowed,
            at: .identityPolicies),
        Row(
            .evaluationLogic, "a resource policy denies", Sample.get(by: Sample.user), identity: [allow()],
            resource: [deny(to: .everyone)], .explicitDeny, at: .denials),
        Row(
            .evaluationLogic, "a resource policy denies somebody else", Sample.get(by: Sample.user),
            identity: [allow()], resource: [deny(to: Sample.strangerPrincipal)], .allowed, at: .identityPolicies),
        Row(
            .evaluationLogic, "an identity policy denies what the resource policy allows", Sample.get(by: Sample.user),
            identity: [deny()], resource: [allow(to: Sample.userPrincipal)], .explicitDeny, at: .denials),
        Row(
            .evaluationLogic, "a boundary denies", Sample.get(by: Sample.user), identity: [allow()],
            boundary: [allow(), deny("s3:*")], .explicitDeny, at: .denials),
        Row(
            .evaluationLogic, "a session policy denies", Sample.get(by: Sample.session), identity: [allow()],
            session: [allow(), deny("s3:*")], .explicitDeny, at: .denials),
        Row(
            .boundaries, "a boundary does not allow", Sample.get(by: Sample.user), identity: [allow()],
            boundary: [allow("ec2:*")], .implicitDeny, at: .permissionsBoundary),
        Row(
            .boundaries, "a boundary allows", Sample.get(by: Sample.user), identity: [allow()],
            boundary: [allow("s3:*")], .allowed, at: .identityPolicies),
        Row(
            .boundaries, "a boundary alone grants nothing", Sample.get(by: Sample.user), boundary: [allow()],
            .implicitDeny, at: .identityPolicies),
        Row(
            .boundaries, "an empty boundary allows nothing", Sample.get(by: Sample.user), identity: [allow()],
            boundary: [], .implicitDeny, at: .permissionsBoundary),
        Row(
            .sessionPolicies, "a session policy does not allow", Sample.get(by: Sample.session), identity: [allow()],
            session: [allow("ec2:*")], .implicitDeny, at: .sessionPolicy),
        Row(
            .sessionPolicies, "role and session policy allow", Sample.get(by: Sample.session), identity: [allow()],
            session: [allow("s3:*")], .allowed, at: .identityPolicies),
        Row(
            .sessionPolicies, "a session policy alone grants nothing", Sample.get(by: Sample.session),
            session: [allow()], .implicitDeny, at: .identityPolicies),
        Row(
            .sessionPolicies, "a role's session without session policy", Sample.get(by: Sample.session),
            identity: [allow()], .allowed, at: .identityPolicies),
        Row(
            .sessionPolicies, "boundary and session policy both limit", Sample.get(by: Sample.session),
            identity: [allow()], boundary: [allow("ec2:*")], session: [allow()], .implicitDeny, at: .permissionsBoundary
        ),
        Row(
            .federationToken, "a federated user without session policy", Sample.get(by: Sample.federated),
            identity: [allow()], .implicitDeny, at: .sessionPolicy),
        Row(
            .federationToken, "a federated user whose session policy allows", Sample.get(by: Sample.federated),
            identity: [allow()], session: [allow("s3:*")], .allowed, at: .identityPolicies),
        Row(
            .federationToken, "a federated user whose user is not allowed", Sample.get(by: Sample.federated),
            session: [allow("s3:*")], .implicitDeny, at: .identityPolicies),
    ]

    /// The guide's table of resource-based policies and implicit denies.
    static let resourcePolicies: [Row] = [
        Row(
            .evaluationLogic, "user ARN, identity does not allow", Sample.get(by: Sample.user),
            resource: [allow(to: Sample.userPrincipal)], .allowed, at: .resourcePolicy),
        Row(
            .evaluationLogic, "user ARN, boundary does not allow", Sample.get(by: Sample.user), identity: [allow()],
            resource: [allow(to: Sample.userPrincipal)], boundary: [allow("ec2:*")], .allowed, at: .resourcePolicy),
        Row(
            .evaluationLogic, "role ARN, identity does not allow", Sample.get(by: Sample.session),
            resource: [allow(to: Sample.rolePrincipal)], .allowed, at: .resourcePolicy),
        Row(
            .evaluationLogic, "role ARN, boundary does not allow", Sample.get(by: Sample.session),
            resource: [allow(to: Sample.rolePrincipal)], boundary: [allow("ec2:*")], .implicitDeny,
            at: .permissionsBoundary),
        Row(
            .evaluationLogic, "role ARN, session policy does not allow", Sample.get(by: Sample.session),
            resource: [allow(to: Sample.rolePrincipal)], session: [allow("ec2:*")], .implicitDeny, at: .sessionPolicy),
        Row(
            .evaluationLogic, "role ARN, boundary and session policy allow", Sample.get(by: Sample.session),
            resource: [allow(to: Sample.rolePrincipal)], boundary: [allow()], session: [allow()], .allowed,
            at: .resourcePolicy),
        Row(
            .evaluationLogic, "role ARN, asked for the role itself", Sample.get(by: Sample.role),
            resource: [allow(to: Sample.rolePrincipal)], boundary: [allow("ec2:*")], .implicitDeny,
            at: .permissionsBoundary),
        Row(
            .evaluationLogic, "session ARN, identity does not allow", Sample.get(by: Sample.session),
            resource: [allow(to: Sample.sessionPrincipal)], .allowed, at: .resourcePolicy),
        Row(
            .evaluationLogic, "session ARN, boundary does not allow", Sample.get(by: Sample.session),
            resource: [allow(to: Sample.sessionPrincipal)], boundary: [allow("ec2:*")], .allowed, at: .resourcePolicy),
        Row(
            .evaluationLogic, "session ARN, session policy does not allow", Sample.get(by: Sample.session),
            resource: [allow(to: Sample.sessionPrincipal)], session: [allow("ec2:*")], .allowed, at: .resourcePolicy),
        Row(
            .evaluationLogic, "session ARN, session policy denies", Sample.get(by: Sample.session),
            resource: [allow(to: Sample.sessionPrincipal)], session: [deny("s3:*")], .explicitDeny, at: .denials),
        Row(
            .evaluationLogic, "another session's ARN",
            Sample.get(by: .session(arn: "arn:aws:sts::111122223333:assumed-role/auditor/bob")),
            resource: [allow(to: Sample.sessionPrincipal)], .implicitDeny, at: .identityPolicies),
        Row(
            .evaluationLogic, "federated session ARN, no session policy", Sample.get(by: Sample.federated),
            resource: [allow(to: Sample.federatedPrincipal)], .allowed, at: .resourcePolicy),
        Row(
            .evaluationLogic, "federated session ARN, boundary does not allow", Sample.get(by: Sample.federated),
            resource: [allow(to: Sample.federatedPrincipal)], boundary: [allow("ec2:*")], session: [allow("ec2:*")],
            .allowed, at: .resourcePolicy),
        Row(
            .evaluationLogic, "federated: user ARN, session policy does not allow", Sample.get(by: Sample.federated),
            resource: [allow(to: Sample.userPrincipal)], session: [allow("ec2:*")], .implicitDeny, at: .sessionPolicy),
        Row(
            .evaluationLogic, "federated: user ARN, boundary does not allow", Sample.get(by: Sample.federated),
            resource: [allow(to: Sample.userPrincipal)], boundary: [allow("ec2:*")], session: [allow()], .implicitDeny,
            at: .permissionsBoundary),
        Row(
            .evaluationLogic, "federated: user ARN, session policy allows", Sample.get(by: Sample.federated),
            resource: [allow(to: Sample.userPrincipal)], session: [allow()], .allowed, at: .resourcePolicy),
        Row(
            .principal, "everybody, boundary does not allow", Sample.get(by: Sample.session),
            resource: [allow(to: .everyone)], boundary: [allow("ec2:*")], session: [allow("ec2:*")], .allowed,
            at: .resourcePolicy),
        Row(
            .principal, "everybody with aws:PrincipalArn, boundary does not allow",
            Sample.get(by: Sample.session, ["aws:PrincipalArn": "arn:aws:iam::111122223333:role/path/auditor"]),
            resource: [
                allow(
                    to: .everyone,
                    if: PolicyCondition(
                        .init(.arnEquals), key: "aws:PrincipalArn",
                        values: ["arn:aws:iam::111122223333:role/path/auditor"]))
            ], boundary: [allow("ec2:*")], .allowed, at: .resourcePolicy),
        Row(
            .principal, "the account, identity does not allow", Sample.get(by: Sample.user),
            resource: [allow(to: Sample.accountPrincipal)], .implicitDeny, at: .identityPolicies),
        Row(
            .principal, "the account, identity allows", Sample.get(by: Sample.user), identity: [allow()],
            resource: [allow(to: Sample.accountPrincipal)], .allowed, at: .identityPolicies),
        Row(
            .principal, "the account, boundary does not allow", Sample.get(by: Sample.user), identity: [allow()],
            resource: [allow(to: Sample.accountPrincipal)], boundary: [allow("ec2:*")], .implicitDeny,
            at: .permissionsBoundary),
        Row(
            .principal, "the account denies all of its principals", Sample.get(by: Sample.session), identity: [allow()],
            resource: [deny(to: Sample.accountPrincipal)], .explicitDeny, at: .denials),
        Row(
            .principal, "the role denies its sessions", Sample.get(by: Sample.session), identity: [allow()],
            resource: [deny(to: Sample.rolePrincipal)], .explicitDeny, at: .denials),
        Row(
            .principal, "names of users are case-sensitive",
            Sample.get(by: .user(arn: "arn:aws:iam::111122223333:user/Ada")),
            resource: [allow(to: Sample.userPrincipal)], .implicitDeny, at: .identityPolicies),
        Row(
            .principal, "a statement without principal never matches", Sample.get(by: Sample.user), resource: [allow()],
            .implicitDeny, at: .identityPolicies),
        Row(
            .principal, "a denial without principal never matches", Sample.get(by: Sample.user), identity: [allow()],
            resource: [deny()], .allowed, at: .identityPolicies),
        Row(
            .principal, "a deleted user's identifier names nobody", Sample.get(by: Sample.user),
            resource: [allow(to: .identifier("AIDAEXAMPLE"))], .implicitDeny, at: .identityPolicies),
        Row(
            .principal, "a user's identifier is its aws:userid",
            Sample.get(by: Sample.user, ["aws:userid": "AIDAEXAMPLE"]),
            resource: [allow(to: .identifier("AIDAEXAMPLE"))], .allowed, at: .resourcePolicy),
        Row(
            .principal, "a role's identifier begins aws:userid",
            Sample.get(by: Sample.session, ["aws:userid": "AROAEXAMPLE:ada"]),
            resource: [allow(to: .identifier("AROAEXAMPLE"))], .allowed, at: .resourcePolicy),
        Row(
            .principal, "a statement without resource is about the one that has the policy",
            Sample.get(by: Sample.user), resource: [allow(on: nil, to: Sample.userPrincipal)], .allowed,
            at: .resourcePolicy),
    ]

    static let notPrincipal: [Row] = [
        Row(
            .notPrincipal, "the excepted user", Sample.get(by: Sample.user), identity: [allow()],
            resource: [denyAll(except: Sample.userPrincipal, Sample.accountPrincipal)], .allowed, at: .identityPolicies),
        Row(
            .notPrincipal, "the excepted user without its account", Sample.get(by: Sample.user), identity: [allow()],
            resource: [denyAll(except: Sample.userPrincipal)], .allowed, at: .identityPolicies),
        Row(
            .notPrincipal, "another user of the excepted user's account",
            Sample.get(by: .user(arn: "arn:aws:iam::111122223333:user/eve")), identity: [allow()],
            resource: [denyAll(except: Sample.userPrincipal, Sample.accountPrincipal)], .explicitDeny, at: .denials),
        Row(
            .notPrincipal, "the excepted session", Sample.get(by: Sample.session), identity: [allow()],
            resource: [denyAll(except: Sample.sessionPrincipal, Sample.rolePrincipal, Sample.accountPrincipal)],
            .allowed, at: .identityPolicies),
        Row(
            .notPrincipal, "another session of the excepted session's role",
            Sample.get(by: .session(arn: "arn:aws:sts::111122223333:assumed-role/auditor/eve")), identity: [allow()],
            resource: [denyAll(except: Sample.sessionPrincipal, Sample.rolePrincipal, Sample.accountPrincipal)],
            .explicitDeny, at: .denials),
        Row(
            .notPrincipal, "the excepted role, asked for itself", Sample.get(by: Sample.role), identity: [allow()],
            resource: [denyAll(except: Sample.rolePrincipal)], .allowed, at: .identityPolicies),
        Row(
            .notPrincipal, "the excepted root", Sample.get(by: Sample.root),
            resource: [denyAll(except: Sample.accountPrincipal)], .allowed, at: .accountRoot),
        Row(
            .notPrincipal, "the excepted service", Sample.get(by: Sample.cloudTrail),
            resource: [
                denyAll(except: .service("cloudtrail.amazonaws.com")), allow(to: .service("cloudtrail.amazonaws.com")),
            ], .allowed, at: .resourcePolicy),
        Row(
            .notPrincipal, "everybody is excepted", Sample.get(by: Sample.user), identity: [allow()],
            resource: [denyAll(except: .everyone)], .allowed, at: .identityPolicies),
        Row(
            .boundaries, "the excepted user has a boundary", Sample.get(by: Sample.user), identity: [allow()],
            resource: [denyAll(except: Sample.userPrincipal, Sample.accountPrincipal)], boundary: [allow()],
            .explicitDeny, at: .denials),
        Row(
            .boundaries, "the excepted session has a boundary", Sample.get(by: Sample.session), identity: [allow()],
            resource: [denyAll(except: Sample.sessionPrincipal, Sample.rolePrincipal)], boundary: [allow()],
            .explicitDeny, at: .denials),
        Row(
            .notPrincipal, "an allow to all but one", Sample.get(by: .anonymous),
            resource: [allowAll(except: Sample.userPrincipal)], .allowed, at: .resourcePolicy),
        Row(
            .notPrincipal, "an allow to all but this one", Sample.get(by: Sample.user),
            resource: [allowAll(except: Sample.userPrincipal)], .implicitDeny, at: .identityPolicies),
    ]

    @Test(arguments: basics)
    func denialsPrevailAndLimitsLimit(row: Row) { expect(row) }

    @Test(arguments: resourcePolicies)
    func whomAResourcePolicyNamesDecidesWhatLimitsIt(row: Row) { expect(row) }

    @Test(arguments: notPrincipal)
    func notPrincipalLeavesOutOnlyThoseItNames(row: Row) { expect(row) }
}

func expect(_ row: EvaluationRow, sourceLocation: SourceLocation = #_sourceLocation) {
    let decision = row.policies.decision(on: row.request)
    #expect(decision.outcome == row.outcome, sourceLocation: sourceLocation)
    #expect(decision.stage == row.stage, sourceLocation: sourceLocation)
}
