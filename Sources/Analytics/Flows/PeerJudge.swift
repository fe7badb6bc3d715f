internal import LogReaders

/// External peers that get much: new ones, and known ones that never got as much.
///
/// What is unusual for one peer disappears in the interface's total as long as that is large. Each hour's weightiest
/// peers are compared with what usually goes to the interface's first peer, and with the most that this one ever got. All
/// that is compared is without the interface's daily shape: otherwise what is usual at noon hides what leaves at night.
struct PeerJudge {
    struct Rise {
        var pair: Int
        var first: Int32
        var last: Int32
        var most: Double
        /// What usually goes to the interface's first peer in such an hour.
        var usual: Double
        /// The most that went to this one before, as it would be in such an hour.
        var before: Double
    }

    /// One peer in one hour.
    private struct Seen {
        let peer: Int32
        let hour: Int32
        let amount: Double
        /// What the hour usually has of the day's usual hour.
        let factor: Double

        /// The amount without the daily shape.
        var bytes: Double { amount / factor }
    }

    /// All amounts are without the daily shape.
    private struct PeerState {
        var most = 0.0
        /// Of the hours that are learned, which are not read again.
        var mostLearnt = 0.0
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
    private var learntTops: [Float]
    /// The highest level that lasted for six hours, at the end of each hour.
    private var topsLasting: [Float] = []
    private var peers: [Int32: PeerState] = [:]
    private(set) var findings: [Rise] = []

    /// - Parameters:
    ///   - tops: the most that went to one peer, for each of the last hours.
    ///   - readAgain: so many hours of these are judged again: they say nothing of themselves.
    ///   - peaks: the most that went to each peer.
    init(_ settings: FlowSettings, tops: [Float], readAgain: Int, peaks: [Int32: Float]) {
        self.settings = settings
        self.tops = tops.dropLast(min(readAgain, tops.count))
        learntTops = tops
        peers = peaks.mapValues { PeerState(most: Double($0), mostLearnt: Double($0)) }
    }

    /// The next hour of an interface's bytes to external peers.
    /// - Parameters:
    ///   - factor: how much the interface usually moves at that hour: ``DailyShape/factor(of:)``.
    ///   - learns: it is later than all that was learned before.
    mutating func judge(_ row: VolumeRow, usually factor: Double, learns: Bool) {
        let usual = tops.count >= settings.learningHours ? Usual(tops.suffix(168), settings) : nil
        let usualLasting =
            topsLasting.count >= settings.learningHours - 6
            ? Usual(topsLasting.suffix(168), settings, isLasting: true)
            : nil
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
            if let usual { weigh(&state, seen, usual) }
            if let usual, let usualLasting, lasting > 0.7 * usual.most {
                weighLasting(&state, seen, lasting, usualLasting)
            }
            state.mostLasting = max(state.mostLasting, state.finding == nil ? lasting : 0)
            // What is found does not become what is usual at once.
            state.most = max(
                state.most, state.finding == nil ? bytes : min(bytes, max(state.most * 1.5, usual?.most ?? 0)))
            if learns { state.mostLearnt = max(state.mostLearnt, state.most) }
            peers[seen.peer] = state
        }
        topsLasting.append(min(topLasting, usualLasting.map { Float($0.limit) } ?? .infinity))
        let learnt = min(top, usual.map { Float($0.limit) } ?? .infinity)
        tops.append(learnt)
        if tops.count > LearnedFlows.weeks * 168 { tops.removeFirst(168) }
        guard learns else { return }
        learntTops.append(learnt)
        if learntTops.count > LearnedFlows.weeks * 168 { learntTops.removeFirst(168) }
    }

    private mutating func weigh(_ state: inout PeerState, _ seen: Seen, _ usual: Usual) {
        let isMore = seen.amount > settings.peerFloor && seen.bytes > usual.limit
        guard isMore, seen.bytes > settings.peerGrowth * state.most || state.finding != nil else { return }
        let before = state.unusual & 0b110 != 0
        state.unusual |= 1
        guard before || seen.bytes > usual.extreme else { return }
        if let open = state.finding, seen.hour - findings[open].last <= 3 {
            findings[open].last = seen.hour
            findings[open].most = max(findings[open].most, seen.amount)
            return
        }
        find(&state, seen, from: seen.hour, seen.amount, usual, before: state.most)
    }

    private mutating func find(
        _ state: inout PeerState, _ seen: Seen, from first: Int32, _ amount: Double, _ usual: Usual, before: Double
    ) {
        state.finding = findings.count
        findings.append(
            Rise(
                pair: Int(seen.peer), first: first, last: seen.hour, most: amount, usual: usual.most * seen.factor,
                before: before * seen.factor))
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
    private mutating func weighLasting(_ state: inout PeerState, _ seen: Seen, _ bytes: Double, _ usual: Usual) {
        guard bytes * seen.factor > settings.peerFloor / 5, bytes > usual.extreme,
            bytes > settings.lastingGrowth * state.mostLasting
        else { return }
        if let open = state.finding, seen.hour - findings[open].last <= 6 {
            findings[open].last = seen.hour
            return
        }
        find(&state, seen, from: seen.hour - 5, bytes * seen.factor, usual, before: state.mostLasting)
    }

    /// What goes to an interface's first peer in an hour.
    private struct Usual {
        /// Nine of ten hours have less.
        let most: Double
        /// Above this, two hours of three are unusual.
        let limit: Double
        /// Above this, one is.
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

    /// What one peer has to get over all hours to be worth an alert; none while that is being learned.
    var slowLimit: Double? { tops.count >= settings.learningHours ? Usual(tops.suffix(168), settings).extreme : nil }

    /// What the next run needs to know.
    var learnt: (tops: [Float], peaks: [Int32: Float]) {
        (learntTops, peers.mapValues { Float($0.mostLearnt) }.filter { Double($0.value) > settings.peerFloor / 5 })
    }
}
