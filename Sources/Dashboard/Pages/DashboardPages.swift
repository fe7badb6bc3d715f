public import Basics
import Foundation
import Mustache
import Pages
public import Posture
public import Store

/// The pages of the dashboard, made of what the store holds.
public struct DashboardPages: PageSource {
    let store: Store
    /// The checks' descriptions by their identifiers.
    let checks: [String: About]
    let frameworks: [Framework]
    let templates: MustacheLibrary

    /// A framework, and the checks that cover its controls.
    public struct Framework: Sendable {
        public struct Control: Sendable {
            public var id: String
            /// The identifiers of the checks that cover it; empty if none does.
            public var checks: [String]

            public init(id: String, checks: [String]) {
                self.id = id
                self.checks = checks
            }
        }

        /// The name in URLs, such as `cis-5.0`.
        public var id: String
        public var name: String
        /// What the list of controls lacks; `nil` if there is nothing to say.
        public var note: String?
        public var controls: [Control]

        public init(id: String, name: String, note: String? = nil, controls: [Control]) {
            self.id = id
            self.name = name
            self.note = note
            self.controls = controls
        }
    }

    /// - Throws: ``Failure`` if a template is wrong, which is a fault of the program.
    public init(_ store: Store, checks: [About], frameworks: [Framework] = []) throws(Failure) {
        self.store = store
        self.checks = Dictionary(checks.map { ($0.id, $0) }) { first, _ in first }
        self.frameworks = frameworks
        do {
            templates = try PageTemplates.library(Self.pages)
        } catch {
            throw Failure(
                "the pages cannot be made", why: "a template is wrong", advice: "report this as a bug of Parapet",
                cause: error)
        }
    }

    /// The templates of the pages, each by its name.
    static let pages = [
        "front": FrontPage.template, "findings": FindingsPage.template, "finding": FindingPage.template,
        "resource": ResourcePage.template, "accounts": AccountsPage.template, "alerts": AlertsPage.template,
        "alert": AlertPage.template, "integrity": IntegrityPage.template, "access": AccessPage.template,
        "traffic": TrafficPage.template, "responsibility": ResponsibilityPage.template,
        "compliance": CompliancePage.template, "login": LoginPage.template, "problem": ProblemPage.template,
        "findingRows": FindingRow.template, "card": FrontPage.card, "change": ChangeRow.template,
    ]

    public var style: String { "\(PageStyle.css)" }
    public var script: String { DashboardScript.text }

    public func answer(_ request: PageRequest) throws -> PageAnswer? {
        let page: Page?
        switch (request.path.first, request.path.count) {
        case (nil, 0): page = try FrontPage(self, request).page
        case ("findings", 1): page = try FindingsPage(self, request).page
        case ("findings", 2): page = try FindingPage(self, request, request.path[1])?.page
        case ("resource", 1): page = try ResourcePage(self, request)?.page
        case ("accounts", 1): page = try AccountsPage(self, request).page
        case ("alerts", 1): page = try AlertsPage(self, request).page
        case ("alerts", 2): page = try AlertPage(self, request, request.path[1])?.page
        case ("integrity", 1): page = try IntegrityPage(self, request).page
        case ("access", 1): page = try AccessPage(self, request).page
        case ("traffic", 1): page = try TrafficPage(self, request).page
        case ("responsibility", 1): page = try ResponsibilityPage(self, request).page
        case ("compliance", 1): page = try CompliancePage(self, request, nil)?.page
        case ("compliance", 2): page = try CompliancePage(self, request, request.path[1])?.page
        default: page = nil
        }
        guard let page else { return nil }
        var model = page.model
        model["title"] = page.title
        model["viewer"] = request.viewer.name
        model["csrf"] = request.viewer.csrfToken
        model["mayWrite"] = request.viewer.mayWrite
        model["sections"] = try sections(request)
        return PageAnswer(status: 200, html: render(model, page.template))
    }

    public func login(message: String?, csrfToken: String) -> String {
        render(["title": "Log in", "message": message ?? false, "csrf": csrfToken], "login")
    }

    public func problem(_ status: Int, _ text: String) -> String {
        render(["title": ProblemPage.title(status), "status": "\(status)", "text": text], "problem")
    }

    private func render(_ model: [String: Any], _ template: String) -> String {
        var model = model
        model["stylePath"] = stylePath
        model["scriptPath"] = scriptPath
        return VisibleText.of(templates.render(model, withTemplate: template) ?? "")
    }

    /// The navigation, with the numbers that a reader wants to see from every page.
    private func sections(_ request: PageRequest) throws -> [[String: Any]] {
        let open = try store.openAlerts().values.reduce(0, +)
        let here = request.path.first ?? ""
        let names: [(path: String, name: String, count: Int?)] = [
            ("", "Overview", nil), ("findings", "Findings", nil), ("alerts", "Alerts", open > 0 ? open : nil),
            ("accounts", "Accounts", nil), ("integrity", "Log integrity", nil), ("access", "Log access", nil),
            ("traffic", "Traffic", nil), ("responsibility", "Responsibility", nil), ("compliance", "Compliance", nil),
        ]
        return names.map { path, name, count in
            [
                "path": "/\(path)", "name": name, "count": count.map { Figures.count($0) } ?? false,
                "isCurrent": path == here || (path == "findings" && here == "resource"),
            ]
        }
    }
}

/// What a page shows: the name of its template and the values for it.
struct Page {
    var template: String
    var title: String
    var model: [String: Any]
}

/// HTML without characters that deceive a reader. Only text from AWS or logs has any, because templates have none.
enum VisibleText {
    static func of(_ html: String) -> String {
        // Most pages are ASCII, in which only control characters are unsafe.
        let isPlain = html.utf8.allSatisfy { $0 == UInt8(ascii: "\n") || (0x20...0x7E).contains($0) }
        if isPlain { return html }
        guard html.unicodeScalars.contains(where: { $0 != "\n" && $0.isUnsafeToShow }) else { return html }
        return html.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0).withoutUnsafeCharacters }.joined(separator: "\n")
    }
}
