"""Makes events of OCSF 1.1 of records of CloudTrail and of flow logs, as Amazon Security Lake documents it for its source version 2.

Independent of Parapet's own mapping: it follows the tables "CloudTrail API Activity", "Authentication", "Account Change" and
"VPC Flowlogs" of the OCSF project's examples. What they do not name goes into `unmapped`, by its names with dots between them.

    security_lake.py FOLDER EVENTS.json

writes the events of the log files of CloudTrail (`*.json.gz`) in a folder, one a line.
"""

import copy
import datetime
import gzip
import ipaddress
import json
import pathlib
import sys


def take(record, *names):
    """Removes a value from nested objects and returns it."""
    for name in names[:-1]:
        record = record.get(name)
        if not isinstance(record, dict):
            return None
    return record.pop(names[-1], None) if isinstance(record, dict) else None


def text(value):
    """A value without structure as text."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)


def flat(value, name, into):
    """Puts the values within an object into a map of texts, by their names with dots between them."""
    if isinstance(value, dict):
        for inner, member in value.items():
            flat(member, f"{name}.{inner}" if name else inner, into)
    else:
        into[name] = "" if value is None else text(value)


def moment(value):
    """Milliseconds since 1970 and a timestamp, of a time in ISO 8601."""
    try:
        date = datetime.datetime.fromisoformat(value.upper().replace("Z", "+00:00")).astimezone(datetime.timezone.utc)
    except (AttributeError, ValueError):
        return None, None
    return int(date.timestamp() * 1000), date.strftime("%Y-%m-%d %H:%M:%S")


def is_address(value):
    try:
        ipaddress.ip_address(value)
        return True
    except ValueError:
        return False


def api_activity(record):
    """The event of a CloudTrail record."""
    record = copy.deepcopy(record)
    milliseconds, stamp = moment(record.get("eventTime"))
    if milliseconds is not None:
        record.pop("eventTime")
    request, response = (take(record, name) for name in ("requestParameters", "responseElements"))
    source = take(record, "sourceIPAddress")
    address = source if source is not None and is_address(source) else None
    name = record.get("eventName")
    is_mfa, service = None, None
    if name == "ConsoleLogin":
        if isinstance(record.get("additionalEventData"), dict):
            if record["additionalEventData"].get("MFAUsed") in ("Yes", "No"):
                is_mfa = take(record, "additionalEventData", "MFAUsed") == "Yes"
            service = text(take(record, "additionalEventData", "LoginTo"))
    context = ("userIdentity", "sessionContext")
    session_mfa = take(record, *context, "attributes", "mfaAuthenticated")
    created = take(record, *context, "attributes", "creationDate")
    resources = take(record, "resources")
    listed = [
        {"uid": entry.get("ARN"), "account": {"uid": entry.get("accountId")}, "type": entry.get("type")}
        for entry in resources or [] if isinstance(entry, dict)
    ]
    event = {
        "class_uid": 3002 if name == "ConsoleLogin" else 6003,
        "time": milliseconds,
        "time_dt": stamp,
        "metadata": {
            "product": {
                "version": take(record, "eventVersion"), "name": "CloudTrail", "vendor_name": "AWS",
                "feature": {"name": take(record, "eventCategory") or "Management, Data, and Insights"},
            },
            "event_code": take(record, "eventType"), "uid": take(record, "eventID"), "profiles": ["cloud", "datetime"],
            "version": "1.1.0",
        },
        "api": {
            "operation": take(record, "eventName"), "version": text(take(record, "apiVersion")),
            "service": {"name": take(record, "eventSource")},
            "request": {"data": "" if request is None else json.dumps(request), "uid": take(record, "requestID")},
            "response": {
                "error": take(record, "errorCode"), "message": take(record, "errorMessage"),
                "data": "" if response is None else json.dumps(response),
            },
        },
        "actor": {
            "user": {
                "type": take(record, "userIdentity", "type"), "name": take(record, "userIdentity", "userName"),
                "uid_alt": take(record, "userIdentity", "principalId"), "uid": take(record, "userIdentity", "arn"),
                "account": {"uid": take(record, "userIdentity", "accountId")},
                "credential_uid": take(record, "userIdentity", "accessKeyId"),
            },
            "session": {
                "created_time_dt": moment(created)[1], "is_mfa": {"true": True, "false": False}.get(text(session_mfa)),
                "issuer": take(record, *context, "sessionIssuer", "arn"),
            },
            "invoked_by": take(record, "userIdentity", "invokedBy"),
            "idp": {
                "name": take(record, "userIdentity", "identityProvider")
                or take(record, *context, "webIdFederationData", "federatedProvider")
            },
        },
        "src_endpoint": {
            "uid": take(record, "vpcEndpointId") or "", "ip": address, "domain": None if address else source,
        },
        "dst_endpoint": {"svc_name": service},
        "http_request": {"user_agent": take(record, "userAgent")},
        "cloud": {
            "account": {"uid": take(record, "recipientAccountId")}, "region": take(record, "awsRegion"), "provider": "AWS",
        },
        "resources": listed,
        "is_mfa": is_mfa,
        "unmapped": {"sharedEventID": "", "resources": ""},
    }
    flat(record, "", event["unmapped"])
    return event


def network_activity(flow):
    """The event of a flow record, which has the names of a table's columns."""

    def stamp(seconds):
        return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")

    def endpoint(side, direction):
        own, packet = flow.get(f"{side}addr"), flow.get(f"pkt_{side}addr") or flow.get(f"{side}addr")
        event = {
            "port": flow.get(f"{side}port"), "ip": packet, "intermediate_ips": None if own == packet else [own], "svc_name": "-",
        }
        if flow.get("flow_direction") == direction:
            names = (("interface_uid", "interface_id"), ("vpc_uid", "vpc_id"), ("subnet_uid", "subnet_id"))
            event |= {name: flow.get(field, "-") for name, field in names}
        return event

    accepted = flow.get("action") == "ACCEPT"
    verdict = ("Allowed", "Allowed", "Traffic") if accepted else ("Denied", "Blocked", "Refuse")
    direction = {"ingress": "Inbound", "egress": "Outbound"}.get(flow.get("flow_direction"), "Unknown")
    return {
        "class_uid": 4001,
        "time": flow["start"] * 1000,
        "time_dt": stamp(flow["start"]),
        "start_time_dt": stamp(flow["start"]),
        "end_time_dt": stamp(flow["end"]),
        "metadata": {
            "product": {
                "version": str(flow["version"]), "name": "Amazon VPC", "vendor_name": "AWS", "feature": {"name": "Flowlogs"},
            },
            "version": "1.1.0",
        },
        "cloud": {"account": {"uid": flow.get("account_id")}, "provider": "AWS"},
        "src_endpoint": endpoint("src", "egress"),
        "dst_endpoint": endpoint("dst", "ingress"),
        "connection_info": {
            "protocol_num": flow.get("protocol"), "tcp_flags": flow.get("tcp_flags"), "direction": direction,
            "protocol_ver": "IPv4",
        },
        "traffic": {"packets": flow.get("packets"), "bytes": flow.get("bytes")},
        "status_code": flow.get("log_status"),
        "action": verdict[0],
        "disposition": verdict[1],
        "activity_name": verdict[2],
        "unmapped": {"sublocation_id": "-", "sublocation_type": "-"},
    }


def main():
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.json.gz")):
            for record in json.loads(gzip.decompress(path.read_bytes()))["Records"]:
                file.write(json.dumps(api_activity(record)) + "\n")


if __name__ == "__main__":
    main()
