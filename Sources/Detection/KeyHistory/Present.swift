internal import Glibc

/// The moment of the run. A record that claims to be of a later one is not believed: it would make all else old.
enum Present {
    /// Clocks differ, and so do time zones.
    private static let tolerance = 86_400

    /// The latest moment that a record may have, in seconds since 1970.
    /// - Parameter now: seconds since 1970; the clock's where it is not given.
    static func latest(_ now: Int?) -> Int { (now ?? Int(time(nil))).addingSaturating(tolerance) }
}
