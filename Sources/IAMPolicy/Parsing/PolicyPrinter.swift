import Basics

extension Policy: CustomStringConvertible {
    /// The document on one line. `init(parsing:)` reads an equal policy from it.
    public var json: String { PolicyPrinter.value(of: self).written(.compact) }

    /// The document on indented lines. `init(parsing:)` reads an equal policy from it.
    public var indentedJSON: String { PolicyPrinter.value(of: self).written(.pretty) }

    public var description: String { json }

    /// The statement of that index as a document spells it, on one line: with its own order, spelling and lists; `nil` if the
    /// document has no such statement.
    public static func text(ofStatement index: Int, in document: String) -> String? {
        guard let written = (try? JSON(parsing: document))?["Statement"] else { return nil }
        let statements = written.elements ?? [written]
        return statements.indices.contains(index) ? statements[index].description : nil
    }
}

extension Statement: CustomStringConvertible {
    /// The statement as it stands in a document, on one line.
    public var json: String { PolicyPrinter.value(of: self).written(.compact) }

    public var description: String { json }
}

/// Writes a policy in one form: the elements in the order of the guides, one value if a list has one.
enum PolicyPrinter {
    static func value(of policy: Policy) -> JSON {
        var members: JSON.Object = ["Version": .string(policy.version.rawValue)]
        if let id = policy.id { members["Id"] = .string(id) }
        members["Statement"] = .array(policy.statements.map(value))
        return .object(members)
    }

    static func value(of statement: Statement) -> JSON {
        var members = JSON.Object()
        if let sid = statement.sid { members["Sid"] = .string(sid) }
        members["Effect"] = .string(statement.effect.rawValue)
        switch statement.principals {
        case .only(let principals)?: members["Principal"] = value(of: principals)
        case .allExcept(let principals)?: members["NotPrincipal"] = value(of: principals)
        case nil: break
        }
        switch statement.actions {
        case .only(let patterns): members["Action"] = list(patterns.map(\.text))
        case .allExcept(let patterns): members["NotAction"] = list(patterns.map(\.text))
        }
        switch statement.resources {
        case .only(let patterns)?: members["Resource"] = list(patterns.map(\.text))
        case .allExcept(let patterns)?: members["NotResource"] = list(patterns.map(\.text))
        case nil: break
        }
        if !statement.conditions.isEmpty { members["Condition"] = value(of: statement.conditions) }
        return .object(members)
    }

    private static func value(of principals: [Principal]) -> JSON {
        if principals == [.everyone] { return .string("*") }
        var types: [(String, [String])] = []
        for principal in principals {
            if let index = types.firstIndex(where: { $0.0 == principal.type }) {
                types[index].1.append(principal.text)
            } else {
                types.append((principal.type, [principal.text]))
            }
        }
        return .object(JSON.Object(types.map { .init($0, list($1)) }))
    }

    private static func value(of conditions: [PolicyCondition]) -> JSON {
        var operators: [(String, [JSON.Object.Member])] = []
        for condition in conditions {
            let name = condition.operator.description
            let member = JSON.Object.Member(condition.key, list(condition.values))
            if let index = operators.firstIndex(where: { $0.0 == name }) {
                operators[index].1.append(member)
            } else {
                operators.append((name, [member]))
            }
        }
        return .object(JSON.Object(operators.map { .init($0, .object(JSON.Object($1))) }))
    }

    /// A list of one is written as its one value.
    private static func list(_ texts: [String]) -> JSON { texts.count == 1 ? .string(texts[0]) : JSON(texts) }
}
