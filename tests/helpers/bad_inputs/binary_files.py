"""Bad Parquet and XLSX, made when the tests run: nobody could read them here."""

import hashlib
import io
import tempfile
import zipfile
from pathlib import Path

import duckdb
from openpyxl import Workbook

from tests.helpers.bad_inputs import AN_ID, COLUMNS, FIGURE, GOOD, HEADER, NO_HEADER, NO_ROWS, Case

ROW = tuple(GOOD.strip().split(","))
PARQUET, XLSX = "figures.parquet", "figures.xlsx"
MADE_WHERE = f"; write it where the file was made: sha256sum {PARQUET} > {PARQUET}.sha256"
SAVE_AGAIN = "; save it as .xlsx again, or as UTF-8 CSV"
AS_TEXT = "; format the cells as text and write what is printed"


def parquet(query: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        duckdb.execute(f"copy ({query}) to '{folder}/x.parquet' (format parquet)")
        return Path(folder, "x.parquet").read_bytes()


def record(**changes: str) -> str:
    """A query for one record, good but for the changes, which are SQL."""
    cells = dict(zip(COLUMNS, map("'{}'".format, ROW), strict=True)) | changes
    return "select " + ", ".join(f"{value} as {column}" for column, value in cells.items())


def of_parquet(name: str, content: bytes, fate: str, told: object) -> Case:
    checksum = f"{hashlib.sha256(content).hexdigest()}  {PARQUET}\n"
    return Case(name, content, fate, told, PARQUET, checksum)


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def workbook(*rows: tuple[object, ...], sheets: int = 1) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    for _ in range(sheets - 1):
        book.create_sheet()
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def archive(**parts: bytes) -> bytes:
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return saved.getvalue()


def replaced(content: bytes, old: bytes, new: bytes) -> bytes:
    """A workbook in whose parts one text stands in place of another."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return archive(**{n: packed.read(n).replace(old, new) for n in packed.namelist()})


COLUMN_NAMES = tuple(COLUMNS)
GOOD_PARQUET = parquet(record())
GOOD_XLSX = workbook(COLUMN_NAMES, ROW)
STORED = GOOD_XLSX.index(b"xl/worksheets/sheet1.xml") + 60  # within the packed sheet

CASES = [
    of_parquet("good", GOOD_PARQUET, "accepted", FIGURE),
    Case(
        "no checksum",
        GOOD_PARQUET,
        "rejected",
        f": {PARQUET}.sha256, its checksum, is missing{MADE_WHERE}",
        PARQUET,
    ),
    Case(
        "checksum of another file",
        GOOD_PARQUET,
        "rejected",
        f": is not the file whose checksum {PARQUET}.sha256 holds; copy it again",
        PARQUET,
        "0" * 64,
    ),
    Case(
        "empty checksum",
        GOOD_PARQUET,
        "rejected",
        f": is not the file whose checksum {PARQUET}.sha256 holds; copy it again",
        PARQUET,
        "",
    ),
    of_parquet(
        "corrupt footer",
        GOOD_PARQUET[:-6] + b"\xff" * 6,
        "rejected",
        ": cannot be read as Parquet: Invalid Input Error: No magic bytes found at end of file; write the file anew",
    ),
    of_parquet(
        "truncated",
        GOOD_PARQUET[:-20],
        "rejected",
        ": cannot be read as Parquet: Invalid Input Error: No magic bytes found at end of file; write the file anew",
    ),
    of_parquet(
        "no Parquet",
        b"PAR1" + b"\0" * 100 + b"PAR1",
        "rejected",
        ": cannot be read as Parquet: Invalid Input Error: Footer length error; write the file anew",
    ),
    of_parquet(
        "CSV inside",
        (HEADER + GOOD).encode(),
        "rejected",
        ": cannot be read as Parquet: Invalid Input Error: No magic bytes found at end of file; write the file anew",
    ),
    of_parquet(
        "value as a float",
        parquet(record(value="2016.6::double")),
        "rejected",
        ": value: is a column of DOUBLE; store every column as text, as printed",
    ),
    of_parquet(
        "period as a date",
        parquet(record(period="date '2020-03-01'")),
        "rejected",
        ": period: is a column of DATE; store every column as text, as printed",
    ),
    of_parquet(
        "id as a number",
        parquet(record(id="7")),
        "rejected",
        ": id: is a column of INTEGER; store every column as text, as printed",
    ),
    of_parquet(
        "no source",
        parquet("select 'a' as id"),
        "rejected",
        ": there is no column source; name the columns there, separated by commas",
    ),
    of_parquet("no rows", parquet(record() + " limit 0"), "rejected", NO_ROWS),
    of_parquet(
        "control character",
        parquet(record(area="'成都' || chr(27) || '市'")),
        "rejected",
        ":1: area '成都\\x1b市': control character U+001B; remove it",
    ),
    of_parquet(
        "long text",
        parquet(record(area="repeat('成', 2001)")),
        "rejected",
        ":1: area '成成成成成成成成成成成成成成成成成成成成成成成成成成成成成成成成成成成成成成成成…': 2,001 characters is more than 2,000; shorten it",
    ),
    of_parquet(
        "null id", parquet(record(id="null::varchar")), "rejected", ":1: id: is missing" + AN_ID
    ),
    Case("good", GOOD_XLSX, "accepted", FIGURE, XLSX),
    Case("blank rows", workbook(COLUMN_NAMES, (), ROW, ()), "normalised", FIGURE, XLSX),
    Case(
        "false size",
        replaced(GOOD_XLSX, b'ref="A1:F2"', b'ref="A1:XFD1048576"'),
        "accepted",
        FIGURE,
        XLSX,
    ),
    Case(
        "number",
        workbook(COLUMN_NAMES, (*ROW[:5], 2016.6)),
        "rejected",
        ":2: value '2016.6': is a number, not text (cell F2)" + AS_TEXT,
        XLSX,
    ),
    Case(
        "formula",
        workbook(COLUMN_NAMES, (*ROW[:5], "=1+1")),
        "rejected",
        ":2: value '=1+1': is a formula, not text (cell F2)" + AS_TEXT,
        XLSX,
    ),
    Case(
        "formula that calls a program",
        workbook(COLUMN_NAMES, (*ROW[:5], "=cmd|' /C calc'!A0")),
        "rejected",
        ":2: value \"=cmd|' /C calc'!A0\": is a formula, not text (cell F2)" + AS_TEXT,
        XLSX,
    ),
    Case(
        "truth value",
        workbook(COLUMN_NAMES, (*ROW[:5], True)),
        "rejected",
        ":2: value 'True': is a truth value, not text (cell F2)" + AS_TEXT,
        XLSX,
    ),
    Case(
        "error value",
        workbook(COLUMN_NAMES, (*ROW[:5], "#N/A")),
        "rejected",
        ":2: value '#N/A': is an error value, not text (cell F2)" + AS_TEXT,
        XLSX,
    ),
    Case(
        "two sheets",
        workbook(COLUMN_NAMES, ROW, sheets=2),
        "rejected",
        ": has 2 sheets; keep one sheet in a file",
        XLSX,
    ),
    Case(
        "cell under no column",
        workbook(COLUMN_NAMES, (*ROW, "x")),
        "rejected",
        ":2: cell G2 stands under no column; name the column",
        XLSX,
    ),
    Case("no rows", workbook(COLUMN_NAMES), "rejected", NO_ROWS, XLSX),
    Case("empty", workbook(), "rejected", NO_HEADER, XLSX),
    Case(
        "bomb",
        archive(**{"xl/workbook.xml": b"\0" * (257 << 20)}),
        "rejected",
        ": unpacks to more than 268,435,456 bytes; split the file",
        XLSX,
    ),
    Case(
        "entity bomb",
        replaced(
            GOOD_XLSX,
            b"<worksheet",
            b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet',
        ),
        "rejected",
        ": cannot be read as XLSX: declares XML entities in xl/worksheets/sheet1.xml" + SAVE_AGAIN,
        XLSX,
    ),
    Case(
        "truncated",
        GOOD_XLSX[:-100],
        "rejected",
        ": cannot be read as XLSX: File is not a zip file" + SAVE_AGAIN,
        XLSX,
    ),
    Case(
        "flipped byte",
        flipped(GOOD_XLSX, STORED),
        "rejected",
        ": cannot be read as XLSX: Error -3 while decompressing data: invalid literal/lengths set"
        + SAVE_AGAIN,
        XLSX,
    ),
    Case(
        "HTML inside",
        "<html><table><tr><td>a</td></tr></table></html>",
        "rejected",
        ": cannot be read as XLSX: File is not a zip file" + SAVE_AGAIN,
        XLSX,
    ),
    Case(
        "old XLS",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500,
        "rejected",
        ": cannot be read as XLSX: File is not a zip file" + SAVE_AGAIN,
        XLSX,
    ),
    Case(
        "another archive",
        archive(readme=b"hello"),
        "rejected",
        ": cannot be read as XLSX: \"There is no item named '[Content_Types].xml' in the archive\""
        + SAVE_AGAIN,
        XLSX,
    ),
    Case(
        "CSV named XLSX",
        HEADER + GOOD,
        "rejected",
        ": cannot be read as XLSX: File is not a zip file" + SAVE_AGAIN,
        XLSX,
    ),
    Case(
        "XLSX named CSV",
        GOOD_XLSX,
        "rejected",
        ": is a ZIP archive or a workbook; unpack it, or name it for what it is",
    ),
]
