import ArgumentParser
import Reports
import Runs

/// Asks whether one principal can do one thing to one resource.
struct CanAccess: AccessVerb {
    static let configuration = CommandConfiguration(
        commandName: "can",
        abstract: "Say whether a user or role can do something to a resource, and why.",
        discussion: """
            The answer is one of three: allowed, allowed under a condition (which it states), or denied. \
            Exit codes: 0 whatever the answer is, 3 where something that may change it could not be read.
            """)

    @Argument(help: "An ARN (a role's session stands for its role), or a name: NAME, user/NAME, role/NAME.")
    var principal: String

    @OptionGroup var question: QuestionOptions
    @OptionGroup var options: AccessOptions<AccessCanReport>

    func answer(_ run: AccessRun) async throws -> AccessCanReport {
        let question = try question.question()
        verbosity.warn(question.warnings)
        return try await run.can(principal, question)
    }
}
