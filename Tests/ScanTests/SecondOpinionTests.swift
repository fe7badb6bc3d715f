import AWSClient
import Basics
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
        let regions = SampleScan.regions.sorted().flatMap { ["--region", $0] }
        let outcome = try await Subprocess.python(
            "Tests/Support/python/inventory.py", ["--endpoint-url", endpoint] + regions)
        guard outcome.status == 0 else { throw MotoServer.Failure(outcome.standardError) }
        return try JSONDecoder().decode(JSON.self, from: Data(outcome.standardOutput.utf8))
    }
    private static let account = Task {
        // Moto knows of no last accessed information.
        let facets = Catalogue.facets.subtracting([.lastAccessed])
        return await SampleScan.scan(try await MotoServer.sample.value.endpoint, checks: [], facets: facets).account
    }

    @Test func trails() async throws {
        let (boto, account) = (try await Self.boto.value, try await Self.account.value)
        let theirs = boto[at: "Trails"].list.map { trail in
            [
                trail[at: "TrailARN"].words, trail[at: "HomeRegion"].words, trail[at: "S3BucketName"].words,
                trail[at: "KmsKeyId"].words,
                "\(trail[at: "IsMultiRegionTrail"].flag)", "\(trail[at: "LogFileValidationEnabled"].flag)",
                "\(trail[at: "IsLogging"].flag)", trail[at: "LatestDeliveryError"].words,
                "\(trail[at: "EventSelectors"].list.count)", "\(trail[at: "AdvancedEventSelectors"].list.count)",
            ]
        }
        let ours = try account.trails.map { trail in
            [
                trail.trailARN, trail.homeRegion, trail.s3BucketName, trail.kmsKeyID ?? "",
                "\(trail.isMultiRegionTrail)",
                "\(trail.logFileValidationEnabled)", "\(try trail.status.value.isLogging)",
                try trail.status.value.latestDeliveryError ?? "",
                "\(try trail.eventSelectors.value.eventSelectors.count)",
                "\(try trail.eventSelectors.value.advancedEventSelectors.count)",
            ]
        }
        #expect(Set(ours) == Set(theirs))
        #expect(ours.count == 3)
    }

    @Test func trailBuckets() async throws {
        let (boto, account) = (try await Self.boto.value, try await Self.account.value)
        for (bucket, _) in account.trailBuckets {
            let theirs = try #require(boto[at: "Buckets"].list.first { $0[at: "Name"].words == bucket.name })
            #expect(try bucket.region.value == theirs[at: "Location"].words)
            let statements = try bucket.policy.value?.policy.statements ?? []
            #expect(statements.count == theirs[at: "Policy"][at: "Statement"].list.count)
            #expect(try bucket.grants.value.count == theirs[at: "Grants"].list.count)
            let block = try bucket.publicAccessBlock.value
            #expect(block.restrictPublicBuckets == theirs[at: "PublicAccessBlock"][at: "RestrictPublicBuckets"].flag)
            let versioning = try bucket.versioning.value
            #expect((versioning.status == "Enabled") == (theirs[at: "Versioning"][at: "Status"].words == "Enabled"))
            #expect(try bucket.logging.value?.targetBucket ?? "" == theirs[at: "Logging"][at: "TargetBucket"].words)
            #expect(try (bucket.encryption.value == nil) == (theirs[at: "Encryption"] == .null))
            #expect(try (bucket.objectLock.value == nil) == (theirs[at: "ObjectLock"] == .null))
        }
        #expect(account.trailBuckets.count == 3)
    }

    @Test func trailKeys() async throws {
        let (boto, account) = (try await Self.boto.value, try await Self.account.value)
        let ours = try account.trailKeys.map { key, _ in
            [
                try key.description.value.arn, try key.description.value.keyState, try key.description.value.keyManager,
                "\(try key.rotation.value.keyRotationEnabled)", "\(try key.policy.value.policy.statements.count)",
                try key.grants.value.map(\.grantSummary).joined(separator: " "),
            ]
        }
        let theirs = boto[at: "TrailKeys"].list.map { key in
            [
                key[at: "Arn"].words, key[at: "KeyState"].words, key[at: "KeyManager"].words,
                "\(key[at: "KeyRotationEnabled"].flag)",
                "\(key[at: "Policy"][at: "Statement"].list.count)",
                key[at: "Grants"].list.map(\.grantSummary).joined(separator: " "),
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
        #expect(Set(ours) == Set(boto[at: "Workloads"].list.map { [$0[at: "Arn"].words, $0[at: "Under"].words] }))
        #expect(Set(workloads.map(\.kind)) == Set(Workload.Kind.allCases))

        let roles = try account[.identities].value.roles
        for workload in workloads {
            #expect(workload.roles(among: roles).count == 1, "\(workload.arn)")
        }
        for role in boto[at: "Identity"][at: "Roles"].list {
            let ours = roles.first { $0.arn == role[at: "Arn"].words }
            #expect(ours?.instanceProfileList.map(\.arn) == role[at: "Profiles"].list.map(\.words))
        }
    }

    @Test(arguments: SampleScan.regions.sorted())
    func networks(region: String) async throws {
        let (boto, account) = (try await Self.boto.value, try await Self.account.value)
        let theirs = boto[at: "Networks"][at: region]
        #expect(
            Set(try account[.vpcs][region].value.map(\.vpcID))
                == Set(theirs[at: "Vpcs"].list.map { $0[at: "VpcId"].words }))

        let flowLogs = try account[.flowLogs][region].value.map { [$0.flowLogID, $0.resourceID, $0.trafficType ?? ""] }
        let theirFlowLogs = theirs[at: "FlowLogs"].list.map { log in
            ["FlowLogId", "ResourceId", "TrafficType"].map { log[at: $0].words }
        }
        #expect(Set(flowLogs) == Set(theirFlowLogs))

        let groups = try account.securityGroups[region].value
        #expect(Set(groups.map(\.groupID)) == Set(theirs[at: "SecurityGroups"].list.map { $0[at: "GroupId"].words }))
        let rules = try groups.flatMap { try $0.rules.value }.map(Rule.init)
        #expect(Set(rules) == Set(theirs[at: "SecurityGroupRules"].list.map(Rule.init)))
        #expect(rules.count == Set(rules).count)

        let lists = try account[.networkACLs][region].value
        let theirLists = theirs[at: "NetworkAcls"].list
        #expect(lists.count == theirLists.count)
        #expect(try lists.flatMap { try $0.entries.value }.count == theirLists.flatMap { $0[at: "Entries"].list }.count)

        let interfaces = try account[.networkInterfaces][region].value.map(\.networkInterfaceID)
        #expect(Set(interfaces) == Set(theirs[at: "NetworkInterfaces"].list.map { $0[at: "NetworkInterfaceId"].words }))
    }

    /// A security group rule's key fields, as either side has them.
    private struct Rule: Hashable {
        var id: String
        var ipProtocol: String
        var isEgress: Bool
        var ports: [Int]
        var peer: String

        init(_ rule: SecurityGroupRule) {
            id = rule.securityGroupRuleID
            ipProtocol = rule.ipProtocol
            isEgress = rule.isEgress
            ports = [rule.fromPort ?? -1, rule.toPort ?? -1]
            switch rule.peer {
            case .ipv4(let text), .ipv6(let text), .prefixList(let text), .group(let text): peer = text
            case .unknown: peer = "unknown"
            }
        }

        init(_ rule: JSON) {
            id = rule[at: "SecurityGroupRuleId"].words
            ipProtocol = rule[at: "IpProtocol"].words
            isEgress = rule[at: "IsEgress"].flag
            ports = [rule[at: "FromPort"].number ?? -1, rule[at: "ToPort"].number ?? -1]
            let group = rule[at: "ReferencedGroup"].words
            let peers = ["CidrIpv4", "CidrIpv6", "PrefixListId"].map { rule[at: $0].words } + [group]
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

        init(_ identity: JSON) {
            arn = identity[at: "Arn"].words
            attached = identity[at: "Attached"].list.count
            inline = identity[at: "Inline"].members.count
        }
    }

    @Test func identities() async throws {
        let (boto, account) = (try await Self.boto.value[at: "Identity"], try await Self.account.value)
        let identities = try account[.identities].value
        let users = identities.users.map { Holder($0.arn, $0.attachedManagedPolicies, $0.userPolicyList) }
        let groups = identities.groups.map { Holder($0.arn, $0.attachedManagedPolicies, $0.groupPolicyList) }
        let roles = identities.roles.map { Holder($0.arn, $0.attachedManagedPolicies, $0.rolePolicyList) }
        #expect(Set(users) == Set(boto[at: "Users"].list.map(Holder.init)))
        #expect(Set(groups) == Set(boto[at: "Groups"].list.map(Holder.init)))
        #expect(Set(roles) == Set(boto[at: "Roles"].list.map(Holder.init)))
        for user in boto[at: "Users"].list {
            let ours = identities.users.first { $0.arn == user[at: "Arn"].words }
            #expect(ours?.groupList.count == user[at: "Groups"].list.count)
        }
        let policies = identities.policies.filter { !$0.isAWSManaged }
        #expect(Set(policies.map(\.arn)) == Set(boto[at: "Policies"].list.map { $0[at: "Arn"].words }))
        for policy in policies {
            let theirs = try #require(boto[at: "Policies"].list.first { $0[at: "Arn"].words == policy.arn })
            #expect(policy.attachmentCount == theirs[at: "AttachmentCount"].number)
            let statements = try policy.defaultDocument.policy.statements
            #expect(statements.count == theirs[at: "Document"][at: "Statement"].list.count)
        }
    }

    @Test func credentials() async throws {
        let (boto, account) = (try await Self.boto.value[at: "Identity"], try await Self.account.value)
        let report = try account[.credentialReport].value
        let rows = boto[at: "CredentialReport"].list
        #expect(report.users.count == rows.count - 1)
        for user in report.users {
            let row = try #require(rows.first { $0[at: "user"].words == user.name })
            #expect(user.accessKeys[0].isActive == (row[at: "access_key_1_active"].words == "true"))
            #expect(user.accessKeys[1].isActive == (row[at: "access_key_2_active"].words == "true"))
            #expect(user.accessKeys[0].lastRotated == Moment(answer: row[at: "access_key_1_last_rotated"].words)?.date)
            #expect(user.accessKeys[0].lastUsed == Moment(answer: row[at: "access_key_1_last_used_date"].words)?.date)
            #expect(user.password.lastUsed == Moment(answer: row[at: "password_last_used"].words)?.date)
            #expect(user.hasMFA == (row[at: "mfa_active"].words == "true"))
        }
        #expect(
            try account[.accountSummary].value.rootHasAccessKeys
                == (boto[at: "AccountSummary"][at: "AccountAccessKeysPresent"].number == 1))
        #expect(
            try account[.passwordPolicy].value?.minimumPasswordLength
                == boto[at: "PasswordPolicy"][at: "MinimumPasswordLength"].number)
        #expect(
            try account[.passwordPolicy].value?.passwordReusePrevention
                == boto[at: "PasswordPolicy"][at: "PasswordReusePrevention"].number)
        #expect(try account[.virtualMFADevices].value.count == boto[at: "VirtualMFADevices"].list.count)
    }
}

extension KeyGrant {
    fileprivate var grantSummary: String {
        "\(grantID) \(granteePrincipal ?? "") \(operations) \(constraints?.encryptionContextSubset?.count ?? 0)"
    }
}

extension JSON {
    fileprivate var grantSummary: String {
        let context = self[at: "Constraints"][at: "EncryptionContextSubset"].members.count
        return
            "\(self[at: "GrantId"].words) \(self[at: "GranteePrincipal"].words) \(self[at: "Operations"].list.map(\.words)) \(context)"
    }

    fileprivate var members: [JSON.Object.Member] { object?.members ?? [] }
    fileprivate subscript(at name: String) -> JSON { object?[name] ?? .null }
    fileprivate var list: [JSON] { elements ?? [] }
    fileprivate var words: String { text ?? "" }
    fileprivate var flag: Bool { self == true }
    fileprivate var number: Int? { integer }
}
