internal import Glibc

/// Reads S3 server access logs: one request a line, fields between spaces, some in quotes or brackets
/// (Amazon S3 User Guide: Amazon S3 server access log format).
///
/// Trailing fields may be missing, because AWS has added fields over the years. Unknown fields may follow the known
/// ones.
public struct AccessLogReader {
    /// The lines that could not be parsed.
    public private(set) var damaged = DamagedLines()
    /// Number of records that were handed out.
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

    /// - Returns: the reason why the line is not a record; `nil` if it is one.
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
        let head = position
        for field in 3..<8 { record.places[field] = token() }
        if !isRequestNext || !isOperation(record.places[AccessField.operation.rawValue]) { unusualHead(head, &record) }
        guard let uri = requestURI() else { return "no request in quotes" }
        record.places[8] = uri
        guard position < count else { return "cut before the status" }
        for field in 9..<15 { record.places[field] = token() }
        guard statusIsPlausible(record.places[9]) else { return "the status is no number" }
        freeText(&record)
        var field = AccessField.versionID.rawValue
        while position < count {
            let place = text[position] == Self.quote ? quoted() : token()
            guard place.count > 0 else { continue }
            if field < AccessField.allCases.count { record.places[field] = place } else { record.extraFields += 1 }
            field += 1
        }
        return nil
    }

    /// Whether the next field is the request, which is in quotes, or `-` if there is none.
    @inline(__always)
    private var isRequestNext: Bool {
        guard position < count else { return true }
        return text[position] == Self.quote
            || text[position] == UInt8(ascii: "-") && (position + 1 == count || text[position + 1] == Self.space)
    }

    /// Prefixes of operations.
    private static let interfaces: [StaticString] = ["REST.", "WEBSITE.", "BATCH.", "S3.", "SOAP."]

    private func isOperation(_ place: AccessRecord.Place) -> Bool {
        let start = Int(place.start)
        return Self.interfaces.contains { name in
            place.count > name.utf8CodeUnitCount
                && memcmp(text + start, name.utf8Start, name.utf8CodeUnitCount) == 0
        }
    }

    /// Divides the fields between the time and the request if one of them has spaces. The requester may be
    /// `arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2EXAMPLE`. The known prefixes of operations
    /// tell the fields apart. The request ID is the word before the operation, and the key extends from the operation
    /// to the request. If no word is an operation, the fields stay as they were.
    private mutating func unusualHead(_ start: Int, _ record: inout AccessRecord) {
        let unchanged = position
        position = start
        let address = token()
        let requester = position
        var before = token()
        while position < count, text[position] != Self.quote {
            let operation = token()
            guard Int(before.start) > requester, isOperation(operation), let close = endOfKey() else {
                before = operation
                continue
            }
            record.places[AccessField.remoteIP.rawValue] = address
            record.places[AccessField.requester.rawValue] = place(requester, Int(before.start) - 1)
            record.places[AccessField.requestID.rawValue] = before
            record.places[AccessField.operation.rawValue] = operation
            record.places[AccessField.key.rawValue] = place(position, close)
            return position = min(count, close + 1)
        }
        position = unchanged
    }

    /// The offset of the space before the request, which is in quotes or `-`.
    private func endOfKey() -> Int? {
        var at = endOfWord(from: position)
        while at + 1 < count {
            let isRequest =
                text[at + 1] == Self.quote
                || text[at + 1] == UInt8(ascii: "-") && at + 2 < count && text[at + 2] == Self.space
            if isRequest { return at }
            at = endOfWord(from: at + 1)
        }
        return nil
    }

    /// Reads a field in quotes, and the space after it. Without a closing quote it is read as a word.
    private mutating func quoted() -> AccessRecord.Place {
        var close = find(Self.quote, from: position + 1)
        while let end = close, end + 1 < count, text[end + 1] != Self.space {
            close = find(Self.quote, from: end + 1)
        }
        guard let close else { return token() }
        let start = position + 1
        position = min(count, close + 2)
        // An empty text is also a field.
        return close > start ? place(start, close) : place(start - 1, close + 1)
    }

    /// Reads a word, and the space after it.
    @inline(__always)
    private mutating func token() -> AccessRecord.Place {
        let start = position
        let end = endOfWord(from: start)
        position = min(count, end + 1)
        return place(start, end)
    }

    /// The offset of the next space, or of the end. It examines eight bytes at once. Below, only the byte of a space
    /// becomes zero, so the lowest bit that is set belongs to a space (Mycroft 1987).
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

    /// Reads the request. It has no spaces but the two around its path. So it ends at the first quote that is followed
    /// by six words which look like status, error code, sizes and times.
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
        // The line is truncated after the request.
        guard let first else { return nil }
        position = min(count, first + 2)
        return place(start, first)
    }

    /// Whether six words follow that look like status, error code, two sizes and two times. A truncated line may have
    /// fewer.
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

    /// The quote that ends the user agent. The client chooses the user agent, which may contain quotes. So its end is
    /// the last quote that is followed by the known fields, and the client's text cannot pass for a later field. AWS
    /// may one day append a field in quotes, whose quotes are not followed by these fields. If no quote is followed by
    /// such fields, as in old or truncated records, the last quote is the end.
    private func endOfUserAgent(from start: Int) -> Int? {
        guard let last = findLast(Self.quote, from: start) else { return nil }
        var at = last
        while at >= start {
            if text[at] == Self.quote, isTail(from: at + 1, isLast: at == last) { return at }
            at -= 1
        }
        return last
    }

    /// Whether the fields after the user agent follow: version ID, host ID, signature version and so on.
    private func isTail(from start: Int, isLast: Bool) -> Bool {
        guard start < count, text[start] == Self.space else { return false }
        var at = start + 1
        var words = 0
        while at < count, text[at] != Self.quote {
            let end = endOfWord(from: at)
            if end > at {
                if words == 2, !isSignatureVersion(at, end) { return false }
                // A quote within a word belongs to the client's text.
                guard memchr(text + at, Int32(Self.quote), end - at) == nil else { return false }
                words += 1
            }
            at = end + 1
        }
        // A field in quotes after these fields is newer than all of them, so the record must have them all.
        return isLast ? words > 2 : words > 6
    }

    private func isSignatureVersion(_ start: Int, _ end: Int) -> Bool {
        if end == start + 1 { return text[start] == UInt8(ascii: "-") }
        return end >= start + 5 && memcmp(text + start, "SigV", 4) == 0
    }

    /// Reads referrer and user agent, which the client chooses.
    private mutating func freeText(_ record: inout AccessRecord) {
        guard position < count else { return }
        guard text[position] == Self.quote else {
            record.places[AccessField.referrer.rawValue] = token()
            guard position < count else { return }
            guard text[position] == Self.quote, let last = endOfUserAgent(from: position + 1) else {
                record.places[AccessField.userAgent.rawValue] = token()
                return
            }
            record.places[AccessField.userAgent.rawValue] = place(position + 1, last)
            position = min(count, last + 2)
            return
        }
        let start = position + 1
        guard let last = endOfUserAgent(from: start) else {
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
        // The user agent has no quotes, or is missing.
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
