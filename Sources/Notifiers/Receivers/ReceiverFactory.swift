public import AWSClient
public import Basics
import Foundation
public import Store

/// What receivers need of the process around them.
public struct NotifierSurroundings: Sendable {
    public var transport: any HTTPTransport
    public var variables: [String: String]
    /// Returns a file's bytes; `nil` if there is no such file.
    public var readFile: @Sendable (String) throws -> [UInt8]?
    public var session: NotifierSessionSource
    public var finding: FindingFormatter
    /// Writes lines on stdout.
    public var write: @Sendable ([UInt8]) throws -> Void
    public var clock: OutboxClock
    /// The time limit of one attempt.
    public var limit: Duration

    public init(
        transport: any HTTPTransport, variables: [String: String],
        readFile: @escaping @Sendable (String) throws -> [UInt8]?, session: @escaping NotifierSessionSource,
        finding: @escaping FindingFormatter, write: @escaping @Sendable ([UInt8]) throws -> Void, clock: OutboxClock,
        limit: Duration = .seconds(10)
    ) {
        self.transport = transport
        self.variables = variables
        self.readFile = readFile
        self.session = session
        self.finding = finding
        self.write = write
        self.clock = clock
        self.limit = limit
    }

    /// Checks that the secrets of a notifier are there, and its address can be used.
    /// - Throws: ``Failure``, which holds no secret.
    public func check(_ notifier: Notifier) throws(Failure) {
        switch notifier.receiver {
        case .webhook(let address, let secret):
            try check(address, of: notifier)
            if let secret { _ = try value(of: secret, "the secret", notifier) }
        case .slack(let address), .teams(let address): try check(address, of: notifier)
        case .pagerDuty(let key, let address):
            try check(.plain(address), of: notifier)
            _ = try value(of: key, "the key", notifier)
        case .stdout, .sns, .ses, .securityHub: break
        }
    }

    private func check(_ address: SecretPlace, of notifier: Notifier) throws(Failure) {
        _ = try HTTPRequest(
            to: try value(of: address, "the address", notifier), from: "the address of notifier '\(notifier.name)'")
    }

    private func value(of place: SecretPlace, _ use: String, _ notifier: Notifier) throws(Failure) -> String {
        try place.value(of: "\(use) of notifier '\(notifier.name)'", variables, readFile: readFile)
    }

    func receiver(of notifier: Notifier) -> any Receiver {
        switch notifier.receiver {
        case .stdout: LineReceiver(write: write)
        case .webhook(let address, let secret):
            http(notifier, address, secret) { message, secrets in
                var content = HTTPReceiver.Content(body: WebhookMessage.json(message))
                if let secret = secrets.first {
                    content.headers = { WebhookMessage.signature(of: $0, secret, at: $1) }
                }
                return [content]
            }
        case .slack(let address):
            http(notifier, address) { message, _ in [.init(body: SlackMessage.json(message))] }
        case .teams(let address):
            http(notifier, address) { message, _ in [.init(body: TeamsMessage.json(message))] }
        case .pagerDuty(let key, let address):
            http(notifier, .plain(address), key) { message, secrets in
                message.items.flatMap { PagerDutyEvent.events(for: $0, routingKey: secrets[0]) }.map { .init(body: $0) }
            }
        case .sns(let topic): SNSReceiver(topic: topic, session: session)
        case .ses(let from, let to, let region, let set):
            MailReceiver(from: from, to: to, region: region, configurationSet: set, session: session)
        case .securityHub(let region): SecurityHubReceiver(region: region, finding: finding, session: session)
        }
    }

    private func http(
        _ notifier: Notifier, _ address: SecretPlace, _ secret: SecretPlace? = nil,
        _ contents: @escaping @Sendable (OutgoingMessage, [String]) -> [HTTPReceiver.Content]
    ) -> HTTPReceiver {
        HTTPReceiver(
            transport: transport, now: clock.now, limit: limit,
            address: { () throws(Failure) in try value(of: address, "the address", notifier) },
            secrets: { () throws(Failure) in
                if let secret { [try value(of: secret, "the secret", notifier)] } else { [] }
            }, contents: contents)
    }
}

extension Outbox {
    /// - Parameter report: receives what goes wrong, in lines that are safe to show and hold no secret.
    public init(
        _ notifiers: [Notifier], store: Store, in surroundings: NotifierSurroundings,
        report: @escaping @Sendable (String) -> Void = { _ in }, count: @escaping Counting = { _, _ in }
    ) {
        self.init(
            notifiers.map { ($0, surroundings.receiver(of: $0)) }, store: store, clock: surroundings.clock,
            report: report, count: count)
    }
}
