import Basics

/// What the analytics found in flow logs.
public struct FlowReport: Sendable {
    /// In order of time.
    public var alerts: [Alert] = []
    /// Interfaces that were not judged for unusual volumes: too little is known of them. They are not "normal".
    public var learning: [String] = []
    /// To be given to the next run.
    public var baseline = FlowBaseline()
    /// Pairs of interface and peer that were dropped to bound the memory: what concerns them may be incomplete.
    public var forgottenPairs = 0
    /// What was left out, in words.
    public var doubts: [String] = []
    /// The same of hours in which one source tried to log in at one host.
    public var forgottenLogins = 0
    /// Interfaces whose volumes were not judged, to bound the memory.
    public var forgottenInterfaces = 0
}

/// All analytics on flow logs: what was counted is judged in order of time.
public struct FlowAnalytics {
    let settings: FlowSettings
    let tally: FlowTally
    let before: FlowBaseline
    let believed: BelievedHours
    /// Hours since 1970.
    let hours: ClosedRange<Int32>?
    let presence: KnownPresence
    /// The numbers of the rows of each interface.
    let rowsByInterface: [[Int]]
    /// The hours of which there are logs, with those of the baseline's last week, in order.
    let timeline: [Int32]
    /// The first hour that was not asked for, or whose records may not have been delivered yet.
    let until: Int32?

    /// - Parameters:
    ///   - baseline: what earlier runs learned.
    ///   - moment: when the hunt runs, in seconds since 1970: what is later by more than a day is not believed.
    ///   - until: the end of the range that was asked for, in seconds since 1970: up to there should be records.
    public init(
        _ tally: FlowTally, baseline: FlowBaseline = FlowBaseline(), moment: Int? = nil, until: Int? = nil
    ) {
        let latest = moment.map { Int32(clamping: Present.latest($0) / 3_600) }
        var tally = tally
        tally.settle()
        var before = baseline.isReadable && baseline.isPossible ? baseline : FlowBaseline()
        for key in before.series.keys { before.series[key]?.putInOrder() }
        if let latest { before.forget(after: Int(latest)) }
        self.before = before
        presence = KnownPresence(before)
        believed = BelievedHours(tally, known: presence.hours, latest: latest)
        tally.leaveOut(believed)
        // Of what was dropped in part nothing can be said.
        tally.volumes.rows.removeAll { [forgotten = tally.volumes.forgotten] in forgotten.contains($0.interface) }
        hours = believed.range
        self.tally = tally
        settings = tally.settings
        var rows = [[Int]](repeating: [], count: tally.interfaces.entries.count)
        for (number, row) in tally.volumes.rows.enumerated() { rows[Int(row.interface)].append(number) }
        rowsByInterface = rows
        timeline = Set(believed.hours).union(presence.hours).sorted()
        self.until = until.map { Int32(clamping: min($0, moment.map { $0 - 3_600 } ?? .max) / 3_600) }
    }

    public func report() -> FlowReport {
        var report = FlowReport()
        report.baseline = before
        report.forgottenPairs = tally.pairs.forgotten
        report.doubts = believed.doubts
        report.forgottenLogins = tally.logins.forgotten
        report.forgottenInterfaces = tally.volumes.forgotten.count
        if let hours {
            report.alerts += judgeVolumes(hours, &report)
            report.alerts += newPeers(&report.baseline)
            report.alerts += gaps(&report.doubts)
        }
        report.alerts += scans(&report.baseline)
        report.alerts += logins() + rejectedThenAccepted() + exposedServices() + losses()
        report.alerts.sort { ($0.time, $0.rule, $0.actor) < ($1.time, $1.rule, $1.actor) }
        guard let hours else { return report }
        report.baseline.lastHour = max(before.lastHour, Int(hours.upperBound))
        report.baseline.age()
        return report
    }

    /// The moment behind which something can be called new: a day after the first record, or at once where a baseline
    /// says what was there before.
    var learnt: Int {
        guard before.lastHour == 0, let hours else { return 0 }
        return (Int(hours.lowerBound) + settings.learningHours) * 3_600
    }

    func alert(
        _ rule: String, _ title: String, _ interface: Int, _ severity: Severity, from time: Int, to last: Int,
        practice: String = "flow-logs", fields: [String: String] = [:], _ evidence: [JSON.Object.Member]
    ) -> Alert {
        let entry = tally.interfaces.entries[interface]
        var fields = fields
        fields["interface"] = entry.name
        return Alert(
            rule: rule, title: title, time: time, lastTime: last, severity: severity,
            account: entry.account.isEmpty ? nil : entry.account, region: entry.region.isEmpty ? nil : entry.region,
            actor: entry.name, practice: practice, fields: fields, evidence: evidence)
    }
}
