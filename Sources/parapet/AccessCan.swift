import ArgumentParser
import Reports
import Runs

/// Evaluates whether a principal can perform an action on a resource.
struct CanAccess: AccessVerb {
    static let configuration = CommandConfiguration(
        commandName: "can",
        abstract: "Show whether a user or role has access to a resource, and why.",
        discussion: """
            The answer is one of three: allowed, allowed with conditions (which it lists), or denied. Exit codes: 0 \
            for every answer, 3 if data that may change the answer could not be read. With --exit-code: 0 allowed · 2 \
            denied, or allowed only with conditions · 3 not determined.
            """)

    @Argument(help: "ARN (a role session stands for its role), or a name: NAME, user/NAME, role/NAME.")
    var principal: String

    @OptionGroup var question: QuestionOptions
    @Flag(help: "Make the answer the exit code.") var exitCode = false
    @OptionGroup var options: AccessOptions<AccessCanReport>

    func answer(_ run: AccessRun) async throws -> AccessCanReport {
        let question = try question.question()
        verbosity.warn(question.warnings)
        return try await run.can(principal, question)
    }

    func perform() async throws -> ExitStatus {
        let answer = try await ask()
        let status = try write(answer)
        return exitCode ? answer.exitStatusOfAnswer : status
    }
}
