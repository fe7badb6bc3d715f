import ArgumentParser
import Runs

/// Which accounts are read, or which saved snapshot stands for them.
struct AccountOptions: ParsableArguments {
    @OptionGroup var aws: AWSOptions

    @Option(help: "An account to read through --role-name; may be repeated.", transform: ArgumentValue.accountID)
    var account: [String] = []

    @Option(help: "The role to assume in each of the accounts.") var roleName: String?
    @Flag(help: "Read every active account of the organisation, through --role-name.") var organization = false
    @Option(help: "Use this saved snapshot instead of reading an account; no call is made.") var snapshot: String?

    func validate() throws {
        if snapshot != nil, organization || !account.isEmpty {
            throw ValidationError("--snapshot reads no account, so it goes with none of --account, --organization")
        }
        if snapshot != nil, aws.isGiven {
            throw ValidationError("--snapshot reads no account, so it goes with none of the options that choose one")
        }
        if organization, !account.isEmpty { throw ValidationError("--organization and --account exclude each other") }
        if (organization || !account.isEmpty) != (roleName != nil) {
            throw ValidationError("--role-name goes with --account or --organization, and they with it")
        }
    }

    var selection: AccountSelection {
        let accounts: AccountSelection.Accounts =
            if let snapshot {
                .snapshot(snapshot)
            } else if let roleName {
                organization ? .organization(roleName: roleName) : .named(account, roleName: roleName)
            } else {
                .caller
            }
        return AccountSelection(accounts, session: aws.session)
    }
}
