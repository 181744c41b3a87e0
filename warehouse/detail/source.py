"""Files of customs detail as DuckDB can read them: plain UTF-8 CSV with a checked header, Parquet.

Belongs here: compression, encodings, headers, and every refusal that concerns a file as a whole.
Does not belong here: what a column means (format.py) and what becomes of the rows (conversion.py).
"""

from __future__ import annotations

import codecs
import csv
import gzip
import mmap
import zlib
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.detail import rewriting
from warehouse.detail.format import Format
from warehouse.store.tables import files_literal
from warehouse.system import storage
from warehouse.system.files import FormError, Problem

_GZIP, _PARQUET, _ZIP = b"\x1f\x8b", b"PAR1", b"PK\x03\x04"
_CHUNK = 4 << 20
_LONGEST_HEADER = 1 << 20
# How large a file may become when unpacked: customs detail grows twentyfold, a bomb thousandfold.
_UNSUSPICIOUS, _MOST_UNPACKED = 1 << 30, 100  # so many bytes always; beyond, so many times its size
_SAY_ENCODING = "say what it is written in: --encoding"


@dataclass(frozen=True, slots=True)
class Source:
    """One input file: `text` is the file that DuckDB reads, `header` its columns.

    `lines` is an estimate. `above` are the lines of the file before its header, and `below` those
    of its footer, which `text` lacks.
    """

    path: Path
    text: Path
    header: tuple[str, ...]
    is_parquet: bool
    lines: int
    above: int = 0
    below: int = 0

    def holds(self, needle: bytes) -> bool:
        """Whether these bytes stand anywhere in the text."""
        with (
            self.text.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
        ):
            # First its last byte alone: that is found twenty times as fast, and few files hold it.
            return content.find(needle[-1:]) >= 0 and content.find(needle) >= 0

    def both_ends(self) -> list[str]:
        """The first line below the header, and the last that holds anything."""
        with self.text.open("rb") as file:
            file.readline(_LONGEST_HEADER)
            first = file.readline(_LONGEST_HEADER)
            file.seek(max(file.tell(), self.text.stat().st_size - _LONGEST_HEADER))
            last = file.read().rstrip().rpartition(b"\n")[2] or first
        return [line.decode(errors="replace").rstrip("\r\n") for line in (first, last)]


def check_is_file(path: Path) -> None:
    """Raise FormError unless a plain file lies there."""
    if not path.is_file():
        message = "is no plain file" if path.exists() else "no such file"
        raise FormError(Problem(str(path), 0, message, "check the path"))


def prepare(path: Path, form: Format, encoding: str, aside: Path) -> Source:
    """The file as a Source. What DuckDB cannot read as it stands is written to `aside`.

    A byte order mark overrules `encoding`. Raises FormError, with the line, for bytes that are
    not of the encoding, and for files that are empty, cut off or without a usable header.
    """
    check_is_file(path)
    with path.open("rb") as file:
        start = file.read(4)
    if start == _PARQUET:
        return _parquet(path, form)
    if not start:
        raise FormError(Problem(str(path), 0, "the file is empty", "fetch it again"))
    if start == _ZIP:
        remedy = "unpack it; save a workbook as CSV"
        raise FormError(Problem(str(path), 0, "is a zip archive or a workbook", remedy))
    marked = start.startswith(codecs.BOM_UTF8)
    if start.startswith(_GZIP) or not (marked or _is_utf8(path, encoding)):
        _write_plain(path, encoding, aside, compressed=start.startswith(_GZIP))
        text = aside
    else:
        text = path
    table, below = aside.with_suffix(".table"), 0
    with text.open("rb") as file:
        is_json = rewriting.is_json(file.read(64))
    if is_json:
        _refuse_layout(path, form, "JSON")
        rewriting.write_json_rows(path, text, form.delimiter, table)
    elif form.skip or form.footer or form.filled:
        below = rewriting.trim(path, text, form, table)
    if table.exists():
        text = table.replace(aside)
    header, lines = _first_line(path, text, form)
    return Source(path, text, header, False, lines, form.skip, below)


def _refuse_layout(path: Path, form: Format, kind: str) -> None:
    """Raise FormError where a format says how a text is laid out, and the file is none."""
    laid_out = {"skip": form.skip, "footer": form.footer, "fill": form.filled}
    if any(laid_out.values()):
        remedy = "use a format without skip, footer and fill, or write the file as CSV"
        message = f"is {kind}, which has no lines to leave out and no cells to fill"
        raise FormError(Problem(str(path), 0, message, remedy, "format", form.title))


def _parquet(path: Path, form: Format) -> Source:
    _refuse_layout(path, form, "Parquet")
    try:
        with duckdb.connect() as connection:
            file = files_literal(path)
            relation = connection.sql(f"from read_parquet({file}, hive_partitioning = false)")
            rows = connection.execute(
                f"select sum(num_rows) from parquet_file_metadata({file})"
            ).fetchall()
            return Source(path, path, tuple(relation.columns), True, int(rows[0][0]))
    except duckdb.Error as error:
        message = f"not a whole Parquet file: {str(error).splitlines()[0]}"
        raise FormError(Problem(str(path), 0, message, "fetch it again")) from None


def _is_utf8(path: Path, encoding: str) -> bool:
    try:
        "".encode(encoding)  # raises for a codec that is not one of text
        return codecs.lookup(encoding).name == "utf-8"
    except (LookupError, UnicodeError):
        remedy = "use utf-8, gb18030 or another that Python knows"
        raise FormError(
            Problem(str(path), 0, "unknown encoding", remedy, "encoding", encoding)
        ) from None


def _write_plain(path: Path, encoding: str, aside: Path, compressed: bool) -> None:
    """Write the text as UTF-8. GBK is read as GB18030, of which it is a part.

    Raises FormError, and OSError where the disk would have no room left.
    """
    encoding = "gb18030" if codecs.lookup(encoding).name in ("gbk", "gb2312") else encoding
    decoder = codecs.getincrementaldecoder(encoding)()
    limit = max(_UNSUSPICIOUS, _MOST_UNPACKED * path.stat().st_size) if compressed else None
    line, first, size = 1, True, 0
    with (
        gzip.open(path) if compressed else path.open("rb") as packed,
        aside.open("wb") as plain,
    ):
        while True:
            try:
                chunk = packed.read(_CHUNK)
            except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                message = f"compressed data is damaged or cut off: {error}"
                raise FormError(Problem(str(path), line, message, "fetch it again")) from None
            if first and chunk.startswith(codecs.BOM_UTF8):
                decoder = codecs.getincrementaldecoder("utf-8-sig")()
            first = False
            size += len(chunk)
            if limit is not None and size > limit:
                message = f"unpacks to more than {limit:,} bytes, which is out of all proportion"
                remedy = "unpack it by hand, if it is what it should be: gunzip"
                raise FormError(Problem(str(path), line, message, remedy))
            storage.check_room(aside.parent, 2 * len(chunk))
            try:
                text = decoder.decode(chunk, final=not chunk)
                data = text.encode()  # raises for half of a surrogate pair
            except UnicodeDecodeError as error:
                line += error.object.count(b"\n", 0, error.start)
                raise _written_otherwise(path, line, encoding, error) from None
            except UnicodeEncodeError:
                raise FormError(
                    Problem(str(path), line, "holds no text", _SAY_ENCODING, "encoding", encoding)
                ) from None
            except UnicodeError as error:  # not about a byte: a byte order mark is missing, say
                raise FormError(
                    Problem(str(path), line, str(error), _SAY_ENCODING, "encoding", encoding)
                ) from None
            line += text.count("\n")
            with storage.naming(aside):
                plain.write(data)
                plain.flush()
            if not chunk:
                return


def _written_otherwise(
    path: Path, line: int, encoding: str, error: UnicodeDecodeError
) -> FormError:
    value = error.object[error.start : error.end].hex(" ")
    return FormError(Problem(str(path), line, f"are not {encoding}", _SAY_ENCODING, "bytes", value))


def _first_line(path: Path, text: Path, form: Format) -> tuple[tuple[str, ...], int]:
    """The columns that the first line names, and about how many lines follow."""
    with text.open("rb") as file:
        first = file.readline(_LONGEST_HEADER)
        sample = file.read(_CHUNK)
    line = form.skip + 1
    try:
        names = next(csv.reader([first.decode("utf-8-sig")], delimiter=form.delimiter), [])
    except UnicodeDecodeError as error:
        raise _written_otherwise(path, line, "utf-8", error) from None
    except csv.Error as error:
        remedy = "write column names there, and end each line with a line feed"
        message = f"is no row of a table: {error}"
        raise FormError(Problem(str(path), line, message, remedy)) from None
    header = form.header(names)
    if not any(header):
        which = "this line, below those that are skipped," if form.skip else "the first line"
        remedy = "put the column names there, or say in the format how many lines to skip: skip"
        raise FormError(Problem(str(path), line, f"{which} names no columns", remedy))
    for place, name in enumerate(header, 1):
        if not name or header.count(name) > 1:
            message = "stands twice in the header" if name else "a column without a name"
            remedy = f'name each column once, or call it "#{place}" in a format of your own'
            raise FormError(Problem(str(path), line, message, remedy, name))
    mean = len(sample) / max(sample.count(b"\n"), 1)
    return tuple(header), round((text.stat().st_size - len(first)) / max(mean, 1))
