import Basics
import Testing
@testable import Analytics

/// However much noise there is, what somebody planted in it is told by name, within the same memory.
@Suite struct AccessFloodTests {
    typealias Requests = AccessLogAnalyticsTests.Requests

    private let mallory = "arn:aws:iam::999999999999:user/mallory"
    private let ann = "arn:aws:iam::123456789012:user/ann"

    private func small() -> AccessSettings {
        var settings = AccessSettings()
        settings.remembered = 400
        settings.rememberedAgents = 100
        return settings
    }

    private enum Noise: String, CaseIterable {
        case refusedStrangers, visitors, missingNames, foreignSessions, refusedDeletions, ownSessions
    }

    /// 6,000 requests, each from another address.
    private func add(_ noise: Noise, to requests: inout Requests) {
        for number in 0..<6_000 {
            let (minute, address) = (1_500 + number / 10, "198.51.\(number / 250).\(number % 250)")
            switch noise {
            case .refusedStrangers:
                requests.add(minute, "-", address: address, key: "AWSLogs/\(number)", status: 403, agent: "x/\(number)")
            case .visitors: requests.add(minute, "-", address: address, key: "img/\(number % 50).png", bucket: "site")
            case .missingNames:
                requests.add(minute, "-", address: address, key: "\(number).php", status: 404, bucket: "site")
            case .foreignSessions:
                requests.add(
                    minute, "arn:aws:sts::888888888888:assumed-role/r\(number % 90)/s\(number)", address: address,
                    status: 403)
            case .refusedDeletions:
                requests.add(
                    minute, "-", address: address, operation: "REST.DELETE.OBJECT", key: "AWSLogs/\(number)",
                    status: 403)
            case .ownSessions:
                requests.add(
                    minute, "arn:aws:sts::123456789012:assumed-role/job/s\(number)", address: address, bucket: "data")
            }
        }
    }

    /// The attacks, each by its rule and by who made it.
    private func plant(in requests: inout Requests) -> [(rule: String, actor: String)] {
        for minute in 1_510..<1_530 { for _ in 0..<20 { requests.add(minute, mallory, status: 403) } }
        for number in 0..<80 {
            requests.add(1_520 + number * 6, "arn:aws:iam::9:user/eve", key: "AWSLogs/try-\(number)", status: 403)
            requests.add(1_521 + number * 6, "arn:aws:iam::9:user/bob", key: "AWSLogs/no-\(number)", status: 404)
        }
        for minute in 1_600..<1_640 {
            requests.add(minute, "arn:aws:iam::9:user/sam", address: "203.0.113.70", status: 403)
        }
        requests.add(1_650, "arn:aws:iam::9:user/sam", address: "203.0.113.70")
        requests.add(1_700, "-", address: "203.0.113.99", key: "payroll.csv", bucket: "hr-payroll")
        requests.add(1_701, "arn:aws:iam::123456789012:user/kim", operation: "REST.DELETE.OBJECT", status: 204)
        requests.add(
            1_702, "arn:aws:iam::123456789012:user/lee", operation: "REST.PUT.BUCKETPOLICY", key: "-", status: 403)
        requests.add(
            1_703, "arn:aws:iam::123456789012:user/max", operation: "REST.PUT.VERSIONING", key: "-", status: 200)
        requests.add(
            1_704, "arn:aws:iam::123456789012:user/ned", operation: "REST.PUT.OBJECT",
            key: "AWSLogs/123456789012/CloudTrail/eu-west-1/a.json.gz")
        requests.add(1_705, ann, bytes: 50_000_000_000)
        for number in 0..<300 {
            requests.add(
                1_706, "arn:aws:iam::123456789012:user/ron", operation: "REST.DELETE.OBJECT", key: "data/\(number)",
                status: 204, bucket: "data")
        }
        return [
            ("access-refused-burst", mallory), ("access-key-enumeration", "arn:aws:iam::9:user/eve"),
            ("access-key-guessing", "arn:aws:iam::9:user/bob"),
            ("access-refused-then-allowed", "arn:aws:iam::9:user/sam"),
            ("access-anonymous", "203.0.113.99"), ("access-log-deleted", "arn:aws:iam::123456789012:user/kim"),
            ("access-policy-changed", "arn:aws:iam::123456789012:user/lee"),
            ("access-bucket-changed", "arn:aws:iam::123456789012:user/max"),
            ("access-log-overwritten", "arn:aws:iam::123456789012:user/ned"), ("access-unusual-reading", ann),
            ("access-mass-deletion", "arn:aws:iam::123456789012:user/ron"),
            ("access-new-requester", "arn:aws:iam::123456789012:user/kim"),
        ]
    }

    @Test(arguments: Noise.allCases, [false, true])
    private func plantedAttacksAreToldThroughNoise(noise: Noise, isFirst: Bool) {
        var requests = Requests()
        requests.usual()
        if isFirst { add(noise, to: &requests) }
        let planted = plant(in: &requests)
        if !isFirst { add(noise, to: &requests) }
        if noise != .ownSessions {
            // The logs come in order of time.
            requests.lines = requests.lines.enumerated().sorted { one, other in
                (Self.minute(one.element), one.offset) < (Self.minute(other.element), other.offset)
            }.map(\.element)
        }
        let tally = requests.tally(small())
        #expect(tally.table.clients.count <= 500)
        let report = AccessLogAnalytics(tally).report()
        for (rule, actor) in planted {
            #expect(report.alerts.contains { $0.rule == rule && $0.actor == actor }, "\(rule) by \(actor)")
        }
        #expect(report.alerts.count < 60, "\(report.alerts.map { "\($0.rule) \($0.actor)" })")
        #expect(report.omitted[.clients, default: 0] <= requests.lines.count)
    }

    private static func minute(_ line: String) -> String {
        let time = line.split(separator: "[")[1]
        return String(time.prefix(17))
    }

    /// A web site's visitors and the payroll that one stranger read.
    @Test func oneReadOfAPrivateBucketIsToldWhateverElseHappens() {
        var requests = Requests()
        for number in 0..<2_000 {
            requests.add(
                number / 10, "-", address: "198.51.\(number / 250).\(number % 250)", operation: "WEBSITE.GET.OBJECT",
                key: "index.html", bucket: "site")
            requests.add(
                number / 10, "-", address: "198.51.\(number / 250).\(number % 250)", key: "logo.png", bucket: "assets-1"
            )
            requests.add(number / 10, "-", address: "192.0.2.1", key: "payroll.csv", status: 403, bucket: "hr-payroll")
        }
        requests.add(150, "-", address: "203.0.113.9", key: "payroll.csv", bucket: "hr-payroll")
        var settings = small()
        let alerts = requests.report(settings).alerts.filter { $0.rule == "access-anonymous" }
        #expect(alerts.map { $0.fields["bucket"] }.sorted { $0 ?? "" < $1 ?? "" } == ["assets-1", "hr-payroll"])
        settings.publicBuckets = ["assets-*"]
        let rest = requests.report(settings).alerts.filter { $0.rule == "access-anonymous" }
        #expect(rest.map(\.actor) == ["203.0.113.9"])
        #expect(rest.first?.severity == .critical)
        #expect(rest.first?.evidence("keys") == .array([.string("payroll.csv")]))
        // The time is that of what was allowed.
        #expect(rest.first?.time == rest.first?.lastTime)
        #expect(rest.first?.evidence("denied") == 2_000)
    }

    /// To read a public bucket is no news; to write into it is.
    @Test(arguments: [
        ("REST.GET.OBJECT", false), ("REST.GET.BUCKET", false), ("REST.PUT.OBJECT", true), ("REST.DELETE.OBJECT", true),
    ])
    func strangersMayReadAPublicBucketAndNotWrite(operation: String, isTold: Bool) {
        var settings = AccessSettings()
        settings.publicBuckets = ["assets"]
        var requests = Requests()
        requests.add(0, "-", operation: operation, key: "logo.png", bucket: "assets")
        #expect(requests.rules(settings).contains("access-anonymous") == isTold)
        requests.lines = []
        requests.add(0, "-", operation: operation, key: "logo.png", status: 403, bucket: "assets")
        #expect(!requests.rules(settings).contains("access-anonymous"))
    }
}
