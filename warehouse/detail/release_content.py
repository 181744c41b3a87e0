"""What a release keeps of customs detail: its sums, every failing key, and what it was made from.

Belongs here: these tables, how they get into a release's database, and reading them and the detail
beside them. Does not belong here: how sums are calculated (aggregate.py), what must hold
(expectations/detail), and how a release is published (release/publisher.py).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from warehouse.detail import partitions
from warehouse.detail.aggregate import PREFIX, RULES, aggregates
from warehouse.detail.engine import Engine
from warehouse.detail.partitions import QUARANTINE, Partition
from warehouse.detail.presence import has_detail
from warehouse.exchange.export import DATABASE, export
from warehouse.release.refusal import ReleaseError
from warehouse.release.releases import current
from warehouse.store.database import SqlFile, open_memory, open_readonly, sql_files
from warehouse.store.tables import build, comment, fetch, files_literal, fill, literal, tables_read

_KEYS = {
    **dict.fromkeys(
        ("rule_id", "severity", "dataset", "period", "area", "flow", "partner", "product"),
        "VARCHAR",
    ),
    **dict.fromkeys(("regime", "unit", "figure_id", "relation"), "VARCHAR"),
    **dict.fromkeys(
        ("value", "left_lower", "left_upper", "right_lower", "right_upper"), "DECIMAL(38, 6)"
    ),
}
_PARTITIONS = dict.fromkeys(("dataset", "period", "vintage", "path", "sha256"), "VARCHAR") | {
    "rows": "BIGINT"
}
_LOADS = {
    **dict.fromkeys(("dataset", "vintage", "format", "file", "sha256"), "VARCHAR"),
    **dict.fromkeys(("read", "accepted", "blank", "quarantined"), "BIGINT"),
    "periods": "VARCHAR[]",
}
_QUARANTINED = dict.fromkeys(("dataset", "vintage", "file", "field", "value", "reason"), "VARCHAR")
_QUARANTINED |= {"line": "BIGINT"}


def base_release(home: Path) -> Path:
    """The release to publish detail on top of, the current one. Raises ReleaseError without one."""
    release = current(home)
    if release is None:
        remedy = "publish the records first, with: crossfoot run"
        raise ReleaseError(f"nothing is published in {home}; {remedy}")
    return release


def store_sums(connection: duckdb.DuckDBPyConnection, sums: Path, files: Iterable[SqlFile]) -> None:
    """Copy these aggregates from the folder `sums` into a release's database, replacing its own.

    On one core, as all of a build: each of several cores would leave a partly filled row group,
    and closing the database would write those again, to a file half as large again.
    """
    for file in files:
        rows = _written(sums, file)
        connection.execute(f"create or replace table main.{file.name} as from {rows}")
        comment(connection, f"main.{file.name}", file)


def export_sums(sums: Path, staged: Path, memory_limit: str) -> None:
    """Write the published files of the sums, as `export_views` would from the database.

    On one core: meanwhile another one assesses what the database holds, and writes the report.
    """
    with open_memory(memory_limit) as connection:
        for file in aggregates():
            export(connection, file.name, _written(sums, file), staged)


def _written(sums: Path, file: SqlFile) -> str:
    """The rows of an aggregate as SQL: period by period, in the order in which they were made."""
    files = sorted((sums / file.name).rglob("*.parquet"))
    return f"read_parquet([{', '.join(files_literal(path) for path in files)}])"


def store_outcome(
    connection: duckdb.DuckDBPyConnection,
    home: Path,
    parts: Sequence[Partition],
    findings: Path,
    rules: Iterable[Mapping[str, object]],
) -> None:
    """Put what was loaded and checked, and every failing key, into a release's database."""
    fill(connection, "temp.listed_partitions", _PARTITIONS, _listed(home, parts))
    fill(connection, "temp.listed_loads", _LOADS, _loads(home, parts))
    fill(connection, "temp.quarantined_lines", _QUARANTINED, [])
    for folder in _load_folders(home, parts):
        connection.execute(
            "insert into quarantined_lines by name select *, "
            f"{literal(folder.parents[1].name)} as dataset, {literal(folder.name)} as vintage "
            f"from read_parquet({files_literal(folder / QUARANTINE)})"
        )
    fill(connection, "temp.evaluated_rules", RULES, rules)
    fill(connection, "temp.failing_keys", _KEYS, [])
    _add_keys(connection, findings)
    build(connection, _outcomes(), "quality")


def carry_on(connection: duckdb.DuckDBPyConnection, previous: Path | None) -> None:
    """Copy sums and outcomes from the database of the release before, where it has any.

    Raises ReleaseError where they lack columns that this version has.
    """
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
    for schema, files in (("main", aggregates()), ("quality", _outcomes())):
        for file in files:
            if (schema, file.name) in names:
                try:
                    comment(connection, f"{schema}.{file.name}", file)
                except ValueError:  # other columns
                    raise _outdated(previous.parent, file.name) from None


def parts(database: Path, home: Path) -> list[Partition]:
    """The partitions in `home` that a release's database was made from, if any.

    Raises ReleaseError where one of them is gone.
    """
    with open_readonly(database) as connection:
        return _made_from(connection, home)


def verify(database: Path, home: Path) -> list[str]:
    """How the detail in `home` differs from what a release was made from, a line for each period.

    Reads every byte. Raises ReleaseError where the detail is closed to this user.
    """
    with open_readonly(database) as connection:
        if not has_detail(connection):
            return []
        noted = fetch(connection, "from quality.detail_partitions order by all")
    _check_access(home)
    problems = []
    for part in noted:
        about = f"the detail of {part['dataset']} {part['period']}, vintage {part['vintage']}"
        path, sha256 = home / part["path"], part.get("sha256")  # early releases have no checksum
        if not path.is_dir():
            problems.append(f"{path}: missing, {about}")
        elif sha256 and partitions.checksum(path) != sha256:
            problems.append(f"{path}: changed, {about}")
    return problems


def _made_from(connection: duckdb.DuckDBPyConnection, home: Path) -> list[Partition]:
    if not has_detail(connection):
        return []
    _check_access(home)
    rows = connection.execute(
        "select dataset, period, vintage, path from quality.detail_partitions order by all"
    ).fetchall()
    listed = [
        Partition(dataset, period, vintage, home / path) for dataset, period, vintage, path in rows
    ]
    for part in listed:
        if not part.files:
            raise ReleaseError(
                f"{part.path} is gone, the detail of {part.name}; restore it from a copy, or load "
                "and publish that period again"
            )
    return listed


def _check_access(home: Path) -> None:
    """Raise ReleaseError where this user may not read the detail of the home."""
    folder = home / "detail"
    if folder.exists() and not os.access(folder, os.R_OK | os.X_OK, effective_ids=True):
        raise ReleaseError(
            f"{folder} is closed to this user; its owner may open it to a group: "
            f"chgrp GROUP {folder} && chmod g+rx {folder}"
        )


def summary(connection: duckdb.DuckDBPyConnection) -> dict[str, object]:
    """The detail of a release in numbers: rows, periods, checks by rule, failing keys."""
    ((rows, periods),) = connection.execute(
        "select sum(rows)::bigint, count(*) from quality.detail_partitions"
    ).fetchall()
    checks = connection.execute(
        "select rule_id, passed, failed, not_checkable from quality.detail_rules"
    ).fetchall()
    failing = connection.execute(
        "select severity, count(*) from quality.detail_findings group by all order by all"
    ).fetchall()
    return {
        "rows": rows,
        "periods": periods,
        "checks": [
            dict(zip(("rule", "passed", "failed", "not_checkable"), check, strict=True))
            for check in checks
        ],
        "failing_keys": dict(failing),
    }


def read_sums(engine: Engine, release: Path) -> None:
    """Let an engine read the sums of a release. Raises ReleaseError where one is missing."""
    for file in aggregates():
        path = release / "parquet" / f"{file.name}.parquet"
        if not path.exists():
            raise _outdated(release, file.name)
        engine.read(file.name, [path])


def _outdated(release: Path, lacking: str) -> ReleaseError:
    return ReleaseError(
        f"{release.name} has detail without the {lacking} of this version; publish its detail "
        "again with: crossfoot detail publish"
    )


def replace_outcome(
    connection: duckdb.DuckDBPyConnection,
    rules: Iterable[Mapping[str, object]],
    findings: Path,
) -> None:
    """Replace the outcome that some rules had in the release before by this one."""
    fill(connection, "temp.decided", RULES, rules)
    connection.execute(
        "create or replace temp table evaluated_rules as "
        f"select {', '.join(RULES)} from quality.detail_rules anti join decided using (rule_id) "
        "union all from decided"
    )
    connection.execute(
        f"create or replace temp table failing_keys as select {', '.join(_KEYS)} "
        "from quality.detail_findings anti join decided using (rule_id)"
    )
    _add_keys(connection, findings)
    changed = [file for file in _outcomes() if file.name in ("detail_rules", "detail_findings")]
    build(connection, changed, "quality")


@contextmanager
def unpublished(
    home: Path,
    parts: Sequence[Partition],
    findings: Path,
    rules: Iterable[Mapping[str, object]],
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory with the outcome of a check as a release would keep it."""
    with open_memory() as connection:
        connection.execute("create schema quality")
        store_outcome(connection, home, parts, findings, rules)
        yield connection


def worded_query(keys: str) -> str:
    """The query that shows a table of failing keys as people read them, the gravest first."""
    return f"""select
            severity, rule_id, dataset, period, area, flow, partner, product, regime, unit,
            figure_id, value, relation,
            {_shown("left_lower", "left_upper")} as found,
            {_shown("right_lower", "right_upper")} as expected
        from {keys}
        order by array_position(['error', 'review', 'warning', 'info'], severity), rule_id,
            period, area, flow, partner, product, regime"""


def _shown(least: str, most: str) -> str:
    least_text, most_text = (f"rtrim(rtrim({end}::varchar, '0'), '.')" for end in (least, most))
    return f"""case
        when {least} = {most} then {least_text}
        else coalesce({least_text}, '…') || ' to ' || coalesce({most_text}, '…')
    end"""


def open_for(
    query: str, home: Path, release: Path, memory_limit: str = "1GB"
) -> duckdb.DuckDBPyConnection:
    """A release's database, read-only, with the view `detail` where `query` reads that.

    The view holds the rows of exactly the vintages that the release was made from. Raises
    ReleaseError where `query` reads it and the release has no detail, its rows are gone, or they
    are closed to this user.
    """
    database = release / DATABASE
    connection = open_readonly(database, memory_limit)
    # `tables_read` names tables only of a SELECT, which writes nothing.
    if ("", "detail") not in tables_read(connection, query):
        return connection
    with connection:
        parts = _made_from(connection, home.absolute())
    if not parts:
        remedy = "publish some with: crossfoot detail publish"
        raise ReleaseError(f"{release.name} has no customs detail; {remedy}")
    connection = open_readonly(database, memory_limit, readable=(home / "detail").absolute())
    rows = partitions.rows_query(file for part in parts for file in part.files)
    connection.execute(f"create temp view detail as {rows}")
    return connection


def _outcomes() -> list[SqlFile]:
    return sql_files("detail quality")


def _add_keys(connection: duckdb.DuckDBPyConnection, findings: Path) -> None:
    if any(findings.rglob("*.parquet")):
        rows = f"read_parquet({files_literal(findings, '**/*.parquet')})"
        connection.execute(f"insert into failing_keys select {', '.join(_KEYS)} from {rows}")


def _listed(home: Path, parts: Sequence[Partition]) -> list[dict[str, object]]:
    return [
        {
            "dataset": part.dataset,
            "period": part.period,
            "vintage": part.vintage,
            "rows": part.rows,
            "path": part.path.relative_to(home).as_posix(),
            "sha256": part.sha256,
        }
        for part in parts
    ]


def _load_folders(home: Path, parts: Sequence[Partition]) -> list[Path]:
    loads = sorted({(part.dataset, part.vintage) for part in parts})
    return [partitions.folder(home, dataset) / "loads" / vintage for dataset, vintage in loads]


def _loads(home: Path, parts: Sequence[Partition]) -> list[dict[str, object]]:
    rows = []
    for folder in _load_folders(home, parts):
        document = partitions.load_document(folder)
        common = {key: document[key] for key in ("dataset", "vintage", "format")}
        rows += [common | file for file in document["files"]]
    return rows
