import ArgumentParser
import Reports
import Runs

/// Lists the principals that can perform an action on a resource.
struct WhoCanAccess: AccessVerb {
    static let configuration = CommandConfiguration(
        commandName: "who-can",
        abstract: "List the principals that have access to a resource.",
        discussion: """
            Lists users and roles of the scanned accounts; services, other accounts, identity providers and public \
            access that the resource policy allows; and principals that can assume one of these roles. Conditional \
            access is listed with its conditions. Exit codes: 0, or 3 if data that may change the answer could not be \
            read.
            """)

    @OptionGroup var question: QuestionOptions
    @OptionGroup var options: AccessOptions<AccessWhoCanReport>

    func answer(_ run: AccessRun) async throws -> AccessWhoCanReport {
        let question = try question.question()
        verbosity.warn(question.warnings)
        return try await run.whoCan(question)
    }
}
