#!/usr/bin/env python3
"""Fills a moto server with a large account, to see how a scan behaves there: time, memory, number of API calls.

    python scale-account.py --endpoint-url http://127.0.0.1:5000 [--buckets 500] [--users 1000] [--groups 300]

Every user has two access keys and sits in a group; every security group has two rules, and each tenth group opens SSH
to the world. One trail covers all regions, so that the checks on trails have something to read.
"""

import argparse
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

HOME = "us-east-1"
TRAIL_BUCKET = "scale-trail"
THREADS = 8


class Seeder:
    def __init__(self, endpoint):
        config = Config(
            s3={"addressing_style": "path"}, max_pool_connections=THREADS, retries={"total_max_attempts": 2}
        )
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        session = boto3.Session(region_name=HOME, **keys)
        self.clients = {
            name: session.client(name, endpoint_url=endpoint, config=config)
            for name in ["s3", "iam", "ec2", "cloudtrail"]
        }

    def trail(self):
        self.clients["s3"].create_bucket(Bucket=TRAIL_BUCKET)
        self.clients["cloudtrail"].create_trail(
            Name="scale", S3BucketName=TRAIL_BUCKET, IsMultiRegionTrail=True, EnableLogFileValidation=True
        )
        self.clients["cloudtrail"].start_logging(Name="scale")

    def bucket(self, number):
        self.clients["s3"].create_bucket(Bucket=f"scale-bucket-{number:04}")

    def teams(self):
        statement = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::scale-bucket-0000/*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        for number in range(10):
            name = f"team-{number}"
            self.clients["iam"].create_group(GroupName=name)
            self.clients["iam"].put_group_policy(GroupName=name, PolicyName="read", PolicyDocument=document)

    def user(self, number):
        iam, name = self.clients["iam"], f"user-{number:04}"
        iam.create_user(UserName=name)
        iam.add_user_to_group(GroupName=f"team-{number % 10}", UserName=name)
        iam.create_access_key(UserName=name)
        iam.create_access_key(UserName=name)

    def vpc(self):
        return self.clients["ec2"].create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]

    def group(self, vpc, number):
        ec2, name = self.clients["ec2"], f"group-{number:03}"
        made = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        source = "0.0.0.0/0" if number % 10 == 0 else "10.0.0.0/16"
        permissions = [
            {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]},
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": source}]},
        ]
        ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=permissions)


def main():
    parser = argparse.ArgumentParser(description="Fill a moto server with a large account.")
    parser.add_argument("--endpoint-url", required=True)
    parser.add_argument("--buckets", type=int, default=500)
    parser.add_argument("--users", type=int, default=1000)
    parser.add_argument("--groups", type=int, default=300)
    options = parser.parse_args()

    started = time.monotonic()
    seeder = Seeder(options.endpoint_url.rstrip("/"))
    try:
        seeder.trail()
        seeder.teams()
        vpc = seeder.vpc()
        with ThreadPoolExecutor(THREADS) as pool:
            work = [pool.submit(seeder.bucket, n) for n in range(options.buckets)]
            work += [pool.submit(seeder.user, n) for n in range(options.users)]
            for done in work:
                done.result()
        # One after the other: moto goes through its groups while it makes one.
        for number in range(options.groups):
            seeder.group(vpc, number)
    except (BotoCoreError, ClientError) as problem:
        sys.exit(f"error: the account could not be filled: {problem}")
    took = time.monotonic() - started
    print(
        f"{options.buckets} buckets, {options.users} users with two keys each, {options.groups} security groups in {took:.1f} s"
    )


if __name__ == "__main__":
    main()
