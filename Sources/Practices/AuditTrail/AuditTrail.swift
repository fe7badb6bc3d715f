import Posture

/// CloudTrail everywhere, with validated logs that arrive.
enum AuditTrail {
    static let checks: [any Check] = [
        TrailInEveryRegion(),
        MultiRegionTrail(),
        ManagementEventsRecorded(),
        logFileValidation,
        TrailDelivery(),
        TrailToCloudWatchLogs(),
    ]
}
