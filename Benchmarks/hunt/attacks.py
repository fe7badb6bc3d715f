"""The attacks that are planted, as calls one after the other, and the traps: calls that look like them and are none."""

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
    call("cloudtrail", "StopLogging", {"name": TRAIL}, errorCode="AccessDenied"),
    call("cloudtrail", "UpdateTrail", {"name": TRAIL}, userIdentity=FORMATION, sourceIPAddress="cloudformation.amazonaws.com", userAgent="cloudformation.amazonaws.com"),
    ingress(443, "0.0.0.0/0"),
    ingress(22, "10.0.0.0/8"),
    call("iam", "CreateAccessKey", {"userName": "ACTOR"}, responseElements={"accessKey": {"userName": "ACTOR", "status": "Active"}}),
    call("s3", "PutBucketPolicy", {"bucketName": "website"}, userIdentity=FORMATION, sourceIPAddress="cloudformation.amazonaws.com", userAgent="cloudformation.amazonaws.com"),
    call("signin", "ConsoleLogin", None, eventType="AwsConsoleSignIn", responseElements={"ConsoleLogin": "Success"},
         additionalEventData={"LoginTo": "https://console.aws.amazon.com/console/home", "MobileVersion": "No", "MFAUsed": "Yes"}),
]
