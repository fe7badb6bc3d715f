public import Basics

extension Moment {
    /// Clamps implausible times to the first or last moment that a text can show.
    /// - Parameter seconds: since 1970.
    public init(nearestTo seconds: Int) {
        self = Moment(seconds: seconds) ?? (seconds < 0 ? .earliest : .latest)
    }
}
