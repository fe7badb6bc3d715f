// A snapshot of an earlier Parapet lacks the facts that are read since. They are then what they are: not collected. The
// decoding that the compiler writes for the inventory's types finds these in place of the standard library's.

extension KeyedDecodingContainer {
    func decode<Value: Codable>(_ type: Fact<Value>.Type, forKey key: Key) throws -> Fact<Value> {
        try decodeIfPresent(type, forKey: key) ?? .notCollected
    }

    func decode<Value: Codable>(_ type: Regional<Value>.Type, forKey key: Key) throws -> Regional<Value> {
        try decodeIfPresent(type, forKey: key) ?? Regional()
    }
}
