import Basics
import FoundationEssentials
import Store
import TrailIntegrity

/// Up to where the digests of a trail in a Region were verified.
struct VerifiedUntil: Sendable, Hashable, Codable {
    var account: String
    var region: String
    /// The trail's name.
    var trail: String
    /// The end of what valid digests cover; `nil` if there were none.
    var proved: Date?
    /// The time before which everything was examined, whether it was proved or not.
    var checked: Date
}

/// From when the next verification examines each trail and Region: it continues where the last one of the watch ended,
/// whatever other verifications examined since.
struct VerificationPlan: Sendable {
    /// The time by which a verification overlaps with what was proved before, in seconds: CloudTrail delivers a digest
    /// within an hour after its own hour.
    static let overlap: TimeInterval = 2 * 3600
    /// How far back the first verification of a trail and Region goes, in seconds.
    static let usual: TimeInterval = 86_400
    /// How far back a verification goes at most, in seconds. What is earlier and was not examined is a gap.
    static let longest: TimeInterval = 7 * 86_400
    /// How long a trail and Region that have no folder any more are remembered, in seconds.
    private static let memory: TimeInterval = 90 * 86_400

    private struct Place: Hashable {
        var account: String
        var region: String
        var trail: String
    }

    private var points: [Place: VerifiedUntil]
    private let time: Date

    /// - Parameters:
    ///   - saved: where the last verification of the watch ended; empty if there was none.
    ///   - coverage: what verifications proved, for a store in which no watch has verified yet.
    init(_ saved: [VerifiedUntil], _ coverage: [StoredCoverage], at time: Date) {
        self.time = time
        points = [:]
        for point in saved {
            points[Place(account: point.account, region: point.region, trail: point.trail)] = point
        }
        guard saved.isEmpty else { return }
        for (place, parts) in Dictionary(
            grouping: coverage, by: { Place(account: $0.account, region: $0.region, trail: $0.trail) })
        {
            guard let stretch = Self.first(parts, since: time.addingTimeInterval(-Self.longest)),
                stretch.lowerBound <= time.addingTimeInterval(-Self.usual)
            else { continue }
            points[place] = VerifiedUntil(
                account: place.account, region: place.region, trail: place.trail, proved: stretch.upperBound,
                checked: stretch.upperBound)
        }
    }

    /// The first period without a gap that lasts beyond a time, or else the last one.
    private static func first(_ parts: [StoredCoverage], since time: Date) -> ClosedRange<Date>? {
        var stretches: [ClosedRange<Date>] = []
        for part in parts.sorted(by: { $0.from < $1.from }) where part.from <= part.to {
            if let last = stretches.last, part.from <= last.upperBound.addingTimeInterval(1) {
                stretches[stretches.count - 1] = last.lowerBound...max(last.upperBound, part.to)
            } else {
                stretches.append(part.from...part.to)
            }
        }
        return stretches.first { $0.upperBound >= time } ?? stretches.last
    }

    /// The time from which a folder is verified.
    func start(of task: TrailFolderTask) -> Date {
        let known = known(in: task)
        let isNew = known.isEmpty || task.trails.contains { name in !known.contains { $0.trail == name.name } }
        let starts = known.map { start(of: $0) } + (isNew ? [time.addingTimeInterval(-Self.usual)] : [])
        return starts.min() ?? time
    }

    private func start(of point: VerifiedUntil) -> Date {
        max(
            min(point.proved ?? point.checked, point.checked).addingTimeInterval(-Self.overlap),
            time.addingTimeInterval(-Self.longest))
    }

    private func known(in task: TrailFolderTask) -> [VerifiedUntil] {
        points.values.filter { point in
            point.account == task.folder.account && point.region == task.folder.region
                && (task.trails.isEmpty || task.trails.contains { $0.name == point.trail })
        }
    }

    /// The periods that nothing will examine any more, because they are further back than a verification goes.
    func leftOut(of tasks: [TrailFolderTask]) -> [StoredProblem] {
        Set(tasks.flatMap { known(in: $0) }).compactMap { point in
            let start = start(of: point)
            guard point.checked < start else { return nil }
            return StoredProblem(
                kind: "gap", trail: point.trail, account: point.account, region: point.region, object: "",
                message: "not verified: no verification ran for longer than \(Int(Self.longest / 86_400)) days",
                isInformation: true, from: point.checked, to: start)
        }.sorted { ($0.account, $0.region, $0.trail) < ($1.account, $1.region, $1.trail) }
    }

    /// Where the next verification continues after one of these folders.
    func after(_ tasks: [TrailFolderTask], proving coverage: [StoredCoverage]) -> [VerifiedUntil] {
        var points = points
        var proved: [Place: Date] = [:]
        for part in coverage {
            let place = Place(account: part.account, region: part.region, trail: part.trail)
            proved[place] = max(proved[place] ?? .distantPast, part.to)
        }
        let checked = time.addingTimeInterval(-Self.overlap)
        for task in tasks {
            var trails = Set(known(in: task).map(\.trail)).union(task.trails.map(\.name))
            for place in proved.keys where place.account == task.folder.account && place.region == task.folder.region {
                trails.insert(place.trail)
            }
            for trail in trails {
                let place = Place(account: task.folder.account, region: task.folder.region, trail: trail)
                var point =
                    points[place]
                    ?? VerifiedUntil(account: place.account, region: place.region, trail: trail, checked: checked)
                point.checked = max(point.checked, checked)
                if let end = proved[place] { point.proved = max(point.proved ?? .distantPast, end) }
                points[place] = point
            }
        }
        return points.values.filter { $0.checked > time.addingTimeInterval(-Self.memory) }
            .sorted { ($0.account, $0.region, $0.trail) < ($1.account, $1.region, $1.trail) }
    }
}
