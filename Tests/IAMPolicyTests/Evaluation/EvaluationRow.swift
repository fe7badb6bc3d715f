import IAMPolicy
import Testing

/// A request, the policies that apply to it, and what must become of it.
struct EvaluationRow: Sendable, CustomTestStringConvertible {
    let page: GuidePage
    let says: String
    let request: AccessRequest
    let policies: PolicySet
    let outcome: Decision.Outcome
    let stage: Decision.Stage

    /// Each list of statements is one policy; `nil` is none.
    init(
        _ page: GuidePage, _ says: String, _ request: AccessRequest, identity: [Statement]? = nil,
        resource: [Statement]? = nil, boundary: [Statement]? = nil, session: [Statement]? = nil,
        serviceControl: [[Statement]] = [], resourceControl: [[Statement]] = [], endpoint: [Statement]? = nil,
        restrictPublicBuckets: Bool = false, _ outcome: Decision.Outcome, at stage: Decision.Stage
    ) {
        func named(_ name: String, _ statements: [Statement]) -> NamedPolicy {
            NamedPolicy(name, Policy(statements: statements))
        }
        func levels(_ lists: [[Statement]]) -> [ControlLevel] {
            lists.enumerated().map { ControlLevel(id: "level\($0)", policies: [named("level\($0)", $1)]) }
        }
        self.page = page
        self.says = says
        self.request = request
        self.outcome = outcome
        self.stage = stage
        policies = PolicySet(
            identity: identity.map { [named("identity", $0)] } ?? [],
            resource: resource.map { named("resource", $0) },
            boundaries: boundary.map { [named("boundary", $0)] } ?? [],
            session: session.map { named("session", $0) },
            serviceControl: levels(serviceControl), resourceControl: levels(resourceControl),
            vpcEndpoint: endpoint.map { [named("endpoint", $0)] } ?? [], restrictPublicBuckets: restrictPublicBuckets)
    }

    var testDescription: String { "\(says) (\(page.rawValue))" }
}

/// The accounts, principals and resources of the tables.
enum Sample {
    static let account = "111122223333"
    static let otherAccount = "444455556666"
    static let user = Caller.user(arn: "arn:aws:iam::111122223333:user/ada")
    static let role = Caller.role(arn: "arn:aws:iam::111122223333:role/path/auditor")
    static let session = Caller.session(arn: "arn:aws:sts::111122223333:assumed-role/auditor/ada")
    static let federated = Caller.federatedUser(arn: "arn:aws:sts::111122223333:federated-user/ada")
    static let root = Caller.root(accountID: account)
    static let stranger = Caller.user(arn: "arn:aws:iam::444455556666:user/bob")
    static let trusted = Caller.session(arn: "arn:aws:sts::111122223333:assumed-role/deploy/ci")
    static let cloudTrail = Caller.service("cloudtrail.amazonaws.com")

    static let userPrincipal = Principal(aws: "arn:aws:iam::111122223333:user/ada")
    static let rolePrincipal = Principal(aws: "arn:aws:iam::111122223333:role/path/auditor")
    static let sessionPrincipal = Principal(aws: "arn:aws:sts::111122223333:assumed-role/auditor/ada")
    static let federatedPrincipal = Principal(aws: "arn:aws:sts::111122223333:federated-user/ada")
    static let accountPrincipal = Principal.account(account)
    static let strangerPrincipal = Principal(aws: "arn:aws:iam::444455556666:user/bob")

    static let key = "arn:aws:kms:us-east-1:111122223333:key/k"
    static let trustedRole = "arn:aws:iam::111122223333:role/deploy"

    /// A request for an object in a bucket of the account.
    static func get(by caller: Caller, _ context: RequestContext = [:]) -> AccessRequest {
        AccessRequest(caller, "s3:GetObject", on: "arn:aws:s3:::logs/k", ownedBy: account, context: context)
    }

    static func decrypt(by caller: Caller) -> AccessRequest {
        AccessRequest(caller, "kms:Decrypt", on: key, ownedBy: account)
    }

    static func assume(by caller: Caller) -> AccessRequest {
        AccessRequest(caller, "sts:AssumeRole", on: trustedRole, ownedBy: account)
    }
}

func allow(
    _ action: ActionPattern = "*", on resource: ResourcePattern? = "*", to principals: Principal...,
    if conditions: PolicyCondition...
) -> Statement {
    Statement(
        effect: .allow, principals: principals.isEmpty ? nil : .only(principals), actions: .only([action]),
        resources: resource.map { .only([$0]) }, conditions: conditions)
}

func deny(
    _ action: ActionPattern = "*", on resource: ResourcePattern? = "*", to principals: Principal...,
    if conditions: PolicyCondition...
) -> Statement {
    Statement(
        effect: .deny, principals: principals.isEmpty ? nil : .only(principals), actions: .only([action]),
        resources: resource.map { .only([$0]) }, conditions: conditions)
}

func denyAll(except principals: Principal...) -> Statement {
    Statement(effect: .deny, principals: .allExcept(principals), actions: .only(["*"]), resources: .only(["*"]))
}

func allowAll(except principals: Principal...) -> Statement {
    Statement(effect: .allow, principals: .allExcept(principals), actions: .only(["*"]), resources: .only(["*"]))
}
