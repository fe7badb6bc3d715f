import Analytics
import Basics
import LogReaders

/// The action, the target and the source, as far as alerts of one rule and group have them: for one line of a table.
struct AlertSentence {
    private let alerts: [Alert]

    init(_ alerts: [Alert]) { self.alerts = alerts }

    /// `StopLogging on main from 203.0.113.5`, or `203.0.113.5 → 10.0.0.5:22`; `nil` if the alerts have none of them.
    var text: String? {
        let steps = alerts.flatMap(HuntStep.all)
        let source = Self.joined(alerts.map(\.source) + steps.map(\.source))
        // The action of one step does not belong to the target of another.
        if let calls = Self.joined(steps.map(\.call)) { return calls + (source.map { " from \($0)" } ?? "") }
        let action = Self.joined(alerts.map { $0.field("eventName", "operation") })
        let target = Self.joined(alerts.map(\.target))
        if action == nil, let source, let target { return "\(source) → \(target)" }
        let parts = [action, target.map { "on \($0)" }, source.map { "from \($0)" }].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    /// Up to two values; more are counted.
    private static func joined(_ values: [String?]) -> String? {
        let known = values.compactMap(\.self).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        guard !known.isEmpty else { return nil }
        return known.prefix(2).joined(separator: ", ") + (known.count > 2 ? ", … (\(known.count))" : "")
    }
}

extension Alert {
    fileprivate func field(_ names: String...) -> String? {
        for name in names { if let value = fields[name], !value.isEmpty, value != "-" { return value } }
        return nil
    }

    fileprivate var source: String? {
        if let source = field("sourceIPAddress", "address", "remote_ip", "source", "srcaddr") { return source }
        guard field("peer") == nil else { return field("interface") }
        return topPeer.flatMap { isInbound ? $0 : field("interface") }
    }

    /// The peer with the most traffic of an interface whose transfers are unusual.
    private var topPeer: String? {
        let peers = evidence("top_peers") ?? evidence("top_peers_by_flows")
        guard let peer = peers?.elements?.first, let address = peer["address"]?.text else { return nil }
        return peer["port"].map { "\(address):\($0)" } ?? address
    }

    /// Whether the unusual transfers came in from their peers.
    private var isInbound: Bool {
        field("series").map { $0.hasPrefix("from ") || $0.hasSuffix("inbound") } ?? false
    }

    /// The bucket with its object key, the host with its port, or the target in a call's parameters.
    fileprivate var target: String? {
        if let bucket = field("bucket") { return field("key").map { "\(bucket)/\($0)" } ?? bucket }
        if let host = field("destination", "dstaddr", "peer") {
            return field("port", "dstport").map { "\(host):\($0)" } ?? host
        }
        if let topPeer, let interface = field("interface") { return isInbound ? interface : topPeer }
        guard let text = field("requestParameters"), let parameters = try? JSON(parsing: text) else {
            return field("port").map { "port \($0)" }
        }
        return LogSource.targetParameters.lazy.compactMap { parameters.texts(at: $0.split(separator: ".")[...]) }
            .first { !$0.isEmpty }
    }
}

extension JSON {
    /// The texts at a path, which leads through all elements of arrays; `nil` if there are none.
    fileprivate func texts(at path: ArraySlice<Substring>) -> String? {
        if let elements {
            guard !path.isEmpty else { return nil }
            let found = elements.prefix(20).compactMap { $0.texts(at: path) }
            return found.isEmpty ? nil : found.joined(separator: ", ")
        }
        guard let name = path.first else { return text }
        return self[String(name)]?.texts(at: path.dropFirst())
    }
}
