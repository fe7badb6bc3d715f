internal import LogReaders

/// External peers that get much: new ones, and known ones that never got as much.
///
/// What is unusual for one peer disappears in the interface's total as long as that is large. Each hour's weightiest
/// peers are compared with what usually goes to the interface's first peer, and with the most that this one ever got.
struct PeerJudge {
    struct Finding {
        var pair: Int
        var first: Int32
        var last: Int32
        var most: Double
        /// What usually goes to the interface's first peer in an hour.
        var usual: Double
        /// The most that went to this one in an hour before.
        var before: Double
    }

    private struct PeerState {
        var most = 0.0
        /// What it got in each of the last six hours, and the highest level that lasted for them.
        var recent: InlineArray<6, Double> = InlineArray(repeating: 0)
        var mostLasting = 0.0
        /// One bit for each of the last hours.
        var unusual: UInt8 = 0
        var hour: Int32 = 0
        var finding: Int?
    }

    private let settings: FlowSettings
    private var tops: [Float]
    /// The highest level that lasted for six hours, at the end of each hour.
    private var topsLasting: [Float] = []
    private var peers: [Int32: PeerState] = [:]
    private(set) var findings: [Finding] = []

    /// - Parameters:
    ///   - tops: the most that went to one peer, for each of the last hours.
    ///   - peaks: the most that went to each peer.
    init(_ settings: FlowSettings, tops: [Float], peaks: [Int32: Float]) {
        self.settings = settings
        self.tops = tops
        peers = peaks.mapValues { PeerState(most: Double($0)) }
    }

    /// The next hour of an interface's bytes to external peers.
    mutating func judge(_ row: VolumeRow) {
        let usual = tops.count >= settings.learningHours ? Usual(tops.suffix(168), settings) : nil
        let usualLasting =
            topsLasting.count >= settings.learningHours - 6 ? Usual(topsLasting.suffix(168), settings) : nil
        var top: Float = 0
        var topLasting: Float = 0
        for place in 0..<VolumeRow.peersKept where row.peers[place] >= 0 {
            let (peer, bytes) = (row.peers[place], Double(row.weights[place]))
            top = max(top, Float(bytes))
            var state = peers[peer] ?? PeerState()
            for hour in max(state.hour + 1, row.hour - 5)...row.hour { state.recent[Int(hour % 6)] = 0 }
            state.recent[Int(row.hour % 6)] = bytes
            let lasting = Self.lasting(state.recent)
            topLasting = max(topLasting, Float(lasting))
            state.unusual = row.hour - state.hour < 3 ? state.unusual << UInt8(row.hour - state.hour) : 0
            state.hour = row.hour
            if let usual { weigh(&state, peer, bytes, usual, row.hour) }
            if let usual, let usualLasting, lasting > 0.7 * usual.most {
                weighLasting(&state, peer, lasting, usualLasting, row.hour)
            }
            state.mostLasting = max(state.mostLasting, state.finding == nil ? lasting : 0)
            // What is found does not become what is usual at once.
            state.most = max(
                state.most, state.finding == nil ? bytes : min(bytes, max(state.most * 1.5, usual?.most ?? 0)))
            peers[peer] = state
        }
        topsLasting.append(min(topLasting, usualLasting.map { Float($0.limit) } ?? .infinity))
        tops.append(min(top, usual.map { Float($0.limit) } ?? .infinity))
        if tops.count > FlowBaseline.weeks * 168 { tops.removeFirst(168) }
    }

    private mutating func weigh(_ state: inout PeerState, _ peer: Int32, _ bytes: Double, _ usual: Usual, _ hour: Int32)
    {
        let isMore = bytes > settings.peerFloor && bytes > usual.limit
        guard isMore, bytes > settings.peerGrowth * state.most || state.finding != nil else { return }
        let before = state.unusual & 0b110 != 0
        state.unusual |= 1
        guard before || bytes > usual.extreme else { return }
        if let open = state.finding, hour - findings[open].last <= 3 {
            findings[open].last = hour
            findings[open].most = max(findings[open].most, bytes)
            return
        }
        state.finding = findings.count
        findings.append(
            Finding(pair: Int(peer), first: hour, last: hour, most: bytes, usual: usual.most, before: state.most))
    }

    /// What five of six hours have at least: the second smallest.
    private static func lasting(_ recent: InlineArray<6, Double>) -> Double {
        var (least, second) = (Double.infinity, Double.infinity)
        for hour in 0..<6 {
            if recent[hour] < least {
                (least, second) = (recent[hour], least)
            } else {
                second = min(second, recent[hour])
            }
        }
        return second
    }

    /// A level that lasts for hours is unusual where the same in one hour is not: for those who are patient.
    private mutating func weighLasting(
        _ state: inout PeerState, _ peer: Int32, _ bytes: Double, _ usual: Usual, _ hour: Int32
    ) {
        guard bytes > settings.peerFloor / 5, bytes > usual.extreme, bytes > settings.peerGrowth * state.mostLasting
        else {
            return
        }
        if let open = state.finding, hour - findings[open].last <= 6 {
            findings[open].last = hour
            return
        }
        state.finding = findings.count
        findings.append(
            Finding(
                pair: Int(peer), first: hour - 5, last: hour, most: bytes, usual: usual.most, before: state.mostLasting)
        )
    }

    /// What goes to an interface's first peer in an hour.
    private struct Usual {
        /// Nine of ten hours have less.
        let most: Double
        /// Above this, two hours of three are unusual.
        let limit: Double
        /// Above this, one is.
        let extreme: Double

        init(_ tops: ArraySlice<Float>, _ settings: FlowSettings) {
            let sorted = tops.sorted()
            most = Double(sorted[sorted.count * 9 / 10])
            let logs = sorted.map { Robust.log(Double($0)) }
            let center = logs[logs.count / 2]
            let spread = max(0.3, Robust.spread(logs, around: center) ?? 0)
            limit = max(settings.peerShare * most, Robust.bytes(center + settings.peerScore * spread))
            extreme = max(settings.peerExtreme * most, Robust.bytes(center + settings.peerExtremeScore * spread))
        }
    }

    /// What one peer has to get over all hours to be worth an alert; none while that is being learnt.
    var slowLimit: Double? { tops.count >= settings.learningHours ? Usual(tops.suffix(168), settings).extreme : nil }

    /// What the next run needs to know.
    var learnt: (tops: [Float], peaks: [Int32: Float]) {
        (tops, peers.mapValues { Float($0.most) }.filter { Double($0.value) > settings.peerFloor / 5 })
    }
}

extension FlowAnalytics {
    /// External peers with much more than before, new ones and known ones; new service ports of external peers.
    func newPeers(_ baseline: inout FlowBaseline) -> [Alert] {
        var rows: [Int32: [Int]] = [:]
        for (number, row) in tally.volumes.rows.enumerated() where row.series == .outExternal {
            rows[row.interface, default: []].append(number)
        }
        let known = KnownNetworks(tally, before, settings, learnt: learnt)
        var alerts: [Alert] = []
        var found: Set<Int> = []
        for (interface, numbers) in rows.sorted(by: { $0.key < $1.key }) {
            let sorted = numbers.map { tally.volumes.rows[$0] }.sorted { $0.hour < $1.hour }
            let name = tally.interfaces.entries[Int(interface)].name
            var judge = PeerJudge(
                settings, tops: before.topPeers[name] ?? [], peaks: peaks(before.peerPeaks[name] ?? [:], sorted))
            for row in sorted { judge.judge(row) }
            let usualHour = Robust.median(sorted.map { Double($0.total) }) ?? 0
            for finding in judge.findings {
                found.insert(finding.pair)
                alerts.append(peerAlert(finding, isNew: known.isNew(finding.pair), usualHour))
            }
            baseline.topPeers[name] = judge.learnt.tops
            for (peer, most) in judge.learnt.peaks {
                baseline.peerPeaks[name, default: [:]]["\(tally.pairs.entries[Int(peer)].peer)"] = most
            }
            if let limit = judge.slowLimit {
                alerts += slowNewPeers(Int(interface), known, usualHour, limit, found)
            }
        }
        known.learn(&baseline)
        return alerts
    }

    /// The baseline's peaks, by the numbers that the peers have now.
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

    private func peerAlert(_ finding: PeerJudge.Finding, isNew: Bool, _ usualHour: Double) -> Alert {
        let pair = tally.pairs.entries[finding.pair]
        return alert(
            isNew ? "flow-new-peer" : "flow-peer-volume",
            isNew
                ? "Much data to an external peer that was never seen before"
                : "Much more data to an external peer than ever before",
            Int(pair.interface), finding.most > 5e9 ? .high : .medium, from: Int(finding.first) * 3_600,
            to: Int(finding.last) * 3_600 + 3_599, fields: ["peer": "\(pair.peer)", "port": "\(pair.port)"],
            [
                .init("observed", .count(Int(finding.most))), .init("expected", .count(Int(finding.before))),
                .init("band", .list([0, .count(Int(max(finding.before * settings.peerGrowth, finding.usual)))])),
                .init("usual for the first peer", .count(Int(finding.usual))),
            ] + weight(pair, usualHour))
    }

    private func weight(_ pair: PairEntry, _ usualHour: Double) -> [Alert.Evidence] {
        [
            .init("sent in all", .count(Int(pair.bytesOut))), .init("received in all", .count(Int(pair.bytesIn))),
            .init("usual hour", .count(Int(usualHour))), .init("network", .text("\(pair.peer.network)")),
            .init("first seen", .text(Moments.text(Int(pair.first)))),
        ]
    }

    /// New peers and ports that get little in each hour, and much over all of them.
    private func slowNewPeers(
        _ interface: Int, _ known: KnownNetworks, _ usualHour: Double, _ limit: Double, _ found: Set<Int>
    ) -> [Alert] {
        (known.external[Int32(interface)] ?? []).compactMap { number in
            let pair = tally.pairs.entries[number]
            let isNewPort = known.hasNewPort(number)
            guard !found.contains(number), isNewPort || known.isNew(number),
                Double(pair.bytesOut) > max(2 * settings.peerFloor, settings.newPeerHours * usualHour, limit)
            else { return nil }
            return alert(
                isNewPort ? "flow-new-port" : "flow-new-peer",
                isNewPort
                    ? "Much data to an external port that was never used before"
                    : "Much data to an external peer that was never seen before",
                interface, .medium, from: Int(pair.first), to: Int(pair.last),
                fields: ["peer": "\(pair.peer)", "port": "\(pair.port)"], weight(pair, usualHour))
        }
    }
}

/// Which external networks and ports each interface had dealings with before.
private struct KnownNetworks {
    private struct Network: Hashable {
        var interface: Int32
        var address: FlowAddress
    }

    private struct Port: Hashable {
        var interface: Int32
        var port: UInt16
    }

    /// The numbers of the pairs with external peers that something was sent to, by interface.
    private(set) var external: [Int32: [Int]] = [:]
    private var networks: [Network: UInt32] = [:]
    private var ports: [Port: UInt32] = [:]
    private let tally: FlowTally
    private let before: FlowBaseline
    private let learnt: Int

    init(_ tally: FlowTally, _ before: FlowBaseline, _ settings: FlowSettings, learnt: Int) {
        self.tally = tally
        self.before = before
        self.learnt = learnt
        for (number, pair) in tally.pairs.entries.enumerated()
        where pair.bytesOut > 0 && !settings.isInternal(pair.peer) {
            external[pair.interface, default: []].append(number)
            let network = Network(interface: pair.interface, address: pair.peer.network)
            networks[network] = min(networks[network] ?? .max, pair.first)
            guard !pair.interfaceServes else { continue }
            let port = Port(interface: pair.interface, port: pair.port)
            ports[port] = min(ports[port] ?? .max, pair.first)
        }
    }

    func isNew(_ number: Int) -> Bool {
        let pair = tally.pairs.entries[number]
        let first = networks[Network(interface: pair.interface, address: pair.peer.network)] ?? 0
        return Int(first) >= learnt && before.networks[name(pair)]?["\(pair.peer.network)"] == nil
    }

    func hasNewPort(_ number: Int) -> Bool {
        let pair = tally.pairs.entries[number]
        guard !pair.interfaceServes else { return false }
        let first = ports[Port(interface: pair.interface, port: pair.port)] ?? 0
        return Int(first) >= learnt && before.ports[name(pair)]?["\(pair.port)"] == nil
    }

    func learn(_ baseline: inout FlowBaseline) {
        for pair in external.values.joined().map({ tally.pairs.entries[$0] }) {
            let hour = Int(pair.last) / 3_600
            baseline.networks[name(pair), default: [:]]["\(pair.peer.network)"] = hour
            if !pair.interfaceServes { baseline.ports[name(pair), default: [:]]["\(pair.port)"] = hour }
        }
    }

    private func name(_ pair: PairEntry) -> String { tally.interfaces.entries[Int(pair.interface)].name }
}
