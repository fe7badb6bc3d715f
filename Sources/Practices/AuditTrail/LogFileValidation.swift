import AWSClient
import Basics
import Inventory
import Posture

extension AuditTrail {
    /// Without validation, nothing proves that a log file is unchanged since CloudTrail delivered it.
    static let logFileValidation = Condition(
        About(
            id: "cloudtrail-log-file-validation",
            title: "Trails should have log file validation enabled",
            practice: .auditTrail, severity: .medium,
            risk: "An attacker who can write to the bucket can change or delete log files unnoticed.",
            remedy: """
                Enable log file validation on the trail. CloudTrail then delivers a signed digest file every hour.
                """,
            references: [
                .prowler("cloudtrail_log_file_validation_enabled"), .securityHub("CloudTrail.4"),
                .cis("1.4", "3.2"), .cis("3.0", "3.2"), .cis("5.0", "3.2"),
                .config("cloud-trail-log-file-validation-enabled"),
            ],
            sources: ["AWS CloudTrail User Guide: Validating CloudTrail log file integrity"]),
        each: .trails, \.logFileValidationEnabled, is: true, fact: "LogFileValidationEnabled",
        pass: "Log file validation is enabled", fail: "Log file validation is disabled",
        examples: [
            .unknown("the trails of one Region cannot be listed") {
                $0[.regions] = .known(["us-east-1", "eu-west-1"])
                $0.hold(trails: .sample)
                $0[.trails]["eu-west-1"] = .denied(.describeTrails)
            }
        ])
}
