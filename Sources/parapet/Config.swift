import ArgumentParser
import Basics
import Reports
import Runs

/// Looks after the configuration file.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Check the configuration file.",
        discussion: """
            docs/configuration.md describes the settings.

            Examples:
              parapet config check parapet.yaml
              parapet config check parapet.yaml --format json
            """,
        subcommands: [CheckConfiguration.self])
}

/// Reports all mistakes in a configuration file.
struct CheckConfiguration: Verb {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "List every mistake in a configuration file, with its line.",
        discussion: """
            Reads the file as scan, hunt, fix, watch and notify read it. Opens no secret, and calls no AWS API.

            Exit codes: 0 no mistake · 1 a mistake, or the file cannot be read · 64 usage error.

            Examples:
              parapet config check parapet.yaml
              parapet config check parapet.yaml --format json
            """)

    @Argument(help: "The YAML file with settings, rules and notifiers.", completion: .file()) var file: String

    @Option(
        help: "What is shown on stdout: table or json.",
        transform: ArgumentValue.format("config check", [.table, .json]))
    var format = Format.table

    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func perform() throws -> ExitStatus {
        let check = try ConfigurationCheck(file)
        try Terminal.standardOutput.write(format == .json ? Self.json(check) : Self.table(check))
        return check.problems.isEmpty ? .clean : .failed
    }

    private static func table(_ check: ConfigurationCheck) -> String {
        let lines = check.problems.map { problem in
            "\(check.file):\(problem.line.map { "\($0):" } ?? "") \(problem.why): \(problem.advice)"
        }
        let end = check.problems.isEmpty ? ["\(check.file) has no mistakes."] : []
        return (lines + end).map { TerminalText.escaped($0) + "\n" }.joined()
    }

    private static func json(_ check: ConfigurationCheck) -> String {
        JSON.members([
            "schema": "parapet.config.check/1", "file": .string(check.file),
            "problems": .array(
                check.problems.map {
                    .members([
                        "line": $0.line.map { .int($0) }, "problem": .string($0.why), "advice": .string($0.advice),
                    ])
                }),
        ]).written(.prettySorted) + "\n"
    }
}
