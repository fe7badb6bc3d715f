import Basics
internal import LogReaders

extension FlowAnalytics {
    /// Finds unusual volumes of interfaces, series and accounts.
    func judgeVolumes(
        _ hours: ClosedRange<Int32>, _ report: inout FlowReport, _ learned: inout LearnedFlows
    ) -> [Alert] {
        let rows = tally.volumes.rows
        // The totals of accounts are known only if all interfaces are counted.
        let isComplete = tally.withoutInterface == 0
        let sums = AccountSums(
            rows: isComplete ? rows : [], interfaces: tally.interfaces.entries, without: tally.volumes.forgotten)
        var judge = VolumeJudge(settings, interfaceSubjects() + sums.subjects(before), missing: missing()) { row in
            if row < 0 { return sums.bins(row) }
            return (0..<12).map { Double(rows[row].bins[$0]) }
        }
        judge.run(believed.hours)
        var alerts: [Alert] = []
        var covered: [String: Set<Int>] = [:]
        for subject in judge.subjects {
            learned.series[subject.key] = subject.history
            guard let interface = subject.interface else { continue }
            for episode in subject.episodes {
                alerts.append(transfer(episode, subject, interface))
                let span = episode.firstTime / 3_600...episode.lastTime / 3_600
                covered["\(subject.account)/\(subject.series.rawValue)", default: []].formUnion(span)
            }
        }
        // The account's total alerts only if no interface alone does.
        for subject in judge.subjects where subject.interface == nil {
            let known = covered["\(subject.account)/\(subject.series.rawValue)"] ?? []
            for episode in subject.episodes
            where known.isDisjoint(with: episode.firstTime / 3_600...episode.lastTime / 3_600) {
                alerts.append(total(episode, subject))
            }
        }
        report.learning = learning(judge)
        return alerts
    }

    /// The hours without a record of interfaces that mostly have records: they are missing, not idle.
    private func missing() -> [Int: Set<Int32>] {
        var active: [Int: Set<Int32>] = [:]
        for row in tally.volumes.rows { active[Int(row.interface), default: []].insert(row.hour) }
        var missing: [Int: Set<Int32>] = [:]
        for (interface, present) in active {
            let known = presence.active[tally.interfaces.entries[interface].name] ?? []
            let seen = present.union(known)
            guard let first = seen.min(), seen.count * 10 >= timeline.count(where: { $0 >= first }) * 7 else {
                continue
            }
            missing[interface] = Set(believed.hours.filter { $0 >= first && !present.contains($0) })
        }
        return missing
    }

    /// The interfaces with a series that has too little history.
    private func learning(_ judge: VolumeJudge) -> [String] {
        let short = judge.subjects.filter { !$0.rows.isEmpty && $0.history.hours.count <= settings.learningHours }
        return Set(short.compactMap(\.interface)).map { tally.interfaces.entries[$0].name }.sorted()
    }

    private func transfer(_ episode: VolumeJudge.Episode, _ subject: VolumeJudge.Subject, _ interface: Int) -> Alert {
        let isOut = subject.series == .outExternal
        let severity: Severity =
            subject.series.countsBytes ? isOut ? episode.excess > 5e9 ? .high : .medium : .low : .low
        let rule = subject.series.countsBytes ? "flow-unusual-transfer" : "flow-rejected-burst"
        let title =
            subject.series.countsBytes
            ? "Unusually much data \(subject.series.name)" : "Unusually many flows \(subject.series.name)"
        return alert(
            rule, title, interface, severity, from: episode.firstTime, to: episode.lastTime,
            fields: [
                "series": subject.series.name,
                "unusual": episode.reasons.map(\.rawValue).sorted().joined(separator: ", "),
            ],
            evidence(episode, subject) + peersAndRecords(episode.rows))
    }

    private func total(_ episode: VolumeJudge.Episode, _ subject: VolumeJudge.Subject) -> Alert {
        let interfaces = tally.interfaces.entries.indices.filter {
            tally.interfaces.entries[$0].account == subject.account
        }
        let behind = interfaces.flatMap {
            rows($0, from: episode.firstTime, to: episode.lastTime, subject.series)
        }
        return Alert(
            rule: "flow-unusual-account-transfer",
            title: "The account as a whole sends or receives unusually much data",
            time: episode.firstTime, lastTime: episode.lastTime, severity: .medium,
            account: subject.account.isEmpty ? nil : subject.account, actor: subject.account, practice: "flow-logs",
            fields: ["series": subject.series.name],
            evidence: evidence(episode, subject) + peersAndRecords(behind))
    }

    private func evidence(_ episode: VolumeJudge.Episode, _ subject: VolumeJudge.Subject) -> [JSON.Object.Member] {
        let first = episode.firstTime / 3_600
        let shown = subject.history.hours.filter { $0.hour > first - 48 && $0.hour <= episode.lastTime / 3_600 }
        return [
            .init("observed", .amount(episode.observed)), .init("expected", .amount(episode.expected)),
            .init("band", .array([0, .amount(episode.upper)])),
            .init("score", .double((episode.score * 10).rounded() / 10)),
            .init("unit", .string(subject.series.countsBytes ? "bytes" : "flows")),
        ] + Self.history(shown.map { Robust.bytes(Double($0.total)) })
    }
}
