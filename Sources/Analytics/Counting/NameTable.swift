internal import LogReaders

/// Numbered texts, found by their bytes. Strings are made only for output.
struct NameTable: Sendable {
    private var names: [[UInt8]] = []
    private var index = HashIndex()
    private let hash: TextHash

    init(_ mix: SeededHash) { hash = TextHash(mix: mix) }

    var count: Int { names.count }

    /// The name for alerts and baselines: without secrets.
    subscript(_ number: Int) -> String { SecretFields.shown(String(decoding: names[number], as: UTF8.self)) }

    func bytes(_ number: Int) -> [UInt8] { names[number] }

    @inline(__always)
    func find(_ name: Bytes) -> Int? {
        names.withUnsafeBufferPointer { names in
            index.find(hash(name, 0)) { number in
                names[number].withUnsafeBufferPointer { Self.isEqual($0, name) }
            }
        }
    }

    /// - Parameter name: a text that the table does not contain yet.
    mutating func add(_ name: Bytes) -> Int {
        names.append(Array(name))
        index.insert(hash(name, 0), names.count - 1)
        return names.count - 1
    }

    @inline(__always)
    private static func isEqual(_ left: Bytes, _ right: Bytes) -> Bool {
        guard left.count == right.count else { return false }
        for at in 0..<left.count where left[at] != right[at] { return false }
        return true
    }
}
