/// A fact about a resource that another call tells than the one that lists the resource. It stands in no answer, and
/// in a snapshot among the facts of its own facet; ``Account`` puts the two together.
@propertyWrapper
public struct FromAnotherCall<Value: Sendable>: Sendable {
    public var wrappedValue: Fact<Value>

    public init(wrappedValue: Fact<Value>) {
        self.wrappedValue = wrappedValue
    }
}

extension FromAnotherCall: Equatable where Value: Equatable {}
extension FromAnotherCall: Hashable where Value: Hashable {}

/// The compiler's own coding of a resource leaves the fact out, by the two methods below.
extension FromAnotherCall: Codable {
    public init(from decoder: any Decoder) { self.init(wrappedValue: .notCollected) }
    public func encode(to encoder: any Encoder) {}
}

extension KeyedDecodingContainer {
    func decode<Value>(_ type: FromAnotherCall<Value>.Type, forKey key: Key) -> FromAnotherCall<Value> {
        FromAnotherCall(wrappedValue: .notCollected)
    }
}

extension KeyedEncodingContainer {
    func encode<Value>(_ value: FromAnotherCall<Value>, forKey key: Key) {}
}
