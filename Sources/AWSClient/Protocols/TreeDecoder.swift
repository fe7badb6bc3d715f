/// A decoder over one place of an answer that is parsed as a whole. What it holds is decoded in one way, whether the
/// answer is JSON or XML.
protocol TreeDecoder: Decoder {
    /// The place holds JSON's `null`.
    var isNull: Bool { get }
    /// The names of the members here.
    var names: [String] { get }

    /// The member of the name, compared without regard to case; `nil` if there is none.
    /// - Parameter isFlattened: all members of the name together, as the elements of a list.
    func member(_ key: any CodingKey, isFlattened: Bool) -> Self?
    /// - Throws: `DecodingError` if the place holds something else.
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value
}

extension TreeDecoder {
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { ValueContainer(place: self) }

    func corrupted(_ reason: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: codingPath, debugDescription: reason))
    }

    /// The value that `decode` found to be of the wanted type.
    func cast<Value, Wanted>(_ value: Value) throws -> Wanted {
        guard let wanted = value as? Wanted else { throw corrupted("not a \(Wanted.self)") }
        return wanted
    }
}

/// The members of an object or element.
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

/// The elements of a list.
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

/// The value of a place as a whole.
struct ValueContainer<Place: TreeDecoder>: SingleValueDecodingContainer {
    let place: Place
    var codingPath: [any CodingKey] { place.codingPath }

    func decodeNil() -> Bool { place.isNull }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try place.decode(type) }
}

/// The place of an element in a list, for errors.
struct IndexKey: CodingKey {
    var intValue: Int?
    var stringValue: String { "\(intValue ?? 0)" }
    init(_ index: Int) { intValue = index }
    init?(intValue: Int) { self.init(intValue) }
    init?(stringValue: String) { return nil }
}
