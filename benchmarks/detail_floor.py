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

from warehouse import codes

TYPES = {
    **dict.fromkeys(("REPORTER", "PARTNER", "TRADE_TYPE", "PRODUCT_NC", "FLOW"), "VARCHAR"),
    **dict.fromkeys(("STAT_PROCEDURE", "SUPPL_UNIT", "PERIOD"), "VARCHAR"),
    **dict.fromkeys(("VALUE_EUR", "QUANTITY_KG", "QUANTITY_SUPPL_UNIT"), "DECIMAL(18, 2)"),
}
CHECKS = {
    "key-is-complete": "area is null or partner is null or flow is null or product is null",
    "area-is-known": "area is not null and known_area.code is null",
    "partner-is-known": "partner is not null and known_partner.code is null",
    "flow-is-known": "flow not in ('exports', 'imports')",
    "product-is-hs": "product <> 'total' and not shaped.is_hs",
    "unit-is-known": "unit <> 'EUR'",
    "value-is-there": "value is null",
    "value-is-not-negative": "value < 0",
    "weight-is-not-negative": "weight < 0",
    "quantity-is-not-negative": "quantity < 0",
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

    declared = ", ".join(f"'{name}': '{type_}'" for name, type_ in TYPES.items())
    for file in sorted(folder.glob("*.csv")):
        made.execute(
            f"""copy (
                select
                    REPORTER as area,
                    case PARTNER when 'WORLD' then 'WLD' else PARTNER end as partner,
                    case FLOW when '1' then 'imports' when '2' then 'exports' else FLOW end as flow,
                    case PRODUCT_NC when 'TOTAL' then 'total' else PRODUCT_NC end as product,
                    STAT_PROCEDURE as regime,
                    'EUR' as unit,
                    PERIOD[:4] || '-' || PERIOD[5:] as period,
                    VALUE_EUR as value,
                    QUANTITY_KG as weight,
                    QUANTITY_SUPPL_UNIT as quantity
                from read_csv('{file}', columns = {{{declared}}}, header = true,
                    auto_detect = false)
            ) to '{out / file.stem}.parquet'"""
        )
    lap("load")

    detail = f"read_parquet('{out}/full_*.parquet')"
    made.execute("create table known (list text, code text)")
    listed = {(n, row["code"]) for n in ("areas", "partners") for row in codes.rows(n)}
    made.executemany("insert into known values (?, ?)", [list(pair) for pair in sorted(listed)])
    counted = ", ".join(f"count(*) filter (where {condition})" for condition in CHECKS.values())
    found = made.execute(
        f"""select count(*), {counted} from {detail} as detail
        left join (select distinct code from known) as known_area on area = known_area.code
        left join (select code from known where list = 'partners') as known_partner
            on partner = known_partner.code
        left join (
            select product,
                regexp_matches(product, '^[0-9]+$') and length(product) in (2, 4, 6, 8, 10) as is_hs
            from (select distinct product from {detail})
        ) as shaped using (product)"""
    ).fetchall()[0]
    counts = dict(zip(("rows", *CHECKS), found, strict=True))
    counts["key-is-unique"] = 0
    for file in sorted(out.glob("full_*.parquet")):
        key = "area, flow, partner, product, regime, unit"
        complete = "area is not null and flow is not null and partner is not null"
        repeated = made.execute(
            f"""select count(*) from (
                select 1 from '{file}' where {complete} and product is not null
                group by hash({key}) having count(*) > 1)"""
        ).fetchall()
        counts["key-is-unique"] += repeated[0][0]
    lap("check")

    for file in sorted(out.glob("full_*.parquet")):
        made.execute(
            f"""copy (
                select
                    period, area, flow, partner, unit,
                    case when product = 'total' then product else product[:2] end as chapter,
                    sum(value) as value, sum(weight) as weight
                from '{file}' group by all
            ) to '{out}/chapters_{file.stem}.parquet'"""
        )
    total = "coalesce(sum(value) filter (where chapter = 'total'), sum(value)) as value"
    world = "coalesce(sum(value) filter (where partner = 'WLD'), sum(value)) as value"
    copies = {
        "partners": (f"period, area, flow, partner, unit, {total}", "chapters_*"),
        "products": (f"period, area, flow, chapter, unit, {world}", "chapters_*"),
        "areas": (f"period, area, flow, unit, {total}", "products"),
    }
    for name, (columns, source) in copies.items():
        rows = f"select {columns} from '{out}/{source}.parquet' group by all"
        made.execute(f"copy ({rows}) to '{out}/{name}.parquet'")
    lap("aggregate")
    ((traded,),) = made.execute(f"select sum(value)::varchar from '{out}/areas.parquet'").fetchall()
    print(json.dumps({"seconds": seconds, "counts": counts, "traded": traded}))


if __name__ == "__main__":
    main()
