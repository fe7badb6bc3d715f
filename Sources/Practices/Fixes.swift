public import Posture

/// Every fix that Parapet knows, in the order in which a plan applies them.
public enum Fixes {
    public static let all: [Fix] =
        deliveryFixes + AuditTrail.fixes + [TrailAccessLogging.fix, FlowLogs.fix] + TrailProtection.fixes
        + LogEncryption.fixes
        + [
            NetworkExposure.portFix, RootAccount.keyFix,
            CredentialRotation.passwordPolicyFix,
            // What is unused is disabled first: it is given no group and no new key.
            UnusedCredentials.credentialFix, Permissions.userPolicyFix, Permissions.narrowingFix,
            CredentialRotation.accessKeyFix, CredentialRotation.keyDeletionFix, UnusedCredentials.deletionFix,
        ]

    /// What lets trails deliver comes before the changes of trails: `UpdateTrail` fails while the bucket policy or the
    /// key does not let CloudTrail deliver.
    ///
    /// Source: AWS CloudTrail API Reference, "UpdateTrail", errors.
    private static let deliveryFixes = [
        LogEncryption.enabledFix, TrailProtection.sourceFix, LogEncryption.keyPolicyFix, AuditTrail.deliveryFix,
    ]

    /// The IDs of the checks whose findings a fix resolves with calls, not only with instructions.
    public static let checks = Set(all.filter { !$0.calls.isEmpty }.flatMap(\.checks))

    /// The ports that flow logs are searched for, which fixes may close.
    public static let ports = Set(SecurityGroupService.all.flatMap(\.ports).map(\.number))

    /// Explains to the user which fix resolves the failing findings of a check, or why there is none.
    public static func explanation(for check: String) -> String {
        guard let fix = all.first(where: { $0.checks.contains(check) }) else { return reasonForNone(check) }
        return "\(fix.summary) 'parapet fix plan --check \(check)' shows the steps and changes nothing."
    }

    /// Reason for a check without a reason of its own; every check of the catalogue has one.
    static let noReason = "Parapet has no fix for this check; its remediation says what a person does."

    /// Explains to the user why a check has no fix.
    public static func reasonForNone(_ check: String) -> String {
        let reasons = [
            ("root-", "Parapet has no fix: only the root user itself can make the change, with its own credentials."),
            (
                "cloudtrail-cloudwatch-logs",
                "Parapet has no fix: which log group receives the events is a decision about what reads them there."
            ),
            (
                "ec2-instance-imdsv2",
                "Parapet has no fix: programs that use version 1 of the metadata service would lose their credentials."
            ),
            (
                "rds-instance-storage-encryption",
                "Parapet has no fix: storage is encrypted only by restoring a copy into a new instance."
            ),
            (
                "kms-key-not-pending-deletion",
                "Parapet has no fix: whether the key is needed is a decision about the data that it encrypts."
            ),
            ("kms-key-not-public", "Parapet has no fix: who needs the key is a decision about its users."),
            ("trail-key-not-public", "Parapet has no fix: who needs the key is a decision about its users."),
            (
                "log-group-encryption",
                "Parapet has no fix: the key's policy must admit those who read the logs, who are not known."
            ),
            (
                "trail-log-group-encrypted",
                "Parapet has no fix: the key's policy must admit those who read the logs, who are not known."
            ),
            (
                "s3-account-public-access-block",
                "Parapet has no fix: buckets that are public on purpose would be closed with the others."
            ),
            (
                "s3-bucket-access-logging",
                "Parapet has no fix: which buckets need a log is a decision about their data and the cost."
            ),
            (
                "trail-bucket-access-logging-target",
                "Parapet has no fix: another target, or other settings of this one, are a decision about its other uses."
            ),
            ("s3-bucket-mfa-delete", "Parapet has no fix: only the root user can enable MFA delete, with its device."),
            ("iam-", "Parapet has no fix: who loses which permission is a decision about people and programs."),
            ("network-acl-", "Parapet has no fix: the order of the entries decides what else would be cut off."),
            ("security-group-", "Parapet has no fix: what else the rules admit is a decision about the applications."),
            ("trail-bucket-access", "Parapet has no fix: who needs the logs is a decision about people and programs."),
            ("trail-control", "Parapet has no fix: who administers the trails is a decision about people."),
        ]
        // A name that ends in a hyphen stands for all checks whose names begin with it.
        return reasons.first { $0.0.hasSuffix("-") ? check.hasPrefix($0.0) : check == $0.0 }?.1
            ?? noReason
    }
}
