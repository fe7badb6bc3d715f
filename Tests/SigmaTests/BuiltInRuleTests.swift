import Foundation
import LogReaders
import RuleTree
import Testing
import TestSupport
@testable import Sigma

@Suite struct BuiltInRuleTests {
    private static let names = BuiltInRules.files.map(\.name)
    private static let all = RuleCollection(parsing: BuiltInRules.files, placeholders: BuiltInRules.placeholders)
    private static let everyRule = RuleSet(all, for: .cloudTrail)
    private static let folders = Set(names.map { String($0.prefix { $0 != "/" }) }).sorted()

    @Test func everyRuleIsUnderstood() {
        #expect(Self.all.problems == [])
        #expect(Self.everyRule.problems == [])
        #expect(Self.everyRule.detections.count == Self.all.detections.count)
        #expect(Self.everyRule.correlations.count == Self.all.correlations.count)
    }

    @Test func aHuntInAnotherLogNeedsNone() {
        for source in [LogSource.s3Access, .vpcFlow] {
            #expect(RuleSet(Self.all, for: source).detections == [])
            #expect(BuiltInRules.files(for: source).isEmpty)
        }
        #expect(BuiltInRules.files(for: .cloudTrail).map(\.name) == Self.names)
    }

    @Test func everyFileIsInTheBinary() throws {
        let folder = Repository.file("Sources/Sigma/Rules")
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yml") }
        #expect(files.sorted() == Self.names)
        for (name, text) in BuiltInRules.files {
            let file = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            #expect(text == file, "\(name)")
        }
    }

    /// The plugin makes the compact form; it says what the files say, with the lines of every node.
    @Test func theCompactFormIsWhatTheFilesSay() throws {
        let folder = Repository.file("Sources/Sigma/Rules")
        for name in Self.names {
            let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            let parsed = try RuleNode.documents(inYAML: text).map { try $0.get() }
            let embedded = try #require(BuiltInRules.documents(of: name, text), "\(name)")
            #expect(RuleNode.compact(embedded) == RuleNode.compact(parsed), "\(name)")
            #expect(BuiltInRules.documents(of: name, text + "\n") == nil, "a changed file is another one")
        }
    }

    /// Texts that are no compact form are none, and stop nobody.
    @Test func garbageIsNoCompactForm() throws {
        let good = RuleNode.compact(
            try RuleNode.documents(inYAML: "a: [1, 'b', {c: d}]\ne: ~\n---\nf: |\n  text\n").map { try $0.get() })
        #expect(RuleNode.documents(inCompact: good)?.count == 2)
        let bytes = Array(good.utf8)
        let ends = (0..<bytes.count).filter {
            RuleNode.documents(inCompact: String(decoding: bytes[..<$0], as: UTF8.self)) != nil
        }
        #expect(ends.count == 2, "nothing, and the first document")
        for place in bytes.indices {
            for byte in [UInt8(ascii: "9"), UInt8(ascii: "m"), UInt8(ascii: ":"), 0, 255] {
                var changed = bytes
                changed[place] = byte
                _ = RuleNode.documents(inCompact: String(decoding: changed, as: UTF8.self))
            }
        }
        #expect(RuleNode.documents(inCompact: String(repeating: "1s1:", count: 100_000)) == nil)
        #expect(RuleNode.documents(inCompact: "1s999999999:") == nil)
    }

    @Test func everyPracticeHasFiveRules() {
        #expect(Self.folders.count == 10)
        for folder in Self.folders {
            let files = Self.names.filter { $0.hasPrefix(folder + "/") }
            #expect(files.count >= 5, "\(folder)")
        }
    }

    @Test func identifiersAndNamesAreUnique() {
        let rules = Self.all.detections.map(\.about) + Self.all.correlations.map(\.about)
        let ids = rules.map(\.identifier)
        #expect(Set(ids).count == ids.count)
        #expect(Set(rules.map(\.title)).count == rules.count)
        let names = rules.compactMap(\.name)
        #expect(Set(names).count == names.count)
        for id in ids {
            #expect(
                id.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil, "\(id)"
            )
        }
    }

    @Test func everyRuleSaysWhatItIsFor() {
        for rule in Self.all.detections.map(\.about) + Self.all.correlations.map(\.about) {
            #expect(rule.practices == [practice(of: rule.file)], "\(rule.file)")
            #expect(!rule.techniques.isEmpty, "\(rule.file)")
            #expect(rule.tags.contains { $0.hasPrefix("attack.") && !$0.hasPrefix("attack.t") }, "\(rule.file)")
            #expect(rule.level != nil && rule.description?.isEmpty == false && rule.author == "Parapet", "\(rule.file)")
            #expect(!rule.falsePositives.isEmpty && !rule.references.isEmpty, "\(rule.file)")
            #expect(rule.references.allSatisfy { $0.hasPrefix("https://docs.aws.amazon.com/") }, "\(rule.file)")
        }
    }

    /// Steps of correlations do not alert, so there is nothing to do about them.
    @Test func everyRuleThatAlertsSaysWhatToDo() {
        let all = Self.all
        let alerting =
            all.detections.indices.filter { all.detectionAlerts[$0] }.map { all.detections[$0].about }
            + all.correlations.indices.filter { all.correlationAlerts[$0] }.map { all.correlations[$0].about }
        #expect(alerting.count > 150)
        for rule in alerting {
            #expect(
                (20...180).contains(rule.response?.count ?? 0) && rule.response?.hasSuffix(".") == true, "\(rule.file)")
        }
    }

    /// A caller chooses its user agent: a rule that leaves events out by it tells an attacker how to hide.
    @Test func noRuleTrustsTheUserAgent() {
        let files = BuiltInRules.files.filter { $0.text.contains("userAgent") }.map(\.name)
        #expect(
            files == [
                "Permissions/attack-tool-used.yml", "Permissions/instance-credentials-desktop.yml",
                "Permissions/instance-credentials-two-systems.yml",
            ])
    }

    /// What no rule can match is rejected before it is read whole: one rule without a literal would cost as much as all
    /// the others together.
    @Test func everyRuleLeavesMostRecordsOut() {
        #expect(Self.everyRule.unindexed.map { Self.all.detections[$0].about.title } == [])
        #expect(Self.everyRule.filters?.isEmpty == false)
    }

    @Test(arguments: names)
    func ruleMatchesItsExamplesAndNoNearMiss(file: String) throws {
        let text = try #require(BuiltInRules.files.first { $0.name == file })
        let set = RuleSet(RuleCollection(parsing: [text], placeholders: BuiltInRules.placeholders), for: .cloudTrail)
        let id = try #require(identifier(of: file))
        let examples = try RuleExamples(of: file)
        #expect(examples.matching.count >= (set.correlations.isEmpty ? 2 : 1))
        #expect(examples.ignored.count >= 3)
        for (number, records) in examples.matching.enumerated() {
            #expect(Verdict(of: set, on: records).rules == [id], "example \(number + 1)")
        }
        for (number, records) in examples.ignored.enumerated() {
            #expect(Verdict(of: set, on: records).rules.isEmpty, "near miss \(number + 1)")
        }
    }

    /// As `parapet rules test` does it.
    @Test(arguments: names)
    func ruleTestPasses(file: String) throws {
        let text = try #require(BuiltInRules.files.first { $0.name == file })
        let path = "Sources/Sigma/Rules/" + file.dropLast(4) + ".events.json"
        let json = try [UInt8](Data(contentsOf: Repository.file(path)))
        let outcome = try RuleTest.run(
            rules: text, events: (path, json), placeholders: BuiltInRules.placeholders)
        #expect(outcome.passes, "\(outcome)")
    }

    /// The index over all rules finds each of them.
    @Test(arguments: names)
    func ruleMatchesAmongAllOthers(file: String) throws {
        let id = try #require(identifier(of: file))
        let examples = try RuleExamples(of: file)
        for (number, records) in examples.matching.enumerated() {
            #expect(Verdict(of: Self.everyRule, on: records).rules.contains(id), "example \(number + 1)")
        }
        for (number, records) in examples.ignored.enumerated() {
            #expect(!Verdict(of: Self.everyRule, on: records).rules.contains(id), "near miss \(number + 1)")
        }
    }

    /// What a person does in the console bears the console's name in older records, or that of AWS's inside with the
    /// person's address: "StartLogging" in the AWS CloudTrail User Guide.
    @Test(arguments: names, ["signin.amazonaws.com", "AWS Internal"])
    func whoCallsThroughTheConsoleIsNoService(file: String, service: String) throws {
        try expectMatches(of: file) { record in
            guard var identity = record["userIdentity"] as? [String: Any], let type = identity["type"] as? String,
                ["AssumedRole", "FederatedUser", "IAMUser", "Root"].contains(type)
            else { return }
            identity["invokedBy"] = service
            record["userIdentity"] = identity
        }
    }

    /// As `json.dumps` writes what exports hold as text.
    @Test(arguments: names)
    func parametersAsTextMayHaveSpaces(file: String) throws {
        try expectMatches(of: file) { record in
            for name in ["additionalEventData", "requestParameters", "responseElements"] {
                guard let value = record[name] as? [String: Any] else { continue }
                record[name] = String(
                    decoding: try JSONSerialization.data(
                        withJSONObject: value, options: [.prettyPrinted, .withoutEscapingSlashes]), as: UTF8.self)
            }
        }
    }

    /// A VPC endpoint records the same call as the service does.
    @Test(arguments: BuiltInRules.files.filter { !$0.text.contains("eventCategory") }.map(\.name))
    func theRecordOfAnEndpointDoesNotCount(file: String) throws {
        try expectMatches(of: file, [false]) { record in
            record["eventCategory"] = "NetworkActivity"
            record["eventType"] = record["eventType"] ?? "AwsVpceEvent"
        }
    }

    /// Expects that a rule matches its examples after a change of each record.
    private func expectMatches(
        of file: String, _ expected: Set<Bool> = [true], _ change: (inout [String: Any]) throws -> Void
    ) throws {
        let text = try #require(BuiltInRules.files.first { $0.name == file })
        let set = RuleSet(RuleCollection(parsing: [text], placeholders: BuiltInRules.placeholders), for: .cloudTrail)
        for (number, records) in try RuleExamples(of: file).matching.enumerated() {
            let changed = try records.map { text in
                var record = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
                try change(&record)
                let data = try JSONSerialization.data(withJSONObject: record, options: .withoutEscapingSlashes)
                return String(decoding: data, as: UTF8.self)
            }
            #expect(expected == [!Verdict(of: set, on: changed).rules.isEmpty], "example \(number + 1)")
        }
    }

    @Test func awsKnowsTheNamesThatRulesLookFor() async throws {
        let outcome = try await Subprocess.python("Tests/Support/python/rule_names.py", [])
        #expect(outcome.status == 0, "\(outcome.standardError)")
        #expect(outcome.standardOutput.isEmpty, "\(outcome.standardOutput)")
    }

    @Test func configuredBucketsAreLogBuckets() throws {
        let file = "TrailProtection/log-bucket-deleted.yml"
        let text = try #require(BuiltInRules.files.first { $0.name == file })
        let record = #"""
            {"eventVersion": "1.10", "eventTime": "2026-10-05T09:14:27Z", "eventSource": "s3.amazonaws.com",
            "eventName": "DeleteBucket", "requestParameters": {"bucketName": "acme-evidence"}}
            """#
        for (buckets, alerts) in [([], false), (["acme-evidence"], true), (["acme-other"], false)] {
            let placeholders = BuiltInRules.placeholders.merging(["trail_buckets": buckets]) { $1 }
            let set = RuleSet(RuleCollection(parsing: [text], placeholders: placeholders), for: .cloudTrail)
            #expect(Verdict(of: set, on: [record]).rules.isEmpty != alerts, "\(buckets)")
        }
    }

    private func identifier(of file: String) -> String? {
        let rules = Self.all.correlations.map(\.about) + Self.all.detections.map(\.about)
        return rules.first { $0.file == file }?.identifier
    }

    /// `AuditTrail/trail-stopped.yml` → `audit-trail`
    private func practice(of file: String) -> String {
        file.prefix { $0 != "/" }.reduce(into: "") { name, letter in
            if letter.isUppercase, !name.isEmpty { name += "-" }
            name += letter.lowercased()
        }
    }
}
