"""The attacks that are planted, as calls one after the other, and the traps: calls that look like them and are none.

Written from AWS's documentation of the calls and of CloudTrail's records.
"""

import json

TRAIL = "arn:aws:cloudtrail:eu-west-1:ACCOUNT:trail/main"
FORMATION = {"type": "AssumedRole", "principalId": "AROAEXAMPLE:AWSCloudFormation", "arn": "arn:aws:sts::ACCOUNT:assumed-role/deploy/AWSCloudFormation",
             "accountId": "ACCOUNT", "invokedBy": "cloudformation.amazonaws.com"}
ROOT = {"type": "Root", "principalId": "ACCOUNT", "arn": "arn:aws:iam::ACCOUNT:root", "accountId": "ACCOUNT", "accessKeyId": ""}


def call(service, name, parameters=None, **more):
    return {"service": service, "eventName": name, "requestParameters": parameters, **more}


def ingress(port, network):
    return call("ec2", "AuthorizeSecurityGroupIngress", {
        "groupId": "sg-0123456789abcdef0", "ipPermissions": {"items": [
            {"ipProtocol": "tcp", "fromPort": port, "toPort": port, "groups": {}, "ipRanges": {"items": [{"cidrIp": network}]}}]}})


ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
ATTACKS = {
    "trail-stopped": [call("cloudtrail", "StopLogging", {"name": TRAIL}), call("cloudtrail", "DeleteTrail", {"name": TRAIL})],
    "trail-narrowed": [call("cloudtrail", "PutEventSelectors", {"trailName": TRAIL, "eventSelectors": [
        {"readWriteType": "ReadOnly", "includeManagementEvents": False, "dataResources": []}]}),
        call("cloudtrail", "UpdateTrail", {"name": TRAIL, "enableLogFileValidation": False, "isMultiRegionTrail": False})],
    "log-bucket-opened": [call("s3", "PutBucketPolicy", {"bucketName": "trail-logs", "bucketPolicy": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::trail-logs/*"}]}}),
        call("s3", "PutBucketLifecycle", {"bucketName": "trail-logs", "LifecycleConfiguration": {"Rule": {"Expiration": {"Days": 1}, "Status": "Enabled"}}})],
    "log-bucket-deleted": [call("s3", "DeleteBucketEncryption", {"bucketName": "trail-logs"}),
                           call("s3", "PutBucketVersioning", {"bucketName": "trail-logs", "VersioningConfiguration": {"Status": "Suspended"}}),
                           call("s3", "DeleteBucket", {"bucketName": "trail-logs"})],
    "flow-logs-deleted": [call("ec2", "DeleteFlowLogs", {"DeleteFlowLogsRequest": {"FlowLogId": {"tag": 1, "content": "fl-0123456789abcdef0"}}})],
    "key-disabled": [call("kms", "DisableKey", {"keyId": "arn:aws:kms:eu-west-1:ACCOUNT:key/11111111-2222-3333-4444-555555555555"}),
                     call("kms", "ScheduleKeyDeletion", {"keyId": "11111111-2222-3333-4444-555555555555", "pendingWindowInDays": 7})],
    "privileges-raised": [call("iam", "AttachUserPolicy", {"userName": "ACTOR", "policyArn": ADMIN}),
                          call("iam", "PutUserPolicy", {"userName": "ACTOR", "policyName": "all", "policyDocument": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'})],
    "key-for-another": [call("iam", "CreateAccessKey", {"userName": "user7"}, responseElements={"accessKey": {"userName": "user7", "status": "Active"}}),
                        call("iam", "CreateLoginProfile", {"userName": "user7", "passwordResetRequired": False})],
    "password-policy-gone": [call("iam", "DeleteAccountPasswordPolicy"), call("iam", "DeactivateMFADevice", {"userName": "user7", "serialNumber": "arn:aws:iam::ACCOUNT:mfa/user7"})],
    "opened-to-the-world": [ingress(22, "0.0.0.0/0"), ingress(3389, "0.0.0.0/0")],
    "root-used": [call("signin", "ConsoleLogin", None, userIdentity=ROOT, eventType="AwsConsoleSignIn", responseElements={"ConsoleLogin": "Success"},
                       additionalEventData={"LoginTo": "https://console.aws.amazon.com/console/home", "MobileVersion": "No", "MFAUsed": "No"}),
                  call("iam", "CreateAccessKey", None, userIdentity=ROOT)],
    "login-without-mfa": [call("signin", "ConsoleLogin", None, eventType="AwsConsoleSignIn", responseElements={"ConsoleLogin": "Success"},
                               additionalEventData={"LoginTo": "https://console.aws.amazon.com/console/home", "MobileVersion": "No", "MFAUsed": "No"})],
}

TRAPS = [
    call("cloudtrail", "StopLogging", {"name": TRAIL}, errorCode="TrailNotFoundException"),
    call("cloudtrail", "UpdateTrail", {"name": TRAIL}, userIdentity=FORMATION, sourceIPAddress="cloudformation.amazonaws.com", userAgent="cloudformation.amazonaws.com"),
    ingress(443, "0.0.0.0/0"),
    ingress(22, "10.0.0.0/8"),
    call("iam", "CreateAccessKey", {"userName": "ACTOR"}, responseElements={"accessKey": {"userName": "ACTOR", "status": "Active"}}),
    call("s3", "PutBucketPolicy", {"bucketName": "website"}, userIdentity=FORMATION, sourceIPAddress="cloudformation.amazonaws.com", userAgent="cloudformation.amazonaws.com"),
    call("signin", "ConsoleLogin", None, eventType="AwsConsoleSignIn", responseElements={"ConsoleLogin": "Success"},
         additionalEventData={"LoginTo": "https://console.aws.amazon.com/console/home", "MobileVersion": "No", "MFAUsed": "Yes"}),
]


# The attack set by technique. Beside the attacks above, whose techniques are named first, attacks of several calls whose
# moments matter: `at` is in seconds from the first. What is before that is no attack, but what is usual in the account.
TECHNIQUES = {
    "trail-stopped": "T1562.008", "trail-narrowed": "T1562.008", "log-bucket-opened": "T1530", "log-bucket-deleted": "T1485",
    "flow-logs-deleted": "T1562.008", "key-disabled": "T1485", "privileges-raised": "T1098.003", "key-for-another": "T1098.001",
    "password-policy-gone": "T1556", "opened-to-the-world": "T1562.007", "root-used": "T1078.004", "login-without-mfa": "T1078.004",
}
OTHER = "210987654321"
DENIED = {"errorCode": "AccessDenied"}
EC2_DENIED = {"errorCode": "Client.UnauthorizedOperation"}
LINUX = "aws-cli/2.17.44 md/awscrt#0.21.2 ua/2.0 os/linux#6.1.0 md/arch#x86_64"
WINDOWS = "aws-cli/2.17.44 md/awscrt#0.21.2 ua/2.0 os/windows#10 md/arch#amd64"
MAC = "aws-cli/2.17.44 md/awscrt#0.21.2 ua/2.0 os/macos#23.6.0 md/arch#arm64"


def at(seconds, planted):
    return {**planted, "at": seconds}


def every(seconds, planted):
    """The calls, one every so many seconds."""
    return [at(number * seconds, each) for number, each in enumerate(planted)]


def instance(number):
    return f"i-0abc{number:013x}"


def role(name, session):
    return {"type": "AssumedRole", "principalId": f"AROAEXAMPLE:{session}", "arn": f"arn:aws:sts::ACCOUNT:assumed-role/{name}/{session}", "accountId": "ACCOUNT",
            "accessKeyId": "ASIAEXAMPLEEXAMPLE00", "sessionContext": {"sessionIssuer": {
                "type": "Role", "principalId": "AROAEXAMPLE", "arn": f"arn:aws:iam::ACCOUNT:role/{name}", "accountId": "ACCOUNT", "userName": name}}}


WEB = {"userIdentity": role("web", instance(7)), "userAgent": LINUX}


def login(user, address, **more):
    who = {"type": "IAMUser", "principalId": "AIDAEXAMPLE", "arn": f"arn:aws:iam::ACCOUNT:user/{user}", "accountId": "ACCOUNT", "userName": user}
    if user is None:
        who = {"type": "IAMUser", "accountId": "ACCOUNT", "accessKeyId": "", "userName": "HIDDEN_DUE_TO_SECURITY_REASONS"}
    return call("signin", "ConsoleLogin", None, userIdentity=who, eventType="AwsConsoleSignIn", sourceIPAddress=address, responseElements={"ConsoleLogin": "Failure"},
                errorMessage="Failed authentication" if user else "No username found in supplied account",
                additionalEventData={"LoginTo": "https://console.aws.amazon.com/console/home", "MobileVersion": "No", "MFAUsed": "No"}, **more)


def center_login(number):
    who = {"type": "IdentityCenterUser", "accountId": "ACCOUNT", "onBehalfOf": {"userId": f"user-{number}", "identityStoreArn": "arn:aws:identitystore::ACCOUNT:identitystore/d-1"}}
    return call("signin", "CredentialVerification", userIdentity=who, eventType="AwsServiceEvent", sourceIPAddress="203.0.113.9",
                serviceEventDetails={"CredentialVerification": "Failure"})


def group(networks, port=22):
    return call("ec2", "AuthorizeSecurityGroupIngress", {"groupId": "sg-0123456789abcdef0", "ipPermissions": {"items": [
        {"ipProtocol": "tcp", "fromPort": port, "toPort": port, "groups": {}, "ipRanges": {"items": [{"cidrIp": network} for network in networks]}}]}})


def group_changed(network):
    return call("ec2", "ModifySecurityGroupRules", {"ModifySecurityGroupRulesRequest": {"GroupId": "sg-0123456789abcdef0", "SecurityGroupRule": {
        "SecurityGroupRuleId": "sgr-0123456789abcdef0", "tag": 1, "SecurityGroupRule": {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, **network}}}})


def policy(principal, resource="*"):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": resource}]})


def trust(principal, action="sts:AssumeRole", **condition):
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, **({"Condition": condition} if condition else {})}
    return call("iam", "UpdateAssumeRolePolicy", {"roleName": "deploy", "policyDocument": json.dumps({"Version": "2012-10-17", "Statement": [statement]})})


def started(kind, **more):
    return call("ec2", "RunInstances", {"instancesSet": {"items": [{"imageId": "ami-0123456789abcdef0", "minCount": 8, "maxCount": 8}]}, "instanceType": kind, **more})


DAYS = 86_400
WEEK_BEFORE = at(-9 * DAYS, call("ec2", "RunInstances", {"instanceType": "m5.large"}, userIdentity=role("deploy", "ci")))


OIDC = {"Federated": "arn:aws:iam::ACCOUNT:oidc-provider/token.actions.githubusercontent.com"}
LOG_KEY = "AWSLogs/ACCOUNT/CloudTrail/eu-west-1/2026/10/05/ACCOUNT_CloudTrail_eu-west-1_20261005T0910Z_abc.json.gz"
SECRET = "arn:aws:secretsmanager:eu-west-1:ACCOUNT:secret:app"
QUEUE = "https://sqs.eu-west-1.amazonaws.com/ACCOUNT/jobs"
SSE_C = {"x-amz-server-side-encryption-customer-algorithm": "AES256", "x-amz-server-side-encryption-customer-key-MD5": "abc=="}
STRANGER = {"type": "WebIdentityUser", "principalId": "x", "userName": "repo:ACTOR/x", "identityProvider": "arn:aws:iam::ACCOUNT:oidc-provider/token.actions.githubusercontent.com"}

SETS = {
    "T1562.008": {
        "stop-denied": [call("cloudtrail", "StopLogging", {"name": TRAIL}, **DENIED)],
        "delete-denied": [call("cloudtrail", "DeleteTrail", {"name": TRAIL}, **DENIED)],
        "selectors-denied": [call("cloudtrail", "PutEventSelectors", {"trailName": TRAIL}, **DENIED)],
        "log-bucket-denied": [call("s3", "PutBucketLifecycle", {"bucketName": "trail-logs"}, **DENIED)],
        "flow-logs-denied": [call("ec2", "DeleteFlowLogs", {"DeleteFlowLogsRequest": {"FlowLogId": {"tag": 1, "content": "fl-0123456789abcdef0"}}}, **EC2_DENIED)],
        "insights-for-data-only": [call("cloudtrail", "PutInsightSelectors", {"trailName": TRAIL, "insightSelectors": [{"insightType": "ApiCallRateInsight", "eventCategories": ["Data"]}]})],
        "recursive-logging-off": [call("cloudtrail", "UpdateTrail", {"name": TRAIL, "recursiveLogging": False})],
        "log-group-unprotected": [call("logs", "PutLogGroupDeletionProtection", {"logGroupIdentifier": "vpc-flow-logs", "deletionProtectionEnabled": False})],
        "model-logging-off": [call("bedrock", "DeleteModelInvocationLoggingConfiguration")],
        "model-logging-of-nothing": [call("bedrock", "PutModelInvocationLoggingConfiguration", {"loggingConfig": {"textDataDeliveryEnabled": False}})],
        "organization-trail-denied": [call("cloudtrail", "StopLogging", {"name": f"arn:aws:cloudtrail:us-east-1:{OTHER}:trail/org"}, errorCode="NotOrganizationMasterAccountException")],
        "log-bucket-not-empty": [call("s3", "DeleteBucket", {"bucketName": "trail-logs"}, errorCode="BucketNotEmpty")],
        "log-bucket-key-foreign": [call("s3", "PutBucketEncryption", {"bucketName": "trail-logs", "ServerSideEncryptionConfiguration": {"Rule": {
            "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": f"arn:aws:kms:eu-west-1:{OTHER}:key/1"}}}})],
        "alarms-denied": [call("monitoring", "DeleteAlarms", {"alarmNames": ["CloudTrailStopped"]}, **DENIED)],
        "learned-trail-bucket": [call("s3", "GetBucketAcl", {"bucketName": "acme-evidence"}, userIdentity={"type": "AWSService", "invokedBy": "cloudtrail.amazonaws.com"},
                                      sourceIPAddress="cloudtrail.amazonaws.com", userAgent="cloudtrail.amazonaws.com"),
                                 at(600, call("s3", "DeleteBucket", {"bucketName": "acme-evidence"}))],
    },
    "T1562.001": {
        "detector-deleted": [call("guardduty", "DeleteDetector", {"detectorId": "12abc34d567e8fa901bc2d34e56789f0"})],
        "recorder-denied": [call("config", "StopConfigurationRecorder", {"configurationRecorderName": "default"}, errorCode="AccessDeniedException")],
        "organization-left": [call("organizations", "LeaveOrganization")],
        "account-closed": [call("organizations", "CloseAccount", {"accountId": OTHER})],
        "organization-denied": [call("organizations", "LeaveOrganization", errorCode="AccessDeniedException")],
        "image-block-off": [call("ec2", "DisableImageBlockPublicAccess", {"DisableImageBlockPublicAccessRequest": ""})],
        "rule-disabled": [call("events", "PutRule", {"name": "guardduty", "state": "DISABLED"})],
        "actions-disabled": [call("monitoring", "PutMetricAlarm", {"alarmName": "root-usage", "actionsEnabled": False})],
        "protection-plan-off": [call("guardduty", "UpdateDetector", {"detectorId": "x", "features": [{"name": "S3_DATA_EVENTS", "status": "DISABLED"}]})],
        "trusted-entities": [call("guardduty", "CreateTrustedEntitySet", {"detectorId": "x", "name": "n", "format": "TXT", "location": "s3://b/k", "activate": True})],
        "recorder-reduced": [call("config", "PutConfigurationRecorder", {"configurationRecorder": {"name": "default", "recordingGroup": {"allSupported": False}}})],
    },
    "T1562.007": {
        "opened-in-parts": [group(["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"])],
        "opened-in-flat-form": [call("ec2", "AuthorizeSecurityGroupIngress", {"groupId": "sg-0123", "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIp": "0.0.0.0/0"})],
        "vpc-block-off": [call("ec2", "ModifyVpcBlockPublicAccessOptions", {"ModifyVpcBlockPublicAccessOptionsRequest": {"InternetGatewayBlockMode": "off"}})],
        "opened-block-by-block": every(1, [group([f"{number}.0.0.0/8"]) for number in range(11, 60)]),
        "opened-half-block-by-half-block": every(30, [group([f"{11 + number // 2}.{number % 2 * 128}.0.0/9"]) for number in range(40)]),
        "opened-in-pieces-at-once": [group([f"{11 + number // 4}.{number % 4 * 64}.0.0/10" for number in range(60)])],
        "opened-in-pieces-of-ipv6": every(30, [group_changed({"CidrIpv6": f"2{number:x}00::/12"}) for number in range(16)]),
        "prefix-list-opened": [call("ec2", "ModifyManagedPrefixList", {"ModifyManagedPrefixListRequest": {"PrefixListId": "pl-1", "AddEntry": {"Cidr": "0.0.0.0/0"}}})],
        "opening-denied": [{**ingress(22, "0.0.0.0/0"), **EC2_DENIED}],
    },
    "T1070": {
        "log-file-overwritten": [call("s3", "PutObject", {"bucketName": "acme-evidence", "key": LOG_KEY})],
        "log-file-delete-denied": [call("s3", "DeleteObject", {"bucketName": "acme-evidence", "key": LOG_KEY}, **DENIED)],
        "log-files-delete-denied": [call("s3", "DeleteObjects", {"bucketName": "trail-logs", "delete": ""}, **DENIED)],
        "log-file-upload-denied": [call("s3", "UploadPart", {"bucketName": "acme-evidence", "key": LOG_KEY}, **DENIED)],
    },
    "T1485": {
        "backups-deleted": every(60, [call("ec2", "DeregisterImage", {"imageId": f"ami-{number}"}) for number in range(6)]),
        "versions-deleted": [call("s3", "ListObjectVersions", {"bucketName": "orders"}), at(30, call("s3", "DeleteObjects", {"bucketName": "orders", "delete": ""}))],
        "objects-deleted-by-newcomer": [WEEK_BEFORE, *every(2, [call("s3", "DeleteObject", {"bucketName": "orders", "key": f"k{number}"}) for number in range(150)])],
        "key-deletion-denied": [call("kms", "ScheduleKeyDeletion", {"keyId": "11111111-2222-3333-4444-555555555555"}, errorCode="AccessDeniedException")],
    },
    "T1486": {
        "objects-encrypted": every(5, [call("s3", "CopyObject", {"bucketName": "orders", "key": f"k{number}", "x-amz-copy-source": f"orders/k{number}", **SSE_C}) for number in range(20)]),
        "own-keys-allowed": [call("s3", "PutBucketEncryption", {"bucketName": "orders", "ServerSideEncryptionConfiguration": {"Rule": {
            "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BlockedEncryptionTypes": {"EncryptionType": "NONE"}}}})],
        "ransom-note": [call("s3", "PutObject", {"bucketName": "orders", "key": "FILES-DELETED.txt"})],
        "objects-reencrypted": every(2, [call("s3", "UpdateObjectEncryption", {"bucketName": "orders", "key": f"k{number}"}) for number in range(60)]),
        "lockout-check-bypassed": [call("kms", "PutKeyPolicy", {"keyId": "11111111-2222-3333-4444-555555555555", "policyName": "default", "policy": "{}", "bypassPolicyLockoutSafetyCheck": True})],
    },
    "T1098.001": {
        "model-key": [call("iam", "CreateServiceSpecificCredential", {"userName": "ACTOR", "serviceName": "bedrock.amazonaws.com"})],
        "trust-anchor": [call("rolesanywhere", "CreateTrustAnchor", {"name": "a", "source": {"sourceType": "CERTIFICATE_BUNDLE"}, "enabled": True})],
        "key-denied": [call("iam", "CreateAccessKey", {"userName": "user7"}, **DENIED)],
    },
    "T1098.003": {
        "role-for-anyone": [trust("*")],
        "role-for-account": [trust({"AWS": f"arn:aws:iam::{OTHER}:root"})],
        "policy-denied": [call("iam", "AttachUserPolicy", {"userName": "ACTOR", "policyArn": ADMIN}, **DENIED)],
        "boundary-denied": [call("iam", "PutUserPermissionsBoundary", {"userName": "ACTOR", "permissionsBoundary": ADMIN}, **DENIED)],
        "root-management-off": [call("iam", "DisableOrganizationsRootCredentialsManagement")],
    },
    "T1199": {
        "web-identity-without-subject": [trust(OIDC, "sts:AssumeRoleWithWebIdentity", StringEquals={"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"})],
        "delegation-accepted": [call("iam", "AcceptDelegationRequest", {"delegationRequestId": "dr-1a2b3c4d"})],
        "provider-denied": [call("iam", "CreateOpenIDConnectProvider", {"url": "https://example.com"}, **DENIED)],
    },
    "T1550.001": {"outbound-identity": [call("iam", "EnableOutboundWebIdentityFederation")],
                  "federation-token": [call("sts", "GetFederationToken", {"name": "x", "durationSeconds": 129600})]},
    "T1110.001": {"password-guessed": every(30, [login("user7", "203.0.113.9") for _ in range(12)]),
                  "password-guessed-slowly": every(1500, [login("user7", f"203.0.113.{number}") for number in range(40)])},
    "T1110.003": {
        "sprayed-in-identity-center": every(120, [center_login(number) for number in range(8)]),
        "sprayed": every(120, [login(f"user{number}", "203.0.113.9") for number in range(8)]),
        "sprayed-slowly": every(7000, [login(f"user{number}", f"203.0.113.{number}") for number in range(12)]),
        "names-guessed": every(900, [login(None, "203.0.113.9") for _ in range(8)]),
        "names-guessed-widely": every(600, [login(None, f"203.0.113.{number}") for number in range(12)]),
    },
    "T1552": {
        "passwords-of-instances": every(10, [call("ec2", "GetPasswordData", {"instanceId": instance(number)}) for number in range(8)]),
        "passwords-denied": every(10, [call("ec2", "GetPasswordData", {"instanceId": instance(number)}, **EC2_DENIED) for number in range(30)]),
        "passwords-denied-slowly": every(300, [call("ec2", "GetPasswordData", {"instanceId": instance(number)}, **EC2_DENIED) for number in range(30)]),
        "parameters": every(5, [call("ssm", "GetParameters", {"names": [f"/app/{number}/{part}" for part in range(10)], "withDecryption": True}) for number in range(3)]),
        "user-data": every(5, [call("ec2", "DescribeInstanceAttribute", {"instanceId": instance(number), "attribute": "userData"}, **EC2_DENIED) for number in range(15)]),
        "all-parameters": [call("ssm", "GetParametersByPath", {"path": "/", "recursive": True, "withDecryption": True})],
    },
    "T1555.006": {
        "secrets": every(5, [call("secretsmanager", "GetSecretValue", {"secretId": f"{SECRET}{number}"}) for number in range(20)]),
        "secrets-by-filter": [call("secretsmanager", "BatchGetSecretValue", {"filters": [{"key": "tag-key", "values": ["env"]}]})],
        "secrets-by-list": every(5, [call("secretsmanager", "BatchGetSecretValue", {"secretIdList": [f"{SECRET}{number}{part}" for part in range(10)]}) for number in range(2)]),
    },
    "T1552.005": {
        "second-address": [call("ec2", "DescribeInstances", {}, sourceIPAddress="198.51.100.7", **WEB), at(600, call("sts", "GetCallerIdentity", sourceIPAddress="203.0.113.77", **WEB))],
        "other-system": [call("ec2", "DescribeInstances", {}, sourceIPAddress="198.51.100.7", **WEB), at(600, call("sts", "GetCallerIdentity", sourceIPAddress="198.51.100.7", **{**WEB, "userAgent": WINDOWS}))],
        "desktop": [call("sts", "GetCallerIdentity", sourceIPAddress="203.0.113.77", **{**WEB, "userAgent": MAC})],
        "console": [call("signin", "GetSigninToken", eventType="AwsConsoleSignIn", sourceIPAddress="203.0.113.77", responseElements={"GetSigninToken": "Success"}, **WEB)],
        "metadata-opened": [call("ec2", "ModifyInstanceMetadataOptions", {"ModifyInstanceMetadataOptionsRequest": {"InstanceId": instance(7), "HttpTokens": "optional"}})],
    },
    "T1651": {
        "command": [call("ssm", "SendCommand", {"documentName": "AWS-RunShellScript", "instanceIds": [instance(7)], "parameters": "HIDDEN_DUE_TO_SECURITY_REASONS"})],
        "session": [call("ssm", "StartSession", {"target": instance(7)})],
        "session-denied": [call("ssm", "StartSession", {"target": instance(7)}, **DENIED)],
        "tunnel": [call("ec2-instance-connect", "OpenTunnel", {"instanceId": instance(7), "instanceConnectEndpointId": "eice-1", "remotePort": 22})],
        "many-instances": every(60, [call("ssm", "StartSession", {"target": instance(number)}) for number in range(12)]),
    },
    "T1021": {"ssh-key": [call("ec2-instance-connect", "SendSSHPublicKey", {"instanceId": instance(7), "instanceOSUser": "ec2-user"})],
              "serial-console": [call("ec2", "EnableSerialConsoleAccess"), call("ec2-instance-connect", "SendSerialConsoleSSHPublicKey", {"instanceId": instance(7), "serialPort": 0})]},
    "T1578": {"user-data": [call("ec2", "ModifyInstanceAttribute", {"instanceId": instance(7), "userData": "<sensitiveDataRemoved>"})],
              "started-with-user-data": [started("m5.large", userData="<sensitiveDataRemoved>", iamInstanceProfile={"name": "app"})]},
    "T1648": {"function-code": [call("lambda", "UpdateFunctionCode20150331v2", {"functionName": "pay", "publish": False})],
              "function-layer": [call("lambda", "UpdateFunctionConfiguration20150331v2", {"functionName": "pay", "layers": [f"arn:aws:lambda:eu-west-1:{OTHER}:layer:tools:3"]})]},
    "T1537": {
        "bucket-for-account": [call("s3", "PutBucketPolicy", {"bucketName": "orders", "bucketPolicy": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::orders/*"}]}})],
        "queue-for-everyone": [call("sqs", "SetQueueAttributes", {"queueUrl": QUEUE, "attributes": {"Policy": policy("*")}})],
        "queue-for-account": [call("sqs", "AddPermission", {"queueUrl": QUEUE, "label": "l", "aWSAccountIds": [OTHER], "actions": ["ReceiveMessage"]})],
        "access-point-for-everyone": [call("s3", "PutAccessPointPolicy", {"name": "ap", "Policy": policy({"AWS": "*"})})],
        "event-bus-for-account": [call("events", "PutPermission", {"eventBusName": "default", "action": "events:PutEvents", "principal": OTHER, "statementId": "x"})],
        "event-bus-for-everyone": [call("events", "PutPermission", {"eventBusName": "default", "action": "events:PutEvents", "principal": "*", "statementId": "x"})],
        "secret-for-account": [call("secretsmanager", "PutResourcePolicy", {"secretId": SECRET, "resourcePolicy": policy({"AWS": f"arn:aws:iam::{OTHER}:root"})})],
        "snapshot-shared": [call("ec2", "ModifySnapshotAttribute", {"snapshotId": "snap-1", "createVolumePermission": {"add": {"items": [{"userId": OTHER}]}}, "attributeType": "CREATE_VOLUME_PERMISSION"})],
        "document-for-everyone": [call("ssm", "ModifyDocumentPermission", {"name": "x", "permissionType": "Share", "accountIdsToAdd": ["All"]})],
        "search-domain-for-everyone": [call("es", "UpdateDomainConfig", {"domainName": "search", "accessPolicies": policy({"AWS": "*"})})],
        "file-system-for-everyone": [call("elasticfilesystem", "PutFileSystemPolicy", {"fileSystemId": "fs-1", "policy": policy({"AWS": "*"})})],
        "log-destination-for-account": [call("logs", "PutDestinationPolicy", {"destinationName": "d", "accessPolicy": policy({"AWS": OTHER})})],
        "share-with-account": [call("ram", "AssociateResourceShare", {"resourceShareArn": "arn:aws:ram:eu-west-1:ACCOUNT:resource-share/1", "principals": [OTHER]})],
        "warehouse-snapshot-shared": [call("redshift", "AuthorizeSnapshotAccess", {"snapshotIdentifier": "s", "accountWithRestoreAccess": OTHER})],
        "denied-by-endpoint-policy": [call("secretsmanager", "GetSecretValue", None, errorCode="AccessDenied", vpcEndpointId="vpce-1",
                                           errorMessage="User is not authorized to perform: secretsmanager:GetSecretValue with an explicit deny in a VPC endpoint policy")],
        "events-to-account": [call("events", "PutTargets", {"rule": "x", "targets": [{"id": "1", "arn": f"arn:aws:events:eu-west-1:{OTHER}:event-bus/default"}]})],
    },
    "T1496": {"accelerated-instances": [started("p4d.24xlarge")],
              "accelerated-by-template": [call("ec2", "RunInstances", {"launchTemplate": {"launchTemplateId": "lt-1"}}, responseElements={
                  "instancesSet": {"items": [{"instanceId": instance(7), "instanceType": "p5.48xlarge"}]}})],
              "accelerated-fleet": [call("ec2", "CreateFleet", {"CreateFleetRequest": {"LaunchTemplateConfigs": {"Overrides": {"InstanceType": "p5.48xlarge"}}}})],
              "new-instance-type": [WEEK_BEFORE, started("r7g.2xlarge")],
              "models-by-newcomer": [WEEK_BEFORE, call("bedrock", "InvokeModel", {"modelId": "m"}, userIdentity=role("stolen", "x"))],
              "models-by-user": [call("bedrock", "InvokeModel", {"modelId": "m"}, errorCode="AccessDeniedException")],
              "model-access": [call("bedrock", "PutUseCaseForModelAccess", {"formData": "x"})],
              "mail-explored": every(20, [call("ses", name) for name in ("GetSendQuota", "ListIdentities", "GetAccount", "GetSendStatistics")])},
    "T1580": {"many-calls-denied": every(10, [call("ec2", name, {}, **EC2_DENIED) for name in (
        "DescribeInstances", "DescribeImages", "DescribeVolumes", "DescribeVpcs", "DescribeSubnets", "DescribeAddresses", "DescribeKeyPairs", "DescribeRouteTables",
        "DescribeSnapshots", "DescribeSecurityGroups", "DescribeNatGateways")]),
        "from-an-instance": every(20, [call("iam", name, sourceIPAddress="198.51.100.7", **WEB) for name in (
            "GetCallerIdentity", "ListBuckets", "GetAccountSummary", "ListRoles", "ListUsers", "GetAccountAuthorizationDetails")]),
        "roles-guessed": every(10, [call("sts", "AssumeRoleWithWebIdentity", {"roleArn": f"arn:aws:iam::ACCOUNT:role/r{number}"}, userIdentity=STRANGER, **DENIED) for number in range(30)])},
    "T1190": {"warehouse-group-opened": [call("redshift", "AuthorizeClusterSecurityGroupIngress", {"clusterSecurityGroupName": "default", "cIDRIP": "0.0.0.0/0"})],
              "search-collection-opened": [call("aoss", "UpdateSecurityPolicy", {"type": "network", "name": "x", "policy": [{"Rules": [], "AllowFromPublic": True}]})]},
    "T1619": {
        "log-file-denied": [call("s3", "GetObject", {"bucketName": "acme-evidence", "key": LOG_KEY}, **DENIED)],
        "log-file-head-denied": [call("s3", "HeadObject", {"bucketName": "acme-evidence", "key": LOG_KEY}, **DENIED)],
        "log-bucket-listing-denied": [call("s3", "ListObjectVersions", {"bucketName": "trail-logs"}, **DENIED)],
        "log-bucket-settings-denied": [call("s3", "GetBucketPolicy", {"bucketName": "trail-logs", "policy": ""}, **DENIED)],
    },
    "T1485.001": {"bucket-emptied": [call("s3", "PutBucketLifecycle", {"bucketName": "orders", "LifecycleConfiguration": {
        "Rule": {"ID": "x", "Status": "Enabled", "Filter": "", "Expiration": {"Days": 1}}}})]},
    "T1535": {"region-enabled": [call("account", "EnableRegion", {"regionName": "me-south-1"})]},
    "T1136.003": {"backdoor-user": every(60, [call("iam", "CreateUser", {"userName": "helper"}), call("iam", "CreateAccessKey", {"userName": "helper"}),
                                             call("iam", "AttachUserPolicy", {"userName": "helper", "policyArn": ADMIN})])},
    "T1490": {"recovery-weakened": [call("rds", "ModifyDBInstance", {"dBInstanceIdentifier": "orders", "backupRetentionPeriod": 0})]},
    "T1556.006": {"mfa-for-another": [call("iam", "EnableMFADevice", {"userName": "user7", "serialNumber": "arn:aws:iam::ACCOUNT:mfa/x"})]},
    "T1098.006": {"cluster-administrator": [call("eks", "AssociateAccessPolicy", {"name": "c", "principalArn": "arn:aws:iam::ACCOUNT:user/ACTOR",
        "policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"})]},
    "T1087.004": {"roles-switched": every(5, [call("signin", "SwitchRole", None, eventType="AwsConsoleSignIn", responseElements={"SwitchRole": "Failure"}) for _ in range(12)])},
}

# Attacks of techniques that are above already.
CONSOLE = {"type": "IAMUser", "principalId": "AIDAEXAMPLE", "arn": "arn:aws:iam::ACCOUNT:user/ACTOR", "accountId": "ACCOUNT", "userName": "ACTOR",
           "invokedBy": "signin.amazonaws.com"}
FOREIGN_KEY = f"arn:aws:kms:eu-west-1:{OTHER}:key/11111111-2222-3333-4444-555555555555"


def refused(action, resource):
    return {"errorMessage": f"User: arn:aws:iam::ACCOUNT:user/ACTOR is not authorized to perform: {action} on resource: {resource}", **DENIED}


MORE = {
    "T1098.001": {"key-by-console": [call("iam", "CreateAccessKey", {"userName": "user7"}, userIdentity=CONSOLE)],
                  "key-at-limit": [call("iam", "CreateAccessKey", {"userName": "user7"}, errorCode="LimitExceededException")]},
    "T1098.003": {"role-not-passed": [call("lambda", "CreateFunction20150331", None, **refused("iam:PassRole", "arn:aws:iam::ACCOUNT:role/admin"))]},
    "T1580": {"roles-guessed-without-parameters": every(10, [
        call("sts", "AssumeRole", None, **refused("sts:AssumeRole", f"arn:aws:iam::ACCOUNT:role/r{number}")) for number in range(30)]),
              "dry-runs": every(5, [call("ec2", name, {}, errorCode="Client.DryRunOperation") for name in (
                  "RunInstances", "StopInstances", "TerminateInstances", "CreateVolume", "DeleteVolume", "CreateSnapshot")])},
    "T1555.006": {"secret-names-guessed": every(5, [
        call("secretsmanager", "GetSecretValue", {"secretId": f"app{number}"}, errorCode="ResourceNotFoundException") for number in range(30)])},
    "T1562.008": {"trail-in-all-regions": [call("cloudtrail", "StopLogging", {"name": "main"}, errorCode="InvalidHomeRegionException")],
                  "log-bucket-policy-refused": [call("s3", "PutBucketPolicy", None, **refused("s3:PutBucketPolicy", '"arn:aws:s3:::acme-cloudtrail-logs"'))],
                  "replication-off": [call("s3", "DeleteBucketReplication", {"bucketName": "trail-logs"})],
                  "log-group-transformed": [call("logs", "PutTransformer", {"logGroupIdentifier": "aws-cloudtrail-logs",
                      "transformerConfig": [{"deleteKeys": {"withKeys": ["userIdentity"]}}]})]},
    "T1070": {"flow-log-file": [call("s3", "DeleteObject", {"bucketName": "flows", "key": "AWSLogs/ACCOUNT/vpcflowlogs/eu-west-1/2026/10/05/x.log.gz"})],
              "log-files-tagged": [call("s3", "PutObjectTagging", {"bucketName": "trail-logs", "key": LOG_KEY})]},
    "T1485": {"tables-deleted": every(5, [call("dynamodb", "DeleteTable", {"tableName": f"t{number}"}) for number in range(6)]),
              "instances-terminated": [call("ec2", "TerminateInstances", {"instancesSet": {"items": [{"instanceId": instance(number)} for number in range(40)]}})]},
    "T1486": {"foreign-key": every(2, [call("s3", "CopyObject", {"bucketName": "orders", "key": f"k{number}",
                  "x-amz-server-side-encryption-aws-kms-key-id": FOREIGN_KEY}) for number in range(30)]),
              "default-key": [call("ec2", "ModifyEbsDefaultKmsKeyId", {"ModifyEbsDefaultKmsKeyIdRequest": {"KmsKeyId": FOREIGN_KEY}})]},
    "T1535": {"quotas-tried": every(3, [call("ec2", "RunInstances", {"instanceType": "t3.micro"}, errorCode="Client.VcpuLimitExceeded", awsRegion=region)
                                       for region in ("us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-2", "eu-west-3")])},
    "T1537": {"cluster-for-account": [call("eks", "CreateAccessEntry", {"name": "c", "principalArn": f"arn:aws:iam::{OTHER}:role/x"})],
              "object-for-everyone": [call("s3", "PutObject", {"bucketName": "orders", "key": "x", "x-amz-acl": "public-read"})],
              "image-exported": [call("ec2", "ExportImage", {"imageId": "ami-1", "diskImageFormat": "VMDK"})],
              "endpoint-foreign": [call("s3", "PutObject", None, eventType="AwsVpceEvent", eventCategory="NetworkActivity", errorCode="VpceAccessDenied",
                  vpcEndpointId="vpce-1", vpcEndpointAccountId="ACCOUNT", userIdentity={"type": "AWSAccount", "principalId": "AKIAEXAMPLE", "accountId": OTHER})]},
}
for technique, more in MORE.items():
    SETS[technique] = {**SETS.get(technique, {}), **more}
