/// A fact about a resource that comes from another call than the one that lists the resource. No answer contains it,
/// and a snapshot holds it under its own facet; ``Account`` joins it to the resource.
@propertyWrapper
public struct FromAnotherCall<Value: Sendable>: Sendable {
    public var wrappedValue: Fact<Value>

    public init(wrappedValue: Fact<Value>) {
        self.wrappedValue = wrappedValue
    }
}

extension FromAnotherCall: Equatable where Value: Equatable {}
extension FromAnotherCall: Hashable where Value: Hashable {}

/// The two methods below make the synthesized coding of a resource skip the fact.
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
