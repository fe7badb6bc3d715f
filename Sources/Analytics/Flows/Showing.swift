internal import LogReaders

/// A history in a line of text.
enum Sparkline {
    private static let marks = Array("▁▂▃▄▅▆▇█")

    static func text(_ values: [Double]) -> String {
        guard let least = values.min(), let most = values.max(), most > least else {
            return String(repeating: marks[0], count: values.count)
        }
        return String(values.map { marks[max(0, min(7, Int(saturating: ($0 - least) / (most - least) * 8)))] })
    }
}

/// Moments as ISO 8601 writes them.
public enum Moments {
    /// - Parameter seconds: since 1970.
    public static func text(_ seconds: Int) -> String {
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = seconds - days * 86_400
        // The calendar's days from 1 March of the year 0 (Howard Hinnant, chrono-compatible low-level date algorithms).
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let slot = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * slot + 2) / 5 + 1
        let month = slot < 10 ? slot + 3 : slot - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(year)-\(two(month))-\(two(day))T\(two(rest / 3_600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension SeenFlow {
    /// The record as a line of the default format would show it, without account and interface.
    var text: String {
        let verdict = action == .reject ? "REJECT" : action == .accept ? "ACCEPT" : "-"
        let flow = "\(source) \(destination) \(sourcePort) \(destinationPort) \(transport)"
        return "\(flow) \(packets) \(bytes) \(start) \(end) \(verdict)"
    }
}
