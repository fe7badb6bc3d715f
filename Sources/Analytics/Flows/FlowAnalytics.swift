import Basics

public typealias FlowReport = AnalyticsReport<LearnedFlows>

/// All analytics on flow logs. They evaluate a tally in order of time.
public struct FlowAnalytics {
    let settings: FlowSettings
    let tally: FlowTally
    let before: LearnedFlows
    let believed: BelievedHours
    /// Hours since 1970.
    let hours: ClosedRange<Int32>?
    let presence: KnownPresence
    /// The numbers of each interface's rows.
    let rowsByInterface: [[Int]]
    /// The hours that have logs, including those of the baseline's last week, in order.
    let timeline: [Int32]
    /// The first hour that was not requested, or for which records may not have been delivered yet.
    let until: Int32?

    /// - Parameters:
    ///   - baseline: the facts that earlier runs learned.
    ///   - moment: the time of the hunt, in seconds since 1970. Records that are later by more than a day are rejected.
    ///   - until: the end of the requested range, in seconds since 1970. Records are expected up to that time.
    public init(
        _ tally: FlowTally, baseline: FlowBaseline = FlowBaseline(), moment: Int? = nil, until: Int? = nil
    ) {
        let latest = moment.map { Int32(clamping: ClockSkew.latest($0) / 3_600) }
        var tally = tally
        tally.settle()
        tally.interfaces.hideSecrets()
        var before = baseline.content(until: latest.map(Int.init) ?? .max)
        for key in before.series.keys { before.series[key]?.putInOrder() }
        self.before = before
        presence = KnownPresence(before)
        believed = BelievedHours(tally, known: presence.hours, latest: latest)
        tally.leaveOut(believed)
        // Interfaces with dropped hours cannot be evaluated.
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
        report.omitted = [
            .pairs: tally.pairs.forgotten, .logins: tally.logins.forgotten, .volumes: tally.volumes.forgotten.count,
            .interfaces: tally.withoutInterface, .untimed: tally.withoutTime,
            .implausibleTime: tally.ofImpossibleTimes,
        ]
        report.notes = believed.doubts
        var learned = before
        if let hours {
            report.alerts += judgeVolumes(hours, &report, &learned)
            report.alerts += newPeers(&learned)
            report.alerts += gaps(&report.notes)
        }
        report.alerts += scans(&learned)
        report.alerts += logins() + rejectedThenAccepted() + exposedServices() + losses()
        report.sortAlerts()
        if let hours {
            learned.lastHour = max(before.lastHour, Int(hours.upperBound))
            learned.age()
        }
        report.baseline = Baseline(learned)
        return report
    }

    /// The time from which a peer or port can count as new: a day after the first record, or any time if there is a
    /// baseline.
    var learned: Int {
        guard before.lastHour == 0, let hours else { return 0 }
        return (Int(hours.lowerBound) + settings.learningHours) * 3_600
    }

    func alert(
        _ rule: String, _ title: String, _ interface: Int, _ severity: Severity, from time: Int, to last: Int,
        practice: String = "flow-logs", fields: [String: String] = [:], _ evidence: [JSON.Object.Member]
    ) -> Alert {
        let entry = tally.interfaces.entries[interface]
        // A log format may omit the interface.
        let name = entry.name.isEmpty ? "(no interface)" : entry.name
        var fields = fields
        fields["interface"] = name
        return Alert(
            rule: rule, title: title, time: time, lastTime: last, severity: severity,
            account: entry.account.isEmpty ? nil : entry.account, region: entry.region.isEmpty ? nil : entry.region,
            actor: name, practice: practice, fields: fields, evidence: evidence)
    }
}
