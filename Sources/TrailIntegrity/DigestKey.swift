import Basics
import AWSClient
import FoundationEssentials
import LogSources

/// The folders of the digests and log files of one account and Region.
///
/// Source: "Finding your CloudTrail log files" and "CloudTrail digest file structure", AWS CloudTrail User Guide.
public struct TrailFolder: Sendable, Hashable {
    public var bucket: String
    /// Without a slash at its end; empty for none.
    public var prefix: String
    /// `nil` if the trail is not an organization trail.
    public var organizationID: String?
    public var account: String
    public var region: String

    public init(bucket: String, prefix: String, organizationID: String?, account: String, region: String) {
        self.bucket = bucket
        self.prefix = prefix
        self.organizationID = organizationID
        self.account = account
        self.region = region
    }

    /// The folder of the digests. Ends with a slash.
    var digests: String { Self.accounts(prefix, organizationID) + "\(account)/CloudTrail-Digest/\(region)/" }
    /// The kinds of log files that a trail delivers, each in a folder of its own: management and data events, Insights
    /// events, network activity events, aggregated events.
    static let logKinds = [
        "CloudTrail", "CloudTrail-Insight", "CloudTrail-NetworkActivity", "CloudTrail-Aggregated",
    ]

    /// The folder of the log files of one of the ``logKinds``. Ends with a slash.
    func logs(_ kind: String) -> String { Self.accounts(prefix, organizationID) + "\(account)/\(kind)/\(region)/" }

    /// The folder that holds the accounts' folders; ends with a slash.
    static func accounts(_ prefix: String, _ organizationID: String?) -> String {
        (prefix.isEmpty ? "" : prefix + "/") + "AWSLogs/" + (organizationID.map { $0 + "/" } ?? "")
    }
}

/// A trail, as identified in the names of its digests.
public struct TrailName: Sendable, Hashable {
    public var name: String
    public var homeRegion: String

    public init(name: String, homeRegion: String) {
        self.name = name
        self.homeRegion = homeRegion
    }
}

/// The parts of a digest file's key:
/// `FOLDER/YYYY/MM/DD/ACCOUNT_CloudTrail-Digest_REGION_TRAIL_HOMEREGION_YYYYMMDDTHHMMSSZ[_backfill].json.gz`
struct DigestKey: Sendable, Hashable {
    var folder: TrailFolder
    var trail: TrailName
    /// The digest's approximate end.
    var date: Date
    /// Whether this is a backfill digest, for log files that were delivered late. It is not part of the chain.
    var isBackfill = false

    /// `nil` if `key` is not the key of a digest in that folder.
    init?(_ key: String, in folder: TrailFolder) {
        guard key.hasPrefix(folder.digests), key.hasSuffix(".json.gz") else { return nil }
        let parts = key.dropFirst(folder.digests.count).split(separator: "/", omittingEmptySubsequences: false)
        let lead = "\(folder.account)_CloudTrail-Digest_\(folder.region)_"
        guard parts.count == 4, parts[..<3].allSatisfy(\.isNumber), parts[3].hasPrefix(lead) else { return nil }
        var name = parts[3].dropFirst(lead.count).dropLast(".json.gz".count)
        if name.hasSuffix("_backfill") {
            isBackfill = true
            name = name.dropLast("_backfill".count)
        }
        guard let beforeDate = name.lastIndex(of: "_"), let date = KeyTime.parse(name[name.index(after: beforeDate)...])
        else { return nil }
        name = name[..<beforeDate]
        guard let beforeHome = name.lastIndex(of: "_") else { return nil }
        self.folder = folder
        self.date = date
        trail = TrailName(name: String(name[..<beforeHome]), homeRegion: String(name[name.index(after: beforeHome)...]))
    }

    /// `nil` if `address` is not the key of a digest.
    init?(_ address: ObjectAddress) {
        // [prefix/]AWSLogs/[o-ID/]ACCOUNT/CloudTrail-Digest/REGION/…
        let parts = address.key.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let place = parts.lastIndex(of: "CloudTrail-Digest"), place >= 2, place + 1 < parts.count else {
            return nil
        }
        let account = parts[place - 1]
        let organizationID = parts[place - 2].hasPrefix("o-") ? parts[place - 2] : nil
        let root = place - (organizationID == nil ? 2 : 3)
        guard root >= 0, parts[root] == "AWSLogs" else { return nil }
        self.init(
            address.key,
            in: TrailFolder(
                bucket: address.bucket, prefix: parts[..<root].joined(separator: "/"), organizationID: organizationID,
                account: account, region: parts[place + 1]))
    }

    init(folder: TrailFolder, trail: TrailName, date: Date) {
        self.folder = folder
        self.trail = trail
        self.date = date
    }

    var address: ObjectAddress {
        let name = [
            folder.account, "CloudTrail-Digest", folder.region, trail.name, trail.homeRegion, KeyTime.format(date),
        ].joined(separator: "_")
        return ObjectAddress(
            bucket: folder.bucket,
            key: "\(folder.digests)\(KeyTime.day(date))/\(name)\(isBackfill ? "_backfill" : "").json.gz")
    }
}

/// Times in keys: `20260131T120000Z`, or to the minute `20260131T1200Z`; days as `2026/01/31`.
enum KeyTime {
    static func parse(_ text: Substring) -> Date? {
        let digits = Array(text.utf8)
        guard digits.count == 16 || digits.count == 14, digits[8] == UInt8(ascii: "T"),
            digits.last == UInt8(ascii: "Z")
        else { return nil }
        func number(_ range: Range<Int>) -> String { String(decoding: digits[range], as: UTF8.self) }
        let seconds = digits.count == 16 ? number(13..<15) : "00"
        return Moment(
            "\(number(0..<4))-\(number(4..<6))-\(number(6..<8))T\(number(9..<11)):\(number(11..<13)):\(seconds)Z")?.date
    }

    static func format(_ date: Date) -> String {
        date.rfc3339.filter { $0 != "-" && $0 != ":" }
    }

    static func day(_ date: Date) -> String {
        date.rfc3339.prefix(10).split(separator: "-").joined(separator: "/")
    }
}

extension Substring {
    fileprivate var isNumber: Bool {
        !isEmpty && utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
    }
}
