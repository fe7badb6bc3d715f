import Basics
internal import LogReaders

extension FlowAnalytics {
    /// Finds unusual volumes of interfaces, series and accounts.
    func judgeVolumes(
        _ hours: ClosedRange<Int32>, _ report: inout FlowReport, _ learned: inout LearnedFlows
    ) -> [Alert] {
        let rows = tally.volumes.rows
        // The totals of accounts are known only if all interfaces were counted.
        let isComplete = tally.withoutInterface == 0
        let sums = AccountSums(
            rows: isComplete ? rows : [], interfaces: tally.interfaces.entries, without: tally.volumes.forgotten)
        let subjects = interfaceSubjects() + sums.subjects(before)
        var judge = VolumeJudge(settings, subjects, missing: missing(), rows: rows.count) { row in
            if row < 0 { return sums.bins(row) }
            if row >= VolumeRow.flowsOf { return rows[row - VolumeRow.flowsOf].flowBins }
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
        // The account's total raises an alert only if no single interface does.
        for subject in judge.subjects where subject.interface == nil {
            let known = covered["\(subject.account)/\(subject.series.rawValue)"] ?? []
            for episode in subject.episodes
            where known.isDisjoint(with: episode.firstTime / 3_600...episode.lastTime / 3_600) {
                alerts.append(total(episode, subject))
            }
        }
        report.learning = learning(judge)
        (report.transfers, report.omittedTransfers) = transfers(judge)
        return alerts
    }

    /// The hours without records, for interfaces that usually have records. These hours are missing, not idle.
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

    /// The interfaces that have a series with too little history.
    private func learning(_ judge: VolumeJudge) -> [String] {
        let short = judge.subjects.filter { !$0.rows.isEmpty && $0.history.hours.count <= settings.learningHours }
        return Set(short.compactMap(\.interface)).map { tally.interfaces.entries[$0].name }.sorted()
    }

    private func transfer(_ episode: VolumeJudge.Episode, _ subject: VolumeJudge.Subject, _ interface: Int) -> Alert {
        let (rule, title, severity): (String, String, Severity) =
            switch subject.series {
            case .outExternal:
                (
                    "flow-unusual-transfer", "Unusual data transfer to external peers",
                    episode.excess > 5e9 ? .high : .medium
                )
            case .outInternal, .inExternal, .inInternal:
                ("flow-unusual-transfer", "Unusual data transfer \(subject.series.name)", .low)
            case .rejectedIn, .rejectedOut:
                ("flow-rejected-burst", "Spike in flows \(subject.series.name)", .low)
            case .outFlows: ("flow-unusual-count", "Unusual number of flows to external peers", .medium)
            }
        let rows = episode.rows.map { $0 & (VolumeRow.flowsOf - 1) }
        let peers = subject.series == .outFlows ? [busiestPeers(interface)] : []
        return alert(
            rule, title, interface, severity, from: episode.firstTime, to: episode.lastTime,
            fields: [
                "series": subject.series.name,
                "unusual": episode.reasons.map(\.rawValue).sorted().joined(separator: ", "),
            ],
            evidence(episode, subject) + peers + peersAndRecords(rows))
    }

    /// The external peers to which an interface sent the most flows over all hours.
    private func busiestPeers(_ interface: Int) -> JSON.Object.Member {
        let pairs = tally.pairs.entries.filter { $0.interface == Int32(clamping: interface) && $0.flowsOut > 0 }
            .filter { !settings.isInternal($0.peer) }
            .sorted { ($0.flowsOut, $1.peer) > ($1.flowsOut, $0.peer) }
        return .init(
            "top_peers_by_flows",
            .array(
                pairs.prefix(5).map {
                    .members([
                        .init("address", .string("\($0.peer)")), .init("flows", .int(Int($0.flowsOut))),
                        .init("port", .int(Int($0.port))),
                    ])
                }))
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
            title: "Unusual account-wide data transfer",
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
        ] + Self.history(shown.map { episode.amounts[$0.hour] ?? Robust.bytes(Double($0.total)) })
    }
}
