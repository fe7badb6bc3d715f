public import Basics

/// A notifier of the configuration: where its messages go, and what it is told.
public struct Notifier: Sendable, Hashable {
    public var name: String
    public var receiver: ReceiverSettings
    /// The least severity that it is told.
    public var severity = Severity.low
    /// The identifiers of practices; empty for all.
    public var practices: Set<String> = []
    /// Account IDs; empty for all.
    public var accounts: Set<String> = []
    public var topics = Set(NoticeTopic.allCases)
    public var quietHours: QuietHours?
    /// Seconds for which a message waits for others, which are then sent with it; 0 sends each at once.
    public var groupSeconds: Int
    /// Messages a minute.
    public var rate: Int
    /// Whether it is told when a finding that it was told of no longer fails.
    public var tellsResolved = true

    public init(_ name: String, _ receiver: ReceiverSettings) {
        self.name = name
        self.receiver = receiver
        (groupSeconds, rate) = (receiver.kind.usualGroupSeconds, receiver.kind.usualRate)
    }

    public static let groupSecondsRange = 0...86_400
    public static let rateRange = 1...6_000
}

/// What notifiers tell about. The raw values are those of the configuration.
public enum NoticeTopic: String, Sendable, Hashable, CaseIterable {
    case alerts, findings
    /// Problems of log integrity.
    case integrity
}

/// Where a notifier's messages go. Addresses and keys that let anyone send are ``SecretPlace``s.
public enum ReceiverSettings: Sendable, Hashable {
    case stdout
    case webhook(address: SecretPlace, secret: SecretPlace?)
    case slack(address: SecretPlace)
    case teams(address: SecretPlace)
    case pagerDuty(key: SecretPlace, address: String)
    /// The ARN of a topic.
    case sns(topic: String)
    /// - Parameter configurationSet: the name of an SES configuration set, if one is used.
    case ses(from: String, to: [String], region: String, configurationSet: String?)
    /// - Parameter region: the Region that collects all findings; `nil` for the Region of each finding.
    case securityHub(region: String?)

    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case stdout, webhook, slack, teams, sns, ses
        case securityHub = "security-hub"
        case pagerDuty = "pagerduty"
    }

    public var kind: Kind {
        switch self {
        case .stdout: .stdout
        case .webhook: .webhook
        case .slack: .slack
        case .teams: .teams
        case .pagerDuty: .pagerDuty
        case .sns: .sns
        case .ses: .ses
        case .securityHub: .securityHub
        }
    }

    /// The address of PagerDuty's Events API v2 for accounts in the United States.
    public static let pagerDutyAddress = "https://events.pagerduty.com/v2/enqueue"
}

extension ReceiverSettings.Kind {
    /// Largest number of alerts and findings in one message.
    ///
    /// Sources: AWS Security Hub API Reference, `BatchImportFindings` (100 findings a call); Slack, "Blocks" (50 blocks
    /// a message); PagerDuty, "Events API v2" (one event a request). The others keep a message readable.
    public var groupLimit: Int {
        switch self {
        case .pagerDuty: 1
        case .slack, .teams, .sns: 20
        case .stdout, .webhook, .ses, .securityHub: 100
        }
    }

    /// Programs sort alerts themselves; people get one message about what happens within a minute.
    var usualGroupSeconds: Int {
        switch self {
        case .stdout, .webhook, .pagerDuty: 0
        case .securityHub: 5
        case .slack, .teams, .sns: 30
        case .ses: 60
        }
    }

    /// Messages a minute. Slack admits one a second for each webhook, and Teams four.
    var usualRate: Int {
        switch self {
        case .stdout: Notifier.rateRange.upperBound
        case .webhook, .securityHub: 300
        case .pagerDuty: 100
        case .slack: 50
        case .teams, .sns: 30
        case .ses: 10
        }
    }

    /// Whether messages are sent by the AWS API.
    public var usesAWS: Bool { [.sns, .ses, .securityHub].contains(self) }
}
