/// A date and time of day as written, with its offset from UTC.
public struct CivilTime: Sendable, Hashable, BitwiseCopyable {
    /// 1 to 9999.
    public var year: Int
    /// 1 to 12.
    public var month = 1
    public var day = 1
    public var hour = 0
    public var minute = 0
    /// 0 to 60: RFC 3339 writes a leap second as 60. It is the same moment as the next second.
    public var second = 0
    public var millisecond = 0
    /// Offset from UTC in minutes, positive east of Greenwich.
    public var offset = 0

    /// The date and time of a moment in UTC.
    public init(_ moment: Moment) {
        let day = Int(moment.milliseconds.dividing(by: 86_400_000))
        let rest = Int(moment.milliseconds) - day * 86_400_000
        (year, month, self.day) = CivilCalendar.date(ofDay: day)
        (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60)
        (second, millisecond) = (rest / 1000 % 60, rest % 1000)
    }

    private init(year: Int) { self.year = year }

    /// `nil` if the moment is outside the years 1 to 9999 in UTC.
    public var moment: Moment? {
        let days = CivilCalendar.days(year: year, month: month, day: day)
        let seconds = Int64(days) * 86_400 + Int64(hour * 3600 + (minute - offset) * 60 + second)
        return Moment(milliseconds: seconds * 1000 + Int64(millisecond))
    }

    /// The ISO 8601 week of the date as written, 1 to 53. Week 1 contains the year's first Thursday.
    public var week: Int {
        let today = CivilCalendar.days(year: year, month: month, day: day)
        // 1970-01-01 was a Thursday; Monday is 0.
        let weekday = ((today + 3) % 7 + 7) % 7
        let thursday = today - weekday + 3
        let yearOfWeek = CivilCalendar.date(ofDay: thursday).year
        return (thursday - CivilCalendar.days(year: yearOfWeek, month: 1, day: 1)) / 7 + 1
    }
}

extension CivilTime {
    /// Deviations from RFC 3339, `2026-01-31T12:30:00.5+01:00`, that a reader accepts.
    public struct Forms: OptionSet, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// `2026`, `2026-01`.
        public static let monthOrYear = Forms(rawValue: 1)
        /// `2026-01-31`: its first moment in UTC.
        public static let day = Forms(rawValue: 2)
        /// `2026-01-31T12:30Z`
        public static let withoutSeconds = Forms(rawValue: 4)
        /// A time without an offset is in UTC.
        public static let withoutOffset = Forms(rawValue: 8)
        /// `+0100`, as ISO 8601's basic format and AWS Lambda write it.
        public static let offsetWithoutColon = Forms(rawValue: 16)
        /// `2026-01-31 12:30:00Z`
        public static let space = Forms(rawValue: 32)

        /// Strictly RFC 3339, section 5.6.
        public static let rfc3339: Forms = []
        /// W3C, "Date and Time Formats". IAM also accepts times without an offset.
        public static let w3c: Forms = [.monthOrYear, .day, .withoutSeconds, .withoutOffset]
        /// The forms that logs use.
        public static let logs: Forms = [.day, .withoutSeconds, .withoutOffset, .offsetWithoutColon, .space]
    }

    /// Reads a valid calendar date, with a time of day from 00:00:00 to 23:59:60. A fraction is cut to milliseconds.
    /// Allocates nothing.
    ///
    /// - Returns: `nil` for any other text.
    public init?(_ text: UnsafeBufferPointer<UInt8>, in forms: Forms = .rfc3339) {
        var digits = Digits(text)
        guard let year = digits.number(4), year > 0 else { return nil }
        self.init(year: year)
        guard digits.take("-") else {
            guard forms.contains(.monthOrYear), digits.isAtEnd else { return nil }
            return
        }
        guard let month = digits.number(2), 1...12 ~= month else { return nil }
        self.month = month
        guard digits.take("-") else {
            guard forms.contains(.monthOrYear), digits.isAtEnd else { return nil }
            return
        }
        guard let day = digits.number(2), 1...CivilCalendar.daysInMonth(month, of: year) ~= day else { return nil }
        self.day = day
        if digits.isAtEnd, forms.contains(.day) { return }
        guard digits.take("T") || digits.take("t") || (forms.contains(.space) && digits.take(" ")),
            let hour = digits.number(2), hour <= 23, digits.take(":"), let minute = digits.number(2), minute <= 59
        else { return nil }
        (self.hour, self.minute) = (hour, minute)
        if digits.take(":") {
            guard let second = digits.number(2), second <= 60 else { return nil }
            self.second = second
            if digits.take(".") {
                guard let fraction = digits.milliseconds() else { return nil }
                millisecond = fraction
            }
        } else if !forms.contains(.withoutSeconds) {
            return nil
        }
        if digits.isAtEnd, forms.contains(.withoutOffset) { return }
        guard let offset = digits.offset(needsColon: !forms.contains(.offsetWithoutColon)), digits.isAtEnd else {
            return nil
        }
        self.offset = offset
    }

    /// Reads `06/Feb/2019:00:00:38 +0000`, with or without brackets around it. Allocates nothing.
    ///
    /// Source: Amazon S3 User Guide, "Amazon S3 server access log format".
    public init?(accessLog text: UnsafeBufferPointer<UInt8>) {
        var digits = Digits(text)
        let isBracketed = digits.take("[")
        guard let day = digits.number(2), digits.take("/"), let month = digits.month(), digits.take("/"),
            let year = digits.number(4), year > 0, digits.take(":"),
            1...CivilCalendar.daysInMonth(month, of: year) ~= day,
            let hour = digits.number(2), hour <= 23, digits.take(":"),
            let minute = digits.number(2), minute <= 59, digits.take(":"),
            let second = digits.number(2), second <= 60, digits.take(" "),
            let offset = digits.offset(needsColon: false), !isBracketed || digits.take("]"), digits.isAtEnd
        else { return nil }
        self.init(year: year)
        (self.month, self.day, self.hour, self.minute) = (month, day, hour, minute)
        (self.second, self.offset) = (second, offset)
    }

    /// Reads a time in the form of any log: RFC 3339 or similar (CloudTrail), the form of S3 server access logs, or 9
    /// to 11 digits of seconds or 12 to 14 digits of milliseconds since 1970 (VPC flow logs).
    public init?(log text: UnsafeBufferPointer<UInt8>) {
        if let epoch = Moment(epoch: text) {
            self.init(epoch)
        } else if text.first == UInt8(ascii: "[") || (text.count > 2 && text[2] == UInt8(ascii: "/")) {
            self.init(accessLog: text)
        } else {
            self.init(text, in: .logs)
        }
    }
}

/// Reads fixed numbers of digits and single characters.
private struct Digits {
    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    var isAtEnd: Bool { position >= text.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func number(_ count: Int) -> Int? {
        guard position + count <= text.count else { return nil }
        var number = 0
        for index in position..<position + count {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            number = number * 10 + Int(digit)
        }
        position += count
        return number
    }

    /// Reads at least one digit. Digits after the third are dropped.
    mutating func milliseconds() -> Int? {
        guard let first = number(1) else { return nil }
        var milliseconds = first * 100
        var scale = 10
        while let digit = number(1) {
            milliseconds += digit * scale
            scale /= 10
        }
        return milliseconds
    }

    /// Reads an offset as minutes east of Greenwich.
    mutating func offset(needsColon: Bool) -> Int? {
        if take("Z") || take("z") { return 0 }
        let sign = take("+") ? 1 : -1
        guard sign == 1 || take("-"), let hours = number(2), hours <= 23, take(":") || !needsColon,
            let minutes = number(2), minutes <= 59
        else { return nil }
        return sign * (hours * 60 + minutes)
    }

    /// Reads an English month of three letters in any case.
    mutating func month() -> Int? {
        guard position + 3 <= text.count else { return nil }
        let name = (0..<3).reduce(UInt32(0)) { $0 << 8 | UInt32(text[position + $1] | 0x20) }
        position += 3
        return switch name {
        case 0x6A_616E: 1  // jan
        case 0x66_6562: 2
        case 0x6D_6172: 3
        case 0x61_7072: 4
        case 0x6D_6179: 5
        case 0x6A_756E: 6
        case 0x6A_756C: 7
        case 0x61_7567: 8
        case 0x73_6570: 9
        case 0x6F_6374: 10
        case 0x6E_6F76: 11
        case 0x64_6563: 12
        default: nil
        }
    }
}

extension BinaryInteger {
    /// The quotient rounded down, also for negative numbers.
    func dividing(by divisor: Self) -> Self {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
