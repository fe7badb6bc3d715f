import AWSClient
import Basics
import Inventory
import Posture

/// CloudWatch alarms can only react to events that are delivered to CloudWatch Logs.
struct TrailToCloudWatchLogs: Check {
    let about = About(
        id: "cloudtrail-cloudwatch-logs",
        title: "Trails should be integrated with CloudWatch Logs",
        practice: .auditTrail, severity: .low,
        risk: """
            Without CloudWatch Logs integration, metric filters and alarms cannot detect activity in near real time.
            """,
        judges: """
            A log group must be configured, and the latest delivery must be less than a day old and without error. A \
            trail that was started within the last day and has not delivered yet is not determined.
            """,
        remedy: "Configure a log group for the trail, and a role that allows CloudTrail to write to it.",
        references: [
            .prowler("cloudtrail_cloudwatch_logging_enabled"), .securityHub("CloudTrail.5"), .cis("1.4", "3.4"),
            .config("cloud-trail-cloud-watch-logs-enabled"),
        ],
        sources: ["AWS CloudTrail User Guide: Sending events to CloudWatch Logs"],
        reads: [.trails, .trailStatus])

    private static let limitInHours = 24

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.trails) { trail throws(Unknown) in
            let group = Evidence(
                "CloudWatchLogsLogGroupArn", JSON(trail.cloudWatchLogsLogGroupARN), from: .describeTrails)
            guard trail.logGroupARN != nil else {
                return .fail("No CloudWatch Logs log group is configured", group)
            }
            let status = try trail.status.value
            guard status.isLogging else {
                return .fail(
                    "The trail is stopped: no events are delivered", group,
                    Evidence("IsLogging", false, from: .getTrailStatus))
            }
            var judgement = try Delivery.judge(
                [status.cloudWatchLogsDelivery], within: Self.limitInHours, by: reading)
            judgement.evidence.insert(group, at: 0)
            return judgement
        }
    }

    var examples: [Example] {
        [
            .passes("events reach the log group") { $0.hold(trails: .sample) },
            .fails("no log group is configured") { $0.hold(trails: .sample { $0.cloudWatchLogsLogGroupARN = nil }) },
            .fails("the role does not allow writing to the log group") {
                $0.hold(trails: delivering { $0.latestCloudWatchLogsDeliveryError = "Access denied" })
            },
            .fails("nothing was delivered for two days") {
                $0.hold(trails: delivering { $0.latestCloudWatchLogsDeliveryTime = Criteria.sample.hoursAgo(48) })
            },
            .fails("the trail is stopped") { $0.hold(trails: .sample { $0.status = .known(.stopped) }) },
            .unknown("the status cannot be read") {
                $0.hold(trails: .sample { $0.status = .denied(.getTrailStatus) })
            },
            .unknown("the trail was started an hour ago") {
                $0.hold(
                    trails: delivering {
                        $0.startLoggingTime = Criteria.sample.hoursAgo(1)
                        $0.latestCloudWatchLogsDeliveryTime = nil
                    })
            },
        ]
    }

    private func delivering(_ change: (inout TrailStatus) -> Void) -> Trail {
        .sample { $0.status = .known(.sample(change)) }
    }
}
