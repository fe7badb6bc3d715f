import ArgumentParser
import EffectiveAccess
import Inventory
import Reports

/// Asks what one principal can do.
struct WhatCanAccess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "what-can",
        abstract: "List what a user or role can do, and which roles it can become.",
        discussion: """
            What its policies grant, as far as boundaries and the organisation let it through. What resources grant it in \
            policies of their own is not listed: ask 'access can' or 'access who-can' about one. Exit codes: 0, or 3 \
            where something that may change the answer could not be read.
            """)

    @Argument(help: "An ARN (a role's session stands for its role), or a name: NAME, user/NAME, role/NAME.")
    var principal: String

    @OptionGroup(title: "Account") var accounts: AccountSelection
    @OptionGroup(title: "Output") var output: OutputOptions<AccessFormat>
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func run() async throws {
        try output.check()
        let landscape = try await accounts.landscape(verbosity)
        var report = AccessWhatCanReport(principal: principal)
        do {
            let asked = try PrincipalArgument(principal, in: landscape)
            report.principal = landscape.principals[asked.number].arn
            report.askedAs = asked.session
            report.answer = try landscape.whatCan(asked.number)
        } catch let unknown as Unknown {
            report.doubt = unknown
        }
        try output.write { [report] format, text in
            switch format {
            case .json: Array(try report.json())
            case .table:
                Array(AccessWhatCanTable(report, text: text, limit: verbosity.isVerbose ? nil : 8).rendered().utf8)
            }
        } text: {
            Terminal.standardOutput.text(noColor: verbosity.noColor)
        }
        if !report.doubts.isEmpty { throw ExitCode(3) }
    }
}
