import Posture

/// CloudTrail in all regions, with log file validation and working delivery.
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
