import Basics
import Foundation
import Pages
import Reports
import Store

/// The transfers of network interfaces, with the range that was learned as normal and the unusual hours.
struct TrafficPage {
    let page: Page

    init(_ pages: DashboardPages, _ request: PageRequest) throws {
        let store = pages.store
        let days = request.parameter("days").flatMap(Int.init).flatMap { [2, 7, 30].contains($0) ? $0 : nil } ?? 7
        // Up to the last hour that was read, so that a hunt in older logs is shown too.
        let last = try store.lastTrafficHour() ?? 0
        let since = last - days * 24 + 1
        let chosen = request.parameter("interface")
        let transfers = try store.transfers(since: since, limit: chosen == nil ? 24 : 200)
            .filter { chosen == nil || $0.interface == chosen }
        let drawn = try transfers.prefix(24).map {
            (transfer: $0, hours: try store.traffic(of: $0.interface, $0.direction, since: since))
        }
        let first = drawn.compactMap { $0.hours.first?.hour }.min() ?? last
        let charts = drawn.map {
            Self.chart(
                $0.transfer.interface, $0.transfer.direction, $0.hours, within: first...max(first, last),
                $0.transfer.bytes, $0.transfer.unusual, days)
        }
        page = Page(
            template: "traffic", title: "Traffic",
            model: [
                "tabs": [2, 7, 30].map { count -> [String: Any] in
                    [
                        "name": Figures.count(count, "day"), "isCurrent": count == days,
                        "path": Link("/traffic", ["interface": chosen, "days": count == 7 ? nil : "\(count)"]).text,
                    ]
                },
                "chosen": chosen ?? false, "charts": charts, "hasCharts": !charts.isEmpty,
                "until": last > 0 ? Figures.stretch(last * 3_600, last * 3_600) : false,
                "empty": charts.isEmpty
                    ? [
                        "icon": "none", "title": "No transfer was read",
                        "text": "Transfers come from VPC flow logs; hunts learn from them what is usual.",
                        "command":
                            "parapet hunt --source vpc-flow --logs s3://BUCKET/PREFIX --store \(store.path)",
                        "link": false,
                    ] as [String: Any] : false,
            ])
    }

    private static func chart(
        _ interface: String, _ direction: String, _ hours: [StoredTraffic], within span: ClosedRange<Int>,
        _ bytes: Double, _ unusual: Int, _ days: Int
    ) -> [String: Any] {
        let words =
            "\(Figures.bytes(bytes)) in \(Figures.count(days, "day")), \(Figures.count(unusual, "unusual hour"))"
        let picture = HistoryPicture(
            hours.map { hour in
                let usual = hour.lower.flatMap { lower in
                    hour.upper.map { HistoryPicture.Band(lower: lower, upper: $0) }
                }
                return .init(hour: hour.hour, value: hour.bytes, usual: usual, isUnusual: hour.isUnusual)
            }, within: span, most: days * 24, unit: "bytes", name: "\(interface), \(direction): \(words)",
            amount: Figures.bytes)
        let peers = hours.filter(\.isUnusual).suffix(5).reversed().map { hour -> [String: Any] in
            let list = (try? JSON(parsing: hour.peers))?.elements ?? []
            return [
                "hour": Figures.stretch(hour.hour * 3_600, hour.hour * 3_600), "bytes": Figures.bytes(hour.bytes),
                "peers": list.prefix(3).compactMap { peer in
                    peer["peer"]?.text.map { "\($0) (\(Figures.bytes(peer["bytes"]?.double ?? 0)))" }
                }.joined(separator: ", "),
            ]
        }
        var sums: [String: Double] = [:]
        for hour in hours {
            for peer in ((try? JSON(parsing: hour.peers))?.elements ?? []).prefix(20) {
                if let name = peer["peer"]?.text { sums[name, default: 0] += peer["bytes"]?.double ?? 0 }
            }
        }
        let top = sums.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(5).map { name, bytes in
            ["peer": name, "bytes": Figures.bytes(bytes)]
        }
        return [
            "interface": interface, "direction": TransferWords.direction(direction), "words": words,
            "isUnusual": unusual > 0,
            "status": unusual > 0 ? Shown.mark("fail", "Unusual") : Shown.mark("pass", "Usual"),
            "path": Link("/traffic", ["interface": interface]).text, "drawing": picture?.drawing.model ?? false,
            "short": picture == nil, "unusual": Array(peers), "peers": top, "hasPeers": !top.isEmpty,
        ]
    }

    static let template = """
        {{<frame}}{{$main}}
        <h1>Traffic</h1><p class="quiet">Bytes that network interfaces transferred in each hour{{#until}}, up to {{until}}{{/until}}. The shaded band is the range that was learned as usual; circles mark unusual hours.</p>
        <nav class="tabs" aria-label="Time">{{#tabs}}<a href="{{.path}}"{{#.isCurrent}} aria-current="page"{{/.isCurrent}}>{{.name}}</a>{{/tabs}}</nav>
        {{#chosen}}<ul class="chips"><li><a href="/traffic" aria-label="Show all interfaces">{{chosen}} <span aria-hidden="true">✕</span></a></li></ul>{{/chosen}}
        {{>empty}}
        <div class="two">{{#charts}}<section class="card"><div class="title"><h2><a href="{{.path}}"><code>{{.interface}}</code></a></h2><span class="quiet">{{.direction}}</span>{{>status}}</div><p class="quiet">{{.words}}</p>
        {{#.short}}<p class="quiet">Too few hours for a chart.</p>{{/.short}}<div class="chart-box" role="region" tabindex="0" aria-label="Transfers of {{.interface}}, {{.direction}}">{{>drawing}}</div>
        {{#.unusual}}<p><span class="strong">{{.hour}}</span>: {{.bytes}}{{#.peers}} · <code>{{.}}</code>{{/.peers}}</p>{{/.unusual}}
        {{#.hasPeers}}<details><summary>Peers with the largest transfers</summary><dl>{{#peers}}<div><dt><code>{{.peer}}</code></dt><dd>{{.bytes}}</dd></div>{{/peers}}</dl></details>{{/.hasPeers}}</section>{{/charts}}</div>
        {{/main}}{{/frame}}
        """
}
