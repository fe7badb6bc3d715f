/// The condition keys that a request has, and their values.
///
/// Names of keys are case-insensitive. No key is derived from another. A key that is not here is absent if the context
/// is complete, and unknown if it is incomplete. In an incomplete context, an empty list means that the key is absent.
///
/// Source: IAM User Guide, "The request context" in "Policy evaluation logic".
public struct RequestContext: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    private var values: [String: Value] = [:]

    /// Whether the keys that are not here are known to be absent.
    public var isComplete = true

    public enum Value: Sendable, Hashable {
        case single(String)
        /// The value of a multivalued key, which may be empty.
        case several([String])

        public var all: [String] {
            switch self {
            case .single(let value): [value]
            case .several(let values): values
            }
        }
    }

    public init() {}

    public init(dictionaryLiteral elements: (String, Value)...) {
        for (key, value) in elements { self[key] = value }
    }

    public subscript(key: String) -> Value? {
        get { values[key.lowercased()] }
        set { values[key.lowercased()] = newValue }
    }

    /// The same keys, with the others unknown.
    public var incomplete: RequestContext {
        var context = self
        context.isComplete = false
        return context
    }

    /// The same with the keys of `other` added; if both have one, with the value that `other` has.
    public func adding(_ other: RequestContext) -> RequestContext {
        var context = self
        context.values.merge(other.values) { $1 }
        return context
    }

    /// The keys that are here, in lower case.
    var lowercasedKeys: some Collection<String> { values.keys }

    func value(ofLowercased key: String) -> Value? { values[key] }

    func isUnknown(lowercased key: String) -> Bool { !isComplete && values[key] == nil }

    /// The value of a single-valued key: only such a key can stand in a policy variable.
    func singleValue(ofLowercased key: String) -> String? {
        guard case .single(let value)? = values[key] else { return nil }
        return value
    }
}

extension RequestContext.Value: ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    public init(stringLiteral value: String) { self = .single(value) }
    public init(arrayLiteral elements: String...) { self = .several(elements) }
}
