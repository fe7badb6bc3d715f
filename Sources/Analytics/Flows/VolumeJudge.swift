internal import Glibc

/// Evaluates the volumes hour by hour, in order of time. Each hour is compared with the expectation from the hours
/// before, and is then learned.
struct VolumeJudge {
    /// One series and its rows.
    struct Subject {
        /// The key in the baseline.
        let key: String
        let interface: Int?
        let account: String
        let series: FlowSeries
        var rows: [Int32: Int] = [:]
        var history = SeriesHistory()
        /// The first hour since 1970 that is evaluated.
        var firstHour = Int32.min
        var episodes: [Episode] = []
        /// The number of evaluated hours since the last hour with traffic.
        var idleHours = 0

        /// Whether the whole history is idle, so that another idle hour would change nothing.
        fileprivate func staysIdle(_ hour: Int32) -> Bool {
            idleHours >= LearnedFlows.weeks * 168 && rows[hour] == nil
        }
    }

    /// Consecutive hours of a series with unusual volumes.
    struct Episode {
        enum Reason: String { case bins = "5-minute bins", hour = "hour", slow = "slow leak" }

        var reasons: Set<Reason>
        var firstTime: Int
        var lastTime: Int
        var observed: Double
        var expected: Double
        var upper: Double
        var score: Double
        var excess: Double
        var rows: [Int]
        /// What was observed in each hour. The learned history holds less, because unusual hours are not learned in
        /// full.
        var amounts: [Int: Double]
    }

    /// The range of bytes that is normal for an hour.
    struct Band {
        private var lower = Float.nan
        private var upper = Float.nan

        init() {}

        fileprivate init(_ expectation: Expectation) {
            upper = Float(Robust.bytes(expectation.limit))
            let least = expectation.total - 3 * expectation.totalScale
            lower = expectation.isIdle ? 0 : min(upper, Float(Robust.bytes(max(0, least))))
        }

        /// `nil` if nothing was expected of the hour.
        var range: ClosedRange<Double>? { upper.isFinite && lower <= upper ? Double(lower)...Double(upper) : nil }
    }

    let settings: FlowSettings
    /// The band of each row, by its number.
    private(set) var bands: [Band]
    /// Returns the twelve bins of a row.
    let bins: (Int) -> [Double]
    /// The hours without records, for interfaces that usually have records. These hours are missing, not idle.
    let missing: [Int: Set<Int32>]
    var subjects: [Subject]
    private var groups: [FlowSeries: SeriesModel.Group] = [:]
    /// The robust standard deviation, across the members of a series, of their recent mean deviations from their
    /// expectations.
    private var drifts: [FlowSeries: Double] = [:]

    /// - Parameter rows: the number of rows whose bands are kept.
    init(
        _ settings: FlowSettings, _ subjects: [Subject], missing: [Int: Set<Int32>], rows: Int = 0,
        bins: @escaping (Int) -> [Double]
    ) {
        bands = Array(repeating: Band(), count: rows)
        self.missing = missing
        self.settings = settings
        self.subjects = subjects
        self.bins = bins
    }

    /// - Parameter hours: the hours that have logs, in order. Hours between them are missing, not idle.
    mutating func run(_ hours: [Int32]) {
        guard let first = hours.first, let last = hours.last else { return }
        // The carried state belongs to the end of the history. It does not apply to hours that are read again or late.
        let late = subjects.map { $0.history.hours.last.map { $0.hour >= first } ?? false ? $0.history : nil }
        for (index, known) in late.enumerated() {
            // Two runs that share an hour form one stretch.
            if let known, known.count(before: Int(first)) + 1 < known.hours.count {
                subjects[index].history.beginAnew()
            }
        }
        defer {
            for (index, known) in late.enumerated() {
                if let known, let end = known.hours.last?.hour, end >= Int(last) {
                    subjects[index].history.carry(known)
                }
            }
        }
        for hour in hours {
            if hour % 6 == 0 || groups.isEmpty { learnGroups(Int(hour)) }
            var common: [FlowSeries: Double] = [:]
            var expectations: [Expectation?] = []
            var observed: [[Double]] = []
            var residuals: [FlowSeries: [Double]] = [:]
            // No expectation is needed while all series are learning.
            let judges = subjects.contains { $0.history.count(before: Int(hour)) >= settings.learningHours }
            for index in subjects.indices {
                let isAsked = hour >= subjects[index].firstHour && !subjects[index].staysIdle(hour)
                let values = isAsked ? subjects[index].rows[hour].map(bins) ?? [] : []
                observed.append(values)
                guard judges, isAsked else {
                    expectations.append(nil)
                    continue
                }
                let series = subjects[index].series
                let model = SeriesModel(
                    history: subjects[index].history.before(Int(hour)), group: groups[series] ?? .init())
                let expectation = model.expect(Int(hour), hasTraffic: !values.isEmpty)
                expectations.append(expectation)
                if let expectation, !expectation.isIdle, !values.isEmpty, subjects[index].interface != nil {
                    residuals[series, default: []].append(Robust.log(values.reduce(0, +)) - expectation.total)
                }
            }
            // A change of all interfaces at once (a busy Monday) is not an anomaly of one interface.
            for (series, values) in residuals where values.count >= 8 {
                common[series] = min(0.7, max(-0.7, Robust.median(values) ?? 0))
            }
            if judges { learnDrifts(Int(hour), expectations) }
            for index in subjects.indices {
                if let interface = subjects[index].interface, missing[interface]?.contains(hour) == true { continue }
                if hour < subjects[index].firstHour || subjects[index].staysIdle(hour) { continue }
                subjects[index].idleHours = observed[index].isEmpty ? subjects[index].idleHours + 1 : 0
                judge(index, Int(hour), observed[index], expectations[index], common[subjects[index].series] ?? 0)
            }
        }
    }

    private mutating func judge(
        _ index: Int, _ hour: Int, _ values: [Double], _ expectation: Expectation?, _ common: Double
    ) {
        let isLearning = subjects[index].history.count(before: hour) < settings.learningHours
        guard var expectation, !isLearning else {
            learn(index, hour, values, seen: values, within: nil)
            return
        }
        let seen = SeenHour.most(subjects[index].history.seen ?? [], at: hour)
        if subjects[index].interface != nil, !expectation.isIdle {
            expectation.total += common
            expectation.bin += common
            expectation.peak += common
        }
        if let row = subjects[index].rows[Int32(hour)], bands.indices.contains(row) { bands[row] = Band(expectation) }
        let counts = subjects[index].series.countsBytes
        let total = values.reduce(0, +)
        let score = (Robust.log(total) - expectation.total) / expectation.totalScale
        let excess = total - Robust.bytes(expectation.isIdle ? 0 : expectation.total)
        var reasons: Set<Episode.Reason> = []
        var first: Int?
        var last = 0
        var unusual: [Int] = []
        let scale = subjects[index].interface == nil ? 5.0 : floorFactor(subjects[index], excess)
        let countFloor = subjects[index].series == .outFlows ? settings.flowFloor : settings.rejectedFloor
        let binFloor = (counts ? settings.binFloor : countFloor / 4) * scale
        let hourFloor = (counts ? settings.hourFloor : countFloor) * scale
        let binLimit = counts ? settings.binScore : settings.rejectedScore
        let usualBin = Robust.bytes(expectation.isIdle ? 0 : expectation.bin)
        for bin in values.indices {
            // Compares with the usual peak, because a few bins may hold all of an hour's traffic.
            let binScore = (Robust.log(values[bin]) - expectation.peak) / expectation.binScale
            let binExcess = values[bin] - usualBin
            var isUnusual = binScore > binLimit && binExcess > binFloor
            var isExtreme = binScore > settings.extremeScore && binExcess > 3 * binFloor
            // An unusual bin is not learned in full, even if it was seen before.
            if isUnusual || isExtreme { unusual.append(bin) }
            if values[bin] <= SeenHour.tolerance * seen.peak { (isUnusual, isExtreme) = (false, false) }
            let before = subjects[index].history.unusualBefore
            subjects[index].history.unusualBefore = (before << 1 | (isUnusual ? 1 : 0)) & 3
            if isExtreme || (isUnusual && before != 0) {
                reasons.insert(.bins)
                first = first ?? hour * 3_600 + bin * 300
                last = hour * 3_600 + bin * 300 + 299
            }
        }
        if values.isEmpty { subjects[index].history.unusualBefore = 0 }
        let wasSeen = total <= SeenHour.tolerance * seen.total
        if score > (counts ? settings.hourScore : settings.rejectedScore), excess > hourFloor, !wasSeen {
            reasons.insert(.hour)
        }
        // The level of a whole day varies from day to day. Only a lasting deviation beyond that variation counts.
        let drift = settings.slowDrift * (drifts[subjects[index].series] ?? Self.usualDrift)
        let slowScore = score - drift / expectation.totalScale
        if counts, sumsUp(index, hour, wasSeen ? min(0, slowScore) : slowScore, wasSeen ? 0 : excess, scale) {
            reasons.insert(.slow)
        }
        if !reasons.isEmpty {
            addEpisode(
                index, hour, reasons, from: first ?? hour * 3_600, to: first == nil ? hour * 3_600 + 3_599 : last,
                total, expectation, score, excess)
        }
        learn(index, hour, expectation.without(unusual, values), seen: values, within: expectation)
    }

    /// The factor for the byte floors of an interface: lower for an interface that sends little, because twenty times
    /// its usual hour is much for it. Applies to bytes to external peers. Computed only if it can affect the result.
    private func floorFactor(_ subject: Subject, _ excess: Double) -> Double {
        guard subject.series == .outExternal,
            excess > settings.binFloor * FlowSettings.leastFloor
                || subject.history.slowBytes > settings.slowFloor * FlowSettings.leastFloor
        else { return 1 }
        return settings.floorFactor(subject.history)
    }

    /// The drift that is assumed if there are too few members to measure it.
    private static let usualDrift = 0.15

    /// The hours over which drift is averaged: long enough to average out the noise of single hours.
    private static let driftHours = 12

    private mutating func learnDrifts(_ hour: Int, _ expectations: [Expectation?]) {
        var means: [FlowSeries: [Double]] = [:]
        for (index, expectation) in expectations.enumerated() where subjects[index].interface != nil {
            guard let expectation, !expectation.isIdle else { continue }
            let recent = subjects[index].history.hours(before: hour).suffix(Self.driftHours)
            guard recent.count == Self.driftHours else { continue }
            let mean = recent.reduce(0) { $0 + Double($1.residual) } / Double(Self.driftHours)
            means[subjects[index].series, default: []].append(mean)
        }
        for (series, means) in means where means.count >= 8 {
            drifts[series] = Robust.median(means).flatMap { Robust.spread(means, around: $0) }
        }
    }

    /// One-sided CUSUM (Page 1954) over the hourly scores. Returns whether the sum raises an alert.
    private mutating func sumsUp(_ index: Int, _ hour: Int, _ score: Double, _ excess: Double, _ scale: Double) -> Bool
    {
        var history = subjects[index].history
        defer { subjects[index].history = history }
        if history.slowSum == 0 { (history.slowBytes, history.slowStart) = (0, hour) }
        history.slowSum = max(0, history.slowSum + min(3, max(-3, score)) - settings.slowAllowance)
        if history.slowSum == 0 {
            history.slowBytes = 0
            history.slowStart = hour
            return false
        }
        history.slowBytes += excess
        guard history.slowSum > settings.slowScore, history.slowBytes > settings.slowFloor * scale else { return false }
        // Capping the sum makes the alert end soon after the leak.
        history.slowSum = settings.slowScore + 1
        return true
    }

    private mutating func addEpisode(
        _ index: Int, _ hour: Int, _ reasons: Set<Episode.Reason>, from first: Int, to last: Int, _ total: Double,
        _ expectation: Expectation, _ score: Double, _ excess: Double
    ) {
        let row = subjects[index].rows[Int32(hour)]
        let upper = Robust.bytes(expectation.limit)
        if let open = subjects[index].episodes.indices.last,
            first - subjects[index].episodes[open].lastTime <= 3 * 3_600
        {
            subjects[index].episodes[open].reasons.formUnion(reasons)
            subjects[index].episodes[open].lastTime = last
            subjects[index].episodes[open].observed += total
            subjects[index].episodes[open].expected += Robust.bytes(expectation.total)
            subjects[index].episodes[open].upper += upper
            subjects[index].episodes[open].score = max(subjects[index].episodes[open].score, score)
            subjects[index].episodes[open].excess += excess
            if let row { subjects[index].episodes[open].rows.append(row) }
            subjects[index].episodes[open].amounts[hour] = total
            return
        }
        let begin = reasons == [.slow] ? min(first, subjects[index].history.slowStart * 3_600) : first
        subjects[index].episodes.append(
            Episode(
                reasons: reasons, firstTime: begin, lastTime: last, observed: total,
                expected: expectation.isIdle ? 0 : Robust.bytes(expectation.total), upper: upper, score: score,
                excess: excess, rows: row.map { [$0] } ?? [], amounts: [hour: total]))
    }

    /// - Parameter expectation: the expectation by which the hour is clipped; `nil` to learn it unclipped.
    private mutating func learn(
        _ index: Int, _ hour: Int, _ values: [Double], seen: [Double], within expectation: Expectation?
    ) {
        guard !subjects[index].history.has(hour) else { return }
        let active = values.filter { $0 > 0 }.map(Robust.log)
        let total = Robust.log(values.reduce(0, +))
        let clip = expectation.map { max(0, total - $0.limit) } ?? 0
        // Bursts of a few bins stay unusual, however often they recur.
        if clip > 0 || seen != values, zip(seen, values).count(where: { $0 != $1 }) > 3 || seen == values {
            let known = SeenHour.recent(subjects[index].history.seen ?? [], before: hour)
            subjects[index].history.seen =
                known + [SeenHour(hour: hour, total: Float(seen.reduce(0, +)), peak: Float(seen.max() ?? 0))]
        }
        let residual = expectation.map { total - $0.total } ?? 0
        let median = Robust.median(active) ?? 0
        let spread = Robust.spread(active, around: median) ?? 0
        subjects[index].history.insert(
            SeriesHistory.Hour(
                hour: hour, total: Float(total - clip), bin: Float(max(0, median - clip)),
                peak: Float(max(0, (active.max() ?? 0) - clip)), active: active.count,
                spread: Float(spread), residual: Float(residual - (residual > 0 ? clip : 0))))
        let kept = LearnedFlows.hoursKept(of: subjects.count)
        if subjects[index].history.hours.count > kept + 24 {
            subjects[index].history.hours.removeFirst(subjects[index].history.hours.count - kept)
        }
    }

    /// Learns the daily shape and the spread that the members of each series have in common.
    private mutating func learnGroups(_ hour: Int) {
        for series in FlowSeries.allCases {
            var above: [[Double]] = Array(repeating: [], count: 24)
            var spreads: [Double] = []
            for subject in subjects where subject.series == series && subject.interface != nil {
                let recent = subject.history.hours(before: hour).suffix(168)
                guard recent.count >= 12, let level = Robust.median(recent.map { Double($0.total) }), level > 1 else {
                    continue
                }
                for sample in recent where sample.active > 0 {
                    above[sample.hour % 24].append(Double(sample.total) - level)
                }
                let residuals = recent.filter { $0.residual != 0 }.map { Double($0.residual) }
                if residuals.count >= 6, let spread = Robust.spread(residuals, around: 0) { spreads.append(spread) }
            }
            var group = SeriesModel.Group()
            for slot in 0..<24 where above[slot].count >= 8 { group.shape[slot] = Robust.median(above[slot]) ?? 0 }
            if spreads.count >= 8, let scale = Robust.median(spreads) { group.scale = max(0.1, scale) }
            groups[series] = group
        }
    }
}
