"""Reads the evidence of the failing findings of a scan again, each with the command that the finding names, by the AWS CLI.

Arguments: a report of `parapet scan --format json`, and an endpoint that plays AWS. Prints one line for each piece of evidence that the
command does not confirm, and at the end how many it confirmed, as JSON: {"equal": …, "stated": …, "without": {source: count}}.

An answer of AWS is kept, since hundreds of commands ask the same things with different queries.
"""

import collections
import contextlib
import copy
import csv
import datetime
import io
import json
import os
import re
import shlex
import subprocess
import sys

import awscli.clidriver
import botocore.client

PIPE = " | base64 --decode | "


def remember_answers():
    original, answers = botocore.client.BaseClient._make_api_call, {}

    def call(self, operation, parameters):
        key = (self.meta.endpoint_url, self.meta.region_name, operation, json.dumps(parameters, sort_keys=True))
        if key not in answers:
            try:
                answers[key] = as_asked(operation, parameters, original(self, operation, parameters))
            except botocore.exceptions.ClientError as error:
                answers[key] = error
        if isinstance(answers[key], Exception):
            raise answers[key]
        return copy.deepcopy(answers[key])

    botocore.client.BaseClient._make_api_call = call


def as_asked(operation, parameters, answer):
    """moto answers with all trails whatever trails are named; AWS answers with those."""
    names = parameters.get("trailNameList") if operation == "DescribeTrails" else None
    if names:
        answer["trailList"] = [trail for trail in answer["trailList"] if {trail["Name"], trail["TrailARN"]} & set(names)]
    return answer


def without_account(request, **_):
    """S3 Control puts the account before the name of its host; an IP address cannot have that."""
    request.url = re.sub(r"//\d{12}\.", "//", request.url)


class CLI:
    def __init__(self):
        self.driver = awscli.clidriver.create_clidriver()
        self.driver.session.register("before-send.s3-control", without_account)
        self.outputs = {}

    def run(self, command):
        """The output and the code of the error, if there is one, of a command as it would be typed."""
        if command not in self.outputs:
            self.outputs[command] = self._run(command)
        return self.outputs[command]

    def _run(self, command):
        head, pipe, rest = command.partition(PIPE)
        words = shlex.split(head)
        assert words[0] == "aws", command
        output, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            try:
                # Given as an option too: for Amazon RDS the CLI takes no endpoint from the environment.
                self.driver.main(words[1:] + ["--endpoint-url", os.environ["AWS_ENDPOINT_URL"]])
            except SystemExit:
                pass
        text = output.getvalue()
        if pipe:
            done = subprocess.run(["sh", "-c", "base64 --decode | " + rest], input=text, capture_output=True, text=True)
            text = done.stdout
        return text, errors.getvalue()


def moment(text):
    if isinstance(text, str) and len(text) >= 19 and text[4:5] == "-" and text[10:11] == "T":
        with contextlib.suppress(ValueError):
            time = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
            return time.replace(tzinfo=time.tzinfo or datetime.timezone.utc).timestamp() // 1
    return None


def plain(value):
    """Equal for what says the same: a text that is JSON and the value, members that are absent and null, lists in any order."""
    if isinstance(value, str):
        if value[:1] in ("{", "["):
            with contextlib.suppress(ValueError):
                return plain(json.loads(value))
        time = moment(value)
        return value if time is None else time
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items() if part is not None}
    if isinstance(value, list):
        return sorted((plain(part) for part in value), key=lambda part: json.dumps(part, sort_keys=True))
    return value // 1 if isinstance(value, float) else value


def of_credential_report(text, fact):
    rows = list(csv.DictReader(io.StringIO(text)))
    if len(rows) != 1 or fact not in rows[0]:
        return f"{len(rows)} rows"
    cell = rows[0][fact]
    return {"true": True, "false": False, "N/A": None, "no_information": None, "not_supported": None}.get(cell, cell)


def is_absent(value, errors):
    """Whether AWS says by an error what the evidence says: that there is none, or which error it is."""
    if isinstance(value, str):
        return f"({value})" in errors
    is_none = value is None or isinstance(value, dict) and not any(value.values())
    return is_none and any(word in errors for word in ("NoSuch", "NotFound"))


def states(output, value):
    """Whether everything that a list says is in the output: the statement of a resource policy, by its Sid, in
    `cloudtrail.amazonaws.com: Put of bucket policy of logs, with conditions`; else what is named last, as in `Read of the policy own of
    alice`.
    """
    parts = [str(part) for part in (value if isinstance(value, list) else [value])]
    statements = [re.search(r": (\S+) of (?:bucket|key) policy of ", part) for part in parts]
    return all(
        (statement.group(1) if statement else part.split()[-1].strip(",")) in output
        for part, statement in zip(parts, statements)
    )


def main():
    report, endpoint = sys.argv[1:]
    # The CLI itself sets where its data are.
    for name in [name for name in os.environ if name.startswith("AWS_") and name != "AWS_DATA_PATH"]:
        del os.environ[name]
    os.environ.update(
        AWS_ENDPOINT_URL=endpoint, AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing",
        AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null", AWS_EC2_METADATA_DISABLED="true",
    )
    remember_answers()
    cli, counts, without = CLI(), collections.Counter(), collections.Counter()
    with open(report) as file:
        findings = json.load(file)["findings"]
    for finding in findings:
        for evidence in finding["evidence"] if finding["status"] == "fail" else []:
            command, value, source = evidence.get("command"), evidence["value"], evidence["source"]
            if command is None:
                without[source] += 1
                continue
            output, errors = cli.run(command)
            if not output and is_absent(value, errors):
                counts["equal"] += 1
            elif PIPE in command and plain(of_credential_report(output, evidence["fact"])) == plain(value):
                counts["equal"] += 1
            elif "--query" not in command and states(output, value):
                counts["stated"] += 1
            elif "--query" in command and PIPE not in command and output and plain(json.loads(output)) == plain(value):
                counts["equal"] += 1
            else:
                found = output if len(output) < 600 else output[:600] + "…"
                print(f"{finding['check']}: {command}\n  {json.dumps(value)[:600]}\n  {found.strip()} {errors.strip()[:300]}")
    print(json.dumps({**counts, "without": without}))


main()
