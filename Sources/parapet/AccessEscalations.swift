import ArgumentParser
import Reports
import Runs

/// Asks who can make itself more powerful.
struct EscalatesAccess: AccessVerb {
    static let configuration = CommandConfiguration(
        commandName: "escalations",
        abstract: "List the principals that can make themselves more powerful, and how.",
        discussion: """
            Each way is possible with the effective permissions on targets that exist, step by step, and comes with the \
            statements of which one must go for it to be closed. Exit codes: 0 there is none, 2 there is one, 3 none was \
            found but something that may hide one could not be read.
            """)

    @OptionGroup var options: AccessOptions<AccessEscalationsReport>

    func answer(_ run: AccessRun) async throws -> AccessEscalationsReport {
        try await run.escalations()
    }
}
