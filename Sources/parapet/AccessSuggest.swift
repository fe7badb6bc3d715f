import ArgumentParser
import Basics
import EffectiveAccess
import IAMPolicy
import Reports
import Runs

/// Suggests a least-privilege policy from what a principal did.
struct SuggestAccess: AccessVerb {
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
        help: .value(
            "place",
            "CloudTrail's logs: a file, a folder, a pattern ('logs/**/*.gz'), - for stdin, or s3://bucket/prefix; may be repeated."
        ))
    var logs: [String]

    @Flag(help: "Print the policy document alone.") var policyOnly = false

    @OptionGroup(title: "Account") var accounts: AccountOptions
    @OptionGroup(title: "Output") var output: OutputOptions<AccessSuggestReport>
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func validate() throws {
        if policyOnly, !output.format.isEmpty { throw ValidationError("--policy-only goes without --format") }
        _ = try ArgumentValue.valid(try LogPlaces(logs))
    }

    func answer(_ run: AccessRun) async throws -> AccessSuggestReport {
        try await run.suggest(principal, from: LogPlaces(logs))
    }

    func perform() async throws -> ExitStatus {
        try output.check()
        let answer = try await ask()
        guard policyOnly else { return try write(answer) }
        try output.write(verbosity) { _, _ in Array((answer.suggestion.policy.indentedJSON + "\n").utf8) }
        verbosity.warn(answer.suggestion.notes)
        return answer.exitStatus
    }
}
