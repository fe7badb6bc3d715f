import Foundation
import Testing
import TestSupport

/// Rules on the command line: chosen, listed, explained, tested.
@Suite(.timeLimit(.minutes(10))) struct RuleCommandTests {
    private static let good = """
        title: A trail is described
        id: 6a9f3f0e-0d0e-4ad1-9a5d-0d9a3c2f1b10
        logsource: {product: aws, service: cloudtrail}
        detection: {s: {eventName: DescribeTrails}, condition: s}
        level: low
        """

    @Test func badRulesAreNamedAtTheEndAndTheRestRuns() async throws {
        let folder = try LogsFolder()
        try folder.write("rules/good.yml", Self.good)
        try folder.write(
            "rules/bad.yml", "title: Bad\nlogsource: {product: aws}\ndetection:\n  s: {a|lorem: b}\n  condition: s\n")
        let log = try folder.write("a.json.gz", Trail.file([Trail.record("e-1", "DescribeTrails")]))
        let (outcome, document) = try await HuntCommand.cloudTrail(log, ["--rules", folder.path("rules")])
        #expect(outcome.status == 2)
        #expect(document.alerts.map(\.title) == ["A trail is described"])
        #expect(outcome.standardError.contains("bad.yml:"))
        #expect(document.doubts.contains { $0.contains("1 rule could not be parsed") })

        let silent = try folder.write("b.json.gz", Trail.file([Trail.record("e-1", "GetTrail")]))
        #expect(try await HuntCommand.cloudTrail(silent, ["--rules", folder.path("rules")]).0.status == 3)
    }

    @Test func aFileThatCannotBeReadDoesNotStopTheOthers() async throws {
        let folder = try LogsFolder()
        try folder.write("rules/a.yml", Self.good)
        try folder.write("rules/b.yml", [0x74, 0xFF, 0xFE])
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("rules/d.yml"), withDestinationPath: folder.path("nowhere.yml"))
        let log = try folder.write("a.json.gz", Trail.file([Trail.record("e-1", "DescribeTrails")]))
        let (outcome, document) = try await HuntCommand.cloudTrail(log, ["--rules", folder.path("rules")])
        #expect(outcome.status == 2)
        #expect(document.alerts.map(\.title) == ["A trail is described"])
        for name in [
            "b.yml:1: the file cannot be read: it is not UTF-8",
            "d.yml:1: the file cannot be read: the file does not exist",
        ] {
            #expect(outcome.standardError.contains(name), "\(outcome.standardError)")
        }
        let silent = try folder.write("b.json.gz", Trail.file([Trail.record("e-1", "GetTrail")]))
        #expect(try await HuntCommand.cloudTrail(silent, ["--rules", folder.path("rules")]).0.status == 3)
        // Whoever names a file means it.
        for name in ["rules/b.yml", "rules/d.yml"] {
            let named = try await HuntCommand.run(
                ["hunt", "--source", "cloudtrail", "--logs", log, "--rules", folder.path(name)])
            #expect(named.status == 1)
            #expect(named.standardError.contains("\(name) cannot be read"), "\(named.standardError)")
        }
    }

    @Test func aFolderIsSearchedWhateverItsName() async throws {
        let folder = try LogsFolder()
        try folder.write("rules/c.yml/good.yml", Self.good)
        let log = try folder.write("a.json.gz", Trail.file([Trail.record("e-1", "DescribeTrails")]))
        let (outcome, document) = try await HuntCommand.cloudTrail(log, ["--rules", folder.path("rules")])
        #expect(outcome.status == 2 && outcome.standardError.isEmpty, "\(outcome.standardError)")
        #expect(document.alerts.count == 1)
    }

    private static let counted = """
        title: Described
        name: new-user
        logsource: {product: aws, service: cloudtrail}
        detection: {s: {eventName: DescribeTrails}, condition: s}
        ---
        title: Described twice
        id: 0c0f4d6e-5b1a-4d2e-8f57-2d0a3b1c4e5f
        correlation: {type: event_count, rules: [new-user], timespan: 1h, condition: {gte: 2}}
        """

    /// A built-in rule is called so too.
    @Test(arguments: [[], ["--built-in"]])
    func aCorrelationCountsTheRuleOfItsOwnFile(_ more: [String]) async throws {
        let folder = try LogsFolder()
        let rules = try folder.write("r.yml", Self.counted)
        let log = try folder.write(
            "a.json.gz", Trail.file([Trail.record("e-1", "DescribeTrails"), Trail.record("e-2", "DescribeTrails")]))
        let (_, document) = try await HuntCommand.cloudTrail(log, ["--rules", rules] + more)
        #expect(document.alerts.map(\.title) == ["Described twice"])
        let created = try folder.write(
            "b.json.gz",
            Trail.file(["e-1", "e-2"].map { Trail.record($0, "CreateUser", source: "iam.amazonaws.com") }))
        #expect(
            try await HuntCommand.cloudTrail(created, ["--rules", rules] + more).1.alerts
                .allSatisfy { $0.title != "Described twice" })
    }

    @Test func anEventThatTwoTrailsDeliverCountsOnce() async throws {
        let folder = try LogsFolder()
        let rules = try folder.write("r.yml", Self.counted)
        for name in ["logs/one.json.gz", "logs/two.json.gz"] {
            try folder.write(name, Trail.file([Trail.record("e-1", "DescribeTrails")]))
        }
        let (outcome, document) = try await HuntCommand.cloudTrail(folder.path("logs"), ["--rules", rules])
        #expect(outcome.status == 0 && document.alerts.isEmpty)
        try folder.write("logs/three.json.gz", Trail.file([Trail.record("e-2", "DescribeTrails")]))
        #expect(try await HuntCommand.cloudTrail(folder.path("logs"), ["--rules", rules]).1.alerts.count == 1)
    }

    @Test func theRulesOfACorrelationThatIsNotUnderstoodStaySilent() async throws {
        let folder = try LogsFolder()
        let log = try folder.write("a.json.gz", Trail.file([Trail.record("e-1", "DescribeTrails")]))
        try folder.write("rules/r.yml", Self.counted.replacing("event_count", with: "event_cuont"))
        let alone = try await HuntCommand.run(
            ["hunt", "--source", "cloudtrail", "--logs", log, "--rules", folder.path("rules")])
        #expect(alone.status == 1)
        #expect(
            alone.standardError.hasPrefix("error: none of the rules is valid: ")
                && alone.standardError.contains("event_cuont"), "\(alone.standardError)")
        try folder.write("rules/s.yml", Self.good.replacing("DescribeTrails", with: "GetTrail"))
        let (outcome, document) = try await HuntCommand.cloudTrail(log, ["--rules", folder.path("rules")])
        #expect(outcome.status == 3 && document.alerts.isEmpty)
    }

    @Test func onlyBadRulesAreAnError() async throws {
        let folder = try LogsFolder()
        let rules = try folder.write("bad.yml", "title: Bad\n")
        let outcome = try await HuntCommand.run(["hunt", "--source", "cloudtrail", "--logs", rules, "--rules", rules])
        #expect(outcome.status == 1)
        #expect(outcome.standardError.hasPrefix("error: none of the rules is valid: "))
    }

    @Test func rulesForAnotherLogAreAnError() async throws {
        let folder = try LogsFolder()
        let rules = try folder.write("good.yml", Self.good)
        let outcome = try await HuntCommand.run(["hunt", "--source", "vpc-flow", "--logs", rules, "--rules", rules])
        #expect(outcome.status == 1)
        #expect(outcome.standardError.contains("none of the 1 rules is for vpc-flow"))
    }

    @Test func ownRulesReplaceTheBuiltInOnesUnlessThoseAreAskedFor() async throws {
        let folder = try LogsFolder()
        let rules = try folder.write("good.yml", Self.good)
        let log = try folder.write("a.json.gz", Trail.file([Trail.record("e-1", "StopLogging")]))
        #expect(try await HuntCommand.cloudTrail(log, ["--rules", rules]).1.alerts.isEmpty)
        #expect(try await HuntCommand.cloudTrail(log, ["--rules", rules, "--built-in"]).1.alerts.count == 1)
    }

    @Test func everyRuleAndAnalyticIsListed() async throws {
        let outcome = try await HuntCommand.run(["hunt", "--list-rules", "--format", "json"])
        #expect(outcome.status == 0, "\(outcome.standardError)")
        struct Entry: Decodable {
            var id: String
            var kind: String
            var practice: String
            var summary: String
        }
        let entries = try JSONDecoder().decode([Entry].self, from: Data(outcome.standardOutput.utf8))
        #expect(entries.count { $0.kind == "rule" } >= 100)
        #expect(entries.contains { $0.id == "flow-unusual-transfer" })
        #expect(entries.contains { $0.id == "key-used-after-silence" })
        #expect(entries.allSatisfy { !$0.practice.isEmpty && !$0.summary.isEmpty })
        let table = try await HuntCommand.run(["hunt", "--list-rules", "--format", "table", "--source", "vpc-flow"])
        #expect(table.standardOutput.contains("flow-port-scan"))
        #expect(!table.standardOutput.contains("CloudTrail logging stopped"))
        #expect(table.standardOutput.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test(arguments: [Trail.stopped, "CloudTrail logging stopped", "flow-port-scan"])
    func aRuleIsExplained(_ name: String) async throws {
        let outcome = try await HuntCommand.run(["hunt", "--explain-rule", name, "--format", "table"])
        #expect(outcome.status == 0, "\(outcome.standardError)")
        #expect(outcome.standardOutput.contains("Description"))
        #expect(outcome.standardOutput.contains("practice "))
    }

    @Test func aTypoInARulesNameIsToldWhatWasMeant() async throws {
        let outcome = try await HuntCommand.run(["hunt", "--explain-rule", "flow-port-scam"])
        #expect(outcome.status == 1)
        #expect(outcome.standardError.contains("did you mean flow-port-scan?"))
    }

    // MARK: rules test

    private func tested(_ events: String, rule: String = good) async throws -> Subprocess.Outcome {
        let folder = try LogsFolder()
        let file = try folder.write("r.yml", rule)
        try folder.write("r.events.json", events)
        return try await HuntCommand.run(["rules", "test", file])
    }

    @Test func aRuleIsTestedAgainstItsExamples() async throws {
        let passing = try await tested(
            #"{"match":[{"eventName":"DescribeTrails"}],"ignore":[{"eventName":"GetTrail"}]}"#)
        #expect(passing.status == 0, "\(passing.standardError)")
        #expect(passing.standardOutput.contains("2 examples passed"))
        let failing = try await tested(
            #"{"match":[{"eventName":"GetTrail"}],"ignore":[{"eventName":"DescribeTrails"}]}"#)
        #expect(failing.status == 2)
        #expect(failing.standardOutput.contains("match[0]: no alert, expected one"))
        #expect(failing.standardOutput.contains("ignore[0]: an alert of"))
    }

    @Test(arguments: [("{}", 2), ("lorem", 1), (#"{"match": 1}"#, 1), (#"{"match": [1]}"#, 1), ("", 1)])
    func examplesThatProveNothingDoNotPass(_ events: String, _ status: Int32) async throws {
        #expect(try await tested(events).status == status)
    }

    @Test func aRuleThatIsNotUnderstoodDoesNotPass() async throws {
        let outcome = try await tested(
            #"{"ignore":[{"eventName":"x"}]}"#,
            rule:
                "title: Bad\nlogsource: {product: aws, service: cloudtrail}\ndetection: {s: {a|lorem: b}, condition: s}\n"
        )
        #expect(outcome.status != 0)
        #expect((outcome.standardOutput + outcome.standardError).contains("lorem"))
    }

    /// With or without examples, and whatever else is wrong with the same rule.
    @Test(arguments: [true, false])
    func allMistakesOfAFileAreReported(hasExamples: Bool) async throws {
        let folder = try LogsFolder()
        let file = try folder.write(
            "r.yml",
            """
            title: A
            logsource: {product: aws, service: cloudtrail}
            detection: {s: {eventName|bogus: X}, condition: s and missing}
            level: wrong
            ---
            title: B
            detection: {s: {eventName: X}, condition: s}
            ---
            title: C
            correlation: {type: event_count, rules: [nobody], timespan: 1h, condition: {gte: 2}}
            """)
        if hasExamples { try folder.write("r.events.json", #"{"match":[{"eventName":"X"}]}"#) }
        let outcome = try await HuntCommand.run(["rules", "test", file, "--format", "json"])
        #expect(outcome.status == 1)
        for text in ["bogus", "speaks of missing", "level wrong", "no logsource", "refers to nobody"] {
            #expect(outcome.standardOutput.contains(text), "\(text): \(outcome.standardOutput)")
        }
        #expect(outcome.standardOutput.contains("does not exist: write") != hasExamples)
    }

    /// The rules say which log they are for; that of the events is not asked for.
    @Test(arguments: [
        ("s3_access", "operation: REST.GET.OBJECT"), ("vpcflow", "dstport: 22"), ("cloudtrail", "eventName: X"),
    ])
    func theLogTypeFollowsFromTheRule(service: String, condition: String) async throws {
        let (field, value) = (condition.split(separator: ":")[0], condition.split(separator: " ")[1])
        let outcome = try await tested(
            "{\"match\":[{\"\(field)\":\"\(value)\"}],\"ignore\":[{\"\(field)\":\"y\"}]}",
            rule:
                "title: T\nlogsource: {product: aws, service: \(service)}\ndetection: {s: {\(condition)}, condition: s}\n"
        )
        #expect(outcome.status == 0, "\(outcome.standardOutput)\(outcome.standardError)")
    }

    @Test func rulesInSeveralFilesAreTestedTogether() async throws {
        let folder = try LogsFolder()
        let parts = Self.counted.components(separatedBy: "---\n")
        let base = try folder.write("rules/base.yml", parts[0])
        let sum = try folder.write("rules/sum.yml", parts[1])
        let filter = try folder.write(
            "rules/filter.yml",
            "title: f\nlogsource: {product: aws}\nfilter: {rules: [new-user], s: {awsRegion: x}, condition: not s}\n")
        func event(_ second: Int, _ region: String) -> String {
            #"{"eventTime":"2026-03-01T10:00:0\#(second)Z","eventName":"DescribeTrails","awsRegion":"\#(region)"}"#
        }
        try folder.write(
            "rules/sum.events.json",
            "{\"match\":[[\(event(1, "y")),\(event(2, "y"))]],\"ignore\":[[\(event(1, "y")),\(event(2, "x"))]]}")
        for files in [[folder.path("rules")], [sum, filter, base]] {
            let outcome = try await HuntCommand.run(["rules", "test"] + files)
            #expect(outcome.status == 0, "\(outcome.standardError)\(outcome.standardOutput)")
            #expect(outcome.standardOutput.contains("1 rule file · 2 examples passed"), "\(outcome.standardOutput)")
        }
        // Alone it speaks of a rule that is not there.
        let alone = try await HuntCommand.run(["rules", "test", sum])
        #expect(alone.status == 1 && alone.standardOutput.contains("refers to new-user"))
        // A rule that nothing counts needs examples.
        #expect(try await HuntCommand.run(["rules", "test", base]).status == 1)
        try folder.write("rules/base.events.json", "{\"match\":[\(event(1, "y"))],\"ignore\":[\(event(1, "x"))]}")
        let all = try await HuntCommand.run(["rules", "test", folder.path("rules")])
        #expect(all.status == 0 && all.standardOutput.contains("2 rule files · 4 examples passed"))
    }

    @Test func everyFileIsTestedAlsoBehindOneThatCannotBe() async throws {
        let folder = try LogsFolder()
        try folder.write("rules/a.yml", Self.good)
        try folder.write("rules/b.yml", Self.good.replacing("1b10", with: "1b11"))
        try folder.write("rules/c.yml", Self.good.replacing("1b10", with: "1b12"))
        try folder.write("rules/b.events.json", #"{"macth":[{"eventName":"DescribeTrails"}]}"#)
        try folder.write("rules/c.events.json", #"{"match":[{"eventName":"DescribeTrails"}]}"#)
        let outcome = try await HuntCommand.run(["rules", "test", folder.path("rules")])
        #expect(outcome.status == 1, "\(outcome.standardError)")
        for text in ["a.events.json", "macth", "match and ignore", "✓ "] {
            #expect(outcome.standardOutput.contains(text), "\(outcome.standardOutput)")
        }
    }

    /// Public rules say the success of a call by an error code that is null, and CloudTrail leaves it out.
    @Test func aRuleForSuccessfulCallsMatchesThem() async throws {
        let folder = try LogsFolder()
        let rule = try folder.write(
            "r.yml", Self.good.replacing("eventName: DescribeTrails", with: "eventName: StopLogging, errorCode: null"))
        let log = try folder.write(
            "a.json.gz",
            Trail.file([
                Trail.record("e-1", "StopLogging"),
                Trail.record("e-2", "StopLogging", more: #","errorCode":"AccessDenied""#),
                Trail.record("e-3", "StopLogging", more: #","errorCode":null"#),
            ]))
        let (_, document) = try await HuntCommand.cloudTrail(log, ["--rules", rule])
        #expect(document.alerts.compactMap(\.event).sorted() == ["e-1", "e-3"])
    }

    @Test(arguments: [
        ("'requestParameters.items[0].x': y", true), ("'requestParameters.items{}.x': y", true),
        ("Image|endswith: y", true),
        ("EventID: 1, eventName: x", true), ("requestParameters.anything.x: y", false), ("Image: null", false),
        ("userIdentity.type: y", false), ("eventContext.tagContext.x: y", false),
        ("requestParameters.items.0.x: y", true), ("userIdentity.username: y", true), ("userIdentity.arn.x: y", true),
        ("tlsDetails.version: y", true), ("userIdentity.sessionContext.attributes.mfaauthenticated: y", true),
        ("tlsDetails.tlsVersion: y", false), ("userIdentity.sessionContext.sessionIssuer.arn: y", false),
        ("userIdentity.sessionContext.webIdFederationData.attributes.x: y", false),
        ("requestParameters.tags.123456789012: y", false), ("userIdentity.username: null", false),
    ])
    func aRuleThatCanNeverMatchIsToldOf(_ search: String, _ isTold: Bool) async throws {
        let folder = try LogsFolder()
        let rule = try folder.write("r.yml", Self.good.replacing("eventName: DescribeTrails", with: search))
        let log = try folder.write("a.json.gz", Trail.file([Trail.record("e-1", "GetTrail")]))
        let (_, document) = try await HuntCommand.cloudTrail(log, ["--rules", rule])
        #expect(document.doubts.contains { $0.contains("can never match") } == isTold, "\(document.doubts)")
    }

    @Test(arguments: [("foo", true), ("userIdentity.username", true), ("userIdentity.arn", false)])
    func aCorrelationThatCanNeverMatchIsToldOf(group: String, isTold: Bool) async throws {
        let folder = try LogsFolder()
        let correlation = """
            title: Many trails are described
            correlation:
              type: event_count
              rules: [6a9f3f0e-0d0e-4ad1-9a5d-0d9a3c2f1b10]
              group-by: [\(group)]
              timespan: 10m
              condition: {gte: 3}
            """
        let rules = try folder.write("r.yml", Self.good + "\n---\n" + correlation + "\n")
        let log = try folder.write("a.json.gz", Trail.file([Trail.record("e-1", "GetTrail")]))
        let (_, document) = try await HuntCommand.cloudTrail(log, ["--rules", rules])
        #expect(document.doubts.contains { $0.contains("can never match") } == isTold, "\(document.doubts)")
    }

    /// A dot is between names or within one, at any depth.
    @Test(arguments: [
        (#","more":{"a.b":"x"}"#, "more.a.b", true), (#","more":{"a":{"b":"x"}}"#, "more.a.b", true),
        (#","more.a.b":"x""#, "more.a.b", true), (#","more":[{"a.b":"x"}]"#, "more.a.b", true),
        (#","m.n":"x","m":{"n":"y"}"#, "m.n", false), (#","m":{"n":"y"},"m.n":"x""#, "m.n", true),
        (#","m.n":"x","m":{"o":"y"}"#, "m.n", true), (#","m":"y","m":"x""#, "m", true),
        (#","more":"{\"a\":{\"b\":\"x\"}}""#, "more.a.b", true),
        (#","more":"[{\"a\":\"{\\\"b\\\":\\\"x\\\"}\"}]""#, "more.a.b", true),
        (#","more":"{\"a\":{\"b\":\"x\"}""#, "more.a.b", false),
    ])
    func testsAndHuntsFindTheSame(_ more: String, _ field: String, _ matches: Bool) async throws {
        let folder = try LogsFolder()
        let rule = Self.good.replacing("eventName: DescribeTrails", with: "\(field): x")
        let record = Trail.record("e-1", "DescribeTrails", more: more)
        let log = try folder.write("a.json.gz", Trail.file([record]))
        let (_, document) = try await HuntCommand.cloudTrail(log, ["--rules", try folder.write("r.yml", rule)])
        #expect(document.alerts.isEmpty != matches)
        let tested = try await tested("{\"\(matches ? "match" : "ignore")\":[\(record)]}", rule: rule)
        #expect(tested.status == 0, "\(tested.standardOutput)")
    }

    @Test func theBuiltInRulesPassByTheSameCommand() async throws {
        let outcome = try await HuntCommand.run([
            "rules", "test", Repository.file("Sources/Sigma/Rules").path,
        ])
        #expect(outcome.status == 0, "\(outcome.standardOutput.suffix(600))")
    }
}
