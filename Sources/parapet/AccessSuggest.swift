import ArgumentParser
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

    @OptionGroup var options: AccessOptions<AccessSuggestReport>

    func validate() throws {
        if policyOnly, !options.output.format.isEmpty { throw ValidationError("--policy-only goes without --format") }
        _ = try ArgumentValue.valid(try LogPlaces(logs))
    }

    func answer(_ run: AccessRun) async throws -> AccessSuggestReport {
        try await run.suggest(principal, from: LogPlaces(logs))
    }

    func perform() async throws -> ExitStatus {
        let answer = try await ask()
        guard policyOnly else { return try write(answer) }
        try options.output.write(verbosity) { _, _ in answer.policy }
        verbosity.warn(answer.notes)
        return answer.exitStatus
    }
}
