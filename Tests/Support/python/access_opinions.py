#!/usr/bin/env python3
"""Prints as JSON access cases made by chance, and what Principal Mapper's local simulator says of each: a second opinion.

    python access_opinions.py [--seed N] [--cases N]

The first line is {"opinions": {id: {"said", "mended", "for"}}, "differences": {name: page}}, the second the cases as
`parapet access evaluate` reads them. `said` is the simulator's own answer. `mended` is its answer once every difference in
the table DIFFERENCES is mended, each by a few lines below; `for` names the differences whose mending changed the answer. An
evaluator that is right says what `mended` says, and where that is not `said`, `for` explains why.
"""

import argparse
import collections
import collections.abc
import copy
import json
import random
import re
from datetime import datetime, timezone
from ipaddress import ip_address, ip_network

# The simulator was written for Pythons whose `collections` still had these.
for name in ("Mapping", "MutableMapping"):
    setattr(collections, name, getattr(collections.abc, name))

from principalmapper.common import Group, Node, Policy  # noqa: E402
from principalmapper.querying import local_policy_simulation as simulation  # noqa: E402
from principalmapper.querying import query_interface as interface  # noqa: E402

ACCOUNT, OTHER = "111122223333", "444455556666"

# Where the simulator is known to be wrong, and the page that says so.
DIFFERENCES = {
    # It compares everything without regard to case. Only names of actions and services are case-insensitive.
    "case": "IAM User Guide, IAM JSON policy elements: Resource",
    # Its wildcards reach across the colons of an ARN. In a condition each of the six parts is compared for itself; in a
    # resource only a * that ends one of them reaches across.
    "segments": "IAM User Guide, IAM JSON policy elements: Condition operators (ARN) and Resource",
    # It replaces variables only in resources, knows no defaults, and takes a variable without a value for plain text, so
    # that a NotResource with one applies to everything.
    "variables": "IAM User Guide, IAM policy elements: Variables and tags",
    # StringNotLike fails where the key is absent; like every negated operator it holds.
    "absent under StringNotLike": "IAM User Guide, IAM JSON policy elements: Condition operators",
    # It knows operators on numbers, dates and addresses only by their bare names, so that IfExists or a set operator before
    # them never holds, or turns IpAddress into its negation; BinaryEquals forgets IfExists.
    "IfExists": "IAM User Guide, IAM JSON policy elements: Condition operators (IfExists)",
    # Under a set operator it compares all values of the request at once, where each has to be compared for itself.
    "set operators": "IAM User Guide, Set operators for multivalued context keys",
    # Two keys under one ForAnyValue: either suffices; all keys of a condition must hold.
    "several keys": "IAM User Guide, IAM JSON policy elements: Condition",
    # A plain operator on a key of several values: it takes any; the guide requires a set operator, and without one we let
    # the condition hold for none.
    "no set operator": "IAM User Guide, Single-valued vs. multivalued context keys",
    # A key without any value is present for it; the guide counts it as absent.
    "empty": "IAM User Guide, Set operators for multivalued context keys",
    # Of several dates in a policy it looks at the first alone.
    "dates": "IAM User Guide, IAM JSON policy elements: Condition operators (Date)",
    # {"AWS": "*"} names the account's principals for it; it means everybody, as "*" does.
    "everybody": "IAM User Guide, AWS JSON policy elements: Principal",
    # A grant to a role's ARN is not limited by boundary and session policy for it; it is.
    "role": "IAM User Guide, How AWS enforcement code logic evaluates requests to allow or deny access",
    # An account in NotPrincipal excepts all its principals for it; it excepts none but those who are named. With a boundary
    # nobody is excepted from a denial.
    "NotPrincipal": "IAM User Guide, AWS JSON policy elements: NotPrincipal",
}


# ---- The mended rules


class Mending:
    """The simulator with some of the differences mended, for as long as the `with` lasts."""

    def __init__(self, names):
        self.names = set(names)
        self.matches = simulation._matches_after_expansion
        self.conditions = simulation._get_condition_match

    def __enter__(self):
        simulation._matches_after_expansion = self.match
        simulation._get_condition_match = self.hold
        return self

    def __exit__(self, *_):
        simulation._matches_after_expansion = self.matches
        simulation._get_condition_match = self.conditions

    def match(self, text, pattern, context=None):
        """Whether an action, a resource or an ARN fits a pattern."""
        is_action = not (text == "*" or text.startswith("arn:"))
        if is_action or not self.names & {"case", "segments", "variables"}:
            return self.matches(text, pattern, context)
        if "variables" in self.names:
            pattern = resolved(pattern, context) if context is not None else pattern
            if pattern is None:
                return False
        elif context is not None:
            for key, value in context.items():
                pattern = pattern.replace("${" + key + "}", str(value))
        flags = 0 if "case" in self.names else re.IGNORECASE
        if "segments" not in self.names:
            return fits(text, pattern, flags)
        if context is not None:
            return reaches(text, pattern, flags)
        texts, patterns = text.split(":", 5), split(pattern)
        if len(texts) == len(patterns):
            return all(fits(*pair, flags) for pair in zip(texts, patterns))
        if len(patterns) < 6 and pattern.endswith("*") and len(texts) > len(patterns):
            last = len(patterns) - 1
            return all(fits(*pair, flags) for pair in zip(texts[:last], patterns)) and fits(
                ":".join(texts[last:]), patterns[last], flags
            )
        return False

    def hold(self, block, context):
        """Whether all conditions of a statement hold."""
        for operator, keys in block.items():
            prefix, base, if_exists = parts(operator)
            if prefix == "ForAnyValue" and len(keys) > 1 and "several keys" not in self.names:
                if not self.conditions({operator: keys}, context):
                    return False
                continue
            for key, values in keys.items():
                name = difference(prefix, base, if_exists, key, listed(values), context)
                if name in self.names:
                    if not holds(self, prefix, base, if_exists, key, listed(values), context):
                        return False
                elif not self.conditions({operator: {key: values}}, context):
                    return False
        return True


def difference(prefix, base, if_exists, key, values, context):
    """The difference that a condition meets, if any."""
    present = key in context
    value = context[key] if present else None
    if value == []:
        return "empty"
    if any("${" in text for text in values) and base.startswith(("String", "Arn")):
        return "variables"
    if base == "StringNotLike" and not present:
        return "absent under StringNotLike"
    plain = base.startswith(("String", "Arn", "Null", "Bool"))
    if prefix and present and (not base.startswith("String") or (prefix == "ForAnyValue" and "Not" in base)):
        return "set operators"
    if not plain and (if_exists or prefix):
        return "IfExists"
    if isinstance(value, list) and not prefix and base != "Null":
        return "no set operator"
    if base.startswith("Date") and len(values) > 1 and present:
        return "dates"
    return None


def holds(mending, prefix, base, if_exists, key, values, context):
    """Whether a condition holds, as the guide has it."""
    value = context[key] if key in context else []
    negated = "Not" in base
    if prefix and value == "":
        value = []
    if not listed(value):
        if base == "Null":
            return "true" in values
        return (if_exists or negated) if not prefix else prefix == "ForAllValues"
    if base == "Null":
        return "false" in values
    if not prefix and isinstance(value, list):
        return False
    if base.startswith(("String", "Arn")):
        if negated and any(resolved(text, context) is None for text in values):
            return False
    outcomes = [
        any(compares(mending, base.replace("Not", ""), one, text, context) for text in values) != negated
        for one in listed(value)
    ]
    return all(outcomes) if prefix == "ForAllValues" else any(outcomes)


def compares(mending, base, value, text, context):
    if base.startswith(("String", "Arn")):
        pattern = resolved(text, context)
        if pattern is None:
            return False
        if base.startswith("Arn"):
            return mending.match(value, pattern)
        if base == "StringLike":
            return fits(value, pattern, 0)
        plain = unmarked(pattern)
        return value.lower() == plain.lower() if base.endswith("IgnoreCase") else value == plain
    if base == "Bool":
        return value.lower() == text.lower()
    if base == "BinaryEquals":
        return value == text
    if base == "IpAddress":
        return ip_address(value) in ip_network(text)
    number = moment if base.startswith("Date") else float
    one, other = number(value), number(text)
    return {
        "Equals": one == other,
        "LessThan": one < other,
        "LessThanEquals": one <= other,
        "GreaterThan": one > other,
        "GreaterThanEquals": one >= other,
    }[re.sub("^(Numeric|Date)", "", base)]


# A wildcard that came out of a variable, and is plain text.
MARKS = {"*": "\ue000", "?": "\ue001"}


def resolved(pattern, context):
    """The pattern with its variables replaced; None where one has no value."""
    missing = []

    def replace(found):
        inside = found.group(1)
        if inside in ("*", "?", "$"):
            return MARKS.get(inside, inside)
        key, _, default = inside.partition(",")
        value = context[key] if key in context else None
        if isinstance(value, str):
            pass
        elif default.strip().startswith("'"):
            value = default.strip()[1:-1]
        else:
            missing.append(key)
            return ""
        return "".join(MARKS.get(character, character) for character in value)

    text = re.sub(r"\$\{([^}]*)\}", replace, pattern)
    return None if missing else text


def unmarked(pattern):
    for wildcard, mark in MARKS.items():
        pattern = pattern.replace(mark, wildcard)
    return pattern


def fits(text, pattern, flags):
    expression = "".join({"*": ".*", "?": "."}.get(c) or re.escape(unmarked(c)) for c in pattern)
    return re.fullmatch(expression, text, flags | re.DOTALL) is not None


def reaches(text, pattern, flags):
    """Whether a resource fits a pattern of which each * that ends a part reaches across colons."""
    text = text.replace(":", "\0", 5)
    expression = ""
    for index, c in enumerate(pattern):
        ends = pattern[index + 1 : index + 2] in ("", ":")
        expression += {"*": ".*" if ends else "[^\\0]*", "?": "[^\\0]", ":": "[:\\0]"}.get(c) or re.escape(unmarked(c))
    return re.fullmatch(expression, text, flags | re.DOTALL) is not None


def split(pattern):
    """Cut at the first five colons, variables being replaced already."""
    return pattern.split(":", 5)


def parts(operator):
    prefix, _, base = operator.rpartition(":")
    if_exists = base.endswith("IfExists")
    return prefix, base[: -len("IfExists")] if if_exists else base, if_exists


def listed(value):
    return value if isinstance(value, list) else [value]


def moment(text):
    if "-" in text:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).replace(tzinfo=timezone.utc).timestamp()
    return float(text)


# ---- The simulator's answer


def node(case, names):
    """The caller as the simulator takes it; its groups hold the second half of its policies."""
    arn = case["request"]["principal"]
    policies = [Policy(arn, f"p{i}", mended(p, case, names)) for i, p in enumerate(case["identityPolicies"])]
    half = (len(policies) + 1) // 2 if ":user/" in arn else len(policies)
    boundary = [Policy(arn, "boundary", mended(p, case, names)) for p in case.get("permissionBoundaries", [])]
    group = [Group(f"arn:aws:iam::{ACCOUNT}:group/staff", policies[half:])] if half < len(policies) else []
    trust = None if ":user/" in arn else {}
    identity = case["request"]["context"]["aws:userid"]
    return Node(arn, identity, policies[:half], group, trust, None, 0, False, False, *boundary or [None], False, None)


def mended(policy, case, names):
    """The policy with what the simulator reads otherwise written so that it reads it rightly."""
    policy = copy.deepcopy(policy)
    context = simulation.CaseInsensitiveDict(case["request"]["context"])
    statements = []
    for statement in policy["Statement"]:
        excepted = listed(statement.get("NotResource", []))
        if "variables" in names and any(resolved(text, context) is None for text in excepted):
            # It excepts all the same what its other texts name; the rest cannot be told, and does not apply.
            continue
        principal = statement.get("Principal")
        if "everybody" in names and isinstance(principal, dict) and "*" in listed(principal.get("AWS", [])):
            statement["Principal"] = "*"
        if "NotPrincipal" in names and "NotPrincipal" in statement:
            bounded = case.get("permissionBoundaries") and statement["Effect"] == "Deny"
            named = [] if bounded else listed(statement["NotPrincipal"]["AWS"])
            statement["NotPrincipal"] = {"AWS": [text for text in named if ":user/" in text or ":role/" in text]}
        statements.append(statement)
    policy["Statement"] = statements
    return policy


def opinion(case, names):
    request = case["request"]
    caller = node(case, names)
    resource_policy = mended(case["resourcePolicy"], case, names) if "resourcePolicy" in case else None
    levels = [
        [Policy("scp", f"s{i}", mended(p, case, names)) for i, p in enumerate(level["policies"])]
        for level in case.get("serviceControlPolicies", [])
    ]
    session = mended(case["sessionPolicy"], case, names) if "sessionPolicy" in case else None
    with Mending(names):
        allowed = interface.local_check_authorization_full(
            caller, request["action"], request["resource"], request["context"], resource_policy,
            request["resourceAccount"], levels or None, session,
        )  # fmt: skip
        if allowed and "role" in names and ":role/" in caller.arn and resource_policy:
            allowed = within_limits(caller, request, resource_policy, session)
    return allowed


def within_limits(caller, request, resource_policy, session):
    """Whether boundary and session policy allow, or the resource policy grants to everybody."""
    context = simulation.CaseInsensitiveDict(request["context"])
    asked = (request["action"], request["resource"], context)
    granting = simulation.resource_policy_matching_statements(caller, resource_policy, *asked)
    if request["resourceAccount"] == ACCOUNT and any(
        s.get("Principal") in ("*", {"AWS": "*"}) or "NotPrincipal" in s for s in granting
    ):
        return True
    limits = [policy for policy in (caller.permissions_boundary, session) if policy is not None]
    return all(simulation.policy_has_matching_statement(limit, "Allow", *asked) for limit in limits)


# ---- Cases made by chance, over names of the sample account


BUCKET = "arn:aws:s3:::marlow-finch-cloudtrail"
REQUESTS = [
    ("s3:GetObject", BUCKET + "/AWSLogs/111122223333/a.json.gz"),
    ("s3:PutObject", BUCKET + "/home/ada/notes"),
    ("s3:ListBucket", BUCKET),
    ("s3:GetObject", "arn:aws:s3:::marlow-finch-old-logs/Report.csv"),
    ("cloudtrail:StopLogging", f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/company-trail"),
    ("kms:Decrypt", f"arn:aws:kms:us-east-1:{ACCOUNT}:key/0a1b"),
    ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/deploy"),
    ("logs:GetLogEvents", f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:trails:log-stream:one"),
    ("ec2:DescribeInstances", "*"),
]
ACTIONS = [
    "*", "s3:*", "s3:Get*", "S3:getobject", "s3:PutObject", "s3:List*", "cloudtrail:*", "cloudtrail:Stop*", "kms:Decrypt",
    "kms:*", "sts:AssumeRole", "sts:*", "logs:*", "logs:Get?ogEvents", "ec2:Describe*", "*:*", "iam:*",
]  # fmt: skip
RESOURCES = [
    "*", BUCKET, BUCKET + "/*", BUCKET + "/AWSLogs/*", "arn:aws:s3:::marlow-finch-*", BUCKET.upper() + "/*",
    BUCKET + "/home/${aws:username}/*", BUCKET + "/home/${aws:PrincipalTag/team}/*",
    BUCKET + "/home/${aws:PrincipalTag/team, 'ada'}/*", "arn:aws:s3:::*/*.csv", "arn:aws:s3:::*/report.csv", "arn:aws:s3*",
    "arn:aws:kms:*:*:key/*", f"arn:aws:kms:*:{ACCOUNT}:key/0a1b", "arn:aws:*:us-east-1:*:*", "arn:aws:kms:*:key/0a1b",
    f"arn:aws:iam::{ACCOUNT}:role/*", f"arn:aws:iam::{ACCOUNT}:role/depl?y", "arn:aws:logs:*:*:log-group:trails:*",
    "arn:aws:logs:*:log-stream:one", f"arn:aws:cloudtrail:*:{ACCOUNT}:trail/*",
]  # fmt: skip
CONDITIONS = [
    ("String", "aws:username", ["ada", "a*", "ADA", "bob"]),
    ("String", "aws:PrincipalTag/team", ["audit", "au*", "${aws:username}"]),
    ("String", "aws:PrincipalArn", ["arn:aws:iam::*:user/ada", "arn:aws:iam::111122223333:role/auditor"]),
    ("String", "aws:TagKeys", ["team", "cost*", "owner"]),
    ("String", "s3:prefix", ["home/${aws:username}/", "home/*", "${s3:delimiter}", "home/${*}"]),
    ("Arn", "aws:PrincipalArn", ["arn:aws:iam::*:user/ada", f"arn:aws:iam::{ACCOUNT}:role/*", "arn:aws:iam::*:USER/*"]),
    ("Arn", "aws:SourceArn", ["arn:aws:sns:*:t", f"arn:aws:sns:*:{ACCOUNT}:t*"]),
    ("Numeric", "s3:max-keys", ["10", "5", "10.0"]),
    ("Date", "aws:CurrentTime", ["2026-01-01T00:00:00Z", "2025-06-01T12:00:00Z", "1767225600"]),
    ("Bool", "aws:SecureTransport", ["true", "false"]),
    ("Bool", "aws:MultiFactorAuthPresent", ["true", "false"]),
    ("Ip", "aws:SourceIp", ["10.0.0.0/8", "192.0.2.0/24", "2001:db8::/32"]),
    ("Binary", "k:binary", ["QQ==", "QUI="]),
    ("Null", "aws:MultiFactorAuthAge", ["true", "false"]),
    ("Null", "aws:TagKeys", ["true", "false"]),
]
FAMILIES = {
    "String": ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike",
               "StringNotLike"],
    "Arn": ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
    "Numeric": ["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan",
                "NumericGreaterThanEquals"],
    "Date": ["DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan",
             "DateGreaterThanEquals"],
    "Bool": ["Bool"],
    "Ip": ["IpAddress", "NotIpAddress"],
    "Binary": ["BinaryEquals"],
    "Null": ["Null"],
}  # fmt: skip
PRINCIPALS = [
    f"arn:aws:iam::{ACCOUNT}:user/ada", f"arn:aws:iam::{ACCOUNT}:user/bob", f"arn:aws:iam::{ACCOUNT}:role/auditor",
    f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT, OTHER,
]  # fmt: skip


class World:
    """One caller with its policies, of which several requests are asked."""

    def __init__(self, chance):
        self.chance = chance

    def one_in(self, count):
        return self.chance.randrange(count) == 0

    def some(self, things, most=2):
        chosen = self.chance.sample(things, self.chance.randint(1, most))
        return chosen[0] if len(chosen) == 1 and self.one_in(2) else chosen

    def condition(self):
        family, key, values = self.chance.choice(CONDITIONS)
        operator = self.chance.choice(FAMILIES[family])
        if family != "Null" and self.one_in(4):
            operator += "IfExists"
        if key == "aws:TagKeys" and family != "Null" and not self.one_in(5) or self.one_in(12) and family != "Null":
            operator = self.chance.choice(["ForAllValues:", "ForAnyValue:"]) + operator
        keys = {key: self.some(values)}
        if family == "String" and self.one_in(8):
            keys["aws:userid"] = ["AIDA*", "AIDAADA"]
        return {operator: keys}

    def statement(self, named):
        effect = "Deny" if self.one_in(5) else "Allow"
        statement = {"Effect": effect}
        if named and self.one_in(8):
            statement["NotPrincipal"] = {"AWS": self.some(PRINCIPALS)}
        elif named:
            anybody = self.chance.choice(["*", {"AWS": "*"}])
            statement["Principal"] = anybody if self.one_in(4) else {"AWS": self.some(PRINCIPALS)}
        statement["NotAction" if self.one_in(8) else "Action"] = self.some(ACTIONS)
        statement["NotResource" if self.one_in(8) else "Resource"] = self.some(RESOURCES)
        if self.one_in(2):
            statement["Condition"] = self.condition()
        return statement

    def policy(self, named=False):
        statements = [self.statement(named) for _ in range(self.chance.randint(1, 3))]
        if self.one_in(3) and not named:
            statements.append({"Effect": "Allow", "Action": "*", "Resource": "*"})
        return {"Version": "2012-10-17", "Statement": statements}

    def context(self, arn):
        is_user = ":user/" in arn
        context = {
            "aws:PrincipalArn": arn,
            "aws:PrincipalAccount": arn.split(":")[4],
            "aws:userid": "AIDAADA" if is_user else "AROAAUDITOR:ada",
            "aws:CurrentTime": self.chance.choice(["2025-06-01T12:00:00Z", "2026-03-01T00:00:00Z"]),
            "aws:EpochTime": "1767225600",
            "aws:SecureTransport": self.chance.choice(["true", "false"]),
        }
        if is_user:
            context["aws:username"] = arn.split("/")[-1]
        choices = {
            "aws:PrincipalTag/team": ["audit", "ada", "a*"],
            "aws:TagKeys": [["team"], ["team", "costcentre"], [], ["owner", "x"]],
            "s3:prefix": ["home/ada/", "home/*", ""],
            "aws:SourceArn": [f"arn:aws:sns:us-east-1:{ACCOUNT}:t", f"arn:aws:sns:us-east-1:{OTHER}:x:t"],
            "s3:max-keys": ["10", "7"],
            "aws:MultiFactorAuthPresent": ["true", "false"],
            "aws:MultiFactorAuthAge": ["60"],
            "aws:SourceIp": ["10.1.2.3", "198.51.100.1", "2001:db8::1"],
            "k:binary": ["QQ=="],
        }
        for key, values in choices.items():
            if not self.one_in(3):
                context[key] = self.chance.choice(values)
        return context

    def case(self, identifier):
        arn = self.chance.choice(
            [f"arn:aws:iam::{ACCOUNT}:user/ada", f"arn:aws:iam::{ACCOUNT}:user/bob", f"arn:aws:iam::{ACCOUNT}:role/auditor"]
        )
        action, resource = self.chance.choice(REQUESTS)
        owner = ACCOUNT
        if resource.startswith("arn:aws:s3") and self.one_in(5):
            owner = OTHER
        case = {
            "id": identifier,
            "request": {
                "principal": arn, "action": action, "resource": resource, "resourceAccount": owner,
                "context": self.context(arn),
            },
            "identityPolicies": [self.policy() for _ in range(self.chance.randint(1, 3))],
        }  # fmt: skip
        # The simulator asks for the policy of a key or role only where it is given one: every one of them has one.
        if action.startswith(("kms:", "sts:")) or resource.startswith("arn:aws:s3") and self.one_in(2) or owner == OTHER:
            case["resourcePolicy"] = self.policy(named=True)
        if self.one_in(3):
            case["permissionBoundaries"] = [self.policy()]
        if self.one_in(5):
            case["sessionPolicy"] = self.policy()
        if self.one_in(4):
            case["serviceControlPolicies"] = [
                {"id": f"l{i}", "policies": [self.policy()]} for i in range(self.chance.randint(1, 2))
            ]
        return case


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=4000)
    arguments = parser.parse_args()
    world = World(random.Random(arguments.seed))
    cases, opinions = [], {}
    for number in range(arguments.cases):
        case = world.case(f"case-{number}")
        said = opinion(case, ())
        mended_answer = opinion(case, DIFFERENCES)
        changed = []
        if said != mended_answer:
            # Alone it changes the answer, or without it the answer is another.
            changed = [
                name
                for name in DIFFERENCES
                if opinion(case, {name}) != said or opinion(case, DIFFERENCES.keys() - {name}) != mended_answer
            ]
        cases.append(case)
        opinions[case["id"]] = {"said": said, "mended": mended_answer, "for": changed}
    print(json.dumps({"opinions": opinions, "differences": DIFFERENCES}))
    print(json.dumps(cases))


if __name__ == "__main__":
    main()
