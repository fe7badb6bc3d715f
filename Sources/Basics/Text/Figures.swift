import FoundationEssentials

/// Figures and moments in words, as all formats for people have them.
public enum Figures {
    /// `12,345`
    public static func count(_ count: Int) -> String {
        let digits = String(count.magnitude)
        var text = count < 0 ? "-" : ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return text
    }

    /// `1 file`, `12,345 files`
    public static func count(_ count: Int, _ thing: String) -> String {
        "\(self.count(count)) \(thing)\(count == 1 ? "" : "s")"
    }

    /// `3.1 MB`: decimal, as storage is sold.
    public static func bytes(_ count: Int) -> String {
        var (amount, unit) = (Double(count), 0)
        let units = ["B", "kB", "MB", "GB", "TB", "PB"]
        while amount.magnitude >= 999.5, unit < units.count - 1 {
            amount /= 1_000
            unit += 1
        }
        if unit == 0 { return "\(count) B" }
        return (amount.magnitude < 9.95 ? decimal(amount) : self.count(Int(amount.rounded()))) + " " + units[unit]
    }

    /// Bytes that were calculated: parts of a byte are dropped.
    public static func bytes(_ amount: Double) -> String {
        amount.magnitude < 1e18 ? bytes(Int(amount)) : "\(decimal(amount)) B"
    }

    /// The number with one decimal place, unless that is 0.
    public static func decimal(_ number: Double) -> String {
        guard number.isFinite, number.magnitude < 1e15 else { return "\(number)" }
        let tenths = Int((number * 10).rounded())
        let whole = (number < 0 && tenths > -10 ? "-" : "") + count(tenths / 10)
        return tenths % 10 == 0 ? count(tenths / 10) : "\(whole).\(abs(tenths % 10))"
    }

    /// `2026-01-01T00:00:00Z`; for seconds outside the range of dates, the nearest date.
    public static func moment(_ seconds: Int?) -> String { seconds.map { moment($0) } ?? noTime }

    /// The text in place of a time that cannot be read.
    public static let noTime = "(no time)"

    public static func moment(_ seconds: Int) -> String {
        (Moment(seconds: seconds) ?? (seconds < 0 ? .earliest : .latest)).date.rfc3339
    }

    /// `2026-01-01 10:00 to 12:30`, in UTC and to the minute, with the day written only once if it is the same.
    public static func stretch(_ first: Int?, _ last: Int?) -> String {
        guard let first, let last else { return noTime }
        let (begin, end) = (minute(first), minute(last))
        if begin == end { return begin }
        return begin.prefix(10) == end.prefix(10) ? "\(begin) to \(end.suffix(5))" : "\(begin) to \(end)"
    }

    private static func minute(_ seconds: Int) -> String {
        let text = moment(seconds)
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5))"
    }
}
