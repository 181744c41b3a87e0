"""Pointblank over Ibis on DuckDB: its own checks, with extracts of all rows that fail.

Pandera, on a table in a database, brings the outcome of every row to pandas wherever a check fails
(0.35, backends/ibis/base.py), which does not stay within the memory for tens of millions of rows.
Pointblank leaves the rows in DuckDB. It counts each row of a key that stands twice: the keys are
counted here.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import ibis
import pointblank as pb

from benchmarks.peers import job

KEY = list(job.KEY)
NEEDED = ["area", "flow", "partner", "product"]


def main() -> None:
    files, out = f"{sys.argv[1]}/*.csv", Path(sys.argv[2])
    out.mkdir(parents=True)
    made = ibis.duckdb.connect(
        out / "detail.duckdb", memory_limit="500MB", preserve_insertion_order=False
    )
    made.raw_sql(f"create table rows as {job.detail(files)}")

    def present(*columns: str) -> Any:
        return lambda table: table.filter([table[column].notnull() for column in columns])

    partners, areas = job.known("partners"), job.known("areas", "partners")
    checked = (
        pb.Validate(made.table("rows"))
        .rows_complete(NEEDED, brief="key-is-complete")
        .col_vals_in_set("area", areas, pre=present("area"), brief="area-is-known")
        .col_vals_in_set("partner", partners, pre=present("partner"), brief="partner-is-known")
        .col_vals_in_set("flow", ["exports", "imports"], pre=present("flow"), brief="flow-is-known")
        .col_vals_regex("product", "^(total|([0-9]{2}){1,5})$", na_pass=True, brief="product-is-hs")
        .col_vals_in_set("unit", ["EUR"], brief="unit-is-known")
        .col_vals_not_null("value", brief="value-is-there")
        .col_vals_ge("value", 0, na_pass=True, brief="value-is-not-negative")
        .col_vals_ge("weight", 0, na_pass=True, brief="weight-is-not-negative")
        .col_vals_ge("quantity", 0, na_pass=True, brief="quantity-is-not-negative")
        .rows_distinct(KEY, pre=present(*NEEDED), brief="key-is-unique")
        .interrogate(extract_limit=1_000_000_000, collect_tbl_checked=False)
    )
    extracts = checked.get_data_extracts()
    counts, keys = {}, {}
    for step in checked.validation_info:
        extract = extracts.get(step.i)
        if extract is not None and step.brief == job.UNIQUE:
            extract = set(zip(*(extract[column] for column in KEY), strict=True))
        keys[step.brief] = 0 if extract is None else len(extract)
        counts[step.brief] = int(step.n_failed)
    counts[job.UNIQUE] = keys[job.UNIQUE]
    for name, query in job.aggregates("rows", "chapters").items():
        made.raw_sql(f"create table {name} as {query}")
    ((rows,),) = made.raw_sql("select count(*) from rows").fetchall()
    ((traded,),) = made.raw_sql(job.TRADED).fetchall()
    print(json.dumps({"counts": {"rows": rows, **counts}, "keys": keys, "traded": traded}))


if __name__ == "__main__":
    main()
