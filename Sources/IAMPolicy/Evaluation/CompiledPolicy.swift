/// A policy made ready for many requests.
struct CompiledPolicy: Sendable {
    let name: String
    let statements: [CompiledStatement]

    init(_ named: NamedPolicy) {
        name = named.name
        statements = named.policy.statements.enumerated().map { index, statement in
            CompiledStatement(statement, version: named.policy.version, label: statement.sid ?? "[\(index)]")
        }
    }

    /// The statements of one effect that apply to the request, as policies without principals do.
    func statements(_ effect: Statement.Effect, applyingTo request: PreparedRequest) -> [DecidingStatement] {
        statements.filter { $0.effect == effect && $0.applies(to: request) }.map { citation(of: $0) }
    }

    func citation(of statement: CompiledStatement) -> DecidingStatement {
        DecidingStatement(policy: name, statement: statement.label, effect: statement.effect)
    }
}

struct CompiledLevel: Sendable {
    let id: String
    let policies: [CompiledPolicy]

    init(_ level: ControlLevel) {
        id = level.id
        policies = level.policies.map { CompiledPolicy($0) }
    }
}

/// A statement made ready for many requests.
struct CompiledStatement: Sendable {
    let label: String
    let effect: Statement.Effect
    let principals: Principals?
    private let actions: Actions
    private let resources: CompiledResources?
    private let conditions: [CompiledCondition]

    init(_ statement: Statement, version: Policy.Version, label: String) {
        self.label = label
        effect = statement.effect
        principals = statement.principals
        actions = statement.actions
        resources = statement.resources.map { CompiledResources($0, version: version) }
        conditions = statement.conditions.map { CompiledCondition($0, version: version) }
    }

    /// Whether the statement, in a policy that belongs to the caller, applies. One without `Resource` never does.
    func applies(to request: PreparedRequest) -> Bool {
        guard let resources, actionsMatch(request), resources.match(request) else { return false }
        if let principals, principals.match(request.caller, in: request.context) == .none { return false }
        return conditionsHold(request)
    }

    /// How the statement, in a policy that belongs to a resource, names the caller; `none` where it does not apply. One
    /// without `Principal` never does; one without `Resource` is about the resource that has the policy.
    func match(_ request: PreparedRequest) -> PrincipalMatch {
        guard let principals, actionsMatch(request), resources?.match(request) ?? true else { return .none }
        var match = principals.match(request.caller, in: request.context)
        if case .allExcept = principals, effect == .deny, request.isBounded { match = .itself }
        return match != .none && conditionsHold(request) ? match : .none
    }

    private func actionsMatch(_ request: PreparedRequest) -> Bool {
        switch actions {
        case .only(let patterns): patterns.contains { $0.wildcards.matches(request.action) }
        case .allExcept(let patterns): !patterns.contains { $0.wildcards.matches(request.action) }
        }
    }

    private func conditionsHold(_ request: PreparedRequest) -> Bool {
        conditions.allSatisfy { $0.holds(in: request.context) }
    }
}

private struct CompiledResources: Sendable {
    let patterns: [ARNPattern]
    let areExceptions: Bool

    init(_ resources: Resources, version: Policy.Version) {
        let texts: [ResourcePattern]
        switch resources {
        case .only(let patterns):
            texts = patterns
            areExceptions = false
        case .allExcept(let patterns):
            texts = patterns
            areExceptions = true
        }
        patterns = texts.map { ARNPattern($0.text, replacingVariables: version.hasVariables) }
    }

    func match(_ request: PreparedRequest) -> Bool {
        if areExceptions, patterns.contains(where: { !$0.isResolvable(in: request.context) }) { return false }
        return patterns.contains { $0.matches(segments: request.resource, in: request.context) } != areExceptions
    }
}

/// A request made ready for many statements.
struct PreparedRequest: Sendable {
    let caller: Caller
    /// In lower case.
    let action: String
    let resource: [Substring]
    let context: RequestContext
    /// Whether the caller has a permissions boundary.
    let isBounded: Bool

    init(_ request: AccessRequest, isBounded: Bool) {
        caller = request.caller
        action = request.action.lowercased()
        resource = ARNPattern.segments(of: request.isWildcardOnly ? "*" : request.resource)
        context = request.context
        self.isBounded = isBounded
    }
}
