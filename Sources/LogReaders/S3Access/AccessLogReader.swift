internal import Glibc

/// Reads S3 server access logs: one request a line, fields between spaces, some in quotes or brackets
/// (Amazon S3 User Guide: Amazon S3 server access log format).
///
/// Trailing fields may be missing (AWS has added fields over the years), and more may follow than are known today.
public struct AccessLogReader {
    /// The lines that could not be parsed.
    public private(set) var damaged = DamagedLines()
    /// How many records were handed out.
    public private(set) var records = 0

    public init() {}

    /// Hands out each record of a chunk of whole lines; the last one may lack its end of line.
    public mutating func read(_ chunk: Bytes, _ body: (AccessRecord) throws -> Void) rethrows {
        guard var start = chunk.baseAddress else { return }
        let end = start + chunk.count
        while start < end {
            let newline = memchr(start, 0x0A, end - start)?.assumingMemoryBound(to: UInt8.self)
            let stop = newline.map { UnsafePointer($0) } ?? end
            var count = stop - start
            if count > 0, start[count - 1] == 0x0D { count -= 1 }
            let line = Bytes(start: start, count: count)
            start = stop + 1
            guard count > 0 else { continue }
            guard count <= Int(UInt32.max) else {
                damaged.add(line, "a line of \(count) bytes")
                continue
            }
            var record = AccessRecord(line: line)
            if let reason = Splitter.split(line, into: &record) {
                damaged.add(line, reason)
                continue
            }
            records += 1
            try body(record)
        }
    }
}

/// Finds the fields of one line.
private struct Splitter {
    private let text: UnsafePointer<UInt8>
    private let count: Int
    private var position = 0

    private static let space = UInt8(ascii: " ")
    private static let quote = UInt8(ascii: "\"")

    /// - Returns: why the line is no record; `nil` if it is one.
    static func split(_ line: Bytes, into record: inout AccessRecord) -> String? {
        guard let base = line.baseAddress else { return "empty" }
        var splitter = Splitter(text: base, count: line.count)
        return splitter.fill(&record)
    }

    private init(text: UnsafePointer<UInt8>, count: Int) {
        self.text = text
        self.count = count
    }

    private mutating func fill(_ record: inout AccessRecord) -> String? {
        record.places[0] = token()
        record.places[1] = token()
        guard position < count, text[position] == UInt8(ascii: "["), let close = find(UInt8(ascii: "]"), from: position)
        else { return "no time in brackets after the bucket" }
        record.places[2] = place(position + 1, close)
        position = min(count, close + 2)
        for field in 3..<8 { record.places[field] = token() }
        guard let uri = requestURI() else { return "no request in quotes" }
        record.places[8] = uri
        guard position < count else { return "cut before the status" }
        for field in 9..<15 { record.places[field] = token() }
        guard statusIsPlausible(record.places[9]) else { return "the status is no number" }
        freeText(&record)
        var field = AccessField.versionID.rawValue
        while position < count {
            let place = token()
            guard place.count > 0 else { continue }
            if field < AccessField.allCases.count { record.places[field] = place } else { record.extraFields += 1 }
            field += 1
        }
        return nil
    }

    /// Reads a word, and the space behind it.
    @inline(__always)
    private mutating func token() -> AccessRecord.Place {
        let start = position
        let end = endOfWord(from: start)
        position = min(count, end + 1)
        return place(start, end)
    }

    /// The offset of the next space, or of the end. It looks at eight bytes at once: a byte that is no space is never
    /// zero below, so the lowest bit that is set is a space's (Mycroft 1987).
    @inline(__always)
    private func endOfWord(from start: Int) -> Int {
        var at = start
        while at &+ 8 <= count {
            let bytes = UInt64(littleEndian: UnsafeRawPointer(text + at).loadUnaligned(as: UInt64.self))
            let others = bytes ^ 0x2020_2020_2020_2020
            let spaces = (others &- 0x0101_0101_0101_0101) & ~others & 0x8080_8080_8080_8080
            if spaces != 0 { return at &+ spaces.trailingZeroBitCount >> 3 }
            at &+= 8
        }
        while at < count, text[at] != Self.space { at &+= 1 }
        return at
    }

    @inline(__always)
    private func place(_ start: Int, _ end: Int) -> AccessRecord.Place {
        AccessRecord.Place(start: UInt32(truncatingIfNeeded: start), count: UInt32(truncatingIfNeeded: end - start))
    }

    private func find(_ byte: UInt8, from start: Int) -> Int? {
        guard start < count, let found = memchr(text + start, Int32(byte), count - start) else { return nil }
        return UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - text
    }

    private func findLast(_ byte: UInt8, from start: Int) -> Int? {
        var last: Int?
        var at = start
        while let found = find(byte, from: at) {
            last = found
            at = found + 1
        }
        return last
    }

    /// A request has no spaces but the two around its path, so it ends at the first quote that is followed by six
    /// words which look like status, error code, sizes and times.
    private mutating func requestURI() -> AccessRecord.Place? {
        guard position < count else { return nil }
        guard text[position] == Self.quote else {
            let word = token()
            return word.count == 1 && text[Int(word.start)] == UInt8(ascii: "-") ? word : nil
        }
        let start = position + 1
        var candidate = find(Self.quote, from: start)
        let first = candidate
        while let end = candidate {
            if figuresFollow(end + 1) {
                position = end + 2
                return place(start, end)
            }
            candidate = find(Self.quote, from: end + 1)
        }
        // The line is cut behind the request.
        guard let first else { return nil }
        position = min(count, first + 2)
        return place(start, first)
    }

    /// Whether six words follow that look like status, error code, two sizes and two times, as far as the line goes.
    private func figuresFollow(_ start: Int) -> Bool {
        guard start < count, text[start] == Self.space else { return false }
        var at = start + 1
        for word in 0..<6 {
            guard at < count else { return word > 0 }
            let first = at
            while at < count, text[at] != Self.space {
                let isDigit = text[at] &- UInt8(ascii: "0") < 10
                let isDash = text[at] == UInt8(ascii: "-") && at == first
                guard word == 1 ? text[at] != Self.quote : isDigit || isDash else { return false }
                at += 1
            }
            guard at > first else { return false }
            at += 1
        }
        return at >= count || text[at] == Self.quote || text[at] == UInt8(ascii: "-")
    }

    private func statusIsPlausible(_ place: AccessRecord.Place) -> Bool {
        let start = Int(place.start)
        if place.count == 1 { return text[start] == UInt8(ascii: "-") }
        guard place.count == 3 else { return false }
        return (start..<start + 3).allSatisfy { text[$0] &- UInt8(ascii: "0") < 10 }
    }

    /// Referrer and user agent, which the client chooses and which may contain quotes. No field behind them is in
    /// quotes, so the user agent ends at the line's last quote: no text of the client can pass for a later field.
    private mutating func freeText(_ record: inout AccessRecord) {
        guard position < count else { return }
        guard text[position] == Self.quote else {
            record.places[AccessField.referrer.rawValue] = token()
            guard position < count else { return }
            guard text[position] == Self.quote, let last = findLast(Self.quote, from: position + 1) else {
                record.places[AccessField.userAgent.rawValue] = token()
                return
            }
            record.places[AccessField.userAgent.rawValue] = place(position + 1, last)
            position = min(count, last + 2)
            return
        }
        let start = position + 1
        guard let last = findLast(Self.quote, from: start) else {
            position = count
            record.places[AccessField.referrer.rawValue] = place(start, count)
            return
        }
        if let middle = betweenQuotes(from: start, before: last) {
            record.places[AccessField.referrer.rawValue] = place(start, middle)
            record.places[AccessField.userAgent.rawValue] = place(middle + 3, last)
            position = min(count, last + 2)
            return
        }
        record.places[AccessField.referrer.rawValue] = place(start, last)
        position = min(count, last + 2)
        // A user agent without quotes, or none.
        if position < count { record.places[AccessField.userAgent.rawValue] = token() }
    }

    /// The offset of `" "` in a range.
    private func betweenQuotes(from start: Int, before last: Int) -> Int? {
        var at = start
        while let quote = find(Self.quote, from: at), quote + 2 < last {
            if text[quote + 1] == Self.space, text[quote + 2] == Self.quote { return quote }
            at = quote + 1
        }
        return nil
    }
}
