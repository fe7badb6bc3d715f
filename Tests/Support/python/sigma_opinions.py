"""What other implementations of Sigma say: azuma, and pySigma with its SQLite backend.

Reads {"cases": [{"rule": "<YAML>", "events": [{...}]}]} from the file that is named, and prints for each case, for each of
the two, a list with true, false, or what went wrong, for each event; or one text where the rule is refused.

Neither knows nested records: names are joined by dots, and an object is there by its compact JSON text as well.
"""

import json
import re
import sqlite3
import sys

import azuma
from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def flat(record, prefix=""):
    """The record's leaves by their paths, and its objects as text."""
    result = {}
    for name, value in record.items():
        if isinstance(value, dict):
            result[prefix + name] = compact(value)
            result.update(flat(value, prefix + name + "."))
        else:
            result[prefix + name] = value
    return result


def ask_azuma(text, events):
    try:
        rule = azuma.Rule.model_validate_yaml(text)
    except Exception as error:  # It says no in many ways.
        return f"{type(error).__name__}: {error}".splitlines()[0]

    def one(event):
        # Booleans have the text that JSON gives them.
        words = {name: str(value).lower() if isinstance(value, bool) else value for name, value in event.items()}
        try:
            return bool(rule.match(words))
        except Exception as error:
            return f"{type(error).__name__}"

    return [one(flat(event)) for event in events]


def ask_sqlite(text, events):
    try:
        query = sqliteBackend().convert(SigmaCollection.from_yaml(text))[0]
    except Exception as error:
        return f"{type(error).__name__}: {error}".splitlines()[0]
    rows = [flat(event) for event in events]
    names = {name for row in rows for name in row} | set(re.findall(r"`([^`]+)`", query))
    # A rule may speak of fields that no event has: SQLite has no columns but those that it is told of.
    names |= set(re.findall(r"^\s+(?:- )?'?([A-Za-z][\w.]*)(?:\|[\w|]+)?'?:", text, re.MULTILINE))
    names |= set(re.findall(r"fieldref\S*: (\S+)", text))
    columns = sorted(names)
    if len({name.lower() for name in columns}) != len(columns):
        return "SQLite cannot tell the names of columns apart by capital and small letters"

    def column(name):
        compared = re.search(rf"(?:^|[ (])`?{re.escape(name)}`? ?[<>]=? ?-?[0-9]", query)
        return f'"{name}" {"NUMERIC" if compared else "TEXT"} COLLATE NOCASE'

    def value(row, name):
        found = row.get(name)
        return str(found).lower() if isinstance(found, bool) else compact(found) if isinstance(found, list) else found

    database = sqlite3.connect(":memory:")
    database.create_function("regexp", 2, lambda pattern, text: text is not None and re.search(pattern, str(text)) is not None)
    database.execute(f'CREATE TABLE logs ({", ".join(map(column, columns))}, "row number" INTEGER)')
    for number, row in enumerate(rows):
        values = [value(row, name) for name in columns] + [number]
        database.execute(f'INSERT INTO logs VALUES ({", ".join("?" * len(values))})', values)
    try:
        found = {row[0] for row in database.execute(query.replace("SELECT *", 'SELECT "row number"', 1))}
    except sqlite3.Error as error:
        return f"{type(error).__name__}: {error}"
    return [number in found for number in range(len(rows))]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)["cases"]
    json.dump(
        [
            {"azuma": ask_azuma(case["rule"], case["events"]), "sqlite": ask_sqlite(case["rule"], case["events"])}
            for case in cases
        ],
        sys.stdout,
    )


main()
