/// What the analytics found in access logs.
public struct AccessReport: Sendable {
    /// In order of time.
    public var alerts: [Alert] = []
    public var baseline = AccessBaseline()
    /// Requests of parties beyond the bound of memory: what concerns them may be incomplete.
    public var forgotten = 0
}

/// All analytics on S3 access logs.
public struct AccessLogAnalytics {
    let tally: AccessTally
    let before: AccessBaseline
    let settings: AccessSettings

    /// - Parameter baseline: what earlier runs learnt.
    public init(_ tally: AccessTally, baseline: AccessBaseline = AccessBaseline()) {
        self.tally = tally
        settings = tally.settings
        before = baseline.isReadable ? baseline : AccessBaseline()
    }

    public func report() -> AccessReport {
        var report = AccessReport()
        report.forgotten = tally.forgotten
        report.baseline = before
        for var party in tally.parties {
            party.close()
            report.alerts += refusals(party)
            report.alerts += reading(party)
            report.alerts += anonymous(party)
            report.alerts += insecure(party)
            learn(party, &report.baseline)
        }
        report.alerts += newcomers()
        report.alerts += tally.sensitive.values.map(sensitive)
        for (agent, seen) in tally.agents { report.baseline.agents[agent, default: 0].raise(to: seen.last / 3_600) }
        report.baseline.age()
        report.alerts.sort { ($0.time, $0.rule, $0.actor) < ($1.time, $1.rule, $1.actor) }
        return report
    }

    func alert(
        _ rule: String, _ title: String, _ party: AccessParty, _ severity: Alert.Severity, from time: Int, to last: Int,
        event: String? = nil, _ evidence: [Alert.Evidence]
    ) -> Alert {
        Alert(
            rule: rule, title: title, event: event, time: time, lastTime: last, severity: severity,
            account: Self.account(in: party.requester), actor: party.requester == "-" ? party.address : party.requester,
            practice: "trail-access-logging",
            fields: ["bucket": party.bucket, "requester": party.requester, "address": party.address],
            evidence: evidence)
    }

    /// The account in `arn:aws:iam::123456789012:user/…`.
    private static func account(in requester: String) -> String? {
        let parts = requester.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count > 5, parts[0] == "arn", parts[4].count == 12 else { return nil }
        return String(parts[4])
    }

    private func learn(_ party: AccessParty, _ baseline: inout AccessBaseline) {
        let hour = party.last / 3_600
        baseline.requesters["\(party.bucket)/\(party.requester)", default: hour].raise(to: hour)
        baseline.addresses["\(party.bucket)/\(party.address)", default: hour].raise(to: hour)
        let key = "\(party.bucket)/\(party.requester)/\(party.address)"
        // Not `Double.init`: of an unsigned number that is its bit pattern.
        if let median = Robust.median(party.bytesByHour.values.map { Double($0) }) {
            baseline.reading[key].update(AccessBaseline.Usual(median: median, hour: hour))
        }
        if let median = Robust.median(party.refusedBins.values.map { Double($0) }) {
            baseline.refused[key].update(AccessBaseline.Usual(median: median, hour: hour))
        }
    }
}

extension Int {
    /// Logs may be read again that are older than what is known.
    fileprivate mutating func raise(to other: Int) { self = Swift.max(self, other) }
}

extension AccessBaseline.Usual? {
    fileprivate mutating func update(_ other: AccessBaseline.Usual) {
        if other.hour >= self?.hour ?? 0 { self = other }
    }
}
