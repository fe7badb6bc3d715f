internal import LogReaders

/// The external networks and ports with which each interface exchanged data before.
struct KnownNetworks {
    private struct Network: Hashable {
        var interface: Int32
        var address: FlowAddress
    }

    private struct Port: Hashable {
        var interface: Int32
        var port: UInt16
    }

    /// The numbers of the pairs with external peers that received data, by interface.
    private(set) var external: [Int32: [Int]] = [:]
    private var networks: [Network: UInt32] = [:]
    private var ports: [Port: UInt32] = [:]
    private let tally: FlowTally
    private let before: LearnedFlows
    private let learned: Int

    init(_ tally: FlowTally, _ before: LearnedFlows, _ settings: FlowSettings, learned: Int) {
        self.tally = tally
        self.before = before
        self.learned = learned
        for (number, pair) in tally.pairs.entries.enumerated()
        where pair.bytesOut > 0 && !settings.isInternal(pair.peer) {
            external[pair.interface, default: []].append(number)
            let network = Network(interface: pair.interface, address: pair.peer.network)
            networks[network] = min(networks[network] ?? .max, pair.first)
            guard !pair.interfaceServes else { continue }
            let port = Port(interface: pair.interface, port: pair.port)
            ports[port] = min(ports[port] ?? .max, pair.first)
        }
    }

    func isNew(_ number: Int) -> Bool {
        let pair = tally.pairs.entries[number]
        let first = networks[Network(interface: pair.interface, address: pair.peer.network)] ?? 0
        return Int(first) >= learned && before.networks[name(pair)]?["\(pair.peer.network)"] == nil
    }

    func hasNewPort(_ number: Int) -> Bool {
        let pair = tally.pairs.entries[number]
        guard !pair.interfaceServes else { return false }
        let first = ports[Port(interface: pair.interface, port: pair.port)] ?? 0
        return Int(first) >= learned && before.ports[name(pair)]?["\(pair.port)"] == nil
    }

    /// - Parameter latest: the latest hour to learn; later ones are clamped to it.
    func learn(_ baseline: inout LearnedFlows, until latest: Int) {
        for pair in external.values.joined().map({ tally.pairs.entries[$0] }) {
            let hour = min(Int(pair.last) / 3_600, latest)
            // Older logs may be read after newer ones.
            let network = "\(pair.peer.network)"
            let known = baseline.networks[name(pair)]?[network] ?? 0
            baseline.networks[name(pair), default: [:]][network] = max(hour, known)
            guard !pair.interfaceServes else { continue }
            let used = baseline.ports[name(pair)]?["\(pair.port)"] ?? 0
            baseline.ports[name(pair), default: [:]]["\(pair.port)"] = max(hour, used)
        }
    }

    private func name(_ pair: PairEntry) -> String { tally.interfaces.entries[Int(pair.interface)].name }
}
