extension Policy: CustomStringConvertible {
    /// The document on one line. `init(parsing:)` reads an equal policy from it.
    public var json: String { PolicyPrinter.value(of: self).compact }

    /// The document on indented lines. `init(parsing:)` reads an equal policy from it.
    public var indentedJSON: String { PolicyPrinter.value(of: self).indented() }

    public var description: String { json }
}

extension Statement: CustomStringConvertible {
    /// The statement as it stands in a document, on one line.
    public var json: String { PolicyPrinter.value(of: self).compact }

    public var description: String { json }
}

/// Writes a policy in one form: the elements in the order of the guides, one value where a list has one.
enum PolicyPrinter {
    static func value(of policy: Policy) -> JSONText {
        var members: [(String, JSONText)] = [("Version", .string(policy.version.rawValue))]
        if let id = policy.id { members.append(("Id", .string(id))) }
        members.append(("Statement", .array(policy.statements.map(value))))
        return .object(members)
    }

    static func value(of statement: Statement) -> JSONText {
        var members: [(String, JSONText)] = []
        if let sid = statement.sid { members.append(("Sid", .string(sid))) }
        members.append(("Effect", .string(statement.effect.rawValue)))
        switch statement.principals {
        case .only(let principals)?: members.append(("Principal", value(of: principals)))
        case .allExcept(let principals)?: members.append(("NotPrincipal", value(of: principals)))
        case nil: break
        }
        switch statement.actions {
        case .only(let patterns): members.append(("Action", .list(patterns.map(\.text))))
        case .allExcept(let patterns): members.append(("NotAction", .list(patterns.map(\.text))))
        }
        switch statement.resources {
        case .only(let patterns)?: members.append(("Resource", .list(patterns.map(\.text))))
        case .allExcept(let patterns)?: members.append(("NotResource", .list(patterns.map(\.text))))
        case nil: break
        }
        if !statement.conditions.isEmpty { members.append(("Condition", value(of: statement.conditions))) }
        return .object(members)
    }

    private static func value(of principals: [Principal]) -> JSONText {
        if principals == [.everyone] { return .string("*") }
        var types: [(String, [String])] = []
        for principal in principals {
            if let index = types.firstIndex(where: { $0.0 == principal.type }) {
                types[index].1.append(principal.text)
            } else {
                types.append((principal.type, [principal.text]))
            }
        }
        return .object(types.map { ($0, .list($1)) })
    }

    private static func value(of conditions: [Condition]) -> JSONText {
        var operators: [(String, [(String, JSONText)])] = []
        for condition in conditions {
            let name = condition.operator.description
            let member = (condition.key, JSONText.list(condition.values))
            if let index = operators.firstIndex(where: { $0.0 == name }) {
                operators[index].1.append(member)
            } else {
                operators.append((name, [member]))
            }
        }
        return .object(operators.map { ($0, .object($1)) })
    }
}
