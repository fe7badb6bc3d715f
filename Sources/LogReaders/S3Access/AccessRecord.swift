internal import Basics

/// One request to a bucket. Valid only within the call that hands it out.
public struct AccessRecord {
    /// The record's text, without the end of the line.
    public let line: Bytes
    /// Number of fields after the known ones.
    public internal(set) var extraFields = 0

    /// The offset and length of each field; length 0 if the record does not have it.
    var places: InlineArray<27, Place>

    struct Place {
        var start: UInt32 = 0
        var count: UInt32 = 0
    }

    init(line: Bytes) {
        self.line = line
        places = InlineArray(repeating: Place())
    }

    /// The field's bytes, without quotes; empty if the record is too short to have the field.
    public subscript(_ field: AccessField) -> Bytes {
        let place = places[field.rawValue]
        return Bytes(rebasing: line[Int(place.start)..<Int(place.start + place.count)])
    }

    /// Whether the record has the field with a value other than `-`.
    public func has(_ field: AccessField) -> Bool {
        let place = places[field.rawValue]
        return place.count > 1 || (place.count == 1 && line[Int(place.start)] != UInt8(ascii: "-"))
    }

    /// The field as a number; `nil` if it is `-`, missing, or not a number.
    public func number(_ field: AccessField) -> Int? { DecimalDigits.parse(self[field]) }

    /// The HTTP status.
    public var status: Int? { number(.status) }

    /// Time at which the request was received, in seconds since 1970.
    public var time: Int? { Moment(accessLog: self[.time])?.seconds }

    /// Whether the request had no credentials.
    public var isAnonymous: Bool { !has(.requester) }
}

/// Reads decimal digits.
enum DecimalDigits {
    /// - Returns: `nil` if a byte is not a digit, if there is no digit, or if the number does not fit.
    @inline(__always)
    static func parse(_ bytes: Bytes) -> Int? {
        guard !bytes.isEmpty, bytes.count <= 18 else { return nil }
        var value = 0
        for byte in bytes {
            let digit = Int(byte &- UInt8(ascii: "0"))
            guard digit < 10 else { return nil }
            value = value &* 10 &+ digit
        }
        return value
    }
}
