/// The result of the analytics of one log.
public struct AnalyticsReport<Learned: BaselineContent>: Sendable {
    /// In order of time.
    public var alerts: [Alert] = []
    /// The baseline of the next run.
    public var baseline = Baseline<Learned>()
    /// Subjects that were not judged, since too little is known of them. They are not "normal".
    public var learning: [String] = []
    /// How many records or subjects were left out, by the reason.
    public var omitted: [Omission: Int] = [:]
    /// Other reasons why the result may be incomplete.
    var notes: [String] = []

    /// Why the result may be incomplete. Each one means that silence is no proof.
    public var doubts: [String] {
        notes
            + Omission.allCases.compactMap { omission in omitted[omission].flatMap { $0 > 0 ? omission.text($0) : nil }
            }
    }

    mutating func sortAlerts() {
        // Total, so that the same records always give the same order.
        let keyed = alerts.map { alert in
            (alert, alert.fields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "\n"))
        }
        alerts = keyed.sorted { left, right in
            (left.0.time, left.0.rule, left.0.actor, left.0.event ?? "", left.1, left.0.lastTime)
                < (right.0.time, right.0.rule, right.0.actor, right.0.event ?? "", right.1, right.0.lastTime)
        }.map(\.0)
    }
}

/// Why analytics left records or subjects out, or judged them less precisely.
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
    /// Records whose time cannot be read.
    case untimed
    /// Records with a time later than the run, or before there was the log.
    case implausibleTime

    func text(_ count: Int) -> String {
        switch self {
        case .clients:
            "\(count) requests are of more requesters and addresses than are remembered one by one: the analytics judged "
                + "them together"
        case .userAgents: "\(count) requests have more user agents than are remembered: those were not judged"
        case .pairs:
            "\(count) pairs of interface and peer were forgotten to bound the memory: what concerns them may be incomplete"
        case .logins:
            "\(count) hours of logins with few attempts were forgotten to bound the memory: what concerns them may be "
                + "incomplete"
        case .volumes:
            "the hours of all network interfaces are too many to remember: the volumes of \(count) interfaces, those with "
                + "the least, were not judged; shorter ranges of time with --baseline judge all"
        case .interfaces:
            "there are too many network interfaces to tell all apart: \(count) records were left out of the analytics"
        case .credentialUses:
            "\(count) uses of credentials were not remembered, since there were too many: their history was not judged"
        case .untimed: "\(count) records have no time that can be read: the analytics left them out"
        case .implausibleTime:
            "\(count) records have a time later than now, or before there was this log: the analytics left them out"
        }
    }
}
