#!/usr/bin/env python3
"""Says which names in the built-in rules AWS does not know: a second opinion on their spelling.

    python rule_names.py [FOLDER OF RULES]

Every event name must be an operation of the service in botocore's models, every field below `requestParameters` one of its
parameters, and every API reference page that of an operation or a type. Prints one line for each name that is not, and nothing
where all are known. (No network, no credentials.)
"""

import pathlib
import re
import sys

import botocore.session
import yaml

RULES = pathlib.Path(__file__).parents[3] / "Sources" / "Sigma" / "Rules"

# Event sources whose operations botocore keeps under other names.
SERVICES = {"monitoring": ["cloudwatch"], "amazonmq": ["mq"], "s3": ["s3", "s3control"],
            "bedrock": ["bedrock", "bedrock-runtime"], "ses": ["ses", "sesv2"], "signin": [],
            "access-analyzer": ["accessanalyzer"], "sso": ["sso-admin"], "aoss": ["opensearchserverless"],
            "elasticfilesystem": ["efs"], "es": ["es", "opensearch"],
            "s3express": ["s3"], "s3-object-lambda": ["s3control"]}

# Events that are named otherwise than the operation, and those that are no operations of the models: of the sign-in pages, of
# tunnels, and newer ones.
OPERATIONS = {
    "DeleteAccountPublicAccessBlock": "DeletePublicAccessBlock",
    "DeleteBucketPublicAccessBlock": "DeletePublicAccessBlock",
    "DeleteObjectVersion": "DeleteObject",
    "PutAccessPointPublicAccessBlock": "PutPublicAccessBlock",
    "PutAccountPublicAccessBlock": "PutPublicAccessBlock",
    "PutBucketObjectLockConfiguration": "PutObjectLockConfiguration",
    "PutBucketPublicAccessBlock": "PutPublicAccessBlock",
}
# One is of the console alone.
NO_OPERATIONS = {
    "ConsoleLogin", "EmailUpdated", "GetSigninToken", "PasswordRecoveryCompleted", "PasswordRecoveryRequested",
    "CredentialVerification", "PasswordUpdated", "PutFoundationModelEntitlement", "OpenTunnel",
    "DeleteConsoleAuthorizationConfiguration", "DeleteResourcePermissionStatement", "PutConsoleAuthorizationConfiguration",
    "PutResourcePermissionStatement", "SwitchRole",
}

# Fields that CloudTrail names otherwise than the API, and one that rules ask for without an event's name.
FIELDS = {
    "requestParameters.aclProtocol",
    "requestParameters.accessControlList",
    "requestParameters.AccessControlPolicy.AccessControlList.Grant.Grantee.URI",
    "requestParameters.bucketName",
    "requestParameters.bucketPolicy",
    "requestParameters.key",
    "requestParameters.ModifyVpcEndpointServicePermissionsRequest.AddAllowedPrincipals.content",
    # Newer than the models that are installed.
    "requestParameters.maxSigninSessionDuration",
    "requestParameters.recursiveLogging",
}

# The part of a page's address that names the service.
PAGES = {
    "AWSEC2": "ec2", "AmazonCloudWatch": "cloudwatch", "AmazonCloudWatchLogs": "logs", "AmazonRDS": "rds", "AmazonS3": "s3",
    "IAM": "iam", "Route53": "route53", "STS": "sts", "accounts": "account", "awscloudtrail": "cloudtrail",
    "AWSSimpleQueueService": "sqs", "access-analyzer": "accessanalyzer", "singlesignon": "sso-admin", "eventbridge": "events", "systems-manager": "ssm", "amazondynamodb": "dynamodb",
    "aws-backup": "backup",
}

session = botocore.session.get_session()
models = {}


def model(service):
    if service not in models:
        models[service] = session.get_service_model(service)
    return models[service]


def operation(source, event):
    """The operation that the event tells of, if the service has it."""
    name = OPERATIONS.get(event, re.sub(r"20\d{6}(v\d)?$", "", event))
    for service in SERVICES.get(source, [source]):
        if name in model(service).operation_names:
            return model(service).operation_model(name)
    return None


def takes(op, path):
    """Whether the path leads to a parameter. Capitals are not compared: CloudTrail writes some of them small."""
    shape = op.input_shape
    if path[0].lower() == (op.name + "Request").lower():
        path = path[1:]
    for part in path:
        if part == "items":
            continue
        while shape is not None and shape.type_name == "list":
            shape = shape.member
        if shape is None or shape.type_name != "structure":
            return False
        for name, member in shape.members.items():
            names = {name.lower(), name.lower().rstrip("s"), member.name.lower(), member.serialization.get("name", "").lower()}
            if part.lower() in names:
                shape = member
                break
        else:
            return False
    return True


def mentions(detection):
    """The event names with the sources that stand beside them, all sources, and the fields."""
    events, sources, fields = {}, set(), set()

    def walk(item):
        if isinstance(item, list):
            for element in item:
                walk(element)
        elif isinstance(item, dict):
            listed = lambda key: [v for k, vs in item.items() if k.split("|")[0] == key for v in (vs if isinstance(vs, list) else [vs])]
            here = {value.split(".")[0] for value in listed("eventSource")}
            sources.update(here)
            for event in listed("eventName"):
                events.setdefault(event, set()).update(here)
            fields.update(key.split("|")[0] for key in item if key.startswith("requestParameters."))

    for name, item in detection.items():
        if name != "condition":
            walk(item)
    return events, sources, fields


def unknown(rule):
    events, sources, fields = mentions(rule["detection"])
    found = []
    for event, beside in events.items():
        # A rule that names no source looks at all of them.
        among = beside or sources
        if not among:
            continue
        if event not in NO_OPERATIONS and not (ops := [op for source in among if (op := operation(source, event))]):
            yield f"event {event}"
        elif event not in NO_OPERATIONS:
            found += ops
    for field in fields - FIELDS:
        if not any(takes(op, field.split(".")[1:]) for op in found):
            yield f"field {field}"
    for page in rule.get("references", []):
        if match := re.search(r"docs\.aws\.amazon\.com/([^/]+)/.*/API_(?:(control|route53resolver|runtime)_)?(\w+)\.html$", page):
            folder, part, name = match.groups()
            service = {"control": "s3control", "runtime": "bedrock-runtime", None: PAGES.get(folder, folder)}.get(part, part)
            if name not in model(service).operation_names and name not in model(service).shape_names:
                yield f"page {page}"


folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else RULES
for path in sorted(folder.glob("*/*.yml")):
    for rule in yaml.safe_load_all(path.read_text()):
        if "detection" in rule:
            for line in unknown(rule):
                print(f"{path.parent.name}/{path.name}: {line}")
