import ArgumentParser
import Runs

/// Which accounts are read, or which saved snapshot stands for them.
struct AccountOptions: ParsableArguments {
    @OptionGroup var aws: AWSOptions

    @Option(help: "An account to read through --role-name; may be repeated.", transform: ArgumentValue.accountID)
    var account: [String] = []

    @Option(help: "The role to assume in each of the accounts.") var roleName: String?
    @Flag(help: "Read every active account of the organization, through --role-name.") var organization = false
    @Option(
        help: .value(
            "seconds", "How long the reading of an account may take; what was not read by then is unknown."))
    var timeout = 900

    @Option(help: "Use this saved snapshot instead of reading an account; no call is made.") var snapshot: String?

    func validate() throws {
        _ = try selection
        if timeout < 1 { throw ValidationError("--timeout takes a number of seconds from 1 on") }
        if snapshot != nil, aws.allRegions {
            throw ValidationError("--snapshot reads no account, so it goes without --all-regions")
        }
    }

    var selection: AccountSelection {
        get throws {
            var selection = try ArgumentValue.valid(
                try AccountSelection(
                    ids: account, isOrganization: organization, roleName: roleName, snapshot: snapshot,
                    session: aws.session))
            selection.timeout = .seconds(timeout)
            return selection
        }
    }
}
