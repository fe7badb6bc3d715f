public typealias KeyBaseline = Baseline<LearnedKeys>

/// The history of access keys and console users. It contains access key IDs, which are not secret.
///
/// Credentials not used for 400 days are dropped. Of more than 100 000 credentials, those that were used longest ago
/// are dropped too. The next run does not know dropped credentials.
public struct LearnedKeys: BaselineContent {
    public static let version = 1
    private static let days = 400

    /// The period that the logs of all runs up to the last one covered without a gap, in seconds since 1970.
    var from = 0
    var until = 0
    /// Whether the logs contained IAM's own events, so that the creation of a key in that period was seen.
    var seesCreation = false
    /// The access keys, by identifier.
    var keys: [String: Credential] = [:]
    /// Console users, as `123456789012/ann`.
    var users: [String: Credential] = [:]

    /// The time from which calls are remembered, in seconds since 1970, and the calls of each kind and subject (see
    /// ``RareCallTable``). `nil` in older baselines.
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
        /// The times of the first and last use, if there was any.
        var first: Int?
        var last: Int?
        var created: Int?
        var createdBy: String?
        /// The time at which a key was last activated or deactivated, and whether it was activated.
        var changed: Int?
        var isActive: Bool?
        /// The time of a reactivation, and the principal that requested it, as long as the key has not been used since.
        var reactivated: Int?
        var reactivatedBy: String?

        var lastSeen: Int { max(last ?? 0, created ?? 0, changed ?? 0) }

        mutating func clamp(to latest: Int) {
            func believed(_ time: Int?) -> Int? { time.flatMap { $0 <= latest ? $0 : nil } }
            first = believed(first)
            // The credential was used, but the time is unknown.
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

    mutating func age(keeping bound: Int, calls callBound: Int) {
        let oldest = until - Self.days * 86_400
        keys.age(since: oldest, keeping: bound)
        users.age(since: oldest, keeping: bound)
        calls?.age(since: oldest, keeping: callBound)
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

    /// Seconds since 1970, up to the year 2100.
    fileprivate static let moments = 0...4_102_444_800
}
