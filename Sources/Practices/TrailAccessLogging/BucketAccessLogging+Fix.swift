import AWSClient
import Basics
import Inventory
import Posture

extension TrailAccessLogging {
    /// Allows Amazon S3 to deliver into the target bucket, then enables logging. The target is never the bucket itself.
    ///
    /// Source: Amazon S3 User Guide, "Enabling Amazon S3 server access logging".
    static let fix = Fix(
        "bucket-access-logging", "Enables server access logging of the trail bucket to a bucket that admits it.",
        checks: ["trail-bucket-access-logging"],
        calls: FixedBucket.creationCalls.union([.putBucketPolicy, .deleteBucketPolicy, .putBucketLogging]),
        reads: [.trails, .bucketLogging]
    ) { target, reading, observed in
        let source = FixedBucket(target, in: reading)
        guard let log = receiver(of: source, in: reading) else { return [] }
        let exists = observed.known(log.existence).map { !$0.isNull } ?? false
        return [source.logging, log.existence] + (exists ? [log.policy] : [])
    } propose: { target, reading, observed throws(Unknown) in
        let source = FixedBucket(target, in: reading)
        guard let log = receiver(of: source, in: reading) else {
            return .declined("a bucket cannot receive its own access logs: name another as access-log-bucket")
        }
        let prefix = "\(source.name)/"
        let arn = "arn:\(reading.partition):s3:::"
        let statement: JSON = [
            "Sid": .string("AccessLogsOf\(source.name.filter { $0.isLetter || $0.isNumber })"), "Effect": "Allow",
            "Principal": ["Service": "logging.s3.amazonaws.com"], "Action": "s3:PutObject",
            "Resource": .string("\(arn)\(log.name)/\(prefix)*"),
            "Condition": [
                "ArnLike": ["aws:SourceArn": .string("\(arn)\(source.name)")],
                "StringEquals": ["aws:SourceAccount": .string(reading.id)],
            ],
        ]
        let admission = log.adding(
            statement, to: observed.known(log.policy) ?? .null, "Allow access logs of \(source.name) in \(log.name)",
            for: target)
        guard case .steps(var steps) = admission else { return admission }
        if try observed[log.existence].isNull { steps = log.creation(for: target, "access logs") + steps }
        let before = try observed[source.logging]
        let after: JSON = ["TargetBucket": .string(log.name), "TargetPrefix": .string(prefix)]
        return .steps(
            steps + [
                Step(
                    "Log access to \(source.name) in \(log.name)", on: target.resource.arn, for: target.checks,
                    state: source.logging, before: before,
                    call: source.call(.putBucketLogging, ("BucketLoggingStatus", ["LoggingEnabled": after])),
                    after: after,
                    undo: source.call(.putBucketLogging, ("BucketLoggingStatus", [:])),
                    notes: ["Amazon S3 delivers the first logs within hours, and without a guarantee."],
                    cost: "Amazon S3 charges for the storage of the logs.")
            ])
    }

    /// Returns the target bucket in the settings; else the one that receives the access logs of another trail bucket of
    /// the Region; else a new one; `nil` if the target would be the bucket itself.
    private static func receiver(of source: FixedBucket, in reading: Reading) -> FixedBucket? {
        if let name = reading.settings.accessLogBucket {
            return name == source.name ? nil : FixedBucket(name, in: source.region, owner: reading.id)
        }
        let buckets = reading.account.trailBuckets.map(\.bucket)
        let names = buckets.filter { (try? $0.region.value) == source.region }
            .compactMap { (try? $0.logging.value)??.targetBucket }.filter { $0 != source.name }
        let name = names.min() ?? "parapet-access-logs-\(reading.id)-\(source.region)"
        return name == source.name ? nil : FixedBucket(name, in: source.region, owner: reading.id)
    }
}

extension FixedBucket {
    fileprivate var logging: Observation {
        Observation(
            call(.getBucketLogging), .members(["LoggingEnabled"]), "LoggingEnabled",
            .members(["TargetBucket", "TargetPrefix"]))
    }
}
