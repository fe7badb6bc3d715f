import ArgumentParser
import Reports
import Runs

/// Lists what a principal can do.
struct WhatCanAccess: AccessVerb {
    static let configuration = CommandConfiguration(
        commandName: "what-can",
        abstract: "List the permissions and assumable roles of a user or role.",
        discussion: """
            Lists the permissions of identity policies, within permissions boundaries and organization policies. \
            Permissions that only resource policies grant are not listed: use 'access can' or 'access who-can' for a \
            resource. Exit codes: 0, or 3 if data that may change the answer could not be read.
            """)

    @Argument(help: "ARN (a role session stands for its role), or a name: NAME, user/NAME, role/NAME.")
    var principal: String

    @OptionGroup var options: AccessOptions<AccessWhatCanReport>

    func answer(_ run: AccessRun) async throws -> AccessWhatCanReport {
        try await run.whatCan(principal)
    }
}
