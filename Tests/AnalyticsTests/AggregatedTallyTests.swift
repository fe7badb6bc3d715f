import Analytics
import Basics
import LogReaders
import Testing

/// Counts of data events within five minutes, added up over an hour.
@Suite struct AggregatedTallyTests {
    private static let kim = "arn:aws:iam::111122223333:user/kim"

    private func event(
        _ id: String = "e-1", _ primary: String = "userIdentity.arn", _ value: String = kim, call: String, count: Int,
        minute: Int = 20, window: String? = nil
    ) throws -> AggregatedEvent? {
        let start = "2025-11-17T19:\(minute):00Z"
        let usual = #"{"windowStart":"\#(start)","windowEnd":"2025-11-17T19:\#(minute + 5):00Z","windowSize":"PT5M"}"#
        let text = #"""
            {"eventId":"\#(id)","accountId":"111122223333","eventCategory":"Aggregated","awsRegion":"us-west-2",\#
            "eventSource":"s3.amazonaws.com","timeWindow":\#(window ?? usual),\#
            "summary":{"primaryDimension":{"dimension":"\#(primary)","statistics":[{"name":\#
            "\#(value)","value":\#(count)}]},"details":[{"dimension":"eventName",\#
            "statistics":[{"name":"\#(call)","value":\#(count)}]}]}}
            """#
        return AggregatedEvent(try JSON(parsing: text))
    }

    private func alerts(_ events: [AggregatedEvent?], trails: Set<String> = []) -> [Alert] {
        var (tally, other) = (AggregatedTally(), AggregatedTally())
        for (place, event) in events.enumerated() {
            // A second delivery of an event counts once.
            tally.add(event)
            if place.isMultiple(of: 2) { other.add(event) }
        }
        other.merge(tally)
        return other.alerts(trailBuckets: trails)
    }

    @Test(
        arguments: [
            ("DeleteObject", 99, []), ("DeleteObject", 100, ["aggregated-deletions"]),
            // One call deletes up to 1,000 objects.
            ("DeleteObjects", 9, []), ("DeleteObjects", 60, ["aggregated-deletions"]),
            ("DeleteObjects", Int.max, ["aggregated-deletions"]), ("CopyObject", 499, []),
            ("CopyObject", 900, ["aggregated-copies"]), ("UpdateObjectEncryption", 500, ["aggregated-copies"]),
            ("GetObject", 100_000, []),
        ] as [(String, Int, [String])])
    func calls(name: String, count: Int, rules: [String]) throws {
        let alerts = alerts([try event(call: name, count: count)])
        #expect(alerts.map(\.rule) == rules)
        #expect(alerts.allSatisfy { $0.actor == Self.kim })
    }

    @Test func windowsOfAnHourAreAddedUp() throws {
        let windows = try (0..<6).map { try event("e-\($0)", call: "DeleteObject", count: 90, minute: 10 + 5 * $0) }
        #expect(alerts(Array(windows.prefix(4))).isEmpty, "360 deletions")
        let found = alerts(windows)
        #expect(found.map(\.rule) == ["aggregated-deletions"])
        #expect(found.first?.evidence("deletions") == .int(540))
        #expect(found.first.map { $0.lastTime - $0.time } == 1_800)
    }

    @Test func theTemplatesOfATrailAlertOnceWithTheCaller() throws {
        let found = alerts([
            try event("e-1", "eventName", "DeleteObject", call: "GetObject", count: 500),
            try event("e-2", call: "DeleteObject", count: 500),
            try event("e-3", "resourceARN", "arn:aws:s3:::orders", call: "DeleteObject", count: 500),
        ])
        #expect(found.map(\.actor) == [Self.kim])
    }

    @Test(
        arguments: [
            ("arn:aws:s3:::logs/AWSLogs/111122223333/CloudTrail/eu-west-1/x.json.gz", true),
            ("arn:aws:s3:::acme-cloudtrail-logs", true), ("arn:aws:s3:::evidence", true),
            ("arn:aws:s3:::orders", false),
            ("arn:aws:s3:::logs/AWSLogs/111122223333/vpcflowlogs/x.log.gz", false),
        ])
    func oneDeletionOfALogFileIsCritical(resource: String, alerts: Bool) throws {
        let found = self.alerts(
            [try event("e", "resourceARN", resource, call: "DeleteObject", count: 1)], trails: ["evidence"])
        #expect(found.map(\.rule) == (alerts ? ["aggregated-log-deletions"] : []))
        #expect(found.allSatisfy { $0.severity == .critical })
    }

    @Test(arguments: ["{}", #"{"windowStart":"garbage"}"#, #"{"windowStart":1763407200000}"#])
    func withoutAWindowThereIsNoTime(window: String) throws {
        let event = try event(call: "DeleteObject", count: 100, window: window)
        #expect(alerts([event]).map(\.hasTime) == [false])
        var tally = AggregatedTally()
        tally.add(event)
        #expect(tally.doubts.count == 1)
    }

    @Test(
        arguments: [
            "{}", #"{"summary":[]}"#,
            #"{"summary":{"primaryDimension":{"dimension":"fooBar","statistics":[{"name":"x","value":5}]}}}"#,
            #"{"summary":{"primaryDimension":{"dimension":"eventName","statistics":[{"name":"x","value":"many"}]}}}"#,
        ])
    func anUnknownSummaryIsADoubt(text: String) throws {
        let record = try JSON(
            parsing: text.replacing("{", with: #"{"eventCategory":"Aggregated","#, maxReplacements: 1).replacing(
                ",}", with: "}"))
        var tally = AggregatedTally()
        tally.add(AggregatedEvent(record))
        #expect(tally.doubts.count == 1)
        #expect(tally.alerts(trailBuckets: []).isEmpty)
    }
}
