"""What prometheus-client's strict parsers make of a page of metrics.

usage: metrics_opinions.py text|openmetrics FILE
Prints the samples as JSON; fails if the page is not valid.
"""

import json
import sys

from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics


def main():
    kind, path = sys.argv[1:]
    with open(path, encoding="utf-8", newline="") as file:
        text = file.read()
    parse = openmetrics.text_string_to_metric_families if kind == "openmetrics" else parser.text_string_to_metric_families
    samples = []
    for family in parse(text):
        for sample in family.samples:
            samples.append(
                {"family": family.name, "type": family.type, "help": family.documentation, "name": sample.name,
                 "labels": sample.labels, "value": str(sample.value)})
    json.dump(samples, sys.stdout)


if __name__ == "__main__":
    main()
