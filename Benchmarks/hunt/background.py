"""What goes on in an account all day: who calls what, and how CloudTrail writes it down."""

import json
import time

# Service, event, weight, read only, request parameters, response: names in braces are made up for each record.
CALLS = [
    ("s3", "GetObject", 16, True, '{"bucketName":"{bucket}","Host":"{bucket}.s3.{region}.amazonaws.com","key":"{key}"}', "null"),
    ("s3", "PutObject", 9, False, '{"bucketName":"{bucket}","Host":"{bucket}.s3.{region}.amazonaws.com","key":"{key}","x-amz-server-side-encryption":"aws:kms"}', '{"x-amz-server-side-encryption":"aws:kms","x-amz-version-id":"{hex32}"}'),
    ("s3", "ListObjects", 3, True, '{"bucketName":"{bucket}","Host":"{bucket}.s3.{region}.amazonaws.com","prefix":"{key}","list-type":"2"}', "null"),
    ("kms", "Decrypt", 14, True, '{"encryptionContext":{"aws:s3:arn":"arn:aws:s3:::{bucket}/{key}"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}', "null"),
    ("kms", "GenerateDataKey", 7, True, '{"keyId":"arn:aws:kms:{region}:{account}:key/{uuid}","encryptionContext":{"aws:s3:arn":"arn:aws:s3:::{bucket}"},"keySpec":"AES_256"}', "null"),
    ("sts", "AssumeRole", 9, True, '{"roleArn":"arn:aws:iam::{account}:role/{role}","roleSessionName":"{session}","durationSeconds":3600}', '{"credentials":{"accessKeyId":"ASIA{key16}","sessionToken":"{token}","expiration":"May 1, 2024, 1:00:00 PM"},"assumedRoleUser":{"assumedRoleId":"AROA{key17}:{session}","arn":"arn:aws:sts::{account}:assumed-role/{role}/{session}"}}'),
    ("ec2", "DescribeInstances", 6, True, '{"instancesSet":{"items":[{"instanceId":"i-{hex17}"},{"instanceId":"i-{hex17}"}]},"filterSet":{"items":[{"name":"instance-state-name","valueSet":{"items":[{"value":"running"}]}}]}}', "null"),
    ("ec2", "DescribeNetworkInterfaces", 4, True, '{"networkInterfaceIdSet":{},"filterSet":{"items":[{"name":"vpc-id","valueSet":{"items":[{"value":"vpc-{hex17}"}]}}]}}', "null"),
    ("ec2", "CreateTags", 1, False, '{"resourcesSet":{"items":[{"resourceId":"i-{hex17}"}]},"tagSet":{"items":[{"key":"Name","value":"worker \\"{session}\\""}]}}', '{"requestId":"{uuid}","_return":true}'),
    ("ec2", "RunInstances", 1, False, '{"instancesSet":{"items":[{"imageId":"ami-{hex17}","minCount":1,"maxCount":1}]},"instanceType":"m5.large","networkInterfaceSet":{"items":[{"deviceIndex":0,"subnetId":"subnet-{hex17}"}]},"monitoring":{"enabled":false}}', '{"requestId":"{uuid}","reservationId":"r-{hex17}","ownerId":"{account}"}'),
    ("dynamodb", "GetItem", 4, True, '{"tableName":"{role}","key":{"id":"{uuid}"},"consistentRead":true}', "null"),
    ("lambda", "Invoke", 4, False, '{"functionName":"arn:aws:lambda:{region}:{account}:function:{role}","invocationType":"Event"}', "null"),
    ("logs", "CreateLogStream", 4, False, '{"logGroupName":"/aws/lambda/{role}","logStreamName":"2024/05/01/[$LATEST]{hex32}"}', "null"),
    ("monitoring", "DescribeAlarms", 3, True, '{"maxRecords":100,"alarmNames":["{role}"]}', "null"),
    ("ssm", "UpdateInstanceInformation", 5, False, '{"instanceId":"i-{hex17}","agentVersion":"3.3.131.0","agentStatus":"Active","platformType":"Linux","platformName":"Amazon Linux","computerName":"ip-10-0-0-1.ec2.internal"}', "null"),
    ("ecr", "BatchGetImage", 2, True, '{"registryId":"{account}","repositoryName":"{role}","imageIds":[{"imageTag":"latest"}],"acceptedMediaTypes":["application/vnd.docker.distribution.manifest.v2+json","application/vnd.oci.image.index.v1+json"]}', "null"),
    ("secretsmanager", "GetSecretValue", 2, True, '{"secretId":"arn:aws:secretsmanager:{region}:{account}:secret:{role}-{key6}"}', "null"),
    ("iam", "GetRole", 2, True, '{"roleName":"{role}"}', "null"),
    ("iam", "ListAttachedRolePolicies", 1, True, '{"roleName":"{role}"}', "null"),
    ("elasticloadbalancing", "DescribeTargetHealth", 3, True, '{"targetGroupArn":"arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/{role}/{hex17}"}', "null"),
    ("autoscaling", "DescribeAutoScalingGroups", 2, True, '{"autoScalingGroupNames":["{role}"],"maxRecords":50}', "null"),
    ("cloudtrail", "DescribeTrails", 1, True, '{"trailNameList":[],"includeShadowTrails":true}', "null"),
]

AGENTS = [
    "aws-sdk-java/1.12.705 Linux/5.10.214 OpenJDK_64-Bit_Server_VM/17.0.11 java/17.0.11 vendor/Amazon.com_Inc. cfg/retry-mode/standard",
    "Boto3/1.34.84 md/Botocore#1.34.84 ua/2.0 os/linux#5.10.214 md/arch#x86_64 lang/python#3.11.9 md/pyimpl#CPython cfg/retry-mode#legacy",
    "aws-cli/2.15.40 Python/3.11.8 Linux/6.1.84 exe/x86_64.amzn.2023 prompt/off command/s3.cp",
    "[Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36]",
    "APN/1.0 HashiCorp/1.0 Terraform/1.8.2 (+https://www.terraform.io) terraform-provider-aws/5.46.0 aws-sdk-go-v2/1.26.1",
]
ERRORS = [("AccessDenied", "User is not authorized to perform this action because no identity-based policy allows it"),
          ("NoSuchKey", "The specified key does not exist."), ("ThrottlingException", "Rate exceeded"),
          ("Client.UnauthorizedOperation", "You are not authorized to perform this operation.")]
HEX = "0123456789abcdef"
KEY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


class World:
    """The account's people, roles, buckets and places, the same for all files of a seed."""

    def __init__(self, source):
        self.accounts = ["111122223333", "444455556666", "777788889999"]
        self.regions = ["eu-west-1", "us-east-1", "eu-central-1", "us-west-2"]
        words = ["orders", "billing", "search", "ingest", "reports", "media", "deploy", "batch", "edge", "audit"]
        self.roles = [f"{source.choice(words)}-{source.choice(words)}-{kind}" for kind in
                      ("service", "worker", "task", "lambda", "ci") for _ in range(24)]
        self.buckets = [f"{source.choice(words)}-{source.choice(words)}-{number}" for number in range(60)]
        self.users = [f"user{number}" for number in range(80)]
        self.addresses = [f"10.{source.randrange(256)}.{source.randrange(256)}.{source.randrange(1, 255)}"
                          for _ in range(400)]
        self.offices = [f"198.51.100.{number}" for number in range(1, 60)]
        self.weights = [call[2] for call in CALLS]

    def when(self, moment):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))

    def compact(self, moment):
        return time.strftime("%Y%m%dT%H%MZ", time.gmtime(moment))

    def day(self, moment):
        return time.strftime("%Y/%m/%d", time.gmtime(moment)).split("/")


def letters(source, alphabet, count):
    return "".join(source.choices(alphabet, k=count))


def uuid(source):
    text = f"{source.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def filled(text, source, world, account, region):
    if "{" not in text:
        return text
    for name, make in (
        ("{bucket}", lambda: source.choice(world.buckets)), ("{role}", lambda: source.choice(world.roles)),
        ("{region}", lambda: region), ("{account}", lambda: account), ("{uuid}", lambda: uuid(source)),
        ("{key}", lambda: f"data/2024/05/{source.randrange(1, 31):02d}/part-{source.randrange(100000):05d}.parquet"),
        ("{session}", lambda: f"i-{source.getrandbits(68):017x}"), ("{hex17}", lambda: f"{source.getrandbits(68):017x}"),
        ("{hex32}", lambda: f"{source.getrandbits(128):032x}"), ("{key16}", lambda: letters(source, KEY, 16)),
        ("{key17}", lambda: letters(source, KEY, 17)), ("{key6}", lambda: letters(source, HEX, 6)),
        ("{token}", lambda: letters(source, KEY + "abcdefghij/+", 200)),
    ):
        while name in text:
            text = text.replace(name, make(), 1)
    return text


def identity(source, world, account, moment, actor):
    kind = source.random()
    created = world.when(moment - source.randrange(3600))
    if actor:
        return ('{"type":"IAMUser","principalId":"AIDA%s","arn":"arn:aws:iam::%s:user/%s","accountId":"%s","accessKeyId":"AKIA%s","userName":"%s"}'
                % (letters(source, KEY, 16), account, actor, account, letters(source, KEY, 16), actor)), "203.0.113.%d" % source.randrange(1, 255)
    if kind < 0.15:
        service = source.choice(["autoscaling", "elasticloadbalancing", "lambda", "cloudtrail"]) + ".amazonaws.com"
        return '{"type":"AWSService","invokedBy":"%s"}' % service, service
    if kind < 0.24:
        user = source.choice(world.users)
        return ('{"type":"IAMUser","principalId":"AIDA%s","arn":"arn:aws:iam::%s:user/%s","accountId":"%s","accessKeyId":"AKIA%s","userName":"%s","sessionContext":{"attributes":{"creationDate":"%s","mfaAuthenticated":"true"}}}'
                % (letters(source, KEY, 16), account, user, account, letters(source, KEY, 16), user, created)), source.choice(world.offices)
    role = source.choice(world.roles)
    number = letters(source, KEY, 17)
    session = f"i-{source.getrandbits(68):017x}" if kind < 0.6 else source.choice(world.users)
    return ('{"type":"AssumedRole","principalId":"AROA%s:%s","arn":"arn:aws:sts::%s:assumed-role/%s/%s","accountId":"%s","accessKeyId":"ASIA%s","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROA%s","arn":"arn:aws:iam::%s:role/%s","accountId":"%s","userName":"%s"},"attributes":{"creationDate":"%s","mfaAuthenticated":"false"}}}'
            % (number, session, account, role, session, account, letters(source, KEY, 16), number, account, role, account, role, created)), source.choice(world.addresses)


def render(source, world, account, region, moment, call=None, actor=None):
    """One record as CloudTrail writes it: in the order of its fields, without spaces."""
    if call:
        service, event = call["service"], call["eventName"]
        reads, error = "false", call.get("errorCode")
        parameters = json.dumps(call.get("requestParameters"), separators=(",", ":")).replace("ACTOR", actor).replace("ACCOUNT", account)
        response = json.dumps(call.get("responseElements"), separators=(",", ":"))
        message = json.dumps(call.get("errorMessage", "refused" if error else ""), ensure_ascii=False)[1:-1]
        region = call.get("awsRegion", region)
    else:
        service, event, _, is_read, parameters, response = source.choices(CALLS, world.weights)[0]
        reads = "true" if is_read else "false"
        error = message = None
        if source.random() < 0.03:
            error, message = source.choice(ERRORS)
            response = "null"
        parameters = filled(parameters, source, world, account, region)
        response = filled(response, source, world, account, region)
    who, address = identity(source, world, account, moment, actor)
    if call and "userIdentity" in call:
        who = json.dumps(call["userIdentity"], separators=(",", ":")).replace("ACCOUNT", account)
    agent = call.get("userAgent") if call else None
    if call and "sourceIPAddress" in call:
        address = call["sourceIPAddress"]
    agent = agent or (address if address.endswith(".com") else source.choice(AGENTS))
    parts = [
        '{"eventVersion":"1.09","userIdentity":', who, ',"eventTime":"', world.when(moment), '","eventSource":"', service,
        '.amazonaws.com","eventName":"', event, '","awsRegion":"', region, '","sourceIPAddress":"', address,
        '","userAgent":"', agent, '"',
    ]
    if error:
        parts += [',"errorCode":"', error, '"']
    if message:
        parts += [',"errorMessage":"', message, '"']
    parts += [',"requestParameters":', parameters, ',"responseElements":', response]
    if service == "s3":
        parts += [',"additionalEventData":{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"',
                  letters(source, KEY, 76), '","bytesTransferredOut":', str(source.randrange(1, 10_000_000)), "}"]
    elif call and "additionalEventData" in call:
        parts += [',"additionalEventData":', json.dumps(call["additionalEventData"], separators=(",", ":"))]
    if call and "serviceEventDetails" in call:
        parts += [',"serviceEventDetails":', json.dumps(call["serviceEventDetails"], separators=(",", ":"))]
    parts += [',"requestID":"', uuid(source), '","eventID":"', uuid(source), '","readOnly":', reads]
    if service in ("s3", "kms", "dynamodb"):
        parts += [',"resources":[{"accountId":"', account, '","type":"AWS::', service.upper(), '::Object","ARN":"arn:aws:', service, ":", region,
                  ":", account, ":key/", uuid(source), '"}]']
    category = "Data" if service == "s3" else "Management"
    parts += [',"eventType":"', call.get("eventType", "AwsApiCall") if call else "AwsApiCall", '","managementEvent":',
              "false" if service == "s3" else "true", ',"recipientAccountId":"', account, '","eventCategory":"',
              call.get("eventCategory", category) if call else category, '"']
    for name in ("vpcEndpointId", "vpcEndpointAccountId"):
        if call and name in call:
            parts += [f',"{name}":"', call[name].replace("ACCOUNT", account), '"']
    if not address.endswith(".com"):
        parts += [',"tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"',
                  service, ".", region, '.amazonaws.com"}']
    parts.append("}")
    return "".join(parts)
