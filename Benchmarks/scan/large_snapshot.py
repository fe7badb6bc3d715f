"""Grows a saved snapshot: `large_snapshot.py SNAPSHOT LARGE [--groups 4000] [--roles 1000]`.

The groups and roles that are added to us-east-1 are like those of a company: a group has five rules (one in a hundred opens SSH to everybody), a
role has two policies of its own and two that others have too.
"""

import argparse
import gzip
import json

ACCOUNT, REGION = "123456789012", "us-east-1"


def rules(number):
    def rule(index, first, last, **peer):
        return {
            "securityGroupRuleID": f"sgr-{number:08x}{index}", "groupID": f"sg-{number:017x}", "isEgress": False,
            "ipProtocol": "tcp", "fromPort": first, "toPort": last, **peer,
        }  # fmt: skip

    peer = {"referencedGroupInfo": {"groupID": f"sg-{number // 2:017x}"}}
    return [
        rule(0, 22, 22, cidrIPv4="0.0.0.0/0" if number % 100 == 0 else f"10.{number % 250}.0.0/16"),
        rule(1, 443, 443, cidrIPv4="0.0.0.0/0"),
        rule(2, 443, 443, cidrIPv6="::/0"),
        rule(3, 1024, 65535, cidrIPv4=f"203.0.{number % 250}.0/24"),
        rule(4, 3306, 3306, **peer),
    ]


def document(actions, resource, **more):
    statement = {"Effect": "Allow", "Action": actions, **more}
    if resource:
        statement["Resource"] = resource
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def role(number):
    service = ["lambda", "ec2", "ecs-tasks"][number % 3]
    shared = [f"shared-{(number + step) % 50}" for step in (0, 7)]
    return {
        "roleName": f"role-{number}", "arn": f"arn:aws:iam::{ACCOUNT}:role/role-{number}", "path": "/",
        "assumeRolePolicyDocument": document("sts:AssumeRole", None, Principal={"Service": f"{service}.amazonaws.com"}),
        "rolePolicyList": [
            {"policyName": "logs", "policyDocument": document(
                ["logs:CreateLogStream", "logs:PutLogEvents"],
                f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/app/{number}:*")},
            {"policyName": "queue", "policyDocument": document(
                ["sqs:SendMessage", "sqs:ReceiveMessage"], f"arn:aws:sqs:{REGION}:{ACCOUNT}:queue-{number}")},
        ],
        "attachedManagedPolicies": [
            {"policyName": name, "policyARN": f"arn:aws:iam::{ACCOUNT}:policy/{name}"} for name in shared
        ],
        "instanceProfileList": [],
    }  # fmt: skip


def shared_policy(number):
    bucket = f"arn:aws:s3:::data-{number}"
    return {
        "arn": f"arn:aws:iam::{ACCOUNT}:policy/shared-{number}", "attachmentCount": 10,
        "permissionsBoundaryUsageCount": 0, "defaultVersionID": "v1",
        "policyVersionList": [
            {"versionID": "v1", "document": document(["s3:GetObject", "s3:ListBucket"], [bucket, bucket + "/*"])}
        ],
    }  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("snapshot")
    parser.add_argument("large")
    parser.add_argument("--groups", type=int, default=4000)
    parser.add_argument("--roles", type=int, default=1000)
    options = parser.parse_args()
    with gzip.open(options.snapshot, "rt") as file:
        lines = [json.loads(line) for line in file]
    facts = {line["facet"]: line["fact"]["known"] for line in lines if "known" in line.get("fact", {})}
    facts["securityGroups"][REGION]["known"] = [
        {"groupID": f"sg-{number:017x}", "groupName": f"group-{number}", "ownerID": ACCOUNT, "vpcID": "vpc-1"}
        for number in range(options.groups)
    ]
    facts["securityGroupRules"][REGION]["known"] = [rule for number in range(options.groups) for rule in rules(number)]
    identities = facts["identities"]
    identities["roleDetailList"] = [role(number) for number in range(options.roles)]
    identities["policies"] = [shared_policy(number) for number in range(50)]
    with gzip.open(options.large, "wt", compresslevel=1) as file:
        file.write("\n".join(json.dumps(line, separators=(",", ":")) for line in lines))


main()
