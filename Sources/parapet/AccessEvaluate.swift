import ArgumentParser
import Reports
import Runs

/// Evaluates a file of cases: requests with all the policies that apply to them.
struct EvaluateAccess: Verb {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Evaluate access cases of a file offline.",
        discussion: """
            The file contains a JSON array of cases, each with an id, a request and its policies. The answers have the \
            same order: the decision (allowed, implicitDeny or explicitDeny) with the statements that decided. A case \
            that cannot be read gives an error, and exit code 1.
            """)

    @Option(help: .value("file", "File of cases, or - for stdin."), completion: .file()) var cases: String
    @Option(name: .shortAndLong, help: "json.", transform: ArgumentValue.format("access evaluate", [.json]))
    var format = Format.json

    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func perform() throws -> ExitStatus {
        let answers = try AccessRun.evaluate(
            try InputFile.bytes(cases == "-" ? "/dev/stdin" : cases), name: cases)
        try Terminal.standardOutput.write(answers.json)
        return answers.exitStatus
    }
}
