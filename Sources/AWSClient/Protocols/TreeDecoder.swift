/// A decoder positioned at one place of a fully parsed answer. Decoding is the same for JSON and XML.
protocol TreeDecoder: Decoder {
    /// Whether the place holds JSON's `null`.
    var isNull: Bool { get }
    /// The names of the members at this place.
    var names: [String] { get }

    /// Returns the member with this name, compared case-insensitively; `nil` if there is none.
    /// - Parameter isFlattened: whether to return all members with the name together, as the elements of a list.
    func member(_ key: any CodingKey, isFlattened: Bool) -> Self?
    /// - Throws: `DecodingError` if the place holds another type.
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value
}

extension TreeDecoder {
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { ValueContainer(place: self) }

    func corrupted(_ reason: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: codingPath, debugDescription: reason))
    }

    /// Converts a value to the wanted type, which `decode` has already checked.
    func cast<Value, Wanted>(_ value: Value) throws -> Wanted {
        guard let wanted = value as? Wanted else { throw corrupted("not a \(Wanted.self)") }
        return wanted
    }
}

/// Container for the members of an object or element.
struct MemberContainer<Place: TreeDecoder, Key: CodingKey>: KeyedDecodingContainerProtocol {
    let place: Place
    var codingPath: [any CodingKey] { place.codingPath }
    var allKeys: [Key] { place.names.compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { place.member(key, isFlattened: false) != nil }
    func decodeNil(forKey key: Key) throws -> Bool { place.member(key, isFlattened: false)?.isNull ?? true }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try member(key, isFlattened: type is any FlattenedList.Type).decode(type)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try member(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try member(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { place }
    func superDecoder(forKey key: Key) throws -> any Decoder { try member(key) }

    private func member(_ key: Key, isFlattened: Bool = false) throws -> Place {
        guard let member = place.member(key, isFlattened: isFlattened) else {
            throw DecodingError.keyNotFound(
                key, .init(codingPath: codingPath, debugDescription: "no member \(key.stringValue)"))
        }
        return member
    }
}

/// Container for the elements of a list.
struct ListContainer<Place: TreeDecoder>: UnkeyedDecodingContainer {
    let place: Place
    let elementCount: Int
    let element: (_ index: Int, _ key: any CodingKey) -> Place
    var currentIndex = 0
    var codingPath: [any CodingKey] { place.codingPath }
    var count: Int? { elementCount }
    var isAtEnd: Bool { currentIndex >= elementCount }

    init(_ place: Place, count: Int, element: @escaping (_ index: Int, _ key: any CodingKey) -> Place) {
        self.place = place
        elementCount = count
        self.element = element
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, element(currentIndex, IndexKey(currentIndex)).isNull else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next().decode(type) }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        try next().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
    mutating func superDecoder() throws -> any Decoder { try next() }

    private mutating func next() throws -> Place {
        guard !isAtEnd else { throw place.corrupted("the list has only \(elementCount) elements") }
        defer { currentIndex += 1 }
        return element(currentIndex, IndexKey(currentIndex))
    }
}

/// Container for the value of a whole place.
struct ValueContainer<Place: TreeDecoder>: SingleValueDecodingContainer {
    let place: Place
    var codingPath: [any CodingKey] { place.codingPath }

    func decodeNil() -> Bool { place.isNull }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try place.decode(type) }
}

/// The index of a list element, for errors.
struct IndexKey: CodingKey {
    var intValue: Int?
    var stringValue: String { "\(intValue ?? 0)" }
    init(_ index: Int) { intValue = index }
    init?(intValue: Int) { self.init(intValue) }
    init?(stringValue: String) { return nil }
}
