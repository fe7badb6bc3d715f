/// What was learnt of access keys and console users: written after a run, read before the next one. It has keys'
/// identifiers, which are no secrets.
///
/// What was not used for 400 days is dropped, and of more than 100 000 credentials those that were used longest ago:
/// to the next run they are as silent as if nobody had ever seen them.
public struct KeyBaseline: Sendable, Hashable, Codable {
    /// Of the file's format. Another version is refused.
    public static let version = 1
    static let days = 400

    public var version = KeyBaseline.version
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

    /// Whether this program can read it.
    public var isReadable: Bool { version == Self.version }

    /// Drops what is old, and what is too much.
    mutating func age(keeping bound: Int) {
        keys = Self.aged(keys, until, bound)
        users = Self.aged(users, until, bound)
    }

    private static func aged(_ all: [String: Memory], _ now: Int, _ bound: Int) -> [String: Memory] {
        let young = all.filter { $0.value.latest >= now - days * 86_400 }
        guard young.count > bound else { return young }
        let kept = young.sorted { ($0.value.latest, $0.key) > ($1.value.latest, $1.key) }.prefix(bound)
        return Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
    }
}
