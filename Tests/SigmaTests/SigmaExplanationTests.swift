import Sigma
import Testing

@Suite struct SigmaExplanationTests {
    @Test(arguments: [
        ("a: x", "a is \"x\""), ("a: x*", "a begins with \"x\""), ("a: '*x'", "a ends with \"x\""),
        ("a|contains: x", "a contains \"x\""),
        ("a: [x, y]", "a is one of \"x\", \"y\""), ("a|neq: [x, y]", "a is none of \"x\", \"y\""),
        ("a|neq: x", "a is not \"x\""),
        ("a|contains|neq: x", "a does not contain \"x\""), ("a: x*y", "a is like \"x*y\""),
        ("a: '*'", "a is there and not null"), ("a: ''", "a is empty"),
        ("a: null", "a is null"), ("a|cased: X", "a is \"X\", in these capital and small letters"),
        ("a|exists: false", "a is not there"),
        ("a|re|i: ^x", "a matches the regular expression ^x, in capital or small letters"),
        ("a|cidr: 10.0.0.0/8", "a is an address in 10.0.0.0/8"),
        ("a|cidr: 2001:db8::/32", "a is an address in 2001:db8::/32"), ("a|gte: 5", "a is a number >= 5"),
        ("a|lt|hour: 6", "a is a time whose hour is < 6"), ("a|fieldref: b", "a is the same as b"),
        ("a|fieldref|startswith: b", "a begins with b"),
        ("a|allows: another-account", "a allows another account or organization"),
        ("- word", "any text of the event contains \"word\""), ("a: x\nb: y", "all of:|  a is \"x\"|  b is \"y\""),
        ("- a: x\n- b: y", "any of:|  a is \"x\"|  b is \"y\""),
        ("sel: {a: x, b: y}\ncondition: not sel", "not all of:|  a is \"x\"|  b is \"y\""),
        ("a: \"x\\e[31m\"", "a is \"x\\u{1b}[31m\""), ("a|expand: '%who%'", "never"),
    ])
    func aRuleInWords(_ detection: String, _ expected: String) throws {
        let collection = RuleCollection(parsing: [("f.yml", SigmaCase.rule(detection))], placeholders: ["who": []])
        #expect(collection.problems == [])
        #expect(collection.explain("case").first?.lines.joined(separator: "|") == expected)
    }

    @Test(arguments: [
        (
            "type: event_count\nrules: [a]\ngroup-by: [user]\ntimespan: 90m\ncondition: {gt: 1, lte: 5}",
            "the number of events is > 1 and <= 5, within 90 minutes, with the same user"
        ),
        (
            "type: value_count\nrules: [a]\ntimespan: 1d\ncondition: {field: ip, gte: 2}",
            "the number of different values of ip is >= 2, within 1 day"
        ),
        (
            "type: value_percentile\nrules: [a]\ntimespan: 1h\ncondition: {field: n, percentile: 95, gte: 2}",
            "the percentile 95 of n is >= 2, within 1 hour"
        ),
        ("type: temporal\nrules: [a, b]\ntimespan: 30s\ncondition: a and not b", "(a and not b), within 30 seconds"),
        ("type: temporal_ordered\nrules: [a, b]\ntimespan: 30s", "each of these, in this order, within 30 seconds"),
    ])
    func aCorrelationInWords(_ body: String, _ expected: String) throws {
        let collection = RuleCollection(parsing: [("f.yml", SigmaCorrelationTests.correlation(body))])
        let lines = try #require(collection.explain("x").first?.lines)
        #expect(lines[0] == expected)
        #expect(lines[1...2] == ["  a:", "    k contains \"a\""])
    }

    @Test func aRuleTestTellsWhichExamplesFail() throws {
        let rule =
            "title: t\nid: r1\nlogsource: {product: aws, service: cloudtrail}\ndetection: {sel: {a: x}, condition: sel}"
        let events = #"{"match":[{"a":"x"},{"a":"y"},[{"a":"z"},{"a":"X"}]],"ignore":[{"a":"z"},{"a":"x"}]}"#
        let outcome = try RuleTest.run(rules: ("r.yml", rule), events: ("r.events.json", Array(events.utf8)))
        #expect(outcome.cases.map(\.passes) == [true, false, true, true, false])
        #expect(!outcome.passes)
        #expect(throws: RuleProblem(file: "e.json", line: 2, reason: #"not JSON: "x" where a value should be"#)) {
            try RuleTest.run(rules: ("r.yml", rule), events: ("e.json", Array("{\"match\":\n x}".utf8)))
        }
        let correlated =
            "\(rule)\nname: base\n---\ntitle: many\nid: r2\ncorrelation: {type: event_count, rules: [base], timespan: 1m, condition: {gte: 2}}"
        let times =
            #"{"match":[{"a":"x","eventTime":"2024-01-01T00:00:00Z"},{"a":"x","eventTime":"2024-01-01T00:01:00Z"}],"ignore":[[{"a":"x","eventTime":"2024-01-01T00:00:00Z"}]]}"#
        let together = try RuleTest.run(rules: ("r.yml", correlated), events: ("r.events.json", Array(times.utf8)))
        #expect(together.cases.map(\.alerts) == [["r2"], []])
        #expect(together.passes)
    }
}
