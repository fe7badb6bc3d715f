import Analytics
import Foundation

/// Recall by size and shape for each method, with the false alarms that it costs.
struct EvaluationTable {
    struct Method {
        let name: String
        let note: String
        /// One for each world.
        let outcomes: [Evaluate.Outcome]

        init(_ name: String, _ outcomes: [Evaluate.Outcome], note: String = "") {
            (self.name, self.outcomes, self.note) = (name, outcomes, note)
        }
    }

    let worlds: [Evaluate.World]
    let methods: [Method]
    let days: Double
    let seed: UInt64

    func show() {
        let sizes = Set(worlds.flatMap(\.attacks).filter { $0.kind == .transfer }.map(\.size)).sorted()
        let head = sizes.map { padded("\(Int($0))x", 7) }.joined()
        print(
            "\(worlds.count) worlds of 200 interfaces from seed \(seed), 72 h each, of which 24 h to learn; "
                + "\(Int(days)) days of 200 interfaces judged")
        print("\n" + padded("recall by size, in median hours", 33) + head, terminator: "")
        print(">=10x  (95 %)        precision  false/day (95 %)       hours to tell, median and 90 %")
        for method in methods { print(line(method, sizes)) }
        print("\n" + padded("parapet, by shape", 33) + head)
        for shape in Attack.Shape.allCases {
            for isNew in [false, true] {
                var line = padded("  \(shape.rawValue), \(isNew ? "new" : "known") peer", 33)
                for size in sizes {
                    let isMeant = { (attack: Attack) in
                        attack.kind == .transfer && attack.size == size && attack.shape == shape
                            && attack.toNewPeer == isNew
                    }
                    let isThere = worlds.contains { $0.attacks.contains(where: isMeant) }
                    line += padded(isThere ? String(format: "%.2f", recall(methods[0], isMeant)) : "-", 7)
                }
                print(line)
            }
        }
        let others = Attack.Kind.allCases.filter { $0 != .transfer }.map { kind in
            "\(kind.rawValue) \(String(format: "%.2f", recall(methods[0]) { $0.kind == kind }))"
        }
        print("\nparapet, other attacks: " + others.joined(separator: ", "))
        print("parapet, false alarms by rule: " + (falseAlarms().isEmpty ? "none" : falseAlarms()) + "\n")
        verdicts()
    }

    private func line(_ method: Method, _ sizes: [Double]) -> String {
        var text = padded(method.name, 33)
        for size in sizes {
            text += padded(
                String(format: "%.2f", recall(method) { $0.kind == .transfer && $0.size == size }), 7)
        }
        let alarms = method.outcomes.reduce(0) { $0 + $1.falseAlarms }
        let hits = zip(worlds, method.outcomes).reduce(0) { sum, pair in
            sum + pair.1.delays.keys.count { pair.0.attacks[$0].kind == .transfer }
        }
        let (low, high) = interval { recall(method, in: $0) { $0.size >= 10 } }
        let (few, many) = interval { chosen in
            Double(chosen.reduce(0) { $0 + method.outcomes[$1].falseAlarms }) / (days / Double(worlds.count))
                / Double(chosen.count)
        }
        text += String(format: "%.2f   (%.2f to %.2f)  ", large(method), low, high)
        text += String(format: "%.2f       ", Double(hits) / Double(max(1, hits + alarms)))
        text += padded(String(format: "%.2f (%.2f to %.2f)", Double(alarms) / days, few, many), 23)
        let delays = zip(worlds, method.outcomes).flatMap { world, outcome in
            outcome.delays.filter { world.attacks[$0.key].size >= 10 && !$0.value.isNaN }.map(\.value)
        }.sorted()
        if !delays.isEmpty {
            text += String(format: "%.1f %.1f  ", delays[delays.count / 2], delays[delays.count * 9 / 10])
        }
        return text + method.note
    }

    private func verdicts() {
        let alarms = methods[0].outcomes.reduce(0) { $0 + $1.falseAlarms }
        row("recall of transfers of 10 x and more", large(methods[0]), large(methods[0]) >= 0.95, "at least 0.95")
        row("false alerts per 200 interfaces and day", Double(alarms) / days, Double(alarms) <= days, "at most 1")
        let best = methods.filter { $0.name.hasSuffix("tuned") }.map(large).max() ?? 0
        row("the best recall of a simpler method within that budget", best, best < large(methods[0]), "less than ours")
    }

    private func row(_ name: String, _ value: Double, _ isKept: Bool, _ limit: String) {
        let number = String(format: "%.3f", value)
        print(padded(name, 76 - number.count) + number + "  \(isKept ? "ok" : "MISSED") (\(limit))")
    }

    private func large(_ method: Method) -> Double { recall(method) { $0.size >= 10 } }

    private func recall(_ method: Method, in chosen: [Int]? = nil, _ isMeant: (Attack) -> Bool) -> Double {
        var (hits, all) = (0, 0)
        for number in chosen ?? Array(worlds.indices) {
            for (attack, planted) in worlds[number].attacks.enumerated() where isMeant(planted) {
                all += 1
                if method.outcomes[number].delays[attack] != nil { hits += 1 }
            }
        }
        return all == 0 ? 0 : Double(hits) / Double(all)
    }

    /// The middle 95 % over a thousand draws of as many worlds with replacement (Efron 1979): attacks of one world have
    /// their background in common, so worlds are drawn and not attacks.
    private func interval(_ value: ([Int]) -> Double) -> (Double, Double) {
        var random = Randomness(7)
        let values = (0..<1_000).map { _ in value(worlds.map { _ in random.below(worlds.count) }) }.sorted()
        return (values[25], values[974])
    }

    private func falseAlarms() -> String {
        var counts: [String: Int] = [:]
        for world in worlds {
            for alert in world.alerts where !world.attacks.contains(where: { Evaluate.concerns(alert, $0) }) {
                counts[alert.rule, default: 0] += 1
            }
        }
        return counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
