import ArgumentParser
import Reports
import Runs

/// Asks what one principal can do.
struct WhatCanAccess: AccessVerb {
    static let configuration = CommandConfiguration(
        commandName: "what-can",
        abstract: "List what a user or role can do, and which roles it can become.",
        discussion: """
            What its policies grant, as far as boundaries and the organization let it through. What resources grant it in \
            policies of their own is not listed: ask 'access can' or 'access who-can' about one. Exit codes: 0, or 3 \
            where something that may change the answer could not be read.
            """)

    @Argument(help: "An ARN (a role's session stands for its role), or a name: NAME, user/NAME, role/NAME.")
    var principal: String

    @OptionGroup var options: AccessOptions<AccessWhatCanReport>

    func answer(_ run: AccessRun) async throws -> AccessWhatCanReport {
        try await run.whatCan(principal)
    }
}
