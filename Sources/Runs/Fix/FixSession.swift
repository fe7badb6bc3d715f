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
    /// Returns a session whose calls have the user agent of fixes.
    static func forFixes(_ options: SessionOptions, in environment: RunEnvironment) async throws(Failure) -> Self {
        var environment = environment
        let transport = environment.transport
        environment.transport = { FixTransport(base: transport($0, $1)) }
        return try await Self(options, in: environment)
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

extension Fixes {
    /// All calls that fixes can make.
    static let calls = all.reduce(into: Set<AWSClient.Operation>()) { $0.formUnion($1.calls) }
}
