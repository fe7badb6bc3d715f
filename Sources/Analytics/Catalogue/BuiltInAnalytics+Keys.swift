import Basics

extension BuiltInAnalytics {
    /// The description of an analytic of CloudTrail by its identifier, which must be one of ``keyHistory(_:)``.
    static func keyRule(_ id: String) -> AlertRule {
        keyHistory(KeySettings()).first { $0.id == id }
            ?? analytic(id, id, .medium, practice: "", techniques: [], falsePositives: [], response: "", "")
    }

    private static let keyPages = [
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html"
    ]

    static func keyHistory(_ settings: KeySettings) -> [AlertRule] {
        [
            analytic(
                "key-used-after-silence", "Dormant access key used", .medium,
                practice: "unused-credentials", techniques: ["T1078.004"],
                falsePositives: ["Jobs that run once a quarter or less; use a role instead of a key"],
                response: """
                    Confirm the use with the owner. If it is unknown, deactivate the key, and review its calls.
                    """,
                references: keyPages,
                """
                Detects the use of a long-term access key, with or without success, that was not used for \
                \(settings.silentDays) days or more. The last use, or the creation, is taken from the logs or the \
                baseline. Only days that the logs cover count: after a gap of more than \(settings.gapDays) days \
                between two runs, counting starts again. An unknown key counts as dormant if the logs cover \
                \(settings.silentDays) days, include IAM events, and do not show its creation.
                """),
            analytic(
                "login-after-silence", "Dormant user sign-in", .medium,
                practice: "unused-credentials", techniques: ["T1078.004"],
                falsePositives: ["Users who return from long leave", "Tests of emergency users"],
                response: """
                    Confirm the sign-in with the user. If it is unknown, reset the password, and review the calls of \
                    the session.
                    """,
                references: [
                    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html"
                ],
                """
                Detects a console sign-in of an IAM user who did not sign in for \(settings.silentDays) days or more. \
                Failed sign-ins and sign-ins of roles do not count. Earlier activity is evaluated in the same way as \
                for access keys.
                """),
            analytic(
                "old-key-used", "Overdue access key used", .low,
                practice: "credential-rotation", techniques: ["T1078.004"],
                falsePositives: ["None: rotation rules require a new key"],
                response: """
                    Create a new key, move the workload to it or to a role, and delete the old key.
                    """, references: keyPages,
                """
                Detects the first use of a long-term access key that is older than \(settings.maximumKeyAgeDays) days \
                by its creation, or by its first use, in the logs or the baseline. Each key is reported once.
                """),
            analytic(
                "reactivated-key-used", "Reactivated access key used", .medium,
                practice: "unused-credentials", techniques: ["T1098.001", "T1078.004"],
                falsePositives: ["A key that was deactivated to see whether it is needed"],
                response: """
                    Confirm the reactivation with the owner. If it is unknown, deactivate the key, and review its \
                    calls.
                    """, references: keyPages,
                """
                Detects the use of a long-term access key after UpdateAccessKey activated it, and before it was \
                deactivated again. A key that was already active because it was new is excluded.
                """),
            analytic(
                "call-new-instance-type", "New instance type in the account", .low,
                practice: "unused-credentials", techniques: ["T1496.001", "T1578.002"],
                falsePositives: ["A new generation of instances"],
                response: """
                    Confirm the instances with their owner. If they are unknown, terminate them, and deactivate the \
                    credentials of the caller.
                    """,
                references: ["https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html"],
                """
                Detects the launch of an instance type (by RunInstances, a fleet, a Spot request, or a changed instance) \
                that the account did not run before, in an account that began \
                to run instances at least \(settings.learningDays) days earlier by the logs and the baseline.
                """),
            analytic(
                "call-new-model-user", "First model call of a principal", .medium,
                practice: "unused-credentials", techniques: ["T1496.004"],
                falsePositives: ["A new application or colleague that uses Amazon Bedrock"],
                response: """
                    Confirm the calls with the principal. If they are unknown, deactivate its credentials, and \
                    review model calls and costs.
                    """,
                references: ["https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html"],
                """
                Detects that a user, a role or an IAM Identity Center user called an Amazon Bedrock model, with or \
                without success, for the first time in at least \(settings.learningDays) days of logs and baseline. \
                Each is reported once.
                """),
            analytic(
                "call-new-workload-visitor", "First session or command of a principal", .medium,
                practice: "permissions", techniques: ["T1651", "T1021.004", "T1021.007", "T1609"],
                falsePositives: ["A new administrator or deployment"],
                response: """
                    Confirm the session with the principal. If it is unknown, deactivate its credentials, and \
                    isolate the workload for inspection.
                    """,
                references: ["https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html"],
                """
                Detects that a user, a role or an IAM Identity Center user started a session, ran a command or sent an \
                SSH key on an instance or a container for the first time in at least \(settings.learningDays) days of \
                logs and baseline. Each is reported once.
                """),
            analytic(
                "call-new-bulk-deletion", "Bulk deletion by a new principal", .high,
                practice: "trail-protection", techniques: ["T1485"],
                falsePositives: ["A new clean-up job"],
                response: """
                    Confirm the deletions with the principal. If they are unknown, isolate it, and restore from \
                    versions or backups.
                    """,
                references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html"],
                """
                Detects that a principal that deleted nothing in a bucket in at least \(settings.learningDays) days of \
                logs and baseline deletes \(settings.bulkDeletions) or more of its objects; a call that deletes \
                several counts as ten. Ransomware reads, then deletes. The trail must record data events of the \
                bucket.
                """),
        ]
    }
}
