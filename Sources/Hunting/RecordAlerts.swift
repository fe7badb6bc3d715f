public import Analytics
internal import Basics
internal import LogReaders
internal import LogSources
public import Sigma

/// Makes alerts from matching records. Shared by all workers.
struct RecordAlerts: Sendable {
    let rules: RuleSet
    private let settings: HuntSettings
    /// The rules, by their place in `rules.collection.detections`.
    private let about: [Int: AlertRule]
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
    }

    /// The longest value that an alert shows, in bytes of UTF-8.
    private static let longestValue = 2_000

    /// The fields that are read of each record: the fields of the rules, and the fields by which alerts are counted.
    let fields: FieldList

    init(_ rules: RuleSet, _ settings: HuntSettings) {
        self.rules = rules
        self.settings = settings
        names = RecordFields(rules.source)
        about = Dictionary(
            uniqueKeysWithValues: rules.detections.map {
                ($0, AlertRule(rules.collection.detections[$0].about, .rule))
            })
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
        numbers = Numbers(
            time: fields.number(of: names.time), event: names.event.map { fields.number(of: $0) },
            actor: names.actor.map { fields.number(of: $0) }, account: names.account.map { fields.number(of: $0) },
            region: names.region.map { fields.number(of: $0) },
            grouped: settings.groupBy.filter { !own.contains($0) }.map { ($0, fields.number(of: $0)) })
        self.fields = fields
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
        if let actor = numbers.actor.lazy.compactMap({ event.value(of: $0).shownText }).first {
            alert.actor = actor
        }
        for (name, number) in numbers.grouped {
            alert.fields[name] = event.value(of: number).shownText
        }
        return alert
    }

    /// An alert of the rule without values from a record.
    func empty(_ place: Int) -> Alert {
        let rule = about[place] ?? AlertRule(rules.collection.detections[place].about, .rule)
        return Alert(
            rule: rule.id, title: rule.title, time: 0, severity: rule.severity, actor: "(unknown)",
            practice: rule.practice)
    }

    /// The bytes of the values that alerts are grouped by. This and ``identity(of:_:_:)`` read nothing else of a
    /// record, because a rule can match every second one.
    func key(of event: some LogEvent) -> [UInt8] {
        var key: [UInt8] = []
        key.reserveCapacity(96)
        func add(_ numbers: [FieldList.Number]) {
            for number in numbers {
                switch event.value(of: number) {
                case .absent, .null: continue
                case .text(let bytes), .number(let bytes): key.append(contentsOf: bytes)
                case let value: key.append(contentsOf: (value.shownText ?? "").utf8)
                }
                break
            }
            key.append(0)
        }
        for name in settings.groupBy {
            switch name {
            case "actor": add(numbers.actor)
            case "account": add(numbers.account)
            case "region": add(numbers.region.map { [$0] } ?? [])
            case "event": add(numbers.event.map { [$0] } ?? [])
            default: add(numbers.grouped.filter { $0.name == name }.map(\.number))
            }
        }
        return key
    }

    /// A hash that is equal for alerts of one kind about the same event; `nil` if the event has no identifier.
    /// - Parameters:
    ///   - kind: the kind of the alert.
    ///   - record: distinguishes the records that share the event's identifier.
    func identity(of event: some LogEvent, _ kind: AlertLedger.KindNumber, _ record: Int) -> Int? {
        guard let number = numbers.event else { return nil }
        switch event.value(of: number) {
        case .text(let bytes), .number(let bytes):
            guard !bytes.isEmpty else { return nil }
            var hasher = Hasher()
            hasher.combine(kind)
            hasher.combine(record)
            hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
            return hasher.finalize()
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
