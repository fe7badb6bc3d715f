/// The tolerated difference between clocks. Records that are later than the run by more than that are rejected: they
/// would make everything else old.
enum ClockSkew {
    /// In seconds. A day, because time zones may be wrong too.
    private static let tolerance = 86_400

    /// The latest time that a record may have, in seconds since 1970.
    /// - Parameter moment: the time of the run, in seconds since 1970; `nil` to accept any time.
    static func latest(_ moment: Int?) -> Int { moment?.addingSaturating(tolerance) ?? .max }
}
