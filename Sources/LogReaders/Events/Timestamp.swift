/// A date and time as a log has it.
///
/// Source: RFC 3339 (CloudTrail); Amazon S3 User Guide, "Amazon S3 server access log format" for `06/Feb/2019:00:00:38 +0000`;
/// seconds or milliseconds since 1970 (VPC flow logs).
public struct Timestamp: Sendable, Hashable {
    public var year = 1970
    public var month = 1
    public var day = 1
    public var hour = 0
    public var minute = 0
    public var second = 0
    public var millisecond = 0
    /// East of Greenwich, in minutes.
    public var offset = 0

    private init() {}

    /// - Returns: nil if the text is no date, or has anything behind it.
    public init?(_ text: UnsafeBufferPointer<UInt8>) {
        self.init()
        var digits = DigitReader(text)
        if text.count >= 9, text.count <= 14, text.allSatisfy({ $0 >= 48 && $0 <= 57 }) {
            guard let number = digits.number(digits: text.count) else { return nil }
            self = Timestamp(milliseconds: text.count >= 12 ? Int64(number) : Int64(number) * 1000)
            return
        }
        if text.first == UInt8(ascii: "[") { _ = digits.take("[") }
        if text.count > 12, text[digits.position + 2] == UInt8(ascii: "/") {
            guard let day = digits.number(digits: 2), digits.take("/"), let month = digits.month(), digits.take("/"),
                let year = digits.number(digits: 4), digits.take(":")
            else { return nil }
            (self.year, self.month, self.day) = (year, month, day)
        } else {
            guard let year = digits.number(digits: 4), digits.take("-"), let month = digits.number(digits: 2),
                digits.take("-"), let day = digits.number(digits: 2)
            else { return nil }
            (self.year, self.month, self.day) = (year, month, day)
            if digits.isAtEnd {
                guard isValid else { return nil }
                return
            }
            guard digits.take("T") || digits.take("t") || digits.take(" ") else { return nil }
        }
        guard let hour = digits.number(digits: 2), digits.take(":"), let minute = digits.number(digits: 2) else {
            return nil
        }
        (self.hour, self.minute) = (hour, minute)
        if digits.take(":") {
            guard let second = digits.number(digits: 2) else { return nil }
            self.second = second
            if digits.take(".") { millisecond = digits.fraction() }
        }
        _ = digits.take(" ")
        guard let offset = digits.offset(), isValid else { return nil }
        self.offset = offset
    }

    private init(milliseconds: Int64) {
        let days = milliseconds / 86_400_000
        let rest = Int(milliseconds % 86_400_000)
        // Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms": eras of 400 years that begin in March.
        let shifted = Int(days) + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        hour = rest / 3_600_000
        minute = rest / 60_000 % 60
        second = rest / 1000 % 60
        millisecond = rest % 1000
    }

    private var isValid: Bool {
        (1...12).contains(month) && (1...31).contains(day) && hour <= 23 && minute <= 59 && second <= 60
    }

    /// Since 1970, in UTC.
    public var milliseconds: Int64 {
        let seconds = Int64(daysSince1970) * 86_400 + Int64(hour * 3600 + (minute - offset) * 60 + second)
        return seconds * 1000 + Int64(millisecond)
    }

    public var daysSince1970: Int { Self.days(year, month, day) }

    /// Days from 1 January 1970 to that date of the Gregorian calendar.
    public static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

/// Reads a timestamp's parts one by one.
private struct DigitReader {
    let text: UnsafeBufferPointer<UInt8>
    var position = 0

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    var isAtEnd: Bool { position >= text.count }

    mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard position < text.count, text[position] == UInt8(ascii: sign) else { return false }
        position += 1
        return true
    }

    mutating func number(digits: Int) -> Int? {
        guard position + digits <= text.count else { return nil }
        var number = 0
        for byte in text[position..<position + digits] {
            guard byte >= 48, byte <= 57 else { return nil }
            number = number * 10 + Int(byte - 48)
        }
        position += digits
        return number
    }

    /// Milliseconds; further digits are dropped.
    mutating func fraction() -> Int {
        var scale = 100
        var milliseconds = 0
        while position < text.count, text[position] >= 48, text[position] <= 57 {
            milliseconds += Int(text[position] - 48) * scale
            scale /= 10
            position += 1
        }
        return milliseconds
    }

    mutating func month() -> Int? {
        let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        guard position + 3 <= text.count else { return nil }
        let name = text[position..<position + 3].map { $0 | 0x20 }
        position += 3
        return names.firstIndex { $0.utf8.elementsEqual(name) }.map { $0 + 1 }
    }

    /// Minutes east of Greenwich, up to the end: nothing and `Z` are none.
    mutating func offset() -> Int? {
        if isAtEnd || text[position] == UInt8(ascii: "]") { return 0 }
        if take("Z") || take("z") { return isAtEnd ? 0 : nil }
        let sign: Int
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = number(digits: 2) else { return nil }
        _ = take(":")
        guard let minutes = number(digits: 2), hours <= 23, minutes <= 59 else { return nil }
        return sign * (hours * 60 + minutes)
    }
}
