/// The bytes of a network interface in one direction, hour by hour, with the range that was learned as normal.
public struct TransferSeries: Sendable, Hashable {
    /// The direction and the class of the peers.
    public enum Direction: String, Sendable, Hashable, CaseIterable {
        case outExternal = "out-external"
        case outInternal = "out-internal"
        case inExternal = "in-external"
        case inInternal = "in-internal"
    }

    public struct Hour: Sendable, Hashable {
        /// Hours since 1970.
        public var hour: Int
        public var bytes: Double
        /// The range of bytes that is normal for this hour; `nil` while it is being learned.
        public var band: ClosedRange<Double>?
        /// Whether the hour belongs to an alert.
        public var isUnusual: Bool
        /// The peers with the most bytes, the first with the most. Peers with less than 100 kB in the hour are not
        /// listed.
        public var peers: [Peer]

        public init(hour: Int, bytes: Double, band: ClosedRange<Double>?, isUnusual: Bool, peers: [Peer] = []) {
            self.hour = hour
            self.bytes = bytes
            self.band = band
            self.isUnusual = isUnusual
            self.peers = peers
        }
    }

    public struct Peer: Sendable, Hashable {
        public var address: String
        public var bytes: Double

        public init(address: String, bytes: Double) {
            self.address = address
            self.bytes = bytes
        }
    }

    public var interface: String
    /// `nil` if the log does not have it.
    public var account: String?
    /// `nil` if the log does not have it.
    public var region: String?
    public var direction: Direction
    /// The hours with traffic, in order.
    public var hours: [Hour]

    public init(interface: String, account: String?, region: String?, direction: Direction, hours: [Hour]) {
        self.interface = interface
        self.account = account
        self.region = region
        self.direction = direction
        self.hours = hours
    }

    public var bytes: Double { hours.reduce(0) { $0 + $1.bytes } }
    public var isUnusual: Bool { hours.contains(where: \.isUnusual) }
}

extension TransferSeries.Direction {
    /// `nil` if the series does not count bytes.
    init?(_ series: FlowSeries) {
        switch series {
        case .outExternal: self = .outExternal
        case .outInternal: self = .outInternal
        case .inExternal: self = .inExternal
        case .inInternal: self = .inInternal
        case .rejectedIn, .rejectedOut, .outFlows: return nil
        }
    }
}

extension FlowAnalytics {
    /// The number of interfaces whose transfers are reported. Interfaces with an unusual hour come first, then those
    /// with the most bytes.
    static let interfacesReported = 40
    /// The latest hours of a series that are reported: two weeks.
    static let hoursReported = 336
    private static let peersReported = 5

    /// The transfers of the most notable interfaces.
    /// - Returns: the transfers, and the number of interfaces that were left out.
    func transfers(_ judge: VolumeJudge) -> (series: [TransferSeries], omitted: Int) {
        let subjects = judge.subjects.filter { $0.interface != nil && $0.series.countsBytes && !$0.rows.isEmpty }
        var weights: [Int: (isUnusual: Bool, bytes: UInt64)] = [:]
        for subject in subjects {
            guard let interface = subject.interface else { continue }
            var weight = weights[interface] ?? (false, 0)
            weight.isUnusual = weight.isUnusual || !subject.episodes.isEmpty
            for row in subject.rows.values {
                weight.bytes = weight.bytes.addingSaturating(tally.volumes.rows[row].total)
            }
            weights[interface] = weight
        }
        let names = tally.interfaces.entries.map(\.name)
        let order = weights.sorted { one, other in
            if one.value.isUnusual != other.value.isUnusual { return one.value.isUnusual }
            return (one.value.bytes, names[other.key]) > (other.value.bytes, names[one.key])
        }
        let places = Dictionary(
            uniqueKeysWithValues: order.prefix(Self.interfacesReported).enumerated().map { ($1.key, $0) })
        let series = subjects.compactMap { subject -> (place: Int, series: TransferSeries)? in
            guard let interface = subject.interface, let place = places[interface],
                let direction = TransferSeries.Direction(subject.series)
            else { return nil }
            let entry = tally.interfaces.entries[interface]
            return (
                place,
                TransferSeries(
                    interface: entry.name.isEmpty ? "(no interface)" : entry.name,
                    account: entry.account.isEmpty ? nil : entry.account,
                    region: entry.region.isEmpty ? nil : entry.region, direction: direction,
                    hours: hours(of: subject, judge.bands))
            )
        }
        return (
            series.sorted { ($0.place, $0.series.direction.order) < ($1.place, $1.series.direction.order) }
                .map(\.series),
            max(0, order.count - Self.interfacesReported)
        )
    }

    private func hours(of subject: VolumeJudge.Subject, _ bands: [VolumeJudge.Band]) -> [TransferSeries.Hour] {
        let unusual = subject.episodes.map { $0.firstTime / 3_600...max($0.firstTime, $0.lastTime) / 3_600 }
        return subject.rows.sorted { $0.key < $1.key }.suffix(Self.hoursReported).map { hour, number in
            let row = tally.volumes.rows[number]
            var peers: [(pair: Int32, bytes: UInt64)] = []
            for place in 0..<VolumeRow.peersKept where row.peers[place] >= 0 {
                peers.append((row.peers[place], row.weights[place]))
            }
            let shown = peers.map { (address: "\(tally.pairs.entries[Int($0.pair)].peer)", bytes: $0.bytes) }
                .sorted { ($0.bytes, $1.address) > ($1.bytes, $0.address) }.prefix(Self.peersReported)
            return TransferSeries.Hour(
                hour: Int(hour), bytes: Double(row.total), band: number < bands.count ? bands[number].range : nil,
                isUnusual: unusual.contains { $0.contains(Int(hour)) },
                peers: shown.map { TransferSeries.Peer(address: $0.address, bytes: Double($0.bytes)) })
        }
    }
}

extension TransferSeries.Direction {
    fileprivate var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
