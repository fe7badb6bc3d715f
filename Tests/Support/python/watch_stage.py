#!/usr/bin/env python3
"""Buckets, queues and log objects for tests of `parapet watch`, on a moto server.

    watch_stage.py setup --endpoint-url URL            makes a bucket, a queue and a trail; prints the queue's URL
    watch_stage.py deliver --endpoint-url URL --queue URL --count N [--first K] [--alert-every M]
                                                       puts CloudTrail files into the bucket and announces them
    watch_stage.py act --endpoint-url URL stop-trail | start-trail | open-port | close-port | put-event NAME SOURCE ID | put-access N

Each file has twenty records; every M-th file has one of a stopped trail. Equal numbers give equal files.
"""

import argparse
import gzip
import json
import sys
import urllib.parse
from datetime import datetime, timedelta, timezone

import boto3
from botocore.config import Config

BUCKET = "watch-logs"
ACCOUNT = "123456789012"
REGION = "us-east-1"


def client(service, url):
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"max_attempts": 8}, s3={"addressing_style": "path"}),
    )


def record(name, event, source, when, read_only, **more):
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLE",
            "arn": f"arn:aws:iam::{ACCOUNT}:user/eve",
            "accountId": ACCOUNT,
            "userName": "eve",
        },
        "eventTime": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": source,
        "eventName": name,
        "awsRegion": REGION,
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.17",
        "requestParameters": None,
        "responseElements": None,
        "requestID": f"r-{event}",
        "eventID": event,
        "readOnly": read_only,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
        **more,
    }


def stopped(event, when):
    trail = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/main"
    return record("StopLogging", event, "cloudtrail.amazonaws.com", when, False, requestParameters={"name": trail})


def content(records):
    return gzip.compress(json.dumps({"Records": records}).encode(), 1, mtime=0)


def log_key(number, when):
    return (
        f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/{when:%Y/%m/%d}/"
        f"{ACCOUNT}_CloudTrail_{REGION}_{when:%Y%m%dT%H%MZ}_{number:016x}.json.gz"
    )


def notification(bucket, key, size, etag, number, when):
    return {
        "Records": [
            {
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "awsRegion": REGION,
                "eventTime": when.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
                "eventName": "ObjectCreated:Put",
                "s3": {
                    "bucket": {"name": bucket},
                    "object": {
                        "key": urllib.parse.quote_plus(key, safe="/"),
                        "size": size,
                        "eTag": etag.strip('"'),
                        "sequencer": f"{number:018X}",
                    },
                },
            }
        ]
    }


def put(s3, key, body, bucket=BUCKET):
    return s3.put_object(Bucket=bucket, Key=key, Body=body)["ETag"]


class Stage:
    """A bucket with a queue, and what was delivered."""

    def __init__(self, url):
        self.url = url
        self.s3 = client("s3", url)
        self.sqs = client("sqs", url)

    def setup(self):
        self.s3.create_bucket(Bucket=BUCKET)
        self.queue = self.sqs.create_queue(QueueName="watch")["QueueUrl"]
        client("cloudtrail", self.url).create_trail(Name="main", S3BucketName=BUCKET, IsMultiRegionTrail=True)
        client("cloudtrail", self.url).start_logging(Name="main")
        return self.queue

    def file(self, number, alert_every):
        """A file's key, content and time: a second of today for each number."""
        midnight = datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
        when = midnight + timedelta(seconds=number % 80_000)
        events = [
            record("DescribeInstances", f"e-{number}-{place}", "ec2.amazonaws.com", when, True) for place in range(20)
        ]
        if alert_every and number % alert_every == 0:
            events[10] = stopped(f"stop-{number}", when)
        return log_key(number, when), content(events), when

    def deliver(self, count, first=0, alert_every=10, queue=None, repeat=False):
        """Puts files into the bucket and announces them, ten in a call; each twice if `repeat`."""
        entries = []
        for number in range(first, first + count):
            key, body, _ = self.file(number, alert_every)
            etag = put(self.s3, key, body)
            when = datetime.now(timezone.utc)
            message = json.dumps(notification(BUCKET, key, len(body), etag, number, when))
            for copy in range(2 if repeat and number % 7 == 0 else 1):
                entries.append({"Id": f"{number}-{copy}", "MessageBody": message})
            if len(entries) >= 9 or number == first + count - 1:
                self.sqs.send_message_batch(QueueUrl=queue or self.queue, Entries=entries)
                entries = []

    def send(self, body, queue=None):
        self.sqs.send_message(QueueUrl=queue or self.queue, MessageBody=body)


def act(url, what, words):
    ec2 = client("ec2", url)
    trail = client("cloudtrail", url)
    opening = [
        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
    ]
    if what == "stop-trail":
        trail.stop_logging(Name="main")
    elif what == "start-trail":
        trail.start_logging(Name="main")
    elif what in ("open-port", "close-port"):
        group = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["default"]}])["SecurityGroups"][0]
        call = ec2.authorize_security_group_ingress if what == "open-port" else ec2.revoke_security_group_ingress
        call(GroupId=group["GroupId"], IpPermissions=opening)
    elif what == "put-event":
        stage = Stage(url)
        when = datetime.now(timezone.utc)
        name, source, event = words
        made = record(name, event, source, when, False, requestParameters={"name": "main"})
        key = log_key(int.from_bytes(event.encode()[-6:], "big"), when)
        body = content([made])
        etag = put(stage.s3, key, body)
        queue = stage.sqs.get_queue_url(QueueName="watch")["QueueUrl"]
        stage.send(json.dumps(notification(BUCKET, key, len(body), etag, 1, when)), queue)
    elif what == "put-access":
        stage = Stage(url)
        when = datetime.now(timezone.utc) - timedelta(minutes=2)
        number = int(words[0])
        lines = "".join(
            f"{'a' * 64} trail-logs [{when:%d/%b/%Y:%H:%M:%S} +0000] 203.0.113.{1 + place % 4} - R{number}{place} "
            f'REST.GET.OBJECT k/{place} "GET /k/{place} HTTP/1.1" 200 - 900 900 9 8 "-" "curl/8" - h= - ECDHE - h TLSv1.3 - -\n'
            for place in range(5)
        )
        key = f"access/{when:%Y-%m-%d-%H-%M-%S}-{number:016X}"
        etag = put(stage.s3, key, lines.encode())
        queue = stage.sqs.get_queue_url(QueueName="watch")["QueueUrl"]
        stage.send(json.dumps(notification(BUCKET, key, len(lines), etag, number, when)), queue)
    else:
        sys.exit(f"unknown: {what}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=["setup", "deliver", "act", "send"])
    parser.add_argument("words", nargs="*")
    parser.add_argument("--endpoint-url", required=True)
    parser.add_argument("--queue")
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--alert-every", type=int, default=10)
    parser.add_argument("--repeat", action="store_true")
    options = parser.parse_args()
    stage = Stage(options.endpoint_url)
    if options.verb == "setup":
        print(stage.setup())
    elif options.verb == "deliver":
        stage.deliver(options.count, options.first, options.alert_every, options.queue, options.repeat)
    elif options.verb == "send":
        for word in options.words:
            stage.send(word, options.queue)
    else:
        act(options.endpoint_url, options.words[0], options.words[1:])


if __name__ == "__main__":
    main()
