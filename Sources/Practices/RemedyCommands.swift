/// The commands by which a person resolves the findings of a check: those of a fix, or of the AWS CLI.
///
/// Words in capitals stand for the reader's own names. A command only reads if what it would change is a decision that
/// needs its answer first.
public enum RemedyCommands {
    /// The commands for a check, in the order in which they are run; empty if only the console helps.
    public static func of(_ check: String) -> [String] {
        if Fixes.checks.contains(check) { return ["parapet fix plan --check \(check) --as cli"] }
        return (table.first { $0.checks.contains(check) }?.commands ?? []).map { "aws " + $0 }
    }

    private static let newPolicyVersion = [
        "iam get-policy-version --policy-arn POLICY-ARN --version-id VERSION --query PolicyVersion.Document",
        "iam create-policy-version --policy-arn POLICY-ARN --policy-document file://policy.json --set-as-default",
    ]
    private static let newTrust = [
        "iam get-role --role-name ROLE --query Role.AssumeRolePolicyDocument",
        "iam update-assume-role-policy --role-name ROLE --policy-document file://trust.json",
    ]
    private static let newInlinePolicy = [
        "iam get-role-policy --role-name ROLE --policy-name POLICY --query PolicyDocument",
        "iam put-role-policy --role-name ROLE --policy-name POLICY --policy-document file://policy.json",
    ]
    private static let newKeyPolicy = [
        "kms get-key-policy --key-id KEY --policy-name default --query Policy --output text",
        "kms put-key-policy --key-id KEY --policy-name default --policy file://key-policy.json",
    ]
    private static let encryptedLogGroup = ["logs associate-kms-key --log-group-name LOG-GROUP --kms-key-id KEY-ARN"]
    private static let bucketLogging = [
        "s3api get-bucket-logging --bucket BUCKET",
        "s3api put-bucket-logging --bucket BUCKET --bucket-logging-status file://logging.json",
    ]
    private static let narrowerRule = [
        "ec2 authorize-security-group-ingress --group-id GROUP --ip-permissions file://narrow.json",
        "ec2 revoke-security-group-ingress --group-id GROUP --security-group-rule-ids RULE",
    ]
    private static let denyEntry = [
        "ec2 create-network-acl-entry --network-acl-id ACL --ingress --rule-number NUMBER --protocol tcp "
            + "--port-range From=PORT,To=PORT --cidr-block 0.0.0.0/0 --rule-action deny"
    ]

    private static let table: [(checks: Set<String>, commands: [String])] = [
        (
            [
                "iam-customer-policy-no-admin", "iam-policy-no-assume-any-role", "iam-policy-no-pass-any-role",
                "iam-policy-no-allow-not-action", "iam-no-privilege-escalation",
                "iam-customer-policy-no-service-wildcard",
                "iam-customer-policy-no-full-cloudtrail", "iam-customer-policy-no-full-kms",
                "iam-customer-policy-no-full-iam", "iam-customer-policy-no-decryption-with-every-key",
            ], newPolicyVersion
        ),
        (
            ["iam-unattached-policy-no-admin", "iam-unattached-policy-no-privilege-escalation"],
            ["iam delete-policy --policy-arn POLICY-ARN"]
        ),
        (
            [
                "iam-inline-policy-no-admin", "iam-inline-policy-no-full-cloudtrail", "iam-inline-policy-no-full-kms",
                "iam-inline-policy-no-full-iam", "iam-inline-policy-no-decryption-with-every-key",
            ], newInlinePolicy
        ),
        (
            ["iam-aws-policy-no-admin", "iam-role-administrator-access"],
            [
                "iam attach-role-policy --role-name ROLE --policy-arn NARROWER-POLICY-ARN",
                "iam detach-role-policy --role-name ROLE --policy-arn arn:aws:iam::aws:policy/AdministratorAccess",
            ]
        ),
        (
            ["iam-role-outside-read-only-access"],
            [
                "iam attach-role-policy --role-name ROLE --policy-arn arn:aws:iam::aws:policy/SecurityAudit",
                "iam detach-role-policy --role-name ROLE --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess",
            ]
        ),
        (
            ["iam-group-administrator-access"],
            [
                "iam attach-group-policy --group-name GROUP --policy-arn NARROWER-POLICY-ARN",
                "iam detach-group-policy --group-name GROUP --policy-arn arn:aws:iam::aws:policy/AdministratorAccess",
            ]
        ),
        (
            ["iam-user-administrator-access"],
            ["iam detach-user-policy --user-name USER --policy-arn arn:aws:iam::aws:policy/AdministratorAccess"]
        ),
        (
            ["iam-cloudshell-full-access"],
            [
                "iam list-entities-for-policy --policy-arn arn:aws:iam::aws:policy/AWSCloudShellFullAccess",
                "iam detach-role-policy --role-name ROLE --policy-arn arn:aws:iam::aws:policy/AWSCloudShellFullAccess",
            ]
        ),
        (
            [
                "iam-role-trust-not-public", "iam-role-trust-other-accounts", "iam-role-trust-service-source",
                "iam-role-trust-oidc-subject", "iam-role-trust-saml-audience",
            ], newTrust
        ),
        (["iam-user-in-group"], ["iam add-user-to-group --user-name USER --group-name GROUP"]),
        (
            ["iam-user-console-mfa"],
            [
                "iam create-virtual-mfa-device --virtual-mfa-device-name USER --bootstrap-method QRCodePNG --outfile qr.png",
                "iam enable-mfa-device --user-name USER --serial-number SERIAL --authentication-code1 CODE "
                    + "--authentication-code2 NEXT-CODE",
            ]
        ),
        (
            ["iam-single-active-key", "iam-user-initial-access-key"],
            [
                "iam get-access-key-last-used --access-key-id KEY-ID",
                "iam update-access-key --user-name USER --access-key-id KEY-ID --status Inactive",
                "iam delete-access-key --user-name USER --access-key-id KEY-ID",
            ]
        ),
        (
            ["cloudtrail-cloudwatch-logs"],
            [
                "cloudtrail update-trail --name TRAIL --cloud-watch-logs-log-group-arn LOG-GROUP-ARN "
                    + "--cloud-watch-logs-role-arn ROLE-ARN"
            ]
        ),
        (
            ["trail-bucket-mfa-delete", "s3-bucket-mfa-delete"],
            [
                "s3api put-bucket-versioning --bucket BUCKET --versioning-configuration Status=Enabled,MFADelete=Enabled "
                    + "--mfa 'SERIAL CODE'"
            ]
        ),
        (["trail-bucket-access-logging-target", "s3-bucket-access-logging"], bucketLogging),
        (
            ["s3-account-public-access-block"],
            [
                "s3control put-public-access-block --account-id ACCOUNT --public-access-block-configuration "
                    + "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true"
            ]
        ),
        (
            ["trail-bucket-access", "trail-control"],
            [
                "iam simulate-principal-policy --policy-source-arn PRINCIPAL-ARN --action-names ACTION "
                    + "--resource-arns RESOURCE-ARN"
            ]
        ),
        (["trail-key-not-public", "kms-key-not-public"], newKeyPolicy),
        (["trail-log-group-encrypted", "log-group-encryption"], encryptedLogGroup),
        (
            ["kms-key-not-pending-deletion"],
            ["kms cancel-key-deletion --key-id KEY", "kms disable-key --key-id KEY"]
        ),
        (["security-group-all-ports", "security-group-authorized-ports"], narrowerRule),
        (
            ["security-group-default-closed"],
            [
                "ec2 describe-network-interfaces --filters Name=group-id,Values=GROUP",
                "ec2 revoke-security-group-ingress --group-id GROUP --security-group-rule-ids RULE",
                "ec2 revoke-security-group-egress --group-id GROUP --security-group-rule-ids RULE",
            ]
        ),
        (["security-group-unused"], ["ec2 delete-security-group --group-id GROUP"]),
        (["network-acl-ssh", "network-acl-rdp"], denyEntry),
        (
            ["network-acl-all-ports"],
            [
                "ec2 replace-network-acl-entry --network-acl-id ACL --ingress --rule-number NUMBER --protocol tcp "
                    + "--port-range From=PORT,To=PORT --cidr-block CIDR --rule-action allow"
            ]
        ),
        (
            ["root-unused"],
            ["cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=root"]
        ),
        (
            ["rds-instance-storage-encryption"],
            [
                "rds create-db-snapshot --db-instance-identifier INSTANCE --db-snapshot-identifier SNAPSHOT",
                "rds copy-db-snapshot --source-db-snapshot-identifier SNAPSHOT "
                    + "--target-db-snapshot-identifier ENCRYPTED --kms-key-id KEY",
                "rds restore-db-instance-from-db-snapshot --db-instance-identifier NEW-INSTANCE "
                    + "--db-snapshot-identifier ENCRYPTED",
            ]
        ),
        (
            ["ec2-instance-imdsv2"],
            ["ec2 modify-instance-metadata-options --instance-id INSTANCE --http-tokens required"]
        ),
    ]

    /// The checks that the table names, for the test that it has no others.
    static var checks: Set<String> { table.reduce(into: []) { $0.formUnion($1.checks) } }
}
