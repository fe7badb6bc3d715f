#!/usr/bin/env python3
"""Buckets, queues and log objects for tests of `parapet watch`, on a moto server.

    watch_stage.py setup --endpoint-url URL            makes a bucket, a queue and a trail; prints the queue's URL
    watch_stage.py deliver --endpoint-url URL --queue URL --count N [--first K] [--alert-every M]
                                                       puts CloudTrail files into the bucket and announces them
    watch_stage.py act --endpoint-url URL WHAT         stop-trail | start-trail | open-port | close-port | make-user | attack | set-versioning |
                                                       put-event NAME SOURCE ID [BUCKET] | put-quiet-event ID [DAYS] | put-access N | put-digests |
                                                       put-flows history | put-flows exfiltration | chain-topics RAW | put-message ID | deliver-two |
                                                       hide-object | put-damaged | put-mixed

Each file has twenty records; every M-th file has one of a stopped trail. Equal numbers give equal files.
"""

import argparse
import base64
import gzip
import hashlib
import json
import sys
import time
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone

import boto3
from botocore.config import Config
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

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


def put(s3, key, body, bucket=BUCKET, **more):
    return s3.put_object(Bucket=bucket, Key=key, Body=body, **more)["ETag"]


def put_digests(stage, url):
    """Three digests of the last hours, signed and chained; the second is changed after it was signed."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    told = {"publicKeys": [{"Fingerprint": "1a2b3c4d", "Value": base64.b64encode(public).decode()}]}
    request = urllib.request.Request(f"{url}/parapet/history", json.dumps(told).encode(), method="POST")
    urllib.request.urlopen(request).read()
    client("cloudtrail", url).update_trail(Name="main", EnableLogFileValidation=True)
    hour = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0)
    link = {}
    for number in range(3):
        end = hour - timedelta(hours=2 - number)
        place = (
            f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/{REGION}/{end:%Y/%m/%d}/"
            f"{ACCOUNT}_CloudTrail-Digest_{REGION}_main_{REGION}_{end:%Y%m%dT%H%M%SZ}.json.gz"
        )
        digest = {
            "awsAccountId": ACCOUNT,
            "digestStartTime": f"{end - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}",
            "digestEndTime": f"{end:%Y-%m-%dT%H:%M:%SZ}",
            "digestS3Bucket": BUCKET,
            "digestS3Object": place,
            "digestPublicKeyFingerprint": "1a2b3c4d",
            "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": None,
            "oldestEventTime": None,
            "previousDigestS3Bucket": link.get("bucket"),
            "previousDigestS3Object": link.get("key"),
            "previousDigestHashValue": link.get("hash"),
            "previousDigestHashAlgorithm": link and "SHA-256" or None,
            "previousDigestSignature": link.get("signature"),
            "logFiles": [],
        }
        body = json.dumps(digest).encode()
        digested = hashlib.sha256(body).hexdigest()
        signed = f"{digest['digestEndTime']}\n{BUCKET}/{place}\n{digested}\n{link.get('signature') or 'null'}"
        signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()).hex()
        link = {"bucket": BUCKET, "key": place, "hash": digested, "signature": signature}
        if number == 1:
            body = body.replace(b'"logFiles": []', b'"logFiles": [] ')
        metadata = {"signature": signature, "signature-algorithm": "SHA256withRSA"}
        stage.announce(place, gzip.compress(body, mtime=0), number, Metadata=metadata)


def put_flows(stage, what):
    """Thirty hours of one interface that sends a little to one peer; or its last hour, with six gigabytes to another."""
    hour = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0)

    def line(start, peer, packets, size):
        start = int(start.timestamp())
        return f"2 {ACCOUNT} eni-0a1b2c3d 10.0.0.5 {peer} 40000 443 6 {packets} {size} {start} {start + 300} ACCEPT OK\n"

    text = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n"
    if what == "history":
        for place in range(30 * 12):
            start = hour - timedelta(hours=31) + timedelta(minutes=5 * place)
            text += line(start, "198.51.100.20", 2_000, 2_000_000 + 10_000 * (place % 7))
    else:
        for place in range(12):
            start = hour - timedelta(hours=1) + timedelta(minutes=5 * place)
            text += line(start, "198.51.100.20", 2_000, 2_000_000)
            text += line(start, "203.0.113.66", 400_000, 600_000_000)
    key = f"AWSLogs/{ACCOUNT}/vpcflowlogs/{REGION}/{hour:%Y/%m/%d}/{ACCOUNT}_vpcflowlogs_{REGION}_fl-1_{hour:%Y%m%dT%H%MZ}_{what}.log.gz"
    stage.announce(key, gzip.compress(text.encode(), mtime=0), 1)


class Stage:
    """A bucket with a queue, and what was delivered."""

    # In each file.
    records = 20

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
            record("DescribeInstances", f"e-{number}-{place}", "ec2.amazonaws.com", when, True) for place in range(self.records)
        ]
        if alert_every and number % alert_every == 0:
            events[self.records // 2] = stopped(f"stop-{number}", when)
        return log_key(number, when), content(events), when

    def deliver(self, count, first=0, alert_every=10, queue=None, repeat=False):
        """Puts files into the bucket and announces them, ten in a call; each twice if `repeat`."""
        entries = []
        for number in range(first, first + count):
            key, body, _ = self.file(number, alert_every)
            etag = self.put(key, body)
            when = datetime.now(timezone.utc)
            message = json.dumps(notification(BUCKET, key, len(body), etag, number, when))
            for copy in range(2 if repeat and number % 7 == 0 else 1):
                entries.append({"Id": f"{number}-{copy}", "MessageBody": message})
            if len(entries) >= 9 or number == first + count - 1:
                self.send_batch(entries, queue or self.queue)
                entries = []

    def put(self, key, body):
        return put(self.s3, key, body)

    def send_batch(self, entries, queue):
        self.sqs.send_message_batch(QueueUrl=queue, Entries=entries)

    def send(self, body, queue=None):
        self.sqs.send_message(QueueUrl=queue or self.queue, MessageBody=body)

    def announce(self, key, body, number, **more):
        """Puts an object and announces it in the stage's queue."""
        when = datetime.now(timezone.utc)
        etag = put(self.s3, key, body, **more)
        queue = self.sqs.get_queue_url(QueueName="watch")["QueueUrl"]
        self.send(json.dumps(notification(BUCKET, key, len(body), etag, number, when)), queue)


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
    elif what == "make-user":
        client("iam", url).create_user(UserName="eve")
    elif what == "attack":
        client("iam", url).attach_user_policy(UserName="eve", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
        for words in [
            ["stop-trail"],
            ["open-port"],
            ["put-event", "StopLogging", "cloudtrail.amazonaws.com", "stop-1"],
            ["put-event", "AuthorizeSecurityGroupIngress", "ec2.amazonaws.com", "port-1"],
            ["put-event", "AttachUserPolicy", "iam.amazonaws.com", "user-1"],
            ["put-digests"],
            ["put-flows", "history"],
            ["put-flows", "exfiltration"],
        ]:
            act(url, words[0], words[1:])
    elif what == "set-versioning":
        for name in words:
            if name != BUCKET:
                Stage(url).s3.create_bucket(Bucket=name)
            Stage(url).s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    elif what == "put-event":
        stage = Stage(url)
        when = datetime.now(timezone.utc)
        name, source, event, *buckets = words
        asked = {"bucketName": buckets[0]} if buckets else {"name": "main"}
        made = record(name, event, source, when, False, requestParameters=asked)
        stage.announce(log_key(int.from_bytes(event.encode()[-6:], "big"), when), content([made]), 1)
    elif what == "put-quiet-event":
        # Delivered late, and not announced: its key is before all of today's.
        stage = Stage(url)
        days = int(words[1]) if len(words) > 1 else 0
        today = datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
        when = today - timedelta(days=days, minutes=5)
        put(stage.s3, log_key(0, when), content([stopped(words[0], when)]))
    elif what == "chain-topics":
        # The bucket tells a topic, and the topic the queue: in its envelope, or raw.
        sns = client("sns", url)
        topic = sns.create_topic(Name=f"raw-{words[0]}")["TopicArn"]
        sns.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:watch",
            Attributes={"RawMessageDelivery": words[0]},
        )
        Stage(url).s3.put_bucket_notification_configuration(
            Bucket=BUCKET,
            NotificationConfiguration={"TopicConfigurations": [{"TopicArn": topic, "Events": ["s3:ObjectCreated:*"]}]},
        )
    elif what == "put-message":
        # As EventBridge passes a record on, and again in an object.
        stage = Stage(url)
        stage.queue = stage.sqs.get_queue_url(QueueName="watch")["QueueUrl"]
        when = datetime.now(timezone.utc)
        made = stopped(words[0], when)
        envelope = {"version": "0", "source": "aws.cloudtrail", "detail-type": "AWS API Call via CloudTrail", "detail": made}
        stage.send(json.dumps(envelope))
        stage.announce(log_key(7, when), content([made]), 7)
    elif what == "deliver-two":
        # One by one, with time to begin the first one's message.
        stage = Stage(url)
        stage.queue = stage.sqs.get_queue_url(QueueName="watch")["QueueUrl"]
        stage.deliver(1)
        time.sleep(3)
        stage.deliver(1, 10)
    elif what == "put-digests":
        put_digests(Stage(url), url)
    elif what == "put-flows":
        put_flows(Stage(url), words[0])
    elif what == "hide-object":
        s3 = client("s3", url)
        for found in s3.list_objects_v2(Bucket=BUCKET)["Contents"]:
            s3.delete_object(Bucket=BUCKET, Key=found["Key"])
    elif what == "put-damaged":
        # Files that are no gzip, or end early; and one message of a good file beside a record that names no file.
        stage = Stage(url)
        when = datetime.now(timezone.utc)
        stage.queue = stage.sqs.get_queue_url(QueueName="watch")["QueueUrl"]
        whole = content([stopped("stop-damaged", when)] * 50)
        for number, body in enumerate([b"\x1f\x8b\x08garbage", whole[: len(whole) // 2]]):
            key = log_key(900 + number, when)
            etag = put(stage.s3, key, body)
            stage.send(json.dumps(notification(BUCKET, key, len(body), etag, number, when)))
    elif what == "put-mixed":
        stage = Stage(url)
        key, body, when = stage.file(0, 1)
        etag = put(stage.s3, key, body)
        stage.queue = stage.sqs.get_queue_url(QueueName="watch")["QueueUrl"]
        message = notification(BUCKET, key, len(body), etag, 1, when)
        message["Records"].insert(0, {"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": {}})
        stage.send(json.dumps(message))
    elif what == "put-access":
        stage = Stage(url)
        when = datetime.now(timezone.utc) - timedelta(minutes=2)
        number = int(words[0])
        lines = "".join(
            f"{'a' * 64} trail-logs [{when:%d/%b/%Y:%H:%M:%S} +0000] 203.0.113.{1 + place % 4} - R{number}{place} "
            f'REST.GET.OBJECT k/{place} "GET /k/{place} HTTP/1.1" 200 - 900 900 9 8 "-" "curl/8" - h= - ECDHE - h TLSv1.3 - -\n'
            for place in range(5)
        )
        stage.announce(f"access/{when:%Y-%m-%d-%H-%M-%S}-{number:016X}", lines.encode(), number)
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
