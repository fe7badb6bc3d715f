import Analytics
import Pages
import Testing

@testable import Reports

/// The drawings of transfers in the page of a hunt in flow logs.
@Suite struct HuntTransferTests {
    private static func series(_ interface: String, _ hours: [TransferSeries.Hour]) -> TransferSeries {
        TransferSeries(interface: interface, account: nil, region: nil, direction: .outExternal, hours: hours)
    }

    private static let usual = (0..<48).map {
        TransferSeries.Hour(hour: 480_000 + $0, bytes: 1_000_000, band: 0...2_000_000, isUnusual: false)
    }

    /// A leak within one hour is a series of one hour: it is drawn over all hours that were read, before the others.
    @Test func anUnusualTransferOfOneHourIsDrawnFirst() throws {
        let leak = TransferSeries.Hour(hour: 480_030, bytes: 5_000, band: 0...2, isUnusual: true)
        let histories = try #require(
            HuntTransfers([Self.series("eni-usual", Self.usual), Self.series("eni-leak", [leak])]).histories)
        #expect(histories.histories.map(\.name) == [.code("eni-leak"), .code("eni-usual")])
        #expect(histories.omission == nil)
        let page = histories.histories[0].picture.drawing.html.source
        #expect(page.contains("unusual: 5 kB"))
        #expect(page.contains("The last 48 values"))
    }

    @Test func transfersOfASingleHourAreNotDrawn() {
        #expect(HuntTransfers([Self.series("eni-1", [Self.usual[0]])]).histories == nil)
        #expect(HuntTransfers([]).histories == nil)
    }
}
