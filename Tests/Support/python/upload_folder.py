"""upload_folder.py ENDPOINT BUCKET FOLDER: makes a bucket with all files of a folder, each under its path as its key."""

import pathlib
import sys

import boto3

endpoint, bucket, folder = sys.argv[1:]
s3 = boto3.client(
    "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing"
)
s3.create_bucket(Bucket=bucket)
root = pathlib.Path(folder)
for file in sorted(root.rglob("*")):
    if file.is_file():
        s3.put_object(Bucket=bucket, Key=file.relative_to(root).as_posix(), Body=file.read_bytes())
