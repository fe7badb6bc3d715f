"""Runs the queries that Parapet writes for Athena with other programs than Athena.

    sql_opinions.py INPUT.json

INPUT has "table", "columns" ([name, Hive type]), "rows" (records with the columns' names, or the values in lower case) and
"queries" (statements in Trino's SQL, each with the place of a row's object and the table's values as columns). Every statement must
be accepted by Trino's own grammar (trino-sql-validator). Translated by sqlglot, each runs on DuckDB. The output has "errors", "passed"
(for each query the numbers of the rows that pass its condition), and "values" (for each row that passes the last query, its values).
The rows of a query that groups are numbered by themselves. With "ocsf", which is "cloudtrail" or "vpc-flow", the table has the events
of OCSF that Amazon Security Lake makes of the records.
"""

import json
import sys

import duckdb
import sqlglot
import security_lake
import trino_sql_validator
from sqlglot import exp


def split(text):
    """The parts of a list of members, at the commas outside brackets."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        depth += (character == "<") - (character == ">")
        if character == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return parts + [text[start:]]


def duck_type(text):
    """A type of Hive in DuckDB's notation."""
    if text.startswith("struct<"):
        members = (member.split(":", 1) for member in split(text[7:-1]))
        return "STRUCT(" + ", ".join(f'"{name}" {duck_type(kind)}' for name, kind in members) + ")"
    if text.startswith("array<"):
        return duck_type(text[6:-1]) + "[]"
    if text.startswith("map<"):
        key, value = split(text[4:-1])
        return f"MAP({duck_type(key)}, {duck_type(value)})"
    return {"string": "VARCHAR", "int": "INTEGER"}.get(text, text.upper())


def stored(value, kind):
    """A value of a record as the table's reader has it: names without regard to case, JSON as text where the column is text."""
    if value is None:
        return None
    if kind.startswith("struct<"):
        if not isinstance(value, dict):
            return None
        lower = {name.lower(): inner for name, inner in value.items()}
        return {name: stored(lower.get(name), inner) for name, inner in (m.split(":", 1) for m in split(kind[7:-1]))}
    if kind.startswith("array<"):
        return [stored(inner, kind[6:-1]) for inner in value] if isinstance(value, list) else None
    if kind.startswith("map<"):
        return value if isinstance(value, dict) else None
    if kind == "string":
        return value if isinstance(value, str) else json.dumps(value)
    return value


def translated(statement):
    """The statement in DuckDB's SQL."""
    tree = sqlglot.parse_one(statement, read="trino")
    # DuckDB has no json_format: its JSON is text.
    for node in list(tree.find_all(exp.JSONFormat)):
        inner = node.this.this if isinstance(node.this, exp.Cast) else node.this
        node.replace(exp.Cast(this=exp.Anonymous(this="to_json", expressions=[inner.copy()]), to=exp.DataType.build("varchar")))
    return tree


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        work = json.load(file)
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    columns = work["columns"]
    names = ", ".join(f'"{name}" {duck_type(kind)}' for name, kind in columns)
    connection.execute(f'CREATE TABLE "{work["table"]}" ("$path" VARCHAR, "row" INTEGER, {names})')
    kinds = {"$path": "VARCHAR", "row": "INTEGER"} | {name: duck_type(kind) for name, kind in columns}
    path = sys.argv[1] + ".rows"
    event = {"cloudtrail": security_lake.api_activity, "vpc-flow": security_lake.network_activity}.get(work.get("ocsf"))
    with open(path, "w", encoding="utf-8") as file:
        for number, record in enumerate(work["rows"]):
            record = event(record) if event else record
            lower = {name.lower(): value for name, value in record.items()}
            row = {name: stored(lower.get(name), kind) for name, kind in columns}
            file.write(json.dumps({"$path": "s3://logs/a.json.gz", "row": number} | row) + "\n")
    connection.execute(
        f"INSERT INTO \"{work['table']}\" SELECT * FROM read_json(?, format='newline_delimited', columns={kinds!r})", [path])
    errors, passed, values = [], [], []
    for place, statement in enumerate(work["queries"]):
        verdict = trino_sql_validator.validate(statement)
        # This grammar gives up at about 4,000 words, however deep they stand. The query of many rules consists of the conditions
        # of the others; sqlglot's grammar of Trino reads it whole.
        if not verdict.valid and "complexity exceeded" not in verdict.error.message:
            errors.append(f"query {place}: {verdict.error}")
        try:
            tree = translated(statement)
            if tree.args.get("group"):
                found = connection.execute(tree.sql(dialect="duckdb")).fetchall()
                passed.append(list(range(len(found))))
                values = [[*row, number] for number, row in enumerate(found)]
                continue
            # The queries around another one take all its columns, except the outermost one.
            inner = tree
            while isinstance(inner.find(exp.From).this, exp.Subquery):
                inner = inner.find(exp.From).this.this
            if inner is not tree:
                inner.select("row", append=True, copy=False)
            numbered = tree.copy().select("row", append=False)
            passed.append(sorted(row[0] for row in connection.execute(numbered.sql(dialect="duckdb")).fetchall()))
            if place == len(work["queries"]) - 1:
                tree = tree.select("row", append=True)
                values = [list(row) for row in connection.execute(tree.sql(dialect="duckdb")).fetchall()]
        except (duckdb.Error, sqlglot.errors.SqlglotError) as failure:
            errors.append(f"query {place}: {failure}")
            passed.append([])
    json.dump({"errors": errors, "passed": passed, "values": values}, sys.stdout, default=str)


if __name__ == "__main__":
    main()
