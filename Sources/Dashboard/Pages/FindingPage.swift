import Basics
import Foundation
import Posture
import Store

/// A finding: its evidence, why it matters, how it is fixed, and its history.
struct FindingPage {
    let page: Page

    /// - Returns: `nil` if there is no such finding.
    init?(_ pages: DashboardPages, _ request: PageRequest, _ id: String) throws {
        let (store, now) = (pages.store, request.now)
        guard let finding = try store.finding(id) else { return nil }
        let record = (try? JSON(parsing: finding.record)) ?? .null
        let about = pages.checks[finding.check]
        let mute = try store.mute(of: id, at: now)
        let changes = try store.changes(of: id).prefix(50)
        let evidence = (record["evidence"]?.elements ?? []).prefix(100).map { fact -> [String: Any] in
            [
                "fact": fact["fact"]?.text ?? "fact", "value": fact["value"].map { Shown.text($0) } ?? "",
                // What Parapet derives has no call that shows it.
                "source": fact["source"]?.text.flatMap { $0 == "derived" ? nil : $0 } ?? false,
                "command": fact["command"]?.text ?? false,
            ]
        }
        let references = (about?.controls ?? []).map { reference -> [String: Any] in
            ["name": reference.description, "address": reference.address ?? false]
        }
        page = Page(
            template: "finding", title: finding.title.isEmpty ? finding.check : finding.title,
            model: [
                "heading": finding.title.isEmpty ? finding.check : finding.title, "message": finding.message,
                "status": Shown.status(finding.status),
                "severity": Shown.severity(finding.severity, finding.unreadable),
                "unreadable": Shown.unreadable(finding.unreadable),
                "resource": finding.name ?? finding.resource, "resourceID": finding.resource, "arn": finding.arn,
                "resourcePath": Link.resource(finding.arn), "type": finding.resourceType, "account": finding.account,
                "region": finding.region, "check": finding.check, "id": id,
                "practice": Shown.practice(finding.practice),
                "practicePath": Link("/findings", ["practice": finding.practice]).text,
                "checkPath": Link("/findings", ["check": finding.check]).text,
                "reason": record["reason"]?.text ?? false, "permission": record["permission"]?.text ?? false,
                "evidence": evidence, "hasEvidence": !evidence.isEmpty, "risk": about?.risk ?? false,
                "judges": about.flatMap { $0.judges.isEmpty ? nil : $0.judges } ?? false,
                "remedy": about?.remedy ?? false, "references": references, "hasReferences": !references.isEmpty,
                "sources": about.flatMap { $0.sources.isEmpty ? nil : $0.sources.joined(separator: "; ") } ?? false,
                "plan": finding.hasFix && finding.status == "fail"
                    ? "parapet fix plan --check \(finding.check) --resource \(Self.quoted(finding.arn)) --output plan.json"
                    : false,
                "first": ["time": Shown.time(finding.firstSeen, now)],
                "last": ["time": Shown.time(finding.lastSeen, now)],
                "changed": ["time": Shown.time(finding.changed, now)],
                "resolved": finding.resolved.map { ["time": Shown.time($0, now)] } ?? false,
                "history": changes.map { ChangeRow.model($0, title: Shown.words($0.after), now) },
                "alerts": try store.alerts(ofFinding: id).map { AlertsPage.row($0, now) },
                "mute": mute.map { mute -> [String: Any] in
                    [
                        "reason": mute.reason, "by": mute.by, "since": Shown.ago(mute.since, now),
                        "until": mute.until.map { Shown.ago($0, now) } ?? false,
                    ]
                } ?? false,
                "mayMute": request.viewer.mayWrite && mute == nil
                    && ["fail", "unknown", "manual"].contains(finding.status),
                "mayUnmute": request.viewer.mayWrite && mute != nil,
                "mutePath": Link.finding(id) + "/mute", "unmutePath": Link.finding(id) + "/unmute",
                "back": Link.finding(id),
            ])
    }

    /// An argument of a shell's command.
    private static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_.:/@=+,".utf8.contains(byte)
            }
        }
        return isPlain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }

    static let template = """
        {{<frame}}{{$main}}
        <p class="trail"><a href="/findings">Findings</a> / <a href="{{practicePath}}">{{practice}}</a></p>
        <div class="title"><h1>{{heading}}</h1></div>
        <p class="title">{{>status}}<span class="badge {{severity}}">{{severity}}</span><span class="quiet">{{account}} · {{region}} · <a href="{{resourcePath}}"><code>{{resource}}</code></a></span></p>
        {{#unreadable}}<p class="note">{{unreadable}}</p>{{/unreadable}}
        <div class="two"><div class="stack">
        <section class="card"><h2>What was found</h2><p class="strong">{{message}}</p>
        {{#reason}}<p>{{reason}}</p>{{/reason}}{{#permission}}<p>Missing permission: <code>{{permission}}</code></p>{{/permission}}
        {{#hasEvidence}}<h3 class="wide-gap">Evidence</h3><dl>{{#evidence}}<div><dt>{{.fact}}</dt><dd><code>{{.value}}</code>{{#.source}}<div class="quiet">seen through <code>{{.}}</code></div>{{/.source}}{{#.command}}<details><summary class="quiet">Read it again</summary><pre><code>{{.}}</code></pre></details>{{/.command}}</dd></div>{{/evidence}}</dl>{{/hasEvidence}}
        {{^hasEvidence}}<p class="quiet">The finding has no evidence beyond its message.</p>{{/hasEvidence}}</section>
        <section class="card"><h2>Why it matters</h2>{{#risk}}<p>{{risk}}</p>{{/risk}}{{^risk}}<p class="quiet">This version of Parapet does not know the check.</p>{{/risk}}
        {{#judges}}<h3 class="wide-gap">How it is decided</h3><p>{{judges}}</p>{{/judges}}</section>
        <section class="card"><h2>Fix</h2>{{#remedy}}<p>{{remedy}}</p>{{/remedy}}{{#plan}}<p class="quiet">Parapet can plan the change. The plan changes nothing until a person applies it on the command line.</p><pre><code>{{plan}}</code></pre>{{/plan}}</section>
        </div><div class="stack">
        <section class="card"><h2>Life</h2><dl>
        <div><dt>First seen</dt><dd>{{#first}}{{>time}}{{/first}}</dd></div><div><dt>Last seen</dt><dd>{{#last}}{{>time}}{{/last}}</dd></div>
        <div><dt>Status since</dt><dd>{{#changed}}{{>time}}{{/changed}}</dd></div>{{#resolved}}<div><dt>Resolved</dt><dd>{{>time}}</dd></div>{{/resolved}}
        <div><dt>Resource</dt><dd>{{type}}<br><code>{{arn}}</code></dd></div><div><dt>Check</dt><dd><a href="{{checkPath}}"><code>{{check}}</code></a></dd></div>
        {{#hasReferences}}<div><dt>Also known as</dt><dd>{{#references}}{{#.address}}<a href="{{.}}" rel="noopener noreferrer">{{name}}</a>{{/.address}}{{^.address}}{{name}}{{/.address}} {{/references}}</dd></div>{{/hasReferences}}
        {{#sources}}<div><dt>Sources</dt><dd>{{sources}}</dd></div>{{/sources}}</dl></section>
        <section class="card"><h2>History</h2><ol class="steps">{{#history}}{{>change}}{{/history}}</ol>{{^history}}<p class="quiet">No change is stored.</p>{{/history}}</section>
        <section class="card"><h2>Alerts about it</h2>{{^alerts}}<p class="quiet">No alert belongs to this finding.</p>{{/alerts}}<ul class="list">{{#alerts}}<li><div class="line"><span class="badge {{.severity}}">{{.severity}}</span><a href="{{.path}}">{{.title}}</a><span class="quiet">{{>time}}</span></div></li>{{/alerts}}</ul></section>
        {{#mute}}<section class="card"><h2>Muted</h2><p>{{.reason}}</p><p class="quiet">by {{.by}}, {{.since}}{{#.until}}, ends {{.}}{{/.until}}</p></section>{{/mute}}
        {{#mayUnmute}}<form class="card" method="post" action="{{unmutePath}}"><input type="hidden" name="csrf" value="{{csrf}}"><input type="hidden" name="back" value="{{back}}"><button>End the mute</button></form>{{/mayUnmute}}
        {{#mayMute}}<section class="card"><h2>Accept the risk</h2><form method="post" action="{{mutePath}}"><input type="hidden" name="csrf" value="{{csrf}}"><input type="hidden" name="back" value="{{back}}">
        <label class="wide">Reason<input name="reason" required maxlength="500"></label><label>Days (empty: no end)<input name="days" type="number" min="1" max="3650"></label><button>Mute</button></form></section>{{/mayMute}}
        </div></div>
        {{/main}}{{/frame}}
        """
}

/// A change of a status in a history.
enum ChangeRow {
    static func model(_ change: FindingChange, title: String, _ now: Date) -> [String: Any] {
        [
            "kind": change.after, "title": title, "path": Link.finding(change.finding), "message": change.message,
            "after": Shown.words(change.after), "before": change.before.map { Shown.words($0).lowercased() } ?? false,
            "time": Shown.time(change.time, now),
        ]
    }

    static let template = """
        <li class="{{.kind}}"><span class="strong">{{.title}}</span>{{#.before}} <span class="quiet">before: {{.}}</span>{{/.before}} <span class="quiet">· {{>time}}</span><div class="quiet">{{.message}}</div></li>
        """
}
