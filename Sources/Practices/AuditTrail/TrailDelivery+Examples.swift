import AWSClient
import Inventory
import Posture

extension TrailDelivery {
    var examples: [Example] {
        [
            .passes("log and digest files are delivered") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample)
            },
            .passes("the latest delivery is exactly as old as the limit") {
                $0.hold(trails: delivering { $0.latestDeliveryTime = Criteria.sample.hoursAgo(24) })
                $0.hold(buckets: .sample)
            },
            .passes("no digest file is delivered, and validation is disabled") {
                $0.hold(
                    trails: .sample {
                        $0.logFileValidationEnabled = false
                        $0.status = .known(.sample { $0.latestDigestDeliveryTime = nil })
                    })
                $0.hold(buckets: .sample)
            },
            .fails("the bucket was deleted") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample { $0.region = .missing(.getBucketLocation) })
            },
            .fails("the trail is stopped") { $0.hold(trails: .sample { $0.status = .known(.stopped) }) },
            .fails("the bucket denies delivery of log files") {
                $0.hold(trails: delivering { $0.latestDeliveryError = "AccessDenied" })
            },
            .fails("the bucket denies delivery of digest files") {
                $0.hold(trails: delivering { $0.latestDigestDeliveryError = "NoSuchBucket" })
            },
            .fails("the latest delivery is too old") {
                $0.hold(trails: delivering { $0.latestDeliveryTime = Criteria.sample.hoursAgo(25) })
            },
            .fails("the latest digest is too old") {
                $0.hold(trails: delivering { $0.latestDigestDeliveryTime = Criteria.sample.hoursAgo(25) })
            },
            .fails("the trail has been logging for a month and never delivered") {
                $0.hold(trails: delivering { $0.latestDeliveryTime = nil })
            },
            .unknown("the trail was started an hour ago and has not delivered yet") {
                $0.hold(
                    trails: delivering {
                        $0.startLoggingTime = Criteria.sample.hoursAgo(1)
                        $0.latestDeliveryTime = nil
                    })
            },
            .unknown("it cannot be looked up whether the bucket exists") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample { $0.region = .denied(.getBucketLocation) })
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
