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

/// What one would try first.
enum Baseline: String, CaseIterable {
    case fixed = "fixed threshold"
    case deviations = "mean + k sigma"
    case moving = "EWMA"

    /// As textbooks have it: 1 GB an hour; three standard deviations.
    var usual: Double { self == .fixed ? 1e9 : 3 }

    /// Judges every hour behind the first day.
    func alarms(_ volumes: HourlyVolumes, limit: Double) -> [Alarm] {
        var alarms: [Alarm] = []
        for interface in 0..<volumes.interfaces {
            var open: Int?
            for hour in 24..<volumes.hours[interface].count {
                let isUnusual = score(volumes.hours[interface], hour) > limit
                guard isUnusual else {
                    open = nil
                    continue
                }
                if open != nil {
                    alarms[alarms.count - 1].hours = alarms[alarms.count - 1].hours.lowerBound...hour
                } else {
                    alarms.append(Alarm(interface: interface, hours: hour...hour))
                }
                open = hour
            }
        }
        return alarms
    }

    private func score(_ hours: [Double], _ hour: Int) -> Double {
        switch self {
        case .fixed: return hours[hour]
        case .deviations:
            let before = hours[..<hour]
            let mean = before.reduce(0, +) / Double(hour)
            let variance = before.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(hour)
            return (hours[hour] - mean) / max(1, variance.squareRoot())
        case .moving:
            var (mean, variance) = (hours[0], 0.0)
            for value in hours[1..<hour] {
                let difference = value - mean
                mean += 0.1 * difference
                variance = 0.9 * (variance + 0.1 * difference * difference)
            }
            return (hours[hour] - mean) / max(1, variance.squareRoot())
        }
    }

    /// The lowest limit that keeps to one false alarm per 200 interfaces and day on these very worlds: a better one than
    /// anybody could choose beforehand.
    func calibrated(_ worlds: [(attacks: [Attack], volumes: HourlyVolumes)], days: Double) -> Double {
        var (low, high) = self == .fixed ? (1e6, 1e13) : (1.0, 1e4)
        for _ in 0..<24 {
            let middle = (low * high).squareRoot()
            let count = worlds.reduce(0) { sum, world in
                sum + Evaluate.split(alarms(world.volumes, limit: middle), world.attacks).misses
            }
            if Double(count) > days { low = middle } else { high = middle }
        }
        return high
    }
}
