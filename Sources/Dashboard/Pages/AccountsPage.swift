import Basics
import Foundation
import Store

/// Accounts and Regions in a matrix, with the failing findings of each.
struct AccountsPage {
    let page: Page
    /// The number of cells of one page.
    private static let most = 600

    private struct Cell {
        var fail = 0, unknown = 0, pass = 0, muted = 0, other = 0
        var state: String {
            if fail > 0 { return "fail" }
            if unknown > 0 { return "unknown" }
            return pass > 0 ? "pass" : muted > 0 ? "muted" : "notApplicable"
        }
    }

    init(_ pages: DashboardPages, _ request: PageRequest) throws {
        var cells: [String: [String: Cell]] = [:]
        var regions: Set<String> = []
        for count in try pages.store.placeCounts(at: request.now) {
            regions.insert(count.region)
            var cell = cells[count.account]?[count.region] ?? Cell()
            switch count.status {
            case "fail": cell.fail += count.count
            case "unknown": cell.unknown += count.count
            case "pass": cell.pass += count.count
            case "muted": cell.muted += count.count
            default: cell.other += count.count
            }
            cells[count.account, default: [:]][count.region] = cell
        }
        // Global findings come first, then the Regions in which most fails: the others may be out of sight.
        let failing = regions.reduce(into: [:]) { sums, region in
            sums[region] = cells.values.reduce(0) { $0 + ($1[region]?.fail ?? 0) }
        }
        let columns = regions.sorted { one, other in
            (one.contains("-") ? 1 : 0, -(failing[one] ?? 0), one)
                < (other.contains("-") ? 1 : 0, -(failing[other] ?? 0), other)
        }
        let accounts = cells.keys.sorted { one, other in
            let sums = [one, other].map { cells[$0]?.values.reduce(0) { $0 + $1.fail } ?? 0 }
            return (sums[1], one) < (sums[0], other)
        }
        let size = max(10, Self.most / max(1, columns.count))
        let rows = accounts.dropFirst((request.pageNumber - 1) * size).prefix(size).map { account -> [String: Any] in
            let sum = cells[account]?.values.reduce(0) { $0 + $1.fail } ?? 0
            return [
                "account": account, "path": Link("/findings", ["account": account]).text,
                "sum": Figures.count(sum),
                "cells": columns.map { region -> [String: Any] in
                    guard let cell = cells[account]?[region] else { return ["has": false] }
                    let count: String =
                        switch cell.state {
                        case "fail": Figures.count(cell.fail)
                        case "unknown": Figures.count(cell.unknown)
                        default: ""
                        }
                    let words =
                        "\(region): \(cell.fail) failing, \(cell.unknown) not determined, \(cell.pass) passing"
                        + (cell.muted > 0 ? ", \(cell.muted) muted" : "")
                    let status = ["fail", "unknown", "pass", "muted"].contains(cell.state) ? cell.state : nil
                    return [
                        "has": true, "kind": cell.state, "count": count, "words": words,
                        "path": Link("/findings", ["account": account, "region": region, "status": status]).text,
                    ]
                },
            ]
        }
        page = Page(
            template: "accounts", title: "Accounts",
            model: [
                "columns": columns, "rows": rows, "hasRows": !rows.isEmpty,
                "summary":
                    "\(Figures.count(accounts.count, "account")), \(Figures.count(columns.count { $0.contains("-") }, "Region"))",
                "pager": Pager.model(Link("/accounts"), page: request.pageNumber, size: size, of: accounts.count),
                "empty": rows.isEmpty
                    ? [
                        "icon": "none", "title": "No account was scanned",
                        "text": "Accounts and Regions appear here after a scan into the store.",
                        "command": "parapet scan --store \(pages.store.path)", "link": false,
                    ] as [String: Any] : false,
            ])
    }

    static let template = """
        {{<frame}}{{$main}}
        <h1>Accounts and Regions</h1><p class="quiet">{{summary}}</p>
        {{>empty}}
        {{#hasRows}}<div class="card wide-gap"><div class="scroll" role="region" aria-label="Failing findings by account and Region" tabindex="0"><table class="matrix"><thead><tr><th scope="col">Account</th><th scope="col" class="number">Failing</th>{{#columns}}<th scope="col">{{.}}</th>{{/columns}}</tr></thead>
        <tbody>{{#rows}}<tr><th scope="row"><a href="{{.path}}">{{.account}}</a></th><td class="number strong">{{.sum}}</td>{{#.cells}}<td>{{#.has}}<a class="{{kind}}" href="{{path}}" aria-label="{{words}}"><span class="status"><svg class="icon" aria-hidden="true"><use href="#s-{{kind}}"/></svg>{{count}}</span></a>{{/.has}}</td>{{/.cells}}</tr>{{/rows}}</tbody></table></div>
        {{>pager}}
        <ul class="legend"><li><svg class="icon fail" aria-hidden="true"><use href="#s-fail"/></svg>failing, with their number</li><li><svg class="icon unknown" aria-hidden="true"><use href="#s-unknown"/></svg>not determined</li><li><svg class="icon pass" aria-hidden="true"><use href="#s-pass"/></svg>nothing fails</li><li><svg class="icon" aria-hidden="true"><use href="#s-muted"/></svg>only muted findings</li><li><svg class="icon" aria-hidden="true"><use href="#s-notApplicable"/></svg>nothing to examine</li></ul></div>{{/hasRows}}
        {{/main}}{{/frame}}
        """
}
