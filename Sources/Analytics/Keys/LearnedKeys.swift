public typealias KeyBaseline = Baseline<LearnedKeys>

/// The history of access keys and console users. It holds identifiers of keys, which are no secrets.
///
/// Credentials not used for 400 days are dropped, and of more than 100 000 those that were used longest ago: to the next run
/// they are unknown.
public struct LearnedKeys: BaselineContent {
    public static let version = 1
    private static let days = 400

    /// The period that the logs of all runs up to the last covered without a gap: seconds since 1970.
    var from = 0
    var until = 0
    /// Whether IAM's own events were among them, so that no key can have been created unseen.
    var seesCreation = false
    /// By identifier.
    var keys: [String: Credential] = [:]
    /// Console users, as `123456789012/ann`.
    var users: [String: Credential] = [:]

    /// Since when calls are remembered, in seconds since 1970, and those of each kind and subject of ``RareCallTable``. `nil` in
    /// baselines of before.
    var callsFrom: Int?
    var calls: [String: Call]?

    /// The first and the last call of a kind about a subject.
    struct Call: BaselineEntry {
        var first: Int
        var last: Int

        var lastSeen: Int { last }

        mutating func clamp(to latest: Int) {
            first = min(first, latest)
            last = min(last, latest)
        }
    }

    /// One credential. Moments are seconds since 1970.
    struct Credential: BaselineEntry {
        /// The first and last use, if there was any.
        var first: Int?
        var last: Int?
        var created: Int?
        var createdBy: String?
        /// When a key was last activated or deactivated, and which of the two.
        var changed: Int?
        var isActive: Bool?
        /// When and by whom it was activated again, as long as it has not been used since.
        var reactivated: Int?
        var reactivatedBy: String?

        var lastSeen: Int { max(last ?? 0, created ?? 0, changed ?? 0) }

        mutating func clamp(to latest: Int) {
            func believed(_ time: Int?) -> Int? { time.flatMap { $0 <= latest ? $0 : nil } }
            first = believed(first)
            // It was used, but the moment is unknown.
            last = believed(last) ?? first
            created = believed(created)
            changed = believed(changed)
            reactivated = believed(reactivated)
        }

        fileprivate var isPossible: Bool {
            [first, last, created, changed, reactivated].compactMap(\.self).allSatisfy(LearnedKeys.moments.contains)
        }
    }

    public init() {}

    mutating func age(keeping bound: Int) {
        let oldest = until - Self.days * 86_400
        keys.age(since: oldest, keeping: bound)
        users.age(since: oldest, keeping: bound)
        calls?.age(since: oldest, keeping: bound)
    }

    public mutating func clamp(to latest: Int) {
        from = min(from, latest)
        until = min(until, latest)
        keys.clamp(to: latest)
        users.clamp(to: latest)
        callsFrom = callsFrom.map { min($0, latest) }
        calls?.clamp(to: latest)
    }

    public var isPossible: Bool {
        Self.moments.contains(from) && Self.moments.contains(until)
            && [keys, users].allSatisfy { $0.values.allSatisfy(\.isPossible) }
            && Self.moments.contains(callsFrom ?? 0)
            && (calls ?? [:]).values.allSatisfy {
                Self.moments.contains($0.first) && Self.moments.contains($0.last)
            }
    }

    /// Up to the year 2100, in seconds since 1970.
    fileprivate static let moments = 0...4_102_444_800
}
