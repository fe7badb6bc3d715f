internal import Basics
internal import LogReaders

/// The hours of a tally whose volumes are evaluated and learned.
///
/// A wrong clock, or an attacker who can write to a log, can place single records years away from all others. If these
/// were accepted, everything between would count as idle, and the baseline would be forgotten.
struct BelievedHours {
    /// In hours. A stretch of only a few hours that is farther away from the others is rejected.
    private static let distance: Int32 = 168
    private static let strayHours = 2

    /// Hours since 1970 with flows, or without traffic according to AWS, in order.
    private(set) var hours: [Int32] = []
    private(set) var later: [Int32] = []
    private(set) var strays: [Int32] = []
    private var all: Set<Int32> = []

    /// - Parameters:
    ///   - known: the hours for which the baseline had logs. They count as evidence for the hours near them.
    ///   - latest: the latest hour to accept.
    init(_ tally: FlowTally, known: Set<Int32>, latest: Int32?) {
        var rows: [Int32: Int] = [:]
        for row in tally.volumes.rows { rows[row.hour, default: 0] += 1 }
        for hour in tally.quietHours { rows[hour, default: 0] += 1 }
        let all = rows.keys.sorted()
        later = all.filter { $0 > latest ?? .max }
        let here = all.dropLast(later.count)
        let stretches = Self.stretches(known.union(here).sorted()[...])
        let weights = stretches.map { $0.reduce(0) { $0 + (rows[$1] ?? 1) } }
        guard let bulk = weights.indices.max(by: { weights[$0] < weights[$1] }) else { return }
        for (number, stretch) in stretches.enumerated() {
            let isStray =
                number != bulk && stretch.count <= Self.strayHours && stretch.count * 3 <= stretches[bulk].count
                && weights[number] * 4 <= weights[bulk]
            let present = stretch.filter { rows[$0] != nil }
            if isStray { strays += present } else { hours += present }
        }
        // If no other hours are left, the strays are what the user requested.
        if hours.isEmpty { (hours, strays) = (Array(here), []) }
        self.all = Set(hours)
    }

    /// Divides hours at gaps longer than ``distance``.
    private static func stretches(_ hours: ArraySlice<Int32>) -> [[Int32]] {
        var stretches: [[Int32]] = []
        for hour in hours {
            if let last = stretches.last?.last, hour - last <= distance {
                stretches[stretches.count - 1].append(hour)
            } else {
                stretches.append([hour])
            }
        }
        return stretches
    }

    func contains(_ hour: Int32) -> Bool { all.contains(hour) }

    var range: ClosedRange<Int32>? { hours.first.flatMap { first in hours.last.map { first...$0 } } }

    /// Descriptions of the rejected hours, for users.
    var doubts: [String] {
        var doubts: [String] = []
        if let first = later.first {
            doubts.append(
                "records of \(Self.counted(later)) are in the future, such as \(Self.text(first)): their "
                    + "volumes were not evaluated")
        }
        if let first = strays.first {
            doubts.append(
                "records of \(Self.counted(strays)) are more than a week from all others, such as "
                    + "\(Self.text(first)): their volumes were not evaluated")
        }
        return doubts
    }

    private static func counted(_ hours: [Int32]) -> String { hours.count == 1 ? "an hour" : "\(hours.count) hours" }
    private static func text(_ hour: Int32) -> String { Moment(nearestTo: Int(hour) * 3_600).description }
}

extension FlowTally {
    /// Drops the volumes of rejected hours.
    mutating func leaveOut(_ hours: BelievedHours) {
        let left = Set(hours.later + hours.strays)
        guard !left.isEmpty else { return }
        volumes.rows.removeAll { left.contains($0.hour) }
        quietHours.subtract(left)
    }
}
