"""From partitions and findings to the tables of a release.

Belongs here: what an engine is given beside the detail, the aggregates (`sql/detail`), and their
way into the release's database. Does not belong here: what must hold (rules), and how a release is
published (release.py).
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from warehouse import codes
from warehouse.database import SqlFile, open_memory, open_readonly, read_sql, sql_folder
from warehouse.detail import partitions
from warehouse.detail.engine import Engine
from warehouse.detail.partitions import LOAD, QUARANTINE, Partition
from warehouse.export import DATABASE
from warehouse.period import parse
from warehouse.tables import comment, fill, literal, ordered, tables_read

PREFIX, CHAPTERS = "detail_", "detail_chapters"
_FINDINGS = {
    **dict.fromkeys(
        ("rule_id", "severity", "dataset", "period", "area", "flow", "partner", "product"),
        "VARCHAR",
    ),
    **dict.fromkeys(("regime", "unit", "figure_id", "relation"), "VARCHAR"),
    **dict.fromkeys(
        ("value", "left_lower", "left_upper", "right_lower", "right_upper"), "DECIMAL(38, 6)"
    ),
}
_PRINTED = {
    **dict.fromkeys(("figure_id", "area", "partner", "flow", "product", "regime"), "VARCHAR"),
    **dict.fromkeys(("operator", "measure", "unit", "period"), "VARCHAR"),
    **dict.fromkeys(("period_start", "period_end"), "DATE"),
    **dict.fromkeys(("value_lower", "value_upper"), "DECIMAL(38, 6)"),
}
_FIGURES = _PRINTED | {"months": "INTEGER"}
_PERIODS = {
    **dict.fromkeys(("dataset", "period", "year_before"), "VARCHAR"),
    **dict.fromkeys(("year", "month", "months", "months_loaded"), "INTEGER"),
    **dict.fromkeys(("starts", "ends"), "DATE"),
    "has_year_before": "BOOLEAN",
}
_LOADS = {
    **dict.fromkeys(("dataset", "vintage", "file", "sha256"), "VARCHAR"),
    **dict.fromkeys(("read", "accepted", "blank", "quarantined"), "BIGINT"),
}
_PARTITIONS = dict.fromkeys(("dataset", "period", "vintage", "path"), "VARCHAR")
_RULES = dict.fromkeys(("rule_id", "severity", "statement"), "VARCHAR") | dict.fromkeys(
    ("checked", "passed", "failed", "not_checkable"), "BIGINT"
)


def prepare(
    engine: Engine, parts: Sequence[Partition], database: Path | None, scratch: Path
) -> None:
    """Give an engine `codes`, `periods` and `figures`: those that a release's database prints."""
    with open_memory() as connection:
        listed = [
            {"list": name, "code": row["code"], "kind": row.get("kind") or row.get("dimension")}
            for name in ("areas", "partners", "units")
            for row in codes.rows(name)
        ]
        fill(connection, "codes", dict.fromkeys(("list", "code", "kind"), "VARCHAR"), listed)
        fill(connection, "periods", _PERIODS, _periods(parts))
        fill(connection, "figures", _FIGURES, [])
        if database:
            connection.execute(f"attach {literal(str(database))} as release (read_only)")
            connection.execute(
                "insert into figures by name "
                "select *, datesub('month', period_start, period_end + 1) as months "
                f"from (select {', '.join(_PRINTED)} from release.core.figures "
                "where value is not null and period_start is not null)"
            )
        for name in ("codes", "periods", "figures"):
            _hand_over(connection, name, engine, scratch)


def tell(engine: Engine, rules: Iterable[Mapping[str, object]], scratch: Path) -> None:
    """Give an engine the outcome of the rules as `detail_rules`."""
    with open_memory() as connection:
        fill(connection, "detail_rules", _RULES, rules)
        _hand_over(connection, "detail_rules", engine, scratch)


def _hand_over(
    connection: duckdb.DuckDBPyConnection, table: str, engine: Engine, scratch: Path
) -> None:
    folder = scratch / table
    folder.mkdir()
    connection.execute(f"copy {table} to {literal(str(folder / '0.parquet'))} (format parquet)")
    engine.read(table, [folder])


def sum_period(engine: Engine, folder: Path) -> None:
    """Sum up the `detail` of one period, which the engine holds; keep its chapters in `folder`."""
    for name in ("cells", "nested", "coarsest"):
        engine.create(name, read_sql("warehouse", f"sql/detail/{name}.sql").query)
    engine.write(read_sql("warehouse", f"sql/detail/{CHAPTERS}.sql").query, folder)


def sum_all(engine: Engine, folder: Path) -> None:
    """Make every other aggregate from the chapters of all periods, which stand in `folder`."""
    engine.read(CHAPTERS, sorted((folder / CHAPTERS).iterdir()))
    for file in _aggregates():
        if file.name != CHAPTERS:
            engine.write(file.query, folder / file.name)
            engine.read(file.name, [folder / file.name])


def _aggregates() -> list[SqlFile]:
    """The published aggregates, each after those it reads."""
    files = [f for f in sql_folder("warehouse", "sql/detail") if f.name.startswith(PREFIX)]
    with open_memory() as connection:
        return ordered(connection, files, "main")


def store(
    connection: duckdb.DuckDBPyConnection,
    home: Path,
    parts: Sequence[Partition],
    aggregates: Path,
    findings: Path,
    rules: Iterable[Mapping[str, object]],
) -> None:
    """Put aggregates and outcomes into a release's database, in place of those it holds."""
    # No query here depends on the order in which threads finish.
    connection.execute("reset threads")
    for file in _aggregates():
        # As they were written: in order within each period, and the periods in order.
        files = sorted((aggregates / file.name).rglob("*.parquet"))
        rows = f"read_parquet([{', '.join(literal(str(path)) for path in files)}])"
        connection.execute(f"create or replace table main.{file.name} as from {rows}")
        comment(connection, f"main.{file.name}", file)
    fill(connection, "quality.detail_rules", _RULES, rules)
    fill(connection, "quality.detail_partitions", _PARTITIONS, _listed(home, parts))
    fill(connection, "quality.detail_loads", _LOADS, _loads(home, parts))
    fill(connection, "quality.detail_findings", _FINDINGS, [])
    if any(findings.rglob("*.parquet")):
        rows = f"read_parquet({literal(str(findings / '**' / '*.parquet'))})"
        columns = ", ".join(_FINDINGS)
        connection.execute(
            f"insert into quality.detail_findings select {columns} from {rows} order by all"
        )
    quarantines = [path / QUARANTINE for path in _load_folders(home, parts)]
    listed = ", ".join(literal(str(path)) for path in quarantines)
    connection.execute(
        "create or replace table quality.detail_quarantine as "
        f"from read_parquet([{listed}]) order by all"
    )


@contextmanager
def failing(findings: Path) -> Iterator[duckdb.DuckDBPyRelation]:
    """The failing keys that were written below `findings`, the gravest first, to be read on."""
    with open_memory() as connection:
        fill(connection, "found", _FINDINGS, [])
        if any(findings.rglob("*.parquet")):
            rows = f"read_parquet({literal(str(findings / '**' / '*.parquet'))})"
            columns = ", ".join(_FINDINGS)
            connection.execute(f"insert into found select {columns} from {rows}")
        connection.execute(
            """create temp macro shown(least, most) as case
                when least = most then rtrim(rtrim(least::varchar, '0'), '.')
                else coalesce(rtrim(rtrim(least::varchar, '0'), '.'), '…') || ' to '
                    || coalesce(rtrim(rtrim(most::varchar, '0'), '.'), '…')
            end"""
        )
        yield connection.sql(
            """select
                severity, rule_id, dataset, period, area, flow, partner, product, regime, unit,
                figure_id, value, relation,
                shown(left_lower, left_upper) as found,
                shown(right_lower, right_upper) as expected
            from found
            order by array_position(['error', 'review', 'warning', 'info'], severity), rule_id,
                period, area, flow, partner, product, regime"""
        )


def open_for(
    query: str, home: Path, release: Path, memory_limit: str = "1GB"
) -> duckdb.DuckDBPyConnection:
    """A release's database for reading, read-only; with the view `detail` where `query` reads it.

    The view holds the rows of exactly the vintages that the release was made from.
    """
    database = release / DATABASE
    connection = open_readonly(database, memory_limit)
    # Only of a SELECT, which writes nothing, are there tables to be told.
    if ("", "detail") not in tables_read(connection, query):
        return connection
    paths = connection.execute("select path from quality.detail_partitions order by all").fetchall()
    connection.close()
    connection = open_readonly(database, memory_limit, readable=(home / "detail").absolute())
    listed = ", ".join(literal(str(home.absolute() / path / "*.parquet")) for (path,) in paths)
    connection.execute(f"create temp view detail as from read_parquet([{listed}])")
    return connection


def carry_on(connection: duckdb.DuckDBPyConnection, previous: Path | None) -> None:
    """Take over the aggregates and outcomes of the release before, where it has any."""
    if previous is None:
        return
    connection.execute(f"attach {literal(str(previous))} as before (read_only)")
    names = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = 'before' "
        f"and schema_name in ('main', 'quality') and starts_with(table_name, '{PREFIX}') "
        "order by all"
    ).fetchall()
    for schema, name in names:
        connection.execute(f"create table {schema}.{name} as from before.{schema}.{name}")
    connection.execute("detach before")
    for file in _aggregates():
        if ("main", file.name) in names:
            comment(connection, f"main.{file.name}", file)


def _periods(parts: Sequence[Partition]) -> list[dict[str, object]]:
    known = {(part.dataset, part.period) for part in parts}
    rows: list[dict[str, object]] = []
    for part in parts:
        period = parse(part.period)
        starts, ends = period.start or period.end, period.end
        months = (ends.year - starts.year) * 12 + ends.month - starts.month + 1
        before = parse(f"{_year_before(starts)}/{_year_before(ends)}").text
        of_year = [f"{ends.year}-{month:02}" for month in range(1, ends.month + 1)]
        rows.append(
            {
                "dataset": part.dataset,
                "period": part.period,
                "year_before": before,
                "year": ends.year,
                "month": ends.month,
                "months": months,
                "months_loaded": sum((part.dataset, month) in known for month in of_year),
                "starts": str(starts),
                "ends": str(ends),
                "has_year_before": (part.dataset, before) in known,
            }
        )
    return rows


def _year_before(day: date) -> date:
    year = day.year - 1
    if day.day == monthrange(day.year, day.month)[1]:
        return date(year, day.month, monthrange(year, day.month)[1])
    return day.replace(year=year)


def _listed(home: Path, parts: Sequence[Partition]) -> list[dict[str, object]]:
    return [
        {
            "dataset": part.dataset,
            "period": part.period,
            "vintage": part.vintage,
            "path": part.path.relative_to(home).as_posix(),
        }
        for part in parts
    ]


def accepted(parts: Sequence[Partition]) -> int:
    """How many rows were accepted into these partitions, as their loads counted them."""
    return sum(part.rows for part in parts)


def _load_folders(home: Path, parts: Sequence[Partition]) -> list[Path]:
    loads = sorted({(part.dataset, part.vintage) for part in parts})
    return [partitions.folder(home, dataset) / "loads" / vintage for dataset, vintage in loads]


def _loads(home: Path, parts: Sequence[Partition]) -> list[dict[str, object]]:
    rows = []
    for folder in _load_folders(home, parts):
        told = json.loads((folder / LOAD).read_text(encoding="utf-8"))
        common = {"dataset": told["dataset"], "vintage": told["vintage"]}
        rows += [common | file for file in told["files"]]
    return rows
