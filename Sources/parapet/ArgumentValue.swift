import AWSClient
public import ArgumentParser
public import Basics
public import DistributedEngines
public import LogReaders
public import Reports
public import Runs

/// Parsers of values that several options take.
enum ArgumentValue {
    static let date = reader { try TypedTime.date($0) }
    static let list = reader { try TypedList.entries($0) }
    static let accountIDs = reader { try TypedList.accountIDs($0) }
    static let regions = reader { try RegionNames.list($0) }
    static let practices = reader { try TypedList.practices($0) }
    static let services = reader { try TypedList.services($0) }
    static let statuses = reader { try TypedList.statuses($0) }

    /// Returns a parser whose errors are usage errors.
    private static func reader<Value>(
        _ read: @escaping @Sendable (String) throws -> Value
    ) -> @Sendable (String) throws -> Value { { try valid(try read($0)) } }

    /// Returns a parser of format names that the verb supports.
    static func format(_ verb: String, _ formats: [Format]) -> @Sendable (String) throws -> Format {
        { try valid(try Format($0, of: verb, formats)) }
    }

    /// Makes a value from the user's input. An ``InvalidInput`` error becomes a usage error.
    static func valid<Value>(_ make: @autoclosure () throws -> Value) throws -> Value {
        do {
            return try make()
        } catch let error as InvalidInput {
            throw ValidationError(error.description)
        }
    }
}

extension ArgumentHelp {
    /// - Parameter name: the placeholder of the value in the usage line.
    static func value(_ name: String, _ text: String) -> Self { Self(text, valueName: name) }
}

extension CompletionKind {
    static var checks: CompletionKind { .list(CheckSelection.ids) }
    static var regions: CompletionKind { .list(RegionNames.known) }
    static func formats(_ formats: [Format]) -> CompletionKind { .list(formats.map(\.rawValue)) }

    /// The profiles of the shared config and credentials files.
    static var profiles: CompletionKind {
        .custom { _, _, _ in (try? SharedConfiguration(.current()).profileNames) ?? [] }
    }
}

extension Severity: ExpressibleByArgument {}
extension LogSource: ExpressibleByArgument {}
extension SQLDialect: ExpressibleByArgument {}
extension FindingFilter.Order: ExpressibleByArgument {}
extension AlertFilter.Order: ExpressibleByArgument {}
extension FailThreshold: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
    public static var allValueStrings: [String] { names }
}
