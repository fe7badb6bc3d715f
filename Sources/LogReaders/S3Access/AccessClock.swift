internal import Basics

/// Parses the times of records. Most records are on the same day as the record before, so the day is parsed once.
public struct AccessClock: Sendable {
    /// The bytes `06/Feb/2` and `019:` of the last record.
    private var day: UInt64 = 0
    private var year: UInt32 = 0
    /// The beginning of that day, in seconds since 1970.
    private var midnight = 0

    public init() {}

    /// - Returns: ``AccessRecord/time``.
    public mutating func seconds(of record: AccessRecord) -> Int? {
        let text = record[.time]
        guard text.count == 26, let start = UnsafeRawPointer(text.baseAddress),
            start.loadUnaligned(as: UInt64.self) == day,
            start.loadUnaligned(fromByteOffset: 8, as: UInt32.self) == year, Self.isGreenwich(start)
        else { return parse(text) }
        let (hour, minute, second) = (Self.two(text, 12), Self.two(text, 15), Self.two(text, 18))
        guard hour < 24, minute < 60, second <= 60 else { return nil }
        return midnight + hour * 3_600 + minute * 60 + second
    }

    private mutating func parse(_ text: Bytes) -> Int? {
        guard let seconds = Moment(accessLog: text)?.seconds else { return nil }
        if text.count == 26, let start = UnsafeRawPointer(text.baseAddress), Self.isGreenwich(start),
            text[11] == UInt8(ascii: ":")
        {
            day = start.loadUnaligned(as: UInt64.self)
            year = start.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
            midnight = seconds - Self.two(text, 12) * 3_600 - Self.two(text, 15) * 60 - Self.two(text, 18)
        }
        return seconds
    }

    /// Whether the text ends with ` +0000`, as S3 has always written it.
    @inline(__always)
    private static func isGreenwich(_ text: UnsafeRawPointer) -> Bool {
        UInt32(littleEndian: text.loadUnaligned(fromByteOffset: 20, as: UInt32.self)) == 0x3030_2B20
            && UInt16(littleEndian: text.loadUnaligned(fromByteOffset: 24, as: UInt16.self)) == 0x3030
    }

    /// A number of two digits; 255 or more if they are not digits.
    @inline(__always)
    private static func two(_ text: Bytes, _ at: Int) -> Int {
        let (tens, ones) = (text[at] &- 48, text[at + 1] &- 48)
        return tens < 10 && ones < 10 ? Int(tens) * 10 + Int(ones) : 255
    }
}
