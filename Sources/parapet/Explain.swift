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
        name: .shortAndLong, help: "table or json.", completion: .formats([.table, .json]),
        transform: ArgumentValue.format("explain", [.table, .json]))
    var format = Format.table

    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func validate() throws { _ = try found() }

    func perform() throws -> ExitStatus {
        let pages = try found().map { Explanation($0, fix: CheckSelection.fix(of: $0)) }
        try Terminal.standardOutput.write(format == .json ? pages.json : pages.rendered(verbosity.text))
        return .clean
    }

    private func found() throws -> [any Check] {
        try ArgumentValue.valid(try CheckSelection.checks(named: check))
    }
}
