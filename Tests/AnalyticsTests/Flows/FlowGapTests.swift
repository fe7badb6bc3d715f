import Basics
import Analytics
import Testing

/// Records that are not there.
@Suite struct FlowGapTests {
    /// Two days of traffic without what begins in these hours; of one interface alone where it is named.
    private func traffic(without hours: Range<Int>, of interface: String? = nil) -> Traffic {
        var traffic = Traffic()
        traffic.usual(hours: 0..<48)
        traffic.lines.removeAll { line in
            let fields = line.split(separator: " ")
            guard interface.map({ $0 == fields[2] }) ?? true, let start = Int(fields[10]) else { return false }
            return hours.contains((start - Traffic.start) / 3_600)
        }
        return traffic
    }

    private func gaps(_ traffic: Traffic) -> [Alert] {
        traffic.report().alerts.filter {
            ["flow-log-gap", "flow-interface-silent", "flow-records-skipped"].contains($0.rule)
        }
    }

    @Test(
        arguments: [(30..<34, 4), (30..<31, 1), (30..<30, nil), (0..<3, nil), (46..<48, nil)] as [(Range<Int>, Int?)])
    func hoursWithoutAnyRecordAreAGap(hours: Range<Int>, length: Int?) {
        let alerts = gaps(traffic(without: hours))
        #expect(alerts.map(\.rule) == (length == nil ? [] : ["flow-log-gap"]))
        guard let length else { return }
        #expect(alerts.first?.evidence("hours") == .int(length))
        #expect(alerts.first?.time == Traffic.start + hours.lowerBound * 3_600)
        #expect(alerts.first?.lastTime == Traffic.start + hours.upperBound * 3_600)
        #expect(alerts.first?.severity == .medium)
        #expect(alerts.first?.account == "123456789012")
    }

    @Test func hoursInWhichAWSSaysThatThereWasNoTrafficAreNoGap() {
        var traffic = traffic(without: 30..<34)
        for hour in 30..<34 {
            for number in 0..<10 { traffic.status(hour * 3_600, "eni-\(number)", "NODATA") }
        }
        #expect(gaps(traffic).isEmpty)
    }

    @Test(arguments: [(30..<33, true), (30..<32, false), (44..<48, true), (45..<48, false), (2..<8, false)])
    func anInterfaceThatFallsSilentIsFound(hours: Range<Int>, isFound: Bool) {
        let alerts = gaps(traffic(without: hours, of: "eni-4"))
        #expect(alerts.map(\.rule) == (isFound ? ["flow-interface-silent"] : []))
        #expect(alerts.first.map { $0.actor == "eni-4" } ?? true)
        #expect(alerts.first.map { $0.time == Traffic.start + hours.lowerBound * 3_600 } ?? true)
    }

    @Test func anInterfaceOfWhichAWSSaysThatItWasIdleIsNotSilent() {
        var traffic = traffic(without: 30..<36, of: "eni-4")
        traffic.status(31 * 3_600, "eni-4", "NODATA")
        #expect(gaps(traffic).isEmpty)
    }

    @Test func recordsThatAWSCouldNotWriteAreTold() throws {
        var traffic = Traffic()
        traffic.usual(hours: 0..<4)
        for time in [3_600, 3_660, 10_800] { traffic.status(time, "eni-2", "SKIPDATA") }
        let alerts = gaps(traffic)
        let alert = try #require(alerts.first)
        #expect(alerts.count == 1)
        #expect(alert.rule == "flow-records-skipped")
        #expect(alert.actor == "eni-2")
        #expect(alert.severity == .informational)
        #expect(alert.evidence("skipdata_records") == 3)
        #expect(alert.time == Traffic.start + 3_600)
        #expect(alert.lastTime == Traffic.start + 10_800 + 59)
    }

    @Test func theyAreToldWhereThereIsNothingElse() {
        var traffic = Traffic()
        traffic.status(0, "eni-2", "SKIPDATA")
        #expect(gaps(traffic).map(\.rule) == ["flow-records-skipped"])
    }

    // MARK: from one run to the next

    private func usual(_ hours: Range<Int>, without silent: [(String, Range<Int>)] = []) -> Traffic {
        var traffic = Traffic()
        traffic.usual(hours: hours)
        traffic.lines.removeAll { line in
            let fields = line.split(separator: " ")
            let hour = ((Int(fields[10]) ?? 0) - Traffic.start) / 3_600
            return silent.contains { $0.0 == fields[2] && $0.1.contains(hour) }
        }
        return traffic
    }

    @Test(arguments: [(72..<96, 72), (76..<96, 76)])
    func anInterfaceThatTheBaselineKnowsFallsSilentAndIsToldOnce(hours: Range<Int>, begin: Int) {
        let learned = usual(0..<72).report().baseline
        let second = usual(72..<96, without: [("eni-3", hours)]).report(learned)
        #expect(second.alerts.map(\.rule) == ["flow-interface-silent"])
        #expect(second.alerts.first?.actor == "eni-3")
        #expect(second.alerts.first?.account == "123456789012")
        #expect(second.alerts.first?.time == Traffic.start + begin * 3_600)
        let third = usual(96..<120, without: [("eni-3", 96..<120)]).report(second.baseline)
        #expect(third.alerts == [])
        // Its hours are missing and were not idle: when it is back, all is as it was.
        #expect(usual(120..<144).report(third.baseline).alerts == [])
    }

    @Test func aSilenceThatBeginsAtTheEndOfARunIsToldByTheNext() {
        let learned = usual(0..<72, without: [("eni-3", 70..<72)]).report()
        #expect(learned.alerts == [])
        let next = usual(72..<96, without: [("eni-3", 72..<74)]).report(learned.baseline)
        #expect(next.alerts.map(\.rule) == ["flow-interface-silent"])
        #expect(next.alerts.first?.evidence("silent_hours") == .int(4))
    }

    @Test func hoursBetweenTwoRunsAreAGap() {
        let learned = usual(0..<72).report().baseline
        let alerts = usual(90..<96).report(learned).alerts
        #expect(alerts.map(\.rule) == ["flow-log-gap"])
        #expect(alerts.first?.evidence("hours") == .int(18))
        #expect(alerts.first?.time == Traffic.start + 72 * 3_600)
        #expect(usual(72..<96).report(learned).alerts == [])
    }

    @Test func theLogsOfAnotherNetworkAreNoSilenceOfThisOne() {
        let learned = usual(0..<72).report().baseline
        var other = usual(80..<96)
        other.lines = other.lines.map { $0.replacing("eni-", with: "other-") }
        let report = other.report(learned)
        #expect(report.alerts == [])
        #expect(report.doubts.first?.contains("are these other logs") == true)
    }

    @Test(arguments: [(60, true), (51, true), (50, false)])
    func aLogThatStopsBeforeTheEndThatWasAskedForIsAGap(until: Int, isFound: Bool) {
        let tally = traffic(without: 0..<0).tally()
        let alerts = FlowAnalytics(tally, until: Traffic.start + until * 3_600).report().alerts
        #expect(alerts.map(\.rule) == (isFound ? ["flow-log-gap"] : []))
        // What was not delivered yet is not missing.
        let now = FlowAnalytics(
            tally, moment: Traffic.start + 50 * 3_600, until: Traffic.start + until * 3_600
        ).report()
        #expect(now.alerts == [])
    }

    @Test func twoWorkersSeeTheSameGaps() {
        var whole = traffic(without: 30..<34)
        whole.status(40 * 3_600, "eni-2", "SKIPDATA")
        whole.status(41 * 3_600, "eni-3", "NODATA")
        var (even, odd) = (Traffic(), Traffic())
        for (number, line) in whole.lines.enumerated() {
            if number.isMultiple(of: 2) { even.lines.append(line) } else { odd.lines.append(line) }
        }
        var merged = odd.tally()
        merged.merge(even.tally())
        #expect(FlowAnalytics(merged).report().alerts == whole.report().alerts)
    }
}

extension Traffic {
    /// A record of an interface without a flow.
    mutating func status(_ time: Int, _ interface: String, _ status: String) {
        let at = Self.start + time
        lines.append("2 123456789012 \(interface) - - - - - - - \(at) \(at + 59) - \(status)")
    }
}
