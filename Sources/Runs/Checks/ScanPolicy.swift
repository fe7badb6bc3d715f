import AWSClient
import Basics
import FoundationEssentials
import Posture
import Reports

extension ScanRun {
    /// The least-privilege IAM policy that the scan needs, as a JSON document with a line feed at its end.
    public func policy() throws -> [UInt8] {
        let actions = checks.reduce(into: [Operation.getCallerIdentity.permission] as Set) {
            $0.formUnion($1.about.permissions)
        }
        let policy: JSON = [
            "Version": "2012-10-17",
            "Statement": [
                [
                    "Sid": "ParapetScan", "Effect": "Allow", "Action": JSON(actions.sorted()),
                    // Reading calls of accounts as a whole; few of them know resources.
                    "Resource": "*",
                ]
            ],
        ]
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(policy)) + [UInt8(ascii: "\n")]
    }
}
