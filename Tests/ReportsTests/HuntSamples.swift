import Basics
import Analytics
import FoundationEssentials
import Hunting
import Reports

/// Reports such as a hunt makes them.
enum HuntSamples {
    static let run = HuntReport.Run(
        source: "cloudtrail", logs: ["/logs/AWSLogs"], started: Date(timeIntervalSince1970: 1_767_225_600),
        finished: Date(timeIntervalSince1970: 1_767_225_602.5), parapet: "0.1.0")

    static let mallory =
        "arn:aws:sts::123456789012:assumed-role/OrganizationAccountAccessRole-Production/mallory@example.com"

    static let rule = AlertRule(
        id: "09e2fda3-94f2-4cac-8611-30e874434cdb", title: "CloudTrail logging stopped or deleted", kind: .rule,
        severity: .critical,
        practice: "audit-trail", summary: "A trail was stopped. Nothing is recorded from then on.",
        techniques: ["T1562.008"],
        references: ["https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_StopLogging.html"],
        falsePositives: ["A trail that is replaced by another."])

    static let correlation = AlertRule(
        id: "6f3e2987-db24-4c78-a860-b4f4095a7095", title: "Many refused calls, then one that succeeds",
        kind: .correlation, severity: .medium, practice: "permissions", techniques: ["T1580"])

    static let transfer = AlertRule(
        id: "flow-unusual-transfer", title: "Unusual data transfer to external peers", kind: .analytic, severity: .high,
        practice: "flow-logs", summary: "Far more than the hours before lead to expect.", techniques: ["T1048"])

    static func stopped(
        _ number: Int = 0, actor: String = mallory, fields: [String: String] = [:],
        file: String? = "/logs/a b/1.json.gz"
    ) -> Alert {
        let own = [
            "eventName": "StopLogging", "eventSource": "cloudtrail.amazonaws.com", "sourceIPAddress": "203.0.113.9",
            "userAgent": "aws-cli/2.15.0",
        ]
        return Alert(
            rule: rule.id, title: rule.title, event: "event-\(number)", time: 1_767_200_000 + number * 60,
            severity: .critical, account: "123456789012", region: "eu-central-1", actor: actor,
            practice: "audit-trail", fields: own.merging(fields) { $1 },
            evidence: file.map { [.init("file", .string($0))] } ?? [])
    }

    static let refused = Alert(
        rule: correlation.id, title: correlation.title, time: 1_767_190_000, lastTime: 1_767_193_600, severity: .medium,
        account: "123456789012", actor: "arn:aws:iam::123456789012:user/eve", practice: "permissions",
        evidence: [.init("events", 42), .init("rules", ["refused", "allowed"])])

    static let leak = Alert(
        rule: transfer.id, title: transfer.title, time: 1_767_150_000, lastTime: 1_767_157_199, severity: .high,
        account: "123456789012", region: "eu-central-1", actor: "eni-0123456789abcdef0", practice: "flow-logs",
        fields: ["interface": "eni-0123456789abcdef0", "series": "to external peers", "unusual": "hour, slow leak"],
        evidence: [
            .init("observed", .int(52_000_000_000)), .init("expected", .int(3_100_000)),
            .init("band", .array([0, .int(40_000_000)])), .init("score", .double(18.3)), .init("unit", "bytes"),
            .init("history", .array((0..<48).map { .int($0 == 47 ? 52_000_000_000 : 3_000_000 + $0 * 40_000) })),
            .init("sparkline", "▁▁▂▁▁▂▁▁▁▂▁█"),
            .init(
                "top_peers",
                .array([
                    .members([
                        .init("address", "198.51.100.77"), .init("bytes", .int(51_900_000_000)),
                        .init("port", .int(8443)), .init("first_seen", "2025-12-31T03:00:00Z"),
                    ]),
                    .members([.init("address", "2001:db8::1"), .init("bytes", .int(9)), .init("port", .int(443))]),
                ])),
            .init("records", ["10.0.0.5 198.51.100.77 50123 8443 6 9000 51900000000 1767150000 1767150060 ACCEPT"]),
        ])

    /// What an attacker would like to have in a report.
    static let hostile = [
        "\u{1B}[2J\u{1B}]0;owned\u{7}", "abc\u{202E}gpj.exe", "two\nlines\r\nand more", "a \"quote\" and 'another'",
        "<script>alert(1)</script>", "=cmd()|'/c calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "[x](javascript:alert(1))",
        "![x](https://evil.example/p.png)", "a|b|c", "`` ` ```", "<img src=x onerror=alert(1)>",
        "https://evil.example/?a=1",
        "# heading", "* item", "$(id)", "\u{9B}31m", "\u{2028}", "a,b;c", "&lt;b&gt;", "</style></svg></td>", " ` ",
        "{0} [a](b) ](", "\\|", "|", "`|`", "", "\u{0}", "\u{FFFE}\u{FFFF}", "a\u{85}b\u{9D}c", "\u{2029}", "]]>",
        "<!--",
        "\u{202A}a\u{202B}b\u{202C}\u{202D}c\u{2066}d\u{2067}e\u{2068}f\u{2069}", "\u{FEFF}x", "\u{200B}", "\u{E0041}",
        "\u{FF1D}1+1", "\n=1", "\u{1F600}\u{200D}\u{1F525}", "e\u{301}", "&#27;", "%1B[2J", "<![CDATA[x", "{{7*7}}",
        "~~x~~",
    ]

    static var hostileReport: HuntReport {
        let alerts = hostile.enumerated().map { number, text in
            var alert = stopped(number, actor: text, fields: ["userAgent": text, text: text], file: text)
            alert.evidence += [
                .init(text, .string(text)), .init("sparkline", .string(text)), .init("list", .array([.string(text)])),
                .init("object", .members([.init(text, .string(text))])),
            ]
            alert.title = text
            alert.event = text
            alert.account = text
            alert.region = text
            return alert
        }
        let rules = hostile.enumerated().map { number, text in
            AlertRule(
                id: "\(number) \(text)", title: text, kind: .rule, severity: .low, practice: text, summary: text,
                techniques: [text], references: [text, "https://example.com/\(text)"], falsePositives: [text])
        }
        let others = zip(alerts, rules).map { alert, rule in
            var alert = alert
            alert.rule = rule.id
            return alert
        }
        return report(alerts + others, [rule] + rules, doubts: hostile, learning: hostile)
    }

    static var usual: HuntReport {
        report(
            [leak, refused, stopped(0), stopped(1), stopped(2, actor: "arn:aws:iam::123456789012:root", file: nil)],
            [rule, correlation, transfer])
    }

    /// A report whose groups are made by actor.
    static func report(
        _ alerts: [Alert], _ rules: [AlertRule], doubts: [String] = [], learning: [String] = [],
        source: String = "cloudtrail"
    ) -> HuntReport {
        var result = HuntResult()
        result.alerts = alerts
        result.rules = Dictionary(rules.map { ($0.id, $0) }) { first, _ in first }
        result.doubts = doubts
        result.learning = learning
        let groups = Dictionary(grouping: alerts) { [$0.rule, $0.actor] }.values.map { alerts in
            AlertGroup(
                rule: alerts[0].rule, title: alerts[0].title, severity: alerts.map(\.severity).max() ?? .low,
                practice: alerts[0].practice, keys: [.init("actor", alerts[0].actor)], count: alerts.count,
                first: alerts.map(\.time).min() ?? 0, last: alerts.map(\.lastTime).max() ?? 0)
        }
        result.groups = groups.sorted {
            ($0.severity, $0.count, $1.first ?? 0) > ($1.severity, $1.count, $0.first ?? 0)
        }
        result.statistics.events = 12_345
        result.statistics.files = 3
        result.statistics.bytes = 1_200_000
        result.statistics.contentBytes = 9_000_000
        result.statistics.alerts = alerts.count
        result.statistics.rules = 60
        var run = run
        run.source = source
        return HuntReport(run: run, result: result)
    }
}
