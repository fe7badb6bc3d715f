import AWSClient
import Basics
import FoundationEssentials
import Inventory
import Posture
import Practices
import Remediation

/// A transport whose requests bear the user agent of fixes, so that CloudTrail's events tell Parapet's changes from its
/// readings.
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
    /// What CloudTrail's events show as the user agent of a fix.
    static let fixUserAgent = "parapet-fix/\(current)"
}

extension AWSSession {
    /// A session whose calls bear the user agent of fixes.
    static func forFixes(_ options: SessionOptions, in environment: RunEnvironment) async throws(Failure) -> Self {
        var environment = environment
        let transport = environment.transport
        environment.transport = { FixTransport(base: transport($0, $1)) }
        return try await Self(options, in: environment)
    }

    /// Where global services are called.
    var globalRegion: String { Partition.named(partition)?.globalRegion ?? baseRegion }

    func guards(_ settings: Settings, lastAdministrators: Set<String> = []) -> Guards {
        Guards(
            caller: callerARN, accessKeys: accessKeyIDs, breakGlass: settings.breakGlass,
            lastAdministrators: lastAdministrators, account: accountID)
    }

    /// The moment in ISO 8601, to the second.
    var timestamp: @Sendable () -> String {
        { [self] in Moment(Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))).description }
    }
}

extension Fixes {
    /// Every call that a fix may make.
    static let calls = all.reduce(into: Set<AWSClient.Operation>()) { $0.formUnion($1.calls) }
}
