import Analytics
import Basics
import LogReaders
import Testing

/// Counts of data events within five minutes, each event by itself.
@Suite struct AggregatedFindingsTests {
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
        let text = #"""
            {"eventId":"e-1","accountId":"111122223333","eventCategory":"Aggregated","awsRegion":"us-west-2",\#
            "eventSource":"s3.amazonaws.com","timeWindow":{"windowStart":"2025-11-17T19:20:00Z"},\#
            "summary":{"primaryDimension":{"dimension":"userIdentity.arn","statistics":[{"name":\#
            "arn:aws:iam::111122223333:user/kim","value":\#(count)}]},"details":[{"dimension":"eventName",\#
            "statistics":[{"name":"\#(name)","value":\#(count)}]}]}}
            """#
        let event = try #require(AggregatedEvent(try JSON(parsing: text)))
        let alerts = AggregatedFindings.alerts(event)
        #expect(alerts.map(\.rule) == rules)
        #expect(alerts.allSatisfy { $0.actor == "arn:aws:iam::111122223333:user/kim" })
    }
}
