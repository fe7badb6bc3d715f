import Basics
import Analytics

extension HuntTable {
    /// All that is known of an alert.
    func details(_ alert: Alert) -> [String] {
        var head = [HuntWords.moment(alert.time)]
        if alert.lastTime != alert.time { head[0] += " to " + HuntWords.moment(alert.lastTime) }
        if let region = alert.region { head.append(region) }
        if let account = alert.account { head.append("account \(account)") }
        if let event = alert.event { head.append("event \(event)") }
        var lines = wrapped(head.joined(separator: " · "), indent: 6)
        let fields = alert.fields.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        for (name, value) in fields { lines += entry(name, value) }
        let evidence = HuntEvidence(alert: alert)
        if let comparison = evidence.comparison { lines += wrapped(comparison, indent: 8) }
        if let sparkline = evidence.sparkline { lines += wrapped(sparkline, indent: 8) }
        for fact in evidence.others { lines += entry(fact.name, HuntEvidence.words(fact.value)) }
        return lines
    }

    private func entry(_ name: String, _ value: String) -> [String] {
        let lines = wrapped("\(name): \(value)", indent: 10)
        return lines.enumerated().map { place, line in place == 0 ? String(line.dropFirst(2)) : line }
    }
}
