import Basics
import Pages
import TrailIntegrity

/// What a verification proved of each trail's logs, as a page draws it.
struct VerifyTimelines {
    let verification: Verification

    /// The greatest number of drawings on a page, and of Regions in each.
    private static let (most, mostRegions) = (20, 40)

    private struct Trail: Hashable {
        var account: String, name: String
    }

    private struct Logs {
        var proved: [Range<Moment>] = []
        var gaps: [Range<Moment>] = []
        var changed: [Moment] = []
    }

    /// `nil` if nothing was proved, missing or changed.
    var timelines: Report.Timelines? {
        let window = Moment(verification.range.lowerBound)..<Moment(verification.range.upperBound)
        var trails: [Trail: [String: Logs]] = [:]
        func change(_ account: String, _ trail: String, _ region: String, _ body: (inout Logs) -> Void) {
            guard !region.isEmpty else { return }
            body(&trails[Trail(account: account, name: trail), default: [:]][region, default: Logs()])
        }
        for part in verification.coverage where part.from < part.to {
            change(part.account, part.trail, part.region) { $0.proved.append(Moment(part.from)..<Moment(part.to)) }
        }
        for problem in verification.problems {
            if let period = problem.period, period.lowerBound < period.upperBound {
                let gap = Moment(period.lowerBound)..<Moment(period.upperBound)
                change(problem.account, problem.trail, problem.region) { $0.gaps.append(gap) }
            } else if !problem.kind.isInformation, let time = problem.timeOfObject {
                change(problem.account, problem.trail, problem.region) { $0.changed.append(Moment(time)) }
            }
        }
        guard !window.isEmpty, !trails.isEmpty else { return nil }
        let sorted = trails.sorted { ($0.key.account, $0.key.name) < ($1.key.account, $1.key.name) }
        let omitted = max(0, sorted.count - Self.most)
        return Report.Timelines(
            timelines: sorted.prefix(Self.most).map { trail, regions in
                let rows = regions.sorted { $0.key < $1.key }.prefix(Self.mostRegions).map { region, logs in
                    SpanTimeline.Row(
                        name: region, proved: logs.proved, gaps: logs.gaps, changed: logs.changed, within: window)
                }
                let name =
                    "What was proved of \(trail.name): \(Figures.count(regions.count, "Region")), "
                    + "\(Figures.count(regions.values.reduce(0) { $0 + $1.gaps.count }, "gap")), "
                    + Figures.count(regions.values.reduce(0) { $0 + $1.changed.count }, "changed or missing file")
                return (
                    trail.name.isEmpty ? "Without a digest" : trail.name, trail.account,
                    SpanTimeline.drawing(rows, window, name: name)
                )
            },
            omission: omitted > 0
                ? "\(Figures.count(omitted, "more trail")) \(omitted == 1 ? "is" : "are") not drawn." : nil)
    }
}
