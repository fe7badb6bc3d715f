import Analytics
import Foundation
import Hunting
import Testing

@testable import Reports

/// The page of a hunt, and what pages are made of.
@Suite struct HuntPageTests {
    private func page(_ report: HuntReport) -> String { String(decoding: report.html(), as: UTF8.self) }

    @Test func thePageNeedsNothingButItself() {
        let text = page(HuntSamples.usual)
        #expect(text.hasPrefix("<!DOCTYPE html>\n"))
        #expect(text.contains("http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;"))
        for word in ["<script", "<link", "<img", "@import", "url(", "src="] { #expect(!text.contains(word), "\(word)") }
    }

    @Test func thePageShowsGroupsEvidenceAndHistory() {
        let text = page(HuntSamples.usual)
        for words in [
            "<strong>3</strong><span>critical</span>", HuntSamples.mallory, "observed 52 GB, expected 3.1 MB",
            "<polyline", "class=\"usual\"", "203.0.113.9", "A trail was stopped.",
        ] {
            #expect(text.contains(words), "\(words)")
        }
        let critical = text.range(of: "Trail stopped or deleted")?.lowerBound
        let medium = text.range(of: "Many refused calls")?.lowerBound
        #expect(critical != nil && medium != nil && (critical ?? text.endIndex) < (medium ?? text.startIndex))
    }

    @Test func doubtsStandBeforeTheAlerts() throws {
        var report = HuntSamples.usual
        report.result.doubts = ["a.gz ends too early"]
        report.result.learning = ["eni-7"]
        let text = page(report)
        let doubt = try #require(text.range(of: "a.gz ends too early")).lowerBound
        let learning = try #require(text.range(of: "learning, not normal")).lowerBound
        let alert = try #require(text.range(of: "Trail stopped or deleted")).lowerBound
        #expect(doubt < alert && learning < alert)
    }

    @Test func whatIsLeftOutIsCounted() {
        let alerts = (0..<20_000).map { HuntSamples.stopped($0, actor: "user-\($0 % 100)") }
        let text = page(HuntSamples.report(alerts, [HuntSamples.rule]))
        #expect(text.contains("… and 60 more with 12,000 alerts"))
        #expect(text.contains("… and 180 more"))
        #expect(text.components(separatedBy: "class=\"alert\"").count - 1 <= 1_500)
    }

    @Test func aHistoryOfOneValueOrOfNothingHasNoPicture() {
        for history in [[EvidenceValue](), [5], ["x", "y"], [.number(.nan), .number(.infinity)]] {
            var alert = HuntSamples.leak
            alert.evidence = [.init("history", .list(history)), .init("band", ["x"])]
            #expect(HistoryPicture(HuntEvidence(alert: alert)).content.source.isEmpty)
        }
    }

    @Test(arguments: [
        [0, 0, 0], [-5, 5], [Double.greatestFiniteMagnitude, -Double.greatestFiniteMagnitude], [1e300, 0],
    ])
    func everyPointLiesWithinThePicture(values: [Double]) throws {
        var alert = HuntSamples.leak
        alert.evidence = [
            .init("history", .list(values.map { .number($0) })),
            .init("band", .list([.number(-1e308), .number(1e308)])),
            .init("observed", .number(1)),
        ]
        let source = HistoryPicture(HuntEvidence(alert: alert)).content.source
        let points = try #require(source.components(separatedBy: "points=\"").last?.split(separator: "\"").first)
        for point in points.split(separator: " ") {
            let pair = point.split(separator: ",").compactMap { Double($0) }
            #expect(pair.count == 2 && (0...480).contains(pair[0]) && (0...64).contains(pair[1]), "\(point)")
        }
    }

    @Test func textIsEscapedWhereverItComesIn() {
        for text in HuntSamples.hostile {
            let element = HTML.element("p", ["title": text]) {
                text
                HTML.text(text)
            }
            #expect(element.source.count { $0 == "<" } == 2, "\(text)")
            #expect(element.source.count { $0 == "\"" } == 2, "\(text)")
        }
        #expect(HTML.element("p") { "a & b" }.source == "<p>a &amp; b</p>")
    }
}
