import Basics
import LogReaders
import Sigma
import Testing

/// What rules of one file or of several say of each other.
@Suite struct SigmaReferenceTests {
    private typealias File = (name: String, text: String)

    /// A rule that matches where `k` is its letter.
    private static func rule(_ letter: String, name: String? = nil, id: String? = nil, more: String = "") -> String {
        "title: rule \(letter)\n" + (name.map { "name: \($0)\n" } ?? "") + (id.map { "id: \($0)\n" } ?? "") + more
            + "logsource: {product: aws, service: cloudtrail}\ndetection: {sel: {k: \(letter)}, condition: sel}\n"
    }

    private static func count(_ name: String, _ rules: String, _ more: String = "", least: Int = 2) -> String {
        "title: \(name)\nname: \(name)\ncorrelation:\n  type: event_count\n  rules: [\(rules)]\n  timespan: 1m\n  condition: {gte: \(least)}\n\(more)"
    }

    private static func filter(_ rules: String) -> String {
        "title: f\nlogsource: {product: aws}\nfilter:\n  rules: \(rules)\n  selection: {user: bob}\n  condition: not selection\n"
    }

    /// The identifiers of what alerts on events as `SigmaCorrelationTests` writes them.
    private static func alerts(_ collection: RuleCollection, _ events: String) throws -> [String] {
        RuleTest.alerts(RuleSet(collection, for: .cloudTrail), try SigmaCorrelationTests.records(events))
    }

    // MARK: Names in several files

    @Test func aNameMeansTheRuleOfTheSameFile() throws {
        let files: [File] = [
            ("one.yml", Self.rule("a", name: "base") + "---\n" + Self.count("first", "base")),
            ("two.yml", Self.rule("b", name: "base") + "---\n" + Self.count("second", "base")),
        ]
        for files in [files, files.reversed()] {
            let collection = RuleCollection(parsing: files)
            #expect(collection.problems == [])
            #expect(try Self.alerts(collection, "0a 1a") == ["first"])
            #expect(try Self.alerts(collection, "0b 1b") == ["second"])
        }
    }

    @Test func aNameMeansTheUsersRuleBeforeABuiltInOne() throws {
        let builtIn: [File] = [("in.yml", Self.rule("a", name: "base") + "---\n" + Self.count("inner", "base"))]
        let collection = RuleCollection(
            parsing: [("base.yml", Self.rule("b", name: "base")), ("count.yml", Self.count("own", "base"))],
            beside: builtIn)
        #expect(collection.problems == [])
        #expect(try Self.alerts(collection, "0a 1a") == ["inner"])
        #expect(try Self.alerts(collection, "0b 1b") == ["own"])
        // What only the built-in rules have is meant too.
        let other = RuleCollection(parsing: [("count.yml", Self.count("own", "base"))], beside: builtIn)
        #expect(try Self.alerts(other, "0a 1a") == ["inner", "own"])
    }

    @Test func aNameThatTwoOtherFilesHaveIsAnError() throws {
        let collection = RuleCollection(parsing: [
            ("one.yml", Self.rule("a", name: "base")), ("two.yml", "# A comment.\n" + Self.rule("b", name: "base")),
            ("three.yml", Self.count("sum", "base")), ("four.yml", Self.filter("base")),
        ])
        #expect(
            collection.problems.map(\.description) == [
                "three.yml:5: the correlation refers to base, and 2 rules are called so: one.yml:1, two.yml:2",
                "four.yml:1: the filter f refers to base, and 2 rules are called so: one.yml:1, two.yml:2",
            ])
        // Nobody can say which one was not to alert by itself.
        #expect(try Self.alerts(collection, "0a 1b:bob") == ["base"])
    }

    @Test func aNameThatAFileHasTwiceIsAnError() {
        let text =
            Self.rule("a", name: "base") + "---\n" + Self.rule("b", name: "base") + "---\n" + Self.count("sum", "base")
        let found = problems(text)
        #expect(found == ["f.yml:15: the correlation refers to base, and 2 rules are called so: f.yml:1, f.yml:6"])
    }

    @Test func aCorrelationMayBeCalledLikeTheRuleThatItCounts() throws {
        let text =
            Self.rule("a", name: "same") + "---\n"
            + Self.count("same", "same").replacing("title: same", with: "id: s\ntitle: t")
        let collection = RuleCollection(parsing: [("f.yml", text), ("filter.yml", Self.filter("same"))])
        #expect(collection.problems == [])
        #expect(try Self.alerts(collection, "0a") == [])
        #expect(try Self.alerts(collection, "0a 1a:bob") == [])
        #expect(try Self.alerts(collection, "0a 1a") == ["s"])
        let broken = RuleCollection(parsing: [("f.yml", text.replacing("rules: [same]", with: "rules: [same, nobody]"))]
        )
        #expect(try Self.alerts(broken, "0a 1a") == [])
    }

    // MARK: Ids in several files

    @Test func ofTwoFilesWithOneIdTheFirstRuns() throws {
        let collection = RuleCollection(parsing: [
            ("one.yml", Self.rule("a", id: "AB-1")), ("two.yml", "# A comment.\n" + Self.rule("b", id: "ab-1")),
        ])
        #expect(collection.detections.map(\.about.title) == ["rule a"])
        #expect(
            collection.problems.map(\.description) == [
                "two.yml:2: the rule has the id ab-1 of one.yml:1, and does not run beside it"
            ])
    }

    @Test func aUsersRuleTakesThePlaceOfTheBuiltInOneWithItsId() throws {
        let collection = RuleCollection(
            parsing: [("own.yml", Self.rule("b", name: "base", id: "x"))],
            beside: [("in.yml", Self.rule("a", name: "base", id: "x") + "---\n" + Self.count("inner", "base"))])
        #expect(collection.detections.map(\.about.title) == ["rule b"])
        #expect(collection.problems.map(\.file) == ["in.yml"])
        #expect(try Self.alerts(collection, "0b 1b") == ["inner"])
    }

    @Test func anIdThatDocumentsOfOneFileShareIsNoError() {
        let text = "action: global\nid: x\n---\n" + Self.rule("a") + "---\n" + Self.rule("b")
        let collection = RuleCollection(parsing: [("f.yml", text)])
        #expect(collection.problems == [] && collection.detections.count == 2)
    }

    @Test func theRulesOfARepeatedCorrelationStaySilent() throws {
        let corelated =
            Self.rule("a", name: "base") + "---\n" + Self.count("sum", "base").replacing("name: sum", with: "id: s")
        let collection = RuleCollection(parsing: [("one.yml", corelated), ("two.yml", corelated)])
        #expect(collection.problems.count == 1)
        #expect(try Self.alerts(collection, "0a") == [])
        #expect(try Self.alerts(collection, "0a 1a") == ["s"])
    }

    // MARK: Correlations that cannot be used

    /// What the correlation counts would alert on every event.
    @Test(arguments: [
        "type: dance\nrules: [a]\ntimespan: 1m", "type: event_count\nrules: a\ntimespan: soon",
        "type: event_count\nrules: [a, nobody]\ntimespan: 1m\ncondition: {gte: 2}",
        "type: event_count\nrules: [a]\ntimespan: 1m\ngroup_by: [user]\ncondition: {gte: 2}",
        "type: event_count\nrules: [a, x]\ntimespan: 1m\ncondition: {gte: 2}",
        "type: temporal\ntimespan: never\ncondition: a and not a",
        "type: temporal\nrules: [a]\ntimespan: 1m\naliases: {q: {z: user}}",
    ])
    func itsRulesStaySilent(_ body: String) throws {
        for generates in [false, true] {
            let text = SigmaCorrelationTests.correlation(body) + (generates ? "generate: true\n" : "")
            let collection = RuleCollection(parsing: [("f.yml", text)])
            #expect(collection.problems.count == 1)
            #expect(try Self.alerts(collection, "0a 1b") == (generates ? ["a", "b"] : ["b"]))
        }
    }

    @Test(arguments: [
        ("group_by", "group-by"), ("groupby", "group-by"), ("Rules", "rules"), ("time-span", "timespan"),
        ("alias", "aliases"), ("generates", "generate"),
    ])
    func aKeyThatCorrelationsDoNotHave(_ key: String, _ nearest: String) {
        let found = problems(
            "title: t\ncorrelation:\n  type: event_count\n  rules: [a]\n  timespan: 1m\n  \(key): x\n  condition: {gte: 2}\n---\n"
                + Self.rule("a", name: "a"))
        #expect(found == ["f.yml:6: correlation has no \(key); the nearest key is \(nearest)"])
    }

    @Test(arguments: [
        ("group-by: [who]\naliases:\n  who: {a: user}", "f.yml:24: the alias who has no field for b"),
        (
            "group-by: [user]\naliases:\n  who:\n    a: user\n    z: ip",
            "f.yml:26: the alias who has a field for z, which the correlation does not count"
        ),
        (
            "group-by: [who]\naliases:\n  who: {a: user, b: ip, c: ip}",
            "f.yml:24: the alias who has a field for c, which the correlation does not count"
        ),
    ])
    func whatIsWrongWithAnAlias(_ lines: String, _ problem: String) {
        let found = problems(SigmaCorrelationTests.correlation("type: temporal\nrules: [a, b]\ntimespan: 1m\n\(lines)"))
        #expect(found == [problem])
    }

    @Test func anAliasMayNameItsRulesByTheirIds() throws {
        let text =
            Self.rule("a", name: "a", id: "1") + "---\n" + Self.rule("b", name: "b", id: "2")
            + "---\ntitle: x\nname: x\ncorrelation:\n  type: temporal\n  rules: [a, b]\n  timespan: 1m\n  group-by: [who]\n  aliases: {who: {1: user, 2: ip}}\n"
        let collection = RuleCollection(parsing: [("f.yml", text)])
        #expect(collection.problems == [])
        #expect(try Self.alerts(collection, "0a:u 1b:v:u") == ["x"])
    }

    // MARK: What counts what

    @Test func aFilterForSeveralRules() throws {
        let collection = RuleCollection(parsing: [
            ("rules.yml", ["a", "b", "c"].map { Self.rule($0, name: $0, id: "id-\($0)") }.joined(separator: "---\n")),
            ("filter.yml", Self.filter("[a, ID-B, id-a]")),
        ])
        #expect(collection.problems == [])
        #expect(collection.detections.map(\.filters) == [["f"], ["f"], []])
        #expect(try Self.alerts(collection, "0a:bob 1b:bob 2c:bob 3a:eve") == ["id-a", "id-c"])
    }

    @Test func aFilterOnAnOldAggregationTakesFromWhatItCounts() throws {
        let old =
            "title: old\nname: old\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  sel: {k: a}\n  condition: sel | count() > 1\n  timeframe: 1m\n"
        for target in ["old", "any"] {
            let collection = RuleCollection(parsing: [("old.yml", old), ("filter.yml", Self.filter(target))])
            #expect(collection.problems == [])
            #expect(try Self.alerts(collection, "0a:bob 1a:bob 2a:eve") == [])
            #expect(try Self.alerts(collection, "0a:eve 1a:bob 2a:eve") == ["old"])
        }
    }

    @Test func aFilterForACorrelationIsAnError() {
        let found = problems(
            Self.rule("a", name: "a") + "---\n" + Self.count("sum", "a") + "---\n" + Self.filter("sum"))
        #expect(found.count == 1 && found[0].contains("sum, which is a correlation"), "\(found)")
    }

    @Test func aCorrelationCountsTheAlertsOfAnOldAggregation() throws {
        let text =
            "title: old\nname: old\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  sel: {k: a}\n  condition: sel | count() by user > 1\n  timeframe: 5s\n---\n"
            + Self.count("users", "old")
        let collection = RuleCollection(parsing: [("f.yml", text)])
        #expect(collection.problems == [])
        #expect(try Self.alerts(collection, "0a:bob 1a:bob 2a:eve") == [])
        #expect(try Self.alerts(collection, "0a:bob 1a:bob 2a:eve 3a:eve") == ["users"])
    }

    /// Each correlation says it of the rules that it counts itself.
    @Test(arguments: [
        (false, false, ["outer"]), (true, false, ["a", "outer"]), (false, true, ["inner", "outer"]),
        (true, true, ["a", "inner", "outer"]),
    ])
    func generateInAChain(_ inner: Bool, _ outer: Bool, _ expected: [String]) throws {
        let text =
            Self.rule("a", name: "a") + "---\n" + Self.count("inner", "a", inner ? "generate: true\n" : "") + "---\n"
            + Self.count("outer", "inner", outer ? "generate: true\n" : "", least: 1)
        let collection = RuleCollection(parsing: [("f.yml", text)])
        #expect(collection.problems == [])
        #expect(try Self.alerts(collection, "0a 1a") == expected)
    }

    /// How many users were each guessed at: the last event of each alert has the value.
    @Test func valuesOfACorrelationsAlertsAreCounted() throws {
        let text =
            Self.rule("a", name: "a")
            + "---\ntitle: guessed\nname: guessed\ncorrelation: {type: event_count, rules: [a], group-by: [user], timespan: 10s, condition: {gte: 2}}\n"
            + "---\ntitle: sprayed\nname: sprayed\ncorrelation: {type: value_count, rules: [guessed], group-by: [ip], timespan: 1h, condition: {field: user, gte: 2}}\n"
        let collection = RuleCollection(parsing: [("f.yml", text)])
        #expect(collection.problems == [])
        #expect(try Self.alerts(collection, "0a:bob:1 1a:bob:1 2a:eve:1 3a:eve:1") == ["sprayed"])
        #expect(try Self.alerts(collection, "0a:bob:1 1a:bob:1 50a:bob:1 51a:bob:1") == [])
        #expect(try Self.alerts(collection, "0a:bob:1 1a:bob:1 2a:eve:2 3a:eve:2") == [])
    }

    // MARK: Tests of files that belong together

    private static func outcome(_ files: [File], _ file: String, match: String, ignore: String = "") throws
        -> RuleTest.Outcome
    {
        func list(_ events: String) throws -> String {
            try SigmaCorrelationTests.records(events).map { $0.description }
                .joined(separator: ",")
        }
        let json = "{\"match\":[\(try list(match))],\"ignore\":[\(try list(ignore))]}"
        return try RuleTest.run(
            file: file, of: RuleCollection(parsing: files), events: ("e.json", Array(json.utf8)))
    }

    @Test func aFilesExamplesJudgeItsOwnRules() throws {
        let files: [File] = [
            ("base.yml", Self.rule("a", name: "a")), ("sum.yml", Self.count("sum", "a")),
            ("other.yml", Self.rule("a", id: "o")),
            ("filter.yml", Self.filter("a")),
        ]
        // As if it stood alone, though a correlation counts its rule.
        let base = try Self.outcome(files, "base.yml", match: "0a", ignore: "0b 1a:bob")
        #expect(base.passes && base.cases.map(\.alerts) == [["a"], [], []], "\(base)")
        let sum = try Self.outcome(files, "sum.yml", match: "0a 1a", ignore: "0a 1a:bob")
        #expect(sum.passes && sum.cases.map(\.alerts) == [["sum"], []], "\(sum)")
        let other = try Self.outcome(files, "other.yml", match: "0a:bob", ignore: "0b")
        #expect(other.passes && other.cases.map(\.alerts) == [["o"], []], "\(other)")
        let filtered = try Self.outcome(files, "filter.yml", match: "0a:eve", ignore: "0a:bob")
        #expect(filtered.passes && filtered.cases.map(\.alerts) == [["a"], []], "\(filtered)")
        let collection = RuleCollection(parsing: files)
        #expect(files.map { collection.servesOthers($0.name) } == [true, false, false, true])
    }

    @Test func aFileIsAnsweredForItsOwnProblemsAlone() throws {
        let files: [File] = [("good.yml", Self.rule("a", name: "a")), ("bad.yml", Self.count("sum", "nobody"))]
        #expect(try Self.outcome(files, "good.yml", match: "0a").passes)
        #expect(try Self.outcome(files, "bad.yml", match: "0a").problems.count == 1)
    }
}
