import Basics

extension Policy {
    /// Reads a policy document strictly: an element that is unknown, duplicate or missing is an error.
    ///
    /// The text may be at most 1 MiB long, of which 256 KiB other than white space, and nested 16 deep.
    ///
    /// - Throws: `PolicyError`, which says what is wrong and where.
    public init(parsing text: String) throws(PolicyError) {
        try self.init(parsing: text.utf8)
    }

    /// Reads a policy document from its bytes, which must be UTF-8.
    ///
    /// - Throws: `PolicyError`, which says what is wrong and where.
    public init(parsing bytes: some Collection<UInt8>) throws(PolicyError) {
        try self.init(parsing: bytes, limits: .policy)
    }

    init(parsing bytes: some Collection<UInt8>, limits: JSON.Options) throws(PolicyError) {
        let bytes = Array(bytes.prefix(limits.maximumBytes + 1))
        self = try PolicyReader(bytes: bytes).policy(JSONNode(policy: bytes, limits: limits))
    }
}

extension JSONNode {
    /// - Throws: `PolicyError` if the bytes are no JSON text, have a key twice, or exceed a limit.
    init(policy bytes: [UInt8], limits: JSON.Options = .policy) throws(PolicyError) {
        do throws(JSONError) {
            try self.init(parsing: bytes, limits)
        } catch {
            throw PolicyError(error)
        }
    }
}

extension JSON.Options {
    /// The limits for any policy. AWS's own managed policies have no quota: AWSSupportServiceRolePolicy, which a role
    /// of every account has, reached 140 kB, and grows. The deepest policy is nested six deep.
    static let policy = JSON.Options(significantBytes: 256 << 10)

    /// The limits for a policy that a customer writes. Most services accept 2 to 32 KiB, not counting white space, of
    /// which a document may have much more. Ten times IAM's largest quota, which is 10,240 characters, is too long for
    /// every service.
    ///
    /// Source: IAM User Guide, "IAM and AWS STS quotas"; OpenSearch Service Developer Guide, "Quotas" (100 KiB).
    static let customerPolicy = JSON.Options(significantBytes: 10 * 10_240 - 1)

    private init(significantBytes: Int) {
        self.init()
        maximumBytes = 1 << 20
        maximumSignificantBytes = significantBytes
        maximumDepth = 16
        allowsDuplicates = false
    }
}

/// Turns JSON into a policy.
///
/// Source: IAM User Guide, "Grammar of the IAM JSON policy language".
struct PolicyReader {
    /// The text that the nodes were read from, for the places of errors.
    let bytes: [UInt8]

    func policy(_ node: JSONNode) throws(PolicyError) -> Policy {
        let elements = try Elements(of: node, named: "a policy", allowed: ["Version", "Id", "Statement"], reader: self)
        guard let statementNode = elements["Statement"] else { throw elements.missing("Statement") }
        var statements: [Statement] = []
        for node in list(statementNode) { statements.append(try statement(node)) }
        return Policy(
            version: try elements["Version"].map(version) ?? .v2008_10_17,
            id: try elements["Id"].map { node throws(PolicyError) in try string(node, "Id") },
            statements: statements)
    }

    private func version(_ node: JSONNode) throws(PolicyError) -> Policy.Version {
        guard let version = Policy.Version(rawValue: try string(node, "Version")) else {
            throw unexpected(node, "Version", expected: "\"2012-10-17\" or \"2008-10-17\"")
        }
        return version
    }

    private func statement(_ node: JSONNode) throws(PolicyError) -> Statement {
        let elements = try Elements(
            of: node, named: "a statement",
            allowed: [
                "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource",
                "Condition",
            ], reader: self)
        guard let effectNode = elements["Effect"] else { throw elements.missing("Effect") }
        guard let actions = try actions(elements) else { throw elements.missing("Action") }
        return Statement(
            sid: try elements["Sid"].map { node throws(PolicyError) in try string(node, "Sid") },
            effect: try effect(effectNode),
            principals: try principals(elements),
            actions: actions,
            resources: try resources(elements),
            conditions: try elements["Condition"].map(conditions) ?? [])
    }

    private func effect(_ node: JSONNode) throws(PolicyError) -> Statement.Effect {
        guard let effect = Statement.Effect(rawValue: try string(node, "Effect")) else {
            throw unexpected(node, "Effect", expected: "\"Allow\" or \"Deny\"")
        }
        return effect
    }

    private func actions(_ elements: Elements) throws(PolicyError) -> Actions? {
        switch try elements.oneOf("Action", "NotAction") {
        case .first(let node)?: .only(try actionPatterns(node, "Action"))
        case .second(let node)?: .allExcept(try actionPatterns(node, "NotAction"))
        case nil: nil
        }
    }

    private func actionPatterns(_ node: JSONNode, _ name: String) throws(PolicyError) -> [ActionPattern] {
        var patterns: [ActionPattern] = []
        for node in list(node) {
            let pattern = ActionPattern(try string(node, name))
            guard pattern.text.contains(":") || pattern.matchesEverything else {
                throw unexpected(node, name, expected: "SERVICE:NAME or \"*\"")
            }
            patterns.append(pattern)
        }
        return patterns
    }

    private func resources(_ elements: Elements) throws(PolicyError) -> Resources? {
        switch try elements.oneOf("Resource", "NotResource") {
        case .first(let node)?: .only(try strings(node, "Resource").map { ResourcePattern($0) })
        case .second(let node)?: .allExcept(try strings(node, "NotResource").map { ResourcePattern($0) })
        case nil: nil
        }
    }

    private func principals(_ elements: Elements) throws(PolicyError) -> Principals? {
        switch try elements.oneOf("Principal", "NotPrincipal") {
        case .first(let node)?: .only(try principalList(node, "Principal"))
        case .second(let node)?: .allExcept(try principalList(node, "NotPrincipal"))
        case nil: nil
        }
    }

    private func principalList(_ node: JSONNode, _ name: String) throws(PolicyError) -> [Principal] {
        if case .string("*") = node.value { return [.everyone] }
        guard case .object(let members) = node.value else {
            throw unexpected(node, name, expected: "\"*\" or an object")
        }
        var principals: [Principal] = []
        for member in members {
            let texts = try strings(member.node, "\(name).\(member.name)")
            switch member.name {
            case "AWS": principals += texts.map { Principal(aws: $0) }
            case "Service": principals += texts.map { .service($0) }
            case "Federated": principals += texts.map { .federated($0) }
            case "CanonicalUser": principals += texts.map { .canonicalUser($0) }
            default: throw error(.unknownElement(member.name, in: name), at: member.nameOffset)
            }
        }
        return principals
    }

    private func conditions(_ node: JSONNode) throws(PolicyError) -> [PolicyCondition] {
        guard case .object(let operators) = node.value else {
            throw unexpected(node, "Condition", expected: "an object")
        }
        var conditions: [PolicyCondition] = []
        var seen: Set<ConditionOperator> = []
        for member in operators {
            guard let `operator` = ConditionOperator(member.name) else {
                throw error(.unknownOperator(member.name), at: member.nameOffset)
            }
            guard seen.insert(`operator`).inserted else {
                throw error(.json(.duplicateName(member.name)), at: member.nameOffset)
            }
            conditions += try comparisons(`operator`, member.node)
        }
        return conditions
    }

    private func comparisons(_ operator: ConditionOperator, _ node: JSONNode) throws(PolicyError) -> [PolicyCondition] {
        guard case .object(let keys) = node.value else {
            throw unexpected(node, `operator`.description, expected: "an object")
        }
        var conditions: [PolicyCondition] = []
        var seen: Set<String> = []
        for member in keys {
            guard seen.insert(member.name.lowercased()).inserted else {
                throw error(.json(.duplicateName(member.name)), at: member.nameOffset)
            }
            var values: [String] = []
            for node in list(member.node) { values.append(try conditionValue(node, member.name)) }
            conditions.append(PolicyCondition(`operator`, key: member.name, values: values))
        }
        return conditions
    }

    private func conditionValue(_ node: JSONNode, _ key: String) throws(PolicyError) -> String {
        switch node.value {
        case .string(let text): return text
        case .number(let number): return "\(number)"
        case .bool(let flag): return flag ? "true" : "false"
        case .object, .array, .null:
            throw unexpected(node, "a value of \(key)", expected: "a string, a number or a boolean")
        }
    }
}

extension PolicyReader {
    /// One value stands for a list of one, wherever the grammar has a list.
    fileprivate func list(_ node: JSONNode) -> [JSONNode] {
        if case .array(let nodes) = node.value { nodes } else { [node] }
    }

    fileprivate func string(_ node: JSONNode, _ name: String) throws(PolicyError) -> String {
        guard case .string(let text) = node.value else { throw unexpected(node, name, expected: "a string") }
        return text
    }

    fileprivate func strings(_ node: JSONNode, _ name: String) throws(PolicyError) -> [String] {
        var texts: [String] = []
        for node in list(node) { texts.append(try string(node, name)) }
        return texts
    }

    fileprivate func unexpected(_ node: JSONNode, _ name: String, expected: String) -> PolicyError {
        error(.unexpectedValue(of: name, expected: expected, found: node.kind), at: node.offset)
    }

    fileprivate func error(_ reason: PolicyError.Reason, at offset: Int) -> PolicyError {
        let place = TextPosition(of: offset, in: bytes)
        return PolicyError(reason, line: place.line, column: place.column)
    }
}

/// The members of an object that has only allowed names.
private struct Elements {
    private let members: [String: JSONNode.Member]
    private let parent: String
    private let offset: Int
    private let reader: PolicyReader

    init(of node: JSONNode, named parent: String, allowed: Set<String>, reader: PolicyReader) throws(PolicyError) {
        guard case .object(let list) = node.value else {
            throw reader.unexpected(node, parent, expected: "an object")
        }
        var members: [String: JSONNode.Member] = [:]
        for member in list {
            guard allowed.contains(member.name) else {
                throw reader.error(.unknownElement(member.name, in: parent), at: member.nameOffset)
            }
            members[member.name] = member
        }
        self.members = members
        self.parent = parent
        self.offset = node.offset
        self.reader = reader
    }

    subscript(name: String) -> JSONNode? { members[name]?.node }

    enum Choice {
        case first(JSONNode)
        case second(JSONNode)
    }

    func oneOf(_ first: String, _ second: String) throws(PolicyError) -> Choice? {
        switch (members[first], members[second]) {
        case (let one?, let other?):
            throw reader.error(.conflictingElements(first, second), at: max(one.nameOffset, other.nameOffset))
        case (let member?, nil): .first(member.node)
        case (nil, let member?): .second(member.node)
        case (nil, nil): nil
        }
    }

    func missing(_ name: String) -> PolicyError {
        reader.error(.missingElement(name, in: parent), at: offset)
    }
}
