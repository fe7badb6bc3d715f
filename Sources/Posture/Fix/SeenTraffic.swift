public import Basics

/// The accepted flows of VPC flow logs, counted by source, interface and port.
public struct SeenTraffic: Sendable {
    public struct Flow: Sendable, Hashable {
        /// The ID of the interface that received the flow.
        public var interface: String
        /// The protocol number as IANA assigns it: 6 for TCP, 17 for UDP.
        public var transport: Int
        public var port: Int
        public var source: IPAddress

        public init(interface: String, transport: Int, port: Int, source: IPAddress) {
            self.interface = interface
            self.transport = transport
            self.port = port
            self.source = source
        }
    }

    /// The number of records of each flow.
    public private(set) var counts: [Flow: Int] = [:]
    /// The seconds of the first and the last record that was read; `nil` if there was none.
    public private(set) var seconds: ClosedRange<Int>?
    /// Whether some of the logs could not be read.
    public var isIncomplete = false

    public init() {}

    /// - Parameter flow: the flow of the record; `nil` for any other record, which only extends the time range.
    public mutating func add(_ flow: Flow?, at second: Int) {
        widen(to: second...second)
        if let flow { counts[flow, default: 0] += 1 }
    }

    public mutating func merge(_ other: SeenTraffic) {
        if let seconds = other.seconds { widen(to: seconds) }
        counts.merge(other.counts) { $0 + $1 }
        isIncomplete = isIncomplete || other.isIncomplete
    }

    private mutating func widen(to more: ClosedRange<Int>) {
        seconds = seconds.map { min($0.lowerBound, more.lowerBound)...max($0.upperBound, more.upperBound) } ?? more
    }

    /// A description of the logs, such as `the flow logs from 2026-01-01T00:00:00Z to 2026-01-14T00:00:00Z`.
    public var name: String {
        guard let seconds, let from = Moment(seconds: seconds.lowerBound), let to = Moment(seconds: seconds.upperBound)
        else { return "the flow logs, which are empty," }
        return "the flow logs from \(from) to \(to)" + (isIncomplete ? ", of which some could not be read," : "")
    }
}
