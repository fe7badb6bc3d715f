/// A moment as the date condition operators take it: one of W3C's ISO 8601 forms, or seconds since 1970.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators", section "Date condition operators"; W3C,
/// "Date and Time Formats".
struct PolicyDate: Sendable, Hashable, Comparable {
    /// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    let seconds: Double

    /// `nil` for a text in neither form. Four digits are a year.
    init?(_ text: String) {
        if let seconds = Self.epoch(text) ?? Self.calendar(text) {
            self.seconds = seconds
        } else {
            return nil
        }
    }

    static func < (one: PolicyDate, other: PolicyDate) -> Bool { one.seconds < other.seconds }

    private static func epoch(_ text: String) -> Double? {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard digits.utf8.count != 4 || text.hasPrefix("-"), !digits.isEmpty,
            digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: ".") })
        else { return nil }
        return Double(text)
    }

    /// Reads YYYY, YYYY-MM, YYYY-MM-DD and YYYY-MM-DDThh:mm[:ss[.s]][Z|±hh:mm]; a time without zone is taken for UTC.
    private static func calendar(_ text: String) -> Double? {
        var reader = DigitReader(text)
        guard let year = reader.number(4) else { return nil }
        var month = 1
        var day = 1
        var seconds = 0.0
        if reader.take("-") {
            guard let value = reader.number(2), 1...12 ~= value else { return nil }
            month = value
            if reader.take("-") {
                guard let value = reader.number(2), 1...daysInMonth(month, of: year) ~= value else { return nil }
                day = value
                if reader.take("T") || reader.take("t") {
                    guard let time = timeOfDay(&reader) else { return nil }
                    seconds = time
                }
            }
        }
        guard reader.isAtEnd else { return nil }
        return Double(daysSince1970(year: year, month: month, day: day)) * 86_400 + seconds
    }

    private static func timeOfDay(_ reader: inout DigitReader) -> Double? {
        guard let hour = reader.number(2), hour < 24, reader.take(":"), let minute = reader.number(2), minute < 60
        else {
            return nil
        }
        var seconds = Double(hour * 3600 + minute * 60)
        if reader.take(":") {
            guard let second = reader.number(2), second <= 60 else { return nil }
            seconds += Double(second)
            if reader.take(".") {
                guard let fraction = reader.fraction() else { return nil }
                seconds += fraction
            }
        }
        if reader.take("Z") || reader.take("z") || reader.isAtEnd { return seconds }
        let sign: Double
        if reader.take("+") {
            sign = -1
        } else if reader.take("-") {
            sign = 1
        } else {
            return nil
        }
        guard let hours = reader.number(2), hours < 24, reader.take(":"), let minutes = reader.number(2), minutes < 60
        else {
            return nil
        }
        return seconds + sign * Double(hours * 3600 + minutes * 60)
    }

    private static func daysInMonth(_ month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Years are counted from March, so that a leap day is the last day of its year.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let monthFromMarch = (month + 9) % 12
        let daysBeforeYear = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400
        let daysBeforeMonth = (monthFromMarch * 153 + 2) / 5
        return daysBeforeYear + daysBeforeMonth + day - 1 - 719_468
    }
}

/// Reads fixed numbers of digits and single characters.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = text[...].utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(_ count: Int) -> Int? {
        var number = 0
        for _ in 0..<count {
            guard let digit = digit() else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    mutating func fraction() -> Double? {
        var fraction = 0.0
        var scale = 0.1
        guard let first = digit() else { return nil }
        var next: Int? = first
        while let digit = next {
            fraction += Double(digit) * scale
            scale /= 10
            next = self.digit()
        }
        return fraction
    }

    private mutating func digit() -> Int? {
        guard let byte = rest.first, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
        rest.removeFirst()
        return Int(byte - UInt8(ascii: "0"))
    }
}
