#!/usr/bin/env python3
"""Writes the requests that botocore signed, for Parapet's signer to sign again and compare.

    python sign_fixtures.py [--output ../../AWSClientTests/Fixtures/signing.json] [--check]

Credentials, clock and requests are fixed, so a second run writes the same bytes; `--check` writes nothing and fails if they
would differ. Each case holds the request as it is before signing (`url` as on the wire, and the same taken apart: `path` and
`query` decoded; `headers` in order, names may repeat; `body` in base64) and, under `expected`, botocore's own intermediate results:
the headers that it added, the canonical request, the string to sign, and the Authorization header.

`signer` is `sigv4` (path normalized, then encoded once more) or `s3` (path as it stands, payload hash in a header).
"""

import argparse
import base64
import datetime
import json
import pathlib
import sys
from unittest import mock
from urllib.parse import quote, unquote, urlsplit

import botocore
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

FIXTURES = pathlib.Path(__file__).parents[2] / "AWSClientTests" / "Fixtures" / "signing.json"

LONG_TERM = {"accessKey": "AKIDEXAMPLE", "secretKey": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "sessionToken": None}
TEMPORARY = {
    "accessKey": "ASIDEXAMPLE",
    "secretKey": "AnotherSecretOfFortyCharacters+/For/Tests",
    "sessionToken": "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJHMEUCIQ+token+with/slashes==",
}
NOON = "20260131T123456Z"
LAST_SECOND_OF_YEAR = "20251231T235959Z"

FORM = ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
JSON_1_1 = ("Content-Type", "application/x-amz-json-1.1")


def encode(text):
    """RFC 3986: all but the unreserved characters, space as %20."""
    return quote(text, safe="-_.~")


def case(
    name,
    *,
    service,
    region="us-east-1",
    method="GET",
    url,
    query=(),
    headers=(),
    body=b"",
    credentials=LONG_TERM,
    at=NOON,
    signer="sigv4",
):
    """One request. `query` is a list of decoded pairs, put on the wire in the order given; a value of None has no `=`."""
    pairs = [encode(key) + ("" if value is None else "=" + encode(value)) for key, value in query]
    return {
        "name": name,
        "signer": signer,
        "credentials": credentials,
        "region": region,
        "service": service,
        "timestamp": at,
        "method": method,
        "url": url + ("?" + "&".join(pairs) if pairs else ""),
        "path": unquote(urlsplit(url).path),
        "query": [[key, value or ""] for key, value in query],
        "headers": [list(header) for header in headers],
        "body": base64.b64encode(body).decode(),
    }


def target(operation):
    return ("X-Amz-Target", operation)


CASES = [
    # The JSON protocols: one path, the operation in a header.
    case("json 1.1: DescribeTrails", service="cloudtrail", method="POST",
         url="https://cloudtrail.us-east-1.amazonaws.com/", body=b'{"includeShadowTrails":true}',
         headers=[JSON_1_1, target("CloudTrail_20131101.DescribeTrails")]),
    case("json 1.1 with a session token", service="kms", region="eu-west-1", method="POST",
         url="https://kms.eu-west-1.amazonaws.com/", body=b'{"KeyId":"alias/trail"}',
         headers=[JSON_1_1, target("TrentService.DescribeKey")], credentials=TEMPORARY),
    case("json 1.0 with an empty object", service="dynamodb", region="ap-southeast-2", method="POST",
         url="https://dynamodb.ap-southeast-2.amazonaws.com/", body=b"{}",
         headers=[("Content-Type", "application/x-amz-json-1.0"), target("DynamoDB_20120810.ListTables")]),
    case("json with text beyond ASCII in the body", service="logs", method="POST",
         url="https://logs.us-east-1.amazonaws.com/", body='{"logGroupNamePrefix":"журнал/日本"}'.encode(),
         headers=[JSON_1_1, target("Logs_20140328.DescribeLogGroups")]),
    case("url without a path", service="organizations", method="POST", url="https://organizations.us-east-1.amazonaws.com",
         body=b"{}", headers=[JSON_1_1, target("AWSOrganizationsV20161128.ListAccounts")]),
    # The query protocols: everything in a form.
    case("query: GetCallerIdentity", service="sts", method="POST", url="https://sts.us-east-1.amazonaws.com/",
         body=b"Action=GetCallerIdentity&Version=2011-06-15", headers=[FORM]),
    case("query with a session token", service="iam", method="POST", url="https://iam.amazonaws.com/",
         body=b"Action=GetAccountAuthorizationDetails&Version=2010-05-08&MaxItems=1000", headers=[FORM],
         credentials=TEMPORARY),
    case("ec2 query with encoded values", service="ec2", region="eu-central-1", method="POST",
         url="https://ec2.eu-central-1.amazonaws.com/", headers=[FORM],
         body=b"Action=DescribeSecurityGroupRules&Version=2016-11-15&Filter.1.Name=tag%3AName&Filter.1.Value.1=a%20b%2Bc"),
    case("query with an empty body", service="sts", method="POST", url="https://sts.us-east-1.amazonaws.com/"),
    case("last second of a year", service="sts", method="POST", url="https://sts.us-east-1.amazonaws.com/",
         body=b"Action=GetCallerIdentity&Version=2011-06-15", headers=[FORM], at=LAST_SECOND_OF_YEAR),
    # Query strings: what is encoded, and how it is sorted.
    case("query string is sorted by name", service="sts", url="https://sts.us-east-1.amazonaws.com/",
         query=[("Version", "2011-06-15"), ("Action", "GetCallerIdentity")]),
    case("query string: capital letters sort before small ones", service="example", url="https://example.amazonaws.com/",
         query=[("b", "1"), ("B", "2"), ("a", "3"), ("A", "4"), ("_", "5"), ("0", "6")]),
    case("query string: one name, many values", service="example", url="https://example.amazonaws.com/",
         query=[("tag", "zebra"), ("tag", "apple"), ("tag", ""), ("tag", "Apple"), ("tag", "10"), ("tag", "9")]),
    case("query string: names of which one begins another", service="example", url="https://example.amazonaws.com/",
         query=[("ab", "1"), ("a", "2"), ("a-b", "3"), ("a.b", "4"), ("a b", "5")]),
    case("query string: spaces, plus, tilde, slash, equals, ampersand", service="example", url="https://example.amazonaws.com/",
         query=[("q", "a b+c~d/e=f&g"), ("*", "'()!"), ("time", "2026-01-31T12:34:56Z")]),
    case("query string: percent sign", service="example", url="https://example.amazonaws.com/",
         query=[("q", "100%"), ("r", "%2F")]),
    case("query string: beyond ASCII", service="example", url="https://example.amazonaws.com/",
         query=[("ключ", "значение"), ("emoji", "🔑"), ("café", "naïve")]),
    case("query string: encoded names sort by their encoding", service="example", url="https://example.amazonaws.com/",
         query=[("z", "1"), ("é", "2"), ("~", "3"), (":", "4"), ("A", "5")]),
    case("query string: empty value", service="example", url="https://example.amazonaws.com/",
         query=[("empty", ""), ("full", "x")]),
    case("query string: a token with padding", service="s3", signer="s3", url="https://s3.us-east-1.amazonaws.com/",
         query=[("max-buckets", "1000"), ("continuation-token", "eyJ+Lw/x==")]),
    # Paths outside S3: dot segments and double slashes go, then every byte is encoded a second time.
    case("path with an encoded ARN", service="lambda", url="https://lambda.us-east-1.amazonaws.com"
         "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Aa/policy"),
    case("path with an encoded space and slash", service="example", url="https://example.amazonaws.com/a%20b/c%2Fd"),
    case("path with dot segments", service="example", url="https://example.amazonaws.com/a/./b/../c"),
    case("path that climbs above its root", service="example", url="https://example.amazonaws.com/../../a"),
    case("path with double slashes", service="example", url="https://example.amazonaws.com//a///b//"),
    case("path that ends in a slash", service="example", url="https://example.amazonaws.com/a/b/"),
    case("path beyond ASCII", service="example", url="https://example.amazonaws.com/" + encode("café") + "/" + encode("鍵")),
    case("path with a tilde, a star and a dollar", service="example", url="https://example.amazonaws.com/~a/%2A/%24"),
    # S3: the path is signed as it is sent, and the payload's hash is a header.
    case("s3: list buckets", service="s3", signer="s3", url="https://s3.us-east-1.amazonaws.com/"),
    case("s3: a subresource without a value", service="s3", signer="s3", region="eu-west-1",
         url="https://s3.eu-west-1.amazonaws.com/trail-bucket", query=[("policy", "")]),
    case("s3: a subresource without an equals sign", service="s3", signer="s3", region="eu-west-1",
         url="https://s3.eu-west-1.amazonaws.com/trail-bucket", query=[("publicAccessBlock", None)]),
    case("s3: virtual host", service="s3", signer="s3", url="https://trail-bucket.s3.us-east-1.amazonaws.com/",
         query=[("versioning", "")], credentials=TEMPORARY),
    case("s3: key with spaces, plus and tilde", service="s3", signer="s3",
         url="https://s3.us-east-1.amazonaws.com/bucket/a%20b/c%2Bd/~e"),
    case("s3: key beyond ASCII", service="s3", signer="s3",
         url="https://s3.us-east-1.amazonaws.com/bucket/" + encode("отчёт") + "/" + encode("日本 ☂") + ".json.gz"),
    case("s3: key with dot segments", service="s3", signer="s3", url="https://s3.us-east-1.amazonaws.com/bucket/a/../b/./c"),
    case("s3: key with double slashes", service="s3", signer="s3", url="https://s3.us-east-1.amazonaws.com/bucket//a//b/"),
    case("s3: key with an encoded slash and percent sign", service="s3", signer="s3",
         url="https://s3.us-east-1.amazonaws.com/bucket/a%2Fb%25c"),
    case("s3: key as CloudTrail writes it", service="s3", signer="s3", region="ap-southeast-2",
         url="https://s3.ap-southeast-2.amazonaws.com/trail-bucket/AWSLogs/123456789012/CloudTrail/ap-southeast-2/2026/01/31/"
         "123456789012_CloudTrail_ap-southeast-2_20260131T1230Z_AbCdEfGhIjKlMnOp.json.gz"),
    case("s3: list objects", service="s3", signer="s3", url="https://s3.us-east-1.amazonaws.com/bucket",
         query=[("list-type", "2"), ("prefix", "AWSLogs/1 2/"), ("delimiter", "/"), ("start-after", "a+b=c")]),
    case("s3: put with a body", service="s3", signer="s3", method="PUT", url="https://s3.us-east-1.amazonaws.com/bucket",
         query=[("versioning", "")], headers=[("Content-Type", "application/xml")],
         body=b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"),
    case("s3 control: the account in a header", service="s3", signer="s3",
         url="https://123456789012.s3-control.us-east-1.amazonaws.com/v20180820/configuration/publicAccessBlock",
         headers=[("x-amz-account-id", "123456789012")]),
    # Headers.
    case("header values are trimmed and their runs of spaces folded", service="example", url="https://example.amazonaws.com/",
         headers=[("X-Amz-Meta-Note", "   a    b   c  "), ("X-Amz-Tabs", "\ta\t\tb\t")]),
    case("header given twice", service="example", url="https://example.amazonaws.com/",
         headers=[("X-Amz-List", "zebra"), ("X-Amz-List", "apple")]),
    case("header names are lower-cased and sorted", service="example", url="https://example.amazonaws.com/",
         headers=[("X-AMZ-zeta", "1"), ("x-amz-ALPHA", "2"), ("Content-Type", "text/plain")]),
    case("header with an empty value", service="example", url="https://example.amazonaws.com/", headers=[("X-Amz-Empty", "")]),
    case("hop-by-hop and tracing headers stay out", service="example", url="https://example.amazonaws.com/",
         headers=[("User-Agent", "parapet/0.1.0"), ("X-Amzn-Trace-Id", "Root=1-5"), ("Expect", "100-continue"),
                  ("Transfer-Encoding", "chunked"), ("X-Amz-Kept", "yes")]),
    # Hosts and partitions.
    case("host with a port", service="sts", method="POST", url="http://127.0.0.1:5000/",
         body=b"Action=GetCallerIdentity&Version=2011-06-15", headers=[FORM]),
    case("host with its scheme's own port: https", service="sts", url="https://sts.us-east-1.amazonaws.com:443/"),
    case("host with its scheme's own port: http", service="sts", url="http://sts.us-east-1.amazonaws.com:80/"),
    case("host with the other scheme's port", service="sts", url="http://sts.us-east-1.amazonaws.com:443/"),
    case("IPv6 host with a port", service="s3", signer="s3", url="http://[::1]:5000/bucket", query=[("acl", "")]),
    case("IPv6 host", service="sts", url="http://[fd00:ec2::254]/"),
    case("GovCloud", service="ec2", region="us-gov-west-1", method="POST", url="https://ec2.us-gov-west-1.amazonaws.com/",
         body=b"Action=DescribeVpcs&Version=2016-11-15", headers=[FORM]),
    case("China", service="iam", region="cn-north-1", method="POST", url="https://iam.cn-north-1.amazonaws.com.cn/",
         body=b"Action=GetAccountSummary&Version=2010-05-08", headers=[FORM], credentials=TEMPORARY),
    case("an isolated partition", service="sts", region="us-iso-east-1", method="POST",
         url="https://sts.us-iso-east-1.c2s.ic.gov/", body=b"Action=GetCallerIdentity&Version=2011-06-15", headers=[FORM]),
]


def signed(entry):
    """The case with botocore's results."""
    signers = {"sigv4": SigV4Auth, "s3": S3SigV4Auth}
    credentials = entry["credentials"]
    auth = signers[entry["signer"]](
        Credentials(credentials["accessKey"], credentials["secretKey"], credentials["sessionToken"]),
        entry["service"],
        entry["region"],
    )
    request = AWSRequest(method=entry["method"], url=entry["url"], data=base64.b64decode(entry["body"]))
    for name, value in entry["headers"]:
        request.headers.add_header(name, value)
    given = {name.lower() for name, _ in entry["headers"]}

    clock = datetime.datetime.strptime(entry["timestamp"], "%Y%m%dT%H%M%SZ")
    with mock.patch("botocore.auth.get_current_datetime", return_value=clock):
        auth.add_auth(request)
    authorization = request.headers["Authorization"]
    added = {
        name: value
        for name, value in request.headers.items()
        if name.lower() not in given and name != "Authorization"
    }
    del request.headers["Authorization"]
    canonical = auth.canonical_request(request)
    entry["expected"] = {
        "addedHeaders": added,
        "canonicalRequest": canonical,
        "stringToSign": auth.string_to_sign(request, canonical),
        "authorization": authorization,
    }
    return entry


def main():
    parser = argparse.ArgumentParser(description="Write requests signed by botocore.")
    parser.add_argument("--output", type=pathlib.Path, default=FIXTURES)
    parser.add_argument("--check", action="store_true", help="only compare with what is there")
    options = parser.parse_args()

    names = [entry["name"] for entry in CASES]
    assert len(names) == len(set(names)), "two cases share a name"
    document = {"writtenBy": f"sign_fixtures.py with botocore {botocore.__version__}", "cases": [signed(c) for c in CASES]}
    text = json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if options.check:
        if not options.output.exists() or options.output.read_text() != text:
            sys.exit(f"error: {options.output} is not what botocore {botocore.__version__} signs: run sign_fixtures.py")
        print(f"{len(CASES)} signed requests, unchanged")
        return
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(text)
    print(f"{len(CASES)} signed requests in {options.output}")


if __name__ == "__main__":
    main()
