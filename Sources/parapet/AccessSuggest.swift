import ArgumentParser
import Reports
import Runs

/// Suggests a least-privilege policy from the calls that a principal made.
struct SuggestAccess: AccessVerb {
    static let configuration = CommandConfiguration(
        commandName: "suggest",
        abstract: "Suggest a least-privilege policy from CloudTrail logs of a user or role.",
        discussion: """
            The policy allows every call that the logs show as allowed. The report compares it with the current \
            permissions: kept, removed, and not visible in the logs. Nothing is changed. Exit codes: 0, or 3 if data \
            that may change the answer could not be read.
            """)

    @Argument(help: "ARN (a role session stands for its role), or a name: NAME, user/NAME, role/NAME.")
    var principal: String

    @Option(
        help: .value(
            "place",
            """
            CloudTrail logs: a file, a folder, a pattern ('logs/**/*.gz'), - for stdin, or s3://bucket/prefix; can \
            be repeated.
            """
        ))
    var logs: [String]

    @Flag(help: "Print the policy document only.") var policyOnly = false

    @OptionGroup var options: AccessOptions<AccessSuggestReport>

    func validate() throws {
        if policyOnly, !options.output.format.isEmpty {
            throw ValidationError("--policy-only cannot be combined with --format")
        }
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
