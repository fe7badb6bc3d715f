import AWSClient
import Basics
import Inventory
import Posture

/// A trail that logs but whose files never arrive is a trail only on paper.
struct TrailDelivery: Check {
    let about = About(
        id: "cloudtrail-delivery",
        title: "Every trail delivers its log files and digests",
        practice: .auditTrail, severity: .high,
        risk: """
            A bucket that was deleted, or whose policy was changed, swallows the log without a sound: the console still \
            shows a trail that is logging.
            """,
        judges: """
            The trail must be logging, its latest delivery must have met no error, and must be no older than the limit. \
            Where validation is on, the same holds for digests, which come hourly even where nothing happens. A trail \
            that was started within the limit and has not delivered yet is unknown. A trail of one region in which \
            nothing happened for longer than the limit fails too: delivery cannot be told from silence.
            """,
        remedy: """
            Mend what the error names: the bucket, its policy, or the key's policy. Start the trail's logging if it is \
            stopped.
            """,
        sources: [
            "AWS CloudTrail API Reference: GetTrailStatus",
            "AWS CloudTrail User Guide: Amazon S3 bucket policy for CloudTrail",
        ],
        reads: [.trails, .trailStatus],
        settings: ["trail-delivery-hours"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        let limit = reading.settings.trailDeliveryHours
        return try reading.judgeEach(.trails) { trail throws(Unknown) in
            let status = try trail.status.value
            guard status.isLogging else {
                return .fail(
                    "The trail is stopped: nothing is delivered", Evidence("IsLogging", false, from: .getTrailStatus))
            }
            var deliveries = [status.logFileDelivery]
            if trail.logFileValidationEnabled { deliveries.append(status.digestDelivery) }
            return try Delivery.judge(deliveries, within: limit, by: reading)
        }
    }
}
