/// A value with a sound sample, of which examples change what they are about.
public protocol Sampled {
    static var sample: Self { get }
}

extension Sampled {
    /// The sample with a change: `.sample { $0.logFileValidationEnabled = false }`.
    public static func sample(_ change: (inout Self) -> Void) -> Self {
        var value = sample
        change(&value)
        return value
    }
}
