public import Analytics
internal import Basics
internal import LogReaders
internal import LogSources
public import Sigma

/// Makes alerts from matching records. Shared by all workers.
final class RecordAlerts: Sendable {
    let rules: RuleSet
    private let settings: HuntSettings
    /// An alert of each rule without values from a record, by the rule's place in `rules.collection.detections`.
    private let emptyAlerts: [Alert?]
    /// The fields that alerts show, by the place of the rule.
    private let shown: [Int: [String]]
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
        /// The fields of each value that alerts are grouped by. The first of them that a record has is used.
        var key: [[FieldList.Number]]
    }

    /// The longest value that an alert shows, in bytes of UTF-8.
    private static let longestValue = 2_000

    /// The fields that are read of each record: the fields of the rules, and the fields by which alerts are counted.
    let fields: FieldList

    init(_ rules: RuleSet, _ settings: HuntSettings) {
        self.rules = rules
        self.settings = settings
        names = RecordFields(rules.source)
        var emptyAlerts = [Alert?](repeating: nil, count: rules.collection.detections.count)
        for place in rules.detections { emptyAlerts[place] = Self.empty(rules.collection.detections[place]) }
        self.emptyAlerts = emptyAlerts
        let names = names
        shown = Dictionary(
            uniqueKeysWithValues: rules.detections.map { place in
                let rule = rules.collection.detections[place]
                var seen: Set<String> = []
                return (
                    place, (names.shown + rule.about.fields + rule.predicate.fields).filter { seen.insert($0).inserted }
                )
            })
        var fields = rules.fields
        let own: Set<String> = ["actor", "account", "region", "event"]
        var numbers = Numbers(
            time: fields.number(of: names.time), event: names.event.map { fields.number(of: $0) },
            actor: names.actor.map { fields.number(of: $0) }, account: names.account.map { fields.number(of: $0) },
            region: names.region.map { fields.number(of: $0) },
            grouped: settings.groupBy.filter { !own.contains($0) }.map { ($0, fields.number(of: $0)) }, key: [])
        for name in settings.groupBy {
            switch name {
            case "actor": numbers.key.append(numbers.actor)
            case "account": numbers.key.append(numbers.account)
            case "region": numbers.key.append(numbers.region.map { [$0] } ?? [])
            case "event": numbers.key.append(numbers.event.map { [$0] } ?? [])
            default: numbers.key.append([fields.number(of: name)])
            }
        }
        self.fields = fields
        self.numbers = numbers
    }

    /// The fields by which alerts are counted.
    var countedFields: [FieldList.Number] {
        [numbers.time] + [numbers.event, numbers.region].compactMap(\.self) + numbers.actor + numbers.account
            + numbers.grouped.map(\.number)
    }

    /// The fields that alerts of a rule show.
    func shownFields(_ place: Int) -> [String] { shown[place] ?? [] }

    /// All fields that alerts show.
    var allShown: Set<String> { Set(shown.values.joined()) }

    /// The record's time, in seconds since 1970; `nil` if it cannot be read.
    func time(of event: some LogEvent) -> Int? {
        switch event.value(of: numbers.time) {
        case .text(let text), .number(let text): Moment(log: text)?.seconds
        default: nil
        }
    }

    /// An alert that is complete enough to be counted; it may hold secrets.
    /// - Parameter place: the rule's place in `rules.collection.detections`.
    func brief(_ place: Int, _ event: some LogEvent) -> Alert {
        var alert = empty(place)
        let time = time(of: event)
        (alert.time, alert.lastTime, alert.hasTime) = (time ?? 0, time ?? 0, time != nil)
        alert.event = numbers.event.flatMap { event.value(of: $0).shownText }
        alert.account = numbers.account.lazy.compactMap { event.value(of: $0).shownText }.first
        alert.region = numbers.region.flatMap { event.value(of: $0).shownText }
        if let actor = numbers.actor.lazy.compactMap({ event.value(of: $0).actorText }).first {
            alert.actor = actor
        }
        for (name, number) in numbers.grouped {
            alert.fields[name] = event.value(of: number).shownText
        }
        return alert
    }

    /// An alert of the rule without values from a record.
    func empty(_ place: Int) -> Alert { emptyAlerts[place] ?? Self.empty(rules.collection.detections[place]) }

    private static func empty(_ rule: DetectionRule) -> Alert {
        let rule = AlertRule(rule.about, .rule)
        return Alert(
            rule: rule.id, title: rule.title, time: 0, severity: rule.severity, actor: "(unknown)",
            practice: rule.practice)
    }

    /// Calls `body` with the values that alerts are grouped by, each with a zero behind it. This and ``identity(of:)``
    /// read nothing else of a record and allocate nothing, because a rule can match every second one.
    func withKey(of event: some LogEvent, _ body: (Bytes) -> Void) {
        if numbers.key.count == 1, case .text(let text) = firstValue(numbers.key[0], event) {
            return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count + 1) { key in
                _ = key.update(fromContentsOf: text)
                key[text.count] = 0
                body(Bytes(key))
            }
        }
        var key: [UInt8] = []
        for fields in numbers.key {
            switch firstValue(fields, event) {
            case .text(let bytes), .number(let bytes): key += bytes
            case let value: key += (value.shownText ?? "").utf8
            }
            key.append(0)
        }
        key.withUnsafeBufferPointer(body)
    }

    /// The value of the first of some fields that the record has.
    private func firstValue(_ fields: [FieldList.Number], _ event: some LogEvent) -> FieldValue {
        for field in fields {
            switch event.value(of: field) {
            case .absent, .null: continue
            case let value: return value
            }
        }
        return .absent
    }

    /// The event's identifier; `nil` if it has none.
    func identity(of event: some LogEvent) -> Bytes? {
        guard let number = numbers.event else { return nil }
        switch event.value(of: number) {
        case .text(let bytes), .number(let bytes): return bytes.isEmpty ? nil : bytes
        default: return nil
        }
    }

    /// The brief alert without secrets.
    static func hidden(_ alert: Alert) -> Alert {
        var alert = alert
        alert.actor = shown(alert.actor, of: "actor")
        for (name, text) in alert.fields { alert.fields[name] = shown(text, of: name) }
        return alert
    }

    /// A value by which a brief alert is grouped, without secrets: see ``Alert/groupValue(_:)``.
    static func hidden(_ value: String, of name: String) -> String {
        ["account", "region", "event"].contains(name) ? value : shown(value, of: name)
    }

    /// The alert with the fields that it shows: the usual fields, the rule's `fields`, and the fields of its condition.
    func complete(_ alert: Alert, _ values: [String: String]) -> Alert {
        var alert = Self.hidden(alert)
        for (name, text) in values where alert.fields[name] == nil { alert.fields[name] = Self.shown(text, of: name) }
        return alert
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
            references: about.references, falsePositives: about.falsePositives, response: about.response ?? "")
    }
}
