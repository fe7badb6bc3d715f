import ArgumentParser
import Detection
import FoundationEssentials
import LogReaders
import Reports

/// What one can do with rules apart from hunting by them.
struct Rules: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Test detection rules ('parapet hunt --list-rules' lists them).", subcommands: [TestRules.self])
}

/// Runs rules against example events.
struct TestRules: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run a rule file against example events: some must alert, some must not.",
        discussion: """
            The examples stand beside RULE.yml in RULE.events.json: {"match": [...], "ignore": [...]}. An element is \
            one record, judged by itself, or a list of records, judged together, as correlations need it. Rules may \
            refer to those of any file that is given; each file's examples judge its own.

            Exit codes: 0 all pass · 2 an example fails · 1 a rule or an example file cannot be read.
            """)

    @Argument(help: ArgumentHelp("A rule file, or a folder with some at any depth.", valueName: "file"))
    var files: [String]

    @Option(name: .long, help: ArgumentHelp("The example events of the one rule file.", valueName: "file"))
    var events: String?

    @Option(name: .long, help: "The log that the events are of, where the rule does not say.")
    var source: LogSource?

    @Option(name: .long, help: "A YAML file with what the rules' placeholders stand for.")
    var config: String?

    @Option(name: .long, help: "table or json.")
    var format: Format = .table

    @OptionGroup(title: "Messages") var verbosity: Verbosity

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table
        case json
    }

    func run() throws {
        let configuration = try config.map(SettingsFile.configuration) ?? Configuration()
        let placeholders = BuiltInRules.placeholders.merging(configuration.hunt.placeholders) { _, own in own }
        let rules = try read()
        if events != nil, rules.count > 1 {
            throw CommandFailure(
                "--events cannot be used", why: "there are \(rules.count) rule files",
                advice: "put each file's events beside it, as RULE.events.json")
        }
        let collection = RuleCollection(parsing: rules, placeholders: placeholders)
        var report = RuleTestReport()
        for (name, _) in rules {
            let examples = events ?? Self.examples(beside: name)
            let hasExamples = FileManager.default.fileExists(atPath: examples)
            if !hasExamples, collection.servesOthers(name) { continue }
            guard hasExamples else {
                throw CommandFailure(
                    "\(name) cannot be tested", why: "there is no \(examples)",
                    advice: "write {\"match\": [...], \"ignore\": [...]} there, or name a file with --events")
            }
            report.add(name, try test(name, of: collection, examples))
        }
        switch format {
        case .table:
            let text = Terminal.standardOutput.text(noColor: verbosity.noColor)
            try Terminal.standardOutput.write(report.rendered(text, isVerbose: verbosity.isVerbose))
        case .json: try Terminal.standardOutput.write(Array(try report.json()))
        }
        if !report.passes { throw ExitCode(2) }
    }

    /// The files, none of which may be unreadable.
    private func read() throws(CommandFailure) -> [(name: String, text: String)] {
        var rules = RuleFiles()
        for file in files { try rules.add(file) }
        if let first = rules.unreadable.first {
            throw CommandFailure("\(first.file) cannot be read", why: first.reason, advice: "mend or remove it")
        }
        return rules.files
    }

    private func test(
        _ name: String, of collection: RuleCollection, _ examples: String
    ) throws(CommandFailure) -> RuleTest.Outcome {
        do throws(RuleProblem) {
            return try RuleTest.run(
                file: name, of: collection, events: (examples, try Self.bytes(examples)), source: source)
        } catch {
            throw CommandFailure(
                "\(name) cannot be tested", why: "\(error)", advice: "mend the file that is named")
        }
    }

    private static func bytes(_ path: String) throws(RuleProblem) -> [UInt8] {
        do throws(CommandFailure) {
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
