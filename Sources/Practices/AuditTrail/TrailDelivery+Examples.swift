import AWSClient
import Inventory
import Posture

extension TrailDelivery {
    var examples: [Example] {
        [
            .passes("log files and digests arrive") { $0.hold(trails: .sample) },
            .passes("the latest delivery is exactly as old as the limit") {
                $0.hold(trails: delivering { $0.latestDeliveryTime = Criteria.sample.hoursAgo(24) })
            },
            .passes("no digest arrives, and none is asked for") {
                $0.hold(
                    trails: .sample {
                        $0.logFileValidationEnabled = false
                        $0.status = .known(.sample { $0.latestDigestDeliveryTime = nil })
                    })
            },
            .fails("the trail is stopped") { $0.hold(trails: .sample { $0.status = .known(.stopped) }) },
            .fails("the bucket refuses the files") {
                $0.hold(trails: delivering { $0.latestDeliveryError = "AccessDenied" })
            },
            .fails("the bucket refuses the digests") {
                $0.hold(trails: delivering { $0.latestDigestDeliveryError = "NoSuchBucket" })
            },
            .fails("the latest delivery is too old") {
                $0.hold(trails: delivering { $0.latestDeliveryTime = Criteria.sample.hoursAgo(25) })
            },
            .fails("the latest digest is too old") {
                $0.hold(trails: delivering { $0.latestDigestDeliveryTime = Criteria.sample.hoursAgo(25) })
            },
            .fails("it has been logging for a month and never delivered") {
                $0.hold(trails: delivering { $0.latestDeliveryTime = nil })
            },
            .unknown("it was started an hour ago and has not delivered yet") {
                $0.hold(
                    trails: delivering {
                        $0.startLoggingTime = Criteria.sample.hoursAgo(1)
                        $0.latestDeliveryTime = nil
                    })
            },
            .unknown("the status cannot be read") {
                $0.hold(trails: .sample { $0.status = .denied(.getTrailStatus) })
            },
        ]
    }

    private func delivering(_ change: (inout TrailStatus) -> Void) -> Trail {
        .sample { $0.status = .known(.sample(change)) }
    }
}
