/// A port of TCP or UDP.
struct TransportPort: Hashable, Sendable, CustomStringConvertible {
    enum Transport: String, Hashable, Sendable, CaseIterable {
        case tcp
        case udp

        /// Whether a rule's protocol, by name or IANA number, includes this one; `-1` includes all.
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
    /// One port of each range in which each of these ranges contains either every port or none. The answer for that
    /// port holds for its whole range, so evaluating these ports evaluates all. The ranges can contain numbers that are
    /// not ports.
    var representativePorts: [Int] {
        let last = TransportPort.all.upperBound
        let borders = flatMap { [$0.lowerBound, Swift.min($0.upperBound, last) + 1] } + [TransportPort.all.lowerBound]
        return Set(borders.filter(TransportPort.all.contains)).sorted()
    }
}
