import Basics

extension BuiltInAnalytics {
    /// The description of an analytic of CloudTrail, which is there.
    static func keyRule(_ id: String) -> AlertRule {
        keyHistory(KeySettings()).first { $0.id == id }
            ?? analytic(id, id, .medium, practice: "", techniques: [], falsePositives: [], "")
    }

    private static let keyPages = [
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html"
    ]

    static func keyHistory(_ settings: KeySettings) -> [AlertRule] {
        [
            analytic(
                "key-used-after-silence", "An access key is used after months of silence", .medium,
                practice: "unused-credentials", techniques: ["T1078.004"],
                falsePositives: ["Jobs that run once a quarter or less: a role needs no key that waits for months"],
                references: keyPages,
                """
                A long-term access key is used, with or without success, and was not for \(settings.silentDays) days or \
                more before. The last use, or the creation, comes from the logs or the baseline. The days count as far \
                as the logs cover them: where more than \(settings.gapDays) days are missing between two runs, they \
                count anew. A key that nobody knows is taken for silent where the logs go back \
                \(settings.silentDays) days, have IAM's events, and do not show that it was made.
                """),
            analytic(
                "login-after-silence", "A console user logs in after months of silence", .medium,
                practice: "unused-credentials", techniques: ["T1078.004"],
                falsePositives: ["People who come back from long leave", "Users for emergencies, when they are tried"],
                references: [
                    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html"
                ],
                """
                An IAM user logs in to the console who did not for \(settings.silentDays) days or more. Failed logins, \
                and those of roles, do not count. What is known of the time before is judged as with access keys.
                """),
            analytic(
                "old-key-used", "An access key is used that ought to have been replaced", .low,
                practice: "credential-rotation", techniques: ["T1078.004"],
                falsePositives: ["None: it is a matter of the rules for rotation"], references: keyPages,
                """
                The first use of a long-term access key that is older than \(settings.maximumKeyAgeDays) days by its \
                creation in the logs or the baseline, or that was first seen so long ago. Each key is reported once.
                """),
            analytic(
                "reactivated-key-used", "An access key that was switched on again is used", .medium,
                practice: "unused-credentials", techniques: ["T1098.001", "T1078.004"],
                falsePositives: ["A key that was switched off to see who still needs it"], references: keyPages,
                """
                A long-term access key is used after UpdateAccessKey made it active, and before it was made inactive \
                again. A key that was active already, since it had just been made, is left out.
                """),
            analytic(
                "call-new-instance-type", "Instance type that the account never ran", .low,
                practice: "unused-credentials", techniques: ["T1496.001", "T1578.002"],
                falsePositives: ["A new generation of instances"],
                references: ["https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html"],
                """
                Instances of a type were started that the account did not run before, in an account that began to run instances \
                at least \(settings.learningDays) days earlier by the logs and the baseline.
                """),
            analytic(
                "call-new-model-user", "First model call of a principal", .medium,
                practice: "unused-credentials", techniques: ["T1496.004"],
                falsePositives: ["A new application or colleague that uses Amazon Bedrock"],
                references: ["https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html"],
                """
                A user, a role or a user of IAM Identity Center called a model of Amazon Bedrock, with or without success, and did not \
                in at least \(settings.learningDays) days of logs and baseline before. Each is reported once.
                """),
            analytic(
                "call-new-workload-visitor", "First session or command of a principal in a workload", .medium,
                practice: "permissions", techniques: ["T1651", "T1021.004", "T1021.007", "T1609"],
                falsePositives: ["A new administrator or deployment"],
                references: ["https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html"],
                """
                A user, a role or a user of IAM Identity Center started a session, ran a command or sent an SSH key to an instance or a \
                container, and did not in at least \(settings.learningDays) days of logs and baseline before. Each is reported once.
                """),
            analytic(
                "call-new-bulk-deletion", "Objects deleted in bulk by a newcomer", .high,
                practice: "trail-protection", techniques: ["T1485"],
                falsePositives: ["A new clean-up job"],
                references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html"],
                """
                A principal that deleted nothing in a bucket in at least \(settings.learningDays) days of logs and baseline deletes \
                \(settings.bulkDeletions) or more of its objects; a call that deletes several counts as ten. Ransomware reads, then \
                deletes. The trail must record data events of the bucket.
                """),
        ]
    }
}
