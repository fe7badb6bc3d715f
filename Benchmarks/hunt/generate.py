#!/usr/bin/env python3
"""Writes CloudTrail log files as an account of some size would have them, with attacks in them, and what the attacks are.

    Benchmarks/hunt/generate.py FOLDER [--records 1500000] [--files 400] [--seed 1] [--attacks 60]

The same arguments give the same bytes. A record has about 1.3 kB, so that 1.5 million are 2 GB before compression. FOLDER
gets AWSLogs/… and truth.json: for each planted event its id, the attack that it belongs to, and its file. Beside the
attacks stand traps: the same calls by CloudFormation, refused ones, and ones that open nothing.
"""

import argparse
import gzip
import json
import multiprocessing
import pathlib
import random
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
from attacks import ATTACKS, TRAPS  # noqa: E402
from background import World, render  # noqa: E402

# 2024-05-01T00:00:00Z
START = 1714521600


def spread(total, parts, random_source):
    """Parts of different sizes that make the total."""
    weights = [random_source.lognormvariate(0, 0.35) for _ in range(parts)]
    sizes = [int(total * weight / sum(weights)) for weight in weights]
    sizes[0] += total - sum(sizes)
    return sizes


def plan(options):
    """For each file its size, and the planted calls with their moment in it."""
    source = random.Random(f"plan {options.seed}")
    files = [{"number": number, "records": size, "planted": []} for number, size in
             enumerate(spread(options.records, options.files, source))]
    kinds = list(ATTACKS.items())
    for number in range(options.attacks):
        name, calls = kinds[number % len(kinds)]
        first = source.randrange(options.files)
        actor = f"intruder-{number}"
        for step, call in enumerate(calls):
            files[min(options.files - 1, first + step // 3)]["planted"].append((name, actor, call))
    for number in range(options.attacks * 4):
        source.choice(files)["planted"].append(("", f"engineer-{number}", source.choice(TRAPS)))
    return files


def write(job):
    folder, seed, seconds, file = job
    source = random.Random(f"file {seed} {file['number']}")
    world = World(random.Random(f"world {seed}"))
    region = source.choice(world.regions)
    account = source.choice(world.accounts)
    start = START + file["number"] * seconds
    count = file["records"]
    # After the first fifth, so that each attack has something before it.
    places = sorted(source.randrange(count // 5, count) for _ in file["planted"])
    planted = dict(zip(places, range(len(places))))
    records, truth = [], []
    for number in range(count):
        moment = start + number * seconds // max(1, count)
        if number in planted:
            name, actor, call = file["planted"][planted[number]]
            record = render(source, world, account, region, moment, call=call, actor=actor)
            if name:
                truth.append({"attack": name, "actor": actor, "eventName": call["eventName"],
                              "eventID": json.loads(record)["eventID"]})
        else:
            record = render(source, world, account, region, moment)
        records.append(record)
    stamp = world.compact(start)
    path = pathlib.Path("AWSLogs", account, "CloudTrail", region, *world.day(start),
                        f"{account}_CloudTrail_{region}_{stamp}_{file['number']:08d}.json.gz")
    content = ('{"Records":[' + ",".join(records) + "]}").encode()
    target = pathlib.Path(folder, path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(content, 6, mtime=0))
    for entry in truth:
        entry["file"] = str(path)
    return len(content), truth


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--records", type=int, default=1_500_000)
    parser.add_argument("--files", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--attacks", type=int, default=60)
    options = parser.parse_args()
    # Three days of them.
    seconds = 3 * 86400 // options.files
    jobs = [(str(options.folder), options.seed, seconds, file) for file in plan(options)]
    with multiprocessing.Pool() as pool:
        results = pool.map(write, jobs, chunksize=1)
    truth = [entry for _, entries in results for entry in entries]
    size = sum(size for size, _ in results)
    (options.folder / "truth.json").write_text(json.dumps(
        {"records": options.records, "files": options.files, "bytes": size, "planted": truth}, indent=1))
    print(f"{options.records} records, {options.files} files, {size / 1e6:.0f} MB before compression, {len(truth)} planted")


if __name__ == "__main__":
    main()
