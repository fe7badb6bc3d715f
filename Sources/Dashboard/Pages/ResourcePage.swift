import Basics
import Foundation
import Store

/// A resource with all of its findings and their history.
struct ResourcePage {
    let page: Page

    /// - Returns: `nil` if no finding is about the resource.
    init?(_ pages: DashboardPages, _ request: PageRequest) throws {
        let (store, now) = (pages.store, request.now)
        guard let arn = request.query.last(where: { $0.name == "arn" })?.value, !arn.isEmpty,
            let first = try store.findings(ofResource: arn, limit: 1).first
        else { return nil }
        let findings = try store.findings(ofResource: arn, limit: 200)
        let changes = try store.changes(ofResource: arn, limit: 60)
        page = Page(
            template: "resource", title: first.name ?? first.resource,
            model: [
                "name": first.name ?? first.resource, "arn": arn, "type": first.resourceType,
                "account": first.account, "region": first.region,
                "accountPath": Link("/findings", ["account": first.account]).text,
                "count": Figures.count(findings.count, "finding"),
                "rows": findings.map { FindingRow.model($0, now) },
                "history": changes.map { change, title in
                    ChangeRow.model(change, title: "\(title): \(Shown.words(change.after).lowercased())", now)
                },
            ])
    }

    static let template = """
        {{<frame}}{{$main}}
        <p class="trail"><a href="/findings">Findings</a> / <a href="{{accountPath}}">{{account}}</a> / {{region}}</p>
        <h1>{{name}}</h1><p class="quiet">{{type}} · <code>{{arn}}</code></p>
        <section class="card wide-gap"><h2>{{count}}</h2><table class="items"><thead><tr><th scope="col">Status</th><th scope="col">Severity</th><th scope="col">Finding</th><th scope="col">Resource</th><th scope="col">Account</th><th scope="col">Changed</th></tr></thead><tbody>{{#rows}}{{>findingRows}}{{/rows}}</tbody></table></section>
        <section class="card wide-gap"><h2>History</h2><ol class="steps">{{#history}}{{>change}}{{/history}}</ol>{{^history}}<p class="quiet">No change is stored.</p>{{/history}}</section>
        {{/main}}{{/frame}}
        """
}
