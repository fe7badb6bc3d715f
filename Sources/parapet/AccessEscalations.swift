import ArgumentParser
import Reports
import Runs

/// Lists the principals that can escalate their privileges.
struct EscalatesAccess: AccessVerb {
    static let configuration = CommandConfiguration(
        commandName: "escalations",
        abstract: "List privilege escalation paths.",
        discussion: """
            Each path is possible with the effective permissions on existing resources. It is listed step by step, \
            with the statements of which one must be removed to close it. Exit codes: 0 no path · 2 a path · 3 no path \
            found, but data that may hide one could not be read.
            """)

    @OptionGroup var options: AccessOptions<AccessEscalationsReport>

    func answer(_ run: AccessRun) async throws -> AccessEscalationsReport {
        try await run.escalations()
    }
}
