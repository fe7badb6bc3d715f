import ArgumentParser
import EffectiveAccess
import Inventory
import Reports

/// Asks who can make itself more powerful.
struct EscalatesAccess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "escalations",
        abstract: "List the principals that can make themselves more powerful, and how.",
        discussion: """
            Each way is possible with the effective permissions on targets that exist, step by step, and comes with the \
            statements of which one must go for it to be closed. Exit codes: 0 there is none, 2 there is one, 3 none was \
            found but something that may hide one could not be read.
            """)

    @OptionGroup(title: "Account") var accounts: AccountSelection
    @OptionGroup(title: "Output") var output: OutputOptions<AccessFormat>
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func run() async throws {
        try output.check()
        let landscape = try await accounts.landscape(facets: [.workloads], isRegional: true, verbosity)
        let escalations = landscape.escalations()
        let report = AccessEscalationsReport(escalations)
        try output.write { format, text in
            switch format {
            case .json: Array(try report.json())
            case .table: Array(AccessEscalationsTable(report, text: text).rendered().utf8)
            }
        } text: {
            Terminal.standardOutput.text(noColor: verbosity.noColor)
        }
        if !escalations.paths.isEmpty { throw ExitCode(2) }
        if !escalations.doubts.isEmpty { throw ExitCode(3) }
    }
}
