public import ArgumentParser
public import Basics
import FoundationEssentials
public import LogReaders
import Reports
import Runs

/// Readers of values that several options take.
enum ArgumentValue {
    @Sendable static func date(_ text: String) throws -> Date {
        guard let date = Moment(typed: text)?.date else {
            throw ValidationError("it is not a date in ISO 8601, such as 2026-01-31T12:00:00Z or 2026-01-31")
        }
        return date
    }

    @Sendable static func accountID(_ text: String) throws -> String {
        guard AccountID.isValid(text) else {
            throw ValidationError("it is not an account id, which has twelve digits")
        }
        return text
    }

    /// Reads the name of a format that a verb has.
    static func format(_ verb: String, _ formats: [Format]) -> @Sendable (String) throws -> Format {
        { try valid(try Format($0, of: verb, formats)) }
    }

    /// Makes a value from what the user gave. Input that it refuses becomes a usage error.
    static func valid<Value>(_ make: @autoclosure () throws -> Value) throws -> Value {
        do {
            return try make()
        } catch let error as InvalidInput {
            throw ValidationError(error.description)
        }
    }
}

extension ArgumentHelp {
    /// - Parameter name: what stands for the value in the usage line.
    static func value(_ name: String, _ text: String) -> Self { Self(text, valueName: name) }
}

extension Practice: ExpressibleByArgument {
    public init?(argument: String) { self.init(id: argument) }

    public static var allValueStrings: [String] { all.map(\.id) }
}
extension Severity: ExpressibleByArgument {}
extension LogSource: ExpressibleByArgument {}
