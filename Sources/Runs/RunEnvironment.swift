public import AWSClient
public import Logging

/// What a run takes from the process around it: the environment variables, the files of AWS's configuration, the clock,
/// the network, and somebody to ask for an MFA code.
public struct RunEnvironment: Sendable {
    public var aws: AWSEnvironment
    /// Receives a message for each retry and the like.
    public var logger: Logger
    /// Receives what the user should know while a run goes on: a sentence without its full stop.
    public var warn: @Sendable (String) -> Void = { _ in }
    /// Makes the transport of a session.
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
