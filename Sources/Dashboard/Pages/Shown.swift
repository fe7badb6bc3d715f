import Basics
import Foundation
import Store

/// Values as templates show them. A missing value is `false`, so that a section of it is left out.
enum Shown {
    /// The values of the template `status`.
    static func status(_ status: String) -> [String: Any] {
        ["kind": kinds.contains(status) ? status : "none", "words": words(status)]
    }

    /// A state that is no status of a finding, by one of their shapes.
    static func mark(_ kind: String, _ words: String) -> [String: Any] { ["kind": kind, "words": words] }

    private static let kinds: Set<String> = ["fail", "pass", "unknown", "manual", "muted", "notApplicable", "gone"]

    /// A status as people read it.
    static func words(_ status: String) -> String {
        switch status {
        case "fail": "Failing"
        case "pass": "Passing"
        case "unknown": "Not determined"
        case "manual": "Manual review"
        case "muted": "Muted"
        case "notApplicable": "Not applicable"
        case "gone": "Resource gone"
        default: status
        }
    }

    /// The statuses in the order of lists.
    static let statuses = ["fail", "unknown", "manual", "muted", "pass", "notApplicable", "gone"]

    /// The values of the template `time`: `2 hours ago` for the last days, else the date.
    static func time(_ date: Date?, _ now: Date) -> Any {
        guard let date else { return false }
        return ["iso": Moment(date).date.rfc3339, "words": ago(date, now)]
    }

    /// `2 hours ago`, `in 3 days`, `2026-01-01 10:00`
    static func ago(_ date: Date, _ now: Date) -> String {
        let seconds = now.timeIntervalSince(date)
        let size = seconds.magnitude
        let words: String
        switch size {
        case ..<60: return seconds >= 0 ? "just now" : "in a moment"
        case ..<3_600: words = Figures.count(Int(size / 60), "minute")
        case ..<86_400: words = Figures.count(Int(size / 3_600), "hour")
        case ..<(14 * 86_400): words = Figures.count(Int(size / 86_400), "day")
        default:
            let seconds = Moment(date).seconds
            return Figures.stretch(seconds, seconds)
        }
        return seconds >= 0 ? "\(words) ago" : "in \(words)"
    }

    static func practice(_ id: String) -> String { Practice(id: id)?.title ?? (id.isEmpty ? "None" : id) }

    /// One line of text for a value of evidence.
    static func text(_ value: JSON) -> String { value.isNull ? "none" : cut(value.text ?? value.description) }

    /// The resource of a finding, as pages name it. An account has no ARN.
    static func resource(_ finding: StoredFinding) -> String {
        let name = finding.name ?? finding.resource
        return cut(finding.resourceType == "AWS::::Account" ? "Account \(finding.account)" : name, to: 400)
    }

    /// The beginning of a text, short enough for a page.
    static func cut(_ text: String, to limit: Int = 4_000) -> String {
        text.utf8.count > limit ? text.prefix(limit) + "…" : text
    }

    /// Facts of an object as rows of a list.
    static func facts(_ value: JSON?) -> [[String: Any]] {
        (value?.object?.members ?? []).filter { !$0.value.isNull }.prefix(100).map {
            ["name": EvidenceWords.label($0.name), "value": text($0.value)]
        }
    }

    /// A severity as a word, and as the class of its color: `unknown` if the store holds none that can be read.
    static func severity(_ severity: Severity, _ unreadable: String?) -> String {
        unreadable?.split(separator: ", ").contains("severity") == true ? "unknown" : severity.rawValue
    }

    /// What is said about values of a row that cannot be read.
    static func unreadable(_ names: String?) -> Any {
        names.map { "The store holds values that cannot be read: \($0)." } ?? false
    }
}

/// A path with a query.
struct Link {
    var path: String
    var query: [(name: String, value: String)]

    init(_ path: String, _ query: KeyValuePairs<String, String?> = [:]) {
        self.path = path
        self.query = query.compactMap { name, value in value.map { (name, $0) } }.filter { !$0.value.isEmpty }
    }

    /// The same with another value of a parameter; `nil` removes it.
    func with(_ name: String, _ value: String?) -> Link {
        var link = self
        link.query.removeAll { $0.name == name }
        if let value, !value.isEmpty { link.query.append((name, value)) }
        return link
    }

    var text: String {
        let pairs = query.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
        return path + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
    }

    static func finding(_ id: String) -> String { "/findings/" + PercentEncoding.encode(id) }
    static func alert(_ id: String) -> String { "/alerts/" + PercentEncoding.encode(id) }
    static func resource(_ arn: String) -> String { Link("/resource", ["arn": arn]).text }
}

extension PageRequest {
    /// The value of a parameter; `nil` if it is missing or empty. Of several, the last counts.
    func parameter(_ name: String) -> String? {
        query.last { $0.name == name }.flatMap { $0.value.isEmpty ? nil : String($0.value.prefix(400)) }
    }

    /// The number of a page, from 1.
    var pageNumber: Int { min(100_000, max(1, parameter("page").flatMap(Int.init) ?? 1)) }
}

/// The links to the neighbors of a page of a list.
enum Pager {
    static func model(_ link: Link, page: Int, size: Int, of count: Int) -> Any {
        guard count > size || page > 1 else { return false }
        let (first, last) = ((page - 1) * size + 1, min(count, page * size))
        let words =
            first <= last
            ? "\(Figures.count(first)) to \(Figures.count(last)) of \(Figures.count(count))"
            : "Behind the last of \(Figures.count(count))"
        func to(_ page: Int) -> String { link.with("page", page > 1 ? "\(page)" : nil).text }
        return [
            "words": words, "first": page > 2 ? to(1) : false, "previous": page > 1 ? to(page - 1) : false,
            "next": page * size < count ? to(page + 1) : false,
        ] as [String: Any]
    }
}

/// A choice of a filter.
enum Choice {
    /// The options of a `select`: all, then the values.
    static func model(
        _ name: String, _ label: String, _ values: [(value: String, words: String)], chosen: String?
    ) -> [String: Any] {
        var values = values
        if let chosen, !values.contains(where: { $0.value == chosen }) { values.append((chosen, chosen)) }
        return [
            "name": name, "label": label,
            "options": [["value": "", "words": "All", "isChosen": chosen == nil] as [String: Any]]
                + values.map { ["value": $0.value, "words": $0.words, "isChosen": $0.value == chosen] },
        ]
    }
}
