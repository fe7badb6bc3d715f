/// The version of Parapet.
public enum Version {
    public static let current = "0.1.0"
    /// The user agent of the calls, as CloudTrail's events show it.
    public static let userAgent = "parapet/\(current)"
}
