/// What the history of credentials takes for unusual.
public struct KeySettings: Sendable, Hashable {
    /// Days without use behind which a use of a key, or a console login, is news.
    public var silentDays = 90
    /// Days behind which a key ought to have been replaced.
    public var maximumKeyAgeDays = 90
    /// Days without any record between two runs up to which their logs count as one history. Where more are missing,
    /// nobody knows what was used in between.
    public var gapDays = 7
    /// Keys, and console users, that one worker and the baseline remember: about 300 bytes each.
    public var rememberedCredentials = 100_000
    /// Days of use that one worker remembers, of all credentials together: about 100 bytes each.
    public var rememberedDays = 400_000

    public init() {}

    /// In seconds.
    var silence: Int { silentDays * 86_400 }
    var maximumAge: Int { maximumKeyAgeDays * 86_400 }
    var gap: Int { gapDays * 86_400 }
}
