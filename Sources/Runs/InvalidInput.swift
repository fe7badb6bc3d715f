/// An invalid value from the user. The command line reports it as a usage error.
public struct InvalidInput: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) {
        self.description = description
    }

    /// Checks the number of files that are processed at once.
    static func checkThreads(_ count: Int?) throws(InvalidInput) {
        if let count, !(1...256).contains(count) { throw InvalidInput("--threads must be a number from 1 to 256") }
    }

    /// Returns the time limit of a run.
    /// - Parameters:
    ///   - seconds: the number that the user gave.
    ///   - isOfAWS: whether the run calls AWS.
    /// - Throws: ``InvalidInput`` if the number is out of range, or if there is a limit although the run does not call
    ///   AWS.
    public static func timeout(_ seconds: Int?, isOfAWS: Bool = true) throws(InvalidInput) -> Duration? {
        guard let seconds else { return nil }
        if !isOfAWS { throw InvalidInput("--timeout bounds what is asked of AWS, and nothing is") }
        // The limit is a year, so that no sum of times overflows.
        guard (1...31_536_000).contains(seconds) else {
            throw InvalidInput("--timeout takes a number of seconds from 1 to 31536000")
        }
        return .seconds(seconds)
    }
}
