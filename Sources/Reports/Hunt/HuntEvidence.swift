import Basics
import Analytics
import Pages

/// The evidence of an alert in words.
struct HuntEvidence {
    let alert: Alert

    /// The observed value, the expected value and the normal range, which are the main evidence of the analytics.
    var comparison: String? {
        guard let observed = alert.evidence("observed").flatMap(amount) else { return nil }
        var parts = ["observed \(observed)"]
        if let expected = alert.evidence("expected").flatMap(amount) { parts.append("expected \(expected)") }
        let range = band.map { " (normal range \(amount($0.lower)) to \(amount($0.upper)))" } ?? ""
        return parts.joined(separator: ", ") + unit + range
    }

    /// The normal range, if the evidence has it.
    var band: (lower: Double, upper: Double)? {
        guard let limits = alert.evidence("band")?.elements, limits.count == 2, let lower = limits[0].double,
            let upper = limits[1].double
        else { return nil }
        return (lower, upper)
    }

    /// The values over time, at most the last 200.
    var history: [Double] {
        alert.evidence("history")?.elements?.suffix(200).compactMap(\.double) ?? []
    }

    var picture: HistoryPicture? {
        let isFlow = alert.rule.hasPrefix("flow-")
        // Transfers are in bytes if the evidence has no unit, and their histories have a value for every hour.
        let unit = alert.evidence("unit")?.text ?? (isFlow ? "bytes" : "")
        let isBytes = unit.hasPrefix("bytes")
        return HistoryPicture(
            history, usual: [band.map { .init(lower: $0.lower, upper: $0.upper) }],
            unit: String(unit.prefix { $0 != " " }),
            lastHour: isFlow && alert.hasTime ? alert.lastTime / 3_600 : nil, name: comparison ?? ""
        ) { isBytes ? Figures.bytes($0) : Figures.decimal($0) }
    }

    var sparkline: String? {
        guard let marks = alert.evidence("sparkline")?.text, !marks.isEmpty else { return nil }
        return marks
    }

    /// The events of a correlation, each in a sentence.
    var steps: [String] { HuntStep.all(of: alert).map(\.words) }

    /// The evidence that is not part of ``comparison``, ``sparkline``, ``history`` and ``steps``.
    var others: [JSON.Object.Member] {
        let said: Set<String> =
            alert.evidence("observed") == nil
            ? ["sparkline", "history", "steps"]
            : ["steps", "observed", "expected", "band", "unit", "sparkline", "history"]
        return alert.evidence.filter { !said.contains($0.name) }
    }

    /// One short line: the comparison, else the first simple facts.
    var short: String? {
        if let comparison { return comparison }
        let facts = others.compactMap { fact -> String? in
            switch fact.value {
            case .array, .object: nil
            default: "\(EvidenceWords.label(fact.name)) \(EvidenceWords.value(fact.value))"
            }
        }
        return facts.isEmpty ? nil : facts.prefix(4).joined(separator: ", ")
    }

    private var countsBytes: Bool {
        alert.evidence("unit")?.text?.hasPrefix("bytes") == true
    }

    private var unit: String {
        guard let unit = alert.evidence("unit")?.text else { return "" }
        guard countsBytes else { return " " + unit }
        return String(unit.dropFirst("bytes".count))
    }

    private func amount(_ value: JSON) -> String? { value.double.map(amount) }

    private func amount(_ amount: Double) -> String {
        countsBytes ? Figures.bytes(amount) : Figures.decimal(amount)
    }
}
