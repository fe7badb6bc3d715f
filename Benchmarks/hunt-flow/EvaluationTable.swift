import Foundation

extension Evaluate {
    /// Recall by size and shape for each method, with the false alarms that it costs.
    static func table(_ found: [Found], _ falseAlarms: [String: Int], days: Double) -> String {
        let transfers = found.filter { $0.attack.kind == .transfer }
        let sizes = Set(transfers.map(\.attack.size)).sorted()
        var methods = ["parapet"]
        for method in Baseline.allCases { methods += ["\(method.rawValue), usual", "\(method.rawValue), calibrated"] }
        var lines = [
            "transfers planted: \(transfers.count) in \(Set(found.map(\.world)).count) worlds of 200 interfaces over 72 h "
                + "(24 h to learn); days of 200 interfaces judged: \(Int(days))",
            "",
            padded("recall by size, in median hours", 30) + sizes.map { padded("\(Int($0))x", 8) }.joined()
                + padded(">=10x", 8) + padded("precision", 11) + "false alarms / 200 interfaces and day",
        ]
        for method in methods {
            let alarms = falseAlarms[method] ?? 0
            let hits = transfers.count { $0.methods.contains(method) }
            let precision = Double(hits) / Double(max(1, hits + alarms))
            var line = padded(method, 30)
            for size in sizes { line += padded(recall(transfers.filter { $0.attack.size == size }, method), 8) }
            line += padded(recall(transfers.filter { $0.attack.size >= 10 }, method), 8)
            line += padded(String(format: "%.2f", precision), 11) + String(format: "%.2f", Double(alarms) / days)
            lines.append(line)
        }
        lines += ["", padded("parapet, by shape", 30) + sizes.map { padded("\(Int($0))x", 8) }.joined()]
        for shape in Attack.Shape.allCases {
            for isNew in [false, true] {
                var line = padded("\(shape.rawValue), \(isNew ? "new" : "known") peer", 30)
                for size in sizes {
                    let some = transfers.filter {
                        $0.attack.size == size && $0.attack.shape == shape && $0.attack.toNewPeer == isNew
                    }
                    line += padded(recall(some, "parapet"), 8)
                }
                lines.append(line)
            }
        }
        lines += ["", "parapet, other attacks"]
        for kind in Attack.Kind.allCases where kind != .transfer {
            lines.append(padded(kind.rawValue, 30) + recall(found.filter { $0.attack.kind == kind }, "parapet"))
        }
        lines += ["", "parapet, false alarms by rule"]
        lines += falseAlarms.filter { $0.key.hasPrefix("  ") }.sorted { $0.key < $1.key }.map {
            padded($0.key, 38) + "\($0.value)"
        }
        return lines.joined(separator: "\n")
    }

    private static func recall(_ some: [Found], _ method: String) -> String {
        guard !some.isEmpty else { return "-" }
        return String(format: "%.2f", Double(some.count { $0.methods.contains(method) }) / Double(some.count))
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
