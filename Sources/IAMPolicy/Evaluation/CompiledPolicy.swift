import Basics

/// A policy made ready for many requests.
struct CompiledPolicy: Sendable {
    let name: String
    let statements: [CompiledStatement]

    init(_ named: NamedPolicy) {
        name = named.name
        statements = named.policy.statements.enumerated().map { index, statement in
            let sid = statement.sid ?? ""
            return CompiledStatement(
                statement, version: named.policy.version, label: sid.isEmpty ? "[\(index)]" : sid,
                source: named.source(of: index))
        }
    }

    /// The statements of one effect that apply to the request, if the policy is on the caller's side and names no
    /// principal.
    func statements(_ effect: Statement.Effect, applyingTo request: PreparedRequest) -> [DecidingStatement] {
        statements.filter { $0.effect == effect && $0.applies(to: request) == .yes }.map { citation(of: $0) }
    }

    func citation(of statement: CompiledStatement) -> DecidingStatement {
        DecidingStatement(
            policy: name, statement: statement.label, effect: statement.effect, source: statement.source)
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

/// A statement made ready for many requests. A class, since it never changes and many share it: to pass it on costs one retain.
final class CompiledStatement: Sendable {
    let label: String
    let source: String?
    let effect: Statement.Effect
    let principals: Principals?
    private let actions: Actions
    private let resources: CompiledResources?
    let conditions: [(source: PolicyCondition, compiled: CompiledCondition)]
    let version: Policy.Version

    /// Whether the resource patterns contain policy variables.
    var hasVariableResources: Bool { resources?.texts.contains { $0.contains("${") } ?? false }

    /// The texts of `Resource`; `nil` if the statement has `NotResource` instead, or neither.
    var resourceTexts: [String]? { resources.flatMap { $0.areExceptions ? nil : $0.texts } }

    init(_ statement: Statement, version: Policy.Version, label: String, source: String? = nil) {
        self.label = label
        self.source = source
        self.version = version
        effect = statement.effect
        principals = statement.principals
        actions = statement.actions
        resources = statement.completedResources.map { CompiledResources($0, version: version) }
        conditions = statement.conditions.map { ($0, CompiledCondition($0, version: version)) }
    }

    /// Whether the statement of a policy on the caller's side applies. A statement without `Resource` never does.
    func applies(to request: PreparedRequest) -> Truth {
        guard let resources, actionsMatch(request) else { return .no }
        if let principals, principals.match(request.caller, in: request.context) == .none { return .no }
        let resourceMatches = resources.match(request)
        return resourceMatches == .no ? .no : Truth.all([resourceMatches, conditionsHold(request)])
    }

    /// The closeness with which the statement of a policy on the resource's side names the caller, and whether it
    /// applies. A statement without `Principal` never does. A statement without `Resource` is about the resource that
    /// has the policy.
    func match(_ request: PreparedRequest) -> (names: PrincipalMatch, applies: Truth) {
        guard let principals, actionsMatch(request) else { return (.none, .no) }
        var match = principals.match(request.caller, in: request.context)
        // A denial with NotPrincipal applies to every principal with a permissions boundary, even if NotPrincipal names
        // it.
        if case .allExcept = principals, effect == .deny, request.isBounded { match = .itself }
        let resourceMatches = resources?.match(request) ?? .yes
        guard match != .none, resourceMatches != .no else { return (.none, .no) }
        let applies = Truth.all([resourceMatches, conditionsHold(request)])
        return applies == .no ? (.none, .no) : (match, applies)
    }

    private func actionsMatch(_ request: PreparedRequest) -> Bool { names(lowercasedAction: request.action) }

    func names(lowercasedAction action: String) -> Bool {
        switch actions {
        case .only(let patterns): patterns.contains { $0.wildcards.matches(action) }
        case .allExcept(let patterns): !patterns.contains { $0.wildcards.matches(action) }
        }
    }

    /// Whether the statement applies to the principals that it names.
    func appliesToWhomItNames(_ request: PreparedRequest) -> Truth {
        guard actionsMatch(request) else { return .no }
        let resourceMatches = resources?.match(request) ?? .yes
        return resourceMatches == .no ? .no : Truth.all([resourceMatches, conditionsHold(request)])
    }

    /// Whether one of these keys, in lower case, or a variable affects whether the statement applies.
    func depends(on keys: Set<String>) -> Bool {
        conditions.contains { condition in
            keys.contains(condition.source.key.lowercased()) || condition.source.values.contains { $0.contains("${") }
        } || hasVariableResources
    }

    private func conditionsHold(_ request: PreparedRequest) -> Truth {
        Truth.all(conditions.lazy.map { $0.compiled.holds(in: request.context) })
    }

    /// The conditions that may or may not hold.
    func unknownConditions(in request: PreparedRequest) -> [PolicyCondition] {
        conditions.filter { $0.compiled.holds(in: request.context) == .unknown }.map(\.source)
    }

    /// The resource patterns whose match depends on a variable of unknown value.
    func unknownResources(in request: PreparedRequest) -> [String] {
        resources?.unknown(in: request) ?? []
    }
}

private struct CompiledResources: Sendable {
    let texts: [String]
    let areExceptions: Bool
    private let patterns: [ARNPattern]

    init(_ resources: Resources, version: Policy.Version) {
        switch resources {
        case .only(let patterns):
            texts = patterns.map(\.text)
            areExceptions = false
        case .allExcept(let patterns):
            texts = patterns.map(\.text)
            areExceptions = true
        }
        patterns = texts.map { ARNPattern($0, replacingVariables: version.hasVariables, in: .resource) }
    }

    func match(_ request: PreparedRequest) -> Truth {
        if patterns.contains(where: { $0.matches(segments: request.resource, in: request.context) }) {
            return Truth(!areExceptions)
        }
        if !unknown(in: request).isEmpty { return .unknown }
        // If a variable in an exception has no value, the exception is undefined, and the element matches nothing.
        if areExceptions, patterns.contains(where: { !$0.isResolvable(in: request.context) }) { return .no }
        return Truth(areExceptions)
    }

    func unknown(in request: PreparedRequest) -> [String] {
        guard !request.context.isComplete else { return [] }
        return zip(texts, patterns)
            .filter { $1.isUnknown(in: request.context) && (areExceptions || $1.canMatch(segments: request.resource)) }
            .map { $0.0 }
    }
}

/// A request made ready for many statements.
struct PreparedRequest: Sendable {
    let caller: IdentifiedCaller
    /// The action in lower case.
    let action: String
    let resource: [Substring]
    let context: RequestContext
    /// Whether the caller has a permissions boundary.
    let isBounded: Bool

    init(
        caller: IdentifiedCaller, action: String, resource: [Substring], context: RequestContext, isBounded: Bool
    ) {
        self.caller = caller
        self.action = action
        self.resource = resource
        self.context = context
        self.isBounded = isBounded
    }

    init(_ request: AccessRequest, isBounded: Bool) {
        caller = IdentifiedCaller(request.caller)
        action = request.action.lowercased()
        resource = ARN.segments(of: request.isWildcardOnly ? "*" : request.resource)
        context = request.context
        self.isBounded = isBounded
    }
}
