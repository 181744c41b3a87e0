"""Files of customs detail that are no plain table, rewritten as one: a header, then its rows.

Belongs here: what stands above and below a table, merged cells, and JSON. Does not belong here:
compression and encodings (source.py), and which rows of a table count (conversion.py).
Files are read and written piece by piece: they may be larger than memory.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from warehouse.detail.format import Format
from warehouse.system import storage
from warehouse.system.files import FormError, Problem

_CHUNK = 1 << 20
# A footer that is found by a pattern begins within so many bytes of the end: no more is at risk.
_LONGEST_FOOTER = 1 << 16
_LONGEST_ROW = 1 << 24  # characters of one row of JSON
_SPACE = re.compile(r"[\s,]*")


def is_json(start: bytes) -> bool:
    """Whether a text that starts so is JSON rather than a table."""
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"[", b"{")


def trim(path: Path, text: Path, form: Format, target: Path) -> int:
    """Write the table in `text` to `target`, and return how many lines of a footer it had.

    `path` is what errors call the file. Raises FormError where it is shorter than its preamble.
    """
    with text.open("rb") as file, storage.naming(target):
        start = _after(path, file, form.skip)
        end, footer = _before_footer(text, form.footer, start)
        if form.filled:
            _fill(path, text, form, (start, end), target)
            return footer
        file.seek(start)
        with target.open("wb") as table:
            left = end - start
            while left > 0 and (chunk := file.read(min(_CHUNK, left))):
                storage.check_room(target.parent, 2 * len(chunk))
                table.write(chunk)
                left -= len(chunk)
    return footer


def _after(path: Path, file: BinaryIO, skip: int) -> int:
    """Where the line after the preamble begins."""
    for _ in range(skip):
        if not file.readline(_LONGEST_ROW):
            message = f"ends within the {skip} lines that the format skips"
            raise FormError(Problem(str(path), 0, message, "mend skip: in the format"))
    return file.tell()


def _before_footer(text: Path, footer: str, start: int) -> tuple[int, int]:
    """Where the footer begins, and how many of its lines hold anything."""
    size = text.stat().st_size
    if not footer:
        return size, 0
    with text.open("rb") as file:
        file.seek(max(start, size - _LONGEST_FOOTER))
        if (from_start := file.tell()) > start:
            file.readline()  # the rest of a line
        begin = file.tell()
        lines = file.read().splitlines(keepends=True)
    filled = [number for number, line in enumerate(lines) if line.strip(b' \t\r\n,;|"')]
    if footer.isdecimal():
        first = filled[-int(footer)] if 0 < int(footer) <= len(filled) else len(lines)
    else:
        pattern = re.compile(footer)
        header = from_start == start  # the first line is the header then, and no footer
        first = next(
            (
                number
                for number in filled[header:]
                if pattern.match(lines[number].decode(errors="replace").lstrip(' \t"'))
            ),
            len(lines),
        )
    return begin + sum(map(len, lines[:first])), sum(number >= first for number in filled)


def _fill(path: Path, text: Path, form: Format, within: tuple[int, int], target: Path) -> None:
    """Write the table between two places of `text`, with what stands above in its empty cells."""
    start, end = within
    with text.open("rb") as file, target.open("w", encoding="utf-8", newline="") as table:
        file.seek(start)
        rows = csv.reader(_lines(path, file, end), delimiter=form.delimiter)
        writer = csv.writer(table, delimiter=form.delimiter, lineterminator="\n")
        try:
            header = next(rows, [])
            writer.writerow(header)
            names = form.header(header)
            filled = {place: "" for place, name in enumerate(names) if name in form.filled}
            for number, row in enumerate(rows):
                if len(row) == len(header):
                    for place, above in filled.items():
                        filled[place] = row[place] = row[place] if row[place].strip() else above
                if number % 10_000 == 0:
                    storage.check_room(target.parent, _CHUNK)
                writer.writerow(row)
        except csv.Error as error:
            line = form.skip + rows.line_num
            message = f"is no row of a table: {error}"
            raise FormError(Problem(str(path), line, message, "mend the line")) from None


def _lines(path: Path, file: BinaryIO, end: int) -> Iterator[str]:
    for number, line in enumerate(iter(file.readline, b""), 1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise _no_utf8(path, error) from None
        if file.tell() >= end:
            return


def write_json_rows(path: Path, text: Path, delimiter: str, target: Path) -> None:
    """Write the rows of a JSON file to `target` as a table.

    It is an array of arrays, the first of which names the columns; or an array of objects, which
    all have the fields of the first; or an object that holds such an array, beside other things.
    """
    with (
        text.open("r", encoding="utf-8-sig", newline="") as file,
        storage.naming(target),
        target.open("w", encoding="utf-8", newline="") as table,
    ):
        writer = csv.writer(table, delimiter=delimiter, lineterminator="\n")
        header: list[str] = []
        number = 0
        try:
            for number, row in enumerate(_Rows(path, file), 1):
                if number % 10_000 == 1:
                    storage.check_room(target.parent, _CHUNK)
                if not header:
                    header = [_cell(path, number, "header", name) for name in row]
                    writer.writerow(header)
                    if not isinstance(row, Mapping):
                        continue
                writer.writerow(_cells(path, number, header, row))
        except UnicodeDecodeError as error:
            raise _no_utf8(path, error) from None
        except UnicodeEncodeError:
            message, remedy = "a row holds half a character", "fetch the file again"
            raise FormError(Problem(str(path), number, message, remedy)) from None


def _cells(path: Path, number: int, header: Sequence[str], row: Any) -> list[str]:
    if not isinstance(row, Mapping):
        names = [*header, *["row"] * (len(row) - len(header))]
        return [_cell(path, number, name, cell) for name, cell in zip(names, row, strict=False)]
    if more := [name for name in row if name not in header]:
        message = "is a field that the first row lacks"
        raise FormError(Problem(str(path), number, message, "give all rows all fields", more[0]))
    return [_cell(path, number, name, row.get(name)) for name in header]


def _cell(path: Path, number: int, name: str, cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if not isinstance(cell, str):
        message = "holds more than one text or number"
        raise FormError(Problem(str(path), number, message, "flatten it", name))
    return cell


def _refuse_constant(text: str) -> None:
    raise ValueError(f"{text} is no number of JSON")


class _Rows:
    """The rows of a JSON file, read piece by piece. Numbers stay the texts that they are."""

    def __init__(self, path: Path, file: TextIO) -> None:
        self._path = path
        self._file = file
        self._decoder = json.JSONDecoder(
            parse_int=str, parse_float=str, parse_constant=_refuse_constant
        )
        self._text = ""
        self._place = 0
        self._line = 1

    def __iter__(self) -> Iterator[Any]:
        if not (self._enters_field() if self._next() == "{" else self._enters()):
            raise self._refusal("holds no array of rows")
        while (sign := self._next()) != "]":
            row = self._value() if sign in ("[", "{") else None
            if not row:
                raise self._refusal("a row must be an array of cells, or an object with fields")
            yield row

    def _enters(self) -> bool:
        """Whether an array begins here; if so, it is entered."""
        begins = self._next() == "["
        self._place += begins
        return begins

    def _enters_field(self) -> bool:
        """Pass over the fields of an object up to one with an array of rows, and enter that."""
        self._place += 1
        while self._next() == '"':
            self._value()
            if self._next() != ":":
                break
            self._place += 1
            if not self._enters():
                self._value()
                continue
            if self._next() in ("[", "{"):
                return True
            while self._next() not in ("]", ""):
                self._value()
            self._place += 1
        return False

    def _next(self) -> str:
        """The sign that comes next, '' at the end; what stands before it is passed over."""
        while True:
            space = _SPACE.match(self._text, self._place)
            self._place = space.end() if space else self._place
            if self._place < len(self._text):
                return self._text[self._place]
            if not self._more():
                return ""

    def _value(self) -> Any:
        """The value that begins here."""
        while True:
            try:
                value, self._place = self._decoder.raw_decode(self._text, self._place)
            except (ValueError, RecursionError) as error:
                is_long = len(self._text) - self._place > _LONGEST_ROW
                if is_long or not self._more():
                    raise self._refusal(f"is no JSON, or cut off: {error}") from None
            else:
                return value

    def _more(self) -> bool:
        """Read on; whether there was more."""
        chunk = self._file.read(_CHUNK)
        self._line += self._text.count("\n", 0, self._place)
        self._text, self._place = self._text[self._place :] + chunk, 0
        return bool(chunk)

    def _refusal(self, message: str) -> FormError:
        line = self._line + self._text.count("\n", 0, self._place)
        remedy = "write [[names], [cells], …] or [{name: cell}, …], or fetch it again"
        return FormError(Problem(str(self._path), line, message, remedy))


def _no_utf8(path: Path, error: UnicodeDecodeError) -> FormError:
    shown = error.object[error.start : error.end].hex(" ")
    remedy = "say what it is written in: --encoding"
    return FormError(Problem(str(path), 0, "are not utf-8", remedy, "bytes", shown))
