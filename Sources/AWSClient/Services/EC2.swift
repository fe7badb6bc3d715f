import Basics

extension Service {
    public static let ec2 = Service(
        endpointPrefix: "ec2", signingName: "ec2", environmentName: "EC2", wireProtocol: .ec2(apiVersion: "2016-11-15"))
}

extension Operation {
    public static let describeRegions = Operation(.ec2, "DescribeRegions")
    public static let describeVPCs = Operation(.ec2, "DescribeVpcs")
    public static let describeFlowLogs = Operation(.ec2, "DescribeFlowLogs")
    public static let describeSecurityGroups = Operation(.ec2, "DescribeSecurityGroups")
    public static let describeSecurityGroupRules = Operation(.ec2, "DescribeSecurityGroupRules")
    public static let describeNetworkACLs = Operation(.ec2, "DescribeNetworkAcls")
    public static let describeNetworkInterfaces = Operation(.ec2, "DescribeNetworkInterfaces")
    public static let describeInstances = Operation(.ec2, "DescribeInstances")
    public static let createFlowLogs = Operation(.ec2, "CreateFlowLogs")
    public static let getManagedPrefixListEntries = Operation(.ec2, "GetManagedPrefixListEntries")
}

/// Amazon EC2, as far as it is used. Source of the shapes: the Amazon EC2 API Reference.
public enum EC2 {
    /// The regions that are enabled for the account.
    public static func describeRegions() -> ReadRequest<DescribeRegionsAnswer> {
        ReadRequest(.describeRegions, ["AllRegions": false])
    }

    public static func describeVPCs<VPC>() -> ReadRequest<DescribeVPCsAnswer<VPC>> {
        paged(.describeVPCs) { $0.nextToken }
    }

    public static func describeFlowLogs<FlowLog>() -> ReadRequest<DescribeFlowLogsAnswer<FlowLog>> {
        paged(.describeFlowLogs) { $0.nextToken }
    }

    public static func describeSecurityGroups<Group>() -> ReadRequest<DescribeSecurityGroupsAnswer<Group>> {
        paged(.describeSecurityGroups) { $0.nextToken }
    }

    public static func describeSecurityGroupRules<Rule>() -> ReadRequest<DescribeSecurityGroupRulesAnswer<Rule>> {
        paged(.describeSecurityGroupRules) { $0.nextToken }
    }

    public static func describeNetworkACLs<ACL>() -> ReadRequest<DescribeNetworkACLsAnswer<ACL>> {
        paged(.describeNetworkACLs) { $0.nextToken }
    }

    public static func describeNetworkInterfaces<Interface>() -> ReadRequest<DescribeNetworkInterfacesAnswer<Interface>>
    {
        paged(.describeNetworkInterfaces) { $0.nextToken }
    }

    public static func describeInstances<Instance>() -> ReadRequest<DescribeInstancesAnswer<Instance>> {
        paged(.describeInstances) { $0.nextToken }
    }

    public static func getManagedPrefixListEntries(_ list: String) -> ReadRequest<GetManagedPrefixListEntriesAnswer> {
        ReadRequest(
            .getManagedPrefixListEntries, ["PrefixListId": .string(list), "MaxResults": 100],
            paging: Paging("NextToken") { $0.nextToken })
    }

    /// Creates a flow log of all traffic of a VPC, delivered to a bucket. Two requests with the same token create one
    /// flow log.
    /// - Parameters:
    ///   - bucket: the bucket's ARN, optionally with a folder.
    ///   - token: a unique token for this flow log, at most 64 characters.
    public static func createFlowLogs(
        vpc: String, bucket: String, token: String
    ) -> WriteRequest<CreateFlowLogsAnswer> {
        WriteRequest(
            .createFlowLogs,
            [
                "ResourceId": [.string(vpc)], "ResourceType": "VPC", "TrafficType": "ALL", "LogDestinationType": "s3",
                "LogDestination": .string(bucket), "ClientToken": .string(token),
            ], isIdempotent: true)
    }

    private static func paged<Output>(
        _ operation: Operation, _ nextToken: @escaping @Sendable (Output) -> String?
    ) -> ReadRequest<Output> {
        ReadRequest(operation, ["MaxResults": 1000], paging: Paging("NextToken", nextToken))
    }
}

public struct DescribeRegionsAnswer: Decodable, Sendable {
    public var regionInfo: [Region]

    public struct Region: Decodable, Sendable {
        public var regionName: String
        /// `opt-in-not-required`, `opted-in` or `not-opted-in`.
        public var optInStatus: String?
    }
}

public struct EC2Tag: Codable, Sendable, Hashable {
    public var key: String
    public var value: String?

    public init(key: String, value: String?) {
        self.key = key
        self.value = value
    }
}

public struct CreateFlowLogsAnswer: Decodable, Sendable {
    public var flowLogIDSet: [String]
    /// Resources for which no flow log was created, with the reason: the call itself succeeds nevertheless.
    public var unsuccessful: [Failure]?

    public struct Failure: Decodable, Sendable {
        public var error: Reason
    }

    public struct Reason: Decodable, Sendable {
        public var code: String
        public var message: String
    }
}

public struct DescribeSecurityGroupsAnswer<Group: Decodable & Sendable>: Decodable, Sendable {
    public var securityGroupInfo: [Group]
    public var nextToken: String?
}

public struct DescribeSecurityGroupRulesAnswer<Rule: Decodable & Sendable>: Decodable, Sendable {
    public var securityGroupRuleSet: [Rule]
    public var nextToken: String?
}

public struct DescribeNetworkACLsAnswer<ACL: Decodable & Sendable>: Decodable, Sendable {
    public var networkACLSet: [ACL]
    public var nextToken: String?
}

public struct GetManagedPrefixListEntriesAnswer: Decodable, Sendable {
    public var entrySet: [Entry]
    public var nextToken: String?

    public struct Entry: Decodable, Sendable {
        public var cidr: String
    }
}

public struct DescribeVPCsAnswer<VPC: Decodable & Sendable>: Decodable, Sendable {
    public var vpcSet: [VPC]
    public var nextToken: String?
}

public struct DescribeFlowLogsAnswer<FlowLog: Decodable & Sendable>: Decodable, Sendable {
    public var flowLogSet: [FlowLog]
    public var nextToken: String?
}

public struct DescribeNetworkInterfacesAnswer<Interface: Decodable & Sendable>: Decodable, Sendable {
    public var networkInterfaceSet: [Interface]
    public var nextToken: String?
}

public struct DescribeInstancesAnswer<Instance: Decodable & Sendable>: Decodable, Sendable {
    public var reservationSet: [Reservation]
    public var nextToken: String?

    public struct Reservation: Decodable, Sendable {
        public var instancesSet: [Instance]
    }
}
