import Glibc

/// A planted event, and the place where it must be found.
struct Attack {
    enum Shape: String, CaseIterable { case burst, slow, night, mimic }
    enum Kind: String, CaseIterable {
        case transfer
        case portScan = "port-scan"
        case hostSweep = "host-sweep"
        case loginAttempts = "login-attempts"
        case rejectedThenAccepted = "rejected-then-accepted"
        case exposedService = "exposed-service"
        case rejectedBurst = "rejected-burst"
        case silence
        case recordsSkipped = "records-skipped"
    }

    var kind: Kind
    var shape = Shape.burst
    /// Multiples of the interface's median hour, for transfers.
    var size = 0.0
    var toNewPeer = false
    var interface: Int
    /// Bins of five minutes.
    var bins: Range<Int>
    var peer: UInt32
    var isIPv6: Bool { kind == .transfer && FlowWorld.usesIPv6(interface, peer) }
    /// As the records and the alerts name it.
    var peerName: String { "\(FlowWorld.address(peer, isIPv6: isIPv6))" }
}

extension FlowWorld {
    /// Transfers of all sizes and shapes, half of them to known peers, on interfaces of their own, and one attack of
    /// each other kind. All come after the first 24 hours. Those disguised as a backup run beside one, on an
    /// interface that has one: if there are too few of these, some sizes are left out.
    static func attacks(on world: FlowWorld, seed: UInt64, sizes: [Double] = [1, 3, 10, 30, 100]) -> [Attack] {
        var random = Randomness(seed ^ 0xA77A_C4)
        var free = Array(world.workloads.indices)
        for index in free.indices.dropLast() { free.swapAt(index, index + random.below(free.count - index)) }
        var backedUp = free.filter { world.workloads[$0].isBackedUp && !world.workloads[$0].isRare }
        free.removeAll { backedUp.contains($0) }
        // The large ones first, so that they are there in every world.
        let sizes = sizes.sorted(by: >)
        var attacks: [Attack] = []
        let known = { (interface: Int, random: inout Randomness) in
            world.workloads[interface].externals[random.below(12)]
        }
        for size in sizes {
            for shape in Attack.Shape.allCases {
                for isNew in [false, true] {
                    guard let interface = shape == .mimic ? backedUp.popLast() : free.popLast() else { continue }
                    let bins = bins(shape, interface, world.workloads[interface], hours: world.hours, &random)
                    let peer = isNew ? externalAddress(&random) : known(interface, &random)
                    attacks.append(
                        Attack(
                            kind: .transfer, shape: shape, size: size, toNewPeer: isNew, interface: interface,
                            bins: bins,
                            peer: peer))
                }
            }
        }
        for kind in Attack.Kind.allCases where kind != .transfer {
            // The silence of an intermittent interface cannot be recognized.
            if kind == .silence { free.removeAll { world.workloads[$0].isRare } }
            guard let interface = free.popLast() else { return attacks }
            let begin = 300 + random.below(world.hours * 12 - 400)
            let length = kind == .silence ? 60 : 12
            attacks.append(
                Attack(
                    kind: kind, interface: interface, bins: begin..<begin + length, peer: externalAddress(&random)))
        }
        return attacks
    }

    private static func bins(
        _ shape: Attack.Shape, _ interface: Int, _ work: Workload, hours: Int, _ random: inout Randomness
    ) -> Range<Int> {
        let day = 1 + random.below(hours / 24 - 1)
        switch shape {
        case .burst:
            let begin = 296 + random.below(hours * 12 - 296 - 4)
            return begin..<begin + 2
        case .slow:
            let begin = 300 + random.below(hours * 12 - 300 - 150)
            return begin..<begin + 144
        case .night:
            let begin = day * 288 + 24 + random.below(12)
            return begin..<begin + 24
        case .mimic:
            let begin = work.backup(of: day, interface)
            return begin..<begin + 12
        }
    }

    /// The attack's records of one bin.
    func emit(_ attack: Attack, bin: Int, _ random: inout Randomness, _ emit: (Flow) -> Void) {
        guard attack.bins.contains(bin), attack.kind != .silence else { return }
        let own = workloads[attack.interface].own
        switch attack.kind {
        case .transfer:
            let bytes = workloads[attack.interface].medianHour * attack.size / Double(attack.bins.count)
            for _ in 0..<3 {
                let part = bytes / 3
                emit(
                    flow(
                        attack, bin, &random, from: own, to: attack.peer, port: 443, packets: part / 1_300, bytes: part)
                )
            }
        case .portScan:
            for port in 0..<40 {
                let target = UInt16((bin - attack.bins.lowerBound) * 40 + port + 1)
                emit(
                    flow(
                        attack, bin, &random, from: attack.peer, to: own, port: target,
                        rejected: !port.isMultiple(of: 9)))
            }
        case .hostSweep:
            for host in 0..<20 {
                let target = UInt32(0x0A63_0000 + (bin - attack.bins.lowerBound) * 20 + host)
                emit(flow(attack, bin, &random, from: own, to: target, port: 445))
            }
        case .loginAttempts:
            for _ in 0..<12 {
                emit(flow(attack, bin, &random, from: attack.peer, to: own, port: 22, packets: 14, bytes: 2_300))
            }
        case .rejectedThenAccepted:
            let late = bin > attack.bins.lowerBound + 8
            for _ in 0..<4 {
                emit(
                    flow(
                        attack, bin, &random, from: attack.peer, to: own, port: 3389, packets: late ? 200 : 1,
                        bytes: late ? 90_000 : 40, rejected: !late))
            }
        case .exposedService:
            emit(flow(attack, bin, &random, from: attack.peer, to: own, port: 27_017, packets: 40, bytes: 9_000))
        case .rejectedBurst:
            for _ in 0..<150 {
                emit(
                    flow(
                        attack, bin, &random, from: FlowWorld.externalAddress(&random), to: own, port: 5060,
                        rejected: true))
            }
        case .recordsSkipped:
            emit(Flow(interface: Int32(attack.interface), kind: .skipData, start: time(bin), end: time(bin) + 59))
        case .silence: break
        }
    }

    private func flow(
        _ attack: Attack, _ bin: Int, _ random: inout Randomness, from source: UInt32, to destination: UInt32,
        port: UInt16, packets: Double = 1, bytes: Double = 44, rejected: Bool = false
    ) -> Flow {
        let start = time(bin) + random.below(240)
        var flow = Flow(
            interface: Int32(attack.interface), kind: rejected ? .reject : .accept, start: start, end: start + 30)
        flow.isIPv6 = attack.isIPv6
        (flow.source, flow.destination) = (source, destination)
        (flow.sourcePort, flow.destinationPort) = (UInt16(32_768 + random.below(28_000)), port)
        (flow.packets, flow.bytes) = (UInt32(min(4e9, max(1, packets))), UInt64(max(40, bytes)))
        return flow
    }
}
