#!/usr/bin/env python3
"""Fills an empty moto server with the AWS account of Marlow & Finch, a bookshop that does not exist.

    python seed.py --endpoint-url http://127.0.0.1:5000

README.md beside this file tells the shop's story and lists what is wrong in its account; account.py holds that
account as tables. The functions here put it in place, one for each practice. Names are fixed and nothing is drawn by
lot: two runs differ in AWS's own identifiers only. The credentials are dummies, which a real AWS refuses.
"""

import argparse
import io
import json
import sys
import urllib.error
import urllib.request
import zipfile
from datetime import datetime, timedelta, timezone
from functools import cached_property, lru_cache

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from account import (
    ACCESS_LOG_BUCKET,
    DATABASES,
    DEFAULT_GROUPS_EMPTIED,
    DEFAULT_GROUPS_IN_USE,
    DUBLIN,
    FUNCTIONS,
    GRANTS,
    GROUPS,
    GUARDRAILS,
    HOME,
    INLINE_POLICIES,
    INSTANCES,
    IRISH_BUCKET,
    KEYS,
    KEY_ADMINISTRATION,
    LOG_GROUPS,
    MANAGED_POLICIES,
    NETWORK_ACLS,
    OTHER_BUCKETS,
    OURS,
    PASSWORD_POLICY,
    PREFIX_LISTS,
    PROJECTS,
    ROLES,
    ROOT,
    SECURITY_GROUPS,
    STACKS,
    SYDNEY,
    SYDNEY_BUCKET,
    TRAILS,
    TRAIL_BUCKET,
    USERS,
    VPCS,
    allow,
    service,
)


class Account:
    """The account being filled: its clients, and what has been made by its name."""

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.vpcs, self.groups, self.lists, self.keys, self.logs = {}, {}, {}, {}, {}
        self.organization = None
        self.now = datetime.now(timezone.utc)

    @lru_cache(maxsize=None)
    def client(self, name, region=HOME):
        return boto3.client(
            name,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            config=Config(s3={"addressing_style": "path"}, inject_host_prefix=False, retries={"total_max_attempts": 2}),
        )

    @cached_property
    def id(self):
        return self.client("sts").get_caller_identity()["Account"]

    def ago(self, days):
        """ISO 8601 for a number of days before now; None stays None."""
        return None if days is None else (self.now - timedelta(days=days)).isoformat(timespec="seconds")

    def role_arn(self, name):
        return f"arn:aws:iam::{self.id}:role/{name}"

    def policy_arn(self, name):
        owner = "aws" if name.startswith("aws:") else self.id
        return f"arn:aws:iam::{owner}:policy/{name.removeprefix('aws:')}"


def document(statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def tags(name):
    return [{"Key": "Name", "Value": name}]


def unused_regions(account):
    """The landing zone's first script: no default network where the shop does no business. The rest keep theirs."""

    def remove_default_vpc(region):
        ec2 = account.client("ec2", region)
        for vpc in ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]:
            mine = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
            for subnet in ec2.describe_subnets(Filters=mine)["Subnets"]:
                ec2.delete_subnet(SubnetId=subnet["SubnetId"])
            ec2.delete_vpc(VpcId=vpc["VpcId"])

    regions = account.client("ec2").describe_regions(AllRegions=True)["Regions"]
    for region in regions:
        if region["RegionName"] not in [HOME, DUBLIN]:
            remove_default_vpc(region["RegionName"])


def buckets(account):
    """All buckets, private unless a practice below says otherwise."""
    places = {TRAIL_BUCKET: HOME, IRISH_BUCKET: DUBLIN, SYDNEY_BUCKET: SYDNEY, ACCESS_LOG_BUCKET: HOME, **OTHER_BUCKETS}
    for name, region in places.items():
        where = {} if region == HOME else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        account.client("s3", region).create_bucket(Bucket=name, **where)
        if name == IRISH_BUCKET:
            continue
        account.client("s3", region).put_public_access_block(
            Bucket=name,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            },
        )


def trail_encryption(account):
    """Practice 6: one key that rotates and binds CloudTrail to its trail; one that does neither and is open to all."""
    for name, facts in KEYS.items():
        region = facts["region"]
        trails = [t for t in TRAILS if t["key"] == name]
        ourselves = {"AWS": f"arn:aws:iam::{account.id}:root"}
        decrypters = [account.role_arn(role) for role in facts.get("decrypters", [])]
        administration = KEY_ADMINISTRATION if decrypters else "kms:*"
        statements = [{"Sid": "Administration", "Principal": ourselves, **allow(administration, "*")}]
        if decrypters:
            statements.append({"Sid": "Readers", "Principal": {"AWS": decrypters}, **allow("kms:Decrypt", "*")})
        for trail in trails:
            use = {
                "Sid": "Trail",
                "Principal": service("cloudtrail"),
                **allow(["kms:GenerateDataKey*", "kms:DescribeKey"], "*"),
            }
            if facts["context"]:
                use["Condition"] = {
                    "StringLike": {
                        "kms:EncryptionContext:aws:cloudtrail:arn": f"arn:aws:cloudtrail:*:{account.id}:trail/*"
                    },
                    "StringEquals": {"aws:SourceArn": trail_arn(account, trail)},
                }
            statements.append(use)
        if name == "logs":
            statements.append({"Sid": "Logs", "Principal": service(f"logs.{region}"), **allow("kms:*", "*")})
        if facts["open"]:
            statements.append(
                {"Sid": "Everyone", "Principal": {"AWS": "*"}, **allow(["kms:Decrypt", "kms:DescribeKey"], "*")}
            )
        kms = account.client("kms", region)
        made = kms.create_key(Description=f"Marlow & Finch: {name}", Policy=document(statements))["KeyMetadata"]
        kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=made["KeyId"])
        if facts["rotates"]:
            kms.enable_key_rotation(KeyId=made["KeyId"])
        account.keys[name] = made["Arn"]

    account.client("s3").put_bucket_encryption(
        Bucket=TRAIL_BUCKET,
        ServerSideEncryptionConfiguration={
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms",
                        "KMSMasterKeyID": account.keys["trail"],
                    }
                }
            ]
        },
    )
    for name, region in [(SYDNEY_BUCKET, SYDNEY), (ACCESS_LOG_BUCKET, HOME)]:
        account.client("s3", region).put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
        )
    for name, region, key in LOG_GROUPS:
        encryption = {"kmsKeyId": account.keys[key]} if key else {}
        account.client("logs", region).create_log_group(logGroupName=name, **encryption)
        account.logs[name] = f"arn:aws:logs:{region}:{account.id}:log-group:{name}:*"


def trail_arn(account, trail):
    return f"arn:aws:cloudtrail:{trail['region']}:{account.id}:trail/{trail['name']}"


def delivery_statements(account, trail, pinned):
    """What a trail's bucket must grant to CloudTrail; `pinned` to this trail only."""
    bucket, source = f"arn:aws:s3:::{trail['bucket']}", {"aws:SourceArn": trail_arn(account, trail)}
    acl = {"Sid": "TrailAcl", "Principal": service("cloudtrail"), **allow("s3:GetBucketAcl", bucket)}
    put = {
        "Sid": "TrailPut",
        "Principal": service("cloudtrail"),
        **allow("s3:PutObject", f"{bucket}/AWSLogs/{account.id}/*"),
    }
    put["Condition"] = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}
    if pinned:
        acl["Condition"] = {"StringEquals": source}
        put["Condition"]["StringEquals"].update(source)
    return [acl, put]


def trail_protection(account):
    """Practice 5: one trail bucket shut, versioned and pinned (MFA delete needs the root user); two that are not."""
    sound, irish, sydney = TRAILS
    bucket = f"arn:aws:s3:::{TRAIL_BUCKET}"
    tls_only = {
        "Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [bucket, f"{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }  # fmt: skip
    home = account.client("s3")
    home.put_bucket_policy(Bucket=TRAIL_BUCKET, Policy=document([*delivery_statements(account, sound, True), tls_only]))
    home.put_bucket_versioning(Bucket=TRAIL_BUCKET, VersioningConfiguration={"Status": "Enabled"})

    everyone = {"Sid": "ForTheDashboard", "Principal": "*", **allow("s3:GetObject", f"arn:aws:s3:::{IRISH_BUCKET}/*")}
    dublin = account.client("s3", DUBLIN)
    dublin.put_bucket_policy(
        Bucket=IRISH_BUCKET, Policy=document([*delivery_statements(account, irish, False), everyone])
    )
    dublin.put_bucket_acl(Bucket=IRISH_BUCKET, ACL="public-read")

    away = account.client("s3", SYDNEY)
    away.put_bucket_policy(Bucket=SYDNEY_BUCKET, Policy=document(delivery_statements(account, sydney, False)))
    away.put_bucket_versioning(Bucket=SYDNEY_BUCKET, VersioningConfiguration={"Status": "Enabled"})
    away.put_bucket_versioning(Bucket=SYDNEY_BUCKET, VersioningConfiguration={"Status": "Suspended"})


def trail_access_logging(account):
    """Practice 2: the company's trail bucket logs to another; Sydney's logs to itself; Dublin's not at all."""
    admit = {
        "Sid": "AccessLogs", "Principal": service("logging.s3"), **allow("s3:PutObject", f"arn:aws:s3:::{ACCESS_LOG_BUCKET}/*"),
        "Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{TRAIL_BUCKET}"}, "StringEquals": {"aws:SourceAccount": account.id}},
    }  # fmt: skip
    account.client("s3").put_bucket_policy(Bucket=ACCESS_LOG_BUCKET, Policy=document([admit]))
    for source, region, destination in [
        (TRAIL_BUCKET, HOME, ACCESS_LOG_BUCKET),
        (SYDNEY_BUCKET, SYDNEY, SYDNEY_BUCKET),
    ]:
        s3 = account.client("s3", region)
        if destination == source:  # S3 wants the logging service admitted before it lets the log be turned on
            policy = json.loads(s3.get_bucket_policy(Bucket=source)["Policy"])["Statement"]
            own = {
                "Sid": "AccessLogs",
                "Principal": service("logging.s3"),
                **allow("s3:PutObject", f"arn:aws:s3:::{source}/access/*"),
            }
            s3.put_bucket_policy(Bucket=source, Policy=document([*policy, own]))
        target = {"TargetBucket": destination, "TargetPrefix": "access/"}
        s3.put_bucket_logging(Bucket=source, BucketLoggingStatus={"LoggingEnabled": target})


def audit_trail(account):
    """Practice 1: one trail that covers every region, one that was stopped, one that records half and cannot deliver."""
    for trail in TRAILS:
        cloudtrail = account.client("cloudtrail", trail["region"])
        options = {"S3BucketName": trail["bucket"], "IsMultiRegionTrail": trail["multi_region"]}
        options["IncludeGlobalServiceEvents"] = trail["multi_region"]
        options["EnableLogFileValidation"] = trail["validated"]
        if trail["key"]:
            options["KmsKeyId"] = account.keys[trail["key"]]
        if trail["log_group"]:
            options["CloudWatchLogsLogGroupArn"] = account.logs[trail["log_group"]]
            options["CloudWatchLogsRoleArn"] = f"arn:aws:iam::{account.id}:role/cloudtrail-to-logs"
        cloudtrail.create_trail(Name=trail["name"], **options)
        selectors = trail.get(
            "selectors", [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]
        )
        cloudtrail.put_event_selectors(TrailName=trail["name"], EventSelectors=selectors)
        cloudtrail.start_logging(Name=trail["name"])
        if not trail["logging"]:
            cloudtrail.stop_logging(Name=trail["name"])


def networks(account):
    """The shop's VPCs with their subnets, and an interface in each, so that there is something to reach."""
    for name, region, cidr, _ in VPCS:
        ec2 = account.client("ec2", region)
        vpc = ec2.create_vpc(CidrBlock=cidr, TagSpecifications=[{"ResourceType": "vpc", "Tags": tags(name)}])["Vpc"][
            "VpcId"
        ]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=cidr.replace("/16", "/24"), AvailabilityZone=f"{region}a")
        account.vpcs[name] = (vpc, region, subnet["Subnet"]["SubnetId"])


def flow_logs(account):
    """Practice 3: ALL traffic to a log group and to S3; REJECT only; a destination that is gone; and VPCs with none."""
    for name, region, _, log in VPCS:
        if log is None:
            continue
        traffic, destination = log
        where = {
            "LogDestinationType": "cloud-watch-logs",
            "LogGroupName": destination,
            "DeliverLogsPermissionArn": f"arn:aws:iam::{account.id}:role/flow-logs-to-logs",
        }
        if destination == "s3":
            where = {"LogDestinationType": "s3", "LogDestination": "arn:aws:s3:::marlow-finch-flow-logs"}
        answer = account.client("ec2", region).create_flow_logs(
            ResourceIds=[account.vpcs[name][0]],
            ResourceType="VPC",
            TrafficType=traffic,
            MaxAggregationInterval=60,
            **where,
        )
        if answer.get("Unsuccessful"):
            raise SystemExit(f"error: no flow log for {name}: {answer['Unsuccessful']}")


def network_exposure(account):
    """Practice 8: groups and network ACLs, sound ones and every way of being open that a scan must see through."""
    for name, region, family, cidrs in PREFIX_LISTS:
        made = account.client("ec2", region).create_managed_prefix_list(
            PrefixListName=name,
            AddressFamily=family,
            MaxEntries=10,
            Entries=[{"Cidr": c, "Description": name} for c in cidrs],
        )
        account.lists[name] = made["PrefixList"]["PrefixListId"]

    for name, vpc_name, description, rules in SECURITY_GROUPS:
        vpc, region, subnet = account.vpcs[vpc_name]
        ec2 = account.client("ec2", region)
        group = ec2.create_security_group(GroupName=name, Description=description, VpcId=vpc)["GroupId"]
        account.groups[name] = group
        open_ports(account, ec2, group, rules)
        ec2.create_network_interface(SubnetId=subnet, Groups=[group], Description=f"{name}-1")

    for name in DEFAULT_GROUPS_EMPTIED:
        ec2, group = default_group(account, name)
        if group["IpPermissions"]:
            ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
        ec2.revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=group["IpPermissionsEgress"])
    for name, rules in DEFAULT_GROUPS_IN_USE.items():
        ec2, group = default_group(account, name)
        open_ports(account, ec2, group["GroupId"], rules)

    for name, vpc_name, entries in NETWORK_ACLS:
        vpc, region, subnet = account.vpcs[vpc_name]
        ec2 = account.client("ec2", region)
        made = ec2.create_network_acl(
            VpcId=vpc, TagSpecifications=[{"ResourceType": "network-acl", "Tags": tags(name)}]
        )
        acl = made["NetworkAcl"]["NetworkAclId"]
        for number, protocol, ports, cidr, action in entries:
            range_ = {"PortRange": {"From": ports[0], "To": ports[1]}} if ports else {}
            ec2.create_network_acl_entry(
                NetworkAclId=acl, RuleNumber=number, Protocol=protocol, RuleAction=action,
                Egress=False, **{"Ipv6CidrBlock" if ":" in cidr else "CidrBlock": cidr}, **range_)  # fmt: skip
        for before in ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [subnet]}])[
            "NetworkAcls"
        ]:
            for association in before["Associations"]:
                if association["SubnetId"] == subnet:
                    ec2.replace_network_acl_association(
                        AssociationId=association["NetworkAclAssociationId"], NetworkAclId=acl
                    )


def default_group(account, vpc_name):
    vpc, region, _ = account.vpcs[vpc_name]
    ec2 = account.client("ec2", region)
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    return ec2, ec2.describe_security_groups(Filters=filters)["SecurityGroups"][0]


def open_ports(account, ec2, group, rules):
    for protocol, low, high, source in rules:
        permission = {"IpProtocol": protocol}
        if low is not None:
            permission.update(FromPort=low, ToPort=high)
        if source.startswith("group:"):
            permission["UserIdGroupPairs"] = [{"GroupId": account.groups[source.removeprefix("group:")]}]
        elif source.startswith("list:"):
            permission["PrefixListIds"] = [{"PrefixListId": account.lists[source.removeprefix("list:")]}]
        elif ":" in source:
            permission["Ipv6Ranges"] = [{"CidrIpv6": source}]
        else:
            permission["IpRanges"] = [{"CidrIp": source}]
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])


def organization(account):
    """The organisation that the account manages, with one policy of its own for the accounts that may come."""
    organizations = account.client("organizations")
    account.organization = organizations.create_organization(FeatureSet="ALL")["Organization"]["Id"]
    root = organizations.list_roots()["Roots"][0]["Id"]
    for kind in ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"]:
        organizations.enable_policy_type(RootId=root, PolicyType=kind)
    for name, statements in GUARDRAILS.items():
        made = organizations.create_policy(
            Name=name, Description=name, Type="SERVICE_CONTROL_POLICY", Content=document(statements)
        )
        organizations.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=root)


def permissions(account):
    """Practice 4: policies, and the groups, roles and, where they should not be, users that hold them."""
    iam = account.client("iam")
    iam.create_account_alias(AccountAlias="marlow-finch")
    iam.create_account_alias(AccountAlias="marlow-finch")
    for name, statements in MANAGED_POLICIES.items():
        iam.create_policy(PolicyName=name, PolicyDocument=document(statements))

    def grant(kind, name, policies):
        for policy in policies:
            who = {f"{kind.capitalize()}Name": name}
            if policy.startswith("inline:"):
                inline = policy.removeprefix("inline:")
                put = getattr(iam, f"put_{kind}_policy")
                put(**who, PolicyName=inline, PolicyDocument=document(INLINE_POLICIES[inline]))
            else:
                getattr(iam, f"attach_{kind}_policy")(**who, PolicyArn=account.policy_arn(policy))

    for name, policies in GROUPS.items():
        iam.create_group(GroupName=name)
        grant("group", name, policies)
    for role in ROLES:
        trust = {"Effect": "Allow", "Principal": role.trusts, "Action": role.action}
        if role.conditions:
            trust["Condition"] = role.conditions
        iam.create_role(
            RoleName=role.name,
            AssumeRolePolicyDocument=document([trust]).replace("{organization}", account.organization),
        )
        grant("role", role.name, role.holds)
    for user in USERS:
        iam.create_user(UserName=user.name, Tags=[{"Key": "team", "Value": (user.groups or ("none",))[0]}])
        for group in user.groups:
            iam.add_user_to_group(GroupName=group, UserName=user.name)
        grant("user", user.name, [*user.attached, *(f"inline:{name}" for name in user.inline)])


def credentials(account):
    """Practices 7 and 10, as far as the API goes: passwords, MFA devices, keys. Their ages come with the history."""
    iam = account.client("iam")
    iam.update_account_password_policy(**PASSWORD_POLICY)
    for user in USERS:
        if user.console is not None:
            iam.create_login_profile(UserName=user.name, Password=f"Example-{len(user.name)}-Passw0rd!")
        if user.mfa:
            device = iam.create_virtual_mfa_device(VirtualMFADeviceName=user.name)["VirtualMFADevice"]["SerialNumber"]
            iam.enable_mfa_device(
                UserName=user.name, SerialNumber=device, AuthenticationCode1="123456", AuthenticationCode2="654321"
            )
        for key in user.keys:
            made = iam.create_access_key(UserName=user.name)["AccessKey"]["AccessKeyId"]
            if not key.active:
                iam.update_access_key(UserName=user.name, AccessKeyId=made, Status="Inactive")


def workloads(account):
    """What runs under the roles, and who may use the trails' keys by a grant."""
    iam = account.client("iam")
    for name, region, vpc, group, role, tokens in INSTANCES:
        iam.create_instance_profile(InstanceProfileName=role)
        iam.add_role_to_instance_profile(InstanceProfileName=role, RoleName=role)
        account.client("ec2", region).run_instances(
            ImageId="ami-12345678",
            InstanceType="t3.micro",
            MinCount=1,
            MaxCount=1,
            SubnetId=account.vpcs[vpc][2],
            SecurityGroupIds=[account.groups[group]],
            IamInstanceProfile={"Name": role},
            MetadataOptions={"HttpTokens": tokens, "HttpEndpoint": "enabled"},
            TagSpecifications=[{"ResourceType": "instance", "Tags": tags(name)}],
        )
    for name, region, role in FUNCTIONS:
        account.client("lambda", region).create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=account.role_arn(role),
            Handler="main.handle",
            Code={"ZipFile": code("def handle(event, context):\n    return None\n")},
        )
    template = json.dumps({"Resources": {"Orders": {"Type": "AWS::SNS::Topic"}}})
    for name, region, role in STACKS:
        under = {"RoleARN": account.role_arn(role)} if role else {}
        account.client("cloudformation", region).create_stack(StackName=name, TemplateBody=template, **under)
    for name, region, role in PROJECTS:
        account.client("codebuild", region).create_project(
            name=name,
            source={"type": "S3", "location": "marlow-finch-catalogue/source.zip"},
            artifacts={"type": "NO_ARTIFACTS"},
            environment={
                "type": "LINUX_CONTAINER",
                "image": "aws/codebuild/standard:7.0",
                "computeType": "BUILD_GENERAL1_SMALL",
            },
            serviceRole=account.role_arn(role),
        )
    for key, role, operations, context in GRANTS:
        account.client("kms", KEYS[key]["region"]).create_grant(
            KeyId=account.keys[key],
            GranteePrincipal=account.role_arn(role),
            Operations=operations,
            Constraints={"EncryptionContextSubset": context},
        )


def content(account):
    """Databases."""
    for name, region, encrypted in DATABASES:
        account.client("rds", region).create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.t3.micro",
            Engine="postgres",
            AllocatedStorage=20,
            MasterUsername="owner",
            MasterUserPassword="not-a-secret-1",
            StorageEncrypted=encrypted,
        )


def code(text):
    """A function's code as Lambda takes it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("main.py", text)
    return packed.getvalue()


def history(account):
    """Practices 7, 9 and 10: when things were made and last used, and the root user. No AWS call can set these: the
    server of Tests/Support/python takes them on a route of its own. Returns whether this server does."""
    ago = account.ago
    users = {
        user.name: {
            "created": ago(user.hired),
            **({"passwordLastUsed": ago(user.console)} if isinstance(user.console, int) else {}),
            "keys": [{"created": ago(key.age), "lastUsed": ago(key.used)} for key in user.keys],
        }
        for user in USERS
    }
    root = {
        "created": ago(ROOT["created"]),
        "passwordLastUsed": ago(ROOT["used"]),
        "mfa": ROOT["mfa"],
        "keys": [{"active": key.active, "rotated": ago(key.age), "lastUsed": ago(key.used)} for key in ROOT["keys"]],
    }
    trails = {}
    for trail in TRAILS:
        told = {"LatestDeliveryTime": ago(0) if trail["logging"] else ago(400)}
        if trail["validated"]:
            told["LatestDigestDeliveryTime"] = ago(0)
        if trail.get("delivery_error"):
            told |= {
                "LatestDeliveryError": trail["delivery_error"],
                "LatestDeliveryTime": ago(11),
                "LatestDigestDeliveryTime": ago(11),
            }
        trails[trail_arn(account, trail)] = told
    roles = {role.name: {"created": ago(500), "lastUsed": ago(role.used)} for role in ROLES}
    past = json.dumps({"root": root, "users": users, "roles": roles, "trails": trails}).encode()
    request = urllib.request.Request(f"{account.endpoint}/parapet/history", data=past, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=30):
            return True
    except urllib.error.HTTPError as refusal:
        if refusal.headers.get_content_type() == "application/json":
            raise SystemExit(f"error: the server took no history: {refusal.read().decode()}") from refusal
        return False


def main():
    parser = argparse.ArgumentParser(description="Fill a moto server with the sample account.")
    parser.add_argument("--endpoint-url", required=True, help="where the moto server listens")
    options = parser.parse_args()
    account = Account(options.endpoint_url.rstrip("/"))
    try:
        if account.client("iam").list_groups()["Groups"]:
            sys.exit("error: this account is not empty: seed a server that has just started")
        unused_regions(account)
        buckets(account)
        organization(account)
        permissions(account)
        credentials(account)
        trail_encryption(account)
        trail_protection(account)
        trail_access_logging(account)
        audit_trail(account)
        networks(account)
        flow_logs(account)
        network_exposure(account)
        workloads(account)
        content(account)
        past = history(account)
    except (BotoCoreError, ClientError) as problem:
        sys.exit(f"error: the account could not be filled: {problem}")
    print(f"Marlow & Finch, account {account.id}, in {', '.join(OURS)}:")
    print(
        f"  {len(USERS)} users, {len(GROUPS)} groups, {len(ROLES)} roles, {len(MANAGED_POLICIES)} policies of their own"
    )
    print(f"  {len(TRAILS)} trails, {len(OTHER_BUCKETS) + 4} buckets, {len(KEYS)} keys, {len(LOG_GROUPS)} log groups")
    print(
        f"  {len(VPCS)} VPCs besides the default ones, {len(SECURITY_GROUPS)} security groups, {len(NETWORK_ACLS)} network ACLs"
    )
    if not past:
        print(
            "note: this server cannot be told the past: every key and password is as old as this run, and there is no root user"
        )


if __name__ == "__main__":
    main()
