public import Analytics
internal import Basics
internal import LogReaders
internal import LogSources
public import Sigma

/// Makes alerts of matching records. Shared by all workers.
struct RecordAlerts: Sendable {
    let rules: RuleSet
    private let settings: HuntSettings
    /// By the place in `rules.collection.detections`.
    private let about: [Int: AlertRule]
    private let matched: [Int: [String]]
    private let names: RecordFields
    private let numbers: Numbers

    /// The numbers of fields in the list of the rules.
    private struct Numbers: Sendable {
        var time: FieldList.Number
        var event: FieldList.Number?
        var actor: [FieldList.Number]
        var account: [FieldList.Number]
        var region: FieldList.Number?
        /// The fields that alerts are grouped by.
        var grouped: [(name: String, number: FieldList.Number)]
    }

    /// The longest value that an alert shows, in bytes of UTF-8.
    private static let longestValue = 2_000

    /// The fields that are read of each record: those of the rules, and those that alerts are counted by.
    let fields: FieldList

    init(_ rules: RuleSet, _ settings: HuntSettings) {
        self.rules = rules
        self.settings = settings
        names = RecordFields(rules.source)
        about = Dictionary(
            uniqueKeysWithValues: rules.detections.map {
                ($0, AlertRule(rules.collection.detections[$0].about, .rule))
            })
        matched = Dictionary(
            uniqueKeysWithValues: rules.detections.map { ($0, rules.collection.detections[$0].predicate.fields) })
        var fields = rules.fields
        let names = names
        let own: Set<String> = ["actor", "account", "region", "event"]
        numbers = Numbers(
            time: fields.number(of: names.time), event: names.event.map { fields.number(of: $0) },
            actor: names.actor.map { fields.number(of: $0) }, account: names.account.map { fields.number(of: $0) },
            region: names.region.map { fields.number(of: $0) },
            grouped: settings.groupBy.filter { !own.contains($0) }.map { ($0, fields.number(of: $0)) })
        self.fields = fields
    }

    /// The record's time, in seconds since 1970; `nil` if it cannot be read.
    func time(of event: some LogEvent) -> Int? {
        switch event.value(of: numbers.time) {
        case .text(let text), .number(let text): Moment(log: text)?.seconds
        default: nil
        }
    }

    /// An alert that is complete enough to be counted.
    /// - Parameter place: in `rules.collection.detections`.
    func brief(_ place: Int, _ event: some LogEvent) -> Alert {
        let rule = about[place] ?? AlertRule(rules.collection.detections[place].about, .rule)
        var alert = Alert(
            rule: rule.id, title: rule.title, event: numbers.event.flatMap { event.value(of: $0).shownText },
            time: time(of: event) ?? 0, severity: rule.severity,
            account: numbers.account.lazy.compactMap { event.value(of: $0).shownText }.first,
            region: numbers.region.flatMap { event.value(of: $0).shownText },
            actor: numbers.actor.lazy.compactMap { event.value(of: $0).shownText }.first ?? "(unknown)",
            practice: rule.practice)
        for (name, number) in numbers.grouped {
            alert.fields[name] = event.value(of: number).shownText.map { Self.shown($0, of: name) }
        }
        return alert
    }

    /// Adds the fields that an alert shows: the usual ones, those that the rule names, and those of its condition.
    /// - Parameter value: returns the record's value of a field.
    func complete(_ alert: inout Alert, _ place: Int, in file: LogFile, _ value: (String) -> String?) {
        let rule = rules.collection.detections[place]
        for name in names.shown + rule.about.fields + (matched[place] ?? []) where alert.fields[name] == nil {
            alert.fields[name] = value(name).map { Self.shown($0, of: name) }
        }
        alert.evidence = [.init("file", .string(file.name))]
    }

    private static func shown(_ text: String, of path: String) -> String {
        let text = SecretFields.shown(text, of: path)
        return text.utf8.count <= longestValue ? text : text.prefix(longestValue) + "…"
    }
}

extension AlertRule {
    public init(_ about: RuleMetadata, _ kind: Kind) {
        let severity = about.level.flatMap { Severity(rawValue: $0.rawValue) } ?? .medium
        self.init(
            id: about.identifier, title: about.title, kind: kind, severity: severity,
            practice: about.practices.first ?? "", summary: about.description ?? "", techniques: about.techniques,
            references: about.references, falsePositives: about.falsePositives)
    }
}
