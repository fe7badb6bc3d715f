internal import Basics
internal import LogReaders

extension FlowAnalytics {
    /// Finds external peers that receive much more than before, new ones and known ones, and new service ports of
    /// external peers.
    func newPeers(_ baseline: inout LearnedFlows) -> [Alert] {
        var rows: [Int32: [Int]] = [:]
        for (number, row) in tally.volumes.rows.enumerated() where row.series == .outExternal {
            rows[row.interface, default: []].append(number)
        }
        let known = KnownNetworks(tally, before, settings, learned: learned)
        var alerts: [Alert] = []
        var found: Set<Int> = []
        for (interface, numbers) in rows.sorted(by: { $0.key < $1.key }) {
            let sorted = numbers.map { tally.volumes.rows[$0] }.sorted { $0.hour < $1.hour }
            let name = tally.interfaces.entries[Int(interface)].name
            let key = "\(name)/\(FlowSeries.outExternal.rawValue)"
            let history = before.series[key] ?? SeriesHistory()
            let last = history.hours.last?.hour ?? .min
            var judge = PeerJudge(
                settings, tops: before.topPeers[name] ?? [], readAgain: sorted.count { history.has(Int($0.hour)) },
                peaks: peaks(before.peerPeaks[name] ?? [:], sorted))
            let shape = DailyShape(
                baseline.series[key] ?? SeriesHistory(), learningHours: settings.learningHours)
            for row in sorted {
                judge.judge(row, usually: shape.factor(of: Int(row.hour)), learns: Int(row.hour) > last)
            }
            let usualHour = Robust.median(sorted.map { Double($0.total) }) ?? 0
            for finding in judge.findings {
                found.insert(finding.pair)
                alerts.append(peerAlert(finding, isNew: known.isNew(finding.pair), usualHour))
            }
            baseline.topPeers[name] = judge.learned.tops
            for (peer, most) in judge.learned.peaks {
                baseline.peerPeaks[name, default: [:]]["\(tally.pairs.entries[Int(peer)].peer)"] = most
            }
            if let limit = judge.slowLimit {
                alerts += slowNewPeers(Int(interface), known, usualHour, limit, found)
            }
        }
        known.learn(&baseline, until: hours.map { Int($0.upperBound) } ?? .max)
        return alerts
    }

    /// The baseline's peaks, by the current numbers of the peers.
    private func peaks(_ stored: [String: Float], _ rows: [VolumeRow]) -> [Int32: Float] {
        guard !stored.isEmpty else { return [:] }
        var peaks: [Int32: Float] = [:]
        for row in rows {
            for place in 0..<VolumeRow.peersKept where row.peers[place] >= 0 && peaks[row.peers[place]] == nil {
                peaks[row.peers[place]] = stored["\(tally.pairs.entries[Int(row.peers[place])].peer)"]
            }
        }
        return peaks
    }

    private func peerAlert(_ finding: PeerJudge.Rise, isNew: Bool, _ usualHour: Double) -> Alert {
        let pair = tally.pairs.entries[finding.pair]
        return alert(
            isNew ? "flow-new-peer" : "flow-peer-volume",
            isNew
                ? "Much data to an external peer that was never seen before"
                : "Much more data to an external peer than ever before",
            Int(pair.interface), finding.most > 5e9 ? .high : .medium, from: Int(finding.first) * 3_600,
            to: Int(finding.last) * 3_600 + 3_599, fields: ["peer": "\(pair.peer)", "port": "\(pair.port)"],
            [
                .init("observed", .amount(finding.most)), .init("expected", .amount(finding.before)),
                .init("band", .array([0, .amount(max(finding.before * settings.peerGrowth, finding.usual))])),
                .init("usual for the first peer", .amount(finding.usual)),
            ] + weight(pair, usualHour) + behind(finding.pair, from: finding.first, to: finding.last))
    }

    /// The peer's history, the other heavy peers of these hours, its records.
    private func behind(_ number: Int, from first: Int32, to last: Int32) -> [JSON.Object.Member] {
        let pair = tally.pairs.entries[number]
        let behind = rows(Int(pair.interface), from: Int(first) * 3_600, to: Int(last) * 3_600, .outExternal)
        return history(of: number, until: last) + peersAndRecords(behind, of: pair.peer)
    }

    private func weight(_ pair: PairEntry, _ usualHour: Double) -> [JSON.Object.Member] {
        [
            .init("sent in all", .amount(pair.bytesOut)), .init("received in all", .amount(pair.bytesIn)),
            .init("usual hour", .amount(usualHour)), .init("network", .string("\(pair.peer.network)")),
            .init("first seen", .string(Moment(nearestTo: Int(pair.first)).description)),
        ]
    }

    /// Finds new peers and ports that receive little in each hour, and much over all of them.
    private func slowNewPeers(
        _ interface: Int, _ known: KnownNetworks, _ usualHour: Double, _ limit: Double, _ found: Set<Int>
    ) -> [Alert] {
        (known.external[Int32(interface)] ?? []).compactMap { number in
            let pair = tally.pairs.entries[number]
            let isNewPort = known.hasNewPort(number)
            let most = max(2 * settings.peerFloor, settings.newPeerHours * usualHour, limit)
            guard !found.contains(number), isNewPort || known.isNew(number), Double(pair.bytesOut) > most
            else { return nil }
            let last = min(Int32(pair.last / 3_600), hours?.upperBound ?? .max)
            return alert(
                isNewPort ? "flow-new-port" : "flow-new-peer",
                isNewPort
                    ? "Much data to an external port that was never used before"
                    : "Much data to an external peer that was never seen before",
                interface, .medium, from: Int(pair.first), to: Int(pair.last),
                fields: ["peer": "\(pair.peer)", "port": "\(pair.port)"],
                [
                    .init("observed", .amount(pair.bytesOut)), .init("expected", 0),
                    .init("band", .array([0, .amount(most)])),
                ] + weight(pair, usualHour) + behind(number, from: Int32(pair.first / 3_600), to: last))
        }
    }
}
