/// Decodes one line, column by column. The line must end with a newline, which ends every number, address and word.
struct FlowScanner {
    private let columns: [FlowField?]
    private let separator: UInt8
    private let isTransitGateway: Bool
    let isVersion2: Bool

    private static let space = UInt8(ascii: " ")
    private static let newline = UInt8(ascii: "\n")
    private static let dash = UInt8(ascii: "-")

    init(_ format: FlowFormat) {
        columns = format.scanned
        separator = format.separator
        isVersion2 = format == .version2
        isTransitGateway = format.columns.contains(.attachmentID) || format.columns.contains(.gatewayID)
    }

    /// - Returns: the position of the newline; `nil` if the line does not have the format.
    @inline(never)
    func scan(_ start: UnsafePointer<UInt8>, into record: inout FlowRecord) -> UnsafePointer<UInt8>? {
        var at = start
        guard isVersion2 else { return scanColumns(start, into: &record) }
        record.isTransitGateway = false
        record.hasAddresses = true
        // The columns of version 2, the default, are known, so none is looked up.
        guard at.pointee &- 0x30 < 10 else { return nil }
        guard Self.skip(&at), let account = Self.word(&at), let interface = Self.word(&at) else { return nil }
        record.account = account
        record.interface = interface
        guard Self.address(&at, &record.source, &record.hasAddresses),
            Self.address(&at, &record.destination, &record.hasAddresses)
        else { return nil }
        guard let sourcePort = Self.number(&at), let destinationPort = Self.number(&at),
            let transport = Self.number(&at), let packets = Self.number(&at), let bytes = Self.number(&at),
            let begin = Self.number(&at), let end = Self.number(&at),
            sourcePort | destinationPort < 65_536, transport < 256
        else { return nil }
        record.sourcePort = UInt16(truncatingIfNeeded: sourcePort)
        record.destinationPort = UInt16(truncatingIfNeeded: destinationPort)
        record.transport = UInt8(truncatingIfNeeded: transport)
        record.packets = packets
        record.bytes = bytes
        record.start = Int(truncatingIfNeeded: begin)
        record.end = Int(truncatingIfNeeded: end)
        guard Self.action(&at, &record.action) else { return nil }
        return Self.lastStatus(&at, &record.status) ? at : nil
    }

    private func scanColumns(_ start: UnsafePointer<UInt8>, into record: inout FlowRecord) -> UnsafePointer<UInt8>? {
        var at = start
        record = FlowRecord()
        record.isTransitGateway = isTransitGateway
        var addresses = 0
        for (index, field) in columns.enumerated() {
            let isLast = index == columns.count - 1
            guard take(field, &at, &record, &addresses, isLast: isLast) else { return nil }
        }
        record.hasAddresses = addresses == 2
        return at
    }

    /// Reads one column, and the separator after it. After the last column, the position is that of the newline.
    private func take(
        _ field: FlowField?, _ at: inout UnsafePointer<UInt8>, _ record: inout FlowRecord, _ addresses: inout Int,
        isLast: Bool
    ) -> Bool {
        let first = at
        while at.pointee != separator, at.pointee != Self.newline { at += 1 }
        var word = Bytes(start: first, count: at - first)
        if isLast {
            while at.pointee == Self.space { at += 1 }
            guard at.pointee == Self.newline else { return false }
            if word.last == 0x0D { word = Bytes(rebasing: word.dropLast()) }
        } else {
            guard at.pointee == separator else { return false }
            at += 1
        }
        if separator == FlowFormat.comma {
            // Exports of tables leave an absent field empty.
            word = FlowFormat.unquoted(word)
            if word.isEmpty { return true }
        }
        guard !word.isEmpty else { return false }
        guard let field else { return true }
        return Self.decode(field, word, &record, &addresses)
    }

    /// Decodes the fields of ``FlowRecord``. Other fields are looked up in the line when a rule needs them.
    private static func decode(
        _ field: FlowField, _ word: Bytes, _ record: inout FlowRecord, _ addresses: inout Int
    ) -> Bool {
        let isAbsent = word.count == 1 && word[0] == dash
        switch field {
        case .accountID: record.account = isAbsent ? Bytes(start: nil, count: 0) : word
        case .interfaceID, .attachmentID: if !isAbsent { record.interface = word }
        // A regional NAT gateway has no interface, so AWS names the gateway.
        case .resourceID: if !isAbsent, record.interface.isEmpty { record.interface = word }
        case .region: record.region = isAbsent ? Bytes(start: nil, count: 0) : word
        case .source, .destination:
            if isAbsent { return true }
            guard let address = FlowAddress(word) else { return false }
            if field == .source { record.source = address } else { record.destination = address }
            addresses += 1
        case .action: return actionValue(word, &record.action)
        case .logStatus: return statusValue(word, &record.status)
        case .flowDirection: return directionValue(word, &record.direction)
        case .sourcePort, .destinationPort, .transport, .packets, .bytes, .start, .end, .tcpFlags:
            return isAbsent || number(field, word, &record)
        default: break
        }
        return true
    }

    private static func number(_ field: FlowField, _ word: Bytes, _ record: inout FlowRecord) -> Bool {
        guard let value = DecimalDigits.parse(word) else { return false }
        switch field {
        case .sourcePort, .destinationPort:
            guard let port = UInt16(exactly: value) else { return false }
            if field == .sourcePort { record.sourcePort = port } else { record.destinationPort = port }
        case .transport:
            guard let transport = UInt8(exactly: value) else { return false }
            record.transport = transport
        case .packets: record.packets = UInt64(value)
        case .bytes: record.bytes = UInt64(value)
        case .start: record.start = value
        case .end: record.end = value
        case .tcpFlags: record.tcpFlags = UInt8(truncatingIfNeeded: value)
        default: break
        }
        return true
    }

    private static func actionValue(_ word: Bytes, _ action: inout FlowRecord.Action) -> Bool {
        switch (word[0], word.count) {
        case (UInt8(ascii: "A"), 6): action = .accept
        case (UInt8(ascii: "R"), 6): action = .reject
        case (dash, 1): action = .unstated
        default: return false
        }
        return true
    }

    private static func statusValue(_ word: Bytes, _ status: inout FlowRecord.Status) -> Bool {
        switch (word[0], word.count) {
        case (UInt8(ascii: "O"), 2), (dash, 1): status = .ok
        case (UInt8(ascii: "N"), 6): status = .noData
        case (UInt8(ascii: "S"), 8): status = .skipData
        default: return false
        }
        return true
    }

    private static func directionValue(_ word: Bytes, _ direction: inout FlowRecord.Direction) -> Bool {
        switch (word[0], word.count) {
        case (UInt8(ascii: "i"), 7): direction = .ingress
        case (UInt8(ascii: "e"), 6): direction = .egress
        case (dash, 1): direction = .unstated
        default: return false
        }
        return true
    }

    // The following functions read one column of version 2, and the space after it.

    @inline(__always)
    private static func skip(_ at: inout UnsafePointer<UInt8>) -> Bool {
        while at.pointee > space { at += 1 }
        guard at.pointee == space else { return false }
        at += 1
        return true
    }

    @inline(__always)
    private static func word(_ at: inout UnsafePointer<UInt8>) -> Bytes? {
        let first = at
        while at.pointee > space { at += 1 }
        guard at.pointee == space, at > first else { return nil }
        defer { at += 1 }
        return Bytes(start: first, count: at - first)
    }

    @inline(__always)
    private static func number(_ at: inout UnsafePointer<UInt8>) -> UInt64? {
        let first = at
        var value: UInt64 = 0
        var digit = at.pointee &- 0x30
        while digit < 10 {
            value = value &* 10 &+ UInt64(digit)
            at += 1
            digit = at.pointee &- 0x30
        }
        guard at > first, at - first <= 18 else {
            guard at == first, at.pointee == dash, at[1] == space else { return nil }
            at += 2
            return 0
        }
        guard at.pointee == space else { return nil }
        at += 1
        return value
    }

    @inline(__always)
    private static func address(
        _ at: inout UnsafePointer<UInt8>, _ address: inout FlowAddress, _ isThere: inout Bool
    ) -> Bool {
        let first = at
        var value: UInt32 = 0
        for place in 0..<4 {
            var digit = UInt32(at.pointee &- 0x30)
            guard digit < 10 else { return otherAddress(first, &at, &address, &isThere) }
            var part = digit
            at += 1
            digit = UInt32(at.pointee &- 0x30)
            if digit < 10 {
                // 01.2.3.4 is not an address.
                guard part > 0 else { return otherAddress(first, &at, &address, &isThere) }
                part = part &* 10 &+ digit
                at += 1
                digit = UInt32(at.pointee &- 0x30)
                if digit < 10 {
                    part = part &* 10 &+ digit
                    at += 1
                }
            }
            value = value << 8 | (part & 0xFF)
            guard part < 256, at.pointee == (place < 3 ? UInt8(ascii: ".") : space) else {
                return otherAddress(first, &at, &address, &isThere)
            }
            at += 1
        }
        address = FlowAddress(v4: value)
        return true
    }

    /// Reads an IPv6 address or `-`.
    private static func otherAddress(
        _ first: UnsafePointer<UInt8>, _ at: inout UnsafePointer<UInt8>, _ address: inout FlowAddress,
        _ isThere: inout Bool
    ) -> Bool {
        at = first
        guard let word = word(&at) else { return false }
        if word.count == 1, word[0] == dash {
            isThere = false
            address = FlowAddress(high: 0, low: 0)
            return true
        }
        guard let parsed = FlowAddress(word) else { return false }
        address = parsed
        return true
    }

    @inline(__always)
    private static func action(_ at: inout UnsafePointer<UInt8>, _ action: inout FlowRecord.Action) -> Bool {
        guard let word = word(&at) else { return false }
        return actionValue(word, &action)
    }

    /// Reads the last column, which only the end of the line may follow.
    @inline(__always)
    private static func lastStatus(_ at: inout UnsafePointer<UInt8>, _ status: inout FlowRecord.Status) -> Bool {
        let first = at
        while at.pointee > space { at += 1 }
        guard at > first, statusValue(Bytes(start: first, count: at - first), &status) else { return false }
        while at.pointee == space || at.pointee == 0x0D { at += 1 }
        return at.pointee == newline
    }
}
