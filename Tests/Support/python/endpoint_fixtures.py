#!/usr/bin/env python3
"""Writes the endpoints that botocore's rules give, for Parapet's resolver to compare.

    python endpoint_fixtures.py [--output ../../AWSClientTests/Fixtures/endpoints.json] [--check]

Asks botocore's own rule sets and partition table (no network, no credentials) for every service that Parapet uses, over regions
of all partitions, with and without FIPS and dual-stack; `--check` writes nothing and fails if the file would differ. Each case holds
what was asked and either `url`, `signingRegion` and `signingName`, or `error` with botocore's words. `buckets` holds how S3 bucket
names are addressed: the URL and the region.
"""

import argparse
import itertools
import json
import pathlib
import sys

import botocore
import botocore.loaders
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError

FIXTURES = pathlib.Path(__file__).parents[2] / "AWSClientTests" / "Fixtures" / "endpoints.json"
ACCOUNT = "123456789012"

# botocore's directory: the prefix in host names, the name in signatures.
SERVICES = {
    "athena": ("athena", "athena"),
    "cloudtrail": ("cloudtrail", "cloudtrail"),
    "ec2": ("ec2", "ec2"),
    "iam": ("iam", "iam"),
    "kms": ("kms", "kms"),
    "logs": ("logs", "logs"),
    "organizations": ("organizations", "organizations"),
    "s3": ("s3", "s3"),
    "s3control": ("s3-control", "s3"),
    "sso": ("portal.sso", "awsssoportal"),
    "sso-oidc": ("oidc", "sso-oauth"),
    "sts": ("sts", "sts"),
}
REGIONS = [
    "us-east-1", "us-west-2", "ca-central-1", "eu-central-1", "ap-southeast-4", "il-central-1", "mx-central-1",
    "cn-north-1", "cn-northwest-1", "us-gov-west-1", "us-gov-east-1", "us-iso-east-1", "us-iso-west-1", "us-isob-east-1",
    "eu-isoe-west-1", "us-isof-south-1", "us-isof-east-1", "eusc-de-east-1",
]
BUCKETS = ["plain-bucket", "with.dots", "Upper", "under_score", "ab1", "-hyphen", "hyphen-", "a" * 63]


class Rules:
    def __init__(self):
        self.loader = botocore.loaders.create_loader()
        self.partitions = self.loader.load_data("partitions")
        self.providers = {}

    def resolve(self, service, region, **parameters):
        if service not in self.providers:
            rules = self.loader.load_service_model(service, "endpoint-rule-set-1")
            self.providers[service] = EndpointProvider(rules, self.partitions)
        return self.providers[service].resolve_endpoint(Region=region, **parameters)


def case(rules, service, region, fips, dual_stack):
    prefix, signing_name = SERVICES[service]
    asked = {"service": prefix, "region": region, "fips": fips, "dualStack": dual_stack}
    parameters = {"UseFIPS": fips, "UseDualStack": dual_stack}
    if service == "s3control":
        parameters |= {"AccountId": ACCOUNT, "RequiresAccountId": True}
    if service == "sts":
        parameters |= {"UseGlobalEndpoint": False}
    try:
        endpoint = rules.resolve(service, region, **parameters)
    except EndpointProviderError as error:
        return asked | {"error": str(error)}
    schemes = endpoint.properties.get("authSchemes") or [{}]
    return asked | {
        "url": endpoint.url,
        "signingRegion": schemes[0].get("signingRegion", region),
        "signingName": schemes[0].get("signingName", signing_name),
    }


def bucket_case(rules, bucket, region):
    try:
        url = rules.resolve("s3", region, Bucket=bucket, UseFIPS=False, UseDualStack=False, UseGlobalEndpoint=False).url
    except EndpointProviderError as error:
        return {"bucket": bucket, "region": region, "error": str(error)}
    return {"bucket": bucket, "region": region, "url": url}


def document():
    rules = Rules()
    switches = [False, True]
    return {
        "botocore": botocore.__version__,
        "account": ACCOUNT,
        "partitions": [
            {
                "id": partition["id"],
                "dnsSuffix": partition["outputs"]["dnsSuffix"],
                "dualStackDnsSuffix": partition["outputs"]["dualStackDnsSuffix"],
                "globalRegion": partition["outputs"]["implicitGlobalRegion"],
                "regions": sorted(name for name in partition["regions"] if not name.endswith("-global")),
            }
            for partition in rules.partitions["partitions"]
        ],
        "endpoints": [
            case(rules, service, region, fips, dual_stack)
            for service, region, fips, dual_stack in itertools.product(sorted(SERVICES), REGIONS, switches, switches)
        ],
        "buckets": [
            bucket_case(rules, bucket, region) for bucket, region in itertools.product(BUCKETS, ["us-east-1", "cn-north-1"])
        ],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=pathlib.Path, default=FIXTURES)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    parts = document()
    # One case a line: small, and readable in a diff.
    lines = ["{"]
    for key in ("partitions", "endpoints", "buckets"):
        items = ",\n".join("  " + json.dumps(item, sort_keys=True) for item in parts[key])
        lines.append(f' "{key}": [\n{items}\n ],')
    lines.append(f' "account": "{parts["account"]}",\n "botocore": "{parts["botocore"]}"\n}}\n')
    text = "\n".join(lines)
    if arguments.check:
        if not arguments.output.exists() or arguments.output.read_text() != text:
            sys.exit(f"{arguments.output} is not what botocore {botocore.__version__} gives")
        return
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(text)


if __name__ == "__main__":
    main()
