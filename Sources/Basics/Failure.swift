/// A job that could not be done: what failed, why, and what to do. It is what a user reads, in one line.
public struct Failure: Error, Sendable, CustomStringConvertible {
    /// For example `the settings file cannot be read`.
    public var what: String
    public var why: String
    /// Advice to the user, in the imperative.
    public var advice: String
    /// The error behind it, for `--verbose` and for those who decide by its type.
    public var cause: (any Error)?

    public init(_ what: String, why: String, advice: String, cause: (any Error)? = nil) {
        self.what = what
        self.why = why
        self.advice = advice
        self.cause = cause
    }

    public var description: String { "\(what): \(why): \(advice)" }
}

extension Failure: Hashable {
    // Compared by its words: errors have no equality.
    public static func == (one: Failure, other: Failure) -> Bool {
        (one.what, one.why, one.advice) == (other.what, other.why, other.advice)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
