import Analytics
import Basics
import Pages

/// The transfers of network interfaces that a hunt in flow logs counted, as a page draws them.
struct HuntTransfers {
    private let series: [TransferSeries]

    /// The greatest number of drawings on a page.
    private static let most = 12

    init(_ series: [TransferSeries]) { self.series = series }

    /// The unusual ones first, then those with the most bytes.
    var histories: Report.Histories? {
        let hours = series.flatMap { [$0.hours.first?.hour, $0.hours.last?.hour].compactMap(\.self) }
        let span = hours.min().flatMap { first in hours.max().map { first...$0 } }
        let drawn = series.sorted {
            ($0.isUnusual ? 0 : 1, -$0.bytes, $0.interface, $0.direction.rawValue)
                < ($1.isUnusual ? 0 : 1, -$1.bytes, $1.interface, $1.direction.rawValue)
        }.compactMap { Self.history($0, within: span) }
        guard !drawn.isEmpty else { return nil }
        let rest = series.count - min(drawn.count, Self.most)
        return Report.Histories(
            title: "Transfers", histories: Array(drawn.prefix(Self.most)),
            omission: rest > 0
                ? "\(Figures.count(rest, "transfer")) with fewer bytes \(rest == 1 ? "is" : "are") not drawn."
                : nil)
    }

    private static func history(
        _ series: TransferSeries, within span: ClosedRange<Int>?
    ) -> (name: Report.Words, summary: String, picture: HistoryPicture)? {
        let unusual = series.hours.count(where: \.isUnusual)
        let direction = TransferWords.direction(series.direction.rawValue)
        let peers = series.hours.last(where: \.isUnusual)?.peers.prefix(3)
            .map { "\($0.address) (\(Figures.bytes($0.bytes)))" }.joined(separator: ", ")
        let summary =
            "\(direction): \(Figures.bytes(series.bytes)), \(Figures.count(unusual, "unusual hour"))"
            + (peers.map { $0.isEmpty ? "" : "; the last one with \($0)" } ?? "")
        let picture = HistoryPicture(
            series.hours.map {
                .init(
                    hour: $0.hour, value: $0.bytes,
                    usual: $0.band.map { .init(lower: $0.lowerBound, upper: $0.upperBound) }, isUnusual: $0.isUnusual)
            }, within: span, most: 336, unit: "bytes", name: "\(series.interface), \(summary)", amount: Figures.bytes)
        return picture.map { (.code(series.interface), summary, $0) }
    }
}
