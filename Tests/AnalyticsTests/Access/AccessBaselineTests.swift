import Basics
import Analytics
import Foundation
import Testing

@Suite struct AccessBaselineTests {
    typealias Requests = AccessLogAnalyticsTests.Requests

    private let mallory = "arn:aws:iam::999999999999:user/mallory"

    private func text(_ baseline: AccessBaseline) throws -> String {
        try String(decoding: JSONEncoder().encode(baseline), as: UTF8.self)
    }

    private func learned(_ requests: Requests, _ before: AccessBaseline = AccessBaseline()) throws -> AccessBaseline {
        let baseline = AccessLogAnalytics(requests.tally(), baseline: before).report().baseline
        let stored = try JSONDecoder().decode(AccessBaseline.self, from: JSONEncoder().encode(baseline))
        #expect(stored == baseline)
        return stored
    }

    /// The test's requests are all in March: later ones are moved by months.
    private func moved(_ requests: Requests, to month: String) -> Requests {
        var moved = requests
        moved.lines = requests.lines.map { $0.replacing("/Mar/2026", with: "/\(month)/2026") }
        return moved
    }

    @Test(arguments: [("May", true), ("Jun", false)])
    func whoWasNotSeenForNinetyDaysIsForgotten(month: String, isKnown: Bool) throws {
        var requests = Requests()
        requests.add(0, mallory, address: "198.51.100.1", bytes: 5_000, agent: "evil/1")
        requests.add(1, mallory, address: "198.51.100.1", status: 403)
        let before = try learned(requests)
        for word in ["mallory", "198.51.100.1", "evil"] { #expect(try text(before).contains(word)) }
        var others = Requests()
        others.add(0)
        let after = try text(try learned(moved(others, to: month), before))
        for word in ["mallory", "198.51.100.1", "evil"] { #expect(after.contains(word) == isKnown) }
        #expect(after.contains("ann"))
    }

    @Test func olderLogsDoNotMakeAnybodyOlder() throws {
        var requests = Requests()
        requests.add(0)
        let late = try learned(moved(requests, to: "May"))
        #expect(try learned(requests, late) == late)
    }

    @Test func tooManyOfThemAreFewer() throws {
        let many = (0..<200_500).map { #""trail-logs/r\#($0)":\#($0)"# }.joined(separator: ",")
        let text =
            #"{"version":1,"requesters":{\#(many)},"addresses":{},"agents":{},"reading":{},"refused":{}}"#
        let baseline = try JSONDecoder().decode(AccessBaseline.self, from: Data(text.utf8))
        // Nothing is read, so that none of them is old for it.
        let stored = AccessLogAnalytics(AccessTally(), baseline: baseline).report().baseline
        let kept = try self.text(stored)
        #expect(kept.contains("\"trail-logs\\/r200499\""))
        #expect(!kept.contains("\"trail-logs\\/r0\""))
        #expect(kept.split(separator: ",").count < 3_000)
    }

    @Test func anotherVersionIsNotRead() throws {
        var requests = Requests()
        requests.usual()
        var baseline = try learned(requests)
        baseline.version = 2
        #expect(!baseline.isReadable)
        var after = Requests()
        after.add(3_000)
        #expect(AccessLogAnalytics(after.tally(), baseline: baseline).report().baseline.isReadable)
    }

    @Test(arguments: [(1_500_000_000, false), (3_000_000_000, true)])
    func usualReadingIsWhatTheBaselineSays(bytes: Int, isUnusual: Bool) throws {
        var before = Requests()
        for hour in 0..<24 { before.add(hour * 60, bytes: 200_000_000) }
        let baseline = try learned(before)
        var after = Requests()
        after.add(2_000, bytes: bytes)
        #expect(after.rules(AccessSettings(), baseline) == (isUnusual ? ["access-unusual-reading"] : []))
        // Without it, whoever reads so much and is not expected is unusual.
        #expect(after.rules() == ["access-unusual-reading"])
        var settings = AccessSettings()
        settings.expectedReaders = ["arn:aws:iam::123456789012:user/ann"]
        #expect(after.rules(settings) == [])
    }

    @Test func theFirstSightOfAnAgentDoesNotDependOnTheOrder() {
        var requests = Requests()
        requests.usual()
        requests.add(2_000, agent: "tool/1")
        requests.add(100, agent: "tool/1")
        requests.add(2_500, agent: "tool/1")
        #expect(requests.rules() == [])
        requests.lines.reverse()
        #expect(requests.rules() == [])
    }

    @Test(arguments: [("-", "-", true), ("ECDHE-RSA-AES128-GCM-SHA256", "TLSv1.2", false), ("-", "TLSv1.2", false)])
    func requestsWithoutEncryptionAreFound(cipher: String, tls: String, isFound: Bool) throws {
        var requests = Requests()
        requests.usual()
        for minute in 0..<3 { requests.add(1_000 + minute, cipher: cipher, tls: tls) }
        let alerts = AccessLogAnalytics(requests.tally()).report().alerts
        #expect(alerts.map(\.rule) == (isFound ? ["access-plain-http"] : []))
        if isFound { #expect(alerts.first?.evidence("requests") == 3) }
        // What AWS does itself has no address, and no cipher.
        var own = Requests()
        own.add(0, address: "-", operation: "S3.EXPIRE.OBJECT", cipher: "-", tls: "-")
        #expect(own.rules() == [])
    }

    @Test(arguments: [
        #""requesters":{"b/r":9223372036854775807}"#, #""addresses":{"b/r":-1}"#, #""agents":{"b/r":1e30}"#,
        #""reading":{"b/r/a":{"median":-1,"hour":3}}"#, #""refused":{"b/r/a":{"median":1e999,"hour":3}}"#,
        #""refused":{"b/r/a":{"median":1e300,"hour":3}}"#, #""refused":{"b/r/a":{"median":1,"hour":-3}}"#,
        #""refused":{"b/r/a":{"median":1,"hour":3,"keys":-1}}"#,
        #""refused":{"b/r/a":{"median":1,"hour":3,"alertedSince":9223372036854775807}}"#, #""reading":[1]"#,
    ])
    func aDamagedBaselineIsRefused(member: String) {
        let names = ["requesters", "addresses", "agents", "reading", "refused"]
        let rest = names.filter { !member.contains("\"\($0)\"") }.map { "\"\($0)\":{}" }
        let text = "{\"version\":1,\(([member] + rest).joined(separator: ","))}"
        #expect((try? JSONDecoder().decode(AccessBaseline.self, from: Data(text.utf8)))?.isPossible != true)
    }

    @Test func ofAnotherVersionNothingButThatIsRead() throws {
        let other = try JSONDecoder().decode(AccessBaseline.self, from: Data(#"{"version":2,"agents":[1]}"#.utf8))
        #expect(!other.isReadable)
    }

    /// The same attack with what was learned of it, run by run.
    @Test func anAttackDoesNotPrepareTheNext() throws {
        var baseline = AccessBaseline()
        for run in 0..<4 {
            var requests = Requests()
            for _ in 0..<2_000 {
                requests.add(1_700 + run * 60, mallory, operation: "REST.GET.BUCKET", key: "-", status: 403)
            }
            #expect(requests.rules(AccessSettings(), baseline) == ["access-refused-burst"], "run \(run)")
            baseline = try learned(requests, baseline)
        }
    }

    @Test func tryingKeysDoesNotPrepareTheNext() throws {
        var baseline = AccessBaseline()
        for run in 0..<3 {
            var requests = Requests()
            requests.add(run * 1_440)
            for number in 0..<100 {
                requests.add(run * 1_440 + number * 5, mallory, key: "AWSLogs/guess-\(number)", status: 403)
            }
            #expect(requests.rules(AccessSettings(), baseline).contains("access-key-enumeration"), "run \(run)")
            baseline = try learned(requests, baseline)
        }
    }

    @Test func muchReadingDoesNotPrepareTheNext() throws {
        var before = Requests()
        before.usual()
        var baseline = try learned(before)
        for run in 0..<2 {
            var requests = Requests()
            for hour in 0..<5 { requests.add(2_900 + run * 300 + hour * 60, bytes: 5_000_000_000) }
            #expect(requests.rules(AccessSettings(), baseline) == ["access-unusual-reading"], "run \(run)")
            baseline = try learned(requests, baseline)
        }
    }

    @Test func whatGoesOnForLongIsLearntInTheEnd() throws {
        var baseline = AccessBaseline()
        var runs = 0
        while runs < 12 {
            var requests = Requests()
            for minute in 0..<600 {
                for _ in 0..<20 { requests.add(runs * 1_440 + minute, mallory, key: "-", status: 403) }
            }
            if requests.rules(AccessSettings(), baseline) == [] { break }
            baseline = try learned(requests, baseline)
            runs += 1
        }
        #expect((2...8).contains(runs))
    }

    /// Nobody makes his address known by being refused there.
    @Test func whoWasOnlyRefusedIsNotKnown() throws {
        var before = Requests()
        before.usual()
        before.add(2_000, mallory, address: "198.51.100.9", status: 403)
        before.add(2_001, "-", address: "198.51.100.8", status: 403)
        let baseline = try learned(before)
        var after = Requests()
        after.add(2_900, address: "198.51.100.8")
        after.add(2_901, mallory, address: "198.51.100.9")
        #expect(after.rules(AccessSettings(), baseline) == ["access-new-address", "access-new-requester"])
    }

    /// A single line of the year 2099 must not make everybody else old.
    @Test func whatIsLaterThanNowIsNotBelieved() throws {
        var requests = Requests()
        requests.usual()
        let clean = requests.report().baseline
        requests.add(5)
        requests.lines[requests.lines.count - 1].replace("/Mar/2026", with: "/Mar/2099")
        requests.add(5)
        requests.lines[requests.lines.count - 1].replace("/Mar/2026", with: "/Mar/2000")
        let tally = requests.tally()
        #expect(tally.ofImpossibleTimes == 2)
        #expect(AccessLogAnalytics(tally).report().baseline == clean)
        #expect(requests.rules() == [])
        // One that an earlier run learned is bounded when it is read.
        var poisoned = Requests()
        poisoned.add(0, mallory, address: "198.51.100.9")
        poisoned.lines[0].replace("/Mar/2026", with: "/Mar/2099")
        let learned = AccessLogAnalytics(poisoned.tally(now: 5_000_000_000)).report().baseline
        var after = Requests()
        after.add(10)
        let tallied = after.tally(now: 1_772_500_000)
        let text = try text(AccessLogAnalytics(tallied, baseline: learned).report().baseline)
        #expect(text.contains("ann") && text.contains("mallory"))
    }
}
