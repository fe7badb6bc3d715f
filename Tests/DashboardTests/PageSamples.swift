import Basics
import Foundation
import GRDB
import Posture
import Practices

@testable import Dashboard
@testable import Store

/// Stores as pages meet them.
enum PageSamples {
    /// 2026-11-30 06:00 UTC
    static let now = Date(timeIntervalSince1970: 1_796_018_400)

    private static let record = """
        {"evidence":[{"fact":"PublicAccessBlock","value":{"BlockPublicAcls":false},"source":"s3:GetPublicAccessBlock",\
        "command":"aws s3api get-public-access-block --bucket bookshop"}]}
        """

    static func pages(_ store: Store) throws -> DashboardPages {
        let abouts = Catalogue.checks.map(\.about)
        let checks = Dictionary(
            grouping: abouts.flatMap { about in about.references.map { (name: $0.description, check: about.id) } },
            by: \.name
        ).mapValues { $0.map(\.check) }
        let controls = checks.keys.filter { $0.hasPrefix("cis:3.0/") }.sorted().map {
            DashboardPages.Framework.Control(id: String($0.dropFirst(8)), checks: checks[$0] ?? [])
        }
        return try DashboardPages(
            store, checks: abouts,
            frameworks: [
                .init(
                    id: "cis-3.0", name: "CIS AWS Foundations Benchmark 3.0",
                    controls: controls + [.init(id: "9.9", checks: [])]),
                .init(
                    id: "pci-4.0.1", name: "PCI DSS 4.0.1", note: "The rest is not covered.",
                    controls: [.init(id: "8.4.2", checks: ["root-mfa"])]),
            ])
    }

    /// A sample account that no test changes.
    static let shared = Result { try account(sharedFolder.file("a.db")) }
    private static let sharedFolder = PageFolder()

    /// A few accounts with a month of scans, alerts, verifications, transfers and requests.
    static func account(_ path: String) throws -> Store {
        let store = try Store(path)
        let abouts = Catalogue.checks.map(\.about)
        let regions = ["global", "eu-central-1", "eu-west-1", "us-east-1", "us-west-2"]
        func finding(_ account: String, _ number: Int, _ about: About, _ day: Int) -> StoredFinding {
            let shift = account.hasPrefix("4") ? 1 : 0
            let seed = (number * 7 + shift * 3) % 11
            let status: String
            switch seed {
            case _ where about.practice.number == 2 || about.practice.number == 6: status = "pass"
            case 0..<3 where number % 44 >= day: status = "fail"
            case 4: status = "unknown"
            case 5: status = "manual"
            case 6 where day < 29: status = "fail"
            default: status = "pass"
            }
            let name = "bookshop-\(account.prefix(4))-\(number)"
            return StoredFinding(
                id: "\(account)-\(about.id)", check: about.id, practice: about.practice.id, severity: about.severity,
                status: status, account: account, region: regions[(number + shift) % regions.count],
                resourceType: "AWS::S3::Bucket", resource: name, arn: "arn:aws:s3:::\(name)", title: about.title,
                message: status == "pass"
                    ? "The condition is met." : "The condition is not met: public read is allowed.",
                hasFix: number % 2 == 0, record: record, seen: now)
        }
        func findings(_ day: Int) -> [StoredFinding] {
            var all: [StoredFinding] = []
            for account in ["111122223333", "444455556666"] {
                for (number, about) in abouts.enumerated() { all.append(finding(account, number, about, day)) }
            }
            return all
        }
        for day in 0..<30 {
            let time = now - Double(29 - day) * 86_400 - 1_800
            // A few days are enough for a trend.
            guard day % 9 == 0 || day >= 27 else { continue }
            try store.record(
                StoredScan(
                    id: "scan-\(day)", started: time - 90, finished: time, parapet: "1.0",
                    accounts: ["111122223333", "444455556666"], regions: regions, checks: abouts.map(\.id),
                    isPartial: false), findings(day))
        }
        let failing = try store.findings(FindingQuery(status: "fail"), limit: 5)
        try store.change("the samples") { writer in
            let titles = [
                ("CloudTrail logging stopped", Severity.critical, "cloudtrail", "audit-trail"),
                ("Unusually high data transfer", .high, "vpc-flow", "flow-logs"),
                ("Denied reads of CloudTrail logs", .medium, "s3-access", "trail-access-logging"),
                ("Log file changed after delivery", .critical, "verify", "audit-trail"),
                ("Policy attached to a user", .low, "cloudtrail", "permissions"),
            ]
            let history = (0..<96).map { (hour: Int) -> Int in
                hour == 90 ? 9_400_000_000 : 2_000_000 + hour % 24 * 120_000
            }
            let alerts = titles.enumerated().map { number, title in
                StoredAlert(
                    id: "alert-\(number)", rule: "rule-\(number)", title: title.0, source: title.2, severity: title.1,
                    practice: title.3, account: "111122223333", region: "eu-central-1",
                    actor: "arn:aws:iam::111122223333:user/dana", event: "e-\(number)",
                    time: now - Double(number) * 7_200 - 900, lastTime: now - Double(number) * 7_200 - 300,
                    record: number == 1
                        ? #"{"evidence":{"observed":9400000000,"expected":3100000,"band":[0,40000000],"unit":"bytes","history":\#(history),"peer":"203.0.113.9"},"fields":{"interface":"eni-0a1"}}"#
                        : #"{"evidence":{"events":42,"steps":["03:10 ConsoleLogin","03:12 StopLogging"]},"fields":{"eventName":"StopLogging","sourceIPAddress":"203.0.113.9"}}"#,
                    finding: number == 0 ? failing.first?.id : nil, stored: now - Double(number) * 7_200 - 200)
            }
            _ = try writer.add(alerts)
            let trail = "arn:aws:cloudtrail:eu-central-1:111122223333:trail/main"
            let regions = ["eu-central-1", "eu-west-1", "us-east-1"]
            try writer.add(
                StoredVerification(
                    time: now - 1_200, from: now - 5 * 86_400, to: now - 1_800, digestsValid: 360, digestsInvalid: 1,
                    logsValid: 4_220, logsInvalid: 1),
                regions.flatMap { region in
                    [
                        StoredCoverage(
                            trail: trail, account: "111122223333", region: region, from: now - 5 * 86_400,
                            to: now - 2 * 86_400),
                        StoredCoverage(
                            trail: trail, account: "111122223333", region: region,
                            from: now - (region == "us-east-1" ? 1.5 : 2) * 86_400, to: now - 1_800),
                    ]
                },
                [
                    StoredProblem(
                        kind: "gap", trail: trail, account: "111122223333", region: "us-east-1", object: "",
                        message: "No digest covers this time.", isInformation: true, from: now - 2 * 86_400,
                        to: now - 1.5 * 86_400),
                    StoredProblem(
                        kind: "log-hash-mismatch", trail: trail, account: "111122223333", region: "eu-west-1",
                        object: "s3://bookshop-trail/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/29/a.json.gz",
                        message: "The log file is not the one that CloudTrail delivered.", isInformation: false),
                ])
            for interface in ["eni-0a1", "eni-0b2", "eni-0c3"] { try writer.set(traffic(of: interface)) }
            for back in 0..<20 { try writer.add(accesses(daysAgo: back)) }
            try writer.setSign("watch", ["lag": 1], at: now - 20)
        }
        return store
    }

    private static func traffic(of interface: String) -> [StoredTraffic] {
        let last = Int(now.timeIntervalSince1970) / 3_600
        return (0..<168).map { (back: Int) -> StoredTraffic in
            let isUnusual = interface == "eni-0a1" && (back == 5 || back == 6)
            let usual: Double = 2_000_000 + Double((last - back) % 24) * 150_000
            let peer: JSON = ["peer": "203.0.113.9", "bytes": .double(isUnusual ? 9.3e9 : 90_000)]
            let other: JSON = ["peer": "198.51.100.4", "bytes": 80_000]
            return StoredTraffic(
                interface: interface, direction: "out-public", hour: last - back, bytes: isUnusual ? 9.4e9 : usual,
                lower: back > 140 ? nil : usual * 0.5, upper: back > 140 ? nil : usual * 3, isUnusual: isUnusual,
                peers: JSON.array([peer, other]).description)
        }
    }

    private static func accesses(daysAgo back: Int) -> [StoredAccess] {
        let today = Int(now.timeIntervalSince1970) / 86_400
        func access(_ requester: String, _ isRefused: Bool, _ count: Int, _ address: String) -> StoredAccess {
            StoredAccess(
                bucket: "bookshop-trail", day: today - back, requester: requester, operation: "REST.GET.OBJECT",
                isRefused: isRefused, count: count, addresses: JSON.array([.string(address)]).description,
                lastTime: now - Double(back) * 86_400)
        }
        let allowed = access("arn:aws:iam::111122223333:role/audit", false, 40 + back * 3, "10.0.0.4")
        let denied = access("arn:aws:iam::999988887777:user/eve", true, back == 2 ? 55 : back % 5, "203.0.113.9")
        return denied.count > 0 ? [allowed, denied] : [allowed]
    }

    /// 100,000 findings of 50 accounts, made by SQLite itself.
    static func large(_ path: String, count: Int = 100_000) throws -> Store {
        let store = try account(path)
        let checks = Catalogue.checks.map(\.about)
        try store.write("the samples") { database in
            try database.execute(
                sql: "CREATE TEMP TABLE about (n INTEGER PRIMARY KEY, id, practice, severity, rank, title)")
            for (number, about) in checks.enumerated() {
                try database.execute(
                    sql: "INSERT INTO about VALUES (?, ?, ?, ?, ?, ?)",
                    arguments: [
                        number, about.id, about.practice.id, about.severity.rawValue, about.severity.order, about.title,
                    ])
            }
            try database.execute(
                sql: """
                    INSERT INTO finding (id, "check", practice, severity, severityRank, status, account, region, resourceType,
                    resource, arn, title, message, hasFix, record, firstSeen, lastSeen, changed)
                    WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < ?1)
                    SELECT 'large-' || series.n, about.id, about.practice, about.severity, about.rank,
                    CASE series.n % 9 WHEN 0 THEN 'fail' WHEN 1 THEN 'unknown' WHEN 2 THEN 'fail' WHEN 3 THEN 'muted' ELSE 'pass' END,
                    printf('%012d', 500000000000 + series.n % 50), 'eu-west-' || (series.n % 17), 'AWS::EC2::Instance',
                    'i-' || printf('%08x', series.n), 'arn:aws:ec2:eu-west-1:500000000000:instance/i-' || printf('%08x', series.n),
                    about.title, 'Port ' || (series.n % 1000) || ' is open to 0.0.0.0/0.', 1,
                    '{"evidence":[{"fact":"IpRanges","value":["0.0.0.0/0"],"source":"ec2:DescribeSecurityGroups"}],"filler":"' || printf('%.600c', 'x') || '"}',
                    ?2, ?2, ?2 FROM series JOIN about ON about.n = series.n % ?3
                    """, arguments: [count, now.timeIntervalSince1970 - 9_000, checks.count])
            try SearchIndex.rebuild(database)
        }
        return store
    }

    /// Every page, with the filters that the samples have answers for.
    static let paths = [
        "/", "/findings", "/findings?status=fail&severity=high&sort=changed", "/findings/111122223333-root-mfa",
        "/resource?arn=arn:aws:s3:::bookshop-1111-3", "/accounts", "/alerts", "/alerts?state=all&q=logging",
        "/alerts/alert-0",
        "/alerts/alert-1", "/integrity", "/access", "/traffic", "/traffic?interface=eni-0a1", "/responsibility",
        "/compliance", "/compliance/cis-3.0", "/compliance/pci-4.0.1",
    ]
}

/// A folder that is removed at the end.
final class PageFolder: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: "pages-\(UUID().uuidString)").path

    init() { try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }
}
