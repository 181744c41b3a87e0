"""The SQL of the job, which the floor and all peers share: reading, eleven checks, aggregates.

Belongs here: nothing of any tool. It needs no package but Python's own.
"""

from __future__ import annotations

import csv
from pathlib import Path

CODES = Path(__file__).parents[2] / "warehouse" / "codes"


def known(*lists: str) -> list[str]:
    """The codes of these lists, each once."""
    codes = set()
    for name in lists:
        with (CODES / f"{name}.csv").open(encoding="utf-8") as file:
            codes |= {row["code"] for row in csv.DictReader(file)}
    return sorted(codes)


def _values(*lists: str) -> str:
    """A subquery of the codes of these lists: as a list of literals it would cost seconds."""
    return "select unnest([" + ", ".join(f"'{code}'" for code in known(*lists)) + "])"


KEY = ("period", "area", "flow", "partner", "product", "regime", "unit")
IS_HS = "regexp_matches(product, '^[0-9]+$') and length(product) in (2, 4, 6, 8, 10)"
COMPLETE = "area is not null and flow is not null and partner is not null and product is not null"
UNIQUE = "key-is-unique"
# By rule, the condition of a row that breaks it.
ROWS = {
    "key-is-complete": f"not ({COMPLETE})",
    "area-is-known": f"area is not null and area not in ({_values('areas', 'partners')})",
    "partner-is-known": f"partner is not null and partner not in ({_values('partners')})",
    "flow-is-known": "flow not in ('exports', 'imports')",
    "product-is-hs": f"product <> 'total' and not ({IS_HS})",
    "unit-is-known": "unit <> 'EUR'",
    "value-is-there": "value is null",
    "value-is-not-negative": "value < 0",
    "weight-is-not-negative": "weight < 0",
    "quantity-is-not-negative": "quantity < 0",
}


def detail(files: str) -> str:
    """The rows of generated files, a path or pattern, with Crossfoot's codes."""
    texts = ("REPORTER", "PARTNER", "TRADE_TYPE", "PRODUCT_NC", "FLOW", "STAT_PROCEDURE")
    types = dict.fromkeys((*texts, "SUPPL_UNIT", "PERIOD"), "VARCHAR")
    numbers = ("VALUE_EUR", "QUANTITY_KG", "QUANTITY_SUPPL_UNIT")
    types |= dict.fromkeys(numbers, "DECIMAL(18, 2)")
    declared = ", ".join(f"'{name}': '{type_}'" for name, type_ in types.items())
    return f"""select
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
    from read_csv('{files}', columns = {{{declared}}}, header = true, auto_detect = false)"""


def checks(table: str) -> dict[str, str]:
    """By rule, the query whose rows are what breaks it."""
    queries = {rule: f"select * from {table} where {where}" for rule, where in ROWS.items()}
    queries[UNIQUE] = (
        f"select {', '.join(KEY)} from {table} where {COMPLETE} "
        f"group by {', '.join(KEY)} having count(*) > 1"
    )
    return queries


def aggregates(table: str, chapters: str) -> dict[str, str]:
    """By name, the query of each aggregate; `chapters` is what the first is called."""
    total = "coalesce(sum(value) filter (where chapter = 'total'), sum(value)) as value"
    world = "coalesce(sum(value) filter (where partner = 'WLD'), sum(value)) as value"
    return {
        "chapters": f"""select period, area, flow, partner, unit,
            case when product = 'total' then product else product[:2] end as chapter,
            sum(value) as value, sum(weight) as weight
            from {table} group by all""",
        "partners": f"""select period, area, flow, partner, unit, {total}
            from {chapters} group by all""",
        "products": f"""select period, area, flow, chapter, unit, {world}
            from {chapters} group by all""",
    }


TRADED = """select sum(value)::varchar from (
    select coalesce(sum(value) filter (where chapter = 'total'), sum(value)) as value
    from products group by period, area, flow, unit)"""
