"""What codes of the detail consist of: groups of members, commodities of headings.

Belongs here: reading composition.csv, the package's and the project's. Does not belong here: how
codes of a list lie in one another (terms/codes.py), and sums over parts (aggregate.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from warehouse import project
from warehouse.system import csv_table, files
from warehouse.system.files import FormError, Problem

FILE = "composition.csv"
COLUMNS = ("list", "code", "part", "since", "until")
LISTS = ("areas", "partners", "products", "regimes")

Rows = list[dict[str, str | None]]


def rows() -> Rows:
    """Code by code, its parts; what a project says of a code stands instead of the package's.

    `since` and `until` are the first and last day of a membership; None is without limit. Raises
    FormError for a file that is not as it must be.
    """
    made: dict[tuple[str | None, str | None], Rows] = {}
    for place in reversed(project.search_path("composition")):
        if (path := place / FILE).is_file():
            own: dict[tuple[str | None, str | None], Rows] = {}
            for row in _checked(path):
                own.setdefault((row["list"], row["code"]), []).append(row)
            made |= own
    return [row for parts in made.values() for row in parts]


def _checked(path: Path) -> Iterator[dict[str, str | None]]:
    """The rows of a file, in which an empty cell is None. Raises FormError."""
    name = project.shown(path)
    for line, row in csv_table.rows(name, files.text(path, name), COLUMNS, ",".join(COLUMNS)):
        for field, (message, remedy) in _faults(row).items():
            raise FormError(Problem(name, line, message, remedy, field, row[field]))
        yield {field: row[field] or None for field in COLUMNS}


def _faults(row: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """By field, what is wrong with a row and what to do."""
    faults = {}
    if row["list"] not in LISTS:
        faults["list"] = "is no list with parts", f"write {', '.join(LISTS)}"
    for field in ("code", "part"):
        if not row[field]:
            faults[field] = "is empty", "write a code"
    if row["part"] == row["code"]:
        faults["part"] = "is the code itself", "write what it consists of"
    for field in ("since", "until"):
        try:
            is_day = not row[field] or str(date.fromisoformat(row[field])) == row[field]
        except ValueError:
            is_day = False
        if not is_day:
            faults[field] = "is no day", "write it as 2004-05-01, or leave it empty"
    return faults
