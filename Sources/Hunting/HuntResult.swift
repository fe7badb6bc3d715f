public import Basics
public import Analytics
public import LogSources

/// The result of a hunt.
public struct HuntResult: Sendable {
    /// The most telling alerts of each rule, up to the requested number, sorted by time. Chosen are first the most
    /// severe alerts, then one of each group (small groups first), then a second one, and so on. The sessions of a
    /// role count as one group. Of a group the earliest alerts are chosen.
    public var alerts: [Alert] = []
    /// All alerts, counted by rule and the requested grouping: the most severe first, then one group of each role, then
    /// the most frequent.
    public var groups: [AlertGroup] = []
    /// The rules and analytics that alerted, by ``AlertRule/id``.
    public var rules: [String: AlertRule] = [:]
    /// The figures of the hunt.
    public var statistics = HuntStatistics()
    /// Reasons, for users, why the result may be incomplete. If there is one, the absence of alerts proves nothing.
    public var doubts: [String] = []
    /// The first few losses, file by file. They contain log lines: escape them before showing.
    public var losses: [LogLoss] = []
    /// The files that were not read completely, by name, each with one reason: the first thousand.
    public var incomplete: [LogLoss] = []
    /// Number of further files that were not read completely.
    public var moreIncomplete = 0
    /// See ``ReadingAccount/unfetched``.
    public var unfetched: Set<String> = []
    /// See ``ReadingAccount/troubles``.
    public var troubles: [String: FetchTrouble] = [:]
    /// Network interfaces with too little history to evaluate their traffic.
    public var learning: [String] = []
    /// The transfers of the most notable network interfaces: those with an unusual hour first, then those with the most
    /// bytes; at most two weeks of each.
    public var transfers: [TransferSeries] = []
    /// The number of interfaces that are not in ``transfers``.
    public var omittedTransfers = 0
    /// The requests to buckets that hold logs, by day: the denied ones first, then the most frequent.
    public var requests: [DailyRequests] = []
    /// The number of entries that are not in ``requests``.
    public var omittedRequests = 0
    /// See ``ReadingAccount/cursors``.
    public var cursors: [ObjectListing.Cursor] = []

    public init() {}
}

/// The figures of a hunt.
public struct HuntStatistics: Sendable, Hashable {
    /// Records that were read, including those that the rules' filters skipped.
    public var events = 0
    /// Files and objects that were opened.
    public var files = 0
    /// Bytes read, before decompression.
    public var bytes = 0
    /// Bytes of content, after decompression.
    public var contentBytes = 0
    /// Records that could not be read, or places at which records were lost.
    public var skipped = 0
    /// Files that could not be read completely.
    public var damagedFiles = 0
    /// Number of skipped folders of other services, by the services' names.
    public var otherServices: [String: Int] = [:]
    /// All alerts, including those that are not in ``HuntResult/alerts``.
    public var alerts = 0
    /// Findings that do not alert because the principal repeats them at about the same time of other days.
    public var repetitions = 0
    /// Rules and analytics that were run.
    public var rules = 0

    public init() {}
}

/// Alerts of one rule with the same values of the grouping.
public struct AlertGroup: Sendable, Hashable {
    public var rule: String
    public var title: String
    /// The highest severity of its alerts.
    public var severity: Severity
    public var practice: String
    /// The common values of its alerts, by names such as `actor`, `account` or a field's, in the requested order.
    public var keys: [Key]
    public var count: Int
    /// The time of the first alert, in seconds since 1970; `nil` if no alert has a readable time.
    public var first: Int?
    /// The time of the last alert, in seconds since 1970; `nil` as for ``first``.
    public var last: Int?

    public struct Key: Sendable, Hashable {
        public var name: String
        /// Empty if the alerts have no such value.
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(
        rule: String, title: String, severity: Severity, practice: String, keys: [Key], count: Int, first: Int?,
        last: Int?
    ) {
        self.rule = rule
        self.title = title
        self.severity = severity
        self.practice = practice
        self.keys = keys
        self.count = count
        self.first = first
        self.last = last
    }

    /// Whether the alert has the group's rule and ``keys``.
    public func has(_ alert: Alert) -> Bool {
        rule == alert.rule && keys.allSatisfy { alert.groupValue($0.name) == $0.value }
    }
}

extension Alert {
    /// The alert's value of a name that alerts can be grouped by: `actor`, `account`, `region`, `event`, or a field.
    /// Empty if the alert has no such value.
    public func groupValue(_ name: String) -> String {
        switch name {
        case "actor": actor
        case "account": account ?? ""
        case "region": region ?? ""
        case "event": event ?? ""
        default: fields[name] ?? ""
        }
    }
}
