import Basics
import Analytics
import Testing

/// Refused many times, then let in: only what was refused before counts.
@Suite struct RefusedRunTests {
    typealias Requests = AccessLogAnalyticsTests.Requests

    private let mallory = "arn:aws:iam::999999999999:user/mallory"
    private let rule = "access-refused-then-allowed"

    /// What happens minute by minute: `x` is refused, `.` allowed, a blank nothing.
    private func requests(_ course: String, perMinute: Int = 1) -> Requests {
        var requests = Requests()
        requests.usual()
        for (minute, mark) in course.enumerated() where mark != " " {
            for _ in 0..<perMinute { requests.add(1_600 + minute, mallory, status: mark == "x" ? 403 : 200) }
        }
        return requests
    }

    @Test(arguments: [
        ("x.xxxxxxxxx", false), ("xxxxxxxxxx.", true), ("xxxxxxxxx.", false), ("xxxxxxxxxx", false),
        (".xxxxxxxxxxxxxxxxxxxx.", true), (". xxxxx . xxxxxx . xxxxxx .", false), (".xxxxxxxxxxxxxxx", false),
        ("xxxxxx     xxxxxx     .", true), (".. x . xxxxxxxxxxxx .", true), ("xxxxx.xxxxx.xxxxx.", false),
    ])
    func onlyWhatWasRefusedBeforeCounts(course: String, isTold: Bool) {
        let requests = requests(course)
        #expect(requests.rules().contains(rule) == isTold)
        var reversed = requests
        reversed.lines.reverse()
        #expect(reversed.rules().contains(rule) == isTold)
    }

    @Test func anEarlySuccessHidesNothing() throws {
        var requests = Requests()
        requests.usual()
        requests.add(1_600, mallory)
        for minute in 0..<50 { requests.add(1_710 + minute, mallory, status: 403) }
        requests.add(1_800, mallory, bytes: 10_000)
        let alert = try #require(requests.report().alerts.first { $0.rule == rule })
        #expect(alert.evidence("denied_before") == 50)
        #expect(alert.evidence("first_denied") == "2026-03-03T04:30:00Z")
        #expect(alert.time == 1_772_409_600 + 1_800 * 60)
    }

    @Test func allWithinOneMinuteIsTold() {
        var requests = Requests()
        for _ in 0..<12 { requests.add(5, mallory, status: 403) }
        requests.lines = requests.lines.map { $0.replacing(":05:00 ", with: ":05:01 ") }
        requests.add(6, mallory)
        requests.lines[12].replace(":06:00 ", with: ":05:09 ")
        #expect(requests.rules() == [rule])
    }

    /// A client that is refused one thing and given another, all day long, is told at most once for it.
    @Test func aMixedClientIsAHabit() throws {
        let course = String(repeating: "xxxxxxxxxxxx.", count: 30)
        let first = requests(course).report()
        var again = Requests()
        for (minute, mark) in course.enumerated() {
            again.add(minute, mallory, status: mark == "x" ? 403 : 200)
        }
        var second = requests(course).report(AccessSettings(), first.baseline)
        // Alerts that go on for a week make it one.
        var days = 1
        while second.alerts.contains(where: { $0.rule == rule }), days < 12 {
            var moved = requests(course)
            let day = 3 + days
            moved.lines = moved.lines.map {
                $0.replacing("[03/Mar", with: "[\(day < 10 ? "0" : "")\(day)/Mar").replacing("[02/Mar", with: "[03/Mar")
            }
            second = moved.report(AccessSettings(), second.baseline)
            days += 1
        }
        #expect((7...9).contains(days))
    }
}
