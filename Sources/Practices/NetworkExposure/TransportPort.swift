/// A port of TCP or UDP.
struct TransportPort: Hashable, Sendable, CustomStringConvertible {
    enum Transport: String, Hashable, Sendable, CaseIterable {
        case tcp
        case udp

        /// Whether a rule's protocol, by name or by IANA's number, takes in this one; `-1` takes in all.
        func isMeant(by ipProtocol: String) -> Bool {
            switch self {
            case .tcp: ["-1", "6", "tcp"].contains(ipProtocol)
            case .udp: ["-1", "17", "udp"].contains(ipProtocol)
            }
        }
    }

    var transport: Transport
    var number: Int

    /// Every port that can be connected to.
    static let all = 1...65_535

    /// `22/tcp`
    var description: String { "\(number)/\(transport)" }
}

extension [ClosedRange<Int>] {
    /// One port of each stretch in which all these ranges either hold every port or none: what is true of it is true of
    /// the stretch. Judging these judges all ports. The ranges may hold numbers that no port has.
    var representativePorts: [Int] {
        let last = TransportPort.all.upperBound
        let borders = flatMap { [$0.lowerBound, Swift.min($0.upperBound, last) + 1] } + [TransportPort.all.lowerBound]
        return Set(borders.filter(TransportPort.all.contains)).sorted()
    }
}
