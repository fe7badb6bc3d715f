internal import LogReaders

extension FlowAnalytics {
    /// Interfaces that fell silent, and times without any record.
    func gaps() -> [Alert] {
        guard let hours else { return [] }
        var active = [Set<Int32>](repeating: [], count: tally.interfaces.entries.count)
        for row in tally.volumes.rows { active[Int(row.interface)].insert(row.hour) }
        var alerts = stops()
        for (number, entry) in tally.interfaces.entries.enumerated() {
            guard entry.noData == 0 else { continue }
            alerts += silences(number, active[number], hours)
        }
        return alerts
    }

    /// Records that AWS says were lost.
    func losses() -> [Alert] {
        tally.interfaces.entries.enumerated().filter { !$0.element.skipData.isEmpty }.map(skipped)
    }

    private func skipped(_ number: Int, _ entry: InterfaceEntry) -> Alert {
        let hours = entry.skipData.keys.sorted()
        return alert(
            "flow-records-skipped", "AWS could not record all flows", number, .informational,
            from: (hours.first ?? 0) * 3_600, to: (hours.last ?? 0) * 3_600 + 3_599,
            [
                .init("SKIPDATA records", .count(entry.skipData.values.reduce(0, +))),
                .init("hours", .list(hours.prefix(24).map { .text(Moments.text($0 * 3_600)) })),
            ])
    }

    /// An interface that was there in every hour, and then is not for some, while others go on.
    private func silences(
        _ number: Int, _ active: Set<Int32>, _ hours: ClosedRange<Int32>
    ) -> [Alert] {
        guard let first = active.min(), hours.upperBound - first >= 24 else { return [] }
        var alerts: [Alert] = []
        var seen = 0
        var passed = 0
        var start: Int32?
        for hour in believed.hours where hour >= first {
            if active.contains(hour) {
                if let begin = start { alerts += silence(number, begin, hour, seen, passed) }
                start = nil
                seen += 1
            } else {
                start = start ?? hour
                // Hours of the silence itself do not count as times when nothing was usual.
                continue
            }
            passed += 1
        }
        // At the end, records may still be on their way: the last hour does not count.
        if let begin = start { alerts += silence(number, begin, hours.upperBound, seen, passed) }
        return alerts.count > 2 ? [] : alerts
    }

    private func silence(_ number: Int, _ begin: Int32, _ end: Int32, _ seen: Int, _ passed: Int) -> [Alert] {
        guard Int(end - begin) >= settings.silentHours, seen >= 12 else { return [] }
        return [
            alert(
                "flow-interface-silent", "A network interface that was always there has no records", number, .low,
                from: Int(begin) * 3_600, to: Int(end) * 3_600,
                [.init("silent hours", .count(Int(end - begin))), .init("hours with records before", .count(seen))])
        ]
    }

    /// No record of any interface for some time.
    private func stops() -> [Alert] {
        var alerts: [Alert] = []
        var last = believed.hours.first ?? 0
        // An hour of which AWS says that nothing was to be recorded is no gap.
        for hour in believed.hours {
            if hour - last > 1, believed.hours.count >= 6 {
                alerts.append(
                    Alert(
                        rule: "flow-log-gap", title: "There are no flow logs at all for some time",
                        time: Int(last + 1) * 3_600, lastTime: Int(hour) * 3_600, severity: .medium,
                        account: tally.interfaces.entries.first.map(\.account), actor: "flow logs",
                        practice: "flow-logs",
                        evidence: [.init("hours", .count(Int(hour - last - 1)))]))
            }
            last = hour
        }
        return alerts
    }
}
