import ArgumentParser

/// Which accounts are read, or which saved snapshot stands for them.
struct AccountSelection: ParsableArguments {
    @OptionGroup var aws: AWSOptions

    @Option(name: .long, help: "An account to read through --role-name; may be repeated.")
    var account: [String] = []

    @Option(name: .customLong("role-name"), help: "The role to assume in each of the accounts.")
    var roleName: String?

    @Flag(name: .long, help: "Read every active account of the organisation, through --role-name.")
    var organization = false

    @Option(name: .long, help: "Use this saved snapshot instead of reading an account; no call is made.")
    var snapshot: String?

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
        for id in account where id.count != 12 || !id.allSatisfy(\.isASCIIDigit) {
            throw ValidationError("'\(id)' is not an account id, which has twelve digits")
        }
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
