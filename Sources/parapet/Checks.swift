import ArgumentParser
import FoundationEssentials
import Posture
import Reports
import Runs

/// Lists the checks.
struct Checks: Verb {
    static let configuration = CommandConfiguration(abstract: "List the checks, by practice.")

    @OptionGroup(title: "Checks") var selection: CheckOptions
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    @Option(help: "table or json.", transform: Format.reader("checks", [.table, .json])) var format = Format.table

    func perform() throws -> ExitStatus {
        let checks = try selection.selected(withOnRequest: true).map(\.about)
        if format == .json {
            try Terminal.standardOutput.write(Array(try CheckList.json(checks)))
        } else {
            try Terminal.standardOutput.write(CheckList(checks, text: verbosity.text).rendered())
        }
        return .clean
    }
}
