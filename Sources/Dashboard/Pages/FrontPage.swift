import Basics
import Foundation
import Pages
import Store

/// The state of the practices at a glance, what changed, and whether somebody watches.
struct FrontPage {
    let page: Page

    private struct Sum {
        var counts: [String: Int] = [:]
        var worst: Severity?
        var urgent = 0

        /// The state of the practice: the worst status of its findings.
        var state: String {
            for status in ["fail", "unknown", "manual"] where counts[status, default: 0] > 0 { return status }
            if counts["pass", default: 0] > 0 { return "pass" }
            return counts.isEmpty ? "none" : counts["muted", default: 0] > 0 ? "muted" : "notApplicable"
        }
    }

    init(_ pages: DashboardPages, _ request: PageRequest) throws {
        let (store, now) = (pages.store, request.now)
        let scan = try store.scans(limit: 1).first
        var sums: [String: Sum] = [:]
        for count in try store.practiceCounts(at: now) {
            var sum = sums[count.practice] ?? Sum()
            sum.counts[count.status, default: 0] += count.count
            if count.status == "fail", let severity = Severity(rawValue: count.severity) {
                sum.worst = max(sum.worst ?? severity, severity)
                if severity >= .high { sum.urgent += count.count }
            }
            sums[count.practice] = sum
        }
        let trend = Dictionary(grouping: try store.trend(since: now - 30 * 86_400), by: \.practice)
        let movements = try store.movements(since: now - 86_400)
        let isFirst = try store.scans(limit: 2).count < 2

        let practices = Practice.all.map { practice -> [String: Any] in
            let sum = sums[practice.id] ?? Sum()
            let failing = sum.counts["fail", default: 0]
            let days = trend[practice.id]?.map(\.failing) ?? []
            let moved = movements[practice.id] ?? (0, 0)
            var change: [String] = []
            if moved.failing > 0 { change.append("\(Figures.count(moved.failing)) new") }
            if moved.resolved > 0 { change.append("\(Figures.count(moved.resolved)) resolved") }
            let muted = sum.counts["muted", default: 0]
            let passing = Figures.count(sum.counts["pass", default: 0])
            let beside = muted > 0 && sum.state != "muted" ? ", \(Figures.count(muted)) muted" : ""
            let detail: String
            switch sum.state {
            case "fail":
                detail =
                    "\(Figures.count(failing)) failing"
                    + (sum.urgent > 0
                        ? ", \(Figures.count(sum.urgent)) critical or high"
                        : sum.worst.map { ", up to \($0.rawValue)" } ?? "") + beside
            case "none": detail = ""
            case "pass": detail = muted > 0 ? "\(passing) pass\(beside)" : "all \(passing) pass"
            default:
                detail =
                    "\(Figures.count(sum.counts[sum.state, default: 0])) \(Shown.words(sum.state).lowercased())"
                    + beside
            }
            let status = sum.state == "none" ? Shown.mark("none", "Not examined") : Shown.status(sum.state)
            let path = Link(
                "/findings", ["practice": practice.id, "status": sum.state == "none" ? nil : sum.state])
            let moves =
                sum.state == "none"
                ? ""
                : change.isEmpty
                    ? (isFirst ? "first scan" : "no change since yesterday")
                    : change.joined(separator: ", ") + " since yesterday"
            let trend = days.count < 2 ? nil : TrendLine.drawing(days, name: "Failing findings, the last 30 days")
            let spark: Any = trend?.model ?? false
            return [
                "number": "\(practice.number)", "title": practice.title, "isPractice": practice.number <= 10,
                "path": path.text, "status": status, "detail": detail, "change": moves, "drawing": spark,
            ]
        }
        let ten = Practice.all.filter { $0.number <= 10 }.map { sums[$0.id]?.state ?? "none" }
        let failingPractices = ten.filter { $0 == "fail" }.count
        let doubtful = ten.filter { $0 == "unknown" || $0 == "none" }.count
        let accepted = ten.filter { $0 == "muted" }.count
        let unreviewed = ten.filter { $0 == "manual" }.count
        let isOld = scan.map { now.timeIntervalSince($0.finished) > Self.oldAfter } ?? false
        let headline: String
        if failingPractices > 0 {
            headline = "\(failingPractices) of 10 practices fail"
        } else if doubtful > 0 {
            headline = "No practice fails, but \(doubtful) of 10 could not be determined"
        } else if unreviewed > 0 {
            headline = "No practice fails, but \(unreviewed) of 10 need\(unreviewed == 1 ? "s" : "") manual review"
        } else if isOld, let scan {
            headline = "No practice failed in the last scan, \(Shown.ago(scan.finished, now))"
        } else if accepted > 0 {
            headline = "No practice fails, but all findings of \(accepted) of 10 are muted"
        } else {
            headline = "All 10 practices hold"
        }
        let urgent = sums.values.reduce(0) { $0 + $1.urgent }
        let failing = sums.values.reduce(0) { $0 + $1.counts["fail", default: 0] }
        let alerts = try store.openAlerts()
        let open = alerts.values.reduce(0, +)
        let severe = alerts["critical", default: 0] + alerts["high", default: 0]

        var model: [String: Any] = [
            "practices": practices.filter { $0["isPractice"] as? Bool == true },
            "groups": practices.filter { $0["isPractice"] as? Bool != true },
            "headline": headline,
            "explanation": urgent > 0
                ? "\(Figures.count(urgent, "finding")) of critical or high severity \(urgent == 1 ? "needs" : "need") attention first."
                : failing > 0 ? "No finding of critical or high severity fails." : "",
            "urgentPath": urgent > 0 ? Link("/findings", ["status": "fail", "severity": "critical,high"]).text : false,
            "isEmpty": scan == nil && open == 0 && sums.isEmpty,
        ]
        if scan == nil && open == 0 && sums.isEmpty {
            model["empty"] =
                [
                    "icon": "none", "title": "Nothing is stored yet",
                    "text":
                        "A scan with --store puts its findings here; a watch keeps them up to date and adds alerts.",
                    "command": "parapet scan --store \(store.path)\nparapet watch --db \(store.path)", "link": false,
                ] as [String: Any]
        } else {
            model["empty"] = false
        }
        model["signs"] = try Self.signs(store, now, scan, failing: failing, open: open, severe: severe)
        model["changes"] = try store.changes(since: now - 86_400, limit: 6).map { change, finding -> [String: Any] in
            [
                "path": Link.finding(change.finding), "title": finding.title, "message": change.message,
                "resource": Shown.resource(finding), "severity": Shown.severity(finding.severity, finding.unreadable),
                "before": change.before.map { Shown.words($0).lowercased() } ?? "new",
                "status": Shown.status(change.after), "time": Shown.time(change.time, now),
            ]
        }
        model["hasChanges"] = (model["changes"] as? [[String: Any]])?.isEmpty == false
        model["allChanges"] = Link("/findings", ["sort": FindingQuery.Order.changed.rawValue]).text
        model["alerts"] = try store.alerts(AlertQuery(isAcknowledged: false), worstFirst: true, limit: 6).map {
            AlertsPage.row($0, now)
        }
        page = Page(template: "front", title: "Overview", model: model)
    }

    /// The age from which a scan no longer says how things are, in seconds.
    private static let oldAfter: TimeInterval = 2 * 86_400

    /// The sign of log integrity. What was once found wrong stays wrong, even if a later verification proves other files.
    private static func integrity(
        _ store: Store, _ now: Date
    ) throws -> (figure: String, detail: String, kind: String)? {
        guard let last = try store.verifications(limit: 1).first else { return nil }
        let when = "verified \(Shown.ago(last.time, now))"
        let wrong = Set(
            try store.problems(since: now - 7 * 86_400).filter { !$0.isInformation && $0.kind != "gap" }.map(\.object))
        if !wrong.isEmpty {
            return ("\(Figures.count(wrong.count)) invalid", "in 7 days, \(when)", "fail")
        }
        if try store.sign("verification")?.content["state"]?.text == "failing" {
            return ("Cannot be verified", when, "unknown")
        }
        guard last.digestsValid + last.logsValid > 0 else { return ("Nothing proved", when, "unknown") }
        return now.timeIntervalSince(last.time) > oldAfter
            ? ("Not verified lately", when, "unknown") : ("Proved", when, "pass")
    }

    /// The sign of the watch: whether it runs, and whether it gave something up.
    private static func watch(_ store: Store, _ now: Date) throws -> (figure: String, detail: String, kind: String) {
        guard let watch = try store.sign("watch") else { return ("Not running", "start parapet watch", "none") }
        let when = "last sign \(Shown.ago(watch.updated, now))"
        if watch.content["state"]?.text == "stopped" { return ("Stopped", when, "unknown") }
        guard now.timeIntervalSince(watch.updated) < 600 else { return ("Silent", when, "fail") }
        let lost = watch.content["dead_letters"]?.integer ?? 0
        return lost > 0
            ? ("Running", "\(Figures.count(lost, "object")) given up", "unknown") : ("Running", when, "pass")
    }

    /// The signs of life: the last scan, the last verification, the watch, and the sums.
    private static func signs(
        _ store: Store, _ now: Date, _ scan: StoredScan?, failing: Int, open: Int, severe: Int
    ) throws -> [[String: Any]] {
        func sign(_ name: String, _ figure: String, _ detail: String, _ path: String, _ kind: String) -> [String: Any] {
            ["name": name, "figure": figure, "detail": detail, "path": path, "kind": kind]
        }
        var signs = [
            sign(
                "Failing findings", Figures.count(failing),
                scan.map { "last scan \(Shown.ago($0.finished, now))" } ?? "no scan is stored",
                Link("/findings", ["status": "fail"]).text,
                failing > 0
                    ? "fail"
                    : scan.map { now.timeIntervalSince($0.finished) > oldAfter ? "unknown" : "pass" } ?? "none"),
            sign(
                "Open alerts", Figures.count(open),
                severe > 0 ? "\(Figures.count(severe)) critical or high" : "none critical or high", "/alerts",
                severe > 0 ? "fail" : open > 0 ? "unknown" : "pass"),
        ]
        let integrity =
            try integrity(store, now) ?? ("Not verified", "run parapet verify --store \(store.path)", "none")
        signs.append(sign("Log integrity", integrity.figure, integrity.detail, "/integrity", integrity.kind))
        let watch = try watch(store, now)
        signs.append(sign("Watch", watch.figure, watch.detail, "/alerts", watch.kind))
        return signs
    }

    static let template = """
        {{<frame}}{{$main}}
        <h1>Overview</h1>
        {{#isEmpty}}{{>empty}}{{/isEmpty}}
        {{^isEmpty}}
        <div class="card headline wide-gap"><div class="say"><strong>{{headline}}</strong><span class="quiet">{{#urgentPath}}<a href="{{urgentPath}}">{{explanation}}</a>{{/urgentPath}}{{^urgentPath}}{{explanation}}{{/urgentPath}}</span></div>
        <ol class="pips" aria-label="The ten practices">{{#practices}}<li><a class="{{.status.kind}}" href="{{.path}}" aria-label="{{.number}}. {{.title}}: {{.status.words}}" title="{{.title}}: {{.status.words}}">{{.number}}<svg class="icon" aria-hidden="true"><use href="#s-{{.status.kind}}"/></svg></a></li>{{/practices}}</ol></div>
        {{/isEmpty}}
        <ul class="signs" aria-label="Signs of life">{{#signs}}<li><span class="quiet">{{.name}}</span><a class="figure status {{.kind}}" href="{{.path}}"><svg class="icon" aria-hidden="true"><use href="#s-{{.kind}}"/></svg>{{.figure}}</a><span class="quiet">{{.detail}}</span></li>{{/signs}}</ul>
        <section><h2>The ten practices</h2>
        <ol class="practices">{{#practices}}{{>card}}{{/practices}}</ol></section>
        <section><h2>Beyond the practices</h2>
        <ul class="practices">{{#groups}}{{>card}}{{/groups}}</ul></section>
        {{^isEmpty}}
        <div class="two">
        <section class="card"><h2>Changed since yesterday</h2>
        {{^changes}}<p class="quiet">Nothing changed, apart from what a first scan found.</p>{{/changes}}
        <ul class="list">{{#changes}}<li><div class="line"><span class="badge {{.severity}}">{{.severity}}</span><a href="{{.path}}">{{.title}}</a></div><div class="line"><span class="quiet">{{.before}} →</span> {{>status}}<code>{{.resource}}</code><span class="quiet">{{>time}}</span></div></li>{{/changes}}</ul>
        {{#hasChanges}}<p><a href="{{allChanges}}">All findings, the latest changes first</a></p>{{/hasChanges}}</section>
        <section class="card"><h2>Open alerts</h2>
        {{^alerts}}<p class="quiet">No alert is open.</p>{{/alerts}}
        <ul class="list">{{#alerts}}<li><div class="line"><span class="badge {{.severity}}">{{.severity}}</span><a href="{{.path}}">{{.title}}</a><span class="quiet">{{>time}}</span></div><div class="quiet">{{.actor}}</div></li>{{/alerts}}</ul><p><a href="/alerts">All open alerts</a></p></section>
        </div>
        {{/isEmpty}}
        {{/main}}{{/frame}}
        """

    /// The card of a practice.
    static let card = """
        <li><div class="top"><span class="number-mark">{{.number}}</span>{{>status}}</div><h3><a href="{{.path}}">{{.title}}</a></h3><span class="quiet">{{.detail}}<br>{{.change}}</span>{{>drawing}}</li>
        """
}
