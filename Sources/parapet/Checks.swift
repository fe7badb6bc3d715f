import ArgumentParser
import FoundationEssentials
import Posture
import Reports

/// Lists the checks.
struct Checks: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the checks, by practice.")

    @OptionGroup(title: "Checks") var selection: CheckSelection
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    @Option(name: .long, help: "table or json.")
    var format: Format = .table

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table
        case json
    }

    func run() throws {
        let checks = try selection.selected(withOnRequest: true).map(\.about)
        switch format {
        case .table:
            let list = CheckList(checks, text: Terminal.standardOutput.text(noColor: verbosity.noColor))
            try Terminal.standardOutput.write(list.rendered())
        case .json:
            try Terminal.standardOutput.write(Array(try CheckList.json(checks)))
        }
    }
}
