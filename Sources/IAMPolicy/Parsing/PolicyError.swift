public import Basics

/// The reason why a text is not a policy, and the place of the error.
public struct PolicyError: Error, Sendable, Hashable, CustomStringConvertible {
    public let reason: Reason
    /// The line, counted from 1.
    public let line: Int
    /// The column in characters (Unicode scalars), counted from 1.
    public let column: Int

    public init(_ reason: Reason, line: Int, column: Int) {
        self.reason = reason
        self.line = line
        self.column = column
    }

    init(_ error: JSONError) {
        self.init(.json(error.reason), line: error.position.line, column: error.position.column)
    }

    public var description: String { "line \(line), column \(column): \(reason)" }

    public enum Reason: Sendable, Hashable, CustomStringConvertible {
        /// The text is not JSON within the limits, or has a key twice. Names of condition keys and operators are
        /// compared without regard to case.
        case json(JSONError.Reason)
        /// A name that the policy language does not have.
        case unknownElement(String, in: String)
        case unknownOperator(String)
        case missingElement(String, in: String)
        /// Two elements that exclude each other, such as `Action` and `NotAction`.
        case conflictingElements(String, String)
        case unexpectedValue(of: String, expected: String, found: String)

        public var description: String {
            switch self {
            case .json(let reason): reason.description
            case .unknownElement(let name, let parent): "\(parent) has no element \"\(name)\""
            case .unknownOperator(let name): "there is no condition operator \"\(name)\""
            case .missingElement(let name, let parent): "\(parent) lacks \(name)"
            case .conflictingElements(let one, let other): "\(one) and \(other) exclude each other"
            case .unexpectedValue(let name, let expected, let found): "\(name) must be \(expected), not \(found)"
            }
        }
    }
}
