#!/usr/bin/env python3
"""Prints what AWS's own service models, as botocore ships them, say about operations: a second opinion on the wire.

    python shapes.py cloudtrail:DescribeTrails s3:GetBucketPolicy …

The answer is one JSON object by `service:Operation`. In `input` and `output` a node is one of

    {"type": "structure", "members": {NAME: node + {"wire": W, "location": L, "required": true}}, "payload": NAME}
    {"type": "list", "flattened": bool, "item": W, "element": node}
    {"type": "map", "flattened": bool, "entry": W, "key": W, "value": W, "element": node}
    {"type": "string", "enum": [...]}, {"type": "timestamp", "format": F}, {"type": "integer"}, …
    {"type": "recursion", "shape": NAME}   (the shape stands above itself)

NAME is the model's name for a member, `wire` the name that travels (for a list in a form: what stands before `.1`), `location` where:
body, header, headers (a prefix), uri, querystring, statusCode. `item` is absent where the list's elements have no name of
their own: in JSON, and where flattened. `payload` names the member that is the whole body. Absent keys mean false or none.
"""

import argparse
import json
import sys

import botocore.session
from botocore.exceptions import BotoCoreError, DataNotFoundError
from botocore.model import OperationNotFoundError

FORMS = {"query", "ec2"}
XML = {"query", "ec2", "rest-xml"}
BODY_TIMESTAMPS = {"json": "unixTimestamp", "rest-json": "unixTimestamp"}
LOCATION_TIMESTAMPS = {"header": "rfc822", "headers": "rfc822", "querystring": "iso8601", "uri": "iso8601"}


class Reader:
    """Reads the shapes of one service in one direction."""

    def __init__(self, protocol, sending):
        self.protocol = protocol
        self.form = sending and protocol in FORMS
        self.xml = protocol in XML and not self.form

    def node(self, shape, location="body", above=()):
        if shape.name in above:
            return {"type": "recursion", "shape": shape.name}
        above = (*above, shape.name)
        kind = shape.type_name
        if kind == "structure":
            return self.structure(shape, above)
        if kind == "list":
            return self.list(shape, above)
        if kind == "map":
            return self.map(shape, above)
        if kind == "timestamp":
            default = LOCATION_TIMESTAMPS.get(location, BODY_TIMESTAMPS.get(self.protocol, "iso8601"))
            return {"type": kind, "format": shape.serialization.get("timestampFormat", default)}
        if kind == "string" and shape.enum:
            return {"type": kind, "enum": list(shape.enum)}
        return {"type": kind}

    def structure(self, shape, above):
        node = {"type": "structure", "members": {}}
        for name, member in shape.members.items():
            location = member.serialization.get("location", "body")
            entry = {"wire": self.wire(name, member), "location": location}
            if name in shape.required_members:
                entry["required"] = True
            if member.serialization.get("xmlAttribute"):
                entry["attribute"] = True
            node["members"][name] = {**entry, **self.node(member, location, above)}
        if shape.serialization.get("payload"):
            node["payload"] = shape.serialization["payload"]
        if shape.metadata.get("union"):
            node["union"] = True
        return node

    def list(self, shape, above):
        flattened = self.flattens(shape)
        node = {"type": "list", "flattened": flattened, "element": self.node(shape.member, "body", above)}
        if (self.xml or self.form) and not flattened:
            node["item"] = shape.member.serialization.get("name", "member")
        return node

    def map(self, shape, above):
        node = {"type": "map", "element": self.node(shape.value, "body", above)}
        if self.xml or self.form:
            node["flattened"] = self.flattens(shape)
            node["entry"] = "entry"
            node["key"] = shape.key.serialization.get("name", "key")
            node["value"] = shape.value.serialization.get("name", "value")
        return node

    def flattens(self, shape):
        """A form of EC2's numbers every list directly."""
        if self.form and self.protocol == "ec2":
            return True
        return bool(shape.serialization.get("flattened"))

    def wire(self, name, member):
        marks = member.serialization
        if self.form and self.protocol == "ec2":
            if "queryName" in marks:
                return marks["queryName"]
            given = marks.get("name", name)
            return given[0].upper() + given[1:]
        if self.protocol in XML and member.type_name == "list" and self.flattens(member):
            own = member.member.serialization.get("name")
            if own:
                return own
        return marks.get("name", name)


def pagination(session, service, operation):
    """The paginators-1 entry, or None for an operation that has one page."""
    try:
        pages = session.get_component("data_loader").load_service_model(service, "paginators-1")
    except DataNotFoundError:
        return None
    return pages["pagination"].get(operation)


def describe(session, service, operation):
    model = session.get_service_model(service)
    found = model.operation_model(operation)
    protocol = model.resolved_protocol
    metadata = model.metadata
    described = {
        "service": service,
        "operation": operation,
        "apiVersion": model.api_version,
        "protocol": protocol,
        "protocols": metadata.get("protocols", [protocol]),
        "jsonVersion": metadata.get("jsonVersion"),
        "targetPrefix": metadata.get("targetPrefix"),
        "signingName": model.signing_name,
        "endpointPrefix": model.endpoint_prefix,
        "globalEndpoint": metadata.get("globalEndpoint"),
        "method": found.http.get("method", "POST"),
        "requestUri": found.http.get("requestUri", "/"),
        "resultWrapper": found.output_shape and found.output_shape.serialization.get("resultWrapper"),
        "requestRoot": found.input_shape and found.input_shape.serialization.get("name"),
        "hostPrefix": (found.endpoint or {}).get("hostPrefix"),
        "errors": sorted(error.name for error in found.error_shapes),
        "pagination": pagination(session, service, operation),
        "input": found.input_shape and Reader(protocol, sending=True).node(found.input_shape),
        "output": found.output_shape and Reader(protocol, sending=False).node(found.output_shape),
    }
    return {key: value for key, value in described.items() if value not in (None, [], {})}


def main():
    parser = argparse.ArgumentParser(description="Print operations' wire shapes as JSON.")
    parser.add_argument("operations", nargs="+", metavar="service:Operation")
    options = parser.parse_args()
    session = botocore.session.Session()
    answer = {}
    for name in options.operations:
        service, _, operation = name.partition(":")
        try:
            answer[name] = describe(session, service, operation)
        except (BotoCoreError, OperationNotFoundError) as problem:
            sys.exit(
                f"error: {name}: {str(problem).split('. Valid')[0]}: name it as service:Operation, such as cloudtrail:DescribeTrails"
            )
    json.dump(answer, sys.stdout, indent=1, sort_keys=True)
    print()


if __name__ == "__main__":
    main()
