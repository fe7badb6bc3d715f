internal import Basics
internal import LogReaders

extension FlowAnalytics {
    /// Finds interfaces that stopped logging, and periods without any record, both within the run and since the last
    /// run.
    func gaps(_ doubts: inout [String]) -> [Alert] {
        guard let hours else { return [] }
        var active = presence.active.filter { !$0.value.isEmpty }
        // Interfaces beyond the bound may be present although they were not counted.
        let isComplete = tally.withoutInterface == 0
        let isOther = isComplete && areOthers(hours, &doubts)
        if isOther || !isComplete { active = [:] }
        for row in tally.volumes.rows {
            active[tally.interfaces.entries[Int(row.interface)].name, default: []].insert(row.hour)
        }
        var alerts = stops(since: isOther ? nil : Int32(clamping: before.lastHour))
        for (number, entry) in tally.interfaces.entries.enumerated() {
            let seen = active.removeValue(forKey: entry.name) ?? []
            // An interface for which AWS reports NODATA is idle, not silent.
            guard entry.noData == 0, !tally.volumes.forgotten.contains(Int32(clamping: number)) else { continue }
            alerts += silences(of: entry.name, number, seen)
        }
        for (name, seen) in active.sorted(by: { $0.key < $1.key }) { alerts += silences(of: name, nil, seen) }
        return alerts
    }

    /// Whether most of the interfaces that the baseline saw on its last day are missing.
    private func areOthers(_ hours: ClosedRange<Int32>, _ doubts: inout [String]) -> Bool {
        let day = Int32(clamping: before.lastHour - 24)
        let known = presence.active.filter { $0.value.contains { $0 > day } }.keys
        let here = Set(tally.interfaces.entries.map(\.name))
        let absent = known.count { !here.contains($0) }
        guard absent * 2 > known.count else { return false }
        // Older logs may contain fewer interfaces.
        guard Int(hours.upperBound) > before.lastHour else { return true }
        doubts.append(
            "of \(known.count) network interfaces that the baseline saw last \(absent) have no record: are these other "
                + "logs, or was a flow log stopped?")
        return true
    }

    /// Finds records that AWS reports as lost.
    func losses() -> [Alert] {
        tally.interfaces.entries.enumerated().filter { !$0.element.skipData.isEmpty }.map(skipped)
    }

    private func skipped(_ number: Int, _ entry: InterfaceEntry) -> Alert {
        let hours = entry.skipData.keys.sorted()
        return alert(
            "flow-records-skipped", "Flow log records skipped (SKIPDATA)", number, .informational,
            from: entry.skipTimes.first, to: entry.skipTimes.last,
            [
                .init("skipdata_records", .int(entry.skipData.values.reduce(0, +))),
                .init("hours", .array(hours.prefix(24).map { .string(Moment(nearestTo: $0 * 3_600).description) })),
            ])
    }

    /// Finds hours without records of an interface that had records before, while other interfaces still have records.
    /// - Parameters:
    ///   - number: its number in the tally; `nil` if only the baseline knows it.
    ///   - seen: the hours in which it had records.
    private func silences(of name: String, _ number: Int?, _ seen: Set<Int32>) -> [Alert] {
        guard let first = seen.min(), let last = timeline.last, last - first >= 24 else { return [] }
        var alerts: [Alert] = []
        var count = 0
        var before = 0
        var silent: [Int32] = []
        func end(_ hour: Int32) {
            defer { silent = [] }
            guard silent.count >= settings.silentHours, before >= 12 else { return }
            count += 1
            // A period that was long enough in an earlier run was already reported there.
            guard believed.contains(silent[settings.silentHours - 1]) else { return }
            alerts.append(silence(of: name, number, from: silent[0], to: hour, silent.count, before))
        }
        for hour in timeline where hour >= first {
            if seen.contains(hour) {
                end(hour)
                before += 1
            } else if hour < last {
                // The last hour does not count: its records may still be delivered.
                silent.append(hour)
            }
        }
        end(last)
        return count > 2 ? [] : alerts
    }

    private func silence(
        of name: String, _ number: Int?, from begin: Int32, to end: Int32, _ silent: Int, _ seen: Int
    ) -> Alert {
        // An interface that only the baseline knows is assigned the account of the others, if they all have the same.
        let account = number.map { tally.interfaces.entries[$0].account } ?? onlyAccount
        let region = number.map { tally.interfaces.entries[$0].region }
        return Alert(
            rule: "flow-interface-silent", title: "Network interface stopped logging",
            time: Int(begin) * 3_600, lastTime: Int(end) * 3_600, severity: .low,
            account: account?.isEmpty == false ? account : nil, region: region?.isEmpty == false ? region : nil,
            actor: name, practice: "flow-logs", fields: ["interface": name],
            evidence: [.init("silent_hours", .int(silent)), .init("hours_with_records_before", .int(seen))])
    }

    /// Finds periods without a record of any interface.
    /// - Parameter known: the last hour of the last run.
    private func stops(since known: Int32?) -> [Alert] {
        guard let first = believed.hours.first, let last = believed.hours.last else { return [] }
        var alerts: [Alert] = []
        if believed.hours.count + presence.hours.count >= 6 {
            let begin = known.flatMap { $0 > 0 && $0 < first ? [$0] : nil } ?? []
            let hours = begin + believed.hours
            // An hour that AWS reports as without traffic is no gap.
            for (hour, next) in zip(hours, hours.dropFirst()) where next - hour > 1 {
                alerts.append(gap(after: hour, until: next))
            }
        }
        // Records are delivered late, so the last hours may be incomplete.
        if let until, Int(until - last) > settings.silentHours { alerts.append(gap(after: last, until: until)) }
        return alerts
    }

    private func gap(after hour: Int32, until next: Int32) -> Alert {
        Alert(
            rule: "flow-log-gap", title: "Flow log gap", time: Int(hour + 1) * 3_600,
            lastTime: Int(next) * 3_600, severity: .medium, account: onlyAccount,
            actor: "flow logs", practice: "flow-logs", evidence: [.init("hours", .int(Int(next - hour - 1)))])
    }
}
