import Basics
import Analytics
import Foundation
import Hunting
import Pages
import Testing

@testable import Reports

/// The page of a hunt, and what pages are made of.
@Suite struct HuntPageTests {
    private func page(_ report: HuntReport) -> String { String(decoding: report.html(), as: UTF8.self) }

    @Test func thePageNeedsNothingButItself() {
        let text = page(HuntSamples.usual)
        #expect(text.hasPrefix("<!DOCTYPE html>\n"))
        #expect(text.contains("http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;"))
        for word in ["<link", "<img", "@import", "url(", "src="] { #expect(!text.contains(word), "\(word)") }
        // The data, and the page's own script, which the policy knows by its hash.
        #expect(text.components(separatedBy: "<script").count == 3)
        #expect(text.contains("<script type=\"application/json\" id=\"data\">"))
        #expect(text.contains("script-src &#39;sha256-"))
    }

    @Test func thePageShowsGroupsEvidenceAndHistory() {
        let text = page(HuntSamples.usual)
        for words in [
            "<strong>3</strong><span>critical</span>", HuntSamples.mallory, "observed 52 GB, expected 3.1 MB",
            "<polyline", "class=\"usual\"", "class=\"mark\"", "unusual: 52 GB", "bytes in an hour, logarithmic",
            "shaded: usual",
            "12-31 04:00", "hours, UTC", "203.0.113.9", "A trail was stopped.",
        ] {
            #expect(text.contains(words), "\(words)")
        }
        let critical = text.range(of: "CloudTrail logging stopped or deleted")?.lowerBound
        let medium = text.range(of: "Many refused calls")?.lowerBound
        #expect(critical != nil && medium != nil && (critical ?? text.endIndex) < (medium ?? text.startIndex))
    }

    @Test func doubtsStandBeforeTheAlerts() throws {
        var report = HuntSamples.usual
        report.result.doubts = ["a.gz ends too early"]
        report.result.learning = ["eni-7"]
        let text = page(report)
        let doubt = try #require(text.range(of: "a.gz ends too early")).lowerBound
        let learning = try #require(text.range(of: "Insufficient baseline")).lowerBound
        let alert = try #require(text.range(of: "CloudTrail logging stopped or deleted")).lowerBound
        #expect(doubt < alert && learning < alert)
    }

    @Test func withoutAScriptTheFirstAlertsAreThereAndAllAreInTheData() throws {
        let alerts = (0..<20_000).map { HuntSamples.stopped($0, actor: "user-\($0 % 100)") }
        let text = page(HuntSamples.report(alerts, [HuntSamples.rule]))
        #expect(text.contains("The first 200 of 20,000"))
        #expect(text.components(separatedBy: "<td data-title=\"Time\">").count - 1 == 200)
        let data = try #require(try HuntPageTests.data(text))
        #expect(data.rows.count == 20_000)
        #expect(data.rows[19_999].last == "/logs/a b/1.json.gz")
    }

    @Test func whatIsLeftOutIsCounted() throws {
        let report = HuntSamples.report((0..<2_000).map { HuntSamples.stopped($0) }, [HuntSamples.rule]).report
        var bytes: [UInt8] = []
        try withoutActuallyEscaping({ bytes += $0 }) { pass in
            let sink = Sink(pass)
            try report.writeHTML(to: sink, limit: 20_000)
            try sink.flush()
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let count = try #require(try HuntPageTests.data(text)).rows.count
        #expect((100..<400).contains(count))
        #expect(text.contains("This page contains the \(count) most severe of 2,000 items."))
    }

    /// The page's data as its script reads it: numbers stand for texts that were there before.
    static func data(_ page: String) throws -> (titles: [String], rows: [[String]])? {
        guard let start = page.range(of: "id=\"data\">")?.upperBound,
            let end = page.range(of: "</script>", range: start..<page.endIndex)?.lowerBound
        else { return nil }
        let object = try JSONSerialization.jsonObject(with: Data(page[start..<end].utf8)) as? [String: Any]
        guard let object, let columns = object["columns"] as? [[String: Any]], let rows = object["rows"] as? [[Any]],
            let limit = object["pool"] as? Int
        else { return nil }
        var pools: [Int: [String]] = [:]
        let texts = rows.map { row in
            row.enumerated().compactMap { place, value -> String? in
                let key = place <= columns.count ? place : (place - columns.count) % 2 == 1 ? -1 : -2
                if let number = value as? Int { return pools[key]?[number] }
                guard let text = value as? String else { return nil }
                if pools[key, default: []].count < limit { pools[key, default: []].append(text) }
                return text
            }
        }
        return (columns.compactMap { $0["title"] as? String }, texts)
    }

    @Test func aHistoryOfOneValueOrOfNothingHasNoPicture() {
        for history in [[JSON](), [5], ["x", "y"], [.double(.nan), .double(.infinity)]] {
            var alert = HuntSamples.leak
            alert.evidence = [.init("history", .array(history)), .init("band", ["x"])]
            #expect(HuntEvidence(alert: alert).picture == nil)
        }
    }

    @Test(arguments: [
        [0, 0, 0], [-5, 5], [Double.greatestFiniteMagnitude, -Double.greatestFiniteMagnitude], [1e300, 0],
    ])
    func everyPointLiesWithinThePicture(values: [Double]) throws {
        var alert = HuntSamples.leak
        alert.evidence = [
            .init("history", .array(values.map { .double($0) })),
            .init("band", .array([.double(-1e308), .double(1e308)])),
            .init("observed", .double(1)),
        ]
        let source = (try #require(HuntEvidence(alert: alert).picture)).drawing.html.source
        let points = try #require(source.components(separatedBy: "points=\"").last?.split(separator: "\"").first)
        for point in points.split(separator: " ") {
            let pair = point.split(separator: ",").compactMap { Double($0) }
            #expect(pair.count == 2 && (0...640).contains(pair[0]) && (0...210).contains(pair[1]), "\(point)")
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
