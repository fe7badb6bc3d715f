internal import Glibc
public import LogReaders
internal import RuleTree

/// Parapet's own detection rules, one file each, in the folder of the guarded practice.
///
/// They are standard Sigma rules over CloudTrail. The plugin EmbedRules puts their text into the binary; only the
/// tests read the example events beside them.
public enum BuiltInRules {
    /// Names such as `AuditTrail/trail-stopped.yml`, and YAML of one or several documents, sorted by name.
    public static var files: [(name: String, text: String)] { EmbeddedRules.files }

    /// Returns the files with rules for `source`; all files if it is `nil`. Parsing them all takes longer than a hunt
    /// in a small log.
    public static func files(for source: LogSource?) -> [(name: String, text: String)] {
        switch source {
        case nil, .cloudTrail: files
        // All built-in rules are for CloudTrail today (`BuiltInRuleTests` checks this).
        case .s3Access, .vpcFlow: []
        }
    }

    /// Whether one of the rules has an identifier.
    public static func has(id: String) -> Bool {
        files.contains { file in file.text.withCString { strstr($0, "id: \(id)") != nil } }
    }

    /// Returns the documents of a built-in file; `nil` if `file` and `text` are not those of a built-in file. The
    /// documents are read from the compact form that the plugin made of the same text.
    static func documents(of file: String, _ text: String) -> [RuleNode]? {
        place(of: file, text).flatMap { RuleNode.documents(inCompact: EmbeddedRules.compact[$0]) }
    }

    /// Whether a file is a built-in one with this text.
    static func holds(_ file: String, _ text: String) -> Bool { place(of: file, text) != nil }

    private static func place(of file: String, _ text: String) -> Int? {
        places[file].flatMap { EmbeddedRules.files[$0].text == text ? $0 : nil }
    }

    private static let places = Dictionary(
        uniqueKeysWithValues: EmbeddedRules.files.enumerated().map { ($1.name, $0) })

    /// The placeholders of the rules. All are empty until they are configured, and every rule works without them.
    ///
    /// - `trail_buckets`: names of log buckets, in addition to those that the rules recognize by name.
    /// - `trail_reader_accounts`: IDs of accounts that are expected to read the trail.
    /// - `auditor_roles`: ARNs of the roles of auditing tools, Parapet's own among them.
    /// - `trusted_accounts`: IDs of accounts and organizations that the modifier `allows` does not count as others.
    public static let placeholders: [String: [String]] = [
        "trail_buckets": [], "trail_reader_accounts": [], "auditor_roles": [], trustedAccounts: [],
    ]
    public static let trustedAccounts = "trusted_accounts"
}
