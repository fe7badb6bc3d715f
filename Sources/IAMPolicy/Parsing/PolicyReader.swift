extension Policy {
    /// Reads a policy document strictly: nothing unknown, nothing twice, nothing missing.
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

    init(parsing bytes: some Collection<UInt8>, limits: JSONLimits) throws(PolicyError) {
        let bytes = Array(bytes.prefix(limits.bytes + 1))
        let node = try JSONReader.read(bytes, limits: limits)
        self = try PolicyReader(bytes: bytes).policy(node)
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
            let texts = try strings(member.node, "\(name).\(member.key)")
            switch member.key {
            case "AWS": principals += texts.map { Principal(aws: $0) }
            case "Service": principals += texts.map { .service($0) }
            case "Federated": principals += texts.map { .federated($0) }
            case "CanonicalUser": principals += texts.map { .canonicalUser($0) }
            default: throw error(.unknownElement(member.key, in: name), at: member.keyOffset)
            }
        }
        return principals
    }

    private func conditions(_ node: JSONNode) throws(PolicyError) -> [Condition] {
        guard case .object(let operators) = node.value else {
            throw unexpected(node, "Condition", expected: "an object")
        }
        var conditions: [Condition] = []
        var seen: Set<ConditionOperator> = []
        for member in operators {
            guard let `operator` = ConditionOperator(member.key) else {
                throw error(.unknownOperator(member.key), at: member.keyOffset)
            }
            guard seen.insert(`operator`).inserted else { throw error(.duplicateKey(member.key), at: member.keyOffset) }
            conditions += try comparisons(`operator`, member.node)
        }
        return conditions
    }

    private func comparisons(_ operator: ConditionOperator, _ node: JSONNode) throws(PolicyError) -> [Condition] {
        guard case .object(let keys) = node.value else {
            throw unexpected(node, `operator`.description, expected: "an object")
        }
        var conditions: [Condition] = []
        var seen: Set<String> = []
        for member in keys {
            guard seen.insert(member.key.lowercased()).inserted else {
                throw error(.duplicateKey(member.key), at: member.keyOffset)
            }
            var values: [String] = []
            for node in list(member.node) { values.append(try conditionValue(node, member.key)) }
            conditions.append(Condition(`operator`, key: member.key, values: values))
        }
        return conditions
    }

    private func conditionValue(_ node: JSONNode, _ key: String) throws(PolicyError) -> String {
        switch node.value {
        case .string(let text), .number(let text): return text
        case .boolean(let flag): return flag ? "true" : "false"
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

/// The members of an object all of whose names are known.
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
            guard allowed.contains(member.key) else {
                throw reader.error(.unknownElement(member.key, in: parent), at: member.keyOffset)
            }
            members[member.key] = member
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
            throw reader.error(.conflictingElements(first, second), at: max(one.keyOffset, other.keyOffset))
        case (let member?, nil): .first(member.node)
        case (nil, let member?): .second(member.node)
        case (nil, nil): nil
        }
    }

    func missing(_ name: String) -> PolicyError {
        reader.error(.missingElement(name, in: parent), at: offset)
    }
}
