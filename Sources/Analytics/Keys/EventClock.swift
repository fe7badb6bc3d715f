internal import Basics
internal import LogReaders

/// Parses the times of events. Most events are on the same day as the previous one, whose date is reused.
struct EventClock: Sendable {
    /// The bytes `2026-03-` and `01` of the previous event.
    private var month: UInt64 = 0
    private var day: UInt16 = 0
    private var midnight = 0

    /// From 2010 to 2099, in seconds since 1970; CloudTrail began in 2013.
    private static let years = 1_262_304_000..<4_102_444_800

    /// - Returns: seconds since 1970; `nil` if the text is not a time in these years.
    @inline(__always)
    mutating func seconds(_ text: Bytes) -> Int? {
        guard text.count == 20, let start = UnsafeRawPointer(text.baseAddress), text[10] == UInt8(ascii: "T"),
            text[19] == UInt8(ascii: "Z"), start.loadUnaligned(as: UInt64.self) == month,
            start.loadUnaligned(fromByteOffset: 8, as: UInt16.self) == day, text[13] == UInt8(ascii: ":"),
            text[16] == UInt8(ascii: ":")
        else { return parse(text) }
        let (hour, minute, second) = (Self.two(text, 11), Self.two(text, 14), Self.two(text, 17))
        guard hour < 24, minute < 60, second <= 60 else { return nil }
        return midnight + hour * 3_600 + minute * 60 + second
    }

    private mutating func parse(_ text: Bytes) -> Int? {
        // The times in CloudTrail Lake's query results have at least 19 characters; other logs may contain numbers.
        guard text.count >= 19, let time = CivilTime(log: text), let seconds = time.moment?.seconds else { return nil }
        guard Self.years.contains(seconds) else { return nil }
        if text.count == 20, text[19] == UInt8(ascii: "Z"), let start = UnsafeRawPointer(text.baseAddress) {
            month = start.loadUnaligned(as: UInt64.self)
            day = start.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
            midnight = seconds - seconds % 86_400
            // A leap second at midnight belongs to the day before.
            if time.second == 60, seconds % 86_400 == 0 { midnight -= 86_400 }
        }
        return seconds
    }

    /// A number of two digits; 255 or more if the bytes are no digits.
    @inline(__always)
    private static func two(_ text: Bytes, _ at: Int) -> Int {
        let (tens, ones) = (text[at] &- 48, text[at + 1] &- 48)
        return tens < 10 && ones < 10 ? Int(tens) * 10 + Int(ones) : 255
    }
}

extension Bytes {
    @inline(__always)
    func begins(with text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard count >= length else { return false }
        for at in 0..<length where self[at] != text.utf8Start[at] { return false }
        return true
    }

    @inline(__always)
    func equals(_ text: StaticString) -> Bool { count == text.utf8CodeUnitCount && begins(with: text) }

    /// Whether the text consists of the characters that AWS allows in identifiers of keys and names of users: letters,
    /// digits and `_+=,.@-`, and the slash after the account.
    var isCredentialName: Bool {
        (5...128).contains(count)
            && allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2B, 0x3D, 0x2C, 0x2E, 0x40, 0x2D, 0x2F: true
                default: false
                }
            }
    }
}

extension FieldValue {
    /// Whether the value is the given text.
    func equals(_ text: StaticString) -> Bool {
        guard case .text(let bytes) = self else { return false }
        return bytes.equals(text)
    }
}

extension LogEvent {
    /// Whether the request to IAM succeeded.
    func isDone(_ fields: KeyFields) -> Bool {
        switch value(of: fields.error) {
        case .absent, .null: value(of: fields.source).equals("iam.amazonaws.com")
        default: false
        }
    }
}
