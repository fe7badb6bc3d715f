#!/usr/bin/env python3
"""Says which commands of the AWS CLI are wrong, one line each; prints nothing if all are right.

    python cli_commands.py FILE

FILE has one command a line, `aws SERVICE OPERATION …`. The AWS CLI itself parses each against its model of the service; the calls are
answered with nothing. Words in capitals are names; those that must be numbers become one.
"""

import contextlib
import io
import os
import pathlib
import re
import shlex
import sys
import tempfile

import botocore.client
from awscli.clidriver import create_clidriver

LISTS = {"narrow.json"}


def answered(client, operation, parameters):
    # What a customization of the CLI writes to a file.
    return {"VirtualMFADevice": {"QRCodePNG": b""}} if operation == "CreateVirtualMFADevice" else {}


def main(path):
    os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="us-east-1", AWS_PAGER="")
    botocore.client.BaseClient._make_api_call = answered
    commands = pathlib.Path(path).read_text().splitlines()
    driver = create_clidriver()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for command in commands:
            for name in re.findall(r"file://(\S+)", command):
                pathlib.Path(folder, name).write_text("[]" if name in LISTS else "{}")
            words = shlex.split(re.sub(r"\b(NUMBER|PORT)\b", "22", command))
            said = io.StringIO()
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                try:
                    code = driver.main(words[1:])
                except SystemExit as stop:
                    code = stop.code
            if code:
                print(f"{command}: {said.getvalue().strip().splitlines()[-1:]}")


if __name__ == "__main__":
    main(sys.argv[1])
