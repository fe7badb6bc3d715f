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
            let range = Moment(part.from)..<Moment(part.to)
            // What follows without a pause is one range: digests are an hour apart.
            var ranges = spans[place] ?? []
            if let last = ranges.last, range.lowerBound <= last.upperBound + .seconds(1) {
                ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                ranges.append(range)
            }
            spans[place] = ranges
        }
        var gaps: [Place: [Range<Moment>]] = [:]
        for problem in problems {
            guard let from = problem.from, let to = problem.to, from < to, problem.kind == "gap" else { continue }
            gaps[Place(trail: problem.trail, account: problem.account, region: problem.region), default: []]
                .append(Moment(from)..<Moment(to))
        }
        // A file is a moment: the drawing gives it a width that can be seen.
        var changes: [Place: [Range<Moment>]] = [:]
        for problem in problems where problem.kind != "gap" && !problem.isInformation {
            guard let from = problem.from.map(Moment.init) else { continue }
            changes[Place(trail: problem.trail, account: problem.account, region: problem.region), default: []]
                .append(from..<from + .seconds(60))
        }
        let places = Set(spans.keys).union(gaps.keys).union(changes.keys).sorted()
        let trails = Dictionary(grouping: places) { [$0.account, $0.trail] }.sorted {
            $0.key.joined() < $1.key.joined()
        }
        let charts = trails.prefix(20).map { key, places -> [String: Any] in
            let rows = places.prefix(40).map { place in
                let proved = spans[place] ?? []
                return SpanTimeline.Row(
                    name: place.region,
                    spans: Self.open(proved, window).map { SpanTimeline.Span(.open, $0) }
                        + proved.map { SpanTimeline.Span(.proved, $0) }
                        + (gaps[place] ?? []).map { SpanTimeline.Span(.gap, $0) }
                        + (changes[place] ?? []).map { SpanTimeline.Span(.changed, $0) })
            }
            let lines = places.prefix(200).map { place -> [String: Any] in
                let proved = spans[place] ?? []
                return [
                    "region": place.region,
                    "proved": proved.suffix(5).map {
                        Figures.stretch(max($0.lowerBound, window.lowerBound).seconds, $0.upperBound.seconds)
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
                    Array(rows), window,
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

    /// The parts of the window that no range covers.
    private static func open(_ ranges: [Range<Moment>], _ window: Range<Moment>) -> [Range<Moment>] {
        var (open, at): ([Range<Moment>], Moment) = ([], window.lowerBound)
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if at < range.lowerBound { open.append(at..<min(range.lowerBound, window.upperBound)) }
            at = max(at, range.upperBound)
            if at >= window.upperBound { break }
        }
        if at < window.upperBound { open.append(at..<window.upperBound) }
        return open
    }

    static let template = """
        {{<frame}}{{$main}}
        <h1>Log integrity</h1><p class="quiet">What CloudTrail's digests prove: which log files are complete and unchanged.</p>
        {{>empty}}
        {{#hasVerifications}}
        <nav class="tabs" aria-label="Time">{{#tabs}}<a href="{{.path}}"{{#.isCurrent}} aria-current="page"{{/.isCurrent}}>{{.name}}</a>{{/tabs}}</nav>
        {{^hasCharts}}<p class="note">Nothing was proved in this time.</p>{{/hasCharts}}
        {{#hasCharts}}<ul class="legend"><li><svg aria-hidden="true" viewBox="0 0 26 12"><rect class="proved" width="26" height="12" rx="2"/></svg>proved</li><li><svg aria-hidden="true" viewBox="0 0 26 12"><rect class="gap" width="26" height="12" fill="url(#p-gap)"/></svg>gap: no digest proves it</li><li><svg aria-hidden="true" viewBox="0 0 26 12"><rect class="changed" x="10" width="6" height="12"/></svg>changed or missing file</li><li><svg aria-hidden="true" viewBox="0 0 26 12"><rect class="open" width="26" height="12" fill="url(#p-open)"/></svg>not verified</li></ul>{{/hasCharts}}
        {{#charts}}<section class="card wide-gap"><h2>{{.trail}}</h2><p class="quiet">{{.account}}</p><div class="scroll chart-box" role="region" tabindex="0" aria-label="Timeline of {{.trail}}">{{>drawing}}</div>
        <details><summary>As a table</summary><table class="cards"><thead><tr><th scope="col">Region</th><th scope="col">Proved</th><th scope="col">Gaps</th></tr></thead><tbody>{{#.lines}}<tr><td data-title="Region">{{.region}}</td><td data-title="Proved">{{.proved}}</td><td data-title="Gaps">{{#.gaps}}{{.}}{{/.gaps}}{{^.gaps}}none{{/.gaps}}</td></tr>{{/.lines}}</tbody></table></details></section>{{/charts}}
        <section class="card wide-gap"><h2>Problems</h2>{{^hasProblems}}<p class="quiet">No verification of this time found a problem.</p>{{/hasProblems}}
        <ul class="list">{{#problems}}<li><div class="line">{{>status}}<span>{{.message}}</span></div><div class="quiet">{{.trail}} · {{.region}}{{#.span}} · {{.}}{{/.span}}</div><code>{{.object}}</code></li>{{/problems}}</ul>{{#more}}<p class="quiet">{{more}}</p>{{/more}}</section>
        <section class="card wide-gap"><h2>Verifications</h2><table class="cards"><thead><tr><th scope="col">Result</th><th scope="col">Time range</th><th scope="col">Digests</th><th scope="col">Log files</th><th scope="col">Verified</th></tr></thead><tbody>{{#verifications}}<tr><td data-title="Result">{{>status}}</td><td data-title="Time range">{{.span}}</td><td data-title="Digests">{{.digests}}</td><td data-title="Log files">{{.logs}}</td><td data-title="Verified" class="nowrap">{{>time}}</td></tr>{{/verifications}}</tbody></table></section>
        {{/hasVerifications}}
        {{/main}}{{/frame}}
        """
}
