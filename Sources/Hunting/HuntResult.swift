public import Basics
public import Analytics
public import LogSources

/// The result of a hunt.
public struct HuntResult: Sendable {
    /// In order of time. Of each rule the most telling alerts, up to the requested number: the most severe, then one of
    /// each group, of the small groups first, then a second one, and so on; of a group the earliest.
    public var alerts: [Alert] = []
    /// All alerts, counted by rule and the requested grouping: the most severe first, then the most frequent.
    public var groups: [AlertGroup] = []
    /// The rules and analytics that alerted, by ``AlertRule/id``.
    public var rules: [String: AlertRule] = [:]
    /// The figures of the hunt.
    public var statistics = HuntStatistics()
    /// Why the result may be incomplete, for users. Each one means that silence is no proof.
    public var doubts: [String] = []
    /// The first few things that could not be read, file by file. They contain log lines: escape them before showing.
    public var losses: [LogLoss] = []
    /// The files that were not wholly read, by name, each with one reason: the first thousand for each thread.
    public var incomplete: [LogLoss] = []
    /// How many such files are not in ``incomplete``.
    public var moreIncomplete = 0
    /// Network interfaces with too little history to judge their traffic.
    public var learning: [String] = []
    /// See ``ReadingAccount/cursors``.
    public var cursors: [ObjectListing.Cursor] = []

    public init() {}
}

/// The figures of a hunt.
public struct HuntStatistics: Sendable, Hashable {
    /// Records that were read, with those that the rules' filters skipped.
    public var events = 0
    /// Files and objects that were opened.
    public var files = 0
    /// Before decompression.
    public var bytes = 0
    /// After decompression.
    public var contentBytes = 0
    /// Records that could not be read, or places at which records were lost.
    public var skipped = 0
    /// Files that could not be read, or not completely.
    public var damagedFiles = 0
    /// The folders of other services that were passed by, by the services' names.
    public var otherServices: [String: Int] = [:]
    /// All alerts, with those that are not in ``HuntResult/alerts``.
    public var alerts = 0
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
    /// Seconds since 1970; `nil` if no alert has a time that can be read.
    public var first: Int?
    /// Seconds since 1970; `nil` as for ``first``.
    public var last: Int?

    public struct Key: Sendable, Hashable {
        public var name: String
        /// Empty if the alerts have none.
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

    /// Whether the alert belongs to the group, as far as ``keys`` go.
    public func has(_ alert: Alert) -> Bool {
        rule == alert.rule && keys.allSatisfy { alert.groupValue($0.name) == $0.value }
    }
}

extension Alert {
    /// The alert's value of a name that alerts can be grouped by: `actor`, `account`, `region`, `event`, or a field.
    /// Empty if it has none.
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
