import AWSClient
import Basics
import Inventory
import Posture

extension AuditTrail {
    /// Without validation nothing proves that a log file is the one that CloudTrail delivered.
    static let logFileValidation = Condition(
        About(
            id: "cloudtrail-log-file-validation",
            title: "Log file validation is on for every trail",
            practice: .auditTrail, severity: .medium,
            risk: "Whoever can write to the bucket can change or remove log files, and nobody can tell.",
            remedy: "Enable log file validation on the trail; CloudTrail then signs a digest of its files every hour.",
            references: [
                .prowler("cloudtrail_log_file_validation_enabled"), .securityHub("CloudTrail.4"),
                .cis("1.4", "3.2"), .cis("3.0", "3.2"), .cis("5.0", "3.2"),
                .config("cloud-trail-log-file-validation-enabled"),
            ],
            sources: ["AWS CloudTrail User Guide: Validating CloudTrail log file integrity"]),
        each: .trails, \.logFileValidationEnabled, is: true, fact: "LogFileValidationEnabled",
        pass: "Log file validation is on", fail: "Log file validation is off",
        examples: [
            .unknown("the trails of one region cannot be listed") {
                $0[.regions] = .known(["us-east-1", "eu-west-1"])
                $0.hold(trails: .sample)
                $0[.trails]["eu-west-1"] = .denied(.describeTrails)
            }
        ])
}
