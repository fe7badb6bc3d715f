import Analytics

/// The evidence of an alert in words.
struct HuntEvidence {
    let alert: Alert

    /// Observed, expected and band: what the analytics say first.
    var comparison: String? {
        guard let observed = alert.evidence("observed").flatMap(amount) else { return nil }
        var parts = ["observed \(observed)"]
        if let expected = alert.evidence("expected").flatMap(amount) { parts.append("expected \(expected)") }
        if let band { parts.append("usual \(amount(band.lower)) to \(amount(band.upper))") }
        return parts.joined(separator: ", ") + unit
    }

    /// What is usual, where it was said.
    var band: (lower: Double, upper: Double)? {
        guard case .list(let limits) = alert.evidence("band"), limits.count == 2, let lower = limits[0].amount,
            let upper = limits[1].amount
        else { return nil }
        return (lower, upper)
    }

    /// The values over time, at most the last 200.
    var history: [Double] {
        guard case .list(let values) = alert.evidence("history") else { return [] }
        return values.suffix(200).compactMap(\.amount).filter(\.isFinite)
    }

    var picture: HistoryPicture? { HistoryPicture(history, usual: band, name: comparison ?? "") }

    var sparkline: String? {
        guard case .text(let marks) = alert.evidence("sparkline"), !marks.isEmpty else { return nil }
        return marks
    }

    /// What is not said by ``comparison``, ``sparkline`` and ``history``.
    var others: [Alert.Evidence] {
        let said: Set<String> =
            alert.evidence("observed") == nil
            ? ["sparkline", "history"] : ["observed", "expected", "band", "unit", "sparkline", "history"]
        return alert.evidence.filter { !said.contains($0.name) }
    }

    /// One short line: the comparison, else the first simple facts.
    var short: String? {
        if let comparison { return comparison }
        let facts = others.compactMap { fact -> String? in
            switch fact.value {
            case .list, .object: nil
            default: "\(fact.name) \(Self.words(fact.value))"
            }
        }
        return facts.isEmpty ? nil : facts.prefix(4).joined(separator: ", ")
    }

    /// A value on one line. Of a list at most so many elements are named.
    static func words(_ value: EvidenceValue, limit: Int = 10) -> String {
        switch value {
        case .text(let text): return text
        case .count(let count): return HuntWords.count(count)
        case .number(let number): return HuntWords.decimal(number)
        case .flag(let flag): return flag ? "yes" : "no"
        case .list(let elements):
            let isNested = elements.contains { if case .object = $0 { true } else { false } }
            let rest = elements.count > limit ? ["and \(HuntWords.count(elements.count - limit)) more"] : []
            return (elements.prefix(limit).map { words($0, limit: limit) } + rest)
                .joined(separator: isNested ? "; " : ", ")
        case .object(let members):
            return members.map { member in
                // A port or a number of an account is a name, not an amount.
                if case .count(let count) = member.value, member.name.hasSuffix("port") {
                    return "\(member.name) \(count)"
                }
                return "\(member.name) \(words(member.value, limit: limit))"
            }.joined(separator: ", ")
        }
    }

    private var countsBytes: Bool {
        guard case .text(let unit) = alert.evidence("unit") else { return false }
        return unit.hasPrefix("bytes")
    }

    private var unit: String {
        guard case .text(let unit) = alert.evidence("unit") else { return "" }
        guard countsBytes else { return " " + unit }
        return String(unit.dropFirst("bytes".count))
    }

    private func amount(_ value: EvidenceValue) -> String? { value.amount.map(amount) }

    private func amount(_ amount: Double) -> String {
        countsBytes && amount.magnitude < 1e18 ? HuntWords.bytes(Int(amount)) : HuntWords.decimal(amount)
    }
}

extension EvidenceValue {
    fileprivate var amount: Double? {
        switch self {
        case .count(let count): Double(count)
        case .number(let number) where number.isFinite: number
        default: nil
        }
    }
}
