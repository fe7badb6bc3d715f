#!/usr/bin/env python3
"""A moto server for tests and the demo: an AWS that answers on this machine only.

It prints `READY <port>` on standard output once it accepts connections, and it ends when its standard
input closes: whoever started it holds the other end, so that even a killed test run leaves no server behind.

    python moto_server.py [--port 0] [--verbose] [--stay]

It is moto but for eight things. The root user of a member account, with its keys and certificates, can be assumed by
`AssumeRoot` if the history names it under `members`. IAM tells when services were last used, as the history has it. Users have credentials for
single services, which moto does not know. A deleted VPC takes its network ACLs along, as in AWS; moto leaves them behind. Every
bucket's owner pays for its requests; moto does not know the question. A trail without event selectors states the one that
AWS gives it, and takes one form of selectors in place of the other. CloudTrail lists the public keys of digests. And moto
knows no past: every user, key and trail was made just now, and the account has no root user to speak of.
`POST /parapet/history` tells it one; until then it answers as moto does:

    {"services": {"ARN of a user or role": {"s3": T, "ec2:RunInstances": T, ...}},
     "root":   {"created": T, "passwordLastUsed": T, "mfa": true,
                "keys": [{"active": true, "rotated": T, "lastUsed": T}]},
     "members": {"210987654321": {"keys": {"AKIA...": "Active"}, "certificates": {"ABC...": "Active"},
                                  "lastUsed": T, "isOpen": false}},
     "users":  {"alice": {"created": T, "passwordLastUsed": T,
                          "keys": [{"created": T, "lastUsed": T}, ...]}},
     "roles":  {"deploy": {"created": T, "lastUsed": T}},
     "trails": {"ARN": {"LatestDeliveryTime": T, "LatestDeliveryError": "...", ...}}}

A member `publicKeys` has the keys that CloudTrail lists: `[{"Fingerprint": "...", "Value": "base64 of PKCS #1"}]`.
A member that is not open refuses AssumeRoot. T is ISO 8601 with an offset; null stands for never; what is left out stays as it is. A user's keys are named in the
order in which they were created. A trail's fields are those of GetTrailStatus. `GET` on the route answers
what is left of the members.
"""

import argparse
import contextlib
import json
import logging
import os
import sys
import threading
from datetime import datetime, timezone

# Read by moto when it is imported: AWS-managed policies are there to be attached, and no machine images are loaded.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

from moto.cloudtrail.models import Trail, TrailStatus, cloudtrail_backends  # noqa: E402
from moto.cloudtrail.responses import CloudTrailResponse  # noqa: E402
from moto.core import DEFAULT_ACCOUNT_ID  # noqa: E402
from moto.core.exceptions import AccessDeniedError  # noqa: E402
from moto.core.responses import ActionResult, EmptyResult  # noqa: E402
from moto.ec2.models import EC2Backend  # noqa: E402
from moto.iam.exceptions import NotFoundException  # noqa: E402
from moto.iam.models import AccessKeyLastUsed, IAMBackend, iam_backends  # noqa: E402
from moto.iam.responses import IamResponse  # noqa: E402
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: E402
from moto.sts.responses import TokenResponse  # noqa: E402
from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: E402
from werkzeug.wrappers import Request, Response  # noqa: E402

HISTORY_PATH = "/parapet/history"
BUCKET_OWNER_PAYS = "<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>"
LONG_AGO = "2020-01-01T00:00:00+00:00"
REPORT_TIME = "%Y-%m-%dT%H:%M:%S+00:00"


class QuietHandler(WSGIRequestHandler):
    """Says nothing for an answered request: a scan makes hundreds."""

    def log_request(self, code="-", size="-"):
        pass


class History:
    """What has been told of the account's past, and the places where moto would answer from the present."""

    def __init__(self):
        self.root = None
        self.trails = {}
        self.services = {}
        self.public_keys = []
        self.members = {}
        self.root_sessions = {}

    def tell(self, past):
        """Moves the dates of everything that `past` names; a name that the account does not have is an error."""
        backend = iam_backends[DEFAULT_ACCOUNT_ID]["aws"]
        if "root" in past:
            self.root = past["root"]
            summary = backend.account_summary
            summary._account_access_keys_present = int(any(key["active"] for key in self.root.get("keys", [])))
            summary._account_mfa_enabled = int(self.root.get("mfa", False))
        self.services.update(past.get("services", {}))
        self.public_keys += past.get("publicKeys", [])
        for account, facts in past.get("members", {}).items():
            self.members[account] = facts
            self.count_root_keys(account)
        for name, facts in past.get("users", {}).items():
            user = backend.get_user(name)
            if "created" in facts:
                user.create_date = moment(facts["created"])
            if "passwordLastUsed" in facts:
                user.password_last_used = moment(facts["passwordLastUsed"])
            for key, dates in zip(user.access_keys, facts.get("keys", []), strict=True):
                if "created" in dates:
                    key.create_date = moment(dates["created"])
                if "lastUsed" in dates:
                    key.last_used = last_use(moment(dates["lastUsed"]))
        for name, facts in past.get("roles", {}).items():
            role = backend.get_role(name)
            if "created" in facts:
                role.create_date = moment(facts["created"])
            if "lastUsed" in facts:
                role.last_used = moment(facts["lastUsed"])
        for arn, facts in past.get("trails", {}).items():
            region = arn.split(":")[3]
            trail = cloudtrail_backends[DEFAULT_ACCOUNT_ID][region].get_trail(arn)
            self.trails[id(trail.status)] = {
                field: datetime.fromisoformat(value).timestamp() if field.endswith("Time") and value else value
                for field, value in facts.items()
            }

    def count_root_keys(self, account):
        iam_backends[account]["aws"].account_summary._account_access_keys_present = int(bool(self.members[account]["keys"]))

    def root_row(self, account):
        """The credential report's first line: AWS has one in every account, moto in none."""
        root = self.root if account == DEFAULT_ACCOUNT_ID else self.member_root(account)
        if root is None:
            return ""
        keys = (root.get("keys", []) + [None, None])[:2]
        created = stamp(root.get("created"))
        row = ["<root_account>", f"arn:aws:iam::{account}:root", created, "not_supported"]
        row += [stamp(root.get("passwordLastUsed"), never="no_information"), "not_supported", "not_supported"]
        row += [str(root.get("mfa", False)).lower()]
        for key in keys:
            used = bool(key and key.get("lastUsed"))
            row += [str(bool(key and key["active"])).lower()]
            row += [stamp(key and key.get("rotated")), stamp(key and key.get("lastUsed"))]
            row += ["us-east-1", "s3"] if used else ["N/A", "N/A"]
        row += ["false", "N/A", "false", "N/A"]
        return ",".join(row) + "\n"

    def member_root(self, account):
        if account not in self.members:
            return None
        used = self.members[account].get("lastUsed")
        keys = self.members[account]["keys"].values()
        past = {"rotated": LONG_AGO, "lastUsed": used}
        return {"created": LONG_AGO, "keys": [{"active": status == "Active", **past} for status in keys]}

    def give_root_sessions(self):
        """AssumeRoot of STS, and what its sessions can call, as in the STS and IAM API References."""
        moto_list, moto_delete = IamResponse.list_access_keys, IamResponse.delete_access_key

        def assume_root(response):
            account = response._get_param("TargetPrincipal")
            task = response._get_param("TaskPolicyArn")["arn"].split("/")[-1]
            if not self.members.get(account, {}).get("isOpen", True) or account not in self.members:
                raise AccessDeniedError("arn:aws:iam::123456789012:user/test", "sts:AssumeRoot")
            role = response.backend.assume_role(
                region_name=response.region, role_session_name="root", role_arn=f"arn:aws:iam::{account}:role/root",
                policy=None, duration=response._get_int_param("DurationSeconds", 900), external_id=None,
            )
            self.root_sessions[role.access_key_id] = (account, task)
            return ActionResult({"Credentials": role})

        def held(response, kind, deletes=False):
            """The root user's credentials of a kind, or None for a call that names a user."""
            session = self.root_sessions.get(response.get_access_key())
            if session is None or response._get_param("UserName"):
                return None
            if deletes and session[1] != "IAMDeleteRootUserCredentials":
                raise AccessDeniedError(f"arn:aws:sts::{session[0]}:assumed-root", f"a deletion by {session[1]}")
            return self.members[session[0]][kind]

        def listed(kind, member, name, otherwise):
            def answer(response):
                found = held(response, kind)
                if found is None:
                    return otherwise(response)
                each = [{name: key, "Status": status, "CreateDate": moment(LONG_AGO)} for key, status in found.items()]
                if kind == "certificates":
                    each = [{**one, "UserName": "root", "CertificateBody": "none"} for one in each]
                return ActionResult({member: each, "IsTruncated": False})

            return answer

        def deleted(kind, name, otherwise):
            def answer(response):
                found = held(response, kind, deletes=True)
                if found is None:
                    return otherwise(response)
                if found.pop(response._get_param(name), None) is None:
                    raise NotFoundException("The credential cannot be found.")
                self.count_root_keys(self.root_sessions[response.get_access_key()][0])
                return EmptyResult()

            return answer

        TokenResponse.assume_root = assume_root
        IamResponse.list_access_keys = listed("keys", "AccessKeyMetadata", "AccessKeyId", moto_list)
        IamResponse.delete_access_key = deleted("keys", "AccessKeyId", moto_delete)
        IamResponse.list_signing_certificates = listed(
            "certificates", "Certificates", "CertificateId", IamResponse.list_signing_certificates
        )
        IamResponse.delete_signing_certificate = deleted(
            "certificates", "CertificateId", IamResponse.delete_signing_certificate
        )

    def install(self):
        """Wraps the two moto answers that would contradict what was told."""
        report, status = IAMBackend.get_credential_report, TrailStatus.description

        def report_with_root(backend):
            heading, _, users = report(backend).partition("\n")
            return f"{heading}\n{self.root_row(backend.account_id)}{users}"

        def status_with_past(trail_status):
            described = {**status(trail_status), **self.trails.get(id(trail_status), {})}
            return {field: value for field, value in described.items() if value is not None}

        def last_accessed(response):
            """The services that the managed policies attached to a user or role name, and when it last used them."""
            backend = iam_backends[DEFAULT_ACCOUNT_ID]["aws"]
            arn = response._get_param("JobId").rstrip("-")
            holders = [*backend.users.values(), *backend.roles.values()]
            policies = next(each for each in holders if each.arn == arn).managed_policies
            names = set()
            for policy in policies:
                versions = backend.get_policy(policy).versions
                document = next(each.document for each in versions if each.is_default_version)
                for statement in json.loads(document)["Statement"]:
                    names.update(action.split(":")[0] for action in statement["Action"])
            services = [{"ServiceName": name, "ServiceNamespace": name} for name in sorted(names)]
            for service in services:
                past = self.services.get(arn, {})
                used = past.get(service["ServiceNamespace"])
                if used:
                    service["LastAuthenticated"] = moment(used)
                tracked = [name for name in past if name.startswith(service["ServiceNamespace"] + ":")]
                if tracked:
                    service["TrackedActionsLastAccessed"] = [
                        {"ActionName": name.split(":")[1], **({"LastAccessedTime": moment(past[name])} if past[name] else {})}
                        for name in sorted(tracked)
                    ]
            now = datetime(2026, 1, 1)
            return ActionResult(
                {
                    "JobStatus": "COMPLETED",
                    "JobType": "ACTION_LEVEL",
                    "JobCreationDate": now,
                    "JobCompletionDate": now,
                    "ServicesLastAccessed": services,
                }
            )

        IamResponse.generate_service_last_accessed_details = lambda response: ActionResult(
            {"JobId": response._get_param("Arn").ljust(36, "-")}
        )
        IamResponse.get_service_last_accessed_details = last_accessed
        CloudTrailResponse.list_public_keys = lambda response: json.dumps({"PublicKeyList": self.public_keys})
        IAMBackend.get_credential_report = report_with_root
        TrailStatus.description = status_with_past


def remove_network_acls_with_their_vpc():
    delete_vpc = EC2Backend.delete_vpc

    def delete_with_network_acls(backend, vpc_id):
        deleted = delete_vpc(backend, vpc_id)
        for acl in [acl for acl in backend.network_acls.values() if acl.vpc_id == vpc_id]:
            del backend.network_acls[acl.id]
        return deleted

    EC2Backend.delete_vpc = delete_with_network_acls


def state_event_selectors_as_aws_does():
    get_event_selectors, put_event_selectors = Trail.get_event_selectors, Trail.put_event_selectors

    def get_with_default(trail):
        basic, advanced = get_event_selectors(trail)
        if basic or advanced:
            return basic, advanced
        whole = {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}
        return [{**whole, "ExcludeManagementEventSources": []}], advanced

    def put_one_form(trail, event_selectors, advanced_event_selectors):
        put_event_selectors(trail, event_selectors, advanced_event_selectors)
        if event_selectors:
            trail.advanced_event_selectors = []

    Trail.get_event_selectors, Trail.put_event_selectors = get_with_default, put_one_form


def forget_the_key_that_a_trail_no_longer_has():
    """An update with an empty key removes it, and no answer has it afterwards; moto keeps the empty text."""
    update = Trail.update

    def update_without_empty_key(trail, *values, **named):
        update(trail, *values, **named)
        trail.kms_key_id = trail.kms_key_id or None

    Trail.update = update_without_empty_key


def give_users_service_credentials():
    """ListServiceSpecificCredentials and what changes them, as in the IAM API Reference."""

    def held(response):
        return response.backend.get_user(response._get_param("UserName")).__dict__.setdefault("service_credentials", [])

    def listed(response):
        return ActionResult({"ServiceSpecificCredentials": held(response)})

    def created(response):
        name = f"ACCA{len(held(response)):016}"
        held(response).append(
            {
                "UserName": response._get_param("UserName"),
                "Status": "Active",
                "ServiceUserName": f"{response._get_param('UserName')}-at-{response.current_account}",
                "CreateDate": datetime(2025, 1, 1),
                "ServiceSpecificCredentialId": name,
                "ServiceName": response._get_param("ServiceName"),
            }
        )
        return ActionResult({"ServiceSpecificCredential": {**held(response)[-1], "ServicePassword": "none"}})

    def updated(response):
        for each in held(response):
            if each["ServiceSpecificCredentialId"] == response._get_param("ServiceSpecificCredentialId"):
                each["Status"] = response._get_param("Status")
        return EmptyResult()

    def deleted(response):
        name = response._get_param("ServiceSpecificCredentialId")
        held(response)[:] = [each for each in held(response) if each["ServiceSpecificCredentialId"] != name]
        return EmptyResult()

    IamResponse.list_service_specific_credentials = listed
    IamResponse.create_service_specific_credential = created
    IamResponse.update_service_specific_credential = updated
    IamResponse.delete_service_specific_credential = deleted


def moment(text):
    """The naive UTC time that moto keeps, or None for never."""
    if text is None:
        return None
    return datetime.fromisoformat(text).astimezone(timezone.utc).replace(tzinfo=None)


def stamp(text, never="N/A"):
    return moment(text).strftime(REPORT_TIME) if text else never


def last_use(when):
    return when and AccessKeyLastUsed(timestamp=when, service="s3", region="us-east-1")


def application(history):
    """Moto's own application, with the history route before it."""
    moto = DomainDispatcherApplication(create_backend_app)

    def answer(environ, start_response):
        if "requestPayment" in environ.get("QUERY_STRING", ""):
            return Response(BUCKET_OWNER_PAYS, content_type="application/xml")(environ, start_response)
        if environ.get("PATH_INFO") != HISTORY_PATH:
            return moto(environ, start_response)
        request = Request(environ)
        try:
            if request.method == "POST":
                history.tell(json.loads(request.get_data()))
            response = Response(json.dumps({"members": history.members}), content_type="application/json")
        except Exception as problem:  # moto's own errors are no common class
            text = json.dumps({"error": f"{type(problem).__name__}: {problem}"})
            response = Response(text, status=400, content_type="application/json")
        return response(environ, start_response)

    return answer


def start(port=0, handler=QuietHandler):
    """Returns a server that answers on 127.0.0.1 in a thread of this process, and that thread."""
    history = History()
    history.install()
    history.give_root_sessions()
    remove_network_acls_with_their_vpc()
    state_event_selectors_as_aws_does()
    forget_the_key_that_a_trail_no_longer_has()
    give_users_service_credentials()
    server = make_server("127.0.0.1", port, application(history), threaded=True, request_handler=handler)
    os.environ["MOTO_PORT"] = str(server.port)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    return server, serving


def main():
    parser = argparse.ArgumentParser(description="Serve moto on 127.0.0.1 until standard input closes.")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: any free one)")
    parser.add_argument("--verbose", action="store_true", help="log to standard error")
    parser.add_argument("--stay", action="store_true", help="run until interrupted, whatever standard input does")
    options = parser.parse_args()

    logging.getLogger("werkzeug").setLevel(logging.INFO if options.verbose else logging.CRITICAL)
    server, serving = start(options.port, WSGIRequestHandler if options.verbose else QuietHandler)
    print(f"READY {server.port}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        if options.stay:
            serving.join()
        else:
            while sys.stdin.buffer.read(4096):
                pass
    server.shutdown()


if __name__ == "__main__":
    main()
