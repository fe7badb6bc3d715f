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

    /// How long a run may take.
    /// - Parameters:
    ///   - seconds: as the user gave them.
    ///   - isOfAWS: whether AWS is asked for anything.
    /// - Throws: ``InvalidInput`` for what is no such time.
    public static func timeout(_ seconds: Int?, isOfAWS: Bool = true) throws(InvalidInput) -> Duration? {
        guard let seconds else { return nil }
        if !isOfAWS { throw InvalidInput("--timeout bounds what is asked of AWS, and nothing is") }
        // A year, below which no sum of times overflows.
        guard (1...31_536_000).contains(seconds) else {
            throw InvalidInput("--timeout takes a number of seconds from 1 to 31536000")
        }
        return .seconds(seconds)
    }
}
