#!/usr/bin/env python3
"""Prepares a moto server for notifiers, reads what arrived, and checks findings against AWS's own model.

    python notify_stage.py setup ENDPOINT      prints the topics, and the queue that subscribes to them
    python notify_stage.py read ENDPOINT QUEUE prints the messages, the findings, and the number of e-mails
    python notify_stage.py validate FILE       prints what botocore says about an array of findings (empty: nothing)
"""

import json
import sys

import boto3
import botocore.session
from botocore.validate import ParamValidator

KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "eu-central-1"}


def client(name, endpoint):
    """Return a client of a service on the moto server."""
    return boto3.client(name, endpoint_url=endpoint, **KEYS)


def setup(endpoint):
    """Create the topics, the queue, and the identity that sends mail."""
    sns, sqs = client("sns", endpoint), client("sqs", endpoint)
    queue = sqs.create_queue(QueueName="seen")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = sns.create_topic(Name="security")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    client("sesv2", endpoint).create_email_identity(EmailIdentity="parapet@example.com")
    client("ses", endpoint).verify_email_identity(EmailAddress="parapet@example.com")
    return {"topic": topic, "queue": queue}


def read(endpoint, queue):
    """Return everything that arrived."""
    sqs = client("sqs", endpoint)
    messages = []
    while True:
        batch = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=600).get("Messages", [])
        if not batch:
            break
        messages += [json.loads(message["Body"]) for message in batch]
    findings = client("securityhub", endpoint).get_findings()["Findings"]
    mails = client("ses", endpoint).get_send_quota()["SentLast24Hours"]
    return {"messages": messages, "findings": findings, "mails": int(mails)}


def validate(path):
    """Return what the model of BatchImportFindings says about findings."""
    with open(path, encoding="utf-8") as file:
        findings = json.load(file)
    model = botocore.session.get_session().get_service_model("securityhub")
    shape = model.operation_model("BatchImportFindings").input_shape
    return ParamValidator().validate({"Findings": findings}, shape).generate_report()


if __name__ == "__main__":
    ACTION = {"setup": setup, "read": read, "validate": validate}[sys.argv[1]]
    print(json.dumps(ACTION(*sys.argv[2:]), default=str))
