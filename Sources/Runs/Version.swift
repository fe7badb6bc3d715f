/// The version of Parapet.
public enum Version {
    public static let current = "0.1.0"
    /// What CloudTrail's events show as the caller's user agent.
    public static let userAgent = "parapet/\(current)"
}
