import ArgumentParser
import FoundationEssentials
import Posture
import Reports
import Runs

/// Lists the checks.
struct Checks: Verb {
    static let configuration = CommandConfiguration(abstract: "List the checks by practice.")

    @OptionGroup(title: "Checks") var selection: CheckOptions
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    @Option(
        name: .shortAndLong, help: "table or json.", completion: .formats([.table, .json]),
        transform: ArgumentValue.format("checks", [.table, .json]))
    var format = Format.table

    func perform() throws -> ExitStatus {
        let list = CheckList(try selection.selected(withOnRequest: true).map(\.about))
        try Terminal.standardOutput.write(format == .json ? list.json : list.rendered(verbosity.text))
        return .clean
    }
}
