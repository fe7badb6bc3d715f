/// A value that cannot be what the user means. The command line reports it as a usage error.
public struct InvalidInput: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) {
        self.description = description
    }

    /// How many files are worked on at once.
    static func checkThreads(_ count: Int?) throws(InvalidInput) {
        if let count, !(1...256).contains(count) { throw InvalidInput("--threads must be a number from 1 to 256") }
    }
}
