public import Basics
import FoundationEssentials
public import LogReaders
public import Reports
internal import Sigma

/// Runs rule files against their example events, each of which must or must not cause an alert.
public struct RulesRun: Sendable {
    /// Rule files, and folders that contain some at any depth.
    public var files: [String]
    /// The file with the example events of the only rule file; `nil` for `RULE.events.json` beside each rule file.
    public var events: String?
    /// The type of log of the events, if the rule does not name it.
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

    /// Tests every file, also after one that cannot be tested; the result is then ``ExitStatus/failed``.
    /// - Throws: ``Failure`` if there is nothing to test.
    public func run() throws(Failure) -> Result {
        var files = RuleFiles()
        for file in self.files { try files.add(file) }
        let rules = files.files
        if rules.isEmpty, let first = files.unreadable.first {
            throw Failure("\(first.file) cannot be read", why: first.reason, advice: "fix or remove it")
        }
        if events != nil, rules.count > 1 {
            throw Failure(
                "--events cannot be used", why: "\(rules.count) rule files were given",
                advice: "store the events of each rule beside it, as RULE.events.json")
        }
        let collection = RuleCollection(parsing: rules, placeholders: configuration.allPlaceholders)
        var report = RuleTestReport()
        var untested = files.unreadable.map {
            RuleProblem(file: $0.file, line: 1, reason: "it cannot be read: \($0.reason)")
        }
        for (name, _) in rules {
            let examples = events ?? Self.examples(beside: name)
            let hasExamples = FileManager.default.fileExists(atPath: examples)
            if !hasExamples, collection.servesOthers(name) { continue }
            do throws(RuleProblem) {
                guard hasExamples else {
                    untested += collection.rules(of: name).problems
                    throw RuleProblem(
                        file: name, line: 1,
                        reason:
                            "\(examples) does not exist: write {\"match\": [...], \"ignore\": [...]} there, or set a file "
                            + "with --events")
                }
                let events = (name: examples, json: try Self.bytes(examples))
                report.add(name, try RuleTest.run(file: name, of: collection, events: events, source: source))
            } catch {
                untested.append(error)
            }
        }
        for (file, problems) in Dictionary(grouping: untested, by: \.file).sorted(by: { $0.key < $1.key }) {
            report.add(file, RuleTest.Outcome(cases: [], problems: problems))
        }
        let isUnderstood = untested.isEmpty && !report.hasProblems
        return Result(
            report: report, exitStatus: isUnderstood ? ExitStatus(found: !report.passes, undetermined: false) : .failed)
    }

    private static func bytes(_ path: String) throws(RuleProblem) -> [UInt8] {
        do throws(Failure) {
            return try InputFile.bytes(path)
        } catch {
            throw RuleProblem(file: path, line: 1, reason: error.why)
        }
    }

    /// Returns the name of the file with a rule's examples: `rules/stopped.events.json` for `rules/stopped.yml`.
    private static func examples(beside name: String) -> String {
        for ending in [".yml", ".yaml"] where name.hasSuffix(ending) {
            return String(name.dropLast(ending.count)) + ".events.json"
        }
        return name + ".events.json"
    }
}
