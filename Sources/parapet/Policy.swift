import AWSClient
import ArgumentParser
import FoundationEssentials
import Inventory
import Posture
import Reports

/// Prints the permissions that a scan takes.
struct Policy: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the least-privilege IAM policy for a scan with the chosen checks.")

    @OptionGroup(title: "Checks") var selection: CheckSelection

    func run() throws {
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
    }
}
