/// The conditions, not known yet, under which a request is allowed.
public indirect enum AccessRequirement: Sendable, Hashable {
    /// The request is allowed without further condition.
    case always
    /// The request is denied whatever the unknown keys are.
    case never
    /// An allowing statement must apply.
    case applies(UncertainStatement)
    /// A denying statement must not apply.
    case appliesNot(UncertainStatement)
    case all([AccessRequirement])
    case any([AccessRequirement])

    /// The requirement that all of `requirements` hold, simplified.
    static func all(of requirements: [AccessRequirement]) -> AccessRequirement {
        var parts: [AccessRequirement] = []
        for requirement in requirements {
            switch requirement {
            case .always: continue
            case .never: return .never
            case .all(let inner): parts += inner.filter { !parts.contains($0) }
            default: if !parts.contains(requirement) { parts.append(requirement) }
            }
        }
        return parts.isEmpty ? .always : parts.count == 1 ? parts[0] : .all(parts)
    }

    /// The requirement that any of `requirements` holds, simplified.
    static func any(of requirements: [AccessRequirement]) -> AccessRequirement {
        var parts: [AccessRequirement] = []
        for requirement in requirements {
            switch requirement {
            case .never: continue
            case .always: return .always
            case .any(let inner): parts += inner.filter { !parts.contains($0) }
            default: if !parts.contains(requirement) { parts.append(requirement) }
            }
        }
        return parts.isEmpty ? .never : parts.count == 1 ? parts[0] : .any(parts)
    }
}

/// A statement that applies or not, depending on unknown values.
public struct UncertainStatement: Sendable, Hashable {
    public let statement: DecidingStatement
    /// The conditions that must all hold.
    public let conditions: [PolicyCondition]
    /// The resource patterns with variables of unknown value; one of them must match the requested resource.
    public let resources: [String]

    public init(statement: DecidingStatement, conditions: [PolicyCondition], resources: [String] = []) {
        self.statement = statement
        self.conditions = conditions
        self.resources = resources
    }
}

extension AccessRequirement: CustomStringConvertible {
    /// A part of a sentence, such as `aws:SourceIp is in 10.0.0.0/8 (IpAddress)`.
    public var description: String {
        switch self {
        case .always: "always"
        case .never: "never"
        case .applies(let statement): statement.description
        case .appliesNot(let statement): "not (\(statement))"
        case .all(let parts): parts.map { "(\($0))" }.joined(separator: " and ")
        case .any(let parts): parts.map { "(\($0))" }.joined(separator: " or ")
        }
    }
}

extension UncertainStatement: CustomStringConvertible {
    public var description: String {
        let resource = resources.isEmpty ? [] : ["the resource is " + resources.joined(separator: " or ")]
        return (conditions.map(\.description) + resource).joined(separator: " and ")
    }
}

extension PolicyCondition: CustomStringConvertible {
    /// A part of a sentence, such as `aws:SourceVpc StringEquals vpc-1 or vpc-2`.
    public var description: String {
        "\(key) \(`operator`) \(values.joined(separator: " or "))"
    }
}
