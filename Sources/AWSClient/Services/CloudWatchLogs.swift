import Basics

extension Service {
    public static let cloudWatchLogs = Service(
        endpointPrefix: "logs", signingName: "logs", environmentName: "CLOUDWATCH_LOGS",
        wireProtocol: .awsJSON(version: "1.1", targetPrefix: "Logs_20140328"))
}

extension Operation {
    public static let describeLogGroups = Operation(.cloudWatchLogs, "DescribeLogGroups")
}

/// Amazon CloudWatch Logs, as far as it is used. Source of the shapes: the Amazon CloudWatch Logs API Reference.
public enum CloudWatchLogs {
    /// The log groups of the region, or those whose names begin with `prefix`.
    public static func describeLogGroups<LogGroup>(
        prefix: String? = nil
    ) -> ReadRequest<DescribeLogGroupsAnswer<LogGroup>> {
        ReadRequest(
            .describeLogGroups, prefix.map { ["logGroupNamePrefix": .string($0)] } ?? ["limit": 50],
            paging: Paging("nextToken") { $0.nextToken })
    }
}

public struct DescribeLogGroupsAnswer<LogGroup: Decodable & Sendable>: Decodable, Sendable {
    public var logGroups: [LogGroup]
    public var nextToken: String?
}
