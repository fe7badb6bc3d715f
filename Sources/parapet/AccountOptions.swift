import ArgumentParser
import Runs

/// The accounts to read, or the saved snapshot that replaces them.
struct AccountOptions: ParsableArguments {
    @OptionGroup var live: LiveAccountOptions

    @Option(
        help: .value(
            "seconds", "Time limit for reading an account; data that was not read by then is not determined."))
    var timeout = 900

    @Option(help: "Read a saved snapshot instead of an account, without API calls.", completion: .file()) var snapshot:
        String?

    func validate() throws {
        _ = try selection
        if snapshot != nil, live.aws.allRegions {
            throw ValidationError("--snapshot cannot be combined with --all-regions")
        }
    }

    var selection: AccountSelection {
        get throws {
            var selection = try live.selection(snapshot: snapshot)
            if let timeout = try ArgumentValue.valid(try InvalidInput.timeout(timeout)) { selection.timeout = timeout }
            return selection
        }
    }
}

/// The accounts to read, with the credentials for them.
struct LiveAccountOptions: ParsableArguments {
    @OptionGroup var aws: AWSOptions

    @Option(
        help: "Account to read with --role-name; can be repeated or a comma-separated list.",
        transform: ArgumentValue.accountIDs)
    var account: [[String]] = []

    @Option(help: "Name of the role to assume in each account.") var roleName: String?
    @Flag(help: "Read every active account of the organization with --role-name.") var organization = false

    /// - Parameter snapshot: a file that replaces the accounts.
    func selection(snapshot: String? = nil) throws -> AccountSelection {
        try ArgumentValue.valid(
            try AccountSelection(
                ids: account.flatMap(\.self), isOrganization: organization, roleName: roleName, snapshot: snapshot,
                session: aws.session))
    }
}
