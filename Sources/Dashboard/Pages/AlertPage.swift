import Basics
import Foundation
import Pages
import Reports
import Store

/// An alert with its events, its evidence, and the finding that it belongs to.
struct AlertPage {
    let page: Page

    /// - Returns: `nil` if there is no such alert.
    init?(_ pages: DashboardPages, _ request: PageRequest, _ id: String) throws {
        let (store, now) = (pages.store, request.now)
        guard let alert = try store.alert(id) else { return nil }
        let record = (try? JSON(parsing: alert.record)) ?? .null
        let evidence = record["evidence"]
        let shown = AlertEvidence(
            evidence?.object?.members ?? [], rule: alert.rule,
            lastTime: alert.lastTime.flatMap { Int(exactly: $0.timeIntervalSince1970.rounded(.down)) })
        let finding = try alert.finding.flatMap { try store.finding($0) }
        let steps = (evidence?["steps"]?.elements ?? []).prefix(100).map { step -> [String: Any] in
            let words = HuntStep(step).words
            return ["text": step.text ?? (words.isEmpty ? EvidenceWords.value(step) : words)]
        }
        let fields = Shown.facts(record["fields"])
        let facts = shown.rows.prefix(100).map { ["name": $0.name, "value": Shown.cut($0.words)] as [String: Any] }
        var events: [[String: Any]] = []
        func event(_ date: Date?, _ words: String, _ kind: String) {
            guard let date else { return }
            events.append(["kind": kind, "words": words, "date": date, "time": Shown.time(date, now)])
        }
        event(alert.time, alert.lastTime == alert.time ? "It happened" : "It began", "fail")
        if alert.lastTime != alert.time { event(alert.lastTime, "Its last event", "fail") }
        event(alert.stored, "Parapet raised the alert", "")
        event(alert.acknowledged, "Acknowledged by \(alert.acknowledgedBy ?? "an unnamed person")", "pass")
        events.sort { ($0["date"] as? Date ?? now) < ($1["date"] as? Date ?? now) }
        let picture = shown.picture(named: alert.title)
        page = Page(
            template: "alert", title: alert.title,
            model: [
                "heading": alert.title, "severity": Shown.severity(alert.severity, alert.unreadable),
                "unreadable": Shown.unreadable(alert.unreadable),
                "source": AlertsPage.sources.first { $0.value == alert.source }?.words ?? alert.source,
                "practice": Shown.practice(alert.practice),
                "practicePath": Link("/findings", ["practice": alert.practice]).text, "actor": alert.actor,
                "account": alert.account ?? "not known", "region": alert.region ?? "not known",
                "rule": alert.rule, "rulePath": Link("/alerts", ["rule": alert.rule, "state": "all"]).text,
                "event": alert.event ?? false, "sentence": record["sentence"]?.text ?? record["message"]?.text ?? false,
                "facts": facts, "hasFacts": !facts.isEmpty, "fields": fields, "hasFields": !fields.isEmpty,
                "steps": steps, "hasSteps": !steps.isEmpty, "events": events,
                "drawing": picture?.drawing.model ?? false, "hasDrawing": picture != nil,
                "finding": finding.map { finding -> [String: Any] in
                    [
                        "path": Link.finding(finding.id), "title": finding.title, "message": finding.message,
                        "status": Shown.status(finding.status),
                    ]
                } ?? false,
                "mayAcknowledge": request.viewer.mayWrite && alert.acknowledged == nil,
                "acknowledgePath": Link.alert(id) + "/acknowledge", "back": Link.alert(id),
            ])
    }

    static let template = """
        {{<frame}}{{$main}}
        <p class="trail"><a href="/alerts">Alerts</a> / <a href="{{rulePath}}">the same rule</a></p>
        <div class="title"><h1>{{heading}}</h1></div>
        <p class="title"><span class="badge {{severity}}">{{severity}}</span><span class="quiet">{{account}} · {{region}} · {{source}}</span></p>
        {{#unreadable}}<p class="note">{{unreadable}}</p>{{/unreadable}}
        <div class="two"><div class="stack">
        <section class="card"><h2>Evidence</h2>{{#sentence}}<p class="strong">{{sentence}}</p>{{/sentence}}
        {{#hasDrawing}}<div class="chart-box" role="region" tabindex="0" aria-label="Values over time">{{>drawing}}</div>{{/hasDrawing}}
        {{#hasFacts}}<dl>{{#facts}}<div><dt>{{.name}}</dt><dd><code>{{.value}}</code></dd></div>{{/facts}}</dl>{{/hasFacts}}
        {{^hasFacts}}<p class="quiet">The record itself is the evidence.</p>{{/hasFacts}}</section>
        {{#hasSteps}}<section class="card"><h2>Events</h2><ol class="steps">{{#steps}}<li>{{.text}}</li>{{/steps}}</ol></section>{{/hasSteps}}
        {{#hasFields}}<section class="card"><h2>Fields of the record</h2><dl>{{#fields}}<div><dt>{{.name}}</dt><dd><code>{{.value}}</code></dd></div>{{/fields}}</dl></section>{{/hasFields}}
        </div><div class="stack">
        <section class="card"><h2>Timeline</h2><ol class="steps">{{#events}}<li class="{{.kind}}"><span class="strong">{{.words}}</span> <span class="quiet">{{>time}}</span></li>{{/events}}</ol></section>
        <section class="card"><h2>Who and where</h2><dl><div><dt>Actor</dt><dd><code>{{actor}}</code></dd></div><div><dt>Account</dt><dd>{{account}}</dd></div><div><dt>Region</dt><dd>{{region}}</dd></div>
        {{#event}}<div><dt>Event</dt><dd><code>{{event}}</code></dd></div>{{/event}}<div><dt>Rule</dt><dd><code>{{rule}}</code></dd></div><div><dt>Practice</dt><dd><a href="{{practicePath}}">{{practice}}</a></dd></div></dl></section>
        <section class="card"><h2>Finding</h2>{{#finding}}<div class="line">{{>status}} <a href="{{.path}}">{{.title}}</a></div><p class="quiet">{{.message}}</p>{{/finding}}{{^finding}}<p class="quiet">No finding belongs to this alert.</p>{{/finding}}</section>
        {{#mayAcknowledge}}<form class="card" method="post" action="{{acknowledgePath}}"><input type="hidden" name="csrf" value="{{csrf}}"><input type="hidden" name="back" value="{{back}}"><button class="primary">Acknowledge</button></form>{{/mayAcknowledge}}
        </div></div>
        {{/main}}{{/frame}}
        """
}
