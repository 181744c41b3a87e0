"""Flat record files: CSV, JSON lines, Parquet and XLSX → lines of text cells.

Belongs here: how each of these formats is read, and refusing cells that are not text as printed: a
spreadsheet or a column type has already rounded a number. Does not belong here: encodings
and YAML (reading.py), what a field means (contract.py).
"""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import json
import re
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from warehouse import project
from warehouse.records import remedies
from warehouse.store.database import open_memory
from warehouse.system import files

MAX_TEXT = 2_000  # characters of one field
MAX_ROWS = 2_000_000  # of a Parquet file, however small
MAX_COLUMNS = 200
MAX_SHOWN = 160  # characters of a corrected line
MAX_UNPACKED = 256 << 20  # bytes of a workbook
MAX_TITLES = 20  # lines above the header in which it is looked for
NEEDED = ("id", "source")  # columns of every flat file
SEPARATORS = {";": "semicolons", "\t": "tabs", "，": "full-width commas", "|": "bars"}

# The first characters by which spreadsheets know a formula, also at full width.
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")

# Control characters that no printed text holds: all but tab and line ends (U+0085 is one in YAML).
# And characters that are invisible or change the direction of text, which would then not be what it
# looks like; joiners are allowed.
CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)

# A line's number and its cells, column → text; empty cells are left out.
Line = tuple[int, dict[str, str]]


class Malformed(Exception):
    """A file that cannot be read: the line (0 is the whole file), what is wrong, the remedy."""

    def __init__(
        self, line: int, message: str, remedy: str, field: str = "", value: str = ""
    ) -> None:
        super().__init__(message)
        self.line, self.message, self.remedy = line, message, remedy
        self.field, self.value = field, value


def read_csv(text: str) -> Iterator[Line]:
    """Lines of CSV under a header. Raises Malformed."""
    csv.field_size_limit(MAX_TEXT * 4)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        header = _header(next(reader, []), reader)
        while True:
            line = reader.line_num + 1
            cells = next(reader, None)
            if cells is None:
                break
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                message = f"{len(cells)} cells under {len(header)} columns"
                raise Malformed(line, message, _cells_meant(cells, len(header)))
            yield line, _fields(line, zip(header, cells, strict=True))
        if text[-1] not in "\r\n":
            # What is left of a period that was cut off may look like a period: 2020 of 2020-03.
            message = "the last line has no line end: is the file cut off?"
            remedy = "end it with a line end once the file is complete"
            raise Malformed(reader.line_num, message, remedy)
    except csv.Error as error:
        # Reported where the row starts: an unclosed quote is noticed only lines later.
        message = f"the row that starts here is not well-formed CSV: {error}"
        raise Malformed(
            line, message, "close each quote, and double a quote within quotes"
        ) from None


def _cells_meant(cells: Sequence[str], columns: int) -> str:
    """What to do about a row with another number of cells than there are columns."""
    row = ",".join(cells)
    for separator, name in SEPARATORS.items():
        if len(split := row.split(separator)) == columns:
            return f"separate the cells by commas, not by {name}: {','.join(split)[:MAX_SHOWN]}"
    if curly := re.search("[“„]([^“”„]*)[”“]", row):
        return f'write straight quotation marks: "{curly[1][:MAX_SHOWN]}"'
    return f'give every column a cell; quote a cell that holds a comma: "1,234{_after_number()}"'


def _after_number() -> str:
    """A scale and a unit as the reader of a remedy knows them."""
    return "亿元" if project.settings().language == "zh" else " million EUR"


def read_jsonl(text: str) -> Iterator[Line]:
    """One object a line; a number is taken as it is written. Raises Malformed."""
    value = f"2016.6{_after_number()}"
    remedy = f'write one object a line: {{"id": "a", "source": "s", "value": "{value}"}}'
    for line, written in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        if not written.strip():
            continue

        def distinct(pairs: list[tuple[str, Any]], line: int = line) -> dict[str, Any]:
            fields: dict[str, Any] = {}
            for key, value in pairs:
                if key in fields:
                    raise Malformed(line, "stands twice in one object", "keep one", key)
                fields[key] = value
            return fields

        try:
            row = json.loads(written, object_pairs_hook=distinct, parse_int=str, parse_float=str)
        except json.JSONDecodeError as error:
            message = f"not well-formed JSON: {error.msg} at character {error.colno}"
            if written.lstrip().startswith("["):
                remedy = f"take the [ and ] around the objects away, and {remedy}"
            raise Malformed(line, message, remedy) from None
        except RecursionError:
            raise Malformed(line, "nested too deep", remedy) from None
        if not isinstance(row, dict):
            raise Malformed(line, "is no object", remedy)
        for key, value in row.items():
            if isinstance(value, bool):
                row[key] = str(value).lower()
            elif not isinstance(value, str):
                shown = json.dumps(value, ensure_ascii=False)[:40]
                raise Malformed(
                    line, "is no text", "write text in quotes, or leave the field out", key, shown
                )
        yield line, _fields(line, row.items())


def read_parquet(path: Path, data: bytes) -> Iterator[Line]:
    """Rows of a Parquet file of text columns, numbered from 1, whose `data` was read from `path`.

    A flipped byte in a Parquet file often gives another value and no error (more than one in four),
    and nobody proof-reads one: it must come with its checksum, as `sha256sum` writes it.
    Raises Malformed, and FormError where that cannot be read.
    """
    beside = path.with_name(path.name + ".sha256")
    remedy = f"write it where the file was made: sha256sum {path.name} > {beside.name}"
    if not beside.is_file():
        raise Malformed(0, f"{beside.name}, its checksum, is missing", remedy)
    listed = files.content(beside, files.MAX_TEXT_FILE).split(maxsplit=1)[:1]
    if listed != [hashlib.sha256(data).hexdigest().encode()]:
        raise Malformed(0, f"is not the file whose checksum {beside.name} holds", "copy it again")
    # A copy, because *, ? and = in the path of the file itself have a meaning to DuckDB.
    with tempfile.TemporaryDirectory() as folder, open_memory() as connection:
        copy = str(Path(folder, "records.parquet"))
        Path(copy).write_bytes(data)
        try:
            counted = connection.execute("select count(*) from read_parquet(?)", [copy])
            (rows,) = counted.fetchall()[0]
            if rows > MAX_ROWS:
                raise Malformed(0, f"{rows:,} rows is more than {MAX_ROWS:,}", "split the file")
            answer = connection.execute("from read_parquet(?)", [copy])
            types = {name: str(type_) for name, type_, *_ in answer.description or []}
            header = _header(list(types), line=0)
            for name, type_ in types.items():
                if type_ != "VARCHAR":
                    message = f"is a column of {type_}"
                    raise Malformed(0, message, "store every column as text, as printed", name)
            for line in itertools.count(1):
                if (cells := answer.fetchone()) is None:
                    return
                yield line, _fields(line, zip(header, cells, strict=True))
        except duckdb.Error as error:
            message = f"cannot be read as Parquet: {_plain(error, copy)}"
            raise Malformed(0, message, "write the file anew") from None


def read_xlsx(data: bytes) -> Iterator[Line]:
    """Rows of a workbook's only sheet, all of its cells formatted as text. Raises Malformed."""
    broken = "cannot be read as XLSX: ", "save it as .xlsx again, or as UTF-8 CSV"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED:
                message = f"unpacks to more than {MAX_UNPACKED:,} bytes"
                raise Malformed(0, message, "split the file")
            for part in packed.infolist():  # reading compares each part with its checksum
                if b"<!DOCTYPE" in packed.read(part):
                    message = f"declares XML entities in {part.filename}"
                    raise Malformed(0, f"{broken[0]}{message}", broken[1])
        import openpyxl  # takes a third of a second

        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
        if len(book.worksheets) != 1:
            message = f"has {len(book.worksheets)} sheets"
            raise Malformed(0, message, "keep one sheet in a file")
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # the file may state a wrong size
        rows = sheet.iter_rows()
        top = [_text(1, f"column {n}", cell) for n, cell in enumerate(next(rows, ()), 1)]
        header = _header(top, ([str(cell.value or "") for cell in cells] for cells in rows))
        for line, cells in enumerate(rows, start=2):
            named = list(zip(itertools.chain(header, itertools.repeat("")), cells, strict=False))
            if wrong := [(name, cell) for name, cell in named if not _is_text(cell)]:
                raise _not_text(line, *wrong[0], header, [cells, *rows])
            texts = [(name, _text(line, name, cell)) for name, cell in named]
            for (name, text), cell in zip(texts, cells, strict=True):
                if text.strip() and not name:
                    message = f"cell {cell.coordinate} stands under no column"
                    raise Malformed(line, message, "name the column", "", text[:40])
            if fields := _fields(line, texts):
                yield line, fields
    except Malformed:
        raise
    except Exception as error:
        # openpyxl passes on whatever its parsers stumble over: KeyError, ParseError, TypeError, …
        raise Malformed(0, f"{broken[0]}{_plain(error)}", broken[1]) from None


def _plain(error: Exception, path: str = "") -> str:
    """The first line of a library's error, which may quote any bytes of the file, or its path."""
    line = str(error).strip().partition("\n")[0]
    if path:
        line = re.sub(rf"( in file)? '{re.escape(path)}'", "", line).replace(path, "the file")
    return CONTROL.sub("?", " ".join(line.split())).rstrip(".") or type(error).__name__


def _is_text(cell: Any) -> bool:
    return cell.value is None or cell.data_type == "s"


def _text(line: int, field: str, cell: Any) -> str:
    """The text of a cell. Raises Malformed for a number or date: Excel drops trailing zeros."""
    if _is_text(cell):
        return "" if cell.value is None else str(cell.value)
    raise _not_text(line, field, cell, [], [])


def _not_text(
    line: int, field: str, cell: Any, header: Sequence[str], rows: Sequence[Sequence[Any]]
) -> Malformed:
    """The error for the first cell that is no text, and for those like it in the `rows` from it."""
    kinds = {"n": "a number", "d": "a date", "b": "a truth value", "f": "a formula"}
    message = f"is {kinds.get(cell.data_type, 'an error value')}, not text (cell {cell.coordinate}"
    wrong = Counter(
        name for row in rows for name, c in zip(header, row, strict=False) if not _is_text(c)
    )
    if wrong[field] > 1:
        message += f", and {wrong[field] - 1} more of this column"
    if others := [name for name in wrong if name and name != field]:
        message += f"; likewise columns {', '.join(others)}"
    remedy = "format the cells as text and write what is printed"
    if cell.data_type == "d":
        remedy += f": {str(cell.value)[:7]}, if that is the period"
    return Malformed(line, f"{message})", remedy, field, str(cell.value)[:40])


def _header(cells: Sequence[str], below: Iterable[Sequence[str]] = (), line: int = 1) -> list[str]:
    """The names of the columns; `below` are the rows after them. Raises Malformed."""
    header = [cell.strip() for cell in cells]
    if len(header) > MAX_COLUMNS:
        raise Malformed(line, f"{len(header)} columns are more than {MAX_COLUMNS}", "take some out")
    if missing := [column for column in NEEDED if column not in header]:
        where = "the first line names" if line else "there is"
        message = f"{where} no column {' and no column '.join(missing)}"
        raise Malformed(line, message, _header_meant(header, missing, below))
    for number, column in enumerate(header, 1):
        if not column:
            message = f"column {number} is without a name"
            remedy = "name it or take it out; a merged cell names only the first of its columns"
            raise Malformed(line, message, remedy)
        if header.count(column) > 1:
            raise Malformed(line, "stands twice in the header", "name each column once", column)
    return header


def _header_meant(
    header: Sequence[str], missing: Sequence[str], below: Iterable[Sequence[str]]
) -> str:
    """What to do about a header without the columns that are needed."""
    for separator, name in SEPARATORS.items():
        split = [cell.strip().lower() for cell in ",".join(header).split(separator)]
        if set(NEEDED) <= set(split):
            remedy = f"separate the cells by commas, not by {name}: {','.join(split)}"
            return f"{remedy}; quote cells that hold a comma"
    lowered = [cell.lower() for cell in header]
    if set(NEEDED) <= set(lowered):
        return f"write the names in lower case: {','.join(lowered)}"
    with suppress(csv.Error):
        for line, cells in enumerate(itertools.islice(below, MAX_TITLES), 2):
            if set(NEEDED) <= {cell.strip() for cell in cells}:
                return f"the columns are named in line {line}: take the lines above it away"
    meant = {remedies.field_meant("record", cell, tuple(missing)): cell for cell in header if cell}
    if renamed := [f"{field} instead of {meant[field]}" for field in missing if field in meant]:
        return f"write {' and '.join(renamed)}"
    return "name the columns there, separated by commas"


def _fields(line: int, cells: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    fields = {column: cell.strip() for column, cell in cells if cell and cell.strip()}
    for column, cell in fields.items():
        if len(cell) > MAX_TEXT:
            message = f"{len(cell):,} characters is more than {MAX_TEXT:,}"
            raise Malformed(line, message, "shorten it", column, cell[:40] + "…")
        if control := CONTROL.search(column) or CONTROL.search(cell):
            message = f"control character U+{ord(control[0]):04X}"
            raise Malformed(line, message, "remove it", CONTROL.sub("?", column), cell[:40])
    return fields


FROM_TEXT: dict[str, Callable[[str], Iterator[Line]]] = {".csv": read_csv, ".jsonl": read_jsonl}
