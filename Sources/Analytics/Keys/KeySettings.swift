/// The settings of the history of credentials.
public struct KeySettings: Sendable, Hashable {
    /// After how many days without use a use of a key, or a console login, raises an alert.
    public var silentDays = 90
    /// After how many days a key should be rotated.
    public var maximumKeyAgeDays = 90
    /// Up to how many days without records between two runs their logs count as one history. If more are missing,
    /// their uses are unknown.
    public var gapDays = 7
    /// After how many days of history a call of a kind and subject that was not seen before raises an alert.
    public var learningDays = 7
    /// How many deletions of objects of a bucket by a principal that never deleted there raise an alert. A call that deletes several
    /// counts as ten.
    public var bulkDeletions = 100
    /// Kinds and subjects of rare calls that one worker and the baseline remember: about 200 bytes each.
    public var rememberedCalls = 50_000
    /// Keys, and console users, that one worker and the baseline remember: about 300 bytes each.
    public var rememberedCredentials = 100_000
    /// Days of use that one worker remembers, of all credentials together: about 100 bytes each.
    public var rememberedDays = 400_000

    public init() {}

    /// In seconds.
    var silence: Int { silentDays * 86_400 }
    var maximumAge: Int { maximumKeyAgeDays * 86_400 }
    var gap: Int { gapDays * 86_400 }
    var learning: Int { learningDays * 86_400 }
}
