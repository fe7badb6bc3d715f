public import Basics
public import Pages

/// The evidence of an alert in words and as a picture: of a hunt's alert, and of a stored one.
public struct AlertEvidence {
    private let members: [JSON.Object.Member]
    private let isFlow: Bool
    private let lastHour: Int?

    /// - Parameters:
    ///   - members: the members of `evidence` in the JSON report.
    ///   - rule: the identifier of the alert's rule.
    ///   - lastTime: the time of the alert's last record, in seconds since 1970; `nil` if there is none.
    public init(_ members: [JSON.Object.Member], rule: String, lastTime: Int?) {
        self.members = members
        // Transfers have a value for every hour.
        isFlow = rule.hasPrefix("flow-")
        lastHour = isFlow ? lastTime.map { $0 / 3_600 } : nil
    }

    private func member(_ name: String) -> JSON? { members.first { $0.name == name }?.value }

    /// The observed value, the expected value and the normal range, which are the main evidence of the analytics.
    public var comparison: String? {
        guard let observed = member("observed")?.double else { return nil }
        var parts = ["observed \(amount(observed))"]
        if let expected = member("expected")?.double { parts.append("expected \(amount(expected))") }
        let range = band.map { " (normal range \(amount($0.lower)) to \(amount($0.upper)))" } ?? ""
        return parts.joined(separator: ", ") + unitBehind + range
    }

    /// The normal range, if the evidence has it.
    private var band: (lower: Double, upper: Double)? {
        guard let limits = member("band")?.elements, limits.count == 2, let lower = limits[0].double,
            let upper = limits[1].double
        else { return nil }
        return (lower, upper)
    }

    /// The history with the normal range; `nil` if the evidence has no history that can be drawn.
    /// - Parameter name: what a screen reader says.
    public func picture(named name: String) -> HistoryPicture? {
        // Transfers are in bytes if the evidence has no unit.
        let unit = unit ?? (isFlow ? "bytes" : "")
        let isBytes = unit.hasPrefix("bytes")
        return HistoryPicture(
            member("history")?.elements?.suffix(200).compactMap(\.double) ?? [],
            usual: [band.map { .init(lower: $0.lower, upper: $0.upper) }], unit: String(unit.prefix { $0 != " " }),
            lastHour: lastHour, name: name
        ) { isBytes ? Figures.bytes($0) : Figures.decimal($0) }
    }

    /// The evidence apart from ``comparison``, the picture and the steps.
    var others: [JSON.Object.Member] {
        let said: Set<String> =
            member("observed") == nil
            ? ["sparkline", "history", "steps"]
            : ["steps", "observed", "expected", "band", "unit", "sparkline", "history"]
        return members.filter { !said.contains($0.name) }
    }

    /// The evidence in rows, apart from the picture and the steps. Amounts have their unit.
    public var rows: [(name: String, words: String)] {
        let hidden: Set<String> = ["steps", "history", "sparkline", "unit"]
        func words(_ value: JSON) -> String {
            value.double.map { amount($0) + unitBehind } ?? EvidenceWords.value(value)
        }
        return members.filter { !hidden.contains($0.name) && !$0.value.isNull }.map { member in
            switch (member.name, member.value) {
            case ("observed", let value), ("expected", let value): (EvidenceWords.label(member.name), words(value))
            case ("band", .array(let limits)): ("normal range", limits.map(words).joined(separator: " to "))
            case (let name, let value): (EvidenceWords.label(name), EvidenceWords.value(value, limit: 20))
            }
        }
    }

    private var unit: String? { member("unit")?.text }

    private var countsBytes: Bool { unit?.hasPrefix("bytes") == true }

    /// The unit behind an amount, with a space before it. That of bytes is in the amount.
    private var unitBehind: String {
        guard let unit, !unit.isEmpty else { return "" }
        return countsBytes ? String(unit.dropFirst("bytes".count)) : " " + unit
    }

    private func amount(_ amount: Double) -> String {
        countsBytes ? Figures.bytes(amount) : Figures.decimal(amount)
    }
}
