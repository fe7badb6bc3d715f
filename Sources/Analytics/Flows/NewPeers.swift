internal import Basics
internal import LogReaders

extension FlowAnalytics {
    /// Finds external peers, new or known, that receive much more than before, and new service ports of external peers.
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
            let floorFactor = baseline.series[key].map(settings.floorFactor) ?? 1
            var judge = PeerJudge(
                settings, tops: before.topPeers[name] ?? [], readAgain: sorted.count { history.has(Int($0.hour)) },
                peaks: peaks(before.peerPeaks[name] ?? [:], sorted), seen: before.seenTops?[name] ?? [],
                floorFactor: floorFactor)
            let shape = DailyShape(
                baseline.series[key] ?? SeriesHistory(), learningHours: settings.learningHours)
            for row in sorted {
                judge.judge(row, usually: shape.factor(of: Int(row.hour)), learns: Int(row.hour) > last)
            }
            let usualHour = Robust.median(sorted.map { Double($0.total) }) ?? 0
            // Networks that were already reported as new. Each is reported as new only once.
            var told: Set<FlowAddress> = []
            let findings = judge.findings.sorted { left, right in
                (left.first, right.most, tally.pairs.entries[left.pair].peer)
                    < (right.first, left.most, tally.pairs.entries[right.pair].peer)
            }
            for finding in findings {
                found.insert(finding.pair)
                let network = tally.pairs.entries[finding.pair].peer.network
                let isNew = known.isNew(finding.pair) && told.insert(network).inserted
                alerts.append(peerAlert(finding, isNew: isNew, usualHour))
            }
            baseline.topPeers[name] = judge.learned.tops
            if !judge.seenTops.isEmpty {
                baseline.seenTops = (baseline.seenTops ?? [:]).merging([name: judge.seenTops]) { $1 }
            }
            for (peer, most) in judge.learned.peaks {
                baseline.peerPeaks[name, default: [:]]["\(tally.pairs.entries[Int(peer)].peer)"] = most
            }
            if let limit = judge.slowLimit {
                let usual = baseline.series[key]?.hours.suffix(168).map { Double($0.total) }
                let floor = max(
                    2 * settings.peerFloor * floorFactor, settings.newPeerHours * usualHour, limit)
                alerts += slowNewPeers(
                    Int(interface), known, usualHour, floor, judge.seenTops, &found, &told)
                alerts += sharingNewPeers(
                    Int(interface), known, usual.flatMap(Robust.median).map(Robust.bytes) ?? usualHour, &found, told)
            }
        }
        for (interface, pairs) in known.external.sorted(by: { $0.key < $1.key }) {
            alerts += manySmallFlows(Int(interface), pairs, known, found)
            alerts += lastingPorts(Int(interface), pairs, known, found)
        }
        known.learn(&baseline, until: hours.map { Int($0.upperBound) } ?? .max)
        return alerts
    }

    /// The baseline's peaks by the peers' numbers in this run.
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
                ? "Large transfer to new external peer"
                : "Unusually large transfer to known peer",
            Int(pair.interface), finding.most > 5e9 ? .high : .medium, from: Int(finding.first) * 3_600,
            to: Int(finding.last) * 3_600 + 3_599, fields: ["peer": "\(pair.peer)", "port": "\(pair.port)"],
            [
                .init("observed", .amount(finding.most)), .init("expected", .amount(finding.before)),
                .init("band", .array([0, .amount(max(finding.before * settings.peerGrowth, finding.usual))])),
                .init("usual_bytes_of_top_peer", .amount(finding.usual)),
            ] + weight(pair, usualHour) + behind(finding.pair, from: finding.first, to: finding.last))
    }

    /// The evidence for a peer: its history, the other heavy peers of these hours, and its records.
    private func behind(_ number: Int, from first: Int32, to last: Int32) -> [JSON.Object.Member] {
        let pair = tally.pairs.entries[number]
        let behind = rows(Int(pair.interface), from: Int(first) * 3_600, to: Int(last) * 3_600, .outExternal)
        return history(of: number, until: last) + peersAndRecords(behind, of: pair.peer)
    }

    private func weight(_ pair: PairEntry, _ usualHour: Double) -> [JSON.Object.Member] {
        [
            .init("bytes_sent", .amount(pair.bytesOut)), .init("bytes_received", .amount(pair.bytesIn)),
            .init("usual_bytes_per_hour", .amount(usualHour)), .init("network", .string("\(pair.peer.network)")),
            .init("first_seen", .string(Moment(nearestTo: Int(pair.first)).description)),
        ]
    }

    /// Finds new peers and ports that receive little in each hour, but much over all hours.
    private func slowNewPeers(
        _ interface: Int, _ known: KnownNetworks, _ usualHour: Double, _ floor: Double, _ seen: [SeenHour],
        _ found: inout Set<Int>, _ told: inout Set<FlowAddress>
    ) -> [Alert] {
        let numbers = (known.external[Int32(interface)] ?? []).sorted { left, right in
            let (one, other) = (tally.pairs.entries[left], tally.pairs.entries[right])
            return (one.bytesOut, other.peer) > (other.bytesOut, one.peer)
        }
        return numbers.compactMap { number -> Alert? in
            let pair = tally.pairs.entries[number]
            let isNewPort = known.hasNewPort(number)
            // Amounts that other peers received in the same hours of an earlier day are usual.
            let life = Int(pair.first / 3_600)...Int(pair.last / 3_600)
            let before = life.count > 24 ? 0 : life.reduce(0) { $0 + SeenHour.most(seen, at: $1).total }
            let most = max(floor, SeenHour.tolerance * before)
            guard !found.contains(number), Double(pair.bytesOut) > most,
                isNewPort || known.isNew(number) && told.insert(pair.peer.network).inserted
            else { return nil }
            found.insert(number)
            let last = min(Int32(pair.last / 3_600), hours?.upperBound ?? .max)
            return alert(
                isNewPort ? "flow-new-port" : "flow-new-peer",
                isNewPort
                    ? "Large transfer to new external port"
                    : "Large transfer to new external peer",
                interface, .medium, from: Int(pair.first), to: Int(pair.last),
                fields: ["peer": "\(pair.peer)", "port": "\(pair.port)"],
                [
                    .init("observed", .amount(pair.bytesOut)), .init("expected", 0),
                    .init("band", .array([0, .amount(most)])),
                ] + weight(pair, usualHour) + behind(number, from: Int32(pair.first / 3_600), to: last))
        }
    }

    /// Finds data that leaves in small pieces to many new peers, compared with what the interface usually sends in the
    /// hours of these peers. Peers that send more than they receive are downloads.
    private func sharingNewPeers(
        _ interface: Int, _ known: KnownNetworks, _ usualHour: Double, _ found: inout Set<Int>, _ told: Set<FlowAddress>
    ) -> [Alert] {
        let floor = settings.sharedFloor * settings.floorFactor(usualHour: usualHour)
        let numbers = (known.external[Int32(interface)] ?? []).filter { number in
            let pair = tally.pairs.entries[number]
            return pair.isClear && !pair.interfaceServes && pair.bytesOut > pair.bytesIn
                && Double(pair.bytesOut) > floor / 1_000 && known.isNew(number) && !found.contains(number)
                && !told.contains(pair.peer.network)
        }
        let pairs = numbers.map { tally.pairs.entries[$0] }.sorted {
            ($0.bytesOut, $1.peer) > ($1.bytesOut, $0.peer)
        }
        guard pairs.count >= settings.sharingPeers, let first = pairs.map(\.first).min(),
            let last = pairs.map(\.last).max()
        else { return [] }
        let peers = Set(pairs.map(\.peer))
        let observed = pairs.reduce(0) { $0 + Double($1.bytesOut) }
        let busy = pairs.map { $0.first / 3_600..<$0.last / 3_600 + 1 }.sorted { $0.lowerBound < $1.lowerBound }
            .reduce(into: (hours: 0, end: UInt32(0))) { busy, life in
                busy.hours += max(0, Int(life.upperBound) - Int(max(busy.end, life.lowerBound)))
                busy.end = max(busy.end, life.upperBound)
            }
        let most = max(floor, settings.sharedGrowth * usualHour * Double(busy.hours))
        guard observed > most else { return [] }
        found.formUnion(numbers)
        return [
            alert(
                "flow-new-peer", "Large transfer to new external peer", interface, .medium, from: Int(first),
                to: Int(last), fields: ["peer": "\(pairs[0].peer)", "port": "\(pairs[0].port)"],
                [
                    .init("observed", .amount(observed)), .init("expected", 0),
                    .init("band", .array([0, .amount(most)])), .init("usual_bytes_per_hour", .amount(usualHour)),
                    .init("first_seen", .string(Moment(nearestTo: Int(first)).description)),
                ] + Self.others("peers", pairs.map { ("\($0.peer)", Int(clamping: $0.bytesOut)) }, "bytes")
                    + records(rows(interface, from: Int(first), to: Int(last), .outExternal)) { record in
                        peers.contains(record.source) || peers.contains(record.destination)
                    })
        ]
    }
}
