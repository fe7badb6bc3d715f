import ArgumentParser
import Reports
import Runs

/// Asks who can do one thing to one resource.
struct WhoCanAccess: AccessVerb {
    static let configuration = CommandConfiguration(
        commandName: "who-can",
        abstract: "List everybody who can do something to a resource.",
        discussion: """
            Users and roles of the accounts read; services, other accounts, identity providers and everybody whom the \
            resource's own policy lets in; and all who can become one of these roles. Those who can only under a \
            condition are listed with it. Exit codes: 0, or 3 where something that may change the answer could not be read.
            """)

    @OptionGroup var question: QuestionOptions
    @OptionGroup var options: AccessOptions<AccessWhoCanReport>

    func answer(_ run: AccessRun) async throws -> AccessWhoCanReport {
        let question = try question.question()
        verbosity.warn(question.warnings)
        return try await run.whoCan(question)
    }
}
