/// A type with a sample that passes; examples change the members that they are about.
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
