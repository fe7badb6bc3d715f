internal import Basics

/// The log that an object belongs to, by its key.
public enum LogObjectKind: Sendable, Hashable {
    /// CloudTrail events of any category: management and data events, Insights, network activity, aggregated events.
    case cloudTrail
    /// A digest of CloudTrail's log file validation.
    case digest
    case access
    case flow
    /// An object that no hunt reads: what it is.
    case other(String)

    /// Sources: CloudTrail User Guide, "Getting and viewing your CloudTrail log files"; Amazon VPC User Guide, "Flow log
    /// files"; Amazon S3 User Guide, "Logging requests with server access logging".
    public init(key: String) {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        let name = parts.last ?? ""
        guard !name.isEmpty else {
            self = .other("a folder")
            return
        }
        if let root = parts.lastIndex(of: "AWSLogs"), let service = Self.service(parts[(root + 1)...]) {
            self = Self.kind(service, name)
            return
        }
        self = Self.isAccessLog(name) ? .access : .other("an object of an unknown log")
    }

    /// The service in the path after `AWSLogs`: `[o-ID/]ACCOUNT/SERVICE/…`, or with Hive's names.
    private static func service(_ path: ArraySlice<Substring>) -> Substring? {
        var path = path
        if path.first?.hasPrefix("o-") == true { path = path.dropFirst() }
        guard let account = path.popFirst().map({ value($0, "aws-account-id") }), AccountID.isValid(account),
            let service = path.popFirst(), !path.isEmpty
        else { return nil }
        return value(service, "aws-service")
    }

    private static func value(_ folder: Substring, _ name: String) -> Substring {
        folder.hasPrefix(name + "=") ? folder.dropFirst(name.utf8.count + 1) : folder
    }

    private static func kind(_ service: Substring, _ name: Substring) -> LogObjectKind {
        switch service {
        case "CloudTrail", "CloudTrail-Insight", "CloudTrail-NetworkActivity", "CloudTrail-Aggregated":
            FoundObjects.isNoLog(key: String(name)) ? .other("no log") : .cloudTrail
        case "CloudTrail-Digest": .digest
        case "vpcflowlogs": name.hasSuffix(".parquet") ? .other("a flow log in Parquet") : .flow
        default: .other("an object of \(service)")
        }
    }

    /// `YYYY-MM-DD-hh-mm-ss-UNIQUE`, after any prefix without a slash.
    private static func isAccessLog(_ name: Substring) -> Bool {
        guard let dash = name.lastIndex(of: "-") else { return false }
        let unique = name[name.index(after: dash)...]
        guard unique.utf8.count == 16, unique.allSatisfy(\.isHexDigit) else { return false }
        let time = name[..<dash].suffix(19)
        let digits = time.split(separator: "-", omittingEmptySubsequences: false)
        return digits.map(\.utf8.count) == [4, 2, 2, 2, 2, 2]
            && digits.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isNumber } }
    }
}
