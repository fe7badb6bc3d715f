import Posture

/// Who reads, writes or deletes log files is itself logged.
enum TrailAccessLogging {
    static let checks: [any Check] = [
        BucketAccessLogging.ofTrails,
        AccessLogTarget(),
    ]
}
