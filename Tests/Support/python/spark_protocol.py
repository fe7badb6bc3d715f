#!/usr/bin/env python3
"""Checks that Sources/SparkConnect/Protocol/spark_connect.proto says of each message and field what pyspark's own files say.

    .venv-spark/bin/python Tests/Support/python/spark_protocol.py
"""

import pathlib
import sys
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool
from grpc_tools import protoc
from pyspark.sql.connect.proto import base_pb2  # noqa: F401: it registers the messages

FOLDER = pathlib.Path(__file__).resolve().parents[3] / "Sources" / "SparkConnect" / "Protocol"


def own_messages():
    with tempfile.NamedTemporaryFile() as file:
        if protoc.main(["protoc", f"-I{FOLDER}", f"--descriptor_set_out={file.name}", "spark_connect.proto"]) != 0:
            sys.exit("spark_connect.proto cannot be compiled")
        files = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(file.name).read_bytes())
    return files.file[0].message_type


def differences(scope, message):
    name = f"{scope}.{message.name}"
    try:
        real = descriptor_pool.Default().FindMessageTypeByName(name)
    except KeyError:
        yield f"{name} is no message of the protocol"
        return
    for field in message.field:
        other = real.fields_by_name.get(field.name)
        if other is None:
            yield f"{name} has no field {field.name}"
        elif (other.number, other.type) != (field.number, field.type):
            yield f"{name}.{field.name} is number {other.number} of type {other.type}"
        elif field.type == field.TYPE_MESSAGE and "." + other.message_type.full_name != field.type_name:
            yield f"{name}.{field.name} is a {other.message_type.full_name}"
    for inner in message.nested_type:
        yield from differences(name, inner)


found = [text for message in own_messages() for text in differences("spark.connect", message)]
sys.exit("\n".join(found) if found else 0)
