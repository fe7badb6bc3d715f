import Basics
import LogReaders
import Sigma
import TestSupport
import Testing

/// Where two trails deliver, an event stands in two files.
@Suite struct SigmaRepeatedEventTests {
    private static func record(_ second: Int, _ letters: String, id: String?, user: String = "u") throws -> JSON {
        let identity = id.map { ",\"eventID\":\"\($0)\"" } ?? ""
        return try JSON(
            parsing: "{\"eventTime\":\(1_700_000_000 + second),\"k\":\"\(letters)\",\"user\":\"\(user)\"\(identity)}")
    }

    /// - Parameter workers: the records that each worker reads.
    private static func counts(
        _ body: String, _ workers: [[JSON]], source: LogSource = .cloudTrail
    ) throws -> [String] {
        let text = SigmaCorrelationTests.correlation(body)
        let rules = RuleSet(
            RuleCollection(parsing: [("f.yml", text.replacing(", service: cloudtrail", with: ""))]), for: source)
        let matchers = workers.map { records in
            let matcher = RuleMatcher(rules)
            for record in records { matcher.match(JSONEvent(record, fields: rules.fields)) { _ in } }
            return matcher
        }
        return rules.correlate(matchers.map(\.observations)).map { "\(Int($0.measure))/\($0.eventCount)" }
    }

    private static let twice = "type: event_count\nrules: [a, b]\ntimespan: 1m\ncondition: {gte: 2}"

    /// Records without an ARN are grouped by whoever else they say acted.
    @Test(
        arguments: [
            (#"{"arn":"u1"}"#, ["u1"]), (#"{"type":"IdentityCenterUser","onBehalfOf":{"userId":"c-1"}}"#, ["c-1"]),
            (#"{"type":"AWSService","invokedBy":"ec2.amazonaws.com"}"#, ["ec2.amazonaws.com"]),
            (#"{"type":"WebIdentityUser","principalId":"p:1","userName":"w-1"}"#, ["w-1"]),
            (#"{"type":"SAMLUser","principalId":"p:2"}"#, ["p:2"]), (#"{"type":"Unknown"}"#, ["Unknown"]),
            (#"{"arn":null,"invokedBy":""}"#, [""]), (#"{}"#, ["10.0.0.7"]),
        ])
    func whoActedIsGroupedByWithoutAnARN(identity: String, expected: [String]) throws {
        let body = "type: event_count\nrules: [a]\ntimespan: 1m\ngroup-by: [userIdentity.arn]\ncondition: {gte: 2}"
        let rules = RuleSet(
            RuleCollection(parsing: [("f.yml", SigmaCorrelationTests.correlation(body))]), for: .cloudTrail)
        let matcher = RuleMatcher(rules)
        for second in 0..<2 {
            let record = try JSON(
                parsing:
                    #"{"eventTime":\#(1_700_000_000 + second),"k":"a","sourceIPAddress":"10.0.0.7","userIdentity":\#(identity)}"#
            )
            matcher.match(JSONEvent(record, fields: rules.fields)) { _ in }
        }
        #expect(rules.correlate([matcher.observations]).map { $0.group["userIdentity.arn"] } == expected)
    }

    @Test func itCountsOnce() throws {
        let one = try Self.record(0, "a", id: "e-1")
        #expect(try Self.counts(Self.twice, [[one, one]]) == [])
        #expect(try Self.counts(Self.twice, [[one], [one]]) == [])
        let two = try Self.record(1, "a", id: "e-2")
        #expect(try Self.counts(Self.twice, [[one, two], [two, one]]) == ["2/2"])
        #expect(try Self.counts(Self.twice, [[one], [two], [one]]) == ["2/2"])
    }

    /// Whichever delivery the observation of each rule is from.
    @Test func itIsOneEventForSeveralRules() throws {
        let one = try Self.record(0, "ab", id: "e-1")
        #expect(try Self.counts(Self.twice, [[one], [one]]) == [])
        let ordered = "type: temporal_ordered\nrules: [a, b]\ntimespan: 1m"
        #expect(try Self.counts(ordered, [[one], [one]]) == [])
        #expect(try Self.counts("type: temporal\nrules: [a, b]\ntimespan: 1m", [[one], [one]]) == ["2/1"])
    }

    @Test func itsNumbersAreAddedOnce() throws {
        let sum = "type: value_sum\nrules: [a]\ntimespan: 1m\ncondition: {field: user, gte: 10}"
        let five = try Self.record(0, "a", id: "e-1", user: "5")
        #expect(try Self.counts(sum, [[five], [five]]) == [])
        #expect(try Self.counts(sum, [[five], [five, try Self.record(1, "a", id: "e-2", user: "5")]]) == ["10/2"])
    }

    @Test func eventsWithoutAnIdAreAllCounted() throws {
        let one = try Self.record(0, "a", id: nil)
        #expect(try Self.counts(Self.twice, [[one, one]]) == ["2/2"])
        let empty = try Self.record(0, "a", id: "")
        #expect(try Self.counts(Self.twice, [[empty], [empty]]) == ["2/2"])
    }

    /// The lines of a request that deletes many objects share its id.
    @Test func linesOfOneRequestToS3AreAllCounted() throws {
        let records = try ["x", "y"].map {
            try JSON(
                parsing: #"{"time":"2026-03-01T10:00:00Z","k":"a","request_id":"R1","eventID":"R1","key":"\#($0)"}"#)
        }
        #expect(try Self.counts(Self.twice, [records], source: .s3Access) == ["2/2"])
    }

    /// What is thinned tells of the same stretch, delivered once or twice.
    @Test func countsOfValuesStayWhatTheyAre() throws {
        var generator = SeededGenerator(seed: 31)
        let count = "type: value_count\nrules: [a]\ntimespan: 10s\ncondition: {field: user, gte: 3}"
        for _ in 0..<40 {
            let records = try (0..<120).map { number in
                try Self.record(
                    Int.random(in: 0..<90, using: &generator), "a", id: "e-\(number)",
                    user: "u\(Int.random(in: 0..<4, using: &generator))")
            }
            func measures(_ workers: [[JSON]]) throws -> [Substring] {
                try Self.counts(count, workers).map { $0.prefix { $0 != "/" } }
            }
            let once = try measures([records])
            #expect(try measures([records, records]) == once)
            #expect(try measures([records, records.reversed()]) == once)
        }
    }
}
