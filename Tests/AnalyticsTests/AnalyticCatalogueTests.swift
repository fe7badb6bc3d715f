import Analytics
import Basics
import Foundation
import LogReaders
import Testing
import TestSupport

@Suite struct AnalyticCatalogueTests {
    private static let all = LogSource.allCases.flatMap(BuiltInAnalytics.rules)

    /// The texts of the sources in a folder, by their paths.
    private func sources(_ folder: String) throws -> [String] {
        let root = Repository.file("Sources/Analytics/\(folder)")
        let names = try FileManager.default.contentsOfDirectory(atPath: root.path)
        return try names.filter { $0.hasSuffix(".swift") }.map {
            try String(contentsOf: root.appending(path: $0), encoding: .utf8)
        }
    }

    @Test(
        arguments: [
            (LogSource.cloudTrail, ["Keys", "Aggregated"]), (.s3Access, ["Access"]), (.vpcFlow, ["Flows"]),
        ])
    func everyAnalyticIsInTheCatalogueAndNothingElse(source: LogSource, folders: [String]) throws {
        var found: Set<String> = []
        for text in try folders.flatMap(sources) {
            let ids = /"(?:(?:flow|access|key|call|old|login|reactivated|aggregated)(?:-[a-z]+)+)"/
            for match in text.matches(of: ids) { found.insert(String(match.output.dropFirst().dropLast())) }
        }
        // A practice's name looks like an analytic's.
        found.remove("flow-logs")
        #expect(found == Set(BuiltInAnalytics.rules(for: source).map(\.id)))
    }

    /// Programs read them: they are names with units, and stay.
    @Test(arguments: ["Access", "Aggregated", "Flows", "Keys"])
    func namesOfEvidenceAreSnakeCase(folder: String) throws {
        var names: Set<String> = []
        for text in try sources(folder) {
            let member = /\.init\(\s*(?:is[A-Za-z]+ \? "([^"]+)" : )?"([^"]+)",\s*\.[a-z]+[(]/
            for match in text.matches(of: member) {
                names.formUnion([match.output.1, match.output.2].compactMap(\.self).map(String.init))
            }
        }
        #expect(!names.isEmpty)
        for name in names {
            let isNamed = name.replacing("\\(name)", with: "name").wholeMatch(of: /[a-z0-9]+(_[a-z0-9]+)*/) != nil
            #expect(isNamed, "\(name)")
            #expect(!name.contains("refused") && !name.hasSuffix("in_all"), "\(name)")
        }
    }

    @Test func identifiersAreThereOnce() {
        #expect(Set(Self.all.map(\.id)).count == Self.all.count)
        #expect(Self.all.count >= 28)
    }

    @Test(arguments: AnalyticCatalogueTests.all)
    func eachAnalyticSaysWhatItIs(rule: AlertRule) throws {
        #expect(Practice(id: rule.practice) != nil)
        #expect(rule.kind == .analytic)
        #expect(!rule.title.isEmpty && !rule.title.hasSuffix("."))
        #expect(rule.summary.count > 40 && rule.summary.hasSuffix("."))
        #expect(!rule.falsePositives.isEmpty)
        #expect(rule.response.hasSuffix(".") && rule.response.count > 20)
        #expect(!rule.techniques.isEmpty)
        for technique in rule.techniques { #expect(technique.wholeMatch(of: /T[0-9]{4}(\.[0-9]{3})?/) != nil) }
        for page in rule.references { #expect(page.hasPrefix("https://docs.aws.amazon.com/")) }
        #expect(!rule.summary.contains("  ") && !rule.summary.contains("\n"))
    }

    @Test(
        arguments: [
            ("flow-unusual-transfer", "20 MB"), ("flow-port-scan", "25 or more distinct ports"),
            ("access-unusual-reading", "1 GB"), ("key-used-after-silence", "90 days"),
            ("flow-new-peer", "1.5 times in two of three hours"),
        ])
    func summariesHaveTheThresholds(id: String, text: String) throws {
        let rule = try #require(Self.all.first { $0.id == id })
        #expect(rule.summary.contains(text))
    }
}
