import Basics
internal import LogReaders

extension FlowAnalytics {
    /// Finds scans of many ports of one host, and of many hosts at one port. Replies were left out when the records
    /// were counted.
    func scans(_ baseline: inout LearnedFlows) -> [Alert] {
        portScans() + hostSweeps(&baseline)
    }

    private func portScans() -> [Alert] {
        var alerts: [Alert] = []
        var seen: Set<[FlowAddress]> = []
        for pair in tally.pairs.entries {
            let own = tally.interfaces.entries[Int(pair.interface)].own(towards: pair.peer)
            for (ports, isBySelf) in [(pair.portsTried, true), (pair.portsTriedByPeer, false)]
            where ports.estimate >= settings.scannedPorts {
                let source = isBySelf ? own : pair.peer
                let destination = isBySelf ? pair.peer : own
                // Both interfaces record an internal scan.
                guard !settings.expectedScanners.contains(source), seen.insert([source, destination]).inserted else {
                    continue
                }
                let behind = rows(Int(pair.interface), from: Int(pair.first), to: Int(pair.last))
                alerts.append(
                    alert(
                        "flow-port-scan", "One source tries many ports of a host", Int(pair.interface),
                        settings.isInternal(source) ? .high : .medium, from: Int(pair.first), to: Int(pair.last),
                        fields: ["source": "\(source)", "destination": "\(destination)"],
                        [.init("distinct ports, about", .int(ports.estimate))]
                            + (isBySelf ? [] : [.init("rejected flows", .int(Int(pair.rejected)))])
                            + records(behind) { $0.source == source && $0.destination == destination }))
            }
        }
        return alerts
    }

    private func hostSweeps(_ baseline: inout LearnedFlows) -> [Alert] {
        var alerts: [Alert] = []
        for (key, sweep) in tally.sweeps.entries where sweep.hosts.estimate >= settings.sweptHosts {
            let name = "\(key.source):\(key.port)"
            let isKnown = before.sweeps[name] != nil
            let hour = min(Int(sweep.last) / 3_600, hours.map { Int($0.upperBound) } ?? .max)
            baseline.sweeps[name] = max(hour, baseline.sweeps[name] ?? 0)
            guard !isKnown, !settings.expectedScanners.contains(key.source) else { continue }
            let interface = tally.interfaces.entries.firstIndex { $0.isOwn(key.source) }
            var fields = ["source": "\(key.source)", "port": "\(key.port)"]
            if let interface { fields["interface"] = tally.interfaces.entries[interface].name }
            let behind = interface.map { rows($0, from: Int(sweep.first), to: Int(sweep.last)) } ?? []
            alerts.append(
                Alert(
                    rule: "flow-host-sweep", title: "One source tries many hosts at one port", time: Int(sweep.first),
                    lastTime: Int(sweep.last), severity: sweep.isExternal ? .low : .high,
                    account: tally.interfaces.entries.first.map(\.account),
                    actor: fields["interface"] ?? "\(key.source)",
                    practice: "flow-logs", fields: fields,
                    evidence: [
                        .init("distinct hosts, about", .int(sweep.hosts.estimate)),
                        .init("rejected flows", .int(sweep.rejected)),
                        .init("hosts", .array(sweep.sampleHosts.map { .string("\($0)") })),
                    ] + records(behind) { $0.source == key.source && $0.destinationPort == key.port }))
        }
        return alerts
    }
}
