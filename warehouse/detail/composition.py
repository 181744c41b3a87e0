"""What codes of the detail consist of: groups of members, commodities of headings.

Belongs here: reading composition.csv, the package's and the project's. Does not belong here: how
codes of a list lie in one another (terms/codes.py), and sums over parts (aggregate.py).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from warehouse import project
from warehouse.records.reading import read_text
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
    reader = csv.reader(read_text(path).splitlines(), strict=True)
    name = project.shown(path)
    try:
        if tuple(next(reader, ())) != COLUMNS:
            message = "the header is another one"
            raise FormError(Problem(name, 1, message, f"write {','.join(COLUMNS)}"))
        for cells in reader:
            if not any(cells):
                continue
            if len(cells) != len(COLUMNS):
                message = f"has {len(cells)} cells"
                raise FormError(Problem(name, reader.line_num, message, "write all five", "row"))
            row = dict(zip(COLUMNS, map(str.strip, cells), strict=True))
            for field, (message, remedy) in _faults(row).items():
                where = (name, reader.line_num, message, remedy, field, row[field])
                raise FormError(Problem(*where))
            yield {field: cell or None for field, cell in row.items()}
    except csv.Error as error:
        message = f"is no row of a table: {error}"
        raise FormError(Problem(name, reader.line_num, message, "mend its quotes")) from None


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
