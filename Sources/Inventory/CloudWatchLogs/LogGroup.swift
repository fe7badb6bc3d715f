import AWSClient
import Basics

/// A CloudWatch Logs log group.
public struct LogGroup: Sendable, Codable, Hashable {
    public var name: String
    public var arn: String
    /// `nil` if the group is encrypted with CloudWatch Logs' own key only.
    public var keyARN: String?
    /// `nil` if events are kept for ever.
    public var retentionInDays: Int?
}

extension Facet {
    /// The log groups that trails deliver to, by ARN without the trailing `:*`.
    public static let trailLogGroups = FacetOf<ByName<LogGroup>>(
        "trailLogGroups", calls: CloudWatchLogs.describeLogGroups(prefix: "example"), requires: [.trails]
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
            .map { pages throws(Unknown) in
                guard let group = pages.flatMap(\.logGroups).first(where: { $0.logGroupName == name.logGroup }) else {
                    throw Unknown(
                        .notFound, call: Operation.describeLogGroups.description,
                        detail: "the log group \(name.logGroup) does not exist")
                }
                return LogGroup(
                    name: group.logGroupName, arn: arn, keyARN: group.kmsKeyID,
                    retentionInDays: group.retentionInDays)
            }
    }
}

extension ARN {
    /// `log-group:NAME:*` without what surrounds the name.
    fileprivate var logGroup: String {
        let name = resource.hasPrefix("log-group:") ? resource.dropFirst("log-group:".count) : resource
        return String(name.hasSuffix(":*") ? name.dropLast(2) : name)
    }
}

extension LogGroup: Sampled {
    /// The log group to which the sample trail delivers, encrypted with a KMS key.
    public static var sample: LogGroup {
        LogGroup(
            name: "trail", arn: "arn:aws:logs:us-east-1:123456789012:log-group:trail",
            keyARN: EncryptionKey.sample.reference, retentionInDays: 365)
    }
}
