internal import CByteMasks

/// Decodes a line of the default format that is as nearly all of them are: between two IPv4 addresses, with an action, and
/// nothing lost. All other lines are ``FlowScanner``'s, which knows every form.
///
/// Where fields end is found for eight bytes at once, before any field is decoded, and decoding has no loop over digits:
/// how long fields are changes from line to line, and a processor would guess each of them wrong.
enum UsualFlowLine {
    /// In bytes from the start of a line: so far it may be looked at, whatever stands there.
    static let reach = 256

    /// - Parameter start: at least ``reach`` bytes may be read from here.
    /// Hands out the record, made in place: to copy what was just written field by field takes as long as to read it.
    /// - Returns: where the newline stands; nil where it is another line.
    @inline(__always)
    static func read(
        _ start: UnsafePointer<UInt8>, _ body: (FlowRecord) throws -> Void
    ) rethrows -> UnsafePointer<UInt8>? {
        guard start[0] &- 0x30 < 10, start[1] == space else { return nil }
        let account = start + 2
        var ends = upToSpaces(account)
        let accountEnd = next(&ends)
        guard ends != 0 else { return nil }
        let interfaceEnd = next(&ends)
        guard accountEnd > 0, interfaceEnd > accountEnd + 1, account[accountEnd] == space,
            account[interfaceEnd] == space
        else { return nil }

        var at = account + interfaceEnd + 1
        // What is wrong anywhere leaves a bit here, and is looked at once.
        var wrong: UInt64 = 0
        guard let source = address(&at, &wrong), let destination = address(&at, &wrong) else { return nil }

        var others = notDigits(at)
        let sourcePortEnd = next(&others)
        let destinationPortEnd = next(&others)
        let transportEnd = next(&others)
        let packetsEnd = next(&others)
        let bytesEnd = next(&others)
        let beginEnd = next(&others)
        guard others != 0 else { return nil }
        let endEnd = next(&others)
        wrong |= UInt64(
            (at[sourcePortEnd] ^ space) | (at[destinationPortEnd] ^ space) | (at[transportEnd] ^ space)
                | (at[packetsEnd] ^ space) | (at[bytesEnd] ^ space) | (at[beginEnd] ^ space) | (at[endEnd] ^ space))
        let sourcePort = number(at, 0, sourcePortEnd, &wrong)
        let destinationPort = number(at, sourcePortEnd &+ 1, destinationPortEnd, &wrong)
        let transport = number(at, destinationPortEnd &+ 1, transportEnd, &wrong)
        let packets = longNumber(at, transportEnd &+ 1, packetsEnd, &wrong)
        let bytes = longNumber(at, packetsEnd &+ 1, bytesEnd, &wrong)
        let begin = seconds(at, bytesEnd &+ 1, beginEnd, &wrong)
        let end = seconds(at, beginEnd &+ 1, endEnd, &wrong)
        wrong |= (sourcePort | destinationPort) &>> 16 | transport &>> 8

        let tail = at + endEnd + 1
        let verdict = word(tail)
        guard wrong == 0, verdict == accepted || verdict == rejected, tail[8] == UInt8(ascii: "K"), tail[9] == newline
        else { return nil }
        let none = Bytes(start: nil, count: 0)
        let record = FlowRecord(
            line: Bytes(start: start, count: tail + 9 - start), account: Bytes(start: account, count: accountEnd),
            interface: Bytes(start: account + accountEnd + 1, count: interfaceEnd &- accountEnd &- 1), region: none,
            source: FlowAddress(v4: source), destination: FlowAddress(v4: destination),
            start: Int(truncatingIfNeeded: begin), end: Int(truncatingIfNeeded: end), packets: packets, bytes: bytes,
            sourcePort: UInt16(truncatingIfNeeded: sourcePort),
            destinationPort: UInt16(truncatingIfNeeded: destinationPort),
            transport: UInt8(truncatingIfNeeded: transport), tcpFlags: 0,
            action: verdict == accepted ? .accept : .reject, status: .ok, direction: .unstated, hasAddresses: true,
            isTransitGateway: false)
        try body(record)
        return tail + 9
    }

    private static let space = UInt8(ascii: " ")
    private static let newline = UInt8(ascii: "\n")
    /// `ACCEPT O` and `REJECT O`, the first letter in the lowest byte.
    private static let accepted: UInt64 = 0x4F20_5450_4543_4341
    private static let rejected: UInt64 = 0x4F20_5443_454A_4552

    /// Eight bytes, the first one in the lowest bits.
    @inline(__always)
    private static func word(_ at: UnsafePointer<UInt8>) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(at).loadUnaligned(as: UInt64.self))
    }

    /// Which of the next 48 bytes are spaces or below.
    @inline(__always)
    private static func upToSpaces(_ at: UnsafePointer<UInt8>) -> UInt64 {
        parapet_up_to_spaces(at) | parapet_up_to_spaces(at + 16) &<< 16 | parapet_up_to_spaces(at + 32) &<< 32
    }

    /// Which of the next 64 bytes are no digits.
    @inline(__always)
    private static func notDigits(_ at: UnsafePointer<UInt8>) -> UInt64 {
        parapet_not_digits(at) | parapet_not_digits(at + 16) &<< 16 | parapet_not_digits(at + 32) &<< 32
            | parapet_not_digits(at + 48) &<< 48
    }

    /// The place of the lowest bit, which is taken out; 64 where there is none.
    @inline(__always)
    private static func next(_ bits: inout UInt64) -> Int {
        defer { bits &= bits &- 1 }
        return bits.trailingZeroBitCount
    }

    /// An IPv4 address; the position is left behind the space after it.
    /// - Returns: nil where it is probably none.
    @inline(__always)
    private static func address(_ at: inout UnsafePointer<UInt8>, _ wrong: inout UInt64) -> UInt32? {
        var others = parapet_not_digits(at)
        let first = next(&others)
        let second = next(&others)
        let third = next(&others)
        guard others != 0 else { return nil }
        let end = next(&others)
        let a = octet(at, 0, first, &wrong)
        let b = octet(at, first &+ 1, second, &wrong)
        let c = octet(at, second &+ 1, third, &wrong)
        let d = octet(at, third &+ 1, end, &wrong)
        let dot = UInt8(ascii: ".")
        wrong |= UInt64((at[first] ^ dot) | (at[second] ^ dot) | (at[third] ^ dot) | (at[end] ^ space))
        at += end &+ 1
        return a &<< 24 | b &<< 16 | c &<< 8 | d
    }

    /// One to three digits.
    @inline(__always)
    private static func octet(_ at: UnsafePointer<UInt8>, _ from: Int, _ end: Int, _ wrong: inout UInt64) -> UInt32 {
        let count = end &- from
        let bytes = UInt32(littleEndian: UnsafeRawPointer(at + end - 4).loadUnaligned(as: UInt32.self))
        let unwanted = UInt32(truncatingIfNeeded: 32 &- 8 &* count)
        let digits = ((bytes ^ 0x3030_3030) &>> unwanted) &<< unwanted
        // Neither none nor four: then one of these has a bit above the lowest two.
        wrong |= UInt64(bitPattern: Int64((count &- 1) | count)) &>> 2
        wrong |= digits.byteSwapped > 0x02_0505 ? 1 : 0
        // The hundreds, tens and ones meet in the product's highest byte.
        return (digits &* 0x64_0A01) &>> 24
    }

    /// One to eight digits.
    @inline(__always)
    private static func number(_ at: UnsafePointer<UInt8>, _ from: Int, _ end: Int, _ wrong: inout UInt64) -> UInt64 {
        let count = end &- from
        wrong |= UInt64(bitPattern: Int64(count &- 1)) &>> 3
        let unwanted = UInt64(truncatingIfNeeded: 64 &- 8 &* count)
        let digits = ((word(at + end - 8) ^ 0x3030_3030_3030_3030) &>> unwanted) &<< unwanted
        return eightDigits(digits)
    }

    /// Eight digits, the first one in the lowest bits.
    @inline(__always)
    private static func eightDigits(_ digits: UInt64) -> UInt64 {
        // Neighbours become pairs, pairs fours, fours the number.
        let pairs = digits &* 10 &+ digits &>> 8
        let mask: UInt64 = 0x0000_00FF_0000_00FF
        return ((pairs & mask) &* 0x000F_4240_0000_0064 &+ (pairs &>> 16 & mask) &* 0x0000_2710_0000_0001) &>> 32
    }

    /// Ten digits, as the seconds since 1970 have until 2286; one to sixteen others.
    @inline(__always)
    private static func seconds(
        _ at: UnsafePointer<UInt8>, _ from: Int, _ end: Int, _ wrong: inout UInt64
    ) -> UInt64 {
        guard end &- from == 10 else { return longNumber(at, from, end, &wrong) }
        let ones = UInt64(at[end &- 2]) &* 10 &+ UInt64(at[end &- 1]) &- 11 &* 0x30
        return eightDigits(word(at + from) ^ 0x3030_3030_3030_3030) &* 100 &+ ones
    }

    /// One to sixteen digits.
    @inline(__always)
    private static func longNumber(
        _ at: UnsafePointer<UInt8>, _ from: Int, _ end: Int, _ wrong: inout UInt64
    ) -> UInt64 {
        guard end &- from > 8 else { return number(at, from, end, &wrong) }
        return number(at, from, end &- 8, &wrong) &* 100_000_000 &+ number(at, end &- 8, end, &wrong)
    }
}
