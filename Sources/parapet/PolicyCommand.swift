import ArgumentParser
import Runs

/// Prints the permissions that a scan requires.
struct PolicyCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Print the least-privilege IAM policy for a scan with the selected checks.")

    @OptionGroup(title: "Checks") var selection: CheckOptions

    @Flag(help: "Also print the permissions of scan --organization: listing accounts, and assuming the role in each.")
    var organization = false

    @Option(help: "Name of the role that --organization assumes in each account; the default is any role.")
    var roleName: String?

    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func validate() throws {
        if roleName != nil, !organization { throw ValidationError("--role-name requires --organization") }
    }

    func perform() throws -> ExitStatus {
        let scan = ScanRun(try selection.selected())
        try Terminal.standardOutput.write(try scan.policy(assuming: organization ? roleName ?? "*" : nil))
        return .clean
    }
}
