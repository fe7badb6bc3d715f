import Basics
import Foundation
import GRDB
import Pages
import Posture
import Practices
import Testing

@testable import Dashboard
@testable import Store

@Suite struct PagesTests {
    let folder = PageFolder()

    private func get(_ pages: DashboardPages, _ url: String, mayWrite: Bool = false) throws -> String {
        try #require(try pages.answer(PageRequest(url: url, mayWrite: mayWrite, now: PageSamples.now))).html
    }

    /// HTML of which every tag is closed.
    private func isWellFormed(_ html: String) -> Bool {
        var open: [Substring] = []
        let void: Set<Substring> = ["meta", "link", "input", "br"]
        for match in html.matches(of: /<(\/?)([a-zA-Z0-9]+)[^<>]*?(\/?)>/) {
            let name = match.2
            if void.contains(name) || !match.3.isEmpty { continue }
            if match.1.isEmpty {
                open.append(name)
            } else if open.popLast() != name {
                Issue.record("</\(name)> closes nothing: \(html[..<match.range.lowerBound].suffix(200))")
                return false
            }
        }
        return open.isEmpty
    }

    @Test func everyPageOfTheSampleAccountIsWhole() throws {
        let pages = try PageSamples.pages(PageSamples.shared.get())
        for url in PageSamples.paths {
            let html = try get(pages, url, mayWrite: true)
            #expect(isWellFormed(html), "\(url)")
            #expect(html.utf8.count < 300_000, "\(url)")
            #expect(html.ranges(of: "<h1>").count == 1, "\(url)")
            #expect(!html.contains("{{"), "\(url)")
            #expect(!html.contains("style="), "\(url)")
            #expect(!html.contains("Optional("), "\(url)")
            #expect(html.contains("<main id=\"main\">"), "\(url)")
        }
        #expect(isWellFormed(pages.login(message: nil, csrfToken: "c")))
        #expect(isWellFormed(pages.problem(404, "There is no such page.")))
    }

    /// The navigation wraps on a narrow screen: a bar that scrolls sideways hides its last pages.
    @Test func theNavigationDoesNotScrollSideways() throws {
        let css = "\(PageStyle.css)"
        for rule in css.matches(of: /\.side[^{}]*\{([^}]*)\}/) {
            #expect(!rule.1.contains("overflow-x") && !rule.1.contains("nowrap;overflow"), "\(rule.0)")
        }
        #expect(css.contains(".side nav{flex-direction:row"))
    }

    @Test func anEmptyStoreExplainsWhatToDo() throws {
        let pages = try PageSamples.pages(Store(folder.file("a.db")))
        for url in ["/", "/findings", "/accounts", "/integrity", "/access", "/traffic"] {
            let html = try get(pages, url)
            #expect(isWellFormed(html), "\(url)")
            #expect(html.contains("<pre><code>parapet "), "\(url)")
        }
        #expect(try get(pages, "/alerts").contains("No alert is open"))
        #expect(try get(pages, "/responsibility").contains("Not examined"))
        #expect(try get(pages, "/compliance").contains("Not examined"))
        for url in [
            "/nothing", "/findings/x", "/alerts/x", "/resource?arn=x", "/resource", "/compliance/x", "/findings/x/y",
        ] {
            #expect(try pages.answer(PageRequest(url: url, now: PageSamples.now)) == nil, "\(url)")
        }
    }

    @Test func theFrontPageSaysWhatFailsAndWhoWatches() throws {
        let html = try get(PageSamples.pages(PageSamples.shared.get()), "/")
        #expect(html.contains("8 of 10 practices fail") || html.contains("of 10 practices fail"))
        #expect(html.contains("Running"))
        #expect(html.contains("CloudTrail logging stopped"))
        #expect(html.contains("resolved since yesterday"))
        #expect(html.contains("class=\"spark\""))
    }

    /// A page must not be green about what is no longer known.
    @Test func whatIsOldOrStoppedIsNotGreen() throws {
        let store = try Store(folder.file("old.db"))
        let finding = StoredFinding(
            id: "f", check: "root-mfa", practice: "root-account", severity: .critical, status: "pass",
            account: "111122223333", region: "global", resourceType: "AWS::::Account", resource: "r", arn: "r",
            title: "t", message: "m", hasFix: false, record: "{}", seen: PageSamples.now - 9 * 86_400)
        let before = PageSamples.now - 9 * 86_400
        try store.record(
            StoredScan(
                id: "s", started: before, finished: before, parapet: "1", accounts: ["111122223333"], regions: [],
                checks: ["root-mfa"], isPartial: false), [finding])
        func verification(_ time: Date, invalid: Int) -> StoredVerification {
            StoredVerification(
                time: time, from: time - 3_600, to: time, digestsValid: 3, digestsInvalid: 0, logsValid: 9,
                logsInvalid: invalid)
        }
        let problem = StoredProblem(
            kind: "log-hash-mismatch", trail: "main", account: "111122223333", region: "us-east-1",
            object: "s3://logs/a.json.gz", message: "The file was changed.", isInformation: false)
        try store.change("the signs") {
            try $0.add(verification(PageSamples.now - 7_200, invalid: 1), [], [problem])
            try $0.add(verification(PageSamples.now - 600, invalid: 0), [], [])
            try $0.setSign("watch", ["state": "stopped"], at: PageSamples.now - 60)
        }
        let html = try get(PageSamples.pages(store), "/")
        #expect(html.contains("1 invalid") && !html.contains(">Proved<"))
        #expect(html.contains("Stopped") && !html.contains("Running"))
        #expect(!html.contains("All 10 practices hold"))
        try store.change("the signs") {
            try $0.setSign("watch", ["state": "running", "dead_letters": 5], at: PageSamples.now - 60)
        }
        #expect(try get(PageSamples.pages(store), "/").contains("5 objects given up"))
    }

    @Test func whatIsMutedOnThePageNoLongerFails() throws {
        let store = try Store(folder.file("a.db"))
        let about = try #require(Catalogue.checks.first { $0.about.id == "root-mfa" }?.about)
        let finding = StoredFinding(
            id: "f", check: about.id, practice: about.practice.id, severity: about.severity, status: "fail",
            account: "111122223333", region: "global", resourceType: "AWS::::Account", resource: "111122223333",
            arn: "arn:aws:iam::111122223333:root", title: about.title, message: "There is no MFA.", hasFix: false,
            record: "{}", seen: PageSamples.now - 60)
        try store.record(
            StoredScan(
                id: "s", started: PageSamples.now - 60, finished: PageSamples.now - 60, parapet: "1",
                accounts: ["111122223333"], regions: [], checks: [about.id], isPartial: false), [finding])
        let pages = try PageSamples.pages(store)
        let urls = ["/", "/accounts", "/responsibility", "/compliance/cis-3.0", "/findings?status=fail"]
        let signs = ["1 of 10 practices fail", "1 failing", "1 fail", "1 failing", "There is no MFA."]
        for (url, sign) in zip(urls, signs) { #expect(try get(pages, url).contains(sign), "\(url)") }
        func mute(until end: Date?) throws {
            try store.change("the mute") {
                _ = try $0.mute(
                    StoredMute(finding: "f", reason: "known", by: "ann", since: PageSamples.now - 30, until: end))
            }
        }
        try mute(until: nil)
        for (url, sign) in zip(urls, signs) { #expect(!(try get(pages, url).contains(sign)), "\(url)") }
        for url in ["/", "/accounts", "/responsibility", "/findings?status=muted"] {
            let html = try get(pages, url)
            #expect(html.contains("1 muted") || html.contains("muted here"), "\(url)")
            #expect(isWellFormed(html), "\(url)")
        }
        #expect(try get(pages, "/compliance/cis-3.0").contains("#s-muted"))
        // A mute that ended no longer counts.
        try mute(until: PageSamples.now)
        for (url, sign) in zip(urls, signs) { #expect(try get(pages, url).contains(sign), "\(url)") }
    }

    @Test func filtersNarrowAndStayInLinks() throws {
        let store = try PageSamples.shared.get()
        let pages = try PageSamples.pages(store)
        let html = try get(pages, "/findings?status=fail&account=444455556666&q=public+bookshop")
        #expect(!html.contains("<td data-title=\"Account\"><div><span class=\"nowrap\">111122223333"))
        #expect(html.contains("account=444455556666"))
        #expect(html.contains("value=\"public bookshop\"") || html.contains("value=\"public+bookshop\""))
        #expect(try get(pages, "/findings?status=fail&q=no-such-thing").contains("Show all findings"))
        for text in ["\"", "%", "*", "a\" OR \"b", "'; DROP TABLE finding; --", "\\", "ab", "_", "NEAR(", "💥"] {
            let query = FindingQuery(text: text)
            let found = try store.findings(query)
            #expect(try store.statusCounts(query).values.reduce(0, +) == found.count, "\(text)")
            // What is found has the text as it is.
            for finding in found {
                let texts = [
                    finding.title, finding.message, finding.resource, finding.arn, finding.region, finding.check,
                ]
                #expect(texts.contains { $0.lowercased().contains(text.lowercased()) }, "\(text)")
            }
        }
        #expect(try store.findings(FindingQuery(text: "BOOKSHOP-1111-3")).contains { $0.resource == "bookshop-1111-3" })
    }

    @Test func formsAreShownOnlyToThoseWhoMayWrite() throws {
        let pages = try PageSamples.pages(PageSamples.shared.get())
        let failing = try #require(try pages.store.findings(FindingQuery(status: "fail"), limit: 1).first)
        #expect(
            try get(pages, "/findings/\(failing.id)", mayWrite: true).contains(
                "/mute\"><input type=\"hidden\" name=\"csrf\" value=\"csrf-1\">"))
        #expect(!(try get(pages, "/findings/\(failing.id)").contains("/mute\"")))
        #expect(try get(pages, "/alerts/alert-0", mayWrite: true).contains("/acknowledge\""))
        #expect(!(try get(pages, "/alerts/alert-0").contains("/acknowledge\"")))
        #expect(try get(pages, "/alerts/alert-0").contains(failing.title))
    }

    @Test func whatComesFromOutsideIsShownAsText() throws {
        let evil = "\"><script>alert(1)</script>{{csrf}}\u{1B}[31m\u{202E}'`"
        let store = try Store(folder.file("a.db"))
        let scan = StoredScan(
            id: evil, started: PageSamples.now, finished: PageSamples.now, parapet: evil, accounts: [evil],
            regions: [evil], checks: [evil], isPartial: false)
        try store.record(
            scan,
            [
                StoredFinding(
                    id: "f", check: evil, practice: evil, severity: .high, status: "fail", account: evil, region: evil,
                    resourceType: evil, resource: evil, arn: evil, name: evil, title: evil, message: evil, hasFix: true,
                    record: JSON.members([
                        "reason": .string(evil),
                        "evidence": [["fact": .string(evil), "value": .string(evil), "source": .string(evil)]],
                    ]).description, seen: PageSamples.now)
            ])
        try store.change("the samples") { writer in
            _ = try writer.add([
                StoredAlert(
                    id: "a", rule: evil, title: evil, source: evil, severity: .high, practice: evil, account: evil,
                    region: evil, actor: evil, event: evil, time: PageSamples.now, lastTime: PageSamples.now,
                    record: JSON.members([
                        "evidence": ["steps": [.string(evil)], "x": .string(evil)], "fields": ["f": .string(evil)],
                    ]).description, finding: "f", stored: PageSamples.now)
            ])
            try writer.add(
                StoredVerification(
                    time: PageSamples.now, from: PageSamples.now - 9, to: PageSamples.now, digestsValid: 1,
                    digestsInvalid: 0, logsValid: 1, logsInvalid: 0),
                [
                    StoredCoverage(
                        trail: evil, account: evil, region: evil, from: PageSamples.now - 9, to: PageSamples.now)
                ],
                [
                    StoredProblem(
                        kind: evil, trail: evil, account: evil, region: evil, object: evil, message: evil,
                        isInformation: false)
                ])
            try writer.set([
                StoredTraffic(
                    interface: evil, direction: evil, hour: 400_000, bytes: 1, lower: 0, upper: 2, isUnusual: true,
                    peers: JSON.array([["peer": .string(evil), "bytes": 1]]).description)
            ])
            try writer.add([
                StoredAccess(
                    bucket: evil, day: Int(PageSamples.now.timeIntervalSince1970) / 86_400, requester: evil,
                    operation: evil, isRefused: true, count: 1, addresses: JSON.array([.string(evil)]).description,
                    lastTime: PageSamples.now)
            ])
        }
        let pages = try PageSamples.pages(store)
        let arn = PercentEncoding.encode(evil)
        for url in [
            "/", "/findings", "/findings?q=\(arn)&check=\(arn)", "/findings/f", "/resource?arn=\(arn)", "/accounts",
            "/alerts?q=\(arn)&rule=\(arn)",
            "/alerts?state=all", "/alerts/a", "/integrity", "/access", "/access?bucket=\(arn)", "/traffic",
            "/traffic?interface=\(arn)", "/responsibility", "/compliance",
        ] {
            let html = try get(pages, url, mayWrite: true)
            #expect(!html.contains("<script>alert"), "\(url)")
            #expect(!html.contains("\"><scr"), "\(url)")
            #expect(!html.unicodeScalars.contains { $0 != "\n" && $0.isUnsafeToShow }, "\(url)")
            #expect(!html.contains("alert(1)</script>{csrf"), "\(url)")
            #expect(isWellFormed(html), "\(url)")
        }
    }

    @Test(
        arguments: DashboardPages.pages.merging(PageTemplates.shared) { $1 }.sorted { $0.key < $1.key }.map {
            [$0.key, $0.value]
        })
    func templatesEscapeEverything(template: [String]) {
        let text = template[1]
        for unsafe in [
            "{{{", "{{&", "{{ &", "{{%", "{{ %", "{{=", "<style", "javascript:", " onclick", " onload", " style=",
        ] {
            #expect(!text.contains(unsafe), "\(template[0]) has \(unsafe)")
        }
        // Escaping is safe only in quotes.
        for match in text.matches(of: /=\s*\{\{/) {
            Issue.record("\(template[0]): a value without quotes: \(text[match.range.lowerBound...].prefix(60))")
        }
    }

    /// `PARAPET_PAGE_TIMES=1` prints the time and the size of each page.
    @Test func pagesOfALargeStoreAreSmall() throws {
        let store = try PageSamples.large(folder.file("a.db"))
        try store.write("the samples") {
            try $0.execute(
                sql: """
                    INSERT INTO mute (finding, reason, "by", since)
                    SELECT id, 'known', 'ann', 0 FROM finding WHERE id LIKE 'large-%' AND status = 'fail' LIMIT 2000
                    """)
        }
        let pages = try PageSamples.pages(store)
        let urls =
            PageSamples.paths + [
                "/findings?q=open", "/findings?q=0000ff", "/findings?q=ec", "/findings?status=pass&page=900",
                "/findings?account=500000000007&region=eu-west-7", "/findings?sort=changed&page=20",
                "/findings/large-77", "/findings?status=muted", "/findings?status=fail",
                "/findings?practice=network-exposure&status=fail",
            ]
        for url in urls {
            var html = ""
            // The second answer counts: the first one fills SQLite's cache.
            _ = try get(pages, url)
            // The thread's own time, because other tests run beside it.
            let start = processTime()
            html = try get(pages, url)
            let time = processTime() - start
            #expect(html.utf8.count < 300_000, "\(url): \(html.utf8.count) bytes")
            if ProcessInfo.processInfo.environment["PARAPET_PAGE_TIMES"] != nil {
                print("\(time) \(html.utf8.count) \(url)")
            }
        }
    }
}

/// The processor time that this process has used.
private func processTime() -> Duration { .seconds(Double(clock()) / Double(CLOCKS_PER_SEC)) }
