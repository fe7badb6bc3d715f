import Analytics
import Foundation
import Hunting
import Testing

@testable import Reports

/// The formats for programs.
@Suite struct HuntDataReportTests {
    private typealias Object = [String: Any]

    private func object(_ data: some DataProtocol) throws -> Object {
        try #require(JSONSerialization.jsonObject(with: Data(data)) as? Object)
    }

    @Test func jsonIsTheContractsDocument() throws {
        let document = try object(HuntSamples.usual.json())
        #expect(document["schema"] as? String == "parapet.hunt/1")
        let hunt = try #require(document["hunt"] as? Object)
        #expect(hunt["source"] as? String == "cloudtrail")
        #expect(hunt["started"] as? String == "2026-01-01T00:00:00Z")
        #expect(hunt["from"] is NSNull)
        let alerts = try #require(document["alerts"] as? [Object])
        #expect(alerts.count == 5)
        let leak = alerts[0]
        #expect(
            Set(leak.keys) == [
                "id", "rule", "title", "event", "time", "lastTime", "severity", "account", "region", "actor",
                "practice",
                "techniques", "fields", "evidence",
            ])
        #expect(leak["rule"] as? String == "flow-unusual-transfer")
        #expect(leak["event"] is NSNull)
        #expect(leak["time"] as? String == "2025-12-31T03:00:00Z")
        #expect(leak["lastTime"] as? String == "2025-12-31T04:59:59Z")
        #expect(leak["techniques"] as? [String] == ["T1048"])
        #expect((leak["fields"] as? [String: String])?["series"] == "to external peers")
        let evidence = try #require(leak["evidence"] as? Object)
        #expect(evidence["observed"] as? Int == 52_000_000_000)
        #expect(evidence["band"] as? [Int] == [0, 40_000_000])
        #expect((evidence["top_peers"] as? [Object])?.first?["address"] as? String == "198.51.100.77")
        #expect(alerts[1]["region"] is NSNull)
        #expect(alerts[2]["event"] as? String == "event-0")
    }

    @Test func jsonHasTheFiguresAndTheDoubts() throws {
        var report = HuntSamples.usual
        report.result.doubts = ["one"]
        report.result.learning = ["eni-1"]
        let document = try object(report.json())
        let stats = try #require(document["stats"] as? [String: Int])
        #expect(
            stats == [
                "events": 12_345, "files": 3, "bytes": 1_200_000, "contentBytes": 9_000_000, "skipped": 0,
                "damagedFiles": 0, "alerts": 5, "rules": 60, "repetitions": 0,
            ])
        #expect(document["doubts"] as? [String] == ["one"])
        #expect(document["learning"] as? [String] == ["eni-1"])
        let group = try #require((document["groups"] as? [Object])?.first)
        #expect(group["count"] as? Int == 2)
        #expect(group["keys"] as? [String: String] == ["actor": HuntSamples.mallory])
        #expect(group["last"] as? String == "2025-12-31T16:54:20Z")
        #expect((document["rules"] as? [Object])?.count == 3)
    }

    @Test func ndjsonIsTheSameInLines() async throws {
        let report = HuntSamples.hostileReport
        // As the command line does: from several threads.
        let lines = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for alert in report.result.alerts {
                group.addTask { Array(HuntReport.line(alert, rule: report.result.rules[alert.rule]).utf8) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let whole = try object(report.json())
        let expected = try #require(whole["alerts"] as? [Object]).map { $0 as NSDictionary }
        let found = try lines.map { line -> NSDictionary in
            #expect(line.last == 10 && line.count { $0 == 10 } == 1)
            var object = try object(line)
            #expect(object.removeValue(forKey: "type") as? String == "alert")
            return object as NSDictionary
        }
        #expect(Set(found) == Set(expected))
        var last = try object(Data(report.lastLine.utf8))
        #expect(last.removeValue(forKey: "type") as? String == "summary")
        last["alerts"] = whole["alerts"]
        #expect(last as NSDictionary == whole as NSDictionary)
    }

    @Test func ocsfTellsWhoDidWhatFromWhere() throws {
        let data = try HuntSamples.usual.ocsf()
        let events = try #require(JSONSerialization.jsonObject(with: data) as? [Object])
        #expect(events.count == 5)
        let stopped = events[2]
        #expect(stopped["class_uid"] as? Int == 2004)
        #expect(stopped["severity_id"] as? Int == 5)
        #expect(stopped["time"] as? Int == 1_767_200_000_000)
        #expect((stopped["cloud"] as? Object)?["region"] as? String == "eu-central-1")
        let evidence = try #require((stopped["evidences"] as? [Object])?.first)
        #expect((evidence["src_endpoint"] as? Object)?["ip"] as? String == "203.0.113.9")
        #expect((evidence["api"] as? Object)?["operation"] as? String == "StopLogging")
        let information = try #require(stopped["finding_info"] as? Object)
        let attack = try #require((information["attacks"] as? [Object])?.first)
        #expect((attack["technique"] as? Object)?["uid"] as? String == "T1562")
        #expect((attack["sub_technique"] as? Object)?["uid"] as? String == "T1562.008")
        #expect((events[0]["finding_info"] as? Object)?["last_seen_time"] as? Int == 1_767_157_199_000)
    }

    @Test func anAlertHasTheSameIdentifierInEveryRun() {
        let alert = HuntSamples.stopped()
        // What an FNV-1a of a few lines of Python gives for the same parts.
        #expect(alert.stableIdentifier == "0373634d841045a26cb1a0042dbc9c9a")
        var later = alert
        later.lastTime += 60
        later.evidence = []
        #expect(later.stableIdentifier == alert.stableIdentifier)
        #expect(HuntSamples.stopped(1).stableIdentifier != alert.stableIdentifier)
        #expect(StableIdentifier.text(["ab", "c"]) != StableIdentifier.text(["a", "bc"]))
    }

    @Test func theHashIsFNV() {
        // The empty text leaves the offset basis, changed by the byte after each part; none leaves it as it is.
        #expect(StableIdentifier.text([]) == "6c62272e07bb014262b821756295c58d")
    }

    @Test func sarifHasLevelsPlacesAndDoubts() throws {
        var report = HuntSamples.usual
        report.result.doubts = ["a.gz ends too early"]
        let run = try #require((object(report.sarif())["runs"] as? [Object])?.first)
        let results = try #require(run["results"] as? [Object])
        #expect(results.map { $0["level"] as? String } == ["error", "warning", "error", "error", "error"])
        let place = try #require((results[2]["locations"] as? [Object])?.first)
        let file = (place["physicalLocation"] as? Object)?["artifactLocation"] as? Object
        #expect(file?["uri"] as? String == "file:///logs/a%20b/1.json.gz")
        let nowhere = try #require((results[4]["locations"] as? [Object])?.first)
        #expect(nowhere["physicalLocation"] == nil)
        #expect(
            (nowhere["logicalLocations"] as? [Object])?.first?["fullyQualifiedName"] as? String
                == "arn:aws:iam::123456789012:root")
        let invocation = try #require((run["invocations"] as? [Object])?.first)
        #expect(invocation["executionSuccessful"] as? Bool == true)
        #expect((invocation["toolExecutionNotifications"] as? [Object])?.count == 1)
        let rules = try #require(((run["tool"] as? Object)?["driver"] as? Object)?["rules"] as? [Object])
        let trail = try #require(rules.first { $0["id"] as? String == HuntSamples.rule.id })
        #expect((trail["properties"] as? Object)?["security-severity"] as? String == "9.5")
        #expect(((trail["properties"] as? Object)?["tags"] as? [String])?.contains("T1562.008") == true)
        #expect(trail["helpUri"] as? String == HuntSamples.rule.references[0])
    }

    @Test func csvHasOneLineForEachAlert() {
        let text = String(decoding: HuntSamples.usual.csv(), as: UTF8.self)
        let lines = text.components(separatedBy: "\r\n")
        #expect(lines.count == 7 && lines[6].isEmpty)
        #expect(
            lines[0] == "time,last_time,severity,rule,title,practice,account,region,actor,event,fields,evidence,id")
        #expect(lines[1].hasPrefix("2025-12-31T03:00:00Z,2025-12-31T04:59:59Z,high,flow-unusual-transfer,"))
    }

    @Test(arguments: [
        ("=1", "'=1"), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("\tx", "'\\u{9}x"), ("\rx", "'\\u{d}x"),
        ("1=2", "1=2"), ("", ""),
    ])
    func cellsAreNoFormulas(text: String, cell: String) {
        #expect(CSVText.line([text]) == cell + "\r\n")
    }

    @Test func tenThousandAlertsAreWrittenByEveryFormat() throws {
        let alerts = (0..<10_000).map { HuntSamples.stopped($0, actor: "arn:aws:iam::123456789012:user/u\($0 % 300)") }
        let report = HuntSamples.report(alerts, [HuntSamples.rule])
        #expect(try (object(report.json())["alerts"] as? [Any])?.count == 10_000)
        #expect(report.csv().count { $0 == 10 } == 10_001)
        #expect(try report.sarif().count > 1_000_000)
        // What people read stays readable.
        #expect(HuntTable(report, text: TerminalText(), isVerbose: false).rendered().count < 2_000)
        #expect(report.markdown().count < 200_000)
        #expect(report.html().count < 2_000_000)
    }
}
