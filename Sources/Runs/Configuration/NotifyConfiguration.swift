import AWSClient
import Basics
import Foundation
public import Notifiers
import Yams

/// The section `notify` of the configuration file: notifiers by name.
public struct NotifyConfiguration: Sendable {
    static let key = "notify"

    public var notifiers: [Notifier] = []
    /// The address of the dashboard, without a slash at its end, for links in messages; `nil` for messages without.
    public var link: String?

    public init() {}

    /// - Throws: `YAMLFile.Problem` with the line of what cannot be used.
    init(_ node: Node) throws {
        for (name, value) in try YAMLFile.entries(node) {
            // A notifier is a mapping, so that one can have this name too.
            if name == "link", value.mapping == nil {
                link = try Self.link(value)
                continue
            }
            guard !name.isEmpty, name.utf8.count <= 64, name.unicodeScalars.allSatisfy({ !$0.isUnsafeToShow }) else {
                throw YAMLFile.Problem(
                    value, "the name of a notifier is not usable", "use a short name, such as on-call")
            }
            guard !notifiers.contains(where: { $0.name == name }) else {
                throw YAMLFile.Problem(value, "the notifier '\(name)' is there more than once", "rename one of them")
            }
            notifiers.append(try NotifierEntry(name, value).notifier())
        }
    }

    private static func link(_ node: Node) throws -> String {
        let text = try YAMLFile.text(node, "link")
        let isPlain = text.utf8.allSatisfy {
            (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || "-._~:/%[]".utf8.contains($0)
        }
        guard isPlain, text.utf8.count <= 400, let url = URL(string: text), ["https", "http"].contains(url.scheme),
            url.host()?.isEmpty == false
        else {
            throw YAMLFile.Problem(
                node, "link is not the address of a page",
                "write it as https://parapet.example.com, without a query or a user")
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}

/// The settings of one notifier, as they are read.
private struct NotifierEntry {
    let name: String
    let node: Node
    let type: ReceiverSettings.Kind
    private let values: [String: Node]

    init(_ name: String, _ node: Node) throws {
        (self.name, self.node) = (name, node)
        values = Dictionary(try YAMLFile.entries(node).map { ($0.name, $0.value) }) { $1 }
        let types = ReceiverSettings.Kind.allCases.map(\.rawValue)
        guard let typeNode = values["type"] else {
            throw YAMLFile.Problem(
                node, in: node, lacks: ["type"], "the notifier '\(name)' has no type", "use one of " + types.listed)
        }
        let text = try YAMLFile.text(typeNode, "type")
        guard let type = ReceiverSettings.Kind(rawValue: text) else {
            throw YAMLFile.Problem(typeNode, "unknown type '\(text)' of a notifier", "use one of " + types.listed)
        }
        self.type = type
        let known = Self.common + Self.own[type, default: []]
        for (name, value) in try YAMLFile.entries(node) where !known.contains(name) {
            if Self.secretWords.contains(name) { throw Self.clearSecret(value, name) }
            throw YAMLFile.unknown(name, in: node, " of a \(type.rawValue) notifier", among: known)
        }
    }

    private static let common = [
        "type", "severity", "practices", "accounts", "kinds", "quiet-hours", "group-for", "rate", "resolve",
    ]
    private static let own: [ReceiverSettings.Kind: [String]] = [
        .webhook: ["url", "secret"], .slack: ["url"], .teams: ["url"], .pagerDuty: ["key", "url"], .sns: ["topic"],
        .ses: ["from", "to", "region", "configuration-set"], .securityHub: ["region"],
    ]
    private static let secretWords: Set = ["password", "token", "api-key", "apikey", "routing-key"]

    func notifier() throws -> Notifier {
        var notifier = Notifier(name, try receiver())
        if let value = values["severity"] { notifier.severity = try Self.severity(value, "severity") }
        if let value = values["practices"] { notifier.practices = try Self.practices(value) }
        if let value = values["accounts"] {
            notifier.accounts = Set(try Self.entries(value, "accounts").map { try YAMLFile.accountID($0, "accounts") })
        }
        if let value = values["kinds"] {
            notifier.topics = Set(
                try Self.entries(value, "kinds").map { entry in
                    try Self.choice(entry, "kinds", NoticeTopic.self)
                })
        }
        if let value = values["quiet-hours"] { notifier.quietHours = try Self.quietHours(value) }
        if let value = values["group-for"] {
            notifier.groupSeconds = try Self.number(value, "group-for", Notifier.groupSecondsRange, "seconds")
            if type == .pagerDuty, notifier.groupSeconds > 0 {
                throw YAMLFile.Problem(
                    value, "PagerDuty takes one event a message, so group-for has no effect",
                    "remove it; PagerDuty groups alerts itself")
            }
        }
        if let value = values["rate"] {
            notifier.rate = try Self.number(value, "rate", Notifier.rateRange, "messages a minute")
        }
        if let value = values["resolve"] {
            guard let flag = value.bool else {
                throw YAMLFile.Problem(value, "resolve is neither true nor false", "use true or false")
            }
            notifier.tellsResolved = flag
            if flag, notifier.topics == [.alerts] {
                throw YAMLFile.Problem(
                    value, "resolve is about findings and integrity, which kinds excludes",
                    "add one of them to kinds, or remove resolve")
            }
        }
        return notifier
    }

    private func receiver() throws -> ReceiverSettings {
        switch type {
        case .stdout: return .stdout
        case .webhook:
            return .webhook(
                address: try address(isSecret: false),
                secret: try values["secret"].map { try Self.secret($0, "secret") })
        case .slack: return .slack(address: try address(isSecret: true))
        case .teams: return .teams(address: try address(isSecret: true))
        case .pagerDuty:
            let address = try values["url"].map { try Self.plainAddress($0) }
            return .pagerDuty(
                key: try Self.secret(try required("key"), "key"), address: address ?? ReceiverSettings.pagerDutyAddress)
        case .sns:
            let value = try required("topic")
            let text = try YAMLFile.text(value, "topic")
            guard let arn = ARN(text), arn.service == "sns", !arn.region.isEmpty, !arn.resource.isEmpty,
                !arn.resource.contains(":")
            else {
                throw YAMLFile.Problem(
                    value, "topic is not the ARN of an SNS topic", "write it as arn:aws:sns:REGION:ACCOUNT:NAME")
            }
            return .sns(topic: text)
        case .ses:
            let to = try required("to")
            let receivers = try to.scalar == nil ? Self.entries(to, "to") : [to]
            // Source: Amazon SES Developer Guide, "Service quotas": recipients for each message.
            guard receivers.count <= 50 else {
                throw YAMLFile.Problem(to, "to has more than 50 recipients", "use a mailing list")
            }
            return .ses(
                from: try Self.mailbox(try required("from"), "from"),
                to: try receivers.map { try Self.mailbox($0, "to") },
                region: try Self.region(try required("region")),
                configurationSet: try values["configuration-set"].map { try YAMLFile.text($0, "configuration-set") })
        case .securityHub: return .securityHub(region: try values["region"].map { try Self.region($0) })
        }
    }

    private func required(_ setting: String) throws -> Node {
        guard let value = values[setting] else {
            throw YAMLFile.Problem(
                node, in: node, lacks: [setting], "the notifier '\(name)' has no \(setting)",
                "add it; docs/notify.md shows how")
        }
        return value
    }

    // MARK: - Secrets

    /// The address of a webhook. That of Slack or Teams lets anyone send, so it is a secret.
    private func address(isSecret: Bool) throws -> SecretPlace {
        let value = try required("url")
        return value.scalar == nil || isSecret ? try Self.secret(value, "url") : .plain(try Self.plainAddress(value))
    }

    private static func plainAddress(_ node: Node) throws -> String {
        let text = try YAMLFile.text(node, "url")
        guard !text.contains("?"), !text.contains("@") else { throw clearSecret(node, "url with a query or a user") }
        do throws(Failure) {
            _ = try HTTPRequest(to: text, from: "url")
        } catch {
            throw YAMLFile.Problem(node, "\(error.what): \(error.why)", error.advice)
        }
        return text
    }

    private static func secret(_ node: Node, _ setting: String) throws -> SecretPlace {
        guard node.mapping != nil else { throw clearSecret(node, setting) }
        let places = try YAMLFile.entries(node)
        guard places.count == 1, let (kind, value) = places.first else {
            throw YAMLFile.Problem(node, "\(setting) does not name one place", "use environment: NAME or file: PATH")
        }
        let text = try YAMLFile.text(value, kind)
        switch kind {
        case "environment":
            guard let first = text.utf8.first, !(0x30...0x39).contains(first),
                text.utf8.allSatisfy({ (0x61...0x7A).contains($0 | 0x20) || $0 == 0x5F || (0x30...0x39).contains($0) })
            else {
                // The text may be the secret itself, so it is not shown.
                throw YAMLFile.Problem(
                    value, "environment is not the name of a variable", "use a name such as SLACK_URL")
            }
            return .environment(text)
        case "file":
            guard text.hasPrefix("/") else {
                throw YAMLFile.Problem(
                    value, "file is not an absolute path", "use a path such as /etc/parapet/slack-url")
            }
            return .file(text)
        default:
            throw YAMLFile.Problem(
                value, "unknown place '\(kind)' of \(setting)", "use environment: NAME or file: PATH")
        }
    }

    private static func clearSecret(_ node: Node, _ setting: String) -> YAMLFile.Problem {
        YAMLFile.Problem(
            node, "the \(setting) is a secret and must not be in this file",
            "put it into a file or variable: {file: PATH} or {environment: NAME}")
    }

    // MARK: - Values

    private static func quietHours(_ node: Node) throws -> QuietHours {
        let names = ["from", "to", "days", "time-zone", "except"]
        var values: [String: Node] = [:]
        for (name, value) in try YAMLFile.entries(node) {
            guard names.contains(name) else {
                throw YAMLFile.unknown(name, in: node, " in quiet-hours", among: names)
            }
            values[name] = value
        }
        guard let from = values["from"], let to = values["to"], let zone = values["time-zone"] else {
            throw YAMLFile.Problem(
                node, in: node, lacks: ["from", "to", "time-zone"], "quiet-hours lacks from, to or time-zone",
                "add all three")
        }
        let zoneName = try YAMLFile.text(zone, "time-zone")
        guard let timeZone = timeZone(zoneName) else {
            throw YAMLFile.Problem(
                zone, "unknown time-zone '\(zoneName)'", "use a name such as Europe/Berlin, or an offset such as +02:00"
            )
        }
        var hours = QuietHours(
            from: try minutes(from, "from", upTo: 1_439), to: try minutes(to, "to", upTo: 1_440), in: timeZone)
        if hours.end == 0 { hours.end = 1_440 }
        if let days = values["days"] {
            hours.days = Set(try entries(days, "days").map { try choice($0, "days", QuietHours.Weekday.self) })
        }
        if let except = values["except"] {
            let text = try YAMLFile.text(except, "except")
            hours.exception = text == "none" ? nil : try severity(except, "except")
        }
        guard !hours.isEndless else {
            throw YAMLFile.Problem(node, "quiet-hours never end", "shorten them, or remove the notifier")
        }
        return hours
    }

    /// A time of day as minutes after midnight.
    private static func minutes(_ node: Node, _ name: String, upTo last: Int) throws -> Int {
        // Yams keeps the text, which YAML 1.1 would read as a number of base 60.
        let text = try YAMLFile.text(node, name)
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ (1...2).contains($0.utf8.count) }), parts[1].utf8.count == 2,
            let hour = UInt8(parts[0]), let minute = UInt8(parts[1]), minute < 60,
            case let minutes = Int(hour) * 60 + Int(minute), minutes <= last
        else { throw YAMLFile.Problem(node, "\(name) is not a time of day", "use a time such as \"22:00\"") }
        return minutes
    }

    /// A time zone by its IANA name, or by its offset from UTC.
    private static func timeZone(_ name: String) -> TimeZone? {
        if name == "UTC" || name == "Z" { return TimeZone(secondsFromGMT: 0) }
        if let sign = name.first, sign == "+" || sign == "-" {
            let parts = name.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
            // Source: IANA time zone database: offsets are from -12:00 to +14:00.
            guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hours = UInt8(parts[0]),
                let minutes = UInt8(parts[1]), hours <= 14, minutes < 60
            else { return nil }
            return TimeZone(secondsFromGMT: (sign == "-" ? -1 : 1) * (Int(hours) * 3600 + Int(minutes) * 60))
        }
        return name.contains("/") ? TimeZone(identifier: name) : nil
    }

    private static func practices(_ node: Node) throws -> Set<String> {
        Set(
            try entries(node, "practices").map { entry in
                let text = try YAMLFile.text(entry, "an entry of practices")
                guard Practice(id: text) != nil else {
                    throw YAMLFile.Problem(
                        entry, "unknown practice '\(text)'", "use one of " + Practice.all.map(\.id).listed)
                }
                return text
            })
    }

    private static func severity(_ node: Node, _ name: String) throws -> Severity {
        try choice(node, name, Severity.self)
    }

    private static func choice<Value: RawRepresentable<String> & CaseIterable>(
        _ node: Node, _ name: String, _ type: Value.Type
    ) throws -> Value {
        let text = try YAMLFile.text(node, name)
        guard let value = Value(rawValue: text) else {
            throw YAMLFile.Problem(
                node, "'\(text)' is no value of \(name)", "use one of " + Value.allCases.map(\.rawValue).listed)
        }
        return value
    }

    private static func number(
        _ node: Node, _ name: String, _ range: ClosedRange<Int>, _ unit: String
    ) throws -> Int {
        guard let number = node.int, range.contains(number) else {
            throw YAMLFile.Problem(
                node, "\(name) is not a number from \(range.lowerBound) to \(range.upperBound)",
                "use a whole number of \(unit)")
        }
        return number
    }

    /// The entries of a list that is not empty: an empty one would mean all, which nobody intends.
    private static func entries(_ node: Node, _ name: String) throws -> [Node] {
        let entries = try YAMLFile.list(node, name)
        guard !entries.isEmpty else {
            throw YAMLFile.Problem(node, "\(name) is an empty list", "remove it to apply to all")
        }
        return entries
    }

    private static func region(_ node: Node) throws -> String {
        let text = try YAMLFile.text(node, "region")
        do throws(Failure) {
            try Region.check(text, from: "region")
        } catch {
            throw YAMLFile.Problem(node, "\(error.what): \(error.why)", error.advice)
        }
        return text
    }

    /// An e-mail address, also with a name: `Parapet <parapet@example.com>`.
    private static func mailbox(_ node: Node, _ name: String) throws -> String {
        let text = try YAMLFile.text(node, name)
        let address = text.hasSuffix(">") ? text.split(separator: "<").last.map { $0.dropLast() } ?? "" : text[...]
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[1].contains("."), !address.contains(" "),
            text.unicodeScalars.allSatisfy({ $0.isASCII && !$0.isUnsafeToShow }), text.utf8.count <= 320
        else {
            throw YAMLFile.Problem(
                node, "\(name) is not an e-mail address", "use an address such as security@example.com")
        }
        return text
    }
}

extension [String] {
    fileprivate var listed: String { joined(separator: ", ") }
}
