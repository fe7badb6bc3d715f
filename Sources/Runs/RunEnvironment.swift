public import AWSClient
public import Logging

/// The parts of the surrounding process that a run uses: the environment variables, the AWS configuration files, the
/// clock, the network, and the prompt for an MFA code.
public struct RunEnvironment: Sendable {
    public var aws: AWSEnvironment
    /// Receives messages about retries and similar events.
    public var logger: Logger
    /// Receives warnings during a run: sentences without a full stop.
    public var warn: @Sendable (String) -> Void = { _ in }
    /// Creates the transport of a session.
    public var transport: @Sendable (_ connectionsPerHost: Int, _ network: NetworkSettings) -> any HTTPTransport
    /// The calls of all runs in this environment.
    public let calls = CallLog()

    public init(
        _ aws: AWSEnvironment = .current(), logger: Logger = Logger(label: "parapet") { _ in SwiftLogNoOpLogHandler() },
        transport: @escaping @Sendable (Int, NetworkSettings) -> any HTTPTransport = {
            AsyncHTTPTransport(userAgent: Version.userAgent, connectionsPerHost: $0, network: $1)
        }
    ) {
        self.aws = aws
        self.logger = logger
        self.transport = transport
    }
}
