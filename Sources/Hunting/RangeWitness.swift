internal import Basics
internal import LogReaders
internal import LogSources

/// Looks for one record of CloudTrail that lies in the range that was asked for. Records that no rule can match are not
/// decoded, so that their times are not known; but a search that judged nothing must not look like one that found nothing.
struct RangeWitness: Sendable {
    private let settings: HuntSettings
    /// Whether there was one, or any time will do.
    private(set) var hasSeen: Bool

    private static let name = Array("eventTime".utf8)

    init(_ settings: HuntSettings) {
        self.settings = settings
        hasSeen = !settings.isLimitedInTime
    }

    /// Once one was seen, nothing is looked at any more.
    mutating func look(at bytes: Bytes) {
        var rest = bytes
        while !hasSeen, let found = rest.firstRange(of: Self.name) {
            rest = Bytes(rebasing: rest[found.upperBound...])
            // Behind a quote, a colon and a quote, some of them escaped where the record is a text.
            guard let start = rest.prefix(8).firstIndex(where: { (0x30...0x39).contains($0) }) else { continue }
            let text = Bytes(rebasing: rest[start...].prefix { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
            hasSeen = text.count < 40 && Moment(log: text).map { settings.admits($0.seconds) } ?? false
        }
    }
}
