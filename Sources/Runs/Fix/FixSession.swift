import AWSClient
import Basics
import FoundationEssentials
import Inventory
import Posture
import Practices
import Remediation

/// A transport that adds the user agent of fixes to requests, so that CloudTrail's events distinguish Parapet's changes
/// from its reads.
private struct FixTransport: HTTPTransport {
    let base: any HTTPTransport

    func send(
        _ request: HTTPRequest, timeout: Duration, maximumBodyBytes: Int
    ) async throws(TransportError) -> HTTPResponse {
        var request = request
        request.headers.append(.init("User-Agent", Version.fixUserAgent))
        return try await base.send(request, timeout: timeout, maximumBodyBytes: maximumBodyBytes)
    }
}

extension Version {
    /// The user agent of fixes, as CloudTrail's events show it.
    static let fixUserAgent = "parapet-fix/\(current)"
}

extension AWSSession {
    /// Returns a session in the plan's account whose calls have the user agent of fixes.
    static func forFixes(
        _ options: SessionOptions, of plan: Plan, in environment: RunEnvironment
    ) async throws(Failure) -> Self {
        var environment = environment
        let transport = environment.transport
        environment.transport = { FixTransport(base: transport($0, $1)) }
        return try await Self(options.reaching(plan), in: environment)
    }

    /// The client for applying a plan, which also signs as the root user if a call demands it.
    var fixClient: Client {
        guard memberRole != nil else { return client }
        var client = client
        client.root = rootProvider(for: .deleteCredentials)
        return client
    }

    /// The Region in which global services are called.
    var globalRegion: String { Partition.named(partition)?.globalRegion ?? baseRegion }

    func guards(_ settings: Settings, lastAdministrators: Set<String> = []) -> Guards {
        Guards(
            caller: callerARN, accessKeys: accessKeyIDs, breakGlass: settings.breakGlass,
            lastAdministrators: lastAdministrators, account: accountID)
    }

    /// Returns the current time in ISO 8601, to the second.
    var timestamp: @Sendable () -> String {
        { [self] in Moment(Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))).description }
    }
}

extension SessionOptions {
    /// Returns the options for the plan's account: the role through which it was read is assumed again, unless the
    /// credentials are of that account.
    func reaching(_ plan: Plan) -> SessionOptions {
        var options = self
        if let role = plan.role { options.member = Member(account: plan.account, roleName: role) }
        return options
    }
}

extension Fixes {
    /// All calls that fixes can make.
    static let calls = all.reduce(into: Set<AWSClient.Operation>()) { $0.formUnion($1.calls) }
}
