/// Parapet's own detection rules, one file each, in the folder of the guarded practice.
///
/// They are standard Sigma rules over CloudTrail. The plugin EmbedRules puts their text into the binary; only the
/// tests read the example events beside them.
public enum BuiltInRules {
    /// Names such as `AuditTrail/trail-stopped.yml`, and YAML of one or several documents, sorted by name.
    public static var files: [(name: String, text: String)] { EmbeddedRules.files }

    /// The placeholders of the rules. All are empty until they are configured, and every rule works without them.
    ///
    /// - `trail_buckets`: names of buckets with logs, besides those whose names say so.
    /// - `trail_reader_accounts`: IDs of accounts that are expected to read the trail.
    /// - `auditor_roles`: ARNs of the roles of auditing tools, Parapet's own among them.
    public static let placeholders: [String: [String]] = [
        "trail_buckets": [], "trail_reader_accounts": [], "auditor_roles": [],
    ]
}
