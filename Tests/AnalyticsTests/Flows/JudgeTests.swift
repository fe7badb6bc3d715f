import Testing

@testable import Analytics

private func isClose(_ one: Double?, _ other: Double) -> Bool {
    one.map { abs($0 - other) < 1e-9 * max(1, abs(other)) } ?? false
}

/// The expected figures are of Python's `statistics` and `math`.
@Suite struct RobustStatisticsTests {
    private let odd = [3.5, -1.25, 8, 2, 2, 19.5, -7, 0.5, 4.25]

    @Test func mediansAreThoseOfPython() {
        #expect(Robust.median(odd) == 2)
        #expect(Robust.median(odd + [6]) == 2.75)
        #expect(Robust.median([7]) == 7)
        #expect(Robust.median([]) == nil)
        #expect(Robust.median(of: odd[2..<5]) { $0 > 5 ? nil : $0 } == 2)
        #expect(Robust.median(of: odd[...]) { _ in nil } == nil)
    }

    @Test func theMedianOfManyIsTheMiddleOne() {
        var state: UInt64 = 5
        for count in 1...60 {
            var values: [Double] = []
            for _ in 0..<count {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                values.append(Double(state >> 60))
            }
            let sorted = values.sorted()
            let middle = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
            #expect(Robust.median(values) == middle)
        }
    }

    @Test func spreadsAre1Point4826TimesTheMedianDistance() {
        #expect(isClose(Robust.spread(odd, around: 2), 1.4826 * 2.25))
        #expect(isClose(Robust.spread(odd + [6], around: 2.75), 1.4826 * 2.75))
        #expect(Robust.spread([], around: 0) == nil)
    }

    @Test(
        arguments: [
            ([(1.0, 1.0), (2, 1), (3, 1)], 2.0), ([(3, 4), (1, 1), (2, 1)], 3), ([(5, 1)], 5),
            ([(2, 1), (1, 1)], 1), ([(9, 1), (1, 4), (5, 4)], 5),
        ] as [([(Double, Double)], Double)])
    func aWeightedMedianIsTheFirstValueWithHalfOfTheWeight(
        values: [(Double, Double)], expected: Double
    ) {
        let median = Robust.weightedMedian(upTo: values.count) { add in
            for (value, weight) in values { add(value, weight) }
        }
        #expect(median == expected)
    }

    @Test func logarithmsAreOfOneMore() {
        #expect(Robust.log(0) == 0)
        #expect(Robust.log(-5) == 0)
        #expect(isClose(Robust.bytes(Robust.log(1_234_567)), 1_234_567))
    }
}

@Suite struct SeriesModelTests {
    private func history(_ hours: Range<Int>, _ hour: (Int) -> SeriesHistory.Hour) -> SeriesHistory {
        var history = SeriesHistory()
        history.hours = hours.map(hour)
        return history
    }

    private func steady(_ hour: Int) -> SeriesHistory.Hour {
        SeriesHistory.Hour(
            hour: hour, total: 10, bin: 5, peak: 6, active: 12, spread: 0.1, residual: 0.2)
    }

    /// Between days: (1.4826·0.2·48 + 0.35·12)/60 = 0.307216; the hour was seen on two days, so its variance counts 1.5 times.
    @Test func aSteadySeriesIsExpectedToGoOn() throws {
        let model = SeriesModel(history: history(1_000..<1_048, steady), group: .init())
        let expected = try #require(model.expect(1_048))
        #expect(isClose(expected.total, 10) && isClose(expected.bin, 5) && isClose(expected.peak, 6))
        // Of Float, which history is kept in.
        #expect(abs(expected.totalScale - 0.377_367) < 1e-5)
        #expect(abs(expected.binScale - 0.379_569) < 1e-5)
        #expect(!expected.isIdle)
        #expect(isClose(expected.limit, expected.total + 3 * expected.totalScale))
    }

    @Test func theSameHoursOfTheDayCountMoreThanTheLevel() throws {
        // At noon three more than else, for a week.
        let model = SeriesModel(
            history: history(24_000..<24_168) { hour in
                var sample = steady(hour)
                if hour % 24 == 12 { sample.total = 13 }
                return sample
            }, group: .init())
        let noon = try #require(model.expect(24_180))
        let evening = try #require(model.expect(24_186))
        // What is more than two above the level is taken as it is.
        #expect(isClose(noon.total, 13) && isClose(evening.total, 10))
    }

    @Test func aShortHistoryIsShrunkToItsLevelAndTheGroupsShape() throws {
        var group = SeriesModel.Group()
        group.shape[5] = 1
        let model = SeriesModel(history: history(24_000..<24_024, steady), group: group)
        // One day: (10·1 + 11·0.5)/1.5, where 11 is the level and the shape.
        #expect(isClose(try #require(model.expect(24_029)).total, (10 + 5.5) / 1.5))
    }

    @Test func whereThereIsUsuallyNothingTheHourIsIdle() throws {
        let model = SeriesModel(history: .idle(100..<200), group: .init())
        let expected = try #require(model.expect(200))
        #expect(expected.isIdle && expected.total == 0 && expected.bin == 0)
        #expect(SeriesModel(history: SeriesHistory(), group: .init()).expect(1) == nil)
    }

    @Test func aFewUnusualBinsAreNotLearntAndManyAreClipped() {
        let expectation = Analytics.Expectation(
            total: 5, totalScale: 1, bin: 2, peak: 3, binScale: 0.5, isIdle: false)
        let bins = [Double](repeating: 1_000, count: 12)
        #expect(isClose(expectation.without([4], bins)[4], Robust.bytes(3)))
        #expect(expectation.without([4], bins)[5] == 1_000)
        #expect(isClose(expectation.without([1, 2, 3, 4], bins)[4], Robust.bytes(3 + 3 * 0.5)))
    }
}

@Suite struct VolumeJudgeTests {
    /// Three days of 1 MB in each five minutes, then an hour that is given.
    private func episodes(_ last: [Double]) -> [VolumeJudge.Episode] {
        let first: Int32 = 480_000
        var subject = VolumeJudge.Subject(
            key: "eni-1", interface: 0, account: "111111111111", series: .outExternal)
        for hour in 0...72 { subject.rows[first + Int32(hour)] = hour }
        let steady = [Double](repeating: 1e6, count: 12)
        var judge = VolumeJudge(FlowSettings(), [subject], missing: [:]) { $0 == 72 ? last : steady }
        judge.run((0...72).map { first + $0 })
        return judge.subjects[0].episodes
    }

    @Test func whatGoesOnAsBeforeIsNoEpisode() {
        #expect(episodes([Double](repeating: 1e6, count: 12)).isEmpty)
        #expect(episodes([Double](repeating: 1.3e6, count: 12)).isEmpty)
    }

    @Test func aBurstIsAnEpisodeOfItsBinsAndItsHour() throws {
        let found = episodes([Double](repeating: 1e6, count: 9) + [Double](repeating: 200e6, count: 3))
        let episode = try #require(found.first)
        #expect(found.count == 1)
        #expect(episode.reasons == [.bins, .hour])
        let hour = 480_072 * 3_600
        #expect(episode.firstTime == hour + 9 * 300)
        #expect(episode.lastTime == hour + 11 * 300 + 299)
        #expect(episode.observed == 609e6)
        #expect(isClose(episode.excess, 609e6 - episode.expected))
        // Twelve bins of 1 MB, within what single precision keeps.
        #expect(abs(episode.expected - 12e6) < 100)
    }

    @Test func whatIsLittleIsNoEpisodeHoweverUnusual() {
        // Ten times the usual, and yet no more than 9 MB above it in a bin: the floor is 20 MB.
        #expect(episodes([Double](repeating: 1e6, count: 11) + [10e6]).isEmpty)
    }
}

@Suite struct PeerJudgeTests {
    /// Two days in which the first peer got 100 MB each hour: 90 % of the hours have at most that, the spread is at its
    /// least, 0.3. So two hours of three are unusual above max(1.5·100 MB, 100 MB·e^(1.8·0.3)) = 171.6 MB, one hour alone
    /// above max(4·100 MB, 100 MB·e^(5·0.3)) = 448.2 MB.
    private func findings(_ hours: [UInt64], known: Float? = nil) -> [PeerJudge.Rise] {
        var judge = PeerJudge(
            FlowSettings(), tops: [Float](repeating: 100e6, count: 48), readAgain: 0,
            peaks: known.map { [7: $0] } ?? [:])
        for (place, bytes) in hours.enumerated() {
            var row = VolumeRow(interface: 0, series: .outExternal, hour: 480_000 + Int32(place))
            if bytes > 0 { row.list(bytes, of: 7) }
            judge.judge(row, usually: 1, learns: true)
        }
        return judge.findings
    }

    @Test(
        arguments: [
            ([160_000_000], false), ([440_000_000], false), ([460_000_000], true),
            // The second one is 2.5 times the first, as a peer's hour has to be.
            ([175_000_000, 440_000_000], true), ([175_000_000, 0, 440_000_000], true),
            ([175_000_000, 0, 0, 440_000_000], false), ([200_000_000, 440_000_000], false),
            ([160_000_000, 440_000_000], false),
        ] as [([UInt64], Bool)])
    func aNewPeerIsFoundAboveTheLimits(hours: [UInt64], isFound: Bool) {
        #expect(findings(hours).isEmpty != isFound)
    }

    @Test func aKnownPeerHasToGetMuchMoreThanEver() {
        // 460 MB is less than 2.5 times the 200 MB that it once got, 510 MB is more.
        #expect(findings([460_000_000], known: 200e6).isEmpty)
        #expect(findings([510_000_000], known: 200e6).count == 1)
    }

    @Test func nothingIsFoundWhileTheInterfaceIsBeingLearnt() {
        var judge = PeerJudge(
            FlowSettings(), tops: [Float](repeating: 1e6, count: 10), readAgain: 0, peaks: [:])
        var row = VolumeRow(interface: 0, series: .outExternal, hour: 480_000)
        row.list(5_000_000_000, of: 7)
        judge.judge(row, usually: 1, learns: true)
        #expect(judge.findings.isEmpty && judge.slowLimit == nil)
    }
}

@Suite struct LevelJudgeTests {
    private let judge = LevelJudge(floor: 100, growth: 10, gap: 0, window: 168)

    private func volumes(_ amounts: [Double]) -> [LevelJudge.Volume] {
        amounts.enumerated().map { LevelJudge.Volume(slot: Int32($0.offset), amount: $0.element) }
    }

    @Test func moreThanGrowthTimesTheMedianIsUnusualAndIsLearntClipped() throws {
        let verdict = judge.judge(volumes([20, 20, 20, 20, 20, 20, 500]), known: nil, unknown: nil)
        let found = try #require(verdict.most)
        #expect(verdict.unusual.count == 1)
        #expect(found.slot == 6 && found.amount == 500 && found.usual == 20)
        #expect(verdict.learned == 20)
    }

    @Test func whatIsKnownCountsBeforeTheSeriesAndTheFloorBeforeBoth() {
        #expect(
            judge.judge(volumes([20, 20, 20, 20, 20, 20, 250]), known: 30, unknown: nil).unusual.isEmpty)
        #expect(judge.judge(volumes([1, 1, 1, 1, 1, 1, 99]), known: nil, unknown: nil).unusual.isEmpty)
    }

    @Test func aShortHistoryIsNoneUnlessSomethingIsAssumed() {
        #expect(judge.judge(volumes([20, 20, 500]), known: nil, unknown: nil).unusual.isEmpty)
        #expect(judge.judge(volumes([20, 20, 500]), known: nil, unknown: 0).unusual.count == 1)
    }

    @Test func whatGoesOnForLongIsLearntAtTwiceTheUsual() {
        let verdict = judge.judge(
            volumes([Double](repeating: 20, count: 6) + [Double](repeating: 500, count: 40)), known: 20,
            unknown: nil)
        #expect(verdict.unusual.count == 40)
        #expect(verdict.learned == 40)
    }
}
