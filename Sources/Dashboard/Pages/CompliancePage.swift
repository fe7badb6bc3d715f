import Basics
import Foundation
import Pages
import Posture
import Store

/// Frameworks, and the state of a framework's controls.
struct CompliancePage {
    let page: Page

    /// - Parameter id: the framework; `nil` for the first one.
    /// - Returns: `nil` if no framework has that ID.
    init?(_ pages: DashboardPages, _ request: PageRequest, _ id: String?) throws {
        let counts = try pages.store.checkCounts(at: request.now)
        func state(_ control: DashboardPages.Framework.Control) -> String {
            let statuses = control.checks.flatMap { (counts[$0] ?? [:]).filter { $0.value > 0 }.keys }
            return ["fail", "unknown", "manual", "muted", "pass", "notApplicable"].first(where: statuses.contains)
                ?? "none"
        }
        let chosen = id.map { id in pages.frameworks.first { $0.id == id } } ?? pages.frameworks.first
        if id != nil, chosen == nil { return nil }
        let cards = pages.frameworks.map { framework -> [String: Any] in
            var sums: [String: Int] = [:]
            for control in framework.controls where !control.checks.isEmpty { sums[state(control), default: 0] += 1 }
            let covered = framework.controls.count { !$0.checks.isEmpty }
            let order = ["fail", "unknown", "manual", "muted", "pass", "notApplicable"]
            let bar = StatusBar.drawing(order.map { ($0, sums[$0] ?? 0) }).model
            return [
                "name": framework.name, "path": "/compliance/" + PercentEncoding.encode(framework.id),
                "isCurrent": framework.id == chosen?.id,
                "words": "\(Figures.count(sums["pass"] ?? 0)) of \(Figures.count(covered, "control")) pass",
                "drawing": bar,
            ]
        }
        let controls = (chosen?.controls ?? []).map { control -> [String: Any] in
            let state = state(control)
            let status =
                control.checks.isEmpty
                ? Shown.mark("notApplicable", "Not covered")
                : state == "none" ? Shown.mark("none", "Not examined") : Shown.status(state)
            let checks = control.checks.map { check -> [String: Any] in
                let failing = counts[check]?["fail"] ?? 0
                let words: Any = failing > 0 ? "\(Figures.count(failing)) failing" : false
                return [
                    "title": pages.checks[check]?.title ?? check,
                    "path": Link("/findings", ["check": check]).text, "failing": words,
                ]
            }
            return ["id": control.id, "status": status, "checks": checks]
        }
        page = Page(
            template: "compliance", title: chosen.map { "\($0.name)" } ?? "Compliance",
            model: [
                "frameworks": cards, "name": chosen?.name ?? "Compliance", "controls": controls,
                "hasControls": !controls.isEmpty, "note": chosen?.note ?? false,
                "empty": pages.frameworks.isEmpty
                    ? [
                        "icon": "none", "title": "No framework is known",
                        "text": "This dashboard was started without one.",
                        "command": false, "link": false,
                    ] as [String: Any] : false,
            ])
    }

    static let template = """
        {{<frame}}{{$main}}
        <h1>Compliance</h1><p class="quiet">The state of each framework's controls that Parapet's checks cover. A control without a check needs other evidence.</p>
        {{>empty}}
        <ul class="practices wide-gap">{{#frameworks}}<li><h3><a href="{{.path}}"{{#.isCurrent}} aria-current="page"{{/.isCurrent}}>{{.name}}</a></h3><span class="quiet">{{.words}}</span>{{>drawing}}</li>{{/frameworks}}</ul>
        {{#hasControls}}<section class="card wide-gap"><h2>{{name}}</h2>{{#note}}<p class="quiet">{{.}}</p>{{/note}}<table class="cards"><thead><tr><th scope="col">Control</th><th scope="col">State</th><th scope="col">Checks</th></tr></thead><tbody>{{#controls}}<tr><td data-title="Control" class="strong">{{.id}}</td><td data-title="State">{{>status}}</td><td data-title="Checks"><div>{{#.checks}}<div><a href="{{.path}}">{{.title}}</a>{{#.failing}} <span class="fail">{{.}}</span>{{/.failing}}</div>{{/.checks}}</div></td></tr>{{/controls}}</tbody></table></section>{{/hasControls}}
        {{/main}}{{/frame}}
        """
}
