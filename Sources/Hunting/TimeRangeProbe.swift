internal import Basics
internal import LogReaders
internal import LogSources

/// Searches for one CloudTrail record in the requested range. Records that no rule can match are not decoded, so their
/// times are unknown. But a hunt without records in the range must not look like a hunt without findings.
struct TimeRangeProbe: Sendable {
    private let settings: HuntSettings
    /// Whether there is such a record, or the range is unlimited.
    private(set) var hasFound: Bool

    private static let name = Array("eventTime".utf8)

    /// Checks the time of a record, in seconds since 1970.
    mutating func take(_ time: Int) {
        if settings.admits(time) { hasFound = true }
    }

    /// Notes that a record is in the range.
    mutating func takeAdmitted() { hasFound = true }

    init(_ settings: HuntSettings) {
        self.settings = settings
        hasFound = !settings.isLimitedInTime
    }

    /// Searches records in JSON, unless a record was already found.
    mutating func search(_ json: Bytes) {
        var rest = json
        while !hasFound, let found = rest.firstRange(of: Self.name) {
            rest = Bytes(rebasing: rest[found.upperBound...])
            // The time follows a quote, a colon and a quote, which are escaped if the record is a string.
            guard let start = rest.prefix(8).firstIndex(where: { (0x30...0x39).contains($0) }) else { continue }
            let text = Bytes(rebasing: rest[start...].prefix { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
            hasFound = text.count < 40 && Moment(log: text).map { settings.admits($0.seconds) } ?? false
        }
    }
}
