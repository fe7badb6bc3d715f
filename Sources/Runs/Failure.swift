/// A job that could not be done: what failed, why, and what to do.
public struct Failure: Error, Sendable, CustomStringConvertible {
    public var what: String
    public var why: String
    public var advice: String
    /// The error that led to this one.
    public var cause: (any Error)?

    public init(_ what: String, why: String, advice: String, cause: (any Error)? = nil) {
        self.what = what
        self.why = why
        self.advice = advice
        self.cause = cause
    }

    public var description: String { "\(what): \(why): \(advice)" }
}
