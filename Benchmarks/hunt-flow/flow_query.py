"""The query that people have instead: bytes by interface, peer and hour, with the z-score of each interface's hour.

Usage: flow_query.py (duckdb|chdb) FOLDER [THREADS]
"""

import sys

COLUMNS = (
    "version account interface srcaddr dstaddr srcport dstport protocol packets bytes start end action status"
).split()

ZSCORES = """
with hours as (
    select interface, peer, hour, sum(bytes) as total from (
        select interface, dstaddr as peer, {hour} as hour, {bytes} as bytes from {table} where action = 'ACCEPT'
    ) flows group by interface, peer, hour
)
select interface, peer, hour, total,
    (total - avg(total) over (partition by interface)) / nullif(stddev_pop(total) over (partition by interface), 0) as z
from hours order by z desc nulls last limit 100
"""


def duckdb_rows(folder, threads):
    import duckdb

    connection = duckdb.connect(config={"threads": threads})
    names = ", ".join(f"'{name}': 'VARCHAR'" for name in COLUMNS)
    table = (
        f"read_csv('{folder}/**/*.log.gz', delim=' ', header=true, auto_detect=false, quote='', escape='', "
        f"columns={{{names}}})"
    )
    query = ZSCORES.format(table=table, bytes='try_cast("bytes" as bigint)', hour='try_cast("start" as bigint) // 3600')
    return connection.execute(query).fetchall()


def chdb_rows(folder, threads):
    import chdb

    # Its CSV reader refuses spaces between fields; splitting lines is what its users do with these logs.
    table = (
        "(select splitByChar(' ', line) as f, f[3] as interface, f[5] as dstaddr, toUInt64OrZero(f[10]) as bytes, "
        f"toUInt64OrZero(f[11]) as start, f[13] as action from file('{folder}/**/*.log.gz', 'LineAsString', 'line String'))"
    )
    query = ZSCORES.format(table=table, bytes="bytes", hour="intDiv(start, 3600)").replace("stddev_pop", "stddevPop")
    return str(chdb.query(f"{query} settings max_threads={threads}", "CSV")).splitlines()


if __name__ == "__main__":
    engine, folder = sys.argv[1:3]
    threads = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    rows = (duckdb_rows if engine == "duckdb" else chdb_rows)(folder, threads)
    print(len(rows), rows[0])
