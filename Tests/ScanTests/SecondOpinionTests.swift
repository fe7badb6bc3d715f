import AWSClient
import Foundation
import IAMPolicy
import Inventory
import Practices
import Testing
import TestSupport

/// boto3 reads the same server (`Tests/Support/python/inventory.py`), and agrees with the inventory.
@Suite(.timeLimit(.minutes(10))) struct SecondOpinionTests {
    private static let boto = Task {
        let endpoint = try await MotoServer.sample.value.endpoint
        let regions = ScanRun.regions.sorted().flatMap { ["--region", $0] }
        let outcome = try await Subprocess.python(
            "Tests/Support/python/inventory.py", ["--endpoint-url", endpoint] + regions)
        guard outcome.status == 0 else { throw MotoServer.Failure(outcome.standardError) }
        return try JSONDecoder().decode(JSONValue.self, from: Data(outcome.standardOutput.utf8))
    }
    private static let account = Task {
        // Moto knows of no last accessed information.
        let facets = Catalogue.facets.subtracting([.lastAccessed])
        return await ScanRun.scan(try await MotoServer.sample.value.endpoint, checks: [], facets: facets).account
    }

    @Test func trails() async throws {
        let (boto, account) = (try await Self.boto.value, try await Self.account.value)
        let theirs = boto["Trails"].list.map { trail in
            [
                trail["TrailARN"].text, trail["HomeRegion"].text, trail["S3BucketName"].text, trail["KmsKeyId"].text,
                "\(trail["IsMultiRegionTrail"].flag)", "\(trail["LogFileValidationEnabled"].flag)",
                "\(trail["IsLogging"].flag)", trail["LatestDeliveryError"].text,
                "\(trail["EventSelectors"].list.count)", "\(trail["AdvancedEventSelectors"].list.count)",
            ]
        }
        let ours = try account.trails.map { trail in
            [
                trail.arn, trail.homeRegion, trail.bucketName, trail.keyReference ?? "", "\(trail.isMultiRegion)",
                "\(trail.validatesLogFiles)", "\(try trail.status.value.isLogging)",
                try trail.status.value.latestDeliveryError ?? "", "\(try trail.eventSelectors.value.basic.count)",
                "\(try trail.eventSelectors.value.advanced.count)",
            ]
        }
        #expect(Set(ours) == Set(theirs))
        #expect(ours.count == 3)
    }

    @Test func trailBuckets() async throws {
        let (boto, account) = (try await Self.boto.value, try await Self.account.value)
        for (bucket, _) in account.trailBuckets {
            let theirs = try #require(boto["Buckets"].list.first { $0["Name"].text == bucket.name })
            #expect(try bucket.region.value == theirs["Location"].text)
            let statements = try bucket.policy.value?.policy.statements ?? []
            #expect(statements.count == theirs["Policy"]["Statement"].list.count)
            #expect(try bucket.grants.value.count == theirs["Grants"].list.count)
            let block = try bucket.publicAccessBlock.value
            #expect(block.restrictPublicBuckets == theirs["PublicAccessBlock"]["RestrictPublicBuckets"].flag)
            let versioning = try bucket.versioning.value
            #expect((versioning.status == .enabled) == (theirs["Versioning"]["Status"].text == "Enabled"))
            #expect(try bucket.logging.value?.targetBucket ?? "" == theirs["Logging"]["TargetBucket"].text)
            #expect(try (bucket.encryption.value == nil) == (theirs["Encryption"] == .null))
            #expect(try (bucket.objectLock.value == nil) == (theirs["ObjectLock"] == .null))
        }
        #expect(account.trailBuckets.count == 3)
    }

    @Test func trailKeys() async throws {
        let (boto, account) = (try await Self.boto.value, try await Self.account.value)
        let ours = try account.trailKeys.map { key, _ in
            [
                try key.description.value.arn, try key.description.value.keyState, try key.description.value.keyManager,
                "\(try key.rotation.value.isEnabled)", "\(try key.policy.value.policy.statements.count)",
                try key.grants.value.map(\.grantSummary).joined(separator: " "),
            ]
        }
        let theirs = boto["TrailKeys"].list.map { key in
            [
                key["Arn"].text, key["KeyState"].text, key["KeyManager"].text, "\(key["KeyRotationEnabled"].flag)",
                "\(key["Policy"]["Statement"].list.count)",
                key["Grants"].list.map(\.grantSummary).joined(separator: " "),
            ]
        }
        #expect(try account.trailKeys.contains { try !$0.key.grants.value.isEmpty })
        #expect(Set(ours) == Set(theirs))
        #expect(ours.count == 2)
    }

    @Test func workloads() async throws {
        let (boto, account) = (try await Self.boto.value, try await Self.account.value)
        let workloads = try account.workloads.flatMap { try $0.value }
        let ours = workloads.map { workload in
            switch workload.identity {
            case .role(let arn), .instanceProfile(let arn): [workload.arn, arn]
            }
        }
        #expect(Set(ours) == Set(boto["Workloads"].list.map { [$0["Arn"].text, $0["Under"].text] }))
        #expect(Set(workloads.map(\.kind)) == Set(Workload.Kind.allCases))

        let roles = try account[.identities].value.roles
        for workload in workloads {
            #expect(try workload.roles(among: roles).count == 1, "\(workload.arn)")
        }
        for role in boto["Identity"]["Roles"].list {
            let ours = roles.first { $0.arn == role["Arn"].text }
            #expect(try ours?.instanceProfileARNs.value == role["Profiles"].list.map(\.text))
        }
    }

    @Test(arguments: ScanRun.regions.sorted())
    func networks(region: String) async throws {
        let (boto, account) = (try await Self.boto.value, try await Self.account.value)
        let theirs = boto["Networks"][region]
        #expect(Set(try account[.vpcs][region].value.map(\.vpcID)) == Set(theirs["Vpcs"].list.map { $0["VpcId"].text }))

        let flowLogs = try account[.flowLogs][region].value.map { [$0.flowLogID, $0.resourceID, $0.trafficType ?? ""] }
        let theirFlowLogs = theirs["FlowLogs"].list.map { log in
            ["FlowLogId", "ResourceId", "TrafficType"].map { log[$0].text }
        }
        #expect(Set(flowLogs) == Set(theirFlowLogs))

        let groups = try account[.securityGroups][region].value
        #expect(Set(groups.map(\.id)) == Set(theirs["SecurityGroups"].list.map { $0["GroupId"].text }))
        let rules = groups.flatMap(\.rules).map(Rule.init)
        #expect(Set(rules) == Set(theirs["SecurityGroupRules"].list.map(Rule.init)))
        #expect(rules.count == Set(rules).count)

        let lists = try account[.networkACLs][region].value
        let theirLists = theirs["NetworkAcls"].list
        #expect(lists.count == theirLists.count)
        #expect(try lists.flatMap { try $0.entries.value }.count == theirLists.flatMap { $0["Entries"].list }.count)

        let interfaces = try account[.networkInterfaces][region].value.map(\.networkInterfaceID)
        #expect(Set(interfaces) == Set(theirs["NetworkInterfaces"].list.map { $0["NetworkInterfaceId"].text }))
    }

    /// A security group rule's key fields, as either side has them.
    private struct Rule: Hashable {
        var id: String
        var ipProtocol: String
        var isEgress: Bool
        var ports: [Int]
        var peer: String

        init(_ rule: SecurityGroupRule) {
            id = rule.id
            ipProtocol = rule.ipProtocol
            isEgress = rule.isEgress
            ports = [rule.fromPort ?? -1, rule.toPort ?? -1]
            switch rule.peer {
            case .ipv4(let text), .ipv6(let text), .prefixList(let text), .group(let text): peer = text
            case .unknown: peer = "unknown"
            }
        }

        init(_ rule: JSONValue) {
            id = rule["SecurityGroupRuleId"].text
            ipProtocol = rule["IpProtocol"].text
            isEgress = rule["IsEgress"].flag
            ports = [rule["FromPort"].number ?? -1, rule["ToPort"].number ?? -1]
            let group = rule["ReferencedGroup"].text
            let peers = ["CidrIpv4", "CidrIpv6", "PrefixListId"].map { rule[$0].text } + [group]
            peer = peers.first { !$0.isEmpty } ?? ""
        }
    }

    /// An identity with how many policies of each kind it has.
    private struct Holder: Hashable {
        var arn: String
        var attached: Int
        var inline: Int

        init(_ arn: String, _ attached: [AttachedPolicy], _ inline: [InlinePolicy]) {
            self.arn = arn
            self.attached = attached.count
            self.inline = inline.count
        }

        init(_ identity: JSONValue) {
            arn = identity["Arn"].text
            attached = identity["Attached"].list.count
            inline = identity["Inline"].members.count
        }
    }

    @Test func identities() async throws {
        let (boto, account) = (try await Self.boto.value["Identity"], try await Self.account.value)
        let identities = try account[.identities].value
        let users = identities.users.map { Holder($0.arn, $0.attachedPolicies, $0.inlinePolicies) }
        let groups = identities.groups.map { Holder($0.arn, $0.attachedPolicies, $0.inlinePolicies) }
        let roles = identities.roles.map { Holder($0.arn, $0.attachedPolicies, $0.inlinePolicies) }
        #expect(Set(users) == Set(boto["Users"].list.map(Holder.init)))
        #expect(Set(groups) == Set(boto["Groups"].list.map(Holder.init)))
        #expect(Set(roles) == Set(boto["Roles"].list.map(Holder.init)))
        for user in boto["Users"].list {
            let ours = identities.users.first { $0.arn == user["Arn"].text }
            #expect(ours?.groupNames.count == user["Groups"].list.count)
        }
        let policies = identities.policies.filter { !$0.isAWSManaged }
        #expect(Set(policies.map(\.arn)) == Set(boto["Policies"].list.map { $0["Arn"].text }))
        for policy in policies {
            let theirs = try #require(boto["Policies"].list.first { $0["Arn"].text == policy.arn })
            #expect(policy.attachmentCount == theirs["AttachmentCount"].number)
            let statements = try policy.defaultDocument.policy.statements
            #expect(statements.count == theirs["Document"]["Statement"].list.count)
        }
    }

    @Test func credentials() async throws {
        let (boto, account) = (try await Self.boto.value["Identity"], try await Self.account.value)
        let report = try account[.credentialReport].value
        let rows = boto["CredentialReport"].list
        #expect(report.users.count == rows.count - 1)
        for user in report.users {
            let row = try #require(rows.first { $0["user"].text == user.name })
            #expect(user.accessKeys[0].isActive == (row["access_key_1_active"].text == "true"))
            #expect(user.accessKeys[1].isActive == (row["access_key_2_active"].text == "true"))
            #expect(user.accessKeys[0].lastRotated == Timestamp.parse(row["access_key_1_last_rotated"].text))
            #expect(user.accessKeys[0].lastUsed == Timestamp.parse(row["access_key_1_last_used_date"].text))
            #expect(user.password.lastUsed == Timestamp.parse(row["password_last_used"].text))
            #expect(user.hasMFA == (row["mfa_active"].text == "true"))
        }
        #expect(
            try account[.accountSummary].value.rootHasAccessKeys
                == (boto["AccountSummary"]["AccountAccessKeysPresent"].number == 1))
        #expect(
            try account[.passwordPolicy].value?.minimumLength == boto["PasswordPolicy"]["MinimumPasswordLength"].number)
        #expect(
            try account[.passwordPolicy].value?.reusePrevention
                == boto["PasswordPolicy"]["PasswordReusePrevention"].number)
        #expect(try account[.virtualMFADevices].value.count == boto["VirtualMFADevices"].list.count)
    }
}

extension KeyGrant {
    fileprivate var grantSummary: String {
        "\(grantID) \(granteePrincipal ?? "") \(operations) \(constraints?.encryptionContextSubset?.count ?? 0)"
    }
}

extension JSONValue {
    fileprivate var grantSummary: String {
        let context = self["Constraints"]["EncryptionContextSubset"].members.count
        return
            "\(self["GrantId"].text) \(self["GranteePrincipal"].text) \(self["Operations"].list.map(\.text)) \(context)"
    }

    fileprivate var members: [String: JSONValue] { if case .object(let members) = self { members } else { [:] } }
    fileprivate subscript(_ key: String) -> JSONValue { members[key] ?? .null }
    fileprivate var list: [JSONValue] { if case .array(let values) = self { values } else { [] } }
    fileprivate var text: String { if case .string(let text) = self { text } else { "" } }
    fileprivate var flag: Bool { self == true }
    fileprivate var number: Int? { if case .int(let number) = self { number } else { nil } }
}
