import Analytics
import Foundation

/// `evaluate [WORLDS [SEED]]`: what is found of planted attacks, how soon, and how often there is a false alarm, beside
/// three simpler methods on the same hours. Each world is a background of its own that no threshold was chosen on.
///
/// An attack is found if an alert names its interface (and its peer, if the alert names one) and falls into its time, or into
/// the two hours behind it. Each attack counts once, however many bins of it are unusual. An alert that belongs to no attack is
/// a false one.
enum Evaluate {
    /// Seconds behind an attack in which an alert still belongs to it.
    static let grace = 2 * 3_600
    /// In how many worlds the analytics are asked every hour, for the time to detect.
    static let promptWorlds = 2

    struct World {
        var attacks: [Attack]
        var alerts: [Alert]
        var volumes: HourlyVolumes
        /// By the number of the attack: the hours from its beginning to the first hourly report of it.
        var delays: [Int: Double] = [:]
    }

    /// The result of one method in one world.
    struct Outcome {
        /// By the number of the attack that was found: hours from its begin to the alarm.
        var delays: [Int: Double] = [:]
        var falseAlarms = 0
    }

    static func run(worlds count: Int, seed: UInt64) {
        let worlds = (0..<count).map { number in
            world(seed: seed + UInt64(number) * 7_919, isPrompt: number < promptWorlds)
        }
        let days = worlds.reduce(0) { $0 + 2 * Double($1.volumes.interfaces) / 200 }
        var methods = [EvaluationTable.Method("parapet", worlds.map(outcome))]
        for method in Baseline.allCases {
            let usual = worlds.map { told(Baseline.alarms(method.scores($0.volumes), limit: method.usual), $0.attacks) }
            methods.append(.init("\(method.rawValue), usual", usual))
            let (variant, limit) = method.tuned(worlds, days: days)
            let tuned = worlds.map {
                told(Baseline.alarms(method.scores($0.volumes, variant), limit: limit), $0.attacks)
            }
            let note = "limit \(String(format: "%.4g", limit)) \(variant.name(method))"
            methods.append(.init("\(method.rawValue), tuned", tuned, note: note))
        }
        EvaluationTable(worlds: worlds, methods: methods, days: days, seed: seed).show()
    }

    static func world(seed: UInt64, isPrompt: Bool) -> World {
        var world = FlowWorld(seed: seed, density: 8)
        let attacks = FlowWorld.attacks(on: world, seed: seed)
        for attack in attacks where attack.kind == .silence { world.silence(attack.interface, bins: attack.bins) }
        var random = Randomness(seed ^ 0xE7A1)
        var tally = FlowTally(seed: seed)
        var volumes = HourlyVolumes(interfaces: world.workloads.count, hours: world.hours)
        let workloads = world.workloads
        let feed = RecordFeed(interfaces: world.workloads.count)
        var delays: [Int: Double] = [:]
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
            guard isPrompt, bin % 12 == 11, bin > 288 else { continue }
            let alerts = FlowAnalytics(tally).report().alerts
            for (number, attack) in attacks.enumerated() where delays[number] == nil {
                guard attack.bins.lowerBound <= bin, alerts.contains(where: { finds($0, attack) }) else { continue }
                delays[number] = Double(bin + 1 - attack.bins.lowerBound) / 12
            }
        }
        return World(attacks: attacks, alerts: FlowAnalytics(tally).report().alerts, volumes: volumes, delays: delays)
    }

    static func outcome(_ world: World) -> Outcome {
        var outcome = Outcome(
            falseAlarms: world.alerts.count { alert in !world.attacks.contains { concerns(alert, $0) } })
        for (number, attack) in world.attacks.enumerated() where world.alerts.contains(where: { finds($0, attack) }) {
            outcome.delays[number] = world.delays[number] ?? .nan
        }
        return outcome
    }

    /// Whether the alert finds the attack: it is about it, and of its kind.
    static func finds(_ alert: Alert, _ attack: Attack) -> Bool {
        guard concerns(alert, attack) else { return false }
        switch attack.kind {
        case .transfer:
            return ["flow-unusual-transfer", "flow-new-peer", "flow-peer-volume", "flow-new-port"].contains(alert.rule)
        case .silence: return alert.rule == "flow-interface-silent"
        default: return alert.rule == "flow-" + attack.kind.rawValue
        }
    }

    /// Whether the alert is about the attack's interface or peer at its time: then it is no false alarm.
    static func concerns(_ alert: Alert, _ attack: Attack) -> Bool {
        let begin = FlowWorld.epoch + attack.bins.lowerBound * 300
        let end = FlowWorld.epoch + attack.bins.upperBound * 300
        guard alert.time < end + grace, alert.lastTime >= begin else { return false }
        if alert.rule == "flow-unusual-account-transfer" { return attack.kind == .transfer && attack.size >= 10 }
        if alert.fields["source"] == attack.peerName { return true }
        guard alert.actor == FlowText.name(of: attack.interface) else { return false }
        return attack.kind != .transfer || alert.fields["peer"].map { $0 == attack.peerName } ?? true
    }

    /// Scores the alarms of a simpler method.
    static func told(_ alarms: [Alarm], _ attacks: [Attack]) -> Outcome {
        var outcome = Outcome()
        for alarm in alarms {
            var isTrue = false
            for (number, attack) in attacks.enumerated() where attack.interface == alarm.interface {
                let hours = attack.bins.lowerBound / 12...(attack.bins.upperBound * 300 + grace - 1) / 3_600
                guard alarm.hours.overlaps(hours) else { continue }
                isTrue = true
                let told = Double(max(alarm.hours.lowerBound, hours.lowerBound) + 1)
                outcome.delays[number] = min(
                    outcome.delays[number] ?? .infinity, told - Double(attack.bins.lowerBound) / 12)
            }
            if !isTrue { outcome.falseAlarms += 1 }
        }
        return outcome
    }
}
