import Basics
import Foundation
import Pages
import Store

/// What of the logs was proved, from when to when, with the gaps and the problems.
struct IntegrityPage {
    let page: Page

    private struct Place: Hashable, Comparable {
        var trail: String, account: String, region: String
        static func < (one: Place, other: Place) -> Bool {
            (one.account, one.trail, one.region) < (other.account, other.trail, other.region)
        }
    }

    init(_ pages: DashboardPages, _ request: PageRequest) throws {
        let (store, now) = (pages.store, request.now)
        let days = request.parameter("days").flatMap(Int.init).flatMap { [1, 7, 30, 90].contains($0) ? $0 : nil } ?? 7
        let end = Moment(now)
        let window = (end - .seconds(days * 86_400))..<end
        let since = window.lowerBound.date
        let problems = try store.problems(since: since)
        var spans: [Place: [Range<Moment>]] = [:]
        for part in try store.coverage(since: since) where part.from < part.to {
            let place = Place(trail: part.trail, account: part.account, region: part.region)
            spans[place, default: []].append(Moment(part.from)..<Moment(part.to))
        }
        var gaps: [Place: [Range<Moment>]] = [:]
        for problem in problems {
            guard let from = problem.from, let to = problem.to, from < to, problem.kind == "gap" else { continue }
            gaps[Place(trail: problem.trail, account: problem.account, region: problem.region), default: []]
                .append(Moment(from)..<Moment(to))
        }
        var changes: [Place: [Moment]] = [:]
        for problem in problems where problem.kind != "gap" && !problem.isInformation {
            guard let from = problem.from.map(Moment.init) else { continue }
            changes[Place(trail: problem.trail, account: problem.account, region: problem.region), default: []]
                .append(from)
        }
        let places = Set(spans.keys).union(gaps.keys).union(changes.keys).sorted()
        let trails = Dictionary(grouping: places) { [$0.account, $0.trail] }.sorted {
            $0.key.joined() < $1.key.joined()
        }
        let charts = trails.prefix(20).map { key, places -> [String: Any] in
            let rows = places.prefix(200).map { place in
                SpanTimeline.Row(
                    name: place.region, proved: spans[place] ?? [], gaps: gaps[place] ?? [],
                    changed: changes[place] ?? [], within: window)
            }
            let lines = zip(places, rows).map { place, row -> [String: Any] in
                [
                    "region": place.region,
                    "proved": row.spans.filter { $0.kind == .proved }.suffix(5).map {
                        Figures.stretch(
                            max($0.range.lowerBound, window.lowerBound).seconds, $0.range.upperBound.seconds)
                    }.joined(separator: "; "),
                    "gaps": gaps[place].map {
                        $0.map { Figures.stretch($0.lowerBound.seconds, $0.upperBound.seconds) }
                            .joined(separator: "; ")
                    } ?? false,
                ]
            }
            let holes = places.reduce(0) { $0 + (gaps[$1]?.count ?? 0) }
            return [
                "trail": key[1], "account": key[0], "lines": lines,
                "drawing": SpanTimeline.drawing(
                    Array(rows.prefix(40)), window,
                    name: "What was proved of \(key[1]) in the last \(Figures.count(days, "day")): "
                        + "\(Figures.count(places.count, "Region")), \(Figures.count(holes, "gap")), "
                        + Figures.count(places.reduce(0) { $0 + (changes[$1]?.count ?? 0) }, "changed or missing file")
                ).model,
            ]
        }
        let verifications = try store.verifications(limit: 30)
        page = Page(
            template: "integrity", title: "Log integrity",
            model: [
                "tabs": [1, 7, 30, 90].map { count -> [String: Any] in
                    [
                        "name": Figures.count(count, "day"), "isCurrent": count == days,
                        "path": Link("/integrity", ["days": count == 7 ? nil : "\(count)"]).text,
                    ]
                },
                "charts": charts, "hasCharts": !charts.isEmpty,
                "legend": SpanTimeline.Span.Kind.allCases.map { kind -> [String: Any] in
                    ["kind": kind.rawValue, "words": kind.words, "pattern": kind.pattern ?? false]
                },
                "problems": problems.prefix(200).map { problem -> [String: Any] in
                    [
                        "status": Shown.mark(problem.isInformation ? "manual" : "fail", problem.kind),
                        "trail": problem.trail, "region": problem.region, "object": problem.object,
                        "message": problem.message,
                        "span": problem.from.map { from in
                            Figures.stretch(Moment(from).seconds, problem.to.map { Moment($0).seconds })
                        } ?? false,
                    ]
                },
                "hasProblems": !problems.isEmpty,
                "more": problems.count > 200 ? "… and \(Figures.count(problems.count - 200)) more" : false,
                "verifications": verifications.map { one -> [String: Any] in
                    let invalid = one.digestsInvalid + one.logsInvalid
                    let valid = one.digestsValid + one.logsValid
                    return [
                        "time": Shown.time(one.time, now),
                        "span": Figures.stretch(Moment(one.from).seconds, Moment(one.to).seconds),
                        "digests":
                            "\(Figures.count(one.digestsValid)) valid, \(Figures.count(one.digestsInvalid)) invalid",
                        "logs": "\(Figures.count(one.logsValid)) valid, \(Figures.count(one.logsInvalid)) invalid",
                        "status": Shown.mark(
                            invalid > 0 ? "fail" : valid > 0 ? "pass" : "unknown",
                            invalid > 0 ? "Changed" : valid > 0 ? "Proved" : "Nothing proved"),
                    ]
                },
                "hasVerifications": !verifications.isEmpty,
                "empty": verifications.isEmpty
                    ? [
                        "icon": "none", "title": "No log was verified",
                        "text": "A verification proves by CloudTrail's signed digests that log files are unchanged.",
                        "command": "parapet verify --store \(store.path)", "link": false,
                    ] as [String: Any] : false,
            ])
    }

    static let template = """
        {{<frame}}{{$main}}
        <h1>Log integrity</h1><p class="quiet">What CloudTrail's digests prove: which log files are complete and unchanged.</p>
        {{>empty}}
        {{#hasVerifications}}
        <nav class="tabs" aria-label="Time">{{#tabs}}<a href="{{.path}}"{{#.isCurrent}} aria-current="page"{{/.isCurrent}}>{{.name}}</a>{{/tabs}}</nav>
        {{^hasCharts}}<p class="note">Nothing was proved in this time.</p>{{/hasCharts}}
        {{#hasCharts}}<ul class="legend">{{#legend}}<li><svg aria-hidden="true" viewBox="0 0 26 12"><rect class="{{.kind}}" width="26" height="12"{{#.pattern}} fill="url(#{{.}})"{{/.pattern}}/></svg>{{.words}}</li>{{/legend}}</ul>{{/hasCharts}}
        {{#charts}}<section class="card wide-gap"><h2>{{.trail}}</h2><p class="quiet">{{.account}}</p><div class="scroll chart-box" role="region" tabindex="0" aria-label="Timeline of {{.trail}}">{{>drawing}}</div>
        <details><summary>As a table</summary><table class="cards"><thead><tr><th scope="col">Region</th><th scope="col">Proved</th><th scope="col">Gaps</th></tr></thead><tbody>{{#.lines}}<tr><td data-title="Region">{{.region}}</td><td data-title="Proved">{{.proved}}</td><td data-title="Gaps">{{#.gaps}}{{.}}{{/.gaps}}{{^.gaps}}none{{/.gaps}}</td></tr>{{/.lines}}</tbody></table></details></section>{{/charts}}
        <section class="card wide-gap"><h2>Problems</h2>{{^hasProblems}}<p class="quiet">No verification of this time found a problem.</p>{{/hasProblems}}
        <ul class="list">{{#problems}}<li><div class="line">{{>status}}<span>{{.message}}</span></div><div class="quiet">{{.trail}} · {{.region}}{{#.span}} · {{.}}{{/.span}}</div><code>{{.object}}</code></li>{{/problems}}</ul>{{#more}}<p class="quiet">{{more}}</p>{{/more}}</section>
        <section class="card wide-gap"><h2>Verifications</h2><table class="cards"><thead><tr><th scope="col">Result</th><th scope="col">Time range</th><th scope="col">Digests</th><th scope="col">Log files</th><th scope="col">Verified</th></tr></thead><tbody>{{#verifications}}<tr><td data-title="Result">{{>status}}</td><td data-title="Time range">{{.span}}</td><td data-title="Digests">{{.digests}}</td><td data-title="Log files">{{.logs}}</td><td data-title="Verified" class="nowrap">{{>time}}</td></tr>{{/verifications}}</tbody></table></section>
        {{/hasVerifications}}
        {{/main}}{{/frame}}
        """
}
