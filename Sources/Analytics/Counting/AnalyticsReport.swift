/// The result of the analytics of one log.
public struct AnalyticsReport<Learned: BaselineContent>: Sendable {
    /// In order of time.
    public var alerts: [Alert] = []
    /// The baseline of the next run.
    public var baseline = Baseline<Learned>()
    /// Subjects that were not evaluated, because too little is known of them. This does not mean that they are normal.
    public var learning: [String] = []
    /// The transfers of the most notable network interfaces, and the number of interfaces that are not among them.
    public var transfers: [TransferSeries] = []
    public var omittedTransfers = 0
    /// The requests to buckets that hold logs, and the number of further ones that are not among them.
    public var requests: [DailyRequests] = []
    public var omittedRequests = 0
    /// The number of records or subjects that were left out, by reason.
    public var omitted: [Omission: Int] = [:]
    /// Other reasons why the result may be incomplete.
    var notes: [String] = []

    /// The reasons why the result may be incomplete. If there are any, the absence of alerts proves nothing.
    public var doubts: [String] {
        notes
            + Omission.allCases.compactMap { omission in omitted[omission].flatMap { $0 > 0 ? omission.text($0) : nil }
            }
    }

    mutating func sortAlerts() {
        // A total order, so that the same records always give the same order.
        let keyed = alerts.map { alert in
            (alert, alert.fields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "\n"))
        }
        alerts = keyed.sorted { left, right in
            (left.0.time, left.0.rule, left.0.actor, left.0.event ?? "", left.1, left.0.lastTime)
                < (right.0.time, right.0.rule, right.0.actor, right.0.event ?? "", right.1, right.0.lastTime)
        }.map(\.0)
    }
}

/// The reason why analytics left out records or subjects, or evaluated them less precisely.
public enum Omission: Sendable, Hashable, CaseIterable {
    /// Requests of clients beyond the bound of memory.
    case clients
    /// Requests whose user agents are beyond the bound of memory.
    case userAgents
    /// Pairs of a network interface and a peer that were dropped to bound the memory.
    case pairs
    /// Hours of logins with few attempts that were dropped to bound the memory.
    case logins
    /// Network interfaces whose volumes were dropped to bound the memory.
    case volumes
    /// Records of network interfaces beyond the bound of memory.
    case interfaces
    /// Uses and changes of credentials beyond the bound of memory.
    case credentialUses
    /// Uses and changes of credentials whose name cannot be read.
    case credentialNames
    /// Records whose time cannot be read.
    case untimed
    /// Records with a time later than the run, or before the log existed.
    case implausibleTime

    func text(_ count: Int) -> String {
        switch self {
        case .clients:
            "\(count) requests exceed the limit of requesters and IP addresses: the analytics evaluated them in sum"
        case .userAgents: "\(count) requests exceed the limit of user agents, which were not evaluated"
        case .pairs:
            "\(count) pairs of interface and peer were evicted because of the memory limit: their results may be incomplete"
        case .logins:
            "\(count) hours of logins with few attempts were evicted because of the memory limit: their results may be "
                + "incomplete"
        case .volumes:
            "the volumes of the \(count) least busy network interfaces were not evaluated because of the memory limit; use "
                + "shorter time ranges with --baseline"
        case .interfaces:
            "the number of network interfaces exceeds the limit: \(count) records were excluded from the analytics"
        case .credentialUses:
            "\(count) uses of credentials exceed the limit, and their history was not evaluated"
        case .credentialNames:
            "\(count) uses of credentials have a masked or invalid name, and their history was not evaluated"
        case .untimed: "\(count) records have no readable time and were excluded from the analytics"
        case .implausibleTime:
            "\(count) records have a time in the future, or before this log existed, and were excluded from the analytics"
        }
    }
}
