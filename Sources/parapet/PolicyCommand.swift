import ArgumentParser
import Runs

/// Prints the permissions that a scan takes.
struct PolicyCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Print the least-privilege IAM policy for a scan with the chosen checks.")

    @OptionGroup(title: "Checks") var selection: CheckOptions
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func perform() throws -> ExitStatus {
        try Terminal.standardOutput.write(try ScanRun(try selection.selected()).policy())
        return .clean
    }
}
