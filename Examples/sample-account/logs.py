#!/usr/bin/env python3
"""Writes four days of the sample account's logs, in which somebody has found a contractor's old key. README.md tells the story.

The logs end with the last full hour; runs within an hour write the same bytes.
"""

import argparse
import base64
import datetime
import gzip
import hashlib
import json
import pathlib
import random

from account import ACCOUNT, ACCESS_LOG_BUCKET, HOME, TRAIL_BUCKET

DAYS = 4
OFFICE = "203.0.113.24"
INTRUDER = "198.51.100.77"
DICE = random.Random(2017)


def hexadecimal(*parts):
    """Looks like chance, and is the same on each run."""
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()


# ------------------------------------------------------------------------------------------------------- CloudTrail


def user(name, key=None):
    identity = {"type": "IAMUser", "principalId": "AIDA" + hexadecimal(name)[:16].upper(),
                "arn": f"arn:aws:iam::{ACCOUNT}:user/{name}", "accountId": ACCOUNT, "userName": name}
    return identity | ({"accessKeyId": key} if key else {})


def role(name, session):
    identifier = "AROA" + hexadecimal(name)[:16].upper()
    return {"type": "AssumedRole", "principalId": f"{identifier}:{session}", "accountId": ACCOUNT,
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{session}",
            "accessKeyId": "ASIA" + hexadecimal(name, session)[:16].upper(),
            "sessionContext": {"sessionIssuer": {"type": "Role", "principalId": identifier, "userName": name, "accountId": ACCOUNT,
                                                 "arn": f"arn:aws:iam::{ACCOUNT}:role/{name}"}}}


def key(name):
    return "AKIA" + hexadecimal("key", name)[:16].upper()


ROOT = {"type": "Root", "principalId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root", "accountId": ACCOUNT}
ZOE = user("zoe.contractor", key("zoe.contractor"))
BUILDER = role("stack-builder", "AWSCloudFormation")
CI = user("svc-storefront-ci", key("svc-storefront-ci"))


def event(time, identity, service, name, parameters=None, *, address=OFFICE, **more):
    return {"eventVersion": "1.11", "userIdentity": identity, "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "eventSource": f"{service}.amazonaws.com", "eventName": name, "awsRegion": HOME, "sourceIPAddress": address,
            "userAgent": "aws-cli/2.31.3", "requestParameters": parameters, "responseElements": None,
            "requestID": hexadecimal("request", time, name)[:32],
            "eventID": "-".join(hexadecimal(time, name, parameters, identity["arn"])[a:b] for a, b in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32))),
            "readOnly": name.startswith(("Get", "List", "Describe", "Head", "Lookup")), "eventType": "AwsApiCall", "managementEvent": True,
            "recipientAccountId": ACCOUNT, "eventCategory": "Management"} | more


def ingress(port, network):
    return {"groupId": "sg-0b1e5f00d5ea5e1f7", "ipPermissions": {"items": [
        {"ipProtocol": "tcp", "fromPort": port, "toPort": port, "ipRanges": {"items": [{"cidrIp": network}]}}]}}


def sign_in(time, identity, mfa, address=OFFICE):
    return event(time, identity, "signin", "ConsoleLogin", address=address, eventType="AwsConsoleSignIn",
                 responseElements={"ConsoleLogin": "Success"}, additionalEventData={"MFAUsed": mfa, "MobileVersion": "No"})


def ordinary(start, end):
    """What happens every day."""
    people = ["chiara.rossi", "emeka.obi", "hugo.martin", "jun.tanaka", "freya.lund", "victor.dahl"]
    looking = [("ec2", "DescribeInstances"), ("s3", "ListBuckets"), ("logs", "DescribeLogGroups"), ("cloudwatch", "GetMetricData"),
               ("iam", "GetUser"), ("lambda", "ListFunctions"), ("cloudtrail", "DescribeTrails"), ("athena", "GetQueryResults")]
    time = start
    while time < end:
        time += datetime.timedelta(seconds=DICE.randint(20, 120))
        chance = DICE.random()
        if chance < 0.4:
            yield event(time, CI, "cloudfront", "CreateInvalidation", {"distributionId": "E1MARLOWFINCH"}, address="192.0.2.10")
        elif chance < 0.7:
            yield event(time, role("storefront-web", "i-0a1b2c3d4e5f60718"), "sts", "GetCallerIdentity", address="10.10.4.18")
        elif 8 <= time.hour < 18:
            service, name = DICE.choice(looking)
            yield event(time, user(DICE.choice(people)), service, name)
        else:
            yield event(time, role("warehouse-etl", "GlueJobRunnerSession"), "glue", "GetTable", {"name": "orders"}, address="glue.amazonaws.com")


def traps(day):
    """What looks like an attack and is somebody's work, and one attempt that was denied."""
    by_formation = {"address": "cloudformation.amazonaws.com", "userAgent": "cloudformation.amazonaws.com"}
    builder = BUILDER | {"invokedBy": "cloudformation.amazonaws.com"}
    yield sign_in(day.replace(hour=8, minute=4), user("hugo.martin"), "Yes")
    yield event(day.replace(hour=10, minute=20), builder, "ec2", "AuthorizeSecurityGroupIngress", ingress(443, "0.0.0.0/0"), **by_formation)
    yield event(day.replace(hour=11), user("gita.rao", key("gita.rao")), "cloudtrail", "StopLogging", {"name": "company-trail"},
                errorCode="AccessDenied", errorMessage="not authorized to perform cloudtrail:StopLogging with an explicit deny")
    yield event(day.replace(hour=15), user("uma.patel", key("uma.patel")), "iam", "CreateAccessKey", {"userName": "uma.patel"},
                responseElements={"accessKey": {"userName": "uma.patel", "accessKeyId": key("uma.patel/2"), "status": "Active"}})


def intrusion(night):
    """Zoe's key, which nobody has used for months, and what it is good for."""
    trail = f"arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/company-trail"
    calls = [
        ("sts", "GetCallerIdentity", None), ("iam", "ListUsers", None), ("iam", "ListAttachedUserPolicies", {"userName": "zoe.contractor"}),
        ("iam", "CreateAccessKey", {"userName": "quentin.leroy"}),
        ("iam", "AttachUserPolicy", {"userName": "zoe.contractor", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
        ("cloudtrail", "StopLogging", {"name": trail}),
        ("s3", "PutBucketPolicy", {"bucketName": TRAIL_BUCKET, "bucketPolicy": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{TRAIL_BUCKET}/*"}]}}),
        ("ec2", "AuthorizeSecurityGroupIngress", ingress(22, "0.0.0.0/0")),
        ("ec2", "DeleteFlowLogs", {"DeleteFlowLogsRequest": {"FlowLogId": {"tag": 1, "content": "fl-0f1a0c0ffee15bad0"}}}),
        ("cloudtrail", "StartLogging", {"name": trail}),
    ]
    for number, (service, name, parameters) in enumerate(calls):
        answer = None
        if name == "CreateAccessKey":
            answer = {"accessKey": {"userName": "quentin.leroy", "accessKeyId": key("quentin.leroy"), "status": "Active"}}
        yield event(night + datetime.timedelta(minutes=2 * number), ZOE, service, name, parameters, address=INTRUDER,
                    userAgent="Boto3/1.34.0", responseElements=answer)
    yield sign_in(night + datetime.timedelta(minutes=31), ROOT, "No", INTRUDER)


def write_trail(folder, events):
    """As CloudTrail delivers: a file for some time, in folders by day."""
    files = {}
    for record in sorted(events, key=lambda record: record["eventTime"]):
        files.setdefault(record["eventTime"][:13], []).append(record)
    for hour, records in files.items():
        day, of_day = hour.split("T")
        name = f"{ACCOUNT}_CloudTrail_{HOME}_{day.replace('-', '')}T{of_day}55Z_{hexadecimal(hour)[:16]}.json.gz"
        write(folder / "AWSLogs" / ACCOUNT / "CloudTrail" / HOME / day.replace("-", "/") / name, json.dumps({"Records": records}))


# ------------------------------------------------------------------------------------- access logs of the trail's bucket


def access(time, address, requester, operation, path, status, sent, agent, query=""):
    method = "GET" if "GET" in operation else "HEAD" if "HEAD" in operation else "PUT"
    error = "AccessDenied" if status == 403 else "-"
    secure = "SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader" if requester != "-" else "- ECDHE-RSA-AES128-GCM-SHA256 -"
    return (f"{hexadecimal('owner')} {TRAIL_BUCKET} [{time:%d/%b/%Y:%H:%M:%S +0000}] {address} {requester} {hexadecimal(time, path)[:16].upper()} "
            f'{operation} {path or "-"} "{method} /{path}{query} HTTP/1.1" {status} {error} {sent or "-"} {sent or "-"} 22 20 "-" "{agent}" - '
            f'{base64.b64encode(hexadecimal("host", time, path).encode()[:42]).decode()} {secure} {TRAIL_BUCKET}.s3.amazonaws.com TLSv1.3 - -')


def access_lines(start, night, end):
    prefix = f"AWSLogs/{ACCOUNT}/CloudTrail/{HOME}/"
    reader = f"arn:aws:sts::{ACCOUNT}:assumed-role/trail-watcher/watch-trail"
    time = start
    while time < end:
        time += datetime.timedelta(minutes=5)
        path = f"{prefix}{time:%Y/%m/%d}/{hexadecimal('object', time)[:12]}.json.gz"
        yield access(time, "10.10.8.40", reader, "REST.GET.OBJECT", path, 200, 40_000 + time.minute * 211, "aws-sdk-go-v2/1.30")
        if time.minute == 15 and time.hour % 6 == 1:  # an old dashboard that nobody has given the right to
            yield access(time, OFFICE, f"arn:aws:iam::{ACCOUNT}:user/sam.okafor", "REST.GET.BUCKET", "", 403, 243, "aws-sdk-java/1.11")
    zoe = f"arn:aws:iam::{ACCOUNT}:user/zoe.contractor"
    for number in range(180):  # guessing at first, and, once the policy is changed, without credentials
        path = f"{prefix}{start + datetime.timedelta(hours=number // 3):%Y/%m/%d}/{number:04}.json.gz"
        refused = number < 140
        yield access(night + datetime.timedelta(seconds=5 * number), INTRUDER, zoe if refused else "-", "REST.GET.OBJECT", path,
                     403 if refused else 200, 243 if refused else 61_000, "python-requests/2.32")


# ---------------------------------------------------------------------------------------------------- VPC flow logs


def flow_lines(start, night, end):
    """Minutes of three servers: customers by day, a backup every night, and one night a transfer that nobody ordered."""
    web, database, batch = "10.10.4.18", "10.10.6.11", "10.20.3.9"
    names = {web: "eni-0aa0000000000web1", database: "eni-0aa0000000000dat1", batch: "eni-0aa0000000000bat1"}

    def line(server, peer, ports, size, at, outgoing, action="ACCEPT"):
        ends = (server, peer) if outgoing else (peer, server)
        return (f"2 {ACCOUNT} {names[server]} {ends[0]} {ends[1]} {ports[0]} {ports[1]} 6 {max(1, size // 900)} {size} "
                f"{int(at.timestamp())} {int(at.timestamp()) + 58} {action} OK")

    time = start
    while time < end:
        busy = 1 if 7 <= time.hour < 23 else 0.2
        for _ in range(DICE.randint(1, 4)):
            customer = f"192.0.2.{DICE.randint(20, 120)}"
            port, size = DICE.randint(32_768, 60_999), int(DICE.lognormvariate(9, 1) * busy) + 400
            yield line(web, customer, (port, 443), size // 8 + 200, time, False)
            yield line(web, customer, (443, port), size, time, True)
        port, size = DICE.randint(32_768, 60_999), int(DICE.lognormvariate(10, 0.5) * busy) + 600
        yield line(database, web, (port, 5432), size // 5 + 200, time, False)
        yield line(database, web, (5432, port), size, time, True)
        if time.hour == 3 and time.minute < 20:  # the backup, as every night
            yield line(database, batch, (5432, 40_000), int(DICE.gauss(8e7, 4e6)), time, True)
        if time.minute % 10 == 0:  # somebody always knocks
            yield line(web, f"198.51.100.{DICE.randint(100, 250)}", (DICE.randint(1024, 65_535), 8080), 40, time, False, "REJECT")
        if night <= time < night + datetime.timedelta(minutes=25):
            yield line(database, INTRUDER, (41_022, 443), int(DICE.gauss(9e7, 5e6)), time, True)
        time += datetime.timedelta(minutes=1)
    for number in range(400):  # before it, a look around from the server that was opened
        at = night - datetime.timedelta(minutes=12) + datetime.timedelta(seconds=number)
        yield line(batch, web, (DICE.randint(32_768, 60_999), 1 + number * 7), 44, at, True, "REJECT")


# ------------------------------------------------------------------------------------------------------------ writing


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def write_lines(folder, name, header, lines):
    days = {}
    for time, line in lines:
        days.setdefault(time, []).append(line)
    for day, of_day in sorted(days.items()):
        write(folder / f"{name}-{day}.log.gz", "\n".join(([header] if header else []) + of_day) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, help="where to: DIR/cloudtrail, DIR/access and DIR/flows")
    parser.add_argument("--end", help="when the logs end, in ISO 8601 with the zone; the default is the last full hour")
    options = parser.parse_args()
    folder = options.folder
    end = datetime.datetime.fromisoformat(options.end) if options.end else datetime.datetime.now(datetime.timezone.utc)
    end = end.astimezone(datetime.timezone.utc).replace(minute=0, second=0, microsecond=0)
    start = end - datetime.timedelta(days=DAYS)
    night = (end - datetime.timedelta(days=1)).replace(hour=2, minute=13)

    events = list(ordinary(start, end))
    for number in range(DAYS):
        events += traps((start + datetime.timedelta(days=number)).replace(hour=0))
    events += intrusion(night)
    events = [record for record in events if record["eventTime"] < end.strftime("%Y-%m-%dT%H:%M:%SZ")]
    write_trail(folder / "cloudtrail", events)

    by_day = lambda line: datetime.datetime.strptime(line.split("[")[1][:11], "%d/%b/%Y").strftime("%Y-%m-%d")  # noqa: E731
    write_lines(folder / "access", ACCESS_LOG_BUCKET, None, ((by_day(line), line) for line in access_lines(start, night, end)))
    columns = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
    flows = ((datetime.datetime.fromtimestamp(int(line.split()[10]), datetime.timezone.utc).strftime("%Y-%m-%d"), line) for line in flow_lines(start, night, end))
    write_lines(folder / "flows", "vpc-production", columns, flows)
    print(f"{len(events):,} events of CloudTrail, and the access and flow logs of the same {DAYS} days, are in {folder}")


if __name__ == "__main__":
    main()
