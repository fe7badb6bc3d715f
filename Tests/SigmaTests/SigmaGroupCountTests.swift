import LogReaders
import Testing

@testable import Sigma

/// Which events correlations need.
@Suite struct SigmaGroupCountTests {
    /// The numbers of the correlations that need large groups only, and the rules that are needed whole.
    private func needs(_ correlations: String...) -> (least: [Int], whole: [String]) {
        let names = ["a", "b", "c"].map { letter in
            "title: \(letter)\nname: \(letter)\nlogsource: {product: aws, service: cloudtrail}\ndetection: {s: {k: \(letter)}, condition: s}\n"
        }
        let documents = correlations.enumerated().map { number, body in
            "title: x\(number)\nname: x\(number)\ncorrelation: {group-by: [user], timespan: 10m, \(body)}\n"
        }
        let collection = RuleCollection(parsing: [("f.yml", (names + documents).joined(separator: "---\n"))])
        #expect(collection.problems == [])
        let rules = RuleSet(collection, for: .cloudTrail)
        let needs = rules.groupCounts
        return (
            needs.groups.map(\.least),
            needs.whole.sorted().map { collection.detections[rules.detections[$0]].about.title }
        )
    }

    @Test(arguments: [
        ("type: event_count, rules: [a], condition: {gte: 3}", [3]),
        ("type: event_count, rules: [a], condition: {gt: 3}", [4]),
        ("type: event_count, rules: [a], condition: {gte: 2.5}", [3]),
        ("type: event_count, rules: [a], condition: {gte: 3, gt: 4}", [5]),
        ("type: value_count, rules: [a], condition: {field: n, gte: 2}", [2]),
        ("type: temporal_ordered, rules: [a, b]", [2]), ("type: temporal, rules: [a, b, c]", [3]),
        ("type: temporal, rules: [a, b, c], condition: a and (b or c)", []),
        ("type: event_count, rules: [a], condition: {gte: 1}", []),
        ("type: event_count, rules: [a], condition: {gte: 3, lt: 9}", []),
        ("type: event_count, rules: [a], condition: {eq: 3}", []),
        ("type: value_count, rules: [a], condition: {field: n, lte: 3}", []),
        ("type: value_sum, rules: [a], condition: {field: n, gte: 3}", []),
        ("type: temporal, rules: [a, b], condition: a and not b", []),
    ])
    func countsThatFurtherEventsCannotUndoNeedLargeGroups(correlation: String, least: [Int]) {
        let needs = needs(correlation)
        #expect(needs.least == least)
        #expect(needs.whole.contains("a") == least.isEmpty)
    }

    @Test func rulesThatAreNeededOtherwiseAreNeededWhole() {
        let count = "type: event_count, rules: [a, b], condition: {gte: 3}"
        #expect(needs(count).whole == ["c"])
        #expect(needs(count + ", generate: true").whole == ["a", "b", "c"])
        #expect(needs(count, "type: event_count, rules: [b], condition: {lt: 3}").whole == ["b", "c"])
        // The outer correlation needs only what the inner one finds.
        #expect(needs(count, "type: temporal, rules: [x0, c]").whole == ["c"])
        #expect(needs(count, "type: event_count, rules: [x0], condition: {gte: 9}").least == [3])
    }
}
