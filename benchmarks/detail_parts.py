"""What the parts of checking customs detail take, on what is loaded in a home, imports aside.

    python -m benchmarks.detail_parts HOME

Prints seconds as JSON: `checks` for the eleven checks with every failing row stored and Great
Expectations on top, `accounts` for the accounting rules of a period, `chapters` for one
aggregation of the detail by chapter.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from expectations.detail import detail_assessment
from expectations.detail.detail_rules import catalogue, check
from warehouse.detail import aggregate, partitions
from warehouse.exchange.export import DATABASE
from warehouse.release import releases


def main() -> None:
    home = Path(sys.argv[1])
    parts, now = partitions.current(home), releases.current(home)
    rules = catalogue()
    checks = [rule for rule in rules if rule.scope == "rows" or rule.id == "key-is-unique"]
    accounts = [rule for rule in rules if rule.scope == "period" and rule.id != "key-is-unique"]
    seconds = {"checks": 0.0, "accounts": 0.0, "chapters": 0.0}
    outcomes = []
    with (
        tempfile.TemporaryDirectory() as folder,
        detail_assessment.working(Path(folder) / "work", "duckdb", None, "500MB") as (engine, work),
    ):
        aggregate.prepare(engine, parts, now and now / DATABASE, work)
        for part in parts:
            engine.read_detail(part.files)
            start = time.perf_counter()
            outcomes += check(engine, checks, ("rows", "period"), work / "checks" / part.period)
            seconds["checks"] += time.perf_counter() - start
            start = time.perf_counter()
            aggregate.make(engine, "cells")
            seconds["chapters"] += time.perf_counter() - start
            for name in aggregate.WORKING_RELATIONS[1:]:
                aggregate.make(engine, name)
            start = time.perf_counter()
            check(engine, accounts, ("period",), work / "accounts" / part.period)
            seconds["accounts"] += time.perf_counter() - start
        engine.read_detail([file for part in parts for file in part.files])
        start = time.perf_counter()
        detail_assessment.expect(engine, parts, detail_assessment.summed(outcomes, checks), work)
        seconds["checks"] += time.perf_counter() - start
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()
