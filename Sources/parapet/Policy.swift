import AWSClient
import ArgumentParser
import FoundationEssentials
import Posture
import Reports
import Runs

/// Prints the permissions that a scan takes.
struct Policy: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Print the least-privilege IAM policy for a scan with the chosen checks.")

    @OptionGroup(title: "Checks") var selection: CheckOptions
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func perform() throws -> ExitStatus {
        let actions = try selection.selected().reduce(into: [Operation.getCallerIdentity.permission] as Set) {
            $0.formUnion($1.about.permissions)
        }
        let policy: JSONValue = [
            "Version": "2012-10-17",
            "Statement": [
                [
                    "Sid": "ParapetScan", "Effect": "Allow", "Action": JSONValue(actions.sorted()),
                    // Reading calls of accounts as a whole; few of them know resources.
                    "Resource": "*",
                ]
            ],
        ]
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try Terminal.standardOutput.write(Array(try encoder.encode(policy)) + [UInt8(ascii: "\n")])
        return .clean
    }
}
