import ArgumentParser
import Posture
import Reports
import Runs

/// Explains a check.
struct Explain: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Explain a check: risk, evaluation logic, examples and remediation.")

    @Argument(help: "Id of the check, or another tool's id for the same condition.") var check: String

    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func validate() throws { _ = try found() }

    func perform() throws -> ExitStatus {
        let pages = try found().map { Explanation($0).rendered(verbosity.text) }
        try Terminal.standardOutput.write(pages.joined(separator: "\n" + String(repeating: "─", count: 40) + "\n\n"))
        return .clean
    }

    private func found() throws -> [any Check] {
        try ArgumentValue.valid(try CheckSelection.checks(named: check))
    }
}
