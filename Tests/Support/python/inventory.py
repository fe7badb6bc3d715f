#!/usr/bin/env python3
"""Prints as JSON what boto3 reads of an account: the second opinion that Parapet's inventory is compared with.

    python inventory.py --endpoint-url http://127.0.0.1:5000 [--region us-east-1 …]

Keys are AWS's own field names; lists are sorted, so equal accounts print equal text. Without `--region`, every enabled
region of the caller's partition is read. What a bucket, a key or the account does not have is null.
"""

import argparse
import csv
import io
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ABSENT = {
    "NoSuchBucketPolicy",
    "NoSuchPublicAccessBlockConfiguration",
    "ServerSideEncryptionConfigurationNotFoundError",
    "ObjectLockConfigurationNotFoundError",
    "NoSuchEntity",
    "NotFoundException",
    "NoSuchBucket",
}


class Reader:
    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")

    def client(self, service, region="us-east-1"):
        config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 3}, max_pool_connections=32)
        return self.session.client(service, region_name=region, endpoint_url=self.endpoint, config=config)

    def pages(self, client, operation, field, **parameters):
        """Everything under `field`, over all pages."""
        items = []
        for page in client.get_paginator(operation).paginate(**parameters):
            items += page.get(field, [])
        return items

    def regions(self):
        """Enabled regions of the caller's partition; moto lists all regions of all partitions, whatever it is asked."""
        partition = self.client("sts").get_caller_identity()["Arn"].split(":")[1]
        known = set(self.session.get_available_regions("ec2", partition_name=partition))
        listed = self.client("ec2").describe_regions()["Regions"]
        enabled = [r["RegionName"] for r in listed if r.get("OptInStatus") != "not-opted-in"]
        return sorted(known & set(enabled))


def absent_as_null(call, **parameters):
    """The answer without its metadata, or None where the thing asked for is not configured."""
    try:
        answer = call(**parameters)
    except ClientError as problem:
        if problem.response["Error"]["Code"] in ABSENT:
            return None
        raise
    answer.pop("ResponseMetadata", None)
    return answer


def pick(item, *fields):
    return {field: item.get(field) for field in fields}


def by(*fields):
    return lambda item: tuple(str(item.get(field)) for field in fields)


def trails(reader, regions):
    """Each trail once, from its home region, with its status and selectors."""
    found = []
    for region in regions:
        cloudtrail = reader.client("cloudtrail", region)
        for trail in cloudtrail.describe_trails(includeShadowTrails=False)["trailList"]:
            status = cloudtrail.get_trail_status(Name=trail["TrailARN"])
            selectors = cloudtrail.get_event_selectors(TrailName=trail["TrailARN"])
            fields = [
                "Name",
                "TrailARN",
                "HomeRegion",
                "S3BucketName",
                "S3KeyPrefix",
                "IsMultiRegionTrail",
                "IsOrganizationTrail",
            ]
            fields += [
                "IncludeGlobalServiceEvents",
                "LogFileValidationEnabled",
                "KmsKeyId",
                "CloudWatchLogsLogGroupArn",
            ]
            found.append(
                {
                    **pick(trail, *fields),
                    "IsLogging": status["IsLogging"],
                    "LatestDeliveryError": status.get("LatestDeliveryError"),
                    "EventSelectors": selectors.get("EventSelectors") or [],
                    "AdvancedEventSelectors": selectors.get("AdvancedEventSelectors") or [],
                }
            )
    return sorted(found, key=by("TrailARN"))


def bucket(s3, name):
    def read(operation, field=None):
        answer = absent_as_null(getattr(s3, operation), Bucket=name)
        return answer.get(field) if answer is not None and field else answer

    policy = read("get_bucket_policy", "Policy")
    acl = read("get_bucket_acl") or {}
    return {
        "Name": name,
        "Location": read("get_bucket_location", "LocationConstraint") or "us-east-1",
        "Policy": json.loads(policy) if policy else None,
        "Grants": sorted(
            [
                {"Grantee": g["Grantee"].get("URI") or g["Grantee"].get("ID"), "Permission": g["Permission"]}
                for g in acl.get("Grants", [])
            ],
            key=by("Grantee", "Permission"),
        ),
        "PublicAccessBlock": read("get_public_access_block", "PublicAccessBlockConfiguration"),
        "Versioning": pick(read("get_bucket_versioning") or {}, "Status", "MFADelete"),
        "Logging": read("get_bucket_logging", "LoggingEnabled"),
        "Encryption": (read("get_bucket_encryption", "ServerSideEncryptionConfiguration") or {}).get("Rules"),
        "ObjectLock": read("get_object_lock_configuration", "ObjectLockConfiguration"),
    }


def buckets(reader, _):
    s3 = reader.client("s3")
    names = [b["Name"] for b in s3.list_buckets()["Buckets"]]
    with ThreadPoolExecutor(8) as pool:
        return sorted(pool.map(partial(bucket, s3), names), key=by("Name"))


def account_public_access_block(reader, _):
    control, account = reader.client("s3control"), reader.client("sts").get_caller_identity()["Account"]

    def without_account_in_host(request, **_):
        request.url = request.url.replace(f"//{account}.", "//", 1)

    control.meta.events.register("before-sign.s3-control", without_account_in_host)
    answer = absent_as_null(control.get_public_access_block, AccountId=account)
    return answer and answer["PublicAccessBlockConfiguration"]


def network(reader, region):
    """A region's networks; nothing for one that has none."""
    ec2 = reader.client("ec2", region)
    read = partial(reader.pages, ec2)
    lists = []
    for listed in read("describe_managed_prefix_lists", "PrefixLists"):
        if listed["OwnerId"] == "AWS":
            continue
        entries = read("get_managed_prefix_list_entries", "Entries", PrefixListId=listed["PrefixListId"])
        lists.append(
            {
                **pick(listed, "PrefixListId", "PrefixListName", "AddressFamily"),
                "Cidrs": sorted(e["Cidr"] for e in entries),
            }
        )
    flow_log = ["FlowLogId", "ResourceId", "TrafficType", "FlowLogStatus", "DeliverLogsStatus", "LogDestinationType"]
    rule = [
        "SecurityGroupRuleId",
        "GroupId",
        "IsEgress",
        "IpProtocol",
        "FromPort",
        "ToPort",
        "CidrIpv4",
        "CidrIpv6",
        "PrefixListId",
    ]
    entry = ["RuleNumber", "Protocol", "RuleAction", "Egress", "CidrBlock", "Ipv6CidrBlock", "PortRange"]
    return {
        "Vpcs": sorted(
            [pick(v, "VpcId", "CidrBlock", "IsDefault") for v in read("describe_vpcs", "Vpcs")], key=by("VpcId")
        ),
        "FlowLogs": sorted(
            [pick(f, *flow_log, "LogGroupName", "LogDestination") for f in read("describe_flow_logs", "FlowLogs")],
            key=by("FlowLogId"),
        ),
        "SecurityGroups": sorted(
            [pick(g, "GroupId", "GroupName", "VpcId") for g in read("describe_security_groups", "SecurityGroups")],
            key=by("GroupId"),
        ),
        "SecurityGroupRules": sorted(
            [
                {**pick(r, *rule), "ReferencedGroup": (r.get("ReferencedGroupInfo") or {}).get("GroupId")}
                for r in read("describe_security_group_rules", "SecurityGroupRules")
            ],
            key=by("SecurityGroupRuleId"),
        ),
        "NetworkAcls": sorted(
            [
                {
                    **pick(a, "NetworkAclId", "VpcId", "IsDefault"),
                    "Entries": sorted(
                        [pick(e, *entry) for e in a["Entries"]], key=lambda e: (e["Egress"], e["RuleNumber"])
                    ),
                    "Subnets": sorted(s["SubnetId"] for s in a["Associations"]),
                }
                for a in read("describe_network_acls", "NetworkAcls")
            ],
            key=by("NetworkAclId"),
        ),
        "NetworkInterfaces": sorted(
            [
                {
                    **pick(i, "NetworkInterfaceId", "VpcId", "SubnetId"),
                    "Groups": sorted(g["GroupId"] for g in i["Groups"]),
                }
                for i in read("describe_network_interfaces", "NetworkInterfaces")
            ],
            key=by("NetworkInterfaceId"),
        ),
        "PrefixLists": sorted(lists, key=by("PrefixListId")),
    }


def networks(reader, regions):
    with ThreadPoolExecutor(4) as pool:
        return dict(zip(regions, pool.map(partial(network, reader), regions), strict=True))


def trail_keys(reader, regions):
    """The keys that trails name, each read in its own region."""
    found = []
    for arn in sorted({trail["KmsKeyId"] for trail in trails(reader, regions) if trail["KmsKeyId"]}):
        kms = reader.client("kms", arn.split(":")[3])
        metadata = kms.describe_key(KeyId=arn)["KeyMetadata"]
        found.append(
            {
                **pick(metadata, "Arn", "KeyState", "KeyManager", "Enabled"),
                "KeyRotationEnabled": kms.get_key_rotation_status(KeyId=arn)["KeyRotationEnabled"],
                "Policy": json.loads(kms.get_key_policy(KeyId=arn, PolicyName="default")["Policy"]),
                "Grants": sorted(
                    [
                        pick(grant, "GrantId", "GranteePrincipal", "Operations", "Constraints")
                        for grant in reader.pages(kms, "list_grants", "Grants", KeyId=arn)
                    ],
                    key=by("GrantId"),
                ),
            }
        )
    return found


def workloads(reader, regions):
    """What runs under a role: its ARN, and that of the role or the instance profile."""
    account = reader.client("sts").get_caller_identity()["Account"]
    found = []
    for region in regions:
        for reservation in reader.pages(reader.client("ec2", region), "describe_instances", "Reservations"):
            for instance in reservation["Instances"]:
                if instance["State"]["Name"] != "terminated" and "IamInstanceProfile" in instance:
                    arn = f"arn:aws:ec2:{region}:{account}:instance/{instance['InstanceId']}"
                    found.append({"Arn": arn, "Under": instance["IamInstanceProfile"]["Arn"]})
        for function in reader.pages(reader.client("lambda", region), "list_functions", "Functions"):
            found.append({"Arn": function["FunctionArn"], "Under": function["Role"]})
        for stack in reader.pages(reader.client("cloudformation", region), "describe_stacks", "Stacks"):
            if stack.get("RoleARN"):
                found.append({"Arn": stack["StackId"], "Under": stack["RoleARN"]})
        codebuild = reader.client("codebuild", region)
        names = reader.pages(codebuild, "list_projects", "projects")
        for project in codebuild.batch_get_projects(names=names)["projects"] if names else []:
            found.append({"Arn": project["arn"], "Under": project["serviceRole"]})
    return sorted(found, key=by("Arn"))


def log_groups(reader, regions):
    found = []
    for region in regions:
        for group in reader.pages(reader.client("logs", region), "describe_log_groups", "logGroups"):
            found.append({"Region": region, **pick(group, "logGroupName", "arn", "kmsKeyId")})
    return sorted(found, key=by("Region", "logGroupName"))


def identity(reader, _):
    iam = reader.client("iam")
    mine = ["User", "Group", "Role", "LocalManagedPolicy"]
    details = {field: [] for field in ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"]}
    for page in iam.get_paginator("get_account_authorization_details").paginate(Filter=mine):
        for field, items in details.items():
            items += page.get(field, [])

    def holder(item, kind):
        return {
            "Arn": item["Arn"],
            "Attached": sorted(p["PolicyArn"] for p in item.get("AttachedManagedPolicies", [])),
            "Inline": {p["PolicyName"]: p["PolicyDocument"] for p in item.get(f"{kind}PolicyList", [])},
            **({"Groups": sorted(item.get("GroupList", []))} if kind == "User" else {}),
            **({"Trust": item["AssumeRolePolicyDocument"]} if kind == "Role" else {}),
            **({"Profiles": sorted(p["Arn"] for p in item["InstanceProfileList"])} if kind == "Role" else {}),
        }

    while iam.generate_credential_report()["State"] != "COMPLETE":
        pass
    report = csv.DictReader(io.StringIO(iam.get_credential_report()["Content"].decode()))
    kept = ["user", "password_enabled", "password_last_used", "mfa_active"]
    for n in [1, 2]:
        kept += [f"access_key_{n}_{field}" for field in ["active", "last_rotated", "last_used_date"]]
    policy = absent_as_null(iam.get_account_password_policy)
    devices = reader.pages(iam, "list_virtual_mfa_devices", "VirtualMFADevices")
    return {
        "Users": sorted([holder(u, "User") for u in details["UserDetailList"]], key=by("Arn")),
        "Groups": sorted([holder(g, "Group") for g in details["GroupDetailList"]], key=by("Arn")),
        "Roles": sorted([holder(r, "Role") for r in details["RoleDetailList"]], key=by("Arn")),
        "Policies": sorted(
            [
                {
                    **pick(p, "Arn", "AttachmentCount"),
                    "Document": next(v["Document"] for v in p["PolicyVersionList"] if v["IsDefaultVersion"]),
                }
                for p in details["Policies"]
            ],
            key=by("Arn"),
        ),
        "CredentialReport": [pick(row, *kept) for row in sorted(report, key=by("user"))],
        "PasswordPolicy": policy and policy["PasswordPolicy"],
        "AccountSummary": iam.get_account_summary()["SummaryMap"],
        "VirtualMFADevices": sorted(device["SerialNumber"] for device in devices),
    }


PARTS = {
    "Trails": trails,
    "Buckets": buckets,
    "AccountPublicAccessBlock": account_public_access_block,
    "Networks": networks,
    "TrailKeys": trail_keys,
    "LogGroups": log_groups,
    "Workloads": workloads,
    "Identity": identity,
}


def main():
    parser = argparse.ArgumentParser(description="Print an account as boto3 reads it.")
    parser.add_argument("--endpoint-url", required=True)
    parser.add_argument("--region", action="append", help="read only this region (may be repeated)")
    parser.add_argument("--part", action="append", choices=sorted(PARTS), help="print only this part (may be repeated)")
    options = parser.parse_args()
    reader = Reader(options.endpoint_url.rstrip("/"))
    regions = sorted(options.region) if options.region else reader.regions()
    answer = {"Account": reader.client("sts").get_caller_identity()["Account"], "Regions": regions}
    for name in options.part or PARTS:
        answer[name] = PARTS[name](reader, regions)
    json.dump(answer, sys.stdout, indent=1, sort_keys=True, default=str)
    print()


if __name__ == "__main__":
    main()
