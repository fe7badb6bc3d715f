import AWSClient
import Basics
import Inventory
import Posture

/// With MFA delete, stolen credentials alone cannot destroy the log.
struct TrailBucketMFADelete: Check {
    let about = About(
        id: "trail-bucket-mfa-delete",
        title: "CloudTrail buckets should have MFA delete enabled",
        practice: .trailProtection, severity: .medium,
        risk: "Stolen administrator credentials are sufficient to delete every version of the log files.",
        judges: """
            MFA delete must be enabled. Only the root user can enable it, with an access key, and it cannot be \
            combined with lifecycle rules. Object Lock in compliance mode with default retention protects at least as \
            well. A bucket with Object Lock instead still fails, because the practice requires MFA delete, but the \
            message states it: mute the finding if this is your choice.
            """,
        remedy: """
            As the root user, create an access key, enable MFA delete together with versioning, and delete the key. \
            Alternatively use Object Lock in compliance mode and mute the finding.
            """,
        references: [
            .prowler("cloudtrail_bucket_requires_mfa_delete"), .securityHub("S3.20"),
        ],
        sources: [
            "Amazon S3 User Guide: Configuring MFA delete", "Amazon S3 User Guide: Locking objects with Object Lock",
        ],
        reads: [.trails, .bucketVersioning, .bucketObjectLock])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.trailBuckets) { bucket throws(Unknown) in
            let versioning = try bucket.versioning.value
            let evidence = Evidence("MFADelete", JSON(versioning.mfaDelete), from: .getBucketVersioning)
            guard versioning.mfaDelete != "Enabled" else {
                return .pass("MFA delete is enabled", evidence)
            }
            let lock: ObjectLock?
            switch bucket.objectLock.state {
            case .known(let known): lock = known
            case .unknown(let unknown):
                return .fail(
                    "MFA delete is disabled; the Object Lock configuration could not be read", evidence,
                    .unread("ObjectLockConfiguration", unknown, from: .getObjectLockConfiguration))
            }
            let alternative = Evidence("ObjectLockConfiguration", lock.description, from: .getObjectLockConfiguration)
            guard let lock, let days = lock.complianceDays else {
                return .fail(
                    "MFA delete is disabled and Object Lock (compliance mode) is not configured", evidence, alternative)
            }
            return .fail(
                "MFA delete is disabled; Object Lock (compliance mode) keeps versions for \(days) days instead",
                evidence,
                alternative)
        }
    }

    var examples: [Example] {
        [
            .passes("MFA delete is enabled") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample)
            },
            .fails("MFA delete is disabled") {
                $0.hold(trails: .sample)
                $0.hold(buckets: withoutMFADelete(.known(nil)))
            },
            .fails("Object Lock in compliance mode replaces it") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: withoutMFADelete(
                        .known(ObjectLock(mode: "COMPLIANCE", days: 365))))
            },
            .fails("MFA delete is disabled, and Object Lock cannot be read") {
                $0.hold(trails: .sample)
                $0.hold(buckets: withoutMFADelete(.denied(.getObjectLockConfiguration)))
            },
            .unknown("versioning cannot be read") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample { $0.versioning = .denied(.getBucketVersioning) })
            },
        ]
    }

    private func withoutMFADelete(_ objectLock: Fact<ObjectLock?>) -> Bucket {
        .sample {
            $0.versioning = .known(BucketVersioning(status: "Enabled", mfaDelete: "Disabled"))
            $0.objectLock = objectLock
        }
    }
}

extension ObjectLock {
    /// Number of days for which no principal, not even the root user, can delete a new version; `nil` if one can.
    fileprivate var complianceDays: Int? {
        isEnabled && defaultRetention?.mode == "COMPLIANCE" ? defaultDays : nil
    }
}

extension ObjectLock? {
    var description: JSON {
        guard let self else { return .null }
        return .object([
            "ObjectLockEnabled": JSON(self.objectLockEnabled), "Mode": JSON(self.defaultRetention?.mode),
            "Days": JSON(self.defaultDays),
        ])
    }
}
