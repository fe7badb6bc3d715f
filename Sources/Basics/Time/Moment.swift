public import FoundationEssentials

/// An instant in the years 1 to 9999 in UTC, to the millisecond.
public struct Moment: Sendable, Hashable, BitwiseCopyable {
    /// Milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
    public let milliseconds: Int64

    private static let range: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999
    /// 0001-01-01T00:00:00Z
    public static let earliest = Moment(clamping: .min)
    /// 9999-12-31T23:59:59.999Z
    public static let latest = Moment(clamping: .max)

    /// `nil` outside the years 1 to 9999.
    public init?(milliseconds: Int64) {
        guard Self.range.contains(milliseconds) else { return nil }
        self.milliseconds = milliseconds
    }

    /// `nil` outside the years 1 to 9999.
    ///
    /// - Parameter seconds: since 1970-01-01T00:00:00Z.
    public init?(seconds: some BinaryInteger) {
        guard let seconds = Int64(exactly: seconds) else { return nil }
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflow else { return nil }
        self.init(milliseconds: milliseconds)
    }

    /// `nil` outside the years 1 to 9999, and if `seconds` is not a number.
    ///
    /// - Parameter seconds: since 1970-01-01T00:00:00Z; rounded to the nearest millisecond.
    public init?(seconds: Double) {
        guard let milliseconds = Int64(exactly: (seconds * 1000).rounded()) else { return nil }
        self.init(milliseconds: milliseconds)
    }

    /// The nearest moment in the years 1 to 9999.
    private init(clamping milliseconds: Int64) {
        self.milliseconds = min(max(milliseconds, Self.range.lowerBound), Self.range.upperBound)
    }

    /// The date rounded to the nearest millisecond. A date outside the years 1 to 9999 becomes the first or last moment
    /// in them.
    public init(_ date: Date) {
        let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
        self.init(clamping: Int64(exactly: milliseconds) ?? (milliseconds > 0 ? .max : .min))
    }

    public static var now: Moment { Moment(Date()) }

    public var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

    /// Whole seconds since 1970, rounded down.
    public var seconds: Int { Int(milliseconds.dividing(by: 1000)) }

    /// The date and time of the moment in UTC.
    public var civil: CivilTime { CivilTime(self) }
}

// MARK: Arithmetic

extension Moment: Comparable {
    public static func < (one: Moment, other: Moment) -> Bool { one.milliseconds < other.milliseconds }

    /// The sum; outside the years 1 to 9999 it becomes the first or last moment in them.
    public static func + (moment: Moment, duration: Duration) -> Moment {
        let (sum, overflow) = moment.milliseconds.addingReportingOverflow(duration.milliseconds)
        return Moment(clamping: overflow ? (duration < .zero ? .min : .max) : sum)
    }

    public static func - (moment: Moment, duration: Duration) -> Moment { moment + (.zero - duration) }

    public static func - (one: Moment, other: Moment) -> Duration {
        .milliseconds(one.milliseconds - other.milliseconds)
    }

    /// Whole days since an earlier moment, rounded down.
    public func days(since other: Moment) -> Int { Int((milliseconds - other.milliseconds).dividing(by: 86_400_000)) }
}

extension Duration {
    public static func days(_ days: Int) -> Duration { .seconds(days * 86_400) }
    public static func hours(_ hours: Int) -> Duration { .seconds(hours * 3600) }
    public static func minutes(_ minutes: Int) -> Duration { .seconds(minutes * 60) }

    fileprivate var milliseconds: Int64 {
        let (seconds, overflow) = components.seconds.multipliedReportingOverflow(by: 1000)
        guard !overflow else { return components.seconds < 0 ? .min : .max }
        return seconds + (components.attoseconds / 1_000_000_000_000_000)
    }
}

// MARK: Text

extension Moment: CustomStringConvertible, Codable {
    /// The RFC 3339 form, with three digits of a fraction if there is one: `2026-01-01T00:00:00Z`.
    public var description: String {
        let parts = civil
        return String(unsafeUninitializedCapacity: 24) { buffer in
            var length = 0
            func write(_ number: Int, digits: Int, then separator: Unicode.Scalar) {
                var rest = number
                for index in stride(from: length + digits - 1, through: length, by: -1) {
                    buffer[index] = UInt8(ascii: "0") + UInt8(rest % 10)
                    rest /= 10
                }
                buffer[length + digits] = UInt8(ascii: separator)
                length += digits + 1
            }
            write(parts.year, digits: 4, then: "-")
            write(parts.month, digits: 2, then: "-")
            write(parts.day, digits: 2, then: "T")
            write(parts.hour, digits: 2, then: ":")
            write(parts.minute, digits: 2, then: ":")
            if parts.millisecond == 0 {
                write(parts.second, digits: 2, then: "Z")
            } else {
                write(parts.second, digits: 2, then: ".")
                write(parts.millisecond, digits: 3, then: "Z")
            }
            return length
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// - Throws: `DecodingError` if the value is not an RFC 3339 text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let moment = Moment(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is no RFC 3339 time")
        }
        self = moment
    }

    /// Reads `2026-01-31T12:30:00.5+01:00`. `nil` if the text is not in one of the given forms.
    public init?(_ text: some StringProtocol, in forms: CivilTime.Forms = .rfc3339) {
        guard let moment = text.withUTF8Bytes({ CivilTime($0, in: forms)?.moment }) else { return nil }
        self = moment
    }

    /// Reads `2026-01-31T12:30:00.5+01:00`. Allocates nothing.
    public init?(_ text: UnsafeBufferPointer<UInt8>, in forms: CivilTime.Forms = .rfc3339) {
        guard let moment = CivilTime(text, in: forms)?.moment else { return nil }
        self = moment
    }

    /// Reads a time that a user typed: RFC 3339, also without an offset (UTC), or a day (its first moment in UTC). The
    /// second 60 is taken for an error, because leap seconds have all been announced for the past, and none is due.
    public init?(typed text: some StringProtocol) {
        if text.contains(":60") { return nil }
        self.init(text, in: [.day, .withoutOffset])
    }

    /// Reads a time in a response of AWS: RFC 3339, also with an offset without a colon.
    public init?(answer text: some StringProtocol) {
        self.init(text, in: .offsetWithoutColon)
    }

    /// Reads a time in a date condition of a policy: a W3C form, or seconds since 1970. Seconds outside the years 1 to
    /// 9999 become the first or last moment in them. Four digits are a year. A time without an offset is in UTC.
    ///
    /// Source: IAM User Guide, "IAM JSON policy elements: Condition operators", section "Date condition operators";
    /// W3C, "Date and Time Formats".
    public init?(policy text: String) {
        if let moment = Moment(text, in: .w3c) {
            self = moment
            return
        }
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard digits.utf8.count != 4 || digits.utf8.count < text.utf8.count, !digits.isEmpty,
            digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: ".") }),
            let seconds = Double(text)
        else { return nil }
        self = Moment(seconds: seconds) ?? (seconds > 0 ? .latest : .earliest)
    }

    /// Reads `06/Feb/2019:00:00:38 +0000`, with or without brackets around it. Allocates nothing.
    public init?(accessLog text: UnsafeBufferPointer<UInt8>) {
        guard let moment = CivilTime(accessLog: text)?.moment else { return nil }
        self = moment
    }

    /// Reads 9 to 11 digits as seconds since 1970, or 12 to 14 as milliseconds. Allocates nothing.
    public init?(epoch text: UnsafeBufferPointer<UInt8>) {
        guard 9...14 ~= text.count else { return nil }
        var number: Int64 = 0
        for byte in text {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            number = number * 10 + Int64(digit)
        }
        self.init(milliseconds: text.count >= 12 ? number : number * 1000)
    }

    /// Reads a time in the form of any log: see ``CivilTime/init(log:)``.
    public init?(log text: UnsafeBufferPointer<UInt8>) {
        guard let moment = Moment(usual: text) ?? CivilTime(log: text)?.moment else { return nil }
        self = moment
    }

    /// Reads `2026-01-01T00:00:00Z`, the form of nearly all records of CloudTrail. `nil` for other forms, for times
    /// that do not exist, and for the last days of months.
    private init?(usual text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 20, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            text[10] == UInt8(ascii: "T"), text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"),
            text[19] == UInt8(ascii: "Z")
        else { return nil }
        var isNumber = true
        func number(_ place: Int) -> Int {
            let (tens, ones) = (text[place] &- UInt8(ascii: "0"), text[place + 1] &- UInt8(ascii: "0"))
            isNumber = isNumber && tens < 10 && ones < 10
            return Int(tens) * 10 + Int(ones)
        }
        let (year, month, day) = (number(0) * 100 + number(2), number(5), number(8))
        let (hour, minute, second) = (number(11), number(14), number(17))
        guard isNumber, year > 0, 1...12 ~= month, 1...28 ~= day, hour < 24, minute < 60, second < 60 else {
            return nil
        }
        let days = CivilCalendar.days(year: year, month: month, day: day)
        milliseconds = (Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)) * 1000
    }
}

extension Date {
    /// The RFC 3339 form, to the second: `2026-01-01T00:00:00Z`.
    public var rfc3339: String {
        Moment(Date(timeIntervalSince1970: timeIntervalSince1970.rounded(.down))).description
    }
}
