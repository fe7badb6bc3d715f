import Basics
internal import LogReaders

extension FlowAnalytics {
    /// Finds scans of many ports of one host, and of many hosts at one port. Replies were excluded when the records
    /// were counted.
    func scans(_ baseline: inout LearnedFlows) -> [Alert] {
        portScans() + hostSweeps(&baseline)
    }

    /// The probes of another host's ports by one host.
    private struct PortScan {
        let source: FlowAddress
        let destination: FlowAddress
        let interface: Int
        let ports: Int
        let times: ProbeTimes
        let isBySelf: Bool
        let rejected: Int

        /// The interfaces of both sides record an internal scan. The interface that saw more ports counts.
        func precedes(_ other: PortScan) -> Bool {
            (ports, isBySelf ? 1 : 0, other.source, other.destination)
                > (other.ports, other.isBySelf ? 1 : 0, source, destination)
        }
    }

    private func portScans() -> [Alert] {
        var found: [[FlowAddress]: PortScan] = [:]
        for key in tally.scans.keys {
            let hash = tally.pairs.hash(key.interface, key.peer)
            guard let number = tally.pairs.find(key.interface, key.peer, hash) else { continue }
            let pair = tally.pairs.entries[number]
            let ports = tally.scans.count(key, key.sends ? pair.ports : pair.portsByPeer)
            guard ports >= settings.scannedPorts else { continue }
            let own = tally.interfaces.entries[Int(pair.interface)].own(towards: pair.peer)
            let scan = PortScan(
                source: key.sends ? own : pair.peer, destination: key.sends ? pair.peer : own,
                interface: Int(pair.interface), ports: ports,
                times: key.sends ? pair.probing : pair.probingByPeer, isBySelf: key.sends,
                rejected: Int(pair.rejected))
            guard !settings.expectedScanners.contains(scan.source) else { continue }
            if let known = found[[scan.source, scan.destination]], known.precedes(scan) { continue }
            found[[scan.source, scan.destination]] = scan
        }
        // One alert for an internal scanner, whatever it scans. One alert for a host that external scanners scan.
        return Dictionary(grouping: found.values) { scan in
            settings.isInternal(scan.source) ? "\(scan.source)" : "\(scan.interface) \(scan.destination)"
        }.values.map { portScan($0.sorted { $0.precedes($1) }) }
    }

    /// - Parameter scans: the scans by one scanner or of one host, the strongest first.
    private func portScan(_ scans: [PortScan]) -> Alert {
        let strongest = scans[0]
        let isInternal = settings.isInternal(strongest.source)
        let span = scans.dropFirst().reduce(into: strongest.times) { $0.merge($1.times) }
        let behind = rows(strongest.interface, from: Int(span.first), to: Int(span.last))
        return alert(
            "flow-port-scan", "Port scan", strongest.interface,
            isInternal ? .high : .medium, from: Int(span.first), to: Int(span.last),
            fields: ["source": "\(strongest.source)", "destination": "\(strongest.destination)"],
            [.init("distinct_ports", .int(strongest.ports))]
                + (strongest.isBySelf ? [] : [.init("rejected_flows", .int(strongest.rejected))])
                + Self.others(
                    isInternal ? "hosts" : "sources",
                    scans.map { ("\(isInternal ? $0.destination : $0.source)", $0.ports) }, "ports")
                + records(behind) { $0.source == strongest.source && $0.destination == strongest.destination })
    }

    /// Evidence for an alert about several parties: their number, and the strongest ones. Empty if there is only one.
    static func others(_ name: String, _ parties: [(name: String, amount: Int)], _ unit: String) -> [JSON.Object.Member]
    {
        guard parties.count > 1 else { return [] }
        return [
            .init(name, .int(parties.count)),
            .init(
                "top_\(name)",
                .array(
                    parties.prefix(5).map {
                        .members([.init("address", .string($0.name)), .init(unit, .int($0.amount))])
                    })),
        ]
    }

    /// The account to which all interfaces belong; `nil` if there are several.
    var onlyAccount: String? {
        let accounts = Set(tally.interfaces.entries.map(\.account))
        return accounts.count == 1 ? accounts.first.flatMap { $0.isEmpty ? nil : $0 } : nil
    }

    private func hostSweeps(_ baseline: inout LearnedFlows) -> [Alert] {
        var found: [(key: SweepKey, sweep: Sweep)] = []
        for (key, sweep) in tally.allSweeps where sweep.hostCount >= settings.sweptHosts {
            let name = "\(key.source):\(key.port)"
            let isKnown = before.sweeps[name] != nil
            let hour = min(Int(sweep.last) / 3_600, hours.map { Int($0.upperBound) } ?? .max)
            baseline.sweeps[name] = max(hour, baseline.sweeps[name] ?? 0)
            guard !isKnown, !settings.expectedScanners.contains(key.source) else { continue }
            found.append((key, sweep))
        }
        found.sort {
            ($0.sweep.hostCount, $1.key.source, $1.key.port) > ($1.sweep.hostCount, $0.key.source, $0.key.port)
        }
        // One alert for an internal source and a port. One alert for a port that external sources probe.
        let groups = Dictionary(grouping: found) { found in
            found.sweep.isExternal ? "\(found.key.port)" : "\(found.key.source):\(found.key.port)"
        }
        return groups.values.map(hostSweep)
    }

    /// - Parameter sweeps: the sweeps by one source or at one port, the strongest first.
    private func hostSweep(_ sweeps: [(key: SweepKey, sweep: Sweep)]) -> Alert {
        let (key, sweep) = sweeps[0]
        let first = sweeps.map(\.sweep.first).min() ?? sweep.first
        let last = sweeps.map(\.sweep.last).max() ?? sweep.last
        let interface = tally.interfaces.entries.indices.filter { tally.interfaces.entries[$0].isOwn(key.source) }
            .min { tally.interfaces.entries[$0].name < tally.interfaces.entries[$1].name }
        var fields = ["source": "\(key.source)", "port": key.port == 0 ? "icmp" : "\(key.port)"]
        if let interface { fields["interface"] = tally.interfaces.entries[interface].name }
        let behind = interface.map { rows($0, from: Int(sweep.first), to: Int(sweep.last)) } ?? []
        let account = interface.map { tally.interfaces.entries[$0].account } ?? onlyAccount
        return Alert(
            rule: "flow-host-sweep", title: "Host sweep", time: Int(first),
            lastTime: Int(last), severity: sweep.isExternal ? .low : .high,
            account: account.flatMap { $0.isEmpty ? nil : $0 }, actor: fields["interface"] ?? "\(key.source)",
            practice: "flow-logs", fields: fields,
            evidence: [
                .init("distinct_hosts", .int(sweep.hostCount)),
                .init("rejected_flows", .int(sweep.rejected)),
                .init("hosts", .array(sweep.sampleHosts.map { .string("\($0)") })),
            ] + Self.others("sources", sweeps.map { ("\($0.key.source)", $0.sweep.hostCount) }, "hosts")
                + records(behind) { $0.source == key.source && $0.destinationPort == key.port })
    }
}
