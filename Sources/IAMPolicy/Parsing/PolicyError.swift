import Basics

/// Why a text is no policy, and where it stops being one.
public struct PolicyError: Error, Sendable, Hashable, CustomStringConvertible {
    public let reason: Reason
    /// Counted from 1.
    public let line: Int
    /// In characters (Unicode scalars), counted from 1.
    public let column: Int

    public init(_ reason: Reason, line: Int, column: Int) {
        self.reason = reason
        self.line = line
        self.column = column
    }

    init(_ error: JSONError) {
        reason =
            switch error.reason {
            case .tooLarge(let limit): .tooLarge(limit: limit)
            case .tooDeep(let limit): .tooDeep(limit: limit)
            case .notUTF8: .notUTF8
            case .syntax(let problem): .syntax(problem)
            case .duplicateName(let name): .duplicateKey(name)
            }
        line = error.position.line
        column = error.position.column
    }

    public var description: String { "line \(line), column \(column): \(reason)" }

    public enum Reason: Sendable, Hashable, CustomStringConvertible {
        /// More bytes than the limit says.
        case tooLarge(limit: Int)
        /// More arrays and objects inside each other than the limit says.
        case tooDeep(limit: Int)
        case notUTF8
        /// Not JSON (RFC 8259): what stands there instead of what was expected.
        case syntax(String)
        /// A key that its object already has; names of condition keys and operators are compared without regard to case.
        case duplicateKey(String)
        /// A name that the policy language does not have.
        case unknownElement(String, in: String)
        case unknownOperator(String)
        case missingElement(String, in: String)
        /// Two elements that exclude each other, such as `Action` and `NotAction`.
        case conflictingElements(String, String)
        case unexpectedValue(of: String, expected: String, found: String)

        public var description: String {
            switch self {
            case .tooLarge(let limit): "the document is longer than \(limit) bytes"
            case .tooDeep(let limit): "more than \(limit) arrays and objects are inside each other"
            case .notUTF8: "the bytes are not UTF-8"
            case .syntax(let problem): "not JSON: \(problem)"
            case .duplicateKey(let key): "\"\(key)\" stands here a second time"
            case .unknownElement(let name, let parent): "\(parent) has no element \"\(name)\""
            case .unknownOperator(let name): "there is no condition operator \"\(name)\""
            case .missingElement(let name, let parent): "\(parent) lacks \(name)"
            case .conflictingElements(let one, let other): "\(one) and \(other) exclude each other"
            case .unexpectedValue(let name, let expected, let found): "\(name) must be \(expected), not \(found)"
            }
        }
    }
}
