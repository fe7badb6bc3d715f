import AWSClient
import Basics
import FoundationEssentials
import Inventory
import Posture
import Reports

extension ScanRun {
    /// Returns the least-privilege IAM policy for the scan as a JSON document that ends with a line feed.
    /// - Parameter role: for a scan of an organization, the name of the role that the caller assumes in each account,
    ///   or a pattern of names. That role needs the first statement, the caller all of them.
    public func policy(assuming role: String? = nil) throws -> [UInt8] {
        let always = [Operation.getCallerIdentity] + Facet.shown.flatMap(\.operations)
        let actions = checks.reduce(into: Set(always.map(\.permission))) {
            $0.formUnion($1.about.permissions)
        }
        let ofManagement = actions.intersection(Operation.ofOrganizationManagement.map(\.permission))
        var statements = [
            Self.statement("ParapetScan", actions.subtracting(ofManagement)),
            // These permissions have no effect in a member account.
            Self.statement("OnlyInManagementOrDelegatedAdministratorAccount", ofManagement),
        ].compactMap(\.self)
        if let role {
            statements += [
                [
                    "Sid": "ParapetAccounts", "Effect": "Allow",
                    "Action": .string(Operation.listAccounts.permission), "Resource": "*",
                ],
                [
                    "Sid": "ParapetAssumeRole", "Effect": "Allow",
                    "Action": .string(Operation.assumeRole.permission), "Resource": "arn:*:iam::*:role/\(role)",
                ],
            ]
        }
        let policy: JSON = ["Version": "2012-10-17", "Statement": .array(statements)]
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(policy)) + [UInt8(ascii: "\n")]
    }

    private static func statement(_ id: String, _ actions: Set<String>) -> JSON? {
        guard !actions.isEmpty else { return nil }
        return [
            "Sid": .string(id), "Effect": "Allow", "Action": JSON(actions.sorted()),
            // The actions read whole accounts, and few of them support resource-level permissions.
            "Resource": "*",
        ]
    }
}
