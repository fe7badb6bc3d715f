import Posture

/// Reads, writes and deletions of log files are themselves logged.
enum TrailAccessLogging {
    static let checks: [any Check] = [
        BucketAccessLogging.ofTrails,
        AccessLogTarget(),
    ]
}
