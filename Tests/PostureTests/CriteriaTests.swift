import FoundationEssentials
import Posture
import Testing

@Suite struct CriteriaTests {
    private let criteria = Criteria.sample

    @Test(
        "whole days are counted down to zero, and never overflow",
        arguments: [
            (0.0, 0, 0), (-86_399, 0, 0), (-86_400, 1, 0), (-86_401, 1, 0), (86_399, 0, 0), (86_400, 0, 1),
            (-90 * 86_400, 90, 0), (-1e300, 3_660_000, 0), (1e300, 0, 3_660_000), (-.infinity, 3_660_000, 0),
            (.infinity, 0, 3_660_000),
        ] as [(TimeInterval, Int, Int)])
    func days(_ offset: TimeInterval, _ since: Int, _ until: Int) {
        let date = criteria.now.addingTimeInterval(offset)
        #expect(criteria.days(since: date) == since)
        #expect(criteria.days(until: date) == until)
    }

    @Test("hours are fractions, and zero for what lies ahead", arguments: [(-1_800.0, 0.5), (-86_400, 24), (60, 0)])
    func hours(_ offset: TimeInterval, _ hours: Double) {
        #expect(criteria.hours(since: criteria.now.addingTimeInterval(offset)) == hours)
    }

    @Test("a date that many days ago is that many days old", arguments: [0, 1, 90, 3_650])
    func daysAgo(_ days: Int) {
        #expect(criteria.days(since: criteria.daysAgo(days)) == days)
        #expect(criteria.hours(since: criteria.hoursAgo(days)) == Double(days))
    }
}
