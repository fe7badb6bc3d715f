import Glibc
import LogReaders

/// Bytes to external peers for each interface and hour.
struct HourlyVolumes {
    let interfaces: Int
    var hours: [[Double]]

    init(interfaces: Int, hours: Int) {
        self.interfaces = interfaces
        self.hours = Array(repeating: Array(repeating: 0, count: hours), count: interfaces)
    }

    mutating func add(_ flow: Flow, _ workloads: [Workload]) {
        let interface = Int(flow.interface)
        guard flow.kind == .accept, flow.source == workloads[interface].own,
            !FlowAddress(v4: flow.destination).isInternal
        else { return }
        hours[interface][(flow.start - FlowWorld.epoch) / 3_600] += Double(flow.bytes)
    }
}

/// Consecutive hours in which a method calls an interface unusual.
struct Alarm {
    var interface: Int
    var hours: ClosedRange<Int>
}

/// Simple methods, for comparison.
enum Baseline: String, CaseIterable {
    case fixed = "fixed threshold"
    case deviations = "mean + k sigma"
    case moving = "EWMA"

    /// How a method can be tuned beside its limit.
    struct Variant {
        var isOfLogarithms = false
        /// Of the newest hour in a moving mean.
        var weight = 0.1

        func name(_ method: Baseline) -> String {
            let kind = isOfLogarithms ? "of logarithms" : "of bytes"
            return method == .fixed ? "" : method == .moving ? "\(kind), weight \(weight)" : kind
        }
    }

    /// As textbooks have it: 1 GB an hour; three standard deviations.
    var usual: Double { self == .fixed ? 1e9 : 3 }

    var variants: [Variant] {
        switch self {
        case .fixed: [Variant()]
        case .deviations: [Variant(), Variant(isOfLogarithms: true)]
        case .moving:
            [false, true].flatMap { isLog in
                [0.02, 0.05, 0.1, 0.2, 0.3, 0.5].map { Variant(isOfLogarithms: isLog, weight: $0) }
            }
        }
    }

    /// The score of every hour behind the first day; each is judged by the hours before it.
    func scores(_ volumes: HourlyVolumes, _ variant: Variant = Variant()) -> [[Double]] {
        volumes.hours.map { bytes in
            let hours = variant.isOfLogarithms ? bytes.map { log1p($0) } : bytes
            let least = variant.isOfLogarithms ? 1e-6 : 1
            return (24..<hours.count).map { score(hours, $0, variant.weight, least) }
        }
    }

    private func score(_ hours: [Double], _ hour: Int, _ weight: Double, _ least: Double) -> Double {
        switch self {
        case .fixed: return hours[hour]
        case .deviations:
            let before = hours[..<hour]
            let mean = before.reduce(0, +) / Double(hour)
            let variance = before.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(hour)
            return (hours[hour] - mean) / max(least, variance.squareRoot())
        case .moving:
            var (mean, variance) = (hours[0], 0.0)
            for value in hours[1..<hour] {
                let difference = value - mean
                mean += weight * difference
                variance = (1 - weight) * (variance + weight * difference * difference)
            }
            return (hours[hour] - mean) / max(least, variance.squareRoot())
        }
    }

    static func alarms(_ scores: [[Double]], limit: Double) -> [Alarm] {
        var alarms: [Alarm] = []
        for (interface, hours) in scores.enumerated() {
            var isOpen = false
            for (hour, score) in hours.enumerated() {
                let isUnusual = score > limit
                if isUnusual, isOpen {
                    alarms[alarms.count - 1].hours = alarms[alarms.count - 1].hours.lowerBound...hour + 24
                } else if isUnusual {
                    alarms.append(Alarm(interface: interface, hours: hour + 24...hour + 24))
                }
                isOpen = isUnusual
            }
        }
        return alarms
    }

    /// The variant and limit with the best recall of attacks of 10 × and more among those that keep to one false alarm
    /// for 200 interfaces and day, chosen on the very worlds that are judged: better than anybody could choose
    /// beforehand.
    func tuned(_ worlds: [Evaluate.World], days: Double) -> (variant: Variant, limit: Double) {
        var best = (variant: Variant(), limit: Double.infinity, recall: -1.0)
        for variant in variants {
            let scores = worlds.map { self.scores($0.volumes, variant) }
            let sorted = scores.joined().joined().sorted(by: >)
            // From the one highest score to half of all.
            var limits: [Double] = []
            var rank = 1.0
            while Int(rank) < sorted.count / 2 {
                limits.append(sorted[Int(rank)])
                rank *= 1.06
            }
            for limit in limits {
                var (hits, misses) = (0, 0)
                for (world, scores) in zip(worlds, scores) {
                    let told = Evaluate.told(Self.alarms(scores, limit: limit), world.attacks)
                    hits += told.delays.keys.count { world.attacks[$0].size >= 10 }
                    misses += told.falseAlarms
                }
                if Double(misses) <= days, Double(hits) > best.recall { best = (variant, limit, Double(hits)) }
            }
        }
        return (best.variant, best.limit)
    }
}
