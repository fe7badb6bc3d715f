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
        let ofManagement = actions.intersection(Operation.ofOrganizationManagement.map(\.permission))
        let policy: JSON = [
            "Version": "2012-10-17",
            "Statement": .array(
                [
                    Self.statement("ParapetScan", actions.subtracting(ofManagement)),
                    // In a member account these have no effect.
                    Self.statement("OnlyInManagementOrDelegatedAdministratorAccount", ofManagement),
                ].compactMap(\.self)),
        ]
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(policy)) + [UInt8(ascii: "\n")]
    }

    private static func statement(_ id: String, _ actions: Set<String>) -> JSON? {
        guard !actions.isEmpty else { return nil }
        return [
            "Sid": .string(id), "Effect": "Allow", "Action": JSON(actions.sorted()),
            // Reading calls of accounts as a whole; few of them know resources.
            "Resource": "*",
        ]
    }
}
