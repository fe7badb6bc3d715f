import AWSClient
import Basics
import FoundationEssentials
import Inventory
import Posture

/// One of the streams that a trail delivers: log files, digests, or events to CloudWatch Logs.
struct Delivery {
    /// Name in the plural: "log files".
    var name: String
    /// Name of the error field in the answer of `GetTrailStatus`.
    var errorField: String
    var timeField: String
    var error: String?
    var time: Date?
    var started: Date?

    /// Passes if all streams of a logging trail have delivered within `limit` hours and without error.
    static func judge(_ deliveries: [Delivery], within limit: Int, by reading: Reading) throws(Unknown) -> Judgement {
        let evidence = deliveries.flatMap(\.evidence)
        for delivery in deliveries {
            if let shortcoming = delivery.shortcoming(after: limit, by: reading) {
                return .fail(shortcoming, evidence)
            }
        }
        for delivery in deliveries where delivery.time == nil {
            throw Unknown(
                .notYet, call: Operation.getTrailStatus.description,
                detail: """
                    the trail was started less than \(limit) hours ago and has not delivered \(delivery.name) yet
                    """)
        }
        return .pass("\(deliveries.map(\.name).joined(separator: " and ")) are delivered".firstCapitalized, evidence)
    }

    private func shortcoming(after limit: Int, by reading: Reading) -> String? {
        if let error {
            return "Delivery of \(name) fails: \(error)"
        }
        guard let time else {
            let isOverdue = started.map { reading.hours(since: $0) > Double(limit) } ?? true
            return isOverdue ? "The trail is logging but has never delivered \(name)" : nil
        }
        let hours = reading.hours(since: time)
        guard hours > Double(limit) else { return nil }
        let whole = Int(exactly: hours.rounded(.down)) ?? .max
        return "No \(name) delivered for \(whole) hours (limit: \(limit) hours)"
    }

    private var evidence: [Evidence] {
        [
            Evidence(timeField, JSON(time), from: .getTrailStatus),
            Evidence(errorField, JSON(error), from: .getTrailStatus),
        ]
    }
}

extension TrailStatus {
    var logFileDelivery: Delivery {
        Delivery(
            name: "log files", errorField: "LatestDeliveryError", timeField: "LatestDeliveryTime",
            error: latestDeliveryError, time: latestDeliveryTime, started: startLoggingTime)
    }

    var digestDelivery: Delivery {
        Delivery(
            name: "digests", errorField: "LatestDigestDeliveryError", timeField: "LatestDigestDeliveryTime",
            error: latestDigestDeliveryError, time: latestDigestDeliveryTime, started: startLoggingTime)
    }

    var cloudWatchLogsDelivery: Delivery {
        Delivery(
            name: "CloudWatch Logs events", errorField: "LatestCloudWatchLogsDeliveryError",
            timeField: "LatestCloudWatchLogsDeliveryTime", error: latestCloudWatchLogsDeliveryError,
            time: latestCloudWatchLogsDeliveryTime, started: startLoggingTime)
    }
}
