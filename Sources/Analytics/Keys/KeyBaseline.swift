/// The history of access keys and console users, as it was learned. It has the identifiers of keys, which are no secrets.
///
/// What was not used for 400 days is dropped, and of more than 100 000 credentials those that were used longest ago:
/// to the next run they are as silent as if nobody had ever seen them.
public struct KeyBaseline: Baseline {
    /// Of the file's format. Another version is refused.
    public static let version: Int = 1
    static let days = 400

    public var version: Int = KeyBaseline.version
    /// What the logs of all runs up to the last covered without a gap: seconds since 1970.
    var from = 0
    var until = 0
    /// Whether IAM's own events were among them, so that no key can have been made unseen.
    var seesCreation = false
    /// By identifier.
    var keys: [String: Memory] = [:]
    /// Console users, as `123456789012/ann`.
    var users: [String: Memory] = [:]

    /// One credential. Moments are seconds since 1970.
    struct Memory: Sendable, Hashable, Codable {
        /// When it was used; nothing while it was not.
        var first: Int?
        var last: Int?
        var created: Int?
        var createdBy: String?
        /// When a key was last switched on or off, and which of the two.
        var changed: Int?
        var isActive: Bool?
        /// When and by whom it was switched on again, as long as it was not used since.
        var reactivated: Int?
        var reactivatedBy: String?

        /// The last that is known of it.
        var latest: Int { max(last ?? 0, created ?? 0, changed ?? 0) }
    }

    public init() {}

    /// Drops what is old, and what is too much.
    mutating func age(keeping bound: Int) {
        let oldest = until - Self.days * 86_400
        keys = keys.kept(since: oldest, atMost: bound, lastSeen: \.latest)
        users = users.kept(since: oldest, atMost: bound, lastSeen: \.latest)
    }
}

extension KeyBaseline {
    /// Up to the year 2100, in seconds since 1970: what is beyond is no moment of a log.
    private static let moments = 0...4_102_444_800

    /// - Throws: `DecodingError` for moments that no run can have learned. Of another version only that is read.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        version = try values.decode(Int.self, forKey: .version)
        guard isReadable else { return }
        from = try values.decode(Int.self, forKey: .from)
        until = try values.decode(Int.self, forKey: .until)
        seesCreation = try values.decode(Bool.self, forKey: .seesCreation)
        keys = try values.decode([String: Memory].self, forKey: .keys)
        users = try values.decode([String: Memory].self, forKey: .users)
        let all = [keys, users].flatMap(\.values)
        guard all.flatMap(\.moments).allSatisfy(Self.moments.contains), Self.moments.contains(from),
            Self.moments.contains(until)
        else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "a moment that no log can have"))
        }
    }

    /// Without what an earlier run believed to have seen later than that moment: otherwise everything that comes would be
    /// old, and would be dropped.
    func until(_ latest: Int) -> KeyBaseline {
        guard until > latest || [keys, users].contains(where: { $0.values.contains { $0.latest > latest } }) else {
            return self
        }
        var bounded = self
        bounded.from = min(from, latest)
        bounded.until = min(until, latest)
        bounded.keys = keys.mapValues { $0.until(latest) }
        bounded.users = users.mapValues { $0.until(latest) }
        return bounded
    }
}

extension KeyBaseline.Memory {
    fileprivate var moments: [Int] { [first, last, created, changed, reactivated].compactMap(\.self) }

    fileprivate func until(_ latest: Int) -> KeyBaseline.Memory {
        func believed(_ time: Int?) -> Int? { time.flatMap { $0 <= latest ? $0 : nil } }
        var memory = self
        memory.first = believed(first)
        // It was used, but when is not known.
        memory.last = believed(last) ?? memory.first
        memory.created = believed(created)
        memory.changed = believed(changed)
        memory.reactivated = believed(reactivated)
        return memory
    }
}
