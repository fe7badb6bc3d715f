/// A failed job: what failed, why, and what to do. Users read it in one line.
public struct Failure: Error, Sendable, CustomStringConvertible {
    /// The failed job, for example `the settings file cannot be read`.
    public var what: String
    public var why: String
    /// Advice to the user, in the imperative.
    public var advice: String
    /// The underlying error, for `--verbose` and for callers that act on its type.
    public var cause: (any Error)?

    public init(_ what: String, why: String, advice: String, cause: (any Error)? = nil) {
        self.what = what
        self.why = why
        self.advice = advice
        self.cause = cause
    }

    /// The texts on one line. A reason that AWS wrote as a sentence loses its period.
    public var description: String {
        "\(what): \(why.hasSuffix(".") && !why.hasSuffix("..") ? why.dropLast() : why[...]): \(advice)"
    }
}

extension Failure: Hashable {
    // Compared by the texts, because errors are not equatable.
    public static func == (one: Failure, other: Failure) -> Bool {
        (one.what, one.why, one.advice) == (other.what, other.why, other.advice)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
