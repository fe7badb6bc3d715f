"""Plays AWS for one large account: `replay.py [--things 5000] [--regions 20] [--delay 0.1]`.

Every answer comes after the delay, however many are asked for at once. It prints `READY <port>` once it accepts
connections. When its standard input closes it prints how many requests came for each service, and the most in one second
of one region, and ends.
"""

import argparse
import asyncio
import base64
import collections
import json
import re
import sys
import time
from urllib.parse import parse_qs, urlsplit

ACCOUNT = "123456789012"
REGIONS = """us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1 eu-west-1 eu-west-2 eu-west-3 eu-central-1 eu-north-1
eu-south-1 ap-south-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-southeast-1 ap-southeast-2 me-south-1
af-south-1""".split()
MADE = "2025-01-01T00:00:00+00:00"
S3 = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
TRAIL_BUCKET = "bucket-00000"


def xml(root, content, namespace=""):
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {namespace}>{content}</{root}>'


def query(action, content):
    return xml(f"{action}Response", f"<{action}Result>{content}</{action}Result>")


def members(elements, name="member"):
    return "".join(f"<{name}>{element}</{name}>" for element in elements)


class Account:
    def __init__(self, things, regions):
        self.regions = REGIONS[:regions]
        self.things = range(things)
        rows = [
            "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"
            "password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
            "access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
            "access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
            "cert_1_last_rotated,cert_2_active,cert_2_last_rotated"
        ]
        keys = f"true,{MADE},{MADE},us-east-1,s3,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"
        rows.append(f"<root_account>,arn:aws:iam::{ACCOUNT}:root,{MADE},not_supported,{MADE},not_supported,not_supported,"
                    "true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A")  # fmt: skip
        rows += [
            f"user-{n:05},arn:aws:iam::{ACCOUNT}:user/user-{n:05},{MADE},true,{MADE},{MADE},N/A,true,{keys}"
            for n in self.things
        ]
        self.report = base64.b64encode("\n".join(rows).encode()).decode()

    def of_region(self, region):
        return self.things[self.regions.index(region) :: len(self.regions)] if region in self.regions else []

    # Amazon S3

    def s3(self, path, parameters, region):
        if path.startswith("/v20180820"):
            return 200, xml("PublicAccessBlockConfiguration", "".join(
                f"<{name}>true</{name}>"
                for name in ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]), S3)  # fmt: skip
        if path == "/":
            buckets = (
                f"<Bucket><Name>bucket-{n:05}</Name><CreationDate>2025-01-01T00:00:00.000Z</CreationDate>"
                f"<BucketRegion>{self.regions[n % len(self.regions)]}</BucketRegion></Bucket>" for n in self.things
            )  # fmt: skip
            return 200, xml("ListAllMyBucketsResult", f"<Buckets>{''.join(buckets)}</Buckets>", S3)
        bucket = path.strip("/")
        match next(iter(parameters)):
            case "location":
                return 200, xml("LocationConstraint", "" if region == "us-east-1" else region, S3)
            case "policy":
                return 200, self.bucket_policy(bucket)
            case "versioning":
                return 200, xml("VersioningConfiguration", "<Status>Enabled</Status>", S3)
            case "logging":
                return 200, xml("BucketLoggingStatus", "", S3)
            case "requestPayment":
                return 200, xml("RequestPaymentConfiguration", "<Payer>BucketOwner</Payer>", S3)
            case "acl":
                return 200, xml("AccessControlPolicy", "<AccessControlList></AccessControlList>", S3)
            case "encryption":
                rule = "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>"
                return 200, xml("ServerSideEncryptionConfiguration", f"<Rule>{rule}</Rule>", S3)
            case "object-lock":
                return 404, xml("Error", "<Code>ObjectLockConfigurationNotFoundError</Code>")
            case "publicAccessBlock":
                return 404, xml("Error", "<Code>NoSuchPublicAccessBlockConfiguration</Code>")
        return 404, xml("Error", "<Code>NoSuchKey</Code>")

    def bucket_policy(self, bucket):
        arn = f"arn:aws:s3:::{bucket}"
        statements = [
            {"Sid": "TLS", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [arn, arn + "/*"],
             "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        ]  # fmt: skip
        if bucket == TRAIL_BUCKET:
            service = {"Service": "cloudtrail.amazonaws.com"}
            source = {"StringEquals": {"aws:SourceArn": f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/main"}}
            statements += [
                {"Effect": "Allow", "Principal": service, "Action": "s3:GetBucketAcl", "Resource": arn, "Condition": source},
                {"Effect": "Allow", "Principal": service, "Action": "s3:PutObject", "Condition": source,
                 "Resource": f"{arn}/AWSLogs/{ACCOUNT}/*"},
            ]  # fmt: skip
        return json.dumps({"Version": "2012-10-17", "Statement": statements})

    # Query protocols

    def iam(self, action, form, _):
        match action:
            case "GenerateCredentialReport":
                content = "<State>COMPLETE</State>"
            case "GetCredentialReport":
                content = (f"<Content>{self.report}</Content><ReportFormat>text/csv</ReportFormat>"
                           f"<GeneratedTime>{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}</GeneratedTime>")  # fmt: skip
            case "GetAccountAuthorizationDetails":
                first = int(form.get("Marker", ["0"])[0])
                last = min(first + 1000, len(self.things))
                content = f"<UserDetailList>{members(map(self.user, self.things[first:last]))}</UserDetailList>"
                if first == 0:
                    content += f"<GroupDetailList>{members([self.group()])}</GroupDetailList>"
                content += "<RoleDetailList/><Policies/>"
                content += f"<IsTruncated>{str(last < len(self.things)).lower()}</IsTruncated>"
                if last < len(self.things):
                    content += f"<Marker>{last}</Marker>"
            case "ListAccessKeys":
                user = form["UserName"][0]
                key = f"<UserName>{user}</UserName><AccessKeyId>AKIA{user[-5:]}</AccessKeyId><Status>Active</Status><CreateDate>{MADE}</CreateDate>"
                content = f"<AccessKeyMetadata>{members([key])}</AccessKeyMetadata><IsTruncated>false</IsTruncated>"
            case "GetAccountSummary":
                entries = {"AccountMFAEnabled": 1, "AccountAccessKeysPresent": 0, "AccountPasswordPresent": 1}
                content = "".join(f"<entry><key>{k}</key><value>{v}</value></entry>" for k, v in entries.items())
                content = f"<SummaryMap>{content}</SummaryMap>"
            case "GetAccountPasswordPolicy":
                content = ("<PasswordPolicy><MinimumPasswordLength>14</MinimumPasswordLength><RequireSymbols>true</RequireSymbols>"
                           "<RequireNumbers>true</RequireNumbers><AllowUsersToChangePassword>true</AllowUsersToChangePassword>"
                           "<RequireUppercaseCharacters>true</RequireUppercaseCharacters><ExpirePasswords>false</ExpirePasswords>"
                           "<RequireLowercaseCharacters>true</RequireLowercaseCharacters></PasswordPolicy>")  # fmt: skip
            case _:
                content = "<VirtualMFADevices/><IsTruncated>false</IsTruncated>"
        return query(action, content)

    def user(self, n):
        return (f"<Path>/</Path><UserName>user-{n:05}</UserName><UserId>AIDA{n:05}</UserId>"
                f"<Arn>arn:aws:iam::{ACCOUNT}:user/user-{n:05}</Arn><CreateDate>2025-01-01T00:00:00Z</CreateDate>"
                "<UserPolicyList/><GroupList><member>staff</member></GroupList><AttachedManagedPolicies/>")  # fmt: skip

    def group(self):
        document = json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket-00001/*"}]})  # fmt: skip
        return (f"<Path>/</Path><GroupName>staff</GroupName><Arn>arn:aws:iam::{ACCOUNT}:group/staff</Arn><GroupPolicyList>"
                f"<member><PolicyName>read</PolicyName><PolicyDocument>{document.replace('&', '&amp;')}</PolicyDocument></member>"
                "</GroupPolicyList><AttachedManagedPolicies/>")  # fmt: skip

    def ec2(self, action, _, region):
        match action:
            case "DescribeRegions":
                items = (f"<regionName>{name}</regionName><optInStatus>opt-in-not-required</optInStatus>" for name in self.regions)
                return xml("DescribeRegionsResponse", f"<regionInfo>{members(items, 'item')}</regionInfo>")
            case "DescribeVpcs":
                return xml("DescribeVpcsResponse", f"<vpcSet><item><vpcId>vpc-1</vpcId><ownerId>{ACCOUNT}</ownerId></item></vpcSet>")
            case "DescribeSecurityGroups":
                items = (f"<ownerId>{ACCOUNT}</ownerId><groupId>sg-{n:017x}</groupId><groupName>group-{n}</groupName><vpcId>vpc-1</vpcId>"
                         for n in self.of_region(region))  # fmt: skip
                return xml("DescribeSecurityGroupsResponse", f"<securityGroupInfo>{members(items, 'item')}</securityGroupInfo>")
            case "DescribeSecurityGroupRules":
                items = (rule for n in self.of_region(region) for rule in self.rules(n))
                return xml("DescribeSecurityGroupRulesResponse", f"<securityGroupRuleSet>{members(items, 'item')}</securityGroupRuleSet>")
        names = {"DescribeFlowLogs": "flowLogSet", "DescribeNetworkAcls": "networkAclSet", "DescribeInstances": "reservationSet",
                 "DescribeNetworkInterfaces": "networkInterfaceSet"}  # fmt: skip
        return xml(f"{action}Response", f"<{names.get(action, 'set')}/>")

    def rules(self, n):
        source = "0.0.0.0/0" if n % 10 == 0 else f"10.{n % 250}.0.0/16"
        for index, (port, cidr) in enumerate([(22, source), (443, "0.0.0.0/0")]):
            yield (f"<securityGroupRuleId>sgr-{n:08x}{index}</securityGroupRuleId><groupId>sg-{n:017x}</groupId>"
                   f"<isEgress>false</isEgress><ipProtocol>tcp</ipProtocol><fromPort>{port}</fromPort><toPort>{port}</toPort>"
                   f"<cidrIpv4>{cidr}</cidrIpv4>")  # fmt: skip

    def sts(self, action, _form, _region):
        return query(action, f"<UserId>AIDA1</UserId><Account>{ACCOUNT}</Account><Arn>arn:aws:iam::{ACCOUNT}:user/auditor</Arn>")

    def rds(self, action, _form, _region):
        return query(action, "<DBInstances/>")

    def cloudformation(self, action, _form, _region):
        return query(action, "<Stacks/>")

    # JSON protocols

    def json(self, operation):
        arn = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/main"
        trail = {"Name": "main", "TrailARN": arn, "S3BucketName": TRAIL_BUCKET, "HomeRegion": "us-east-1", "IsMultiRegionTrail": True,
                 "IncludeGlobalServiceEvents": True, "LogFileValidationEnabled": True, "IsOrganizationTrail": False}  # fmt: skip
        return {
            "DescribeTrails": {"trailList": [trail]},
            "GetTrailStatus": {"IsLogging": True, "LatestDeliveryTime": int(time.time()) - 300, "LatestDigestDeliveryTime": int(time.time()) - 300},
            "GetEventSelectors": {"TrailARN": arn, "EventSelectors": [
                {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": [], "ExcludeManagementEventSources": []}]},
            "ListKeys": {"Keys": [], "Truncated": False},
            "DescribeLogGroups": {"logGroups": []},
            "ListProjects": {"projects": []},
        }.get(operation)  # fmt: skip


class Server:
    def __init__(self, account, delay):
        self.account = account
        self.delay = delay
        self.counts = collections.Counter()
        self.seconds = collections.Counter()

    async def serve(self, reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, *rest = head.decode("latin-1").split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in rest)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                status, content = self.answer(line.split(" ")[1], headers, body.decode())
                await asyncio.sleep(self.delay)
                content = content.encode()
                kind = "application/x-amz-json-1.1" if "x-amz-target" in headers else "text/xml"
                writer.write(f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def answer(self, target, headers, body):
        _, _, region, service, _ = re.search(r"Credential=([^,]+)", headers["authorization"]).group(1).split("/")
        self.counts[service] += 1
        self.seconds[service, region, int(time.monotonic())] += 1
        url = urlsplit(target)
        if "x-amz-target" in headers:
            answer = self.account.json(headers["x-amz-target"].split(".")[-1])
            if answer is None:
                return 400, json.dumps({"__type": "AWSOrganizationsNotInUseException", "message": "no organization"})
            return 200, json.dumps(answer)
        if service == "s3":
            return self.account.s3(url.path, parse_qs(url.query, keep_blank_values=True), region)
        if service == "lambda":
            return 200, json.dumps({"Functions": []})
        form = parse_qs(body)
        return 200, getattr(self.account, service)(form["Action"][0], form, region)

    def print_counts(self):
        for service, count in self.counts.most_common():
            most = max(number for (name, _, _), number in self.seconds.items() if name == service)
            print(f"{service:16} {count:7} requests, at most {most:4} in a second of one region", flush=True)


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--things", type=int, default=5000, help="how many buckets, users and security groups there are")
    parser.add_argument("--regions", type=int, default=len(REGIONS))
    parser.add_argument("--delay", type=float, default=0.1, help="of each answer, in seconds")
    options = parser.parse_args()
    server = Server(Account(options.things, options.regions), options.delay)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, limit=1 << 20, backlog=4096)
    print("READY", listening.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.print_counts()


asyncio.run(main())
