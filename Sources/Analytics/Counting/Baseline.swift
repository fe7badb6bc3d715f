/// What one analytic learned from logs: a part of the file that a run writes and the next one reads.
public protocol Baseline: Sendable, Hashable, Codable {
    /// Of the part's format. Another version is refused.
    static var version: Int { get }
    var version: Int { get }
    /// Knows nothing.
    init()
}

extension Baseline {
    /// Whether this program can read it.
    public var isReadable: Bool { version == Self.version }
}

extension Dictionary where Key == String {
    /// What a baseline keeps of its entries: those that are not old and, of more than the bound, those that were seen last.
    /// Of several that were seen at the same time the names decide, so that the same logs always give the same file.
    /// - Parameters:
    ///   - oldest: in the unit of `lastSeen`.
    ///   - lastSeen: when an entry was seen last, in hours or seconds since 1970.
    func kept(since oldest: Int, atMost bound: Int, lastSeen: (Value) -> Int) -> [String: Value] {
        let young = filter { lastSeen($0.value) >= oldest }
        guard young.count > bound else { return young }
        let latest = young.sorted { (lastSeen($0.value), $0.key) > (lastSeen($1.value), $1.key) }.prefix(bound)
        return Dictionary(uniqueKeysWithValues: latest.map { ($0.key, $0.value) })
    }
}
