public import Basics
import FoundationEssentials
public import LogReaders
public import Reports
internal import Sigma

/// Runs rule files against their example events: some must alert, some must not.
public struct RulesRun: Sendable {
    /// Rule files, and folders with some at any depth.
    public var files: [String]
    /// The example events of the one rule file; `nil` for those beside each file, in `RULE.events.json`.
    public var events: String?
    /// The log that the events are of, if the rule does not say.
    public var source: LogSource?
    public var configuration: HuntConfiguration

    public init(
        _ files: [String], events: String? = nil, source: LogSource? = nil,
        configuration: HuntConfiguration = HuntConfiguration()
    ) {
        self.files = files
        self.events = events
        self.source = source
        self.configuration = configuration
    }

    public struct Result {
        public var report: RuleTestReport
        public var exitStatus: ExitStatus
    }

    /// - Throws: ``Failure`` if a rule or an example file cannot be read.
    public func run() throws(Failure) -> Result {
        let rules = try read()
        if events != nil, rules.count > 1 {
            throw Failure(
                "--events cannot be used", why: "there are \(rules.count) rule files",
                advice: "put each file's events beside it, as RULE.events.json")
        }
        let collection = RuleCollection(parsing: rules, placeholders: configuration.allPlaceholders)
        var report = RuleTestReport()
        for (name, _) in rules {
            let examples = events ?? Self.examples(beside: name)
            let hasExamples = FileManager.default.fileExists(atPath: examples)
            if !hasExamples, collection.servesOthers(name) { continue }
            guard hasExamples else {
                throw Failure(
                    "\(name) cannot be tested", why: "there is no \(examples)",
                    advice: "write {\"match\": [...], \"ignore\": [...]} there, or name a file with --events")
            }
            report.add(name, try test(name, of: collection, examples))
        }
        return Result(report: report, exitStatus: ExitStatus(found: !report.passes, undetermined: false))
    }

    /// The files, none of which may be unreadable.
    private func read() throws(Failure) -> [(name: String, text: String)] {
        var rules = RuleFiles()
        for file in files { try rules.add(file) }
        if let first = rules.unreadable.first {
            throw Failure("\(first.file) cannot be read", why: first.reason, advice: "mend or remove it")
        }
        return rules.files
    }

    private func test(
        _ name: String, of collection: RuleCollection, _ examples: String
    ) throws(Failure) -> RuleTest.Outcome {
        do throws(RuleProblem) {
            return try RuleTest.run(
                file: name, of: collection, events: (examples, try Self.bytes(examples)), source: source)
        } catch {
            throw Failure("\(name) cannot be tested", why: "\(error)", advice: "mend the file that is named")
        }
    }

    private static func bytes(_ path: String) throws(RuleProblem) -> [UInt8] {
        do throws(Failure) {
            return try InputFile.bytes(path)
        } catch {
            throw RuleProblem(file: path, line: 1, reason: error.why)
        }
    }

    /// `rules/stopped.yml` has its examples in `rules/stopped.events.json`.
    private static func examples(beside name: String) -> String {
        for ending in [".yml", ".yaml"] where name.hasSuffix(ending) {
            return String(name.dropLast(ending.count)) + ".events.json"
        }
        return name + ".events.json"
    }
}
