import Basics
import Foundation
import Store

/// The list of alerts, with filters in the URL.
struct AlertsPage {
    let page: Page
    static let size = 50

    init(_ pages: DashboardPages, _ request: PageRequest) throws {
        let store = pages.store
        let state = request.parameter("state") ?? "open"
        var query = AlertQuery(
            isAcknowledged: state == "open" ? false : state == "acknowledged" ? true : nil,
            severity: request.parameter("severity"), practice: request.parameter("practice"),
            source: request.parameter("source"), rule: request.parameter("rule"), text: request.parameter("q") ?? "")
        let here = Link(
            "/alerts",
            [
                "q": query.text, "severity": query.severity, "practice": query.practice, "source": query.source,
                "rule": query.rule, "state": state == "open" ? nil : state,
            ])
        let count = try store.alertCount(query)
        let alerts = try store.alerts(query, limit: Self.size, offset: (request.pageNumber - 1) * Self.size)
        var tabs: [[String: Any]] = []
        for (name, value) in [("Open", "open"), ("Acknowledged", "acknowledged"), ("All", "all")] {
            query.isAcknowledged = value == "open" ? false : value == "acknowledged" ? true : nil
            tabs.append([
                "name": name, "count": Figures.count(try store.alertCount(query)),
                "path": here.with("state", value == "open" ? nil : value).text, "isCurrent": value == state,
            ])
        }
        let isFiltered =
            ![query.severity, query.practice, query.source, query.rule].allSatisfy { $0 == nil } || !query.text.isEmpty
        page = Page(
            template: "alerts", title: "Alerts",
            model: [
                "tabs": tabs, "query": query.text, "state": state == "open" ? false : state,
                "choices": [
                    Choice.model(
                        "severity", "Severity", Severity.allCases.reversed().map { ($0.rawValue, $0.rawValue) },
                        chosen: query.severity),
                    Choice.model(
                        "practice", "Practice", Practice.all.map { ($0.id, "\($0.number). \($0.title)") },
                        chosen: query.practice),
                    Choice.model("source", "Log", Self.sources, chosen: query.source),
                ],
                "rule": query.rule ?? false, "withoutRule": here.with("rule", nil).text,
                "count": Figures.count(count, "alert"), "rows": alerts.map { Self.row($0, request.now) },
                "hasRows": !alerts.isEmpty,
                "pager": Pager.model(here, page: request.pageNumber, size: Self.size, of: count),
                "empty": alerts.isEmpty
                    ? [
                        "icon": "pass", "title": state == "open" && !isFiltered ? "No alert is open" : "No alerts",
                        "text": isFiltered
                            ? "No alert fulfills all of the conditions above."
                            : "Alerts come from parapet watch, and from hunts and verifications with --store.",
                        "command": false,
                        "link": isFiltered ? ["path": "/alerts", "name": "Show all open alerts"] : false,
                    ] as [String: Any] : false,
            ])
    }

    static let sources = [
        (value: "cloudtrail", words: "CloudTrail"), (value: "s3-access", words: "S3 server access"),
        (value: "vpc-flow", words: "VPC flow logs"), (value: "verify", words: "Log integrity"),
    ]

    /// An alert in a list.
    static func row(_ alert: StoredAlert, _ now: Date) -> [String: Any] {
        [
            "path": Link.alert(alert.id), "title": alert.title,
            "severity": Shown.severity(alert.severity, alert.unreadable),
            "actor": alert.actor, "account": alert.account ?? "", "region": alert.region ?? "",
            "source": sources.first { $0.value == alert.source }?.words ?? alert.source,
            "time": Shown.time(alert.time ?? alert.stored, now), "isAcknowledged": alert.acknowledged != nil,
        ]
    }

    static let template = """
        {{<frame}}{{$main}}
        <h1>Alerts</h1>
        <nav class="tabs" aria-label="States">{{#tabs}}<a href="{{.path}}"{{#.isCurrent}} aria-current="page"{{/.isCurrent}}>{{.name}} <span class="count">{{.count}}</span></a>{{/tabs}}</nav>
        <form class="filters" method="get" action="/alerts" role="search">
        <label class="wide">Search<input type="search" name="q" value="{{query}}" autocomplete="off" maxlength="400" placeholder="Title, actor, rule, account"></label>
        {{#choices}}<label>{{.label}}<select name="{{.name}}">{{#.options}}<option value="{{.value}}"{{#.isChosen}} selected{{/.isChosen}}>{{.words}}</option>{{/.options}}</select></label>
        {{/choices}}
        {{#state}}<input type="hidden" name="state" value="{{state}}">{{/state}}{{#rule}}<input type="hidden" name="rule" value="{{rule}}">{{/rule}}
        <button class="primary">Filter</button></form>
        {{#rule}}<ul class="chips"><li><a href="{{withoutRule}}" aria-label="Remove the filter of the rule">rule {{rule}} <span aria-hidden="true">✕</span></a></li></ul>{{/rule}}
        {{>empty}}
        {{#hasRows}}<div class="card wide-gap"><p class="quiet">{{count}}</p>
        <table class="items"><thead><tr><th scope="col">Severity</th><th scope="col">Alert</th><th scope="col">Actor</th><th scope="col">Log</th><th scope="col">Account</th><th scope="col">Time</th></tr></thead>
        <tbody>{{#rows}}<tr><td data-title="Severity"><span class="badge {{.severity}}">{{.severity}}</span></td><td data-title="Alert"><div><a href="{{.path}}">{{.title}}</a>{{#.isAcknowledged}}<div class="quiet">acknowledged</div>{{/.isAcknowledged}}</div></td><td data-title="Actor"><code>{{.actor}}</code></td><td data-title="Log">{{.source}}</td><td data-title="Account"><div>{{.account}}<div class="quiet">{{.region}}</div></div></td><td data-title="Time" class="nowrap">{{>time}}</td></tr>
        {{/rows}}</tbody></table>{{>pager}}</div>{{/hasRows}}
        {{/main}}{{/frame}}
        """
}
