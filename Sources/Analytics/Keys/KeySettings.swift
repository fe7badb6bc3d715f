/// The settings of the history of credentials.
public struct KeySettings: Sendable, Hashable {
    /// The days without use after which a use of a key, or a console login, raises an alert.
    public var silentDays = 90
    /// The days after which a key should have been rotated.
    public var maximumKeyAgeDays = 90
    /// The most days without records between two runs for which their logs count as one history. If more days are
    /// missing, use on these days is unknown.
    public var gapDays = 7
    /// The days of history after which a call with a new kind and subject raises an alert.
    public var learningDays = 7
    /// The number of object deletions in a bucket that raises an alert, for a principal that never deleted objects
    /// there. A call that deletes several objects counts as ten.
    public var bulkDeletions = 100
    /// The number of kinds and subjects of rare calls that one tally and the baseline remember: about 200 bytes each.
    public var rememberedCalls = 50_000
    /// The number of keys, and of console users, that one tally and the baseline remember: about 300 bytes each.
    public var rememberedCredentials = 100_000
    /// The number of days of use that one tally remembers for all credentials together: about 100 bytes each.
    public var rememberedDays = 400_000

    public init() {}

    /// In seconds.
    var silence: Int { silentDays * 86_400 }
    var maximumAge: Int { maximumKeyAgeDays * 86_400 }
    var gap: Int { gapDays * 86_400 }
    var learning: Int { learningDays * 86_400 }
}
