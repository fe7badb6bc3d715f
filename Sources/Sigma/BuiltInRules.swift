/// Parapet's own detection rules, one file each, in the folder of the practice that they guard.
///
/// They are standard Sigma rules over CloudTrail. The plugin EmbedRules puts their text into the binary; the example
/// events that stand beside them are read by the tests alone.
public enum BuiltInRules {
    /// Names as `AuditTrail/trail-stopped.yml`, and YAML of one or several documents, in the order of the names.
    public static var files: [(name: String, text: String)] { EmbeddedRules.files }

    /// The placeholders that the rules use, none of which stands for anything until the configuration says so. Every
    /// rule works without.
    ///
    /// - `trail_buckets`: names of buckets that hold logs, beside those that are called so.
    /// - `trail_reader_accounts`: ids of accounts that are meant to read the trail.
    /// - `auditor_roles`: ARNs of roles under which tools judge the account, Parapet's own among them.
    public static let placeholders: [String: [String]] = [
        "trail_buckets": [], "trail_reader_accounts": [], "auditor_roles": [],
    ]
}
