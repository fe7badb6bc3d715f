"""What the benchmarks share: running a program and measuring it, and one line for each figure."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
RELEASE = ROOT / ".build" / "release"
PARAPET = pathlib.Path(os.environ.get("PARAPET", RELEASE / "parapet"))
# The Python that has the engines to compare with.
PYTHON = os.environ.get("PYTHON", ROOT / ".venv" / "bin" / "python")
# Alerts and doubts are answers too.
ANSWERS = (0, 2, 3)


class Measure:
    """Seconds of the clock and of the processors, and peak memory in MB, of one run and of what it starts."""

    def __init__(self, arguments, allowed=(0,)):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            started = time.monotonic()
            process = subprocess.Popen([str(argument) for argument in arguments], stdout=out, stderr=err)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.wall = time.monotonic() - started
            out.seek(0)
            err.seek(0)
            self.output = out.read().decode(errors="replace")
            self.error = err.read().decode(errors="replace")[-2000:]
        self.failed = process.returncode not in allowed
        self.cpu = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss / 1024


def alternating(commands, runs, optional=()):
    """For each name the best of its runs: what disturbs a run only ever makes it slower. Taken in turns, so that a
    disturbance meets all alike. A command is its words and the exit codes that are answers. Of the optional ones, which
    fails is said and left out."""
    measures = {name: [] for name in commands}
    for _ in range(runs):
        for name, (words, allowed) in commands.items():
            if name not in measures:
                continue
            run = engine(name, words) if name in optional else Measure(words, allowed)
            if run is None:
                del measures[name]
                continue
            if run.failed:
                sys.exit(f"error: {words[0]} failed: {run.error.strip() or 'without a word'}")
            measures[name].append(run)
    return {name: Best(each) for name, each in measures.items()}


class Best:
    """The least time of some runs, each for itself, and the most memory."""

    def __init__(self, runs):
        self.cpu = min(run.cpu for run in runs)
        self.wall = min(run.wall for run in runs)
        self.memory = max(run.memory for run in runs)
        self.output = runs[-1].output


def row(name, value, limit=None, least=None):
    """One line: the figure, and whether it keeps to its limit."""
    verdict = ""
    if limit is not None:
        verdict = f"  {'ok' if value <= limit else 'MISSED'} (at most {limit})"
    if least is not None:
        verdict = f"  {'ok' if value >= least else 'MISSED'} (at least {least})"
    print(f"{name:<66}{value:>10.3f}{verdict}", flush=True)


def parapet(source, logs, threads, *more):
    """`parapet hunt` as one would call it."""
    if not PARAPET.exists():
        sys.exit(f"error: {PARAPET} is not there: make bench builds it")
    words = [PARAPET, "hunt", "--source", source, "--logs", logs, "--threads", threads, "--format", "json", *more]
    return words, ANSWERS


def every_alert(source, logs):
    """All alerts of one run that is not measured: otherwise only the first of each rule are told in full."""
    words, allowed = parapet(source, logs, 2, "--max-alerts", 0)
    run = Measure(words, allowed)
    if run.failed:
        sys.exit(f"error: {words[0]} failed: {run.error}")
    return json.loads(run.output)["alerts"]


def has_module(name):
    """Whether PYTHON has an engine; says so where it has not."""
    try:
        missing = subprocess.run([PYTHON, "-c", f"import {name}"], capture_output=True, check=False).returncode
    except OSError:
        missing = 1
    if missing:
        print(f"{name} is not in {PYTHON}: left out (PYTHON=… names a Python that has it)")
    return not missing


def engine(name, words):
    """One run of an engine; None where it fails, which is said."""
    run = Measure(words)
    if run.failed:
        print(f"{name} failed: {(run.error.strip().splitlines() or ['without a word'])[-1]}")
        return None
    return run


def compared(label, ours, other, limit):
    """How the verb's time and an engine's relate."""
    name = f"hunt, 2 threads / {label}"
    row(f"{name}, processor time", ours.cpu / other.cpu, limit)
    row(f"{name}, wall", ours.wall / other.wall)
    row(f"{label}, peak memory in MB", other.memory)


def growth(large, small):
    """Whether ten times the records take ten times the time, and no more memory. For so many as there are."""
    counts = [json.loads(run.output)["stats"]["events"] for run in (large, small)]
    more = counts[0] / counts[1]
    row(f"hunt, time for {more:.1f} times the records / {more:.1f} times the time", large.cpu / (more * small.cpu), 1.2)
    row(f"hunt, memory for {more:.1f} times the records / memory", large.memory / small.memory, 1.5)
