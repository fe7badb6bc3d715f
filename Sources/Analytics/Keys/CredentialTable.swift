internal import LogReaders

/// Credentials by name: access keys by their identifier, console users by account and name.
struct CredentialTable: Sendable {
    private(set) var names: NameTable
    var entries: [CredentialEntry] = []

    init(_ mix: SeededHash) { names = NameTable(mix) }

    @inline(__always)
    func find(_ name: Bytes) -> Int? { names.find(name) }

    /// Counts a use on a known day, unless its event must be read.
    /// - Returns: whether the event must be read, because it is on a new day, or may be the first of its day.
    @inline(__always)
    mutating func isNews(_ name: Bytes, _ time: Int) -> Bool {
        guard let number = names.find(name) else { return true }
        return entries.withUnsafeMutableBufferPointer { entries in
            guard let place = entries[number].place(of: Int32(truncatingIfNeeded: time / 86_400)) else { return true }
            return entries[number].update(time, at: place)
        }
    }

    mutating func add(_ name: Bytes) -> Int {
        entries.append(CredentialEntry())
        return names.add(name)
    }
}
