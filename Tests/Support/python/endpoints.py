#!/usr/bin/env python3
"""Prints the endpoints that botocore's rules give, as JSON, for Parapet's resolver to compare.

    python endpoints.py

Asks botocore's own rule sets and partition table (no network, no credentials) for every service that Parapet's sources declare, and for
Amazon Athena, over regions of all partitions, with and without FIPS and dual-stack. Each case holds what was asked and either `url`,
`signingRegion` and `signingName`, or `error` with botocore's words. `buckets` holds how S3 bucket names are addressed: the URL and the
region.
"""

import itertools
import json
import pathlib
import re

import botocore
import botocore.loaders
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError

SOURCES = pathlib.Path(__file__).parents[3] / "Sources" / "AWSClient"
ACCOUNT = "123456789012"
# The services whose directory in botocore is not named like the prefix of their host names.
DIRECTORIES = {"email": "sesv2", "s3-control": "s3control", "portal.sso": "sso", "oidc": "sso-oidc", "tagging": "resourcegroupstaggingapi"}


def services():
    """botocore's directory of each declared service: its prefix in host names, its name in signatures, whether it is global."""
    declaration = re.compile(r'Service\(\s*endpointPrefix: "([^"]+)", signingName: "([^"]+)",(.*?)\)\n', re.S)
    declared = [("athena", "athena", "")]
    for file in sorted(SOURCES.rglob("*.swift")):
        declared += declaration.findall(file.read_text())
    return {DIRECTORIES.get(prefix, prefix): (prefix, name, "isGlobal: true" in rest) for prefix, name, rest in declared}


SERVICES = services()
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
    prefix, signing_name, is_global = SERVICES[service]
    asked = {"service": prefix, "name": signing_name, "isGlobal": is_global, "region": region, "fips": fips, "dualStack": dual_stack}
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


if __name__ == "__main__":
    print(json.dumps(document()))
