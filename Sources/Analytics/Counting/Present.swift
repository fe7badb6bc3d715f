/// The moment of the run. A record that claims to be of a later one is not believed: it would make all else old.
enum Present {
    /// In seconds: clocks differ, and so do time zones.
    private static let tolerance = 86_400

    /// The latest moment that a record may have, in seconds since 1970.
    /// - Parameter moment: of the run, in seconds since 1970; any is believed where it is not given.
    static func latest(_ moment: Int?) -> Int { moment?.addingSaturating(tolerance) ?? .max }
}
