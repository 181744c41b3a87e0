"""Dagster with DuckDB: an asset for the rows, asset checks, assets for the sums.

Each check keeps what fails in a table, as its author would have it do.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from benchmarks.peers import job


def main() -> None:
    files, out = f"{sys.argv[1]}/*.csv", Path(sys.argv[2])
    out.mkdir(parents=True)
    made = duckdb.connect(
        str(out / "detail.duckdb"),
        config={"memory_limit": "500MB", "preserve_insertion_order": "false"},
    )
    counts: dict[str, int] = {}

    @dg.asset
    def rows() -> None:
        made.execute(f"create table rows as {job.detail(files)}")

    def check(rule: str, query: str) -> Any:
        @dg.asset_check(asset=rows, name=rule.replace("-", "_"))
        def checked() -> dg.AssetCheckResult:
            ((failed,),) = made.execute(f'create table "{rule}" as {query}').fetchall()
            counts[rule] = failed
            return dg.AssetCheckResult(passed=not failed, metadata={"failed": failed})

        return checked

    def table(name: str, query: str, after: list[Any]) -> Any:
        @dg.asset(name=name, deps=after)
        def summed() -> None:
            made.execute(f"create table {name} as {query}")

        return summed

    queries = job.aggregates("rows", "chapters")
    chapters = table("chapters", queries.pop("chapters"), [rows])
    sums = [table(name, query, [chapters]) for name, query in queries.items()]
    checks = [check(rule, query) for rule, query in job.checks("rows").items()]
    done = dg.materialize([rows, chapters, *sums, *checks], raise_on_error=True)
    assert done.success
    ((loaded,),) = made.execute("select count(*) from rows").fetchall()
    ((traded,),) = made.execute(job.TRADED).fetchall()
    answer = {"counts": {"rows": loaded, **counts}, "keys": counts}
    print(json.dumps(answer | {"traded": traded}))


if __name__ == "__main__":
    main()
