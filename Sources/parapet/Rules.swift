import ArgumentParser
import FoundationEssentials
import LogReaders
import Reports
import Runs

/// Commands for rules apart from hunting with them.
struct Rules: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Test detection rules ('parapet hunt --list-rules' lists them).", subcommands: [TestRules.self])
}

/// Runs rules against example events.
struct TestRules: Verb {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Test rule files against example events that must alert or must not.",
        discussion: """
            The examples of RULE.yml are stored beside it in RULE.events.json: {"match": [...], "ignore": [...]}. An \
            element is one record, evaluated alone, or a list of records, evaluated together for correlations. Rules \
            can reference rules of any given file; the examples of each file test its own rules.

            Every file is tested, even after a file with an error.

            Exit codes: 0 all pass · 2 an example fails · 1 a rule or an example file cannot be read · 64 usage error.
            """)

    @Argument(help: .value("file", "Rule file or folder, searched at any depth."), completion: .file())
    var files: [String]

    @Option(help: .value("file", "Example events of the one rule file."), completion: .file()) var events: String?
    @Option(help: "Type of the log of the events, if the rule does not state it.") var source: LogSource?
    @Option(help: "YAML file with values of the rules' placeholders.", completion: .file()) var config: String?
    @Option(
        name: .shortAndLong, help: "table or json.", completion: .formats([.table, .json]),
        transform: ArgumentValue.format("rules test", [.table, .json]))
    var format = Format.table

    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func perform() throws -> ExitStatus {
        let configuration = try config.map(SettingsFile.configuration) ?? Configuration()
        let result = try RulesRun(files, events: events, source: source, configuration: configuration.hunt).run()
        let table = result.report.rendered(verbosity.text, isVerbose: verbosity.isVerbose)
        try Terminal.standardOutput.write(format == .json ? result.report.json : table)
        return result.exitStatus
    }
}
