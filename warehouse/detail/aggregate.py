"""Aggregates: the sums of customs detail, period by period and then over all periods.

Belongs here: the tables that an engine needs beside the detail, and the order of the queries in
`sql/detail`. Does not belong here: what must hold (expectations/detail), and what a release keeps
of the sums (release_content.py).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb

from warehouse import project
from warehouse.detail import composition
from warehouse.detail.engine import Engine
from warehouse.detail.partitions import Partition
from warehouse.store.database import SqlFile, open_memory, read_sql, sql_files
from warehouse.store.tables import fill, literal, ordered
from warehouse.terms import codes, flows
from warehouse.terms.period import fiscal_year, month_of_year, parse, year_before

PREFIX = "detail_"
# The relations that are made from the rows of a period, in this order, for rules and sums to read.
WORKING_RELATIONS = ("cells", "several", "nested", "settled", "coarsest")
# Those of them that are views: they group nothing, and cost less to evaluate than to keep.
_VIEWS = ("coarsest",)
# The aggregates that are made from the rows of each period; all others are made from these.
_FROM_ROWS = ("detail_chapters", "detail_regimes", "detail_commodities", "detail_reported")
_PRINTED = {
    **dict.fromkeys(("figure_id", "area", "partner", "flow", "product", "regime"), "VARCHAR"),
    **dict.fromkeys(("operator", "measure", "unit", "period"), "VARCHAR"),
    **dict.fromkeys(("period_start", "period_end"), "DATE"),
    **dict.fromkeys(("value_lower", "value_upper"), "DECIMAL(38, 6)"),
}
_FIGURES = _PRINTED | {"days": "INTEGER"}
_PERIODS = {
    **dict.fromkeys(("dataset", "period", "year_before"), "VARCHAR"),
    **dict.fromkeys(("year", "month", "months", "days"), "INTEGER"),
    **dict.fromkeys(("starts", "ends"), "DATE"),
    **dict.fromkeys(("has_year_before", "complete"), "BOOLEAN"),
}
_COMPOSITION = dict.fromkeys(("list", "code", "part"), "VARCHAR") | dict.fromkeys(
    ("since", "until"), "DATE"
)
# Flows of detail that are parts of exports or of imports, and no flows of figures by themselves.
PARTIAL_FLOWS = ("domestic-exports", "re-exports", "re-imports")
COMPOSED_FLOWS = {"flow": "VARCHAR", "leg": "VARCHAR", "sign": "INTEGER"}
RULES = dict.fromkeys(
    ("rule_id", "scope", "severity", "statement", "formula", "source"), "VARCHAR"
) | dict.fromkeys(("checked", "passed", "failed", "not_checkable"), "BIGINT")


def prepare(
    engine: Engine, parts: Sequence[Partition], database: Path | None, scratch: Path
) -> None:
    """Give an engine the code lists, `periods`, and the `figures` of a release's database."""
    with open_memory() as connection:
        listed = [
            {"list": name, "code": row["code"], "kind": row.get("kind") or row.get("dimension")}
            for name in ("areas", "partners", "regimes", "units")
            for row in (*codes.rows(name), *codes.seldom(name))
        ]
        listed += [{"list": "flows", "code": flow, "kind": None} for flow in _summable_flows()]
        fill(connection, "codes", dict.fromkeys(("list", "code", "kind"), "VARCHAR"), listed)
        fill(connection, "composition", _COMPOSITION, composition.rows())
        fill(connection, "composed_flows", COMPOSED_FLOWS, composed_flows())
        fill(connection, "periods", _PERIODS, _periods(parts))
        fill(connection, "figures", _FIGURES, [])
        if database:
            connection.execute(f"attach {literal(str(database))} as release (read_only)")
            connection.execute(
                "insert into figures by name "
                "select *, period_end - period_start + 1 as days "
                f"from (select {', '.join(_PRINTED)} from release.core.figures "
                "where value is not null and period_start is not null)"
            )
        for name in ("codes", "composition", "composed_flows", "periods", "figures"):
            _hand_over(connection, name, engine, scratch)


def composed_flows() -> list[dict[str, object]]:
    """The flows that are made of others, a row a leg with its sign."""
    return [
        {"flow": flow, "leg": leg, "sign": sign}
        for flow in flows.composed()
        for leg, sign in flows.legs(flow).items()
    ]


def _summable_flows() -> list[str]:
    """The flows that detail may have: rows of a balance, which may be negative, are no trade."""
    listed = [row["code"] for row in codes.rows("flows") if row["code"] != "none"]
    summable = [flow for flow in listed if not flows.may_be_negative(flow)]
    return list(dict.fromkeys((*summable, *PARTIAL_FLOWS)))


def provide_rules(engine: Engine, rules: Iterable[Mapping[str, object]], scratch: Path) -> None:
    """Give an engine the outcome of the rules as `detail_rules`."""
    with open_memory() as connection:
        fill(connection, "detail_rules", RULES, rules)
        _hand_over(connection, "detail_rules", engine, scratch)


def _hand_over(
    connection: duckdb.DuckDBPyConnection, table: str, engine: Engine, scratch: Path
) -> None:
    folder = scratch / table
    folder.mkdir()
    connection.execute(f"copy {table} to {literal(str(folder / '0.parquet'))} (format parquet)")
    engine.read(table, [folder])


def sum_period(engine: Engine, folder: Path, name: str) -> None:
    """Sum up the `detail` of one period, which the engine holds.

    Each aggregate that is made from rows is written to `folder`/<aggregate>/`name`.
    """
    for relation in WORKING_RELATIONS:
        make(engine, relation)
    for file in from_rows():
        engine.write(file.query, folder / file.name / name)


def make(engine: Engine, name: str) -> None:
    """Make one of the WORKING_RELATIONS from the `detail` of one period."""
    query = read_sql(project.file("detail", f"{name}.sql")).query
    if name in _VIEWS:
        engine.define(name, query)
    else:
        engine.create(name, query)


def sum_all(engine: Engine, folder: Path) -> None:
    """Make every other aggregate from those of all periods, which lie in `folder`."""
    for file in from_rows():
        engine.read(file.name, sorted((folder / file.name).iterdir()))
    for file in from_sums():
        engine.write(file.query, folder / file.name)
        engine.read(file.name, [folder / file.name])


def define_figure_sums(engine: Engine) -> None:
    """Define, step by step, what the detail sums to for each printed figure.

    The engine must hold what `prepare` and `sum_all` give it. The last is `figure_comparisons`.
    """
    for file in figure_steps():
        engine.define(file.name, file.query)


def from_rows() -> list[SqlFile]:
    """The aggregates that are made from the rows of each period."""
    return [file for file in aggregates() if file.name in _FROM_ROWS]


def from_sums() -> list[SqlFile]:
    """The aggregates that are made from other aggregates, each after those it reads."""
    return [file for file in aggregates() if file.name not in _FROM_ROWS]


@project.cached
def figure_steps() -> tuple[SqlFile, ...]:
    """The steps from printed figures to what the detail sums to, each after those it reads."""
    with open_memory() as connection:
        return tuple(ordered(connection, sql_files("detail figures"), "main"))


@project.cached
def aggregates() -> tuple[SqlFile, ...]:
    """The published aggregates, each after those it reads."""
    files = sql_files("detail", f"{PREFIX}*.sql")
    with open_memory() as connection:
        return tuple(ordered(connection, files, "main"))


def _periods(parts: Sequence[Partition]) -> list[dict[str, object]]:
    """The rows of the table `periods`; `months` is set only where a period has whole ones."""
    known = {(part.dataset, part.period) for part in parts}
    rows: list[dict[str, object]] = []
    for part in parts:
        period = parse(part.period)
        starts, ends = period.start or period.end, period.end
        months = (ends.year - starts.year) * 12 + ends.month - starts.month + 1
        is_whole = starts.day == 1 and ends.day == monthrange(ends.year, ends.month)[1]
        before = parse(f"{year_before(starts)}/{year_before(ends)}").text
        rows.append(
            {
                "dataset": part.dataset,
                "period": part.period,
                "year_before": before,
                "year": fiscal_year(ends),
                "month": month_of_year(ends),
                "months": months if is_whole else None,
                "days": (ends - starts).days + 1,
                "starts": str(starts) if period.start else None,
                "ends": str(ends),
                "has_year_before": (part.dataset, before) in known,
                "complete": part.is_complete,
            }
        )
    return rows


def accepted_rows(parts: Sequence[Partition]) -> int:
    """How many rows were accepted into these partitions, as their loads counted them."""
    return sum(part.rows for part in parts)
