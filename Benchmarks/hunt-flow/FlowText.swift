import Foundation
import Gzip

/// Writes records as AWS delivers them to S3: gzip files with a header line, records of many interfaces mixed.
struct FlowText {
    static let header =
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n"
    static let account = "123456789012"

    static func name(of interface: Int) -> String {
        let number = UInt64(interface + 1) &* 0x9E37_79B9_7F4A_7C15
        let digits = String(number & 0xFF_FFFF_FFFF_FFFF | 0x10_0000_0000_0000, radix: 16)
        return "eni-0" + String(repeating: "0", count: max(0, 16 - digits.count)) + digits.suffix(16)
    }

    private var text: [UInt8] = []
    private let names: [[UInt8]]
    private let compressionLevel: Int32

    init(interfaces: Int, compressionLevel: Int32 = 6) {
        names = (0..<interfaces).map { Array(Self.name(of: $0).utf8) }
        self.compressionLevel = compressionLevel
    }

    /// - Returns: how many bytes of text the file holds.
    mutating func write(_ flows: [Flow], to file: URL) throws -> Int {
        text.removeAll(keepingCapacity: true)
        text.append(contentsOf: Self.header.utf8)
        for flow in flows { append(flow) }
        try Data(Gzip.compress(text, level: compressionLevel)).write(to: file)
        return text.count
    }

    private mutating func append(_ flow: Flow) {
        text.append(contentsOf: [0x32, 0x20])
        text.append(contentsOf: Self.account.utf8)
        text.append(0x20)
        text.append(contentsOf: names[Int(flow.interface)])
        text.append(0x20)
        guard flow.kind == .accept || flow.kind == .reject else {
            text.append(contentsOf: "- - - - - - - ".utf8)
            number(UInt64(flow.start))
            number(UInt64(flow.end))
            text.append(contentsOf: (flow.kind == .noData ? "- NODATA\n" : "- SKIPDATA\n").utf8)
            return
        }
        address(flow.source, flow)
        address(flow.destination, flow)
        number(UInt64(flow.sourcePort))
        number(UInt64(flow.destinationPort))
        number(UInt64(flow.transport))
        number(UInt64(flow.packets))
        number(flow.bytes)
        number(UInt64(flow.start))
        number(UInt64(flow.end))
        text.append(contentsOf: (flow.kind == .accept ? "ACCEPT OK\n" : "REJECT OK\n").utf8)
    }

    private mutating func address(_ address: UInt32, _ flow: Flow) {
        if flow.isIPv6 {
            text.append(contentsOf: "\(FlowWorld.address(address, isIPv6: true)) ".utf8)
            return
        }
        for shift: UInt32 in [24, 16, 8, 0] { digits(UInt64(address >> shift & 0xFF), then: shift == 0 ? 0x20 : 0x2E) }
    }

    private mutating func number(_ value: UInt64) { digits(value, then: 0x20) }

    private mutating func digits(_ value: UInt64, then separator: UInt8) {
        var rest = value
        var buffer: InlineArray<20, UInt8> = InlineArray(repeating: 0)
        var at = 20
        repeat {
            at -= 1
            buffer[at] = UInt8(truncatingIfNeeded: rest % 10) + 0x30
            rest /= 10
        } while rest > 0
        while at < 20 {
            text.append(buffer[at])
            at += 1
        }
        text.append(separator)
    }
}
