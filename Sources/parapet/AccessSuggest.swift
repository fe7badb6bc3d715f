import ArgumentParser
import EffectiveAccess
import IAMPolicy
import Inventory
import LogReaders
import Reports

/// Suggests a least-privilege policy from what a principal did.
struct SuggestAccess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suggest",
        abstract: "Suggest a least-privilege policy from what a user or role did in CloudTrail logs.",
        discussion: """
            The policy allows every call that the logs show as permitted. Beside it stands what the principal may do now: \
            what is kept, what goes, and what the logs cannot tell. Nothing is changed. Exit codes: 0, or 3 where \
            something that may change the answer could not be read.
            """)

    @Argument(help: "An ARN (a role's session stands for its role), or a name: NAME, user/NAME, role/NAME.")
    var principal: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "CloudTrail's logs: a file, a folder, a pattern ('logs/**/*.gz'), - for stdin, or s3://bucket/prefix; may be "
                + "repeated.", valueName: "place"))
    var logs: [String]

    @Flag(name: .customLong("policy-only"), help: "Print the policy document alone.")
    var policyOnly = false

    @OptionGroup(title: "Account") var accounts: AccountSelection
    @OptionGroup(title: "Output") var output: OutputOptions<AccessFormat>
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func validate() throws {
        if policyOnly, !output.format.isEmpty { throw ValidationError("--policy-only goes without --format") }
        try LogPlaces.check(logs)
    }

    func run() async throws {
        try output.check()
        let landscape = try await accounts.landscape(verbosity)
        let suggestion: Suggestion
        do {
            suggestion = try await self.suggestion(landscape)
        } catch let unknown as Unknown {
            // Without what the principal holds there is nothing to set the logs beside.
            Terminal.standardError.tell("not determined: \(TerminalText.escaped(unknown.explanation))\n")
            throw ExitCode(3)
        }
        let report = AccessSuggestReport(suggestion)
        try output.write { format, text in
            if policyOnly { return Array((suggestion.policy.indentedJSON + "\n").utf8) }
            return switch format {
            case .json: Array(try report.json())
            case .table: Array(AccessSuggestTable(report, text: text).rendered().utf8)
            }
        } text: {
            Terminal.standardOutput.text(noColor: verbosity.noColor)
        }
        if policyOnly { for note in suggestion.notes { verbosity.warn(note) } }
        if !suggestion.doubts.isEmpty { throw ExitCode(3) }
    }

    private func suggestion(_ landscape: Landscape) async throws -> Suggestion {
        let asked = try PrincipalArgument(principal, in: landscape)
        let arn = landscape.principals[asked.number].arn
        let read: AccessLogs
        do {
            read = try await AccessLogs(LogPipeline(logs, layout: .json, accounts.aws, verbosity), of: arn)
        } catch {
            throw CommandFailure(logs: error, verbose: verbosity.isVerbose) ?? error
        }
        guard read.calls.contains(where: { !$0.isRefused }) else {
            let first = read.account.losses.first.map { "; not all could be read, as \($0)" }
            throw CommandFailure(
                "no policy can be suggested for \(arn)",
                why: "the logs show no permitted call of it among \(read.basis.events) events\(first ?? "")",
                advice: "give logs of a time in which it worked")
        }
        var suggestion = try landscape.suggestion(for: asked.number, from: read.calls, basis: read.basis)
        suggestion.doubts += Self.doubts(read.account)
        return suggestion
    }

    private static func doubts(_ account: ReadingAccount) -> [Unknown] {
        guard !account.isWhole else { return [] }
        let told = account.losses.map {
            Unknown(.failed, detail: "not all of the logs could be read (\($0)): what it shows may be missing")
        }
        let lost = account.damagedFiles + account.lostRecords
        guard lost > told.count else { return told }
        return told + [
            Unknown(
                .failed,
                detail: "in all \(account.damagedFiles) damaged files and \(account.lostRecords) records were skipped")
        ]
    }
}
