import Basics
import FoundationEssentials
import Store

/// The alerts about several events that are known already. Such an alert grows while its events arrive in batches, and
/// what is remembered of its beginning is forgotten at last; it stays one alert.
struct KnownEpisodes: Sendable {
    /// What an alert is about: alerts about the same at overlapping times are one.
    struct Subject: Hashable, Sendable {
        var rule: String
        var account: String?
        var region: String?
        var actor: String
        var fields: [String: String]

        init(_ alert: StoredAlert) {
            (rule, account, region, actor) = (alert.rule, alert.account, alert.region, alert.actor)
            let fields = (try? JSON(parsing: alert.record))?["fields"]?.object?.members ?? []
            self.fields = Dictionary(
                // A text such as "(3 addresses)" counts what has been seen so far.
                fields.compactMap { $0.value.text?.hasPrefix("(") == true ? nil : ($0.name, $0.value.description) },
                uniquingKeysWith: { first, _ in first })
        }
    }

    private struct Episode {
        var id: String
        var first: Date
        var last: Date
    }

    enum Judgment: Equatable {
        case new
        /// A known alert lasts longer; its identifier.
        case longer(String)
        case known
    }

    private var episodes: [Subject: [Episode]] = [:]
    private var count = 0
    /// More episodes than this are not remembered: then those that ended first are forgotten.
    static let limit = 50_000
    /// Two episodes that are this close are one, in seconds.
    private let gap: TimeInterval

    init(gap: TimeInterval) { self.gap = gap }

    mutating func add(_ alert: StoredAlert) {
        guard let first = alert.time else { return }
        count += 1
        if count > Self.limit {
            let ends = episodes.values.joined().map(\.last).sorted()
            forget(before: ends[ends.count / 2])
        }
        episodes[Subject(alert), default: []].append(
            Episode(id: alert.id, first: first, last: max(first, alert.lastTime ?? first)))
    }

    /// Judges an alert, and remembers how long it lasts.
    mutating func judge(_ alert: StoredAlert) -> Judgment {
        guard let first = alert.time else { return .new }
        let subject = Subject(alert)
        let last = max(first, alert.lastTime ?? first)
        guard
            let place = episodes[subject]?.firstIndex(where: {
                first <= $0.last.addingTimeInterval(gap) && last >= $0.first.addingTimeInterval(-gap)
            })
        else {
            add(alert)
            return .new
        }
        guard var known = episodes[subject]?[place] else { return .new }
        let isLonger = last > known.last
        known.first = min(known.first, first)
        known.last = max(known.last, last)
        episodes[subject]?[place] = known
        return isLonger ? .longer(known.id) : .known
    }

    /// Forgets the episodes that ended before a time.
    mutating func forget(before time: Date) {
        for subject in episodes.keys { episodes[subject]?.removeAll { $0.last < time } }
        episodes = episodes.filter { !$0.value.isEmpty }
        count = episodes.values.reduce(0) { $0 + $1.count }
    }
}
