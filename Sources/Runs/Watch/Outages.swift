import Basics
import FoundationEssentials
import Store

/// Remembers which queues, places and buckets with logs cannot be read, and since when. The store keeps it, so that a
/// watch that is started again, or each time by cron, goes on with the time of the first failure.
struct Outages: Sendable {
    /// What cannot be read.
    enum Place: Hashable, Sendable {
        case queue(String)
        /// A bucket and the prefix that is listed in it.
        case listing(bucket: String, prefix: String)
        case bucket(String)

        /// The URL of the queue, or the address in Amazon S3.
        var name: String {
            switch self {
            case .queue(let url): url
            case .listing(let bucket, let prefix): "s3://\(bucket)/\(prefix)"
            case .bucket(let name): "s3://\(name)"
            }
        }
    }

    let store: Store
    let state: WatchState
    let log: WatchLog
    let route: WatchRun.Routing
    let now: @Sendable () -> Date

    /// The time after which an outage is an alert, in seconds.
    static let patience: TimeInterval = 3600

    /// Notes that a place could not be read. A store that cannot be written is logged.
    func failed(_ place: Place, why: String) {
        let time = now()
        do {
            let added = try store.change("the outage of \(place.name)") { writer in
                let new = try writer.addLinked(try writer.note(place, why: why, at: time).map { [$0] } ?? [])
                try writer.add(new.flatMap(route))
                return new
            }
            state.alerted(added)
            for alert in added { log(.error, "\(place.name) cannot be read since \(alert.time?.rfc3339 ?? "")") }
        } catch {
            state.failed(error)
            log(.error, error.description)
        }
    }

    /// Notes that a place was read. A store that cannot be written is logged.
    func ended(_ place: Place) {
        do {
            guard try store.outage(of: place.name) != nil else { return }
            let time = now()
            try store.change("the end of the outage of \(place.name)") { try $0.end(place, at: time) }
            log(.information, "\(place.name) can be read again")
        } catch {
            state.failed(error)
            log(.error, error.description)
        }
    }
}

extension StoreWriter {
    /// Notes that a place could not be read.
    /// - Returns: the alert about it if it could not be read for ``Outages/patience``.
    func note(_ place: Outages.Place, why: String, at time: Date) throws -> StoredAlert? {
        let beginning = try setOutage(of: place.name, at: time)
        guard time.timeIntervalSince(beginning) >= Outages.patience else { return nil }
        return .unreachableLogs(place, since: beginning, why: why, at: time)
    }

    /// Notes that a place was read, and marks the alert about it as acknowledged.
    func end(_ place: Outages.Place, at time: Date) throws {
        guard let beginning = try endOutage(of: place.name) else { return }
        _ = try acknowledge(
            StoredAlert.unreachableLogsID(place, since: beginning), by: "parapet watch", at: time)
    }
}
