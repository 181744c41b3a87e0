"""A generator of customs detail like Eurostat's bulk files: twelve monthly CSV files, seeded.

    python -m benchmarks.detail_data ROWS FOLDER

Few pairs of countries trade thousands of products, most trade few (counts fall with rank as
rank^-0.7), in neighbouring chapters; values are lognormal. Each pair
has a TOTAL of all products, each area one of the world.
A few rows in a million break each of the eleven checks, by a hash: the same rows for the same ROWS.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from warehouse.terms import codes

SEED = 20240101
PRODUCTS = 9120  # 96 chapters of 95 codes
AREAS = [
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
]


def months() -> list[str]:
    """The months that are generated, as Eurostat writes them."""
    return [f"2024{month:02}" for month in range(1, 13)]


def _counts(pairs: int, rows: int) -> list[int]:
    """How many products each pair trades in a month, so that it is `rows` in all."""
    low, high = 0.0, float(rows)
    while high - low > 1e-6 * high:
        scale = (low + high) / 2
        made = sum(min(PRODUCTS, int(scale * (rank + 10) ** -0.7)) for rank in range(pairs))
        low, high = (scale, high) if made < rows else (low, scale)
    return [min(PRODUCTS, int(high * (rank + 10) ** -0.7)) for rank in range(pairs)]


def generate(rows: int, folder: Path) -> list[Path]:
    """Write the files, unless they are there; return their paths."""
    files = [folder / f"full_{month}.csv" for month in months()]
    if all(file.exists() for file in files):
        return files
    folder.mkdir(parents=True, exist_ok=True)
    partners = [row["code"] for row in codes.rows("partners") if row["kind"] == "country"]
    pairs = [(a, p, f) for p in partners for a in AREAS for f in (1, 2) if a != p]
    pairs.sort(key=lambda pair: hash_of(*pair))
    counts = _counts(len(pairs), rows // 12)
    with duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(folder)}) as made:
        made.execute(
            "create table pairs (rank int, area text, partner text, flow int, products int)"
        )
        made.executemany(
            "insert into pairs values (?, ?, ?, ?, ?)",
            [[n, *pair, count] for n, (pair, count) in enumerate(zip(pairs, counts, strict=True))],
        )
        for month, file in zip(months(), files, strict=True):
            made.execute(
                f"copy ({_QUERY}) to '{file}.part' (header, quote '\"')",
                {"month": month, "seed": SEED},
            )
            Path(f"{file}.part").rename(file)
    return files


def hash_of(*parts: object) -> int:
    """A number that is the same in every process."""
    value = SEED
    for character in "/".join(map(str, parts)):
        value = (value * 1_000_003 ^ ord(character)) & 0xFFFFFFFF
    return value


# `fault` decides, one in 20,000 rows, which check a row breaks.
_QUERY = f"""
with leaves as (
    select
        area,
        partner,
        flow,
        (hash(rank, $seed) % {PRODUCTS} + place * 7) % {PRODUCTS} as product,
        hash(rank, place, $month, $seed) as fault,
        hash(place, rank, $month, $seed) % 1000000 / 1e6 as luck,
        hash($month, rank, place, $seed) % 1000000 / 1e6 as fortune
    from (select *, unnest(range(products)) as place from pairs)
),

valued as (
    select
        *,
        (exp(3 + 9 * luck))::bigint + 1 as weight,
        exp(hash(product, $seed) % 1000 / 200.0) * exp(fortune - 0.5) as unit_value
    from leaves
),

priced as (
    select *, (weight * unit_value)::bigint + 1 as value from valued
),

whole as (
    select
        area,
        partner,
        lpad((product // 95 + case when product // 95 >= 76 then 2 else 1 end)::varchar, 2, '0')
            || lpad((100000 + product % 95 * 9463)::varchar, 6, '0') as code,
        flow,
        value,
        weight,
        case when fault % 20000 < 10 then fault % 20000 end as fault
    from priced
),

spoilt as (
    select
        case when fault = 1 then 'ZZ' else area end as area,
        case when fault = 2 then 'XX1' when fault = 3 then null else partner end as partner,
        case when fault = 4 then 'ABC' || code[4:] else code end as code,
        case when fault = 5 then '7' else flow::varchar end as flow,
        case when fault = 6 then null when fault = 7 then -value else value end as value,
        case when fault = 8 then -weight else weight end as weight,
        case when fault = 9 then -1 end as quantity
    from whole
    union all
    select area, partner, code, flow::varchar, value, weight, null from whole where fault = 0
    union all
    select area, partner, 'TOTAL', flow::varchar, sum(value)::bigint, null, null
    from whole group by all
    union all
    select area, 'WORLD', 'TOTAL', flow::varchar, sum(value)::bigint, null, null
    from whole group by all
)

select
    area as "REPORTER",
    partner as "PARTNER",
    'E' as "TRADE_TYPE",
    code as "PRODUCT_NC",
    flow as "FLOW",
    1 as "STAT_PROCEDURE",
    null as "SUPPL_UNIT",
    $month as "PERIOD",
    value as "VALUE_EUR",
    weight as "QUANTITY_KG",
    quantity as "QUANTITY_SUPPL_UNIT"
from spoilt
"""


if __name__ == "__main__":
    for path in generate(int(sys.argv[1]), Path(sys.argv[2])):
        print(path)
