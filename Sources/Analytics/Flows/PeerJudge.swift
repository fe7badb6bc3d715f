internal import LogReaders

/// Finds external peers that receive much: new peers, and known peers that never received as much.
///
/// A spike to one peer is invisible in a busy interface's total, so the top peers of each hour are evaluated
/// separately. They are compared with the usual bytes to the interface's top peer, and with the most that the peer ever
/// received. All amounts are without the interface's daily shape: otherwise an amount that is usual at noon would hide
/// a leak at night.
struct PeerJudge {
    struct Rise {
        var pair: Int
        var first: Int32
        var last: Int32
        var most: Double
        /// The usual bytes to the interface's top peer in such an hour.
        var usual: Double
        /// The most bytes to this peer in an earlier hour, scaled to such an hour.
        var before: Double
    }

    /// The bytes to one peer in one hour.
    private struct Seen {
        let peer: Int32
        let hour: Int32
        let amount: Double
        /// The ratio of the hour's usual volume to the day's.
        let factor: Double

        /// The amount without the daily shape.
        var bytes: Double { amount / factor }
    }

    /// The history of one peer. All amounts are without the daily shape.
    private struct PeerState {
        var most = 0.0
        /// The most bytes in an hour that is learned. Hours that an earlier run learned are left out.
        var mostLearned = 0.0
        /// The peer's bytes in each of the last six hours, and the highest level that lasted for six hours.
        var recent: InlineArray<6, Double> = InlineArray(repeating: 0)
        var mostLasting = 0.0
        /// One bit for each of the last hours; set if the hour was unusual.
        var unusual: UInt8 = 0
        var hour: Int32 = 0
        var finding: Int?
    }

    private let settings: FlowSettings
    private let floor: Double
    /// Unclipped amounts of hours that were not learned in full.
    private(set) var seenTops: [SeenHour]
    private var tops: [Float]
    private var learnedTops: [Float]
    /// The highest level that had lasted for six hours, at the end of each hour.
    private var topsLasting: [Float] = []
    private var peers: [Int32: PeerState] = [:]
    private(set) var findings: [Rise] = []

    /// - Parameters:
    ///   - tops: the most bytes to one peer, for each of the last hours.
    ///   - readAgain: the number of last hours in `tops` that overlap this run. They are ignored.
    ///   - peaks: the most bytes to each peer.
    ///   - seen: unclipped amounts of earlier hours that were not learned in full.
    ///   - floorFactor: the factor by which the interface's floor is lower.
    init(
        _ settings: FlowSettings, tops: [Float], readAgain: Int, peaks: [Int32: Float], seen: [SeenHour] = [],
        floorFactor: Double = 1
    ) {
        self.settings = settings
        floor = settings.peerFloor * floorFactor
        seenTops = seen
        self.tops = tops.dropLast(min(readAgain, tops.count))
        learnedTops = tops
        peers = peaks.mapValues { PeerState(most: Double($0), mostLearned: Double($0)) }
    }

    /// Evaluates the next hour of an interface's bytes to external peers.
    /// - Parameters:
    ///   - factor: the interface's usual ratio at that hour: ``DailyShape/factor(of:)``.
    ///   - learns: whether the hour is later than all learned ones.
    mutating func judge(_ row: VolumeRow, usually factor: Double, learns: Bool) {
        let usual = tops.count >= settings.learningHours ? Limits(tops.suffix(168), settings) : nil
        let usualLasting =
            topsLasting.count >= settings.learningHours - 6
            ? Limits(topsLasting.suffix(168), settings, isLasting: true)
            : nil
        let before = SeenHour.tolerance * SeenHour.most(seenTops, at: Int(row.hour)).total
        var top: Float = 0
        var topLasting: Float = 0
        for place in 0..<VolumeRow.peersKept where row.peers[place] >= 0 {
            let seen = Seen(
                peer: row.peers[place], hour: row.hour, amount: Double(row.weights[place]), factor: factor)
            let bytes = seen.bytes
            top = max(top, Float(bytes))
            var state = peers[seen.peer] ?? PeerState()
            for hour in max(state.hour + 1, row.hour - 5)...row.hour { state.recent[Int(hour % 6)] = 0 }
            state.recent[Int(row.hour % 6)] = bytes
            let lasting = Self.lasting(state.recent)
            topLasting = max(topLasting, Float(lasting))
            state.unusual = row.hour - state.hour < 3 ? state.unusual << UInt8(row.hour - state.hour) : 0
            state.hour = row.hour
            // An amount that any peer received at that time of an earlier day is usual.
            if let usual, bytes > before { weigh(&state, seen, usual) }
            if let usual, let usualLasting, lasting > 0.7 * usual.most, lasting > before {
                weighLasting(&state, seen, lasting, usualLasting)
            }
            state.mostLasting = max(state.mostLasting, state.finding == nil ? lasting : 0)
            // The amount of a finding does not become usual at once.
            state.most = max(
                state.most, state.finding == nil ? bytes : min(bytes, max(state.most * 1.5, usual?.most ?? 0)))
            if learns { state.mostLearned = max(state.mostLearned, state.most) }
            peers[seen.peer] = state
        }
        topsLasting.append(min(topLasting, usualLasting.map { Float($0.limit) } ?? .infinity))
        let learned = min(top, usual.map { Float($0.limit) } ?? .infinity)
        if learned < top, row.isLasting, !seenTops.contains(where: { $0.hour == Int(row.hour) }) {
            seenTops.append(SeenHour(hour: Int(row.hour), total: top, peak: top))
        }
        tops.append(learned)
        if tops.count > LearnedFlows.weeks * 168 { tops.removeFirst(168) }
        guard learns else { return }
        learnedTops.append(learned)
        if learnedTops.count > LearnedFlows.weeks * 168 { learnedTops.removeFirst(168) }
    }

    private mutating func weigh(_ state: inout PeerState, _ seen: Seen, _ usual: Limits) {
        let isMore = seen.amount > floor && seen.bytes > usual.limit
        guard isMore, seen.bytes > settings.peerGrowth * state.most || state.finding != nil else { return }
        let before = state.unusual & 0b110 != 0
        state.unusual |= 1
        guard before || seen.bytes > usual.extreme else { return }
        if let open = state.finding, seen.hour - findings[open].last <= 3 {
            findings[open].last = seen.hour
            findings[open].most = max(findings[open].most, seen.amount)
            return
        }
        addFinding(&state, seen, from: seen.hour, seen.amount, usual, before: state.most)
    }

    private mutating func addFinding(
        _ state: inout PeerState, _ seen: Seen, from first: Int32, _ amount: Double, _ usual: Limits, before: Double
    ) {
        state.finding = findings.count
        findings.append(
            Rise(
                pair: Int(seen.peer), first: first, last: seen.hour, most: amount, usual: usual.most * seen.factor,
                before: before * seen.factor))
    }

    /// The level that five of six hours reach: the second smallest amount.
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

    /// Evaluates a level that lasts for hours. Such a level is unusual at lower amounts than a single hour, which finds
    /// patient attackers.
    private mutating func weighLasting(_ state: inout PeerState, _ seen: Seen, _ bytes: Double, _ usual: Limits) {
        guard bytes * seen.factor > floor / 5, bytes > usual.extreme,
            bytes > settings.lastingGrowth * state.mostLasting
        else { return }
        if let open = state.finding, seen.hour - findings[open].last <= 6 {
            findings[open].last = seen.hour
            return
        }
        addFinding(&state, seen, from: seen.hour - 5, bytes * seen.factor, usual, before: state.mostLasting)
    }

    /// The limits for the bytes to an interface's top peer in an hour.
    private struct Limits {
        /// The 90th percentile of the hours.
        let most: Double
        /// The amount above which two hours of three are unusual.
        let limit: Double
        /// The amount above which a single hour is unusual.
        let extreme: Double

        init(_ tops: ArraySlice<Float>, _ settings: FlowSettings, isLasting: Bool = false) {
            let sorted = tops.sorted()
            most = Double(sorted[sorted.count * 9 / 10])
            let logs = sorted.map { Robust.log(Double($0)) }
            let center = logs[logs.count / 2]
            let spread = max(0.3, Robust.spread(logs, around: center) ?? 0)
            limit = max(settings.peerShare * most, Robust.bytes(center + settings.peerScore * spread))
            let (share, score) =
                isLasting
                ? (settings.lastingShare, settings.lastingScore) : (settings.peerExtreme, settings.peerExtremeScore)
            extreme = max(share * most, Robust.bytes(center + score * spread))
        }
    }

    /// The bytes over all hours above which a peer raises an alert; `nil` if there is too little history.
    var slowLimit: Double? { tops.count >= settings.learningHours ? Limits(tops.suffix(168), settings).extreme : nil }

    /// The values with which the next run starts.
    var learned: (tops: [Float], peaks: [Int32: Float]) {
        (learnedTops, peers.mapValues { Float($0.mostLearned) }.filter { Double($0.value) > settings.peerFloor / 5 })
    }
}
