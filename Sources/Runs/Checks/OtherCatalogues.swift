import Posture

/// The names in other catalogues of conditions within the practices' scope, whether a check covers them or not. If a
/// user gives a name that no check covers, the error must not suggest a typing error.
///
/// Source: AWS Security Hub User Guide, "Security Hub CSPM controls reference"; ``CISBenchmark``; the check IDs of
/// Prowler.
enum OtherCatalogues {
    /// Whether a catalogue contains the name.
    /// - Parameter name: a name as for `--check`, with or without its catalogue, in any case.
    static func hold(_ name: String) -> Bool {
        let name = name.lowercased()
        // The identifiers of AWS Config's rules are their names with underscores.
        let ruleName = name.split(separator: "_").joined(separator: "-")
        return names.contains(name) || names.contains(ruleName) || isOfServiceWithoutChecks(name)
    }

    /// Whether an ID belongs to a service that no practice covers, such as `securityhub:Lambda.3` or
    /// `prowler:awslambda_function_url_public`.
    private static func isOfServiceWithoutChecks(_ name: String) -> Bool {
        if name.hasPrefix("prowler:") {
            let id = name.dropFirst("prowler:".count)
            return id.firstIndex(of: "_").map { prowlerServices.contains(id[..<$0]) } ?? false
        }
        let id = name.hasPrefix("securityhub:") ? name.dropFirst("securityhub:".count) : name[...]
        let parts = id.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 2 && securityHubServices.contains(parts[0])
            && (Int(parts[1]).map { 1...200 ~= $0 } ?? false)
    }

    private static let securityHubServices = Set(
        """
        acm amplify apigateway appconfig appflow apprunner appsync athena autoscaling backup batch cloudformation cloudfront
        codeartifact codebuild codeguruprofiler codegurureviewer cognito connect datafirehose datasync detective dms documentdb
        dynamodb ec2 ecr ecs efs eks elasticache elasticbeanstalk elb emr es eventbridge frauddetector fsx globalaccelerator glue
        inspector iot iotevents iotsitewise iottwinmaker iotwireless ivs keyspaces kinesis lambda macie mq msk neptune
        networkfirewall opensearch pca rds redshift redshiftserverless route53 sagemaker secretsmanager servicecatalog ses sns
        sqs ssm stepfunctions transfer waf workspaces
        """.split(whereSeparator: \.isWhitespace))

    private static let prowlerServices = Set(
        """
        acm apigateway apigatewayv2 appstream appsync athena autoscaling awslambda backup bedrock cloudformation cloudfront codeartifact
        codebuild codepipeline cognito datasync directconnect directoryservice dlm dms documentdb drs dynamodb ecr ecs
        efs eks elasticache elasticbeanstalk elb elbv2 emr eventbridge firehose fms fsx glacier glue inspector2 kafka kinesis
        lightsail macie memorydb mq neptune networkfirewall opensearch rds redshift resourceexplorer2 route53 sagemaker
        secretsmanager ses shield sns sqs ssm ssmincidents stepfunctions storagegateway transfer trustedadvisor waf wafv2
        wellarchitected workspaces
        """.split(whereSeparator: \.isWhitespace))

    private static let config = """
        access-keys-rotated cloud-trail-cloud-watch-logs-enabled cloud-trail-enabled cloud-trail-encryption-enabled
        cloud-trail-log-file-validation-enabled cloudtrail-all-read-s3-data-event-check
        cloudtrail-all-write-s3-data-event-check cloudtrail-enabled cloudtrail-s3-bucket-access-logging
        cloudtrail-s3-bucket-public-access-prohibited cloudtrail-s3-dataevents-enabled cloudtrail-security-trail-enabled
        cloudwatch-alarm-action-check cloudwatch-log-group-encrypted cmk-backing-key-rotation-enabled
        cw-loggroup-retention-period-check ec2-imdsv2-check ec2-security-group-attached-to-eni
        encrypted-volumes iam-customer-policy-blocked-kms-actions iam-external-access-analyzer-enabled
        iam-group-has-users-check iam-inline-policy-blocked-kms-actions iam-no-inline-policy-check iam-password-policy
        iam-policy-blacklisted-check iam-policy-in-use iam-policy-no-statements-with-admin-access
        iam-policy-no-statements-with-full-access iam-role-managed-policy-check iam-root-access-key-check
        iam-server-certificate-expiration-check iam-user-group-membership-check iam-user-mfa-enabled
        iam-user-no-policies-check iam-user-unused-credentials-check incoming-ssh-disabled kms-cmk-not-scheduled-for-deletion
        kms-key-policy-no-public-access mfa-enabled-for-iam-console-access multi-region-cloudtrail-enabled nacl-no-unrestricted-ssh-rdp
        restricted-common-ports restricted-ssh root-account-hardware-mfa-enabled root-account-mfa-enabled
        s3-account-level-public-access-blocks s3-account-level-public-access-blocks-periodic s3-bucket-acl-prohibited
        s3-bucket-default-lock-enabled s3-bucket-level-public-access-prohibited s3-bucket-logging-enabled s3-bucket-mfa-delete-enabled
        s3-bucket-policy-grantee-check s3-bucket-policy-not-more-permissive s3-bucket-public-read-prohibited
        s3-bucket-public-write-prohibited s3-bucket-replication-enabled s3-bucket-server-side-encryption-enabled
        s3-bucket-ssl-requests-only s3-bucket-versioning-enabled s3-default-encryption-kms subnet-auto-assign-public-ip-disabled
        vpc-default-security-group-closed vpc-flow-logs-enabled vpc-network-acl-unused-check vpc-sg-open-only-to-authorized-ports
        vpc-sg-port-restriction-check
        """

    private static let names: Set<String> = {
        let lists =
            [("prowler:", prowler), ("securityhub:", securityHub), ("config:", config)]
            + CISBenchmark.versions.map { ("cis:\($0.version)/", $0.controls.joined(separator: " ")) }
        var names: Set<String> = []
        for (prefix, ids) in lists {
            for id in ids.lowercased().split(whereSeparator: \.isWhitespace) {
                names.insert(prefix + id)
                if !prefix.hasPrefix("cis") { names.insert(String(id)) }
            }
        }
        return names
    }()

    private static let securityHub = """
        Account.1 Account.2 CloudTrail.1 CloudTrail.2 CloudTrail.3 CloudTrail.4 CloudTrail.5 CloudTrail.6
        CloudTrail.7 CloudWatch.1 CloudWatch.2 CloudWatch.3 CloudWatch.4 CloudWatch.5 CloudWatch.6 CloudWatch.7
        CloudWatch.8 CloudWatch.9 CloudWatch.10 CloudWatch.11 CloudWatch.12 CloudWatch.13 CloudWatch.14
        CloudWatch.15 CloudWatch.16 CloudWatch.17 Config.1 EC2.2 EC2.6 EC2.9 EC2.13 EC2.14 EC2.15 EC2.16 EC2.18
        EC2.19 EC2.21 EC2.22 EC2.25 EC2.51 EC2.53 EC2.54 GuardDuty.1 GuardDuty.10 IAM.1 IAM.2 IAM.3 IAM.4 IAM.5
        IAM.6 IAM.7 IAM.8 IAM.9 IAM.10 IAM.11 IAM.12 IAM.13 IAM.14 IAM.15 IAM.16 IAM.17 IAM.18 IAM.19 IAM.20 IAM.21
        IAM.22 IAM.26 IAM.27 IAM.28 KMS.1 KMS.2 KMS.3 KMS.4 KMS.5 S3.1 S3.2 S3.3 S3.5 S3.6 S3.7 S3.8 S3.9 S3.11
        S3.12 S3.13 S3.14 S3.15 S3.17 S3.19 S3.20 S3.22 S3.23 S3.24
        """

    private static let prowler = """
        accessanalyzer_enabled accessanalyzer_enabled_without_findings account_maintain_current_contact_details
        account_maintain_different_contact_details_to_security_billing_and_operations
        account_security_contact_information_is_registered cloudtrail_bucket_requires_mfa_delete
        cloudtrail_cloudwatch_logging_enabled cloudtrail_insights_exist cloudtrail_kms_encryption_enabled
        cloudtrail_log_file_validation_enabled cloudtrail_logs_s3_bucket_access_logging_enabled
        cloudtrail_logs_s3_bucket_is_not_publicly_accessible cloudtrail_multi_region_enabled
        cloudtrail_multi_region_enabled_logging_management_events cloudtrail_s3_dataevents_read_enabled
        cloudtrail_s3_dataevents_write_enabled cloudtrail_threat_detection_enumeration
        cloudtrail_threat_detection_privilege_escalation cloudwatch_alarm_actions_alarm_state_configured
        cloudwatch_alarm_actions_enabled cloudwatch_changes_to_network_acls_alarm_configured
        cloudwatch_changes_to_network_gateways_alarm_configured
        cloudwatch_changes_to_network_route_tables_alarm_configured cloudwatch_changes_to_vpcs_alarm_configured
        cloudwatch_cross_account_sharing_disabled cloudwatch_log_group_kms_encryption_enabled
        cloudwatch_log_group_not_publicly_accessible cloudwatch_log_group_retention_policy_specific_days_enabled
        cloudwatch_log_metric_filter_and_alarm_for_aws_config_configuration_changes_enabled
        cloudwatch_log_metric_filter_and_alarm_for_cloudtrail_configuration_changes_enabled
        cloudwatch_log_metric_filter_authentication_failures cloudwatch_log_metric_filter_aws_organizations_changes
        cloudwatch_log_metric_filter_disable_or_scheduled_deletion_of_kms_cmk
        cloudwatch_log_metric_filter_for_s3_bucket_policy_changes cloudwatch_log_metric_filter_policy_changes
        cloudwatch_log_metric_filter_root_usage cloudwatch_log_metric_filter_security_group_changes
        cloudwatch_log_metric_filter_sign_in_without_mfa cloudwatch_log_metric_filter_unauthorized_api_calls
        config_delegated_admin_and_org_aggregator_all_regions config_recorder_all_regions_enabled
        config_recorder_using_aws_service_role ec2_client_vpn_endpoint_connection_logging_enabled
        ec2_instance_internet_facing_with_instance_profile ec2_instance_port_cassandra_exposed_to_internet
        ec2_instance_port_cifs_exposed_to_internet ec2_instance_port_elasticsearch_kibana_exposed_to_internet
        ec2_instance_port_ftp_exposed_to_internet ec2_instance_port_kafka_exposed_to_internet
        ec2_instance_port_kerberos_exposed_to_internet ec2_instance_port_ldap_exposed_to_internet
        ec2_instance_port_memcached_exposed_to_internet ec2_instance_port_mongodb_exposed_to_internet
        ec2_instance_port_mysql_exposed_to_internet ec2_instance_port_oracle_exposed_to_internet
        ec2_instance_port_postgresql_exposed_to_internet ec2_instance_port_rdp_exposed_to_internet
        ec2_instance_port_redis_exposed_to_internet ec2_instance_port_sqlserver_exposed_to_internet
        ec2_instance_port_ssh_exposed_to_internet ec2_instance_port_telnet_exposed_to_internet
        ec2_instance_profile_attached ec2_instance_public_ip ec2_launch_template_no_public_ip
        ec2_networkacl_allow_ingress_any_port ec2_networkacl_allow_ingress_tcp_port_22
        ec2_networkacl_allow_ingress_tcp_port_3389 ec2_networkacl_unused
        ec2_securitygroup_allow_ingress_from_internet_to_all_ports
        ec2_securitygroup_allow_ingress_from_internet_to_any_port
        ec2_securitygroup_allow_ingress_from_internet_to_any_port_from_ip
        ec2_securitygroup_allow_ingress_from_internet_to_high_risk_tcp_ports
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_3389
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_cassandra_7199_9160_8888
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_elasticsearch_kibana_9200_9300_5601
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_ftp_20_21
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_kafka_9092
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_memcached_11211
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mongodb_27017_27018
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mysql_3306
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_oracle_1521_2483
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_postgres_5432
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_redis_6379
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_sql_server_1433_1434
        ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_telnet_23
        ec2_securitygroup_allow_wide_open_public_ipv4 ec2_securitygroup_default_restrict_traffic
        ec2_securitygroup_from_launch_wizard ec2_securitygroup_not_used
        ec2_securitygroup_with_many_ingress_egress_rules guardduty_centrally_managed
        guardduty_delegated_admin_enabled_all_regions guardduty_is_enabled guardduty_no_high_severity_findings
        guardduty_s3_protection_enabled iam_administrator_access_with_mfa iam_avoid_root_usage
        iam_aws_attached_policy_no_administrative_privileges iam_check_saml_providers_sts
        iam_customer_attached_policy_no_administrative_privileges
        iam_customer_unattached_policy_no_administrative_privileges iam_group_administrator_access_policy
        iam_inline_policy_allows_privilege_escalation iam_inline_policy_no_administrative_privileges
        iam_inline_policy_no_full_access_to_cloudtrail iam_inline_policy_no_full_access_to_kms
        iam_no_custom_policy_permissive_role_assumption iam_no_expired_server_certificates_stored
        iam_no_root_access_key iam_password_policy_expires_passwords_within_90_days_or_less
        iam_password_policy_lowercase iam_password_policy_minimum_length_14 iam_password_policy_number
        iam_password_policy_reuse_24 iam_password_policy_symbol iam_password_policy_uppercase
        iam_policy_allows_privilege_escalation iam_policy_attached_only_to_group_or_roles
        iam_policy_cloudshell_admin_not_attached iam_policy_no_full_access_to_cloudtrail
        iam_policy_no_full_access_to_kms iam_role_administratoraccess_policy
        iam_role_cross_account_readonlyaccess_policy iam_role_cross_service_confused_deputy_prevention
        iam_root_credentials_management_enabled iam_root_hardware_mfa_enabled iam_root_mfa_enabled
        iam_rotate_access_key_90_days iam_securityaudit_role_created iam_support_role_created
        iam_user_accesskey_unused iam_user_administrator_access_policy iam_user_console_access_unused
        iam_user_hardware_mfa_enabled iam_user_mfa_enabled_console_access iam_user_no_setup_initial_access_key
        iam_user_two_active_access_key iam_user_with_temporary_credentials kms_cmk_are_used
        kms_cmk_not_deleted_unintentionally kms_cmk_not_multi_region kms_cmk_rotation_enabled
        kms_key_not_publicly_accessible organizations_account_part_of_organizations
        organizations_delegated_administrators organizations_scp_check_deny_regions
        s3_access_point_public_access_block s3_account_level_public_access_blocks s3_bucket_acl_prohibited
        s3_bucket_cross_account_access s3_bucket_cross_region_replication s3_bucket_default_encryption
        s3_bucket_event_notifications_enabled s3_bucket_kms_encryption s3_bucket_level_public_access_block
        s3_bucket_lifecycle_enabled s3_bucket_no_mfa_delete s3_bucket_object_lock s3_bucket_object_public
        s3_bucket_object_versioning s3_bucket_policy_public_write_access s3_bucket_public_access
        s3_bucket_public_list_acl s3_bucket_public_write_acl s3_bucket_secure_transport_policy
        s3_bucket_server_access_logging_enabled s3_bucket_shadow_resource_vulnerability
        s3_multi_region_access_point_public_access_block securityhub_delegated_admin_enabled_all_regions
        securityhub_enabled vpc_endpoint_connections_trust_boundaries
        vpc_endpoint_services_allowed_principals_trust_boundaries vpc_flow_logs_enabled
        vpc_peering_routing_tables_with_least_privilege vpc_subnet_no_public_ip_by_default
        vpc_subnet_separate_private_public
        """
}
