import ArgumentParser
import Runs

/// Which accounts are read, or which saved snapshot stands for them.
struct AccountOptions: ParsableArguments {
    @OptionGroup var aws: AWSOptions

    @Option(help: "An account to read through --role-name; may be repeated.", transform: ArgumentValue.accountID)
    var account: [String] = []

    @Option(help: "The role to assume in each of the accounts.") var roleName: String?
    @Flag(help: "Read every active account of the organization, through --role-name.") var organization = false
    @Option(help: "Use this saved snapshot instead of reading an account; no call is made.") var snapshot: String?

    func validate() throws {
        _ = try selection
        if snapshot != nil, aws.allRegions {
            throw ValidationError("--snapshot reads no account, so it goes without --all-regions")
        }
    }

    var selection: AccountSelection {
        get throws {
            try ArgumentValue.valid(
                try AccountSelection(
                    ids: account, isOrganization: organization, roleName: roleName, snapshot: snapshot,
                    session: aws.session))
        }
    }
}
