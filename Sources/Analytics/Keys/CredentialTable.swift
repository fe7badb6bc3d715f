internal import LogReaders

/// Credentials by their names: access keys by their identifiers, console users by account and name.
struct CredentialTable: Sendable {
    private(set) var names: NameTable
    var entries: [CredentialEntry] = []

    init(_ mix: Mixer) { names = NameTable(mix) }

    @inline(__always)
    func find(_ name: Bytes) -> Int? { names.find(name) }

    /// Notes a use on a day that is known, unless its event is to be looked at.
    /// - Returns: whether it is: on another day, or before those that were seen of this one.
    @inline(__always)
    mutating func isNews(_ name: Bytes, _ time: Int) -> Bool {
        guard let number = names.find(name) else { return true }
        return entries.withUnsafeMutableBufferPointer { entries in
            guard let place = entries[number].place(of: Int32(truncatingIfNeeded: time / 86_400)) else { return true }
            return entries[number].see(time, at: place)
        }
    }

    mutating func add(_ name: Bytes) -> Int {
        entries.append(CredentialEntry())
        return names.add(name)
    }
}
