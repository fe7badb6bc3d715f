import ArgumentParser
import Posture
import Reports
import Runs

/// Explains a check.
struct Explain: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Explain a check: risk, evaluation logic, examples and remediation.")

    @Argument(help: "Id of the check, or another tool's id for the same condition.", completion: .checks)
    var check: String

    @Option(
        name: .shortAndLong, help: "table, json or markdown.", completion: .formats(Self.formats),
        transform: ArgumentValue.format("explain", Self.formats))
    var format = Format.table

    @OptionGroup(title: "Messages") var verbosity: Verbosity

    private static let formats: [Format] = [.table, .json, .markdown]

    func validate() throws { _ = try found() }

    func perform() throws -> ExitStatus {
        let pages = try found().map {
            Explanation($0, fix: CheckSelection.fix(of: $0), commands: CheckSelection.commands(of: $0))
        }
        let text =
            switch format {
            case .json: pages.json
            case .markdown: pages.markdown
            default: pages.rendered(verbosity.text)
            }
        try Terminal.standardOutput.write(text)
        return .clean
    }

    private func found() throws -> [any Check] {
        try ArgumentValue.valid(try CheckSelection.checks(named: check))
    }
}
