/// A member of an answer that AWS omits if it has its default value: a list if it is empty, a boolean if it is false.
@propertyWrapper
public struct DefaultIfAbsent<Value: Absentable> {
    public var wrappedValue: Value

    public init(wrappedValue: Value) {
        self.wrappedValue = wrappedValue
    }
}

/// A type with a default value for members that AWS omits.
public protocol Absentable {
    static var absent: Self { get }
}

extension Array: Absentable {
    public static var absent: [Element] { [] }
}

extension Bool: Absentable {
    public static var absent: Bool { false }
}

extension Int: Absentable {
    public static var absent: Int { 0 }
}

extension String: Absentable {
    public static var absent: String { "" }
}

extension DefaultIfAbsent: Sendable where Value: Sendable {}
extension DefaultIfAbsent: Equatable where Value: Equatable {}
extension DefaultIfAbsent: Hashable where Value: Hashable {}

extension DefaultIfAbsent: Decodable where Value: Decodable {
    public init(from decoder: any Decoder) throws {
        self.init(wrappedValue: try Value(from: decoder))
    }
}

extension DefaultIfAbsent: Encodable where Value: Encodable {
    public func encode(to encoder: any Encoder) throws {
        try wrappedValue.encode(to: encoder)
    }
}

extension KeyedDecodingContainer {
    /// Synthesized decoding of a resource calls this for each wrapped member.
    public func decode<Value: Decodable>(
        _ type: DefaultIfAbsent<Value>.Type, forKey key: Key
    ) throws -> DefaultIfAbsent<Value> {
        DefaultIfAbsent(wrappedValue: try decodeIfPresent(Value.self, forKey: key) ?? .absent)
    }
}
