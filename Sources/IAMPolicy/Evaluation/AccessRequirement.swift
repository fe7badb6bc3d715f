/// What must be so for a request to be allowed, as far as that is not known.
public indirect enum AccessRequirement: Sendable, Hashable {
    /// Nothing more.
    case always
    /// Nothing can make it so.
    case never
    /// The statement, which allows, must apply.
    case applies(UncertainStatement)
    /// The statement, which denies, must not apply.
    case appliesNot(UncertainStatement)
    case all([AccessRequirement])
    case any([AccessRequirement])

    /// All of them, said as shortly as possible.
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

    /// One of them, said as shortly as possible.
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

/// A statement of which it is not known whether it applies, with what that depends on.
public struct UncertainStatement: Sendable, Hashable {
    public let statement: DecidingStatement
    /// The conditions that must all hold.
    public let conditions: [PolicyCondition]
    /// The resources, one of which must be the one asked for, that have variables without known values.
    public let resources: [String]

    public init(statement: DecidingStatement, conditions: [PolicyCondition], resources: [String] = []) {
        self.statement = statement
        self.conditions = conditions
        self.resources = resources
    }
}

extension AccessRequirement: CustomStringConvertible {
    /// As a sentence's part: `aws:SourceIp is in 10.0.0.0/8 (IpAddress)`.
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
    /// Such as `aws:SourceVpc StringEquals vpc-1 or vpc-2`.
    public var description: String {
        "\(key) \(`operator`) \(values.joined(separator: " or "))"
    }
}
