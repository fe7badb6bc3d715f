import AWSClient
import Basics

/// A CloudWatch Logs log group, as `DescribeLogGroups` lists it.
public struct LogGroup: Sendable, Codable, Hashable {
    public var logGroupName: String
    /// It ends in `:*`, which stands for all streams of the group.
    public var arn: String
    /// An ARN; `nil` if the group is encrypted with CloudWatch Logs' own key only.
    public var kmsKeyID: String?
    /// `nil` if events never expire.
    public var retentionInDays: Int?

    /// The ARN without the `:*`.
    public var logGroupARN: String { arn.hasSuffix(":*") ? String(arn.dropLast(2)) : arn }
}

extension Facet {
    public static let logGroups = FacetOf<ByName<[LogGroup]>>.perRegion(
        "logGroups", CloudWatchLogs.describeLogGroups(), by: \.arn
    ) {
        $0.logGroups
    }

    /// The log groups that trails deliver to, by ARN without the trailing `:*`.
    public static let trailLogGroups = FacetOf<ByName<LogGroup>>(
        "trailLogGroups",
        calls: CloudWatchLogs.describeLogGroups(prefix: "example") as ReadRequest<DescribeLogGroupsAnswer<LogGroup>>,
        requires: [.trails]
    ) { collector, account in
        .known(
            await collector.concurrently(Set(account.trails.compactMap(\.logGroupARN))) { arn in
                await collector.logGroup(arn)
            })
    }
}

extension Collector {
    fileprivate func logGroup(_ arn: String) async -> Fact<LogGroup> {
        guard let name = ARN(arn) else {
            return .unknown(Unknown(.notFound, detail: "\(arn) is not the ARN of a log group"))
        }
        guard name.account == accountID else {
            return .unknown(Unknown(.anotherAccount, detail: "the log group is account \(name.account)'s"))
        }
        return await pages(of: CloudWatchLogs.describeLogGroups(prefix: name.logGroup), in: String(name.region))
            .map { (pages: [DescribeLogGroupsAnswer<LogGroup>]) throws(Unknown) in
                guard let group = pages.flatMap(\.logGroups).first(where: { $0.logGroupName == name.logGroup }) else {
                    throw Unknown(
                        .notFound, call: Operation.describeLogGroups.description,
                        detail: "the log group \(name.logGroup) does not exist")
                }
                return group
            }
    }
}

extension ARN {
    /// The name in a resource part of the form `log-group:NAME:*`.
    fileprivate var logGroup: String {
        let name = resource.hasPrefix("log-group:") ? resource.dropFirst("log-group:".count) : resource
        return String(name.hasSuffix(":*") ? name.dropLast(2) : name)
    }
}

extension LogGroup: Sampled {
    /// The log group to which the sample trail delivers, encrypted with a KMS key.
    public static var sample: LogGroup {
        LogGroup(
            logGroupName: "trail", arn: "arn:aws:logs:us-east-1:123456789012:log-group:trail:*",
            kmsKeyID: EncryptionKey.sample.reference, retentionInDays: 365)
    }
}
