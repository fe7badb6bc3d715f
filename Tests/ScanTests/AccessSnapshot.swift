import Foundation
import Inventory

/// A small account as a snapshot on disk, for the verbs that answer from one.
struct AccessSnapshot {
    let folder: URL
    var path: String { folder.appending(path: "account.parapet").path }

    static let account = "123456789012"
    static let logs = "arn:aws:s3:::logs/AWSLogs/x"

    /// - Parameter change: what is different from the account described here.
    init(_ change: (inout Account) -> Void = { _ in }) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "parapet-access-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var account = Self.sample
        change(&account)
        let time = Date(timeIntervalSince1970: 1_767_225_600)
        let snapshot = Snapshot(
            reading: .init(id: "test", started: time, finished: time, parapet: "test"), accounts: [account])
        try Data(try snapshot.encoded()).write(to: URL(filePath: path))
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
        return file.path
    }

    /// Ann reads the logs through her own policy, Bob only with MFA, Cid through the role `reader`; `deploy` is bounded, and
    /// CloudTrail and another account are let in by the bucket.
    private static var sample: Account {
        var sample = Account(
            id: account, partition: "aws", readAt: Date(timeIntervalSince1970: 1_767_225_600),
            regions: .known(["us-east-1"]))
        sample[.organization] = .known(nil)
        sample[.organizationPolicies] = .known(OrganizationPolicies())
        sample[.accountPublicAccessBlock] = .known(PublicAccessBlock())
        sample[.identities] = .known(identities)
        var bucket = Bucket(name: "logs")
        bucket.region = .known("us-east-1")
        bucket.grants = .known([])
        bucket.publicAccessBlock = .known(PublicAccessBlock())
        bucket.policy = .known(
            policy(
                """
                {"Sid":"Trail","Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject",
                 "Resource":"arn:aws:s3:::logs/*","Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"}}},
                {"Sid":"Partner","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999999999999:root"},
                 "Action":"s3:GetObject","Resource":"arn:aws:s3:::logs/*",
                 "Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}
                """))
        sample.hold(buckets: bucket)
        return sample
    }

    private static var identities: Identities {
        let read = #"{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::logs/*""#
        return Identities(
            users: [
                user("ann", read + "}"),
                user("bob", read + #","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}"#),
                user("cid", #"{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}"#),
                user("dee\u{1B}[2J", read + "}"),
            ],
            roles: [
                role("reader", read + "}"),
                role(
                    "deploy", #"{"Sid":"All","Effect":"Allow","Action":"*","Resource":"*"}"#,
                    boundary: "arn:aws:iam::123456789012:policy/edge"),
            ],
            policies: [
                ManagedPolicy(
                    arn: "arn:aws:iam::123456789012:policy/edge", attachmentCount: 0,
                    defaultDocument: policy(
                        #"{"Effect":"Allow","Action":["ec2:*","s3:ListBucket"],"Resource":"*"}"#))
            ])
    }

    static func policy(_ statements: String) -> PolicyDocument {
        PolicyDocument(#"{"Version":"2012-10-17","Statement":[\#(statements)]}"#)
    }

    static func user(_ name: String, _ statements: String) -> User {
        User(
            userName: name, arn: "arn:aws:iam::\(account):user/\(name)",
            userPolicyList: [InlinePolicy(policyName: "own", policyDocument: policy(statements))])
    }

    private static func role(_ name: String, _ statements: String, boundary: String? = nil) -> Role {
        Role(
            roleName: name, arn: "arn:aws:iam::\(account):role/\(name)",
            assumeRolePolicyDocument: policy(
                #"{"Effect":"Allow","Principal":{"AWS":"\#(account)"},"Action":"sts:AssumeRole"}"#),
            rolePolicyList: [InlinePolicy(policyName: "own", policyDocument: policy(statements))],
            permissionsBoundary: boundary)
    }
}
