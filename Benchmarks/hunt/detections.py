#!/usr/bin/env python3
"""Prints which attacks the built-in detections of CloudTrail tell, by technique, and how many alerts quiet days raise.

    Benchmarks/hunt/detections.py [FOLDER] [--verbose]

Each attack of attacks.py stands alone in a log file of its own, amid an hour of background; an attack is told if an alert is
about one of its events, or about its actor. A quiet day is background.py's and nothing else: 60,000 records of three accounts.
Needs `parapet` (PARAPET names one, else the release build).
"""

import argparse
import datetime
import gzip
import json
import pathlib
import random
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from attacks import ATTACKS, SETS, TECHNIQUES  # noqa: E402
from background import World, render  # noqa: E402
from measure import every_alert, row  # noqa: E402

# 2024-05-06T08:00:00Z
START = 1714982400
DAY = 86_400
QUIET_DAYS = 3
QUIET_RECORDS = 60_000
# The most alerts of a quiet day.
QUIET = 2


def by_technique():
    """Technique, name and calls of every attack."""
    sets = [(TECHNIQUES[name], name, calls) for name, calls in ATTACKS.items()]
    sets += [(technique, name, calls) for technique, attacks in SETS.items() for name, calls in attacks.items()]
    return sorted(sets, key=lambda each: each[:2])


def written(path, records):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(('{"Records":[' + ",".join(records) + "]}").encode(), 6, mtime=0))
    return path


def attacked(folder, number, technique, name, calls):
    """A log with one attack, the identifiers of its events, and its actor."""
    source = random.Random(f"attack {technique} {name}")
    world = World(random.Random("world of attacks"))
    account, region, actor = world.accounts[0], "eu-west-1", f"intruder-{number}"
    records = [render(source, world, account, region, START - 3600 + 6 * each) for each in range(600)]
    planted = [render(source, world, account, region, START + call.get("at", 20 * step), call=call, actor=actor)
               for step, call in enumerate(calls)]
    attack = {json.loads(each)["eventID"] for each, call in zip(planted, calls) if call.get("at", 0) >= 0}
    return written(folder / f"{technique}-{name}.json.gz", records + planted), attack, actor


def is_about(alert, events, actor):
    named = {alert.get("event")} | {record.get("eventID") for record in alert.get("evidence", {}).get("records", [])}
    return bool(named & events) or actor in json.dumps(alert)


def quiet(folder, number):
    source = random.Random(f"quiet {number}")
    world = World(random.Random("world of quiet days"))
    records = [render(source, world, source.choice(world.accounts), source.choice(world.regions), START + number * DAY + each * DAY // QUIET_RECORDS)
               for each in range(QUIET_RECORDS)]
    return written(folder / f"quiet-{number}.json.gz", records)


def rows(folder, verbose=False):
    told, total = {}, {}
    for number, (technique, name, calls) in enumerate(by_technique()):
        log, events, actor = attacked(folder / "attacks", number, technique, name, calls)
        alerts = [alert for alert in every_alert("cloudtrail", log) if is_about(alert, events, actor)]
        total[technique] = total.get(technique, 0) + 1
        told[technique] = told.get(technique, 0) + bool(alerts)
        if verbose or not alerts:
            print(f"  {technique:<10} {name:<30} {'; '.join(sorted({alert['title'] for alert in alerts})) or 'NOT TOLD'}")
    for technique, count in total.items():
        print(f"{f'attacks told, {technique}':<66}{told[technique]:>4} of {count}")
    row("attacks told by the built-in detections, of all", sum(told.values()) / sum(total.values()), least=0.95)
    for number in range(QUIET_DAYS):
        alerts = every_alert("cloudtrail", quiet(folder / "quiet", number))
        row(f"alerts on quiet day {number + 1}", len(alerts), QUIET)
        for alert in alerts if verbose else []:
            print(f"  {alert['severity']:<14} {alert['title']} · {alert['actor']} · {datetime.datetime.fromisoformat(alert['time'])}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, nargs="?", help="where the logs are made, and kept (default: a temporary one)")
    parser.add_argument("--verbose", action="store_true", help="the alerts of each attack, and those of quiet days")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="parapet-bench-") as scratch:
        rows(options.folder or pathlib.Path(scratch), options.verbose)


if __name__ == "__main__":
    main()
