"""Small tables that people keep as CSV: their rows, or the line that is wrong and what to write.

Belongs here: what holds of every such table, whatever it is about: the header, the cells under it,
quotation marks. Does not belong here: files of records (records/sheets.py) and of customs detail
(detail/source.py), which have layouts of their own.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from warehouse.system.files import FormError, Problem


def rows(
    name: str, text: str, needed: Sequence[str], example: str
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a table, by column and without outer spaces, and the line that each ends in.

    Lines without a word are passed over, and a row may be shorter than its header. `name` is what
    errors call the file, `example` a header that has all the `needed` columns. Raises FormError.
    """
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        header = [column.strip() for column in next(reader, [])]
        _check_header(name, header, needed, example)
        for line_cells in reader:
            cells = [cell.strip() for cell in line_cells]
            if not any(cells):
                continue
            if len(cells) > len(header):
                message = f"has {len(cells)} cells under {len(header)} columns"
                remedy = 'put a cell that has a comma in "…"'
                raise FormError(Problem(name, reader.line_num, message, remedy))
            cells += [""] * (len(header) - len(cells))
            yield reader.line_num, dict(zip(header, cells, strict=True))
    except csv.Error as error:
        message = f"is no CSV: {error}"
        raise FormError(
            Problem(name, reader.line_num, message, "mend the quotation marks")
        ) from None


def packaged(path: Path) -> list[dict[str, str]]:
    """The rows of a table that comes with the package, by column. Raises csv.Error."""
    return list(csv.DictReader(path.read_text("utf-8").splitlines(), strict=True))


def _check_header(name: str, header: Sequence[str], needed: Sequence[str], example: str) -> None:
    if missing := [column for column in needed if column not in header]:
        remedy = f"begin the file with a line such as: {example}"
        raise FormError(Problem(name, 1, f"there is no column {', '.join(missing)}", remedy))
    for place, column in enumerate(header):
        if not column or column in header[:place]:
            message = "is there twice" if column else f"column {place + 1} has no name"
            raise FormError(Problem(name, 1, message, "give each column a name of its own", column))
