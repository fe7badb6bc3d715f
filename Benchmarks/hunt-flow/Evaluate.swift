import Detection
import Foundation
import LogReaders

/// `evaluate [WORLDS [SEED]]`: what is found of planted attacks, and how often there is a false alarm, beside three
/// simpler methods on the same bins. Each world is background of its own that no threshold was chosen on.
enum Evaluate {
    /// An attack or a false alarm has to be within this time of the other to be the same.
    static let window = 2 * 3_600

    struct Found {
        var attack: Attack
        var world: Int
        var methods: Set<String>
    }

    static func run(worlds: Int, seed: UInt64) {
        var found: [Found] = []
        var falseAlarms: [String: Int] = [:]
        var baselines: [(attacks: [Attack], volumes: HourlyVolumes)] = []
        var days = 0.0
        for number in 0..<worlds {
            let result = world(seed: seed + UInt64(number) * 7_919)
            days += 2 * Double(result.volumes.interfaces) / 200
            for attack in result.attacks {
                let isFound = result.report.alerts.contains { matches($0, attack) }
                found.append(Found(attack: attack, world: number, methods: isFound ? ["parapet"] : []))
            }
            for alert in result.report.alerts where !result.attacks.contains(where: { concerns(alert, $0) }) {
                falseAlarms["parapet", default: 0] += 1
                falseAlarms["  " + alert.rule, default: 0] += 1
                if ProcessInfo.processInfo.environment["VERBOSE"] != nil {
                    print(
                        "false:", alert.rule, alert.actor, alert.fields, alert.evidence.prefix(7).map(\.value),
                        alert.time - FlowWorld.epoch)
                }
            }
            baselines.append((result.attacks, result.volumes))
        }
        for method in Baseline.allCases {
            for (name, limit) in [("usual", method.usual), ("calibrated", method.calibrated(baselines, days: days))] {
                var count = 0
                for (number, entry) in baselines.enumerated() {
                    let alarms = method.alarms(entry.volumes, limit: limit)
                    let (hits, misses) = split(alarms, entry.attacks)
                    count += misses
                    for index in found.indices
                    where found[index].world == number && hits.contains(found[index].attack.interface) {
                        found[index].methods.insert("\(method.rawValue), \(name)")
                    }
                }
                falseAlarms["\(method.rawValue), \(name)"] = count
            }
        }
        print(table(found, falseAlarms, days: days))
    }

    struct World {
        var attacks: [Attack]
        var report: FlowReport
        var volumes: HourlyVolumes
    }

    static func world(seed: UInt64) -> World {
        var world = FlowWorld(seed: seed, density: 8)
        let attacks = FlowWorld.attacks(on: world, seed: seed)
        for attack in attacks where attack.kind == .silence { world.silence(attack.interface, bins: attack.bins) }
        var random = Randomness(seed ^ 0xE7A1)
        var tally = FlowTally(seed: seed)
        var volumes = HourlyVolumes(interfaces: world.workloads.count, hours: world.hours)
        let workloads = world.workloads
        let feed = RecordFeed(interfaces: world.workloads.count)
        for bin in 0..<world.hours * 12 {
            world.bin(bin) { flow in
                volumes.add(flow, workloads)
                feed.add(flow, to: &tally)
            }
            for attack in attacks {
                world.emit(attack, bin: bin, &random) { flow in
                    volumes.add(flow, workloads)
                    feed.add(flow, to: &tally)
                }
            }
        }
        return World(attacks: attacks, report: FlowAnalytics(tally).report(), volumes: volumes)
    }

    /// Whether the alert finds the attack: the same interface or source, at the time of the attack.
    static func matches(_ alert: Alert, _ attack: Attack) -> Bool {
        guard concerns(alert, attack) else { return false }
        switch attack.kind {
        case .transfer:
            return ["flow-unusual-transfer", "flow-new-peer", "flow-peer-volume", "flow-new-port"].contains(alert.rule)
        case .portScan: return alert.rule == "flow-port-scan"
        case .hostSweep: return alert.rule == "flow-host-sweep"
        case .loginAttempts: return alert.rule == "flow-login-attempts"
        case .rejectedThenAccepted: return alert.rule == "flow-rejected-then-accepted"
        case .exposedService: return alert.rule == "flow-exposed-service"
        case .rejectedBurst: return alert.rule == "flow-rejected-burst"
        case .silence: return alert.rule == "flow-interface-silent"
        }
    }

    /// Whether the alert is about the attack's interface or peer at its time: then it is no false alarm.
    static func concerns(_ alert: Alert, _ attack: Attack) -> Bool {
        let begin = FlowWorld.epoch + attack.bins.lowerBound * 300
        let end = FlowWorld.epoch + attack.bins.upperBound * 300
        guard alert.time < end + window, alert.lastTime > begin - window else { return false }
        let peer = "\(FlowAddress(v4: attack.peer))"
        return alert.actor == FlowText.name(of: attack.interface) || alert.fields["source"] == peer
            || alert.rule == "flow-unusual-account-transfer"
    }

    /// The interfaces whose attacks were found, and how many alarms are false.
    static func split(_ alarms: [Alarm], _ attacks: [Attack]) -> (hits: Set<Int>, misses: Int) {
        var hits: Set<Int> = []
        var misses = 0
        for alarm in alarms {
            let attack = attacks.first { attack in
                let hours = attack.bins.lowerBound / 12 - 2...attack.bins.upperBound / 12 + 2
                return attack.interface == alarm.interface && alarm.hours.overlaps(hours)
            }
            if let attack { hits.insert(attack.interface) } else { misses += 1 }
        }
        return (hits, misses)
    }
}

/// Hands the generator's records to the analytics as a reader would.
struct RecordFeed {
    private let names: [UnsafeBufferPointer<UInt8>]
    private let account: UnsafeBufferPointer<UInt8>

    /// The names live as long as the program: the analytics see them as slices of a buffer.
    init(interfaces: Int) {
        func forever(_ text: String) -> UnsafeBufferPointer<UInt8> {
            let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count)
            _ = copy.initialize(from: text.utf8)
            return UnsafeBufferPointer(copy)
        }
        names = (0..<interfaces).map { forever(FlowText.name(of: $0)) }
        account = forever(FlowText.account)
    }

    func add(_ flow: Flow, to tally: inout FlowTally) {
        var record = FlowRecord()
        record.account = account
        record.interface = names[Int(flow.interface)]
        record.start = flow.start
        record.end = flow.end
        record.status = flow.kind == .noData ? .noData : flow.kind == .skipData ? .skipData : .ok
        record.hasAddresses = record.status == .ok
        record.action = flow.kind == .reject ? .reject : .accept
        record.source = FlowAddress(v4: flow.source)
        record.destination = FlowAddress(v4: flow.destination)
        (record.sourcePort, record.destinationPort) = (flow.sourcePort, flow.destinationPort)
        record.transport = flow.transport
        (record.packets, record.bytes) = (UInt64(flow.packets), flow.bytes)
        tally.add(record)
    }
}
