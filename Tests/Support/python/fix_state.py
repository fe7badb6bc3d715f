#!/usr/bin/env python3
"""The state that fixes change, as boto3 reads it: the independent reader that before, after and undone are compared by.

    python fix_state.py --endpoint-url http://127.0.0.1:5000

For each line on standard input it prints one line of JSON. `state` answers everything; a line of JSON
`{"service": ..., "region": ..., "operation": ..., "parameters": {...}}` makes that call of boto3 and answers what comes back;
with `"account"`, through a role of that account.
`{"language": "cloudformation" | "terraform", "text": ...}` answers what cfn-lint, or a parser of HCL, finds wrong in the text.
"""

import argparse
import json
import sys
from functools import lru_cache

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

REGIONS = ["us-east-1", "eu-west-1"]


class Reader:
    def __init__(self, endpoint):
        self.endpoint = endpoint

    @lru_cache(maxsize=None)
    def client(self, name, region="us-east-1", account=None):
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        if account:
            role = f"arn:aws:iam::{account}:role/Preparer"
            taken = self.client("sts").assume_role(RoleArn=role, RoleSessionName="preparer")["Credentials"]
            keys = {
                "aws_access_key_id": taken["AccessKeyId"],
                "aws_secret_access_key": taken["SecretAccessKey"],
                "aws_session_token": taken["SessionToken"],
            }
        return boto3.client(
            name, region_name=region, endpoint_url=self.endpoint, config=Config(s3={"addressing_style": "path"}), **keys
        )

    def call(self, service, region, operation, parameters, account=None):
        answer = getattr(self.client(service, region, account), operation)(**parameters)
        answer.pop("ResponseMetadata", None)
        return answer

    def absent(self, call, *codes):
        try:
            answer = call()
        except ClientError as error:
            if error.response["Error"]["Code"] in codes:
                return None
            raise
        answer.pop("ResponseMetadata", None)
        return answer

    def state(self):
        return {"iam": self.iam(), "buckets": self.buckets(), **{region: self.region(region) for region in REGIONS}}

    def iam(self):
        iam = self.client("iam")
        details = iam.get_account_authorization_details(Filter=["User", "Group", "LocalManagedPolicy"])
        users = {}
        for user in details["UserDetailList"]:
            name = user["UserName"]
            keys = iam.list_access_keys(UserName=name)["AccessKeyMetadata"]
            users[name] = {
                "attached": sorted(p["PolicyArn"] for p in user.get("AttachedManagedPolicies", [])),
                "inline": {p["PolicyName"]: p["PolicyDocument"] for p in user.get("UserPolicyList", [])},
                "groups": sorted(user.get("GroupList", [])),
                "keys": {key["AccessKeyId"]: key["Status"] for key in keys},
                "password": self.absent(lambda: iam.get_login_profile(UserName=name), "NoSuchEntity") is not None,
                "publicKeys": {
                    key["SSHPublicKeyId"]: key["Status"]
                    for key in iam.list_ssh_public_keys(UserName=name)["SSHPublicKeys"]
                },
                "serviceCredentials": {
                    each["ServiceSpecificCredentialId"]: each["Status"]
                    for each in iam.list_service_specific_credentials(UserName=name)["ServiceSpecificCredentials"]
                },
                "devices": [each["SerialNumber"] for each in iam.list_mfa_devices(UserName=name)["MFADevices"]],
            }
        groups = {
            group["GroupName"]: {
                "attached": sorted(p["PolicyArn"] for p in group.get("AttachedManagedPolicies", [])),
                "inline": {p["PolicyName"]: p["PolicyDocument"] for p in group.get("GroupPolicyList", [])},
            }
            for group in details["GroupDetailList"]
        }
        roles = {
            role["RoleName"]: iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
            for role in iam.list_roles()["Roles"]
        }
        return {
            "roles": roles,
            "passwordPolicy": self.absent(iam.get_account_password_policy, "NoSuchEntity"),
            "users": users,
            "groups": groups,
            "policies": {
                policy["Arn"].split("/")[-1]: {
                    "default": policy["DefaultVersionId"],
                    "versions": {each["VersionId"]: each["Document"] for each in policy["PolicyVersionList"]},
                }
                for policy in details["Policies"]
            },
        }

    def buckets(self):
        s3 = self.client("s3")
        found = {}
        for bucket in s3.list_buckets()["Buckets"]:
            name = bucket["Name"]
            policy = self.absent(lambda: s3.get_bucket_policy(Bucket=name), "NoSuchBucketPolicy")
            found[name] = {
                "policy": policy and json.loads(policy["Policy"]),
                "versioning": self.absent(lambda: s3.get_bucket_versioning(Bucket=name)),
                "block": self.absent(
                    lambda: s3.get_public_access_block(Bucket=name), "NoSuchPublicAccessBlockConfiguration"
                ),
                "logging": self.absent(lambda: s3.get_bucket_logging(Bucket=name)),
                "encryption": self.absent(
                    lambda: s3.get_bucket_encryption(Bucket=name), "ServerSideEncryptionConfigurationNotFoundError"
                ),
            }
        return found

    def region(self, region):
        trail, kms, ec2 = (self.client(name, region) for name in ["cloudtrail", "kms", "ec2"])
        rules = {}
        for rule in ec2.describe_security_group_rules()["SecurityGroupRules"]:
            # A rule that is made again has another id.
            rules.setdefault(rule["GroupId"], []).append(
                {key: value for key, value in rule.items() if key not in ["SecurityGroupRuleId", "SecurityGroupRuleArn"]}
            )
        return {
            "trails": {
                each["Name"]: {
                    **each,
                    "isLogging": trail.get_trail_status(Name=each["TrailARN"])["IsLogging"],
                    "selectors": {
                        form: trail.get_event_selectors(TrailName=each["TrailARN"]).get(form)
                        for form in ["EventSelectors", "AdvancedEventSelectors"]
                    },
                }
                for each in trail.describe_trails(includeShadowTrails=False)["trailList"]
            },
            "keys": {
                key["KeyId"]: {
                    "rotation": self.absent(lambda: kms.get_key_rotation_status(KeyId=key["KeyId"])),
                    "state": kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"],
                    "policy": json.loads(kms.get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"]),
                }
                for key in kms.list_keys()["Keys"]
            },
            "logGroups": [each["logGroupName"] for each in self.client("logs", region).describe_log_groups()["logGroups"]],
            "rules": {group: sorted(found, key=lambda r: json.dumps(r, default=str)) for group, found in rules.items()},
            "flowLogs": sorted(
                [
                    {key: value for key, value in each.items() if key not in ["FlowLogId", "CreationTime"]}
                    for each in ec2.describe_flow_logs()["FlowLogs"]
                ],
                key=lambda f: json.dumps(f, default=str),
            ),
        }


def problems(language, text):
    if language == "cloudformation":
        from cfnlint.api import lint_all

        return [f"{match.rule.id} {match.message} ({match.path})" for match in lint_all(text) if match.rule.id[0] == "E"]
    try:
        import hcl2
    except ImportError:  # an environment that was made before it was required
        return []
    try:
        return [] if hcl2.loads(text)["resource"] else ["no resource"]
    except Exception as problem:  # the parser's errors are no common class
        return [f"{type(problem).__name__}: {problem}"]


def main():
    parser = argparse.ArgumentParser(description="Print the state that fixes change, as boto3 reads it.")
    parser.add_argument("--endpoint-url", required=True)
    reader = Reader(parser.parse_args().endpoint_url)
    for line in sys.stdin:
        try:
            question = {} if line.strip() == "state" else json.loads(line)
            if "language" in question:
                answer = {"problems": problems(**question)}
            else:
                answer = reader.call(**question) if question else reader.state()
        except Exception as problem:  # the other end must see it instead of waiting
            answer = {"error": f"{type(problem).__name__}: {problem}"}
        print(json.dumps(answer, sort_keys=True, default=str), flush=True)


if __name__ == "__main__":
    main()
