"""What a release holds besides its database: every published view as Parquet and CSV; the audit.

Belongs here: writing files from a built database, and reading them back before anyone else does.
Does not belong here: how the files become a release (release/publisher.py), and whether they
should (expectations).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from warehouse.records.sheets import FORMULA
from warehouse.store.database import every_core, open_readonly
from warehouse.store.tables import files_literal, literal
from warehouse.system.failure import Failure

# In a release: the database that analysts query, and the page where reviewers begin.
DATABASE = "trade.duckdb"
REPORT = "report/index.html"

# The formats that a view is written in, and DuckDB's options for each.
_FORMS = {"parquet": "format parquet", "csv": "format csv, header"}
# CSV is for spreadsheets, which would silently drop the rows that do not fit into a sheet.
MOST_CSV_ROWS = 1_048_575


class AuditError(Failure):
    """A built release is not what it should be; nothing of it may be published."""


def published_views(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The names of the published views, which are the tables of schema main."""
    rows = connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'main' and not temporary "
        "order by table_name"
    ).fetchall()
    return [name for (name,) in rows]


def export_views(connection: duckdb.DuckDBPyConnection, staged: Path) -> None:
    """Write every published view to `staged`, except those that lie there already."""
    with every_core(connection):
        for view in published_views(connection):
            if not _file(staged, view, "parquet").exists():
                export(connection, view, f"main.{view}", staged)


def export(connection: duckdb.DuckDBPyConnection, view: str, rows: str, staged: Path) -> None:
    """Write `rows`, a table or a table function in SQL, as the files of a view."""
    for form, options in _forms(_count(connection, rows)).items():
        path = _file(staged, view, form)
        path.parent.mkdir(exist_ok=True)
        connection.execute(f"copy (from {rows}) to {literal(str(path))} ({options})")


def _forms(rows: int) -> dict[str, str]:
    """The formats that a view of so many rows is written in."""
    return {k: v for k, v in _FORMS.items() if k != "csv" or rows <= MOST_CSV_ROWS}


def _file(staged: Path, view: str, form: str) -> Path:
    return staged / form / f"{view}.{form}"


def audit(staged: Path) -> None:
    """Read the finished files back, read-only, as a reader would. Raises AuditError.

    Every view must be readable and as long in its files as in the database, every row read
    must be accounted for, and no text may start a formula in a spreadsheet.
    """
    with open_readonly(staged / DATABASE) as connection:
        views = published_views(connection)
        counts = {view: _count(connection, f"main.{view}") for view in views}
        for view in views:
            _refuse_formulas(connection, view)
        (accounted,) = connection.execute(
            """select
                sum(read) = sum(accepted + quarantined + rejected)
                and sum(accepted) = (select count(*) from core.figures)
                and sum(quarantined) = (select count(*) from quality.quarantine)
            from quality.loads"""
        ).fetchone() or (False,)
    if not views or not accounted:
        raise AuditError("rows read, accepted and quarantined do not add up; nothing is published")
    with duckdb.connect() as files:
        for view, count in counts.items():
            for form in _forms(count):
                path = files_literal(_file(staged, view, form))
                options = ", all_varchar = true, header = true" if form == "csv" else ""
                written = _count(files, f"read_{form}({path}{options})")
                if written != count:
                    raise AuditError(f"{form}/{view}: {written} rows, {count} in the database")


def _refuse_formulas(connection: duckdb.DuckDBPyConnection, view: str) -> None:
    """Raise AuditError where a text begins as a spreadsheet's formula does.

    Printed amounts may begin with a sign: quantity.py knows what else is in them.
    """
    begins = ", ".join(map(literal, FORMULA))
    described = connection.execute(f"select * from main.{view} limit 0").description or []
    for column, type_, *_ in described:
        if str(type_) == "VARCHAR" and not column.endswith("_printed"):
            risky = f"left({column}, 1) in ({begins}) and length({column}) > 1"
            query = f"select min({column}) from main.{view} where {risky}"
            ((text,),) = connection.execute(query).fetchall()
            if text is not None:
                raise AuditError(
                    f"csv/{view}: {column} {text!r} begins like a spreadsheet's formula; mend it "
                    "where it comes from, nothing is published"
                )


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    (count,) = connection.execute(f"select count(*) from {table}").fetchone() or (0,)
    return int(count)
