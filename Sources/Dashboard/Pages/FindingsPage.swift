import Basics
import Foundation
import Store

/// The list of findings, with search, filters and sorting in the URL.
struct FindingsPage {
    let page: Page
    static let size = 50

    init(_ pages: DashboardPages, _ request: PageRequest) throws {
        let store = pages.store
        let order = request.parameter("sort").flatMap(FindingQuery.Order.init) ?? .worst
        let query = FindingQuery(
            status: request.parameter("status"), severity: request.parameter("severity"),
            practice: request.parameter("practice"), account: request.parameter("account"),
            region: request.parameter("region"), check: request.parameter("check"),
            text: request.parameter("q") ?? "", order: order)
        let here = Link(
            "/findings",
            [
                "q": query.text, "status": query.status, "severity": query.severity, "practice": query.practice,
                "account": query.account, "region": query.region, "check": query.check,
                "sort": order == .worst ? nil : order.rawValue,
            ])
        let counts = try store.statusCounts(query, at: request.now)
        let all = counts.filter { $0.key != StoredFinding.gone }.values.reduce(0, +)
        let count = query.status.map { counts[$0, default: 0] } ?? all
        let findings = try store.findings(
            query, at: request.now, of: count, limit: Self.size, offset: (request.pageNumber - 1) * Self.size)
        let muted = try store.muted(among: findings.map(\.id), at: request.now)
        let tabs =
            [Self.tab("All", nil, all, query, here)]
            + Shown.statuses.compactMap { status in
                let count = counts[status, default: 0]
                guard count > 0 || query.status == status || ["fail", "unknown", "pass"].contains(status) else {
                    return nil
                }
                return Self.tab(Shown.words(status), status, count, query, here)
            }
        let severities = Severity.allCases.reversed().map { (value: $0.rawValue, words: $0.rawValue) }
        let practices = Practice.all.map { (value: $0.id, words: "\($0.number). \($0.title)") }
        func choice(
            _ name: String, _ label: String, _ property: Store.FindingProperty, _ chosen: String?
        ) throws -> [String: Any] {
            // Longer lists would be larger than all else on the page: the search finds their entries.
            Choice.model(name, label, try store.values(of: property, limit: 300).map { ($0, $0) }, chosen: chosen)
        }
        let names: [(name: String, value: String?, words: String)] = [
            ("q", query.text, "“\(query.text)”"), ("severity", query.severity, query.severity ?? ""),
            ("practice", query.practice, query.practice.map(Shown.practice) ?? ""),
            ("account", query.account, query.account ?? ""), ("region", query.region, query.region ?? ""),
            ("check", query.check, query.check ?? ""),
        ]
        var model: [String: Any] = [
            "tabs": tabs, "query": query.text, "status": query.status ?? false,
            "sort": order == .worst ? false : order.rawValue,
            "choices": [
                Choice.model("severity", "Severity", severities, chosen: query.severity),
                Choice.model("practice", "Practice", practices, chosen: query.practice),
                try choice("account", "Account", .account, query.account),
                try choice("region", "Region", .region, query.region),
                try choice("check", "Check", .check, query.check),
            ],
            "chips": names.filter { $0.value?.isEmpty == false }.map {
                ["words": $0.words, "path": here.with($0.name, nil).text]
            },
            "count": Figures.count(count, "finding"),
            "isCut": !query.text.isEmpty && counts.values.reduce(0, +) >= FindingQuery.mostMatches,
            "most": Figures.count(FindingQuery.mostMatches),
            "columns": Self.columns.map { title, by -> [String: Any] in
                [
                    "title": title, "isSorted": by == order,
                    "path": by.map { here.with("sort", $0 == .worst ? nil : $0.rawValue).text } ?? false,
                    "direction": by == .changed || by == .worst ? "descending" : "ascending",
                ]
            },
            "rows": findings.map { FindingRow.model($0, request.now, isMuted: muted.contains($0.id)) },
            "hasRows": !findings.isEmpty,
            "pager": Pager.model(here, page: request.pageNumber, size: Self.size, of: count),
            "empty": false,
        ]
        if findings.isEmpty {
            let isFiltered = names.contains { $0.value?.isEmpty == false } || query.status != nil
            model["empty"] =
                [
                    "icon": query.status == "fail" && all > 0 ? "pass" : "none",
                    "title": query.status == "fail" && all > 0 ? "Nothing fails here" : "No findings",
                    "text": isFiltered
                        ? "No finding fulfills all of the conditions above." : "The store holds no findings yet.",
                    "command": isFiltered ? false : "parapet scan --store \(store.path)",
                    "link": isFiltered ? ["path": "/findings", "name": "Show all findings"] : false,
                ] as [String: Any]
        }
        page = Page(template: "findings", title: "Findings", model: model)
    }

    private static let columns: [(String, FindingQuery.Order?)] = [
        ("Status", .worst), ("Severity", nil), ("Finding", .check), ("Resource", .resource), ("Account", .account),
        ("Changed", .changed),
    ]

    private static func tab(
        _ name: String, _ status: String?, _ count: Int, _ query: FindingQuery, _ here: Link
    ) -> [String: Any] {
        [
            "name": name, "count": Figures.count(count), "path": here.with("status", status).text,
            "isCurrent": query.status == status,
        ]
    }

    static let template = """
        {{<frame}}{{$main}}
        <div class="title"><h1>Findings</h1></div>
        <nav class="tabs" aria-label="Statuses">{{#tabs}}<a href="{{.path}}"{{#.isCurrent}} aria-current="page"{{/.isCurrent}}>{{.name}} <span class="count">{{.count}}</span></a>{{/tabs}}</nav>
        <form class="filters" method="get" action="/findings" role="search">
        <label class="wide">Search<input type="search" name="q" value="{{query}}" autocomplete="off" maxlength="400" placeholder="Resource, ARN, message, …"></label>
        {{#choices}}<label>{{.label}}<select name="{{.name}}">{{#.options}}<option value="{{.value}}"{{#.isChosen}} selected{{/.isChosen}}>{{.words}}</option>{{/.options}}</select></label>
        {{/choices}}
        {{#status}}<input type="hidden" name="status" value="{{status}}">{{/status}}{{#sort}}<input type="hidden" name="sort" value="{{sort}}">{{/sort}}
        <button class="primary">Filter</button></form>
        <ul class="chips">{{#chips}}<li><a href="{{.path}}" aria-label="Remove the filter {{.words}}">{{.words}} <span aria-hidden="true">✕</span></a></li>{{/chips}}</ul>
        {{#isCut}}<p class="note">The search ended after {{most}} findings. More words find less.</p>{{/isCut}}
        {{>empty}}
        {{#hasRows}}<div class="card wide-gap"><p class="quiet" id="count">{{count}}</p>
        <table class="items"><thead><tr>{{#columns}}<th scope="col"{{#.isSorted}} aria-sort="{{.direction}}"{{/.isSorted}}>{{#.path}}<a href="{{.}}">{{title}}</a>{{/.path}}{{^.path}}{{title}}{{/.path}}</th>{{/columns}}</tr></thead>
        <tbody>{{#rows}}{{>findingRows}}{{/rows}}</tbody></table>{{>pager}}</div>{{/hasRows}}
        {{/main}}{{/frame}}
        """
}

/// A finding in a list.
enum FindingRow {
    /// - Parameter isMuted: whether it was muted on the dashboard.
    static func model(_ finding: StoredFinding, _ now: Date, isMuted: Bool = false) -> [String: Any] {
        [
            "path": Link.finding(finding.id),
            "title": Shown.cut(finding.title.isEmpty ? finding.check : finding.title, to: 400),
            "message": String(finding.message.prefix(400)), "status": Shown.status(finding.status),
            "severity": Shown.severity(finding.severity, finding.unreadable), "resource": Shown.resource(finding),
            // A name that no address can hold leads to the finding instead.
            "resourcePath": finding.arn.utf8.count > 2_000
                ? Link.finding(finding.id) : Link.resource(finding.arn), "type": finding.resourceType,
            "account": finding.account,
            "region": finding.region, "isMuted": isMuted, "time": Shown.time(finding.changed, now),
        ]
    }

    static let template = """
        <tr><td data-title="Status"><div>{{>status}}{{#.isMuted}}<div class="quiet">muted here</div>{{/.isMuted}}</div></td><td data-title="Severity"><span class="badge {{.severity}}">{{.severity}}</span></td>\
        <td data-title="Finding"><div><a href="{{.path}}">{{.title}}</a><div class="quiet">{{.message}}</div></div></td>\
        <td data-title="Resource"><div><a href="{{.resourcePath}}"><code>{{.resource}}</code></a><div class="quiet">{{.type}}</div></div></td>\
        <td data-title="Account"><div><span class="nowrap">{{.account}}</span><div class="quiet">{{.region}}</div></div></td>\
        <td data-title="Changed" class="nowrap">{{>time}}</td></tr>
        """
}
