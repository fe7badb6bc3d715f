import ArgumentParser
import FoundationEssentials
import LogReaders
import Reports
import Runs

/// What one can do with rules apart from hunting by them.
struct Rules: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Test detection rules ('parapet hunt --list-rules' lists them).", subcommands: [TestRules.self])
}

/// Runs rules against example events.
struct TestRules: Verb {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run a rule file against example events: some must alert, some must not.",
        discussion: """
            The examples stand beside RULE.yml in RULE.events.json: {"match": [...], "ignore": [...]}. An element is \
            one record, judged by itself, or a list of records, judged together, as correlations need it. Rules may \
            refer to those of any file that is given; each file's examples judge its own.

            Every file is tested, also behind one that cannot be.

            Exit codes: 0 all pass · 2 an example fails · 1 a rule or an example file cannot be read.
            """)

    @Argument(help: .value("file", "A rule file, or a folder with some at any depth."))
    var files: [String]

    @Option(help: .value("file", "The example events of the one rule file.")) var events: String?
    @Option(help: "The log that the events are of, where the rule does not say.") var source: LogSource?
    @Option(help: "A YAML file with what the rules' placeholders stand for.") var config: String?
    @Option(help: "table or json.", transform: ArgumentValue.format("rules test", [.table, .json])) var format = Format
        .table

    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func perform() throws -> ExitStatus {
        let configuration = try config.map(SettingsFile.configuration) ?? Configuration()
        let result = try RulesRun(files, events: events, source: source, configuration: configuration.hunt).run()
        let table = result.report.rendered(verbosity.text, isVerbose: verbosity.isVerbose)
        try Terminal.standardOutput.write(format == .json ? result.report.json : table)
        return result.exitStatus
    }
}
