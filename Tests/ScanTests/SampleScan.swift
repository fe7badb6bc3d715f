import AWSClient
import Foundation
import Inventory
import Posture
import Practices
import TestSupport

/// One scan in this process, against an endpoint, without waits and rate limits.
struct SampleScan {
    var findings: [Finding]
    var account: Account
    /// The operations that were called, as `service:Name`.
    var calls: [String]

    /// The sample account lives in these; elsewhere there is nothing.
    static let regions: Set<String> = ["us-east-1", "eu-west-1", "ap-southeast-2"]

    /// - Parameters:
    ///   - facets: what is read; `nil` for what the checks read.
    ///   - timeout: of one attempt, with the wait for a connection, while all other tests wait for theirs.
    static func scan(
        _ endpoint: String = "http://replay.test",
        over transport: any HTTPTransport = AsyncHTTPTransport(isPatient: true),
        checks: [any Check] = Catalogue.checks, facets: Set<Facet>? = nil,
        accountID: String = "123456789012", regions: Set<String> = Self.regions, timeout: Duration = .seconds(300)
    ) async -> SampleScan {
        var configuration = ClientConfiguration()
        configuration.timeout = timeout
        configuration.retry.maximumAttempts = 2
        configuration.sleep = { _ in }
        let calls = CallLog()
        let client = Client(
            credentials: StaticCredentials(Credentials(accessKeyID: "testing", secretAccessKey: "testing")),
            endpoints: EndpointResolver(EndpointSettings(endpointURL: endpoint)), transport: transport,
            configuration: configuration, budget: RateBudget { _ in RateLimit(perSecond: 1e6, burst: 1e6) },
            calls: calls)
        let facets = facets ?? checks.reduce(into: Set<Facet>()) { $0.formUnion($1.about.reads) }
        let criteria = Criteria(now: Date(), settings: Settings())
        let collector = Collector(
            client: client, accountID: accountID, partition: "aws", baseRegion: "us-east-1", facets: facets,
            usersToName: { Evaluator(checks: checks, criteria: criteria).usersToName(in: $0) }, sleep: { _ in })
        let enabled = await collector.enabledRegions()
        let account = await collector.collect(
            regions: enabled.map { $0.filter(regions.contains) }, at: Date(timeIntervalSince1970: 1_790_000_000))
        return SampleScan(
            findings: Evaluator(checks: checks, criteria: criteria).findings(in: account), account: account,
            calls: calls.all.map(\.operation.description))
    }
}

/// What identifies a finding from one scan to the next.
struct FindingKey: Hashable, CustomStringConvertible {
    var check: String
    var region: String
    var resource: String

    init(_ finding: Finding) {
        check = finding.check
        region = finding.region
        resource = finding.resource.arn
    }

    var description: String { "\(check) on \(resource) in \(region)" }
}
