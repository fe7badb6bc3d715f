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

    @Option(name: .long, help: "table or json.")
    var format: Format = .table

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table
        case json
    }

    func perform() throws -> ExitStatus {
        let checks = try selection.selected(withOnRequest: true).map(\.about)
        switch format {
        case .table: try Terminal.standardOutput.write(CheckList(checks, text: verbosity.text).rendered())
        case .json: try Terminal.standardOutput.write(Array(try CheckList.json(checks)))
        }
        return .clean
    }
}
