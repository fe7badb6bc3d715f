internal import Basics
internal import LogReaders

/// Conversations that carry few bytes but are notable for their number of flows or their port.
extension FlowAnalytics {
    /// Finds very many small flows to a new peer or port, which are typical of DNS tunnels. Port scans are left to
    /// ``scans(_:)``.
    func manySmallFlows(_ interface: Int, _ pairs: [Int], _ known: KnownNetworks, _ found: Set<Int>) -> [Alert] {
        conversations(interface, pairs, found) { number, pair in
            Int(pair.flowsOut) >= settings.smallFlows
                && Double(pair.bytesOut) <= settings.smallFlowBytes * Double(pair.flowsOut)
                && (known.isNew(number) || known.hasNewPort(number))
        }.map { group in
            conversation(
                group, "flow-many-small-flows", "Many small flows to a new external peer or port",
                interface)
        }
    }

    /// Finds lasting conversations at an unusual port that the interface never used before, which are typical of crypto
    /// miners and remote control. At an alternate port of HTTP they must last longer, with a peer that is new as well.
    func lastingPorts(_ interface: Int, _ pairs: [Int], _ known: KnownNetworks, _ found: Set<Int>) -> [Alert] {
        conversations(interface, pairs, found) { number, pair in
            let isAlternate = ServicePorts.isAlternate(pair.port)
            let least = settings.lastingSeconds * (isAlternate ? settings.lastingAtAlternatePorts : 1)
            return pair.isClear && (isAlternate ? known.isNew(number) : !ServicePorts.isUsual(pair.port))
                && pair.bytesIn > 0 && Int(pair.flowsOut) >= settings.lastingFlows
                && Int(pair.last) - Int(pair.first) >= least && known.hasNewPort(number)
        }.map { group in
            conversation(
                group, "flow-lasting-new-port", "Long-lasting flows to a new external port",
                interface)
        }
    }

    /// The matching pairs, grouped by port, the busiest first.
    private func conversations(
        _ interface: Int, _ pairs: [Int], _ found: Set<Int>, _ isMeant: (Int, PairEntry) -> Bool
    ) -> [[PairEntry]] {
        let meant = pairs.filter { number in
            let pair = tally.pairs.entries[number]
            return !pair.interfaceServes && !found.contains(number) && isMeant(number, pair)
        }.map { tally.pairs.entries[$0] }
        return Dictionary(grouping: meant, by: \.port).sorted { $0.key < $1.key }.map { _, pairs in
            pairs.sorted { ($0.flowsOut, $0.bytesOut, $1.peer) > ($1.flowsOut, $1.bytesOut, $0.peer) }
        }
    }

    private func conversation(_ group: [PairEntry], _ rule: String, _ title: String, _ interface: Int) -> Alert {
        let pair = group[0]
        let first = group.map(\.first).min() ?? pair.first
        let last = group.map(\.last).max() ?? pair.last
        return alert(
            rule, title, interface, .medium, from: Int(first), to: Int(last),
            fields: ["peer": "\(pair.peer)", "port": "\(pair.port)"],
            [
                .init("flows", .int(Int(pair.flowsOut))), .init("bytes_sent", .amount(pair.bytesOut)),
                .init("bytes_received", .amount(pair.bytesIn)),
                .init("first_seen", .string(Moment(nearestTo: Int(pair.first)).description)),
            ] + Self.others("peers", group.map { ("\($0.peer)", Int($0.flowsOut)) }, "flows"))
    }
}
