"""The floor: the same job on customs detail as a skilled hand would write it for DuckDB alone.

    python -m benchmarks.detail_floor FOLDER OUT

Reads the generated files, writes Parquet by month, makes the eleven checks, aggregates, writes.
It counts failures and does not keep the rows. Prints seconds and counts as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb

from benchmarks.peers import job
from warehouse.terms import codes

# Joins tell what is known: as the peers' subqueries that would cost more.
CONDITIONS = job.ROWS | {
    "area-is-known": "area is not null and known_area.code is null",
    "partner-is-known": "partner is not null and known_partner.code is null",
    "product-is-hs": "product <> 'total' and not shaped.is_hs",
}


def main() -> None:
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True)
    made = duckdb.connect(
        config={
            "memory_limit": "500MB",
            "temp_directory": str(out / "spill"),
            "preserve_insertion_order": "false",
        }
    )
    seconds: dict[str, float] = {}
    start = time.perf_counter()

    def lap(name: str) -> None:
        nonlocal start
        seconds[name], start = time.perf_counter() - start, time.perf_counter()

    for file in sorted(folder.glob("*.csv")):
        made.execute(f"copy ({job.detail(str(file))}) to '{out / file.stem}.parquet'")
    lap("load")

    detail = f"read_parquet('{out}/full_*.parquet')"
    made.execute("create table known (list text, code text)")
    listed = {(n, row["code"]) for n in ("areas", "partners") for row in codes.rows(n)}
    made.executemany("insert into known values (?, ?)", [list(pair) for pair in sorted(listed)])
    counted = ", ".join(f"count(*) filter (where {condition})" for condition in CONDITIONS.values())
    totals = made.execute(
        f"""select count(*), {counted} from {detail} as detail
        left join (select distinct code from known) as known_area on area = known_area.code
        left join (select code from known where list = 'partners') as known_partner
            on partner = known_partner.code
        left join (
            select product, {job.IS_HS} as is_hs from (select distinct product from {detail})
        ) as shaped using (product)"""
    ).fetchall()[0]
    counts = dict(zip(("rows", *CONDITIONS), totals, strict=True))
    counts[job.UNIQUE], key = 0, ", ".join(job.KEY[1:])  # within a month
    for file in sorted(out.glob("full_*.parquet")):
        repeated = made.execute(
            f"""select count(*) from (
                select 1 from '{file}' where {job.COMPLETE}
                group by hash({key}) having count(*) > 1)"""
        ).fetchall()
        counts[job.UNIQUE] += repeated[0][0]
    lap("check")

    for file in sorted(out.glob("full_*.parquet")):
        query = job.aggregates(f"'{file}'", "")["chapters"]
        made.execute(f"copy ({query}) to '{out}/chapters_{file.stem}.parquet'")
    for name, query in job.aggregates("", f"'{out}/chapters_*.parquet'").items():
        if name != "chapters":
            made.execute(f"copy ({query}) to '{out}/{name}.parquet'")
    made.execute(f"create view products as from '{out}/products.parquet'")
    lap("aggregate")
    ((traded,),) = made.execute(job.TRADED).fetchall()
    print(json.dumps({"seconds": seconds, "counts": counts, "traded": traded}))


if __name__ == "__main__":
    main()
