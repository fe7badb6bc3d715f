/// The facts that the analytics of one log learned: a part of the baseline file that a run writes and the next one
/// reads.
///
/// The format's version is stored beside the content's members. Content of another version is not read.
public struct Baseline<Content: BaselineContent>: Sendable, Hashable, Codable {
    public var version = Content.version
    var content: Content

    /// An empty baseline.
    public init() { content = Content() }

    init(_ content: Content) { self.content = content }

    /// Whether this program can read the format.
    public var isReadable: Bool { version == Content.version }

    /// Whether a run can have written every value.
    public var isPossible: Bool { content.isPossible }

    /// The content, clamped to the latest possible moment, because an earlier run may have read records with a wrong
    /// clock. Empty if the content cannot be used.
    /// - Parameter latest: the latest moment that can have been seen, in the content's unit.
    func content(until latest: Int) -> Content {
        guard isReadable, isPossible else { return Content() }
        var content = content
        content.clamp(to: latest)
        return content
    }

    private enum CodingKeys: String, CodingKey {
        case version
    }

    public init(from decoder: any Decoder) throws {
        version = try decoder.container(keyedBy: CodingKeys.self).decode(Int.self, forKey: .version)
        content = version == Content.version ? try Content(from: decoder) : Content()
    }

    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(version, forKey: .version)
        try content.encode(to: encoder)
    }
}

/// The learned facts of one log.
public protocol BaselineContent: Sendable, Hashable, Codable {
    static var version: Int { get }
    init()
    /// Whether a run can have written every value.
    var isPossible: Bool { get }
    /// Clamps later moments. Otherwise they would make all other entries old, and these would be dropped.
    mutating func clamp(to latest: Int)
}

/// A learned fact about a named subject. Moments are hours or seconds since 1970, as in the content.
protocol BaselineEntry: Sendable, Hashable, Codable {
    var lastSeen: Int { get }
    mutating func clamp(to latest: Int)
}

/// The moment at which something was last seen.
extension Int: BaselineEntry {
    var lastSeen: Int { self }
    mutating func clamp(to latest: Int) { self = Swift.min(self, latest) }
}

extension Dictionary where Key == String, Value: BaselineEntry {
    /// Drops old entries and, of more than `bound`, the entries that were seen longest ago. Entries that were last seen
    /// at the same time are dropped by name, so that the same logs always give the same file.
    mutating func age(since oldest: Int, keeping bound: Int) {
        let recent = filter { $0.value.lastSeen >= oldest }
        self = recent
        guard recent.count > bound else { return }
        let latest = recent.sorted { ($0.value.lastSeen, $0.key) > ($1.value.lastSeen, $1.key) }.prefix(bound)
        self = Dictionary(uniqueKeysWithValues: latest.map { ($0.key, $0.value) })
    }

    mutating func clamp(to latest: Int) {
        for name in keys { self[name]?.clamp(to: latest) }
    }
}

extension Dictionary where Key == String, Value == [String: Int] {
    /// Ages the entries of each name, and drops the names that have none left.
    mutating func age(since oldest: Int, keeping bound: Int) {
        for name in keys { self[name]?.age(since: oldest, keeping: bound) }
        self = filter { !$0.value.isEmpty }
    }
}
