import Basics
import Foundation
import LogReaders
import Sigma
import TestSupport
import Testing

/// Correlations over events that are written as a word each: the second, the letter of the rule, and what follows of
/// `user`, `ip`, `n`, as in `10a:bob:192.0.2.1:5`.
@Suite struct SigmaCorrelationTests {
    static let rules = ["a", "b", "c"].map { letter in
        "title: rule \(letter)\nname: \(letter)\nlogsource: {product: aws, service: cloudtrail}\ndetection: {sel: {k|contains: \(letter)}, condition: sel}\n"
    }.joined(separator: "---\n")

    static func records(_ text: String) throws -> [JSON] {
        try text.split(separator: " ").map { word in
            let parts = word.split(separator: ":", omittingEmptySubsequences: false)
            let time = parts[0].prefix { $0.isNumber }
            var members = [
                "\"eventTime\":\(1_700_000_000 + (Int(time) ?? 0))", "\"k\":\"\(parts[0].dropFirst(time.count))\"",
            ]
            for (name, value) in zip(["user", "ip", "n"], parts.dropFirst()) where !value.isEmpty {
                members.append("\"\(name)\":\"\(value)\"")
            }
            return try JSON(parsing: "{\(members.joined(separator: ","))}")
        }
    }

    /// The alerts, each as `rule@first-time-last=measure/events`, times in seconds.
    static func run(_ text: String, _ events: String, workers: Int = 1) throws -> [String] {
        let collection = RuleCollection(parsing: [("f.yml", text)])
        #expect(collection.problems == [])
        let rules = RuleSet(collection, for: .cloudTrail)
        #expect(rules.problems == [])
        let matchers = (0..<workers).map { _ in RuleMatcher(rules) }
        var alerts: [String] = []
        for (index, record) in try records(events).enumerated() {
            matchers[index % workers].match(JSONEvent(record, fields: rules.fields)) {
                alerts.append(collection.detections[$0].about.identifier)
            }
        }
        func second(_ time: Int64) -> String { "\((time - 1_700_000_000_000) / 1000)" }
        return alerts.sorted()
            + rules.correlate(matchers.map(\.observations)).map {
                let group = $0.group.sorted { $0.key < $1.key }.map(\.value).joined(separator: ",")
                let name = collection.correlations[$0.correlation].about.identifier
                return
                    "\(name)\(group.isEmpty ? "" : "(\(group))")@\(second($0.first))-\(second($0.time))-\(second($0.last))=\(Int($0.measure))/\($0.eventCount)"
            }
    }

    static func correlation(_ body: String, name: String = "x") -> String {
        "\(rules)---\ntitle: correlation \(name)\nname: \(name)\ncorrelation:\n"
            + body.split(separator: "\n").map { "  \($0)\n" }.joined()
    }

    @Test(arguments: [
        // Counts slide; both ends of the window count; a stretch is one alert.
        ("gte: 3", "0a 5a 10a", ["x@0-10-10=3/3"]), ("gte: 3", "0a 5a 11a", []),
        ("gt: 2", "0a 5a 10a", ["x@0-10-10=3/3"]),
        ("gte: 3", "0a 1a 2a 3a 4a 20a", ["x@0-2-4=5/5"]),
        ("gte: 2", "0a 1a 50a 51a", ["x@0-1-1=2/2", "x@50-51-51=2/2"]),
        ("gte: 3", "10a 0a 5a", ["x@0-10-10=3/3"]), ("gte: 1", "0d", []), ("gte: 3", "0a 9a 18a 27a 36a", []),
        ("gte: 3", "8a 9a 11a 12a", ["x@8-11-12=4/4"]), ("gte: 2", "3a 3a", ["x@3-3-3=2/2"]),
        // Upper bounds are judged when a window is over.
        ("gt: 1\n    lte: 3", "0a 1a 2a", ["x@0-2-2=3/3"]), ("gt: 1\n    lte: 3", "0a 1a 2a 3a", []),
        ("eq: 2", "0a 1a 30a 31a 32a", ["x@0-1-1=2/2"]), ("lt: 2", "0a 20a 21a", ["x@0-0-0=1/1"]),
        ("neq: 2", "0a 1a", []),
    ])
    func eventCount(_ condition: String, _ events: String, _ expected: [String]) throws {
        let text = Self.correlation("type: event_count\nrules: [a]\ntimespan: 10s\ncondition:\n    \(condition)")
        #expect(try Self.run(text, events) == expected)
        // Whoever reads them, and in whatever order.
        #expect(
            try Self.run(text, events.split(separator: " ").reversed().joined(separator: " "), workers: 3) == expected)
    }

    @Test(arguments: [
        ("0a:bob 1a:eve 2a:bob", ["x(bob)@0-2-2=2/2"]), ("0a 1a", []), ("0a:bob 1b:bob", ["x(bob)@0-1-1=2/2"]),
        // One event that two rules match is one event.
        ("0ab:bob", []), ("0ab:bob 1ab:bob", ["x(bob)@0-1-1=2/2"]),
        // Events without the field are in no group, not in one of their own.
        ("0a:bob 1a::192.0.2.1 2a::192.0.2.1 3b 4b:bob", ["x(bob)@0-4-4=2/2"]),
    ])
    func eventCountByUser(_ events: String, _ expected: [String]) throws {
        let text = Self.correlation(
            "type: event_count\nrules: [a, b]\ngroup-by: [user]\ntimespan: 1m\ncondition: {gte: 2}")
        #expect(try Self.run(text, events) == expected)
    }

    @Test(arguments: [
        ("field: ip", "0a:bob:1 1a:bob:2 2a:bob:2", ["x(bob)@0-1-2=2/3"]), ("field: ip", "0a:bob:1 1a:bob:1", []),
        ("field: ip", "0a:bob:1 1a:eve:2", []), ("field: ip", "0a:bob:1 1a:bob 70a:bob:2", []),
        ("field: [ip, n]", "0a:bob:1:5 1a:bob:1:6", ["x(bob)@0-1-1=2/2"]),
        ("field: [ip, n]", "0a:bob:1:5 1a:bob:1", []),
    ])
    func valueCount(_ field: String, _ events: String, _ expected: [String]) throws {
        let text = Self.correlation(
            "type: value_count\nrules: [a]\ngroup-by: [user]\ntimespan: 1m\ncondition: {\(field), gte: 2}")
        #expect(try Self.run(text, events) == expected)
    }

    @Test(arguments: [
        ("value_sum", "gte: 10", "0a:u::4 1a:u::6 2a:u::x", ["x@0-1-1=10/2"]),
        ("value_sum", "gte: 10", "0a:u::4 61a:u::6", []),
        ("value_avg", "gt: 4", "0a:u::4 1a:u::6", ["x@0-1-1=5/2"]),
        ("value_avg", "lt: 4", "0a:u::4 1a:u::2", ["x@0-1-1=3/2"]),
        ("value_min", "lt: 2", "0a:u::4 1a:u::1", ["x@0-1-1=1/2"]),
        ("value_max", "gte: 9", "0a:u::4 1a:u::9", ["x@0-1-1=9/2"]),
        ("value_median", "gte: 5", "0a:u::1 1a:u::5 2a:u::9", ["x@0-2-2=5/3"]),
        ("value_percentile", "percentile: 100, gte: 9", "0a:u::1 1a:u::9", ["x@0-1-1=9/2"]),
        ("value_percentile", "percentile: 50, gte: 5", "0a:u::1 1a:u::9", ["x@0-1-1=5/2"]),
    ])
    func figures(_ type: String, _ condition: String, _ events: String, _ expected: [String]) throws {
        let text = Self.correlation("type: \(type)\nrules: [a]\ntimespan: 1m\ncondition: {field: n, \(condition)}")
        #expect(try Self.run(text, events) == expected)
    }

    /// Where one event is enough, what is further apart than the timespan is not one stretch.
    @Test(arguments: [
        (
            "type: value_sum\nrules: [a]\ntimespan: 1m\ncondition: {field: n, gte: 100}",
            "1a:::200 3000a:::200", ["x@1-1-1=200/1", "x@3000-3000-3000=200/1"]
        ),
        (
            "type: value_sum\nrules: [a]\ntimespan: 1m\ncondition: {field: n, gte: 100}",
            "1a:::200 61a:::200 122a:::200", ["x@1-1-61=400/2", "x@122-122-122=200/1"]
        ),
        (
            "type: event_count\nrules: [a]\ntimespan: 1m\ncondition: {gte: 1}", "0a 60a 3000a 3000a",
            ["x@0-0-60=2/2", "x@3000-3000-3000=2/2"]
        ),
        (
            "type: temporal\nrules: [a, b]\ntimespan: 1m\ncondition: a or b", "0a 30b 91b",
            ["x@0-0-30=2/2", "x@91-91-91=1/1"]
        ),
        (
            "type: value_count\nrules: [a]\ntimespan: 1m\ncondition: {field: user, gte: 1}", "0a:u 3000a:u",
            ["x@0-0-0=1/1", "x@3000-3000-3000=1/1"]
        ),
    ])
    func silenceEndsAStretch(_ body: String, _ events: String, _ expected: [String]) throws {
        #expect(try Self.run(Self.correlation(body), events) == expected)
    }

    @Test(arguments: [
        ("", "0a:u 5c:u 9b:u", ["x(u)@0-9-9=3/3"]), ("", "0a:u 5c:u", []), ("", "0a:u 5c:u 11b:u", []),
        ("", "0a:u 5c:u 9b:v", []), ("", "0abc:u", ["x(u)@0-0-0=3/1"]),
        ("condition: {gte: 2}", "0a:u 1a:u 2b:u", ["x(u)@0-2-2=2/3"]),
        ("condition: a and (b or c)", "0a:u 3c:u", ["x(u)@0-3-3=2/2"]), ("condition: a and (b or c)", "0b:u 3c:u", []),
        ("condition: a and b and not c", "0a:u 3b:u", ["x(u)@0-3-3=2/2"]),
        ("condition: a and b and not c", "0a:u 3b:u 4c:u", []),
        ("condition: {eq: 1}", "0a:u 3b:u", []), ("condition: {eq: 1}", "0a:u", ["x(u)@0-0-0=1/1"]),
    ])
    func temporal(_ condition: String, _ events: String, _ expected: [String]) throws {
        let text = Self.correlation("type: temporal\nrules: [a, b, c]\ngroup-by: user\ntimespan: 10s\n\(condition)")
        #expect(try Self.run(text, events) == expected)
    }

    @Test(arguments: [
        ("", "0a:u 1b:u 2c:u", ["x(u)@0-2-2=3/3"]), ("", "0a:u 2b:u 1c:u", []),
        ("", "0b:u 1a:u 2b:u 3c:u", ["x(u)@1-3-3=3/3"]),
        ("", "0a:u 5b:u 11c:u", []), ("", "0a:u 3a:u 5b:u 11c:u", ["x(u)@3-11-11=3/3"]), ("", "0abc:u", []),
        ("", "0c:u 0b:u 0a:u", ["x(u)@0-0-0=3/3"]), ("", "0ab:u 0b:u 1c:u", ["x(u)@0-1-1=3/3"]), ("", "0ab:u 1c:u", []),
        ("condition: {gte: 2}", "0a:u 1c:u", ["x(u)@0-1-1=2/2"]), ("condition: {gt: 1}", "0c:u 1a:u", []),
        ("condition: a and b and c", "0a:u 1b:u 2c:u", ["x(u)@0-2-2=3/3"]),
    ])
    func temporalOrdered(_ condition: String, _ events: String, _ expected: [String]) throws {
        let text = Self.correlation(
            "type: temporal_ordered\nrules: [a, b, c]\ngroup-by: [user]\ntimespan: 10s\n\(condition)")
        #expect(try Self.run(text, events) == expected)
    }

    @Test(arguments: [
        ("0a:1:2 3b:2:1", ["x(1,2)@0-3-3=2/2"]), ("0a:1:2 3b:1:2", []), ("0a:1 3b:2:1", []),
    ])
    func aliases(_ events: String, _ expected: [String]) throws {
        let text = Self.correlation(
            "type: temporal\nrules: [a, b]\ngroup-by: [from, to]\ntimespan: 10s\naliases:\n  from: {a: user, b: ip}\n  to: {a: ip, b: user}"
        )
        #expect(try Self.run(text, events) == expected)
    }

    /// Many failures at one address, then a success of the same user.
    @Test(arguments: [
        ("0a:bob:1 1a:bob:1 2a:bob:1 5b:bob:9", ["brute(bob)@2-5-5=2/4"]), ("0a:bob:1 1a:bob:2 2a:bob:1 5b:bob:9", []),
        ("0a:bob:1 1a:bob:1 2a:bob:1 5b:eve:9", []), ("5b:bob:9 6a:bob:1 7a:bob:1 8a:bob:1", []),
        // The success comes while failures go on.
        ("0a:bob:1 1a:bob:1 2a:bob:1 3b:bob:9 4a:bob:1", ["brute(bob)@2-3-3=2/4"]),
    ])
    func chains(_ events: String, _ expected: [String]) throws {
        let text =
            Self.correlation(
                "type: event_count\nrules: [a]\ngroup-by: [ip]\ntimespan: 10s\ncondition: {gte: 3}", name: "many")
            + "---\ntitle: brute\nname: brute\ncorrelation: {type: temporal_ordered, rules: [many, b], group-by: [user], timespan: 1h}\n"
        #expect(
            try Self.run(text, events).map { $0.replacing(/\/\d+$/, with: "") }
                == expected.map { $0.replacing(/\/\d+$/, with: "") })
        // The order of documents does not matter.
        let documents = text.components(separatedBy: "---\n").reversed().joined(separator: "\n---\n")
        #expect(try Self.run(documents, events).count == expected.count)
    }

    @Test func rulesThatAreCountedAlertAloneOnlyWhereTheyAreToGenerate() throws {
        let body = "type: event_count\nrules: [a]\ntimespan: 10s\ncondition: {gte: 2}"
        #expect(try Self.run(Self.correlation(body), "0a 1a 2b") == ["b", "x@0-1-1=2/2"])
        #expect(
            try Self.run(Self.correlation(body) + "generate: true\n", "0a 1a 2b") == ["a", "a", "b", "x@0-1-1=2/2"])
    }

    @Test(arguments: [
        ("sel | count() > 2", "timeframe: 10s", "0a 5a 10a", ["t@0-10-10=3/3"]),
        ("sel | count() > 2", "timeframe: 10s", "0a 5a 11a", []),
        ("sel | count() >= 1", "timeframe: 1m", "0a 3000a", ["t@0-0-0=1/1", "t@3000-3000-3000=1/1"]),
        ("sel | count() >= 1", "", "0a 90000a", ["t@0-0-90000=2/2"]),
        ("sel | count() >= 2", "", "0a 90000a", ["t@0-90000-90000=2/2"]),
        ("sel | count() by user > 1", "timeframe: 1m", "0a:u 1a:v 2a:u", ["t(u)@0-2-2=2/2"]),
        ("sel | count(ip) by user > 1", "timeframe: 1m", "0a:u:1 1a:u:1 2a:u:2", ["t(u)@0-2-2=2/3"]),
        ("sel | count() by user, ip > 1", "timeframe: 1m", "0a:u:1 1a:u:2 2a:u:1", ["t(1,u)@0-2-2=2/2"]),
        ("sel | sum(n) > 9", "timeframe: 1m", "0a:u:1:4 1a:u:1:6", ["t@0-1-1=10/2"]),
        ("sel | max(n) > 5", "timeframe: 1m", "0a:u:1:4 1a:u:1:6", ["t@0-1-1=6/2"]),
        ("sel | min(n) > 3", "timeframe: 1m", "0a:u:1:4", ["t@0-0-0=4/1"]),
        ("sel | avg(n) > 4", "timeframe: 1m", "0a:u:1:4 1a:u:1:6", ["t@0-1-1=5/2"]),
        ("sel | count() = 2", "timeframe: 10s", "0a 1a 20a", ["t@0-1-1=2/2"]),
        ("sel | near oth", "timeframe: 10s", "0a 10b", ["t@0-0-10=2/2"]),
        ("sel | near oth", "timeframe: 10s", "10b 20a", ["t@10-20-20=2/2"]),
        ("sel | near oth", "timeframe: 10s", "0a 11b", []),
        ("sel | near oth and not bad", "timeframe: 10s", "0a 5b", ["t@0-0-5=2/2"]),
        ("sel | near oth and not bad", "timeframe: 10s", "0a 5b 7c", []),
    ])
    func aggregationsOfTheOldSpecification(
        _ condition: String, _ timeframe: String, _ events: String, _ expected: [String]
    ) throws {
        let text =
            "title: t\nlogsource: {product: aws}\ndetection:\n  sel: {k: a}\n  oth: {k: b}\n  bad: {k: c}\n  condition: \(condition)\n  \(timeframe)\n"
        #expect(try Self.run(text, events) == expected)
    }

    @Test(arguments: [
        ("rules: [a]\ntimespan: 1m\ncondition: {gte: 1}", "needs a type"),
        ("type: dance\nrules: [a]\ntimespan: 1m\ncondition: {gte: 1}", "dance is not known"),
        ("type: event_count\nrules: [a]\ncondition: {gte: 1}", "needs a timespan"),
        ("type: event_count\nrules: [a]\ntimespan: soon\ncondition: {gte: 1}", "timespan must be"),
        ("type: event_count\nrules: [a]\ntimespan: 1m", "condition must be a mapping"),
        ("type: event_count\nrules: [a]\ntimespan: 1m\ncondition: {above: 1}", "has no above"),
        ("type: event_count\nrules: [a]\ntimespan: 1m\ncondition: {gte: many}", "gte needs a number"),
        ("type: event_count\ntimespan: 1m\ncondition: {gte: 1}", "needs rules"),
        ("type: value_count\nrules: [a]\ntimespan: 1m\ncondition: {gte: 1}", "needs a field"),
        ("type: event_count\nrules: [nobody]\ntimespan: 1m\ncondition: {gte: 1}", "refers to nobody"),
        ("type: event_count\nrules: [x]\ntimespan: 1m\ncondition: {gte: 1}", "lead back to it"),
        ("type: temporal\nrules: [a]\ntimespan: 1m\ncondition: a and z", "speaks of z"),
        ("type: temporal_ordered\nrules: [a, b]\ntimespan: 1m\ncondition: a or b", "temporal_ordered must be"),
        ("type: value_percentile\nrules: [a]\ntimespan: 1m\ncondition: {field: n, gte: 1}", "needs a percentile"),
        ("type: temporal\nrules: [a]\ntimespan: 1m\naliases: {q: user}", "an alias must have"),
        ("type: event_count\nrules: [a]\ntimespan: 0s\ncondition: {gte: 1}", "timespan must be"),
        ("type: event_count\nrules: [a]\ntimespan: 9999999999999999d\ncondition: {gte: 1}", "timespan must be"),
    ])
    func whatIsWrongWithACorrelation(_ body: String, _ reason: String) {
        let found = problems(Self.correlation(body))
        #expect(found.count == 1 && found[0].contains(reason), "\(found)")
    }

    @Test func whatIsTooMuchIsCounted() throws {
        let collection = RuleCollection(parsing: [
            ("f.yml", Self.correlation("type: event_count\nrules: [a]\ntimespan: 10s\ncondition: {gte: 2}"))
        ])
        let rules = RuleSet(collection, for: .cloudTrail)
        let matcher = RuleMatcher(rules, observationLimit: 3)
        for record in try Self.records("0a 1a 2a 3a 4a") {
            matcher.match(JSONEvent(record, fields: rules.fields)) { _ in }
        }
        matcher.match(JSONEvent(try JSON(parsing: #"{"k":"a"}"#), fields: rules.fields)) { _ in }
        #expect(
            matcher.observations.count == 3 && matcher.observations.dropped == 2
                && matcher.observations.withoutTime == 1)
    }

    /// Of equal values many observations need not be kept; what is found is the same as with a rule beside it that needs all.
    @Test func countsOfValuesAreBoundedInMemory() throws {
        var generator = SeededGenerator(seed: 13)
        let count = "type: value_count\nrules: [a]\ngroup-by: [user]\ntimespan: 10s\ncondition: {field: ip, gte: 3}"
        let both =
            Self.correlation(count)
            + "---\ntitle: all\nname: all\ncorrelation: {type: event_count, rules: [a], timespan: 1s, condition: {gte: 100000}}\n"
        for _ in 0..<60 {
            let events = (0..<200).map { _ in
                "\(Int.random(in: 0..<100, using: &generator))a:u\(Int.random(in: 0..<2, using: &generator)):\(Int.random(in: 0..<Int.random(in: 2..<6, using: &generator), using: &generator))"
            }.joined(separator: " ")
            /// The group, when the condition came to hold, when it last did.
            func found(_ text: String) throws -> [(group: Substring, time: Int, last: Int)] {
                try Self.run(text, events, workers: 2).compactMap { $0.firstMatch(of: /x\((.*)\)@\d+-(\d+)-(\d+)=/) }
                    .map { ($0.1, Int($0.2) ?? 0, Int($0.3) ?? 0) }
            }
            let (thinned, full) = (try found(Self.correlation(count)), try found(both))
            // A stretch may be told in one alert instead of two; none is missing, and none is new.
            for alert in full {
                #expect(
                    thinned.contains { $0.group == alert.group && $0.time <= alert.time && alert.time <= $0.last + 10 })
            }
            for alert in thinned { #expect(full.contains { $0.group == alert.group && $0.time == alert.time }) }
        }
        let rules = RuleSet(RuleCollection(parsing: [("f.yml", Self.correlation(count))]), for: .cloudTrail)
        let matcher = RuleMatcher(rules)
        for record in try Self.records((0..<500).map { "\($0 % 10)a:u:\($0 % 3)" }.joined(separator: " ")) {
            matcher.match(JSONEvent(record, fields: rules.fields)) { _ in }
        }
        #expect(matcher.observations.count <= 6)
    }

    @Test func alertsTellOfTheirEvents() throws {
        let collection = RuleCollection(parsing: [
            (
                "f.yml",
                Self.correlation("type: event_count\nrules: [a]\ngroup-by: [user]\ntimespan: 10s\ncondition: {gte: 2}")
            )
        ])
        let rules = RuleSet(collection, for: .cloudTrail, capturing: ["ip"])
        let matcher = RuleMatcher(rules)
        for record in try Self.records("0a:u:1 1a:u:2") {
            matcher.match(JSONEvent(record, fields: rules.fields)) { _ in }
        }
        let alert = try #require(rules.correlate([matcher.observations]).first)
        #expect(alert.events.map(\.fields) == [["ip": "1", "user": "u"], ["ip": "2", "user": "u"]])
        #expect(alert.group == ["user": "u"])
    }

    /// The sliding windows against counting every window anew.
    @Test func windowsAgreeWithCountingAnew() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<200 {
            let times = (0..<Int.random(in: 1..<25, using: &generator)).map { _ in
                Int.random(in: 0..<60, using: &generator)
            }.sorted()
            let least = Int.random(in: 2..<5, using: &generator)
            let text = Self.correlation("type: event_count\nrules: [a]\ntimespan: 10s\ncondition: {gte: \(least)}")
            let holds = times.filter { time in times.count { $0 <= time && $0 >= time - 10 } >= least }
            let found = try Self.run(text, times.shuffled(using: &generator).map { "\($0)a" }.joined(separator: " "))
            let spans = found.compactMap { $0.firstMatch(of: /@\d+-(\d+)-(\d+)=/) }.map {
                (Int($0.1) ?? 0)...(Int($0.2) ?? 0)
            }
            #expect(
                times.allSatisfy { time in holds.contains(time) == spans.contains { $0.contains(time) } },
                "\(times) \(least) \(found)")
        }
    }
}
