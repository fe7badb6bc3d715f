import Basics
import Foundation
import Pages
import Store

/// Who did what with the trail buckets, and what was denied.
struct AccessPage {
    let page: Page

    init(_ pages: DashboardPages, _ request: PageRequest) throws {
        let (store, now) = (pages.store, request.now)
        let days = request.parameter("days").flatMap(Int.init).flatMap { [7, 30, 90].contains($0) ? $0 : nil } ?? 30
        let today = Int(now.timeIntervalSince1970 / 86_400)
        let since = today - days + 1
        let chosen = request.parameter("bucket")
        let sums = try store.accessDays(since: since)
        let buckets = Set(sums.map(\.bucket)).sorted()
        let shown = buckets.filter { chosen == nil || $0 == chosen }
        let charts = shown.prefix(12).map { bucket -> [String: Any] in
            let known = Dictionary(sums.filter { $0.bucket == bucket }.map { ($0.day, $0) }) { first, _ in first }
            let bars = (since...max(since, today)).map { day in
                DayBars.Day(day: day, allowed: known[day]?.allowed ?? 0, denied: known[day]?.denied ?? 0)
            }
            let (allowed, denied) = bars.reduce((0, 0)) { ($0.0 + $1.allowed, $0.1 + $1.denied) }
            let words = "\(Figures.count(allowed)) allowed, \(Figures.count(denied)) denied"
            return [
                "bucket": bucket, "words": words,
                "path": Link("/access", ["bucket": bucket, "days": days == 30 ? nil : "\(days)"]).text,
                "drawing": DayBars.drawing(bars, name: "Requests to \(bucket) by day: \(words)")?.model ?? false,
            ]
        }
        let accesses = try store.accesses(since: since, bucket: chosen)
        page = Page(
            template: "access", title: "Log access",
            model: [
                "tabs": [7, 30, 90].map { count -> [String: Any] in
                    [
                        "name": Figures.count(count, "day"), "isCurrent": count == days,
                        "path": Link("/access", ["bucket": chosen, "days": count == 30 ? nil : "\(count)"]).text,
                    ]
                },
                "chosen": chosen ?? false, "charts": charts, "hasRows": !accesses.isEmpty,
                "rows": accesses.map { access -> [String: Any] in
                    let addresses = (try? JSON(parsing: access.addresses))?.elements?.compactMap(\.text) ?? []
                    return [
                        // Nobody may read trail buckets without credentials.
                        "status": access.isRefused
                            ? Shown.mark("unknown", "Denied")
                            : access.requester == "-"
                                ? Shown.mark("fail", "Allowed to everyone") : Shown.mark("pass", "Allowed"),
                        "requester": access.requester == "-" ? "anonymous" : access.requester,
                        "operation": access.operation, "bucket": access.bucket,
                        "count": Figures.count(access.count), "addresses": addresses.prefix(5).joined(separator: ", "),
                        "time": Shown.time(access.lastTime, now),
                    ]
                },
                "empty": accesses.isEmpty
                    ? [
                        "icon": "none", "title": "No request was read",
                        "text": "The requests come from the server access logs of the trail buckets.",
                        "command":
                            "parapet hunt --source s3-access --logs s3://BUCKET/PREFIX --store \(store.path)",
                        "link": false,
                    ] as [String: Any] : false,
            ])
    }

    static let template = """
        {{<frame}}{{$main}}
        <h1>Log access</h1><p class="quiet">Requests to the CloudTrail buckets, as their server access logs record them.</p>
        <nav class="tabs" aria-label="Time">{{#tabs}}<a href="{{.path}}"{{#.isCurrent}} aria-current="page"{{/.isCurrent}}>{{.name}}</a>{{/tabs}}</nav>
        {{#chosen}}<ul class="chips"><li><a href="/access" aria-label="Show all buckets">{{chosen}} <span aria-hidden="true">✕</span></a></li></ul>{{/chosen}}
        {{>empty}}
        {{#hasRows}}<ul class="legend"><li><svg aria-hidden="true" viewBox="0 0 26 12"><rect class="allowed" width="26" height="12"/></svg>allowed</li><li><svg aria-hidden="true" viewBox="0 0 26 12"><rect class="gap" width="26" height="12" fill="url(#p-gap)"/></svg>denied</li></ul>
        <div class="two">{{#charts}}<section class="card"><h2><a href="{{.path}}">{{.bucket}}</a></h2><p class="quiet">{{.words}}</p><div class="chart-box" role="region" tabindex="0" aria-label="Requests by day">{{>drawing}}</div></section>{{/charts}}</div>
        <section class="card wide-gap"><h2>Who did what</h2><table class="items"><thead><tr><th scope="col">Result</th><th scope="col">Requester</th><th scope="col">Operation</th><th scope="col">Bucket</th><th scope="col">IP addresses</th><th scope="col" class="number">Requests</th><th scope="col">Last</th></tr></thead>
        <tbody>{{#rows}}<tr><td data-title="Result">{{>status}}</td><td data-title="Requester"><code>{{.requester}}</code></td><td data-title="Operation"><code>{{.operation}}</code></td><td data-title="Bucket">{{.bucket}}</td><td data-title="IP addresses"><code>{{.addresses}}</code></td><td data-title="Requests" class="number">{{.count}}</td><td data-title="Last" class="nowrap">{{>time}}</td></tr>
        {{/rows}}</tbody></table></section>{{/hasRows}}
        {{/main}}{{/frame}}
        """
}
