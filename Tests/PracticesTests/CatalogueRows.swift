/// Rows of the catalogue of conditions that the field judges: Prowler's id, Security Hub's controls, and the numbers in
/// versions 1.4, 3.0 and 5.0 of the CIS AWS Foundations Benchmark.
struct CatalogueRow {
    var prowler: String
    var others: Set<String>

    static let all: [String: CatalogueRow] = {
        let rows = text.split(separator: "\n").map { CatalogueRow($0) }
        return Dictionary(rows.map { ($0.prowler, $0) }) { first, _ in first }
    }()

    private init(_ line: Substring) {
        let cells = line.split(separator: "|").map { $0.filter { $0 != " " } }
        func ids(_ cell: Int) -> [Substring] { cells[cell] == "-" ? [] : cells[cell].split(separator: ";") }
        prowler = cells[0]
        others = Set(
            ids(1).map { "securityhub:\($0)" } + ids(2).map { "cis:1.4/\($0)" } + ids(3).map { "cis:3.0/\($0)" }
                + ids(4).map { "cis:5.0/\($0)" })
    }

    private static let text = """
        cloudtrail_bucket_requires_mfa_delete | S3.20 | - | - | -
        cloudtrail_cloudwatch_logging_enabled | CloudTrail.5 | 3.4 | - | -
        cloudtrail_kms_encryption_enabled | CloudTrail.2 | 3.7 | 3.5 | 3.5
        cloudtrail_log_file_validation_enabled | CloudTrail.4 | 3.2 | 3.2 | 3.2
        cloudtrail_logs_s3_bucket_access_logging_enabled | CloudTrail.7 | 3.6 | 3.4 | 3.4
        cloudtrail_logs_s3_bucket_is_not_publicly_accessible | CloudTrail.6 | 3.3 | - | -
        cloudtrail_multi_region_enabled | CloudTrail.1;CloudTrail.3 | 3.1 | 3.1 | 3.1
        cloudtrail_multi_region_enabled_logging_management_events | CloudTrail.1 | - | - | -
        cloudwatch_log_group_kms_encryption_enabled | - | - | - | -
        ec2_networkacl_allow_ingress_any_port | EC2.21 | 5.1 | 5.1 | 5.2
        ec2_networkacl_allow_ingress_tcp_port_22 | EC2.21 | 5.1 | 5.1 | 5.2
        ec2_networkacl_allow_ingress_tcp_port_3389 | EC2.21 | 5.1 | 5.1 | 5.2
        ec2_securitygroup_allow_ingress_from_internet_to_all_ports | EC2.19;EC2.53;EC2.54 | 5.2 | 5.2;5.3 | 5.3;5.4
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22 | EC2.13;EC2.19;EC2.53;EC2.54 | 5.2 | 5.2;5.3 | 5.3;5.4
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_3389 | EC2.14;EC2.19;EC2.53;EC2.54 | 5.2 | 5.2;5.3 | 5.3;5.4
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_cassandra_7199_9160_8888 | EC2.19 | - | - | -
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_elasticsearch_kibana_9200_9300_5601 | EC2.19 | - | - | -
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_ftp_20_21 | EC2.19 | - | - | -
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_kafka_9092 | - | - | - | -
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_memcached_11211 | - | - | - | -
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mongodb_27017_27018 | - | - | - | -
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mysql_3306 | EC2.19 | - | - | -
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_oracle_1521_2483 | - | - | - | -
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_postgres_5432 | EC2.19 | - | - | -
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_redis_6379 | - | - | - | -
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_sql_server_1433_1434 | EC2.19 | - | - | -
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_telnet_23 | EC2.19 | - | - | -
        ec2_securitygroup_default_restrict_traffic | EC2.2 | 5.3 | 5.4 | 5.5
        ec2_securitygroup_not_used | EC2.22 | - | - | -
        iam_avoid_root_usage | IAM.20 | 1.7 | 1.7 | 1.6
        iam_aws_attached_policy_no_administrative_privileges | IAM.1 | 1.16 | 1.16 | 1.15
        iam_customer_attached_policy_no_administrative_privileges | IAM.1 | 1.16 | 1.16 | 1.15
        iam_customer_unattached_policy_no_administrative_privileges | IAM.1 | - | - | -
        iam_group_administrator_access_policy | - | - | - | -
        iam_inline_policy_allows_privilege_escalation | - | - | - | -
        iam_inline_policy_no_administrative_privileges | IAM.1 | - | - | -
        iam_inline_policy_no_full_access_to_cloudtrail | - | - | - | -
        iam_inline_policy_no_full_access_to_kms | - | - | - | -
        iam_no_custom_policy_permissive_role_assumption | - | - | - | -
        iam_no_root_access_key | IAM.4 | 1.4 | 1.4 | 1.3
        iam_password_policy_expires_passwords_within_90_days_or_less | IAM.7;IAM.10;IAM.17 | - | - | -
        iam_password_policy_lowercase | IAM.7;IAM.10;IAM.12 | - | - | -
        iam_password_policy_minimum_length_14 | IAM.7;IAM.10;IAM.15 | 1.8 | 1.8 | 1.7
        iam_password_policy_number | IAM.7;IAM.10;IAM.14 | - | - | -
        iam_password_policy_reuse_24 | IAM.7;IAM.10;IAM.16 | 1.9 | 1.9 | 1.8
        iam_password_policy_symbol | IAM.7;IAM.10;IAM.13 | - | - | -
        iam_password_policy_uppercase | IAM.7;IAM.10;IAM.11 | - | - | -
        iam_policy_allows_privilege_escalation | - | - | - | -
        iam_policy_attached_only_to_group_or_roles | IAM.2 | 1.15 | 1.15 | 1.14
        iam_policy_cloudshell_admin_not_attached | IAM.27 | - | 1.22 | 1.21
        iam_policy_no_full_access_to_cloudtrail | - | - | - | -
        iam_policy_no_full_access_to_kms | - | - | - | -
        iam_role_administratoraccess_policy | - | - | - | -
        iam_role_cross_account_readonlyaccess_policy | - | - | - | -
        iam_role_cross_service_confused_deputy_prevention | - | - | - | -
        iam_root_hardware_mfa_enabled | IAM.6 | 1.6 | 1.6 | 1.5
        iam_root_mfa_enabled | IAM.9 | 1.5 | 1.5 | 1.4
        iam_rotate_access_key_90_days | IAM.3 | 1.14 | 1.14 | 1.13
        iam_user_accesskey_unused | IAM.8;IAM.22 | 1.12 | 1.12 | 1.11
        iam_user_administrator_access_policy | - | - | - | -
        iam_user_console_access_unused | IAM.8;IAM.22 | 1.12 | 1.12 | 1.11
        iam_user_no_setup_initial_access_key | - | 1.11 | 1.11 | 1.10
        iam_user_two_active_access_key | - | 1.13 | 1.13 | 1.12
        iam_user_mfa_enabled_console_access | IAM.5 | 1.10 | 1.10 | 1.9
        kms_cmk_not_deleted_unintentionally | KMS.3 | - | - | -
        kms_cmk_rotation_enabled | KMS.4 | 3.8 | 3.6 | 3.6
        kms_key_not_publicly_accessible | KMS.5 | - | - | -
        s3_account_level_public_access_blocks | S3.1 | 2.1.5 | 2.1.4 | 2.1.4
        s3_bucket_default_encryption | - | 2.1.1 | - | -
        s3_bucket_no_mfa_delete | S3.20 | 2.1.3 | 2.1.2 | 2.1.2
        s3_bucket_object_versioning | S3.14 | - | - | -
        s3_bucket_secure_transport_policy | S3.5 | 2.1.2 | 2.1.1 | 2.1.1
        vpc_flow_logs_enabled | EC2.6 | 3.9 | 3.7 | 3.7
        """
}
