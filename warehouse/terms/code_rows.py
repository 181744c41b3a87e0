"""The rows of the code lists: those of the package, and over them those of the project.

A list `codes/<list>.csv` has the columns `code`, at least one `name_<language>`, `aliases`, and
what the list needs. The project's file of that name adds rows; of a row whose code the package has,
a filled cell replaces the package's, an empty one leaves it, and aliases are added. What is seldom
asked for lies in the package's files `codes/<list>/*.csv`, which are read when nothing else has the
answer: further names of the list's codes, and further codes. Belongs here: reading these files,
what a row may be called, and refusing what contradicts itself. Does not belong here: finding a
code (codes.py).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from warehouse import project
from warehouse.system import csv_table, files
from warehouse.system.files import FormError, Problem

Row = Mapping[str, str]

# The names by which records, formats and releases call the one list of geographies.
SAME_LIST = {"areas": "geographies", "partners": "geographies"}
COLUMNS = ("code", "name_en", "name_zh", "aliases")

# What a row must hold besides names, and what it usually is; {code} is its own.
NEEDED: Mapping[str, Mapping[str, str]] = {
    "measures": {"dimension": "count"},
    "units": {"dimension": "count", "base": "{code}", "factor": "1"},
}

_CODE = re.compile(r"[\w%][\w%+-]{0,59}")
# What cells of a column must be like, where a list has one: the pattern, the fault, the remedy.
_FORMS: Mapping[str, Mapping[str, tuple[str, str, str]]] = {
    "units": {
        "factor": (r"[0-9]+(\.[0-9]+)?(E-?[0-9]+)?", "is no number", "write one such as 1000")
    },
    "growth_bases": {
        "months_back": (
            r"([1-9][0-9]{0,3}|length)?",
            "is no number of months",
            "write one such as 24, or length for the period before of the same length",
        )
    },
}
_LIST = re.compile(r"[a-z][a-z0-9_]*")
_FORMULA = tuple("=+-@＝＋－＠")
_QUOTATION_MARKS = str.maketrans("", "", '“”"「」『』')


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows of a list in order, the file and line of each, and what the project replaces."""

    rows: tuple[Row, ...]
    places: Mapping[str, str]
    replaced: tuple[str, ...]


def own_name(list_name: str) -> str:
    """The name of the list that goes by a name: 'geographies' for 'areas' and 'partners'."""
    return SAME_LIST.get(list_name, list_name)


def normalise(text: str) -> str:
    """The text without what does not matter: width, case, quotation marks, extra spaces."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.translate(_QUOTATION_MARKS).casefold().split())


def names(row: Row) -> Iterator[str]:
    """The names of a row, in the order of its columns, and its aliases."""
    for column, cell in row.items():
        if cell and column.startswith("name_"):
            yield cell
    if aliases := row.get("aliases"):
        yield from aliases.split(";")


@project.cached
def listed(list_name: str) -> Listed:
    """A list with the project's rows. Raises FormError, and FileNotFoundError: no such list."""
    own, package = paths(list_name)
    if not (own.is_file() or package.is_file()):
        raise FileNotFoundError(f"there is no {package.name} in {own.parent} or {package.parent}")
    if not own.is_file():
        return _of_package(list_name)
    return combined(list_name, files.text(own))


def paths(list_name: str) -> tuple[Path, Path]:
    """The project's and the package's file of a list, whether they are there or not."""
    own, package = project.search_path("codes")
    name = f"{own_name(list_name)}.csv"
    return own / name, package / name


def list_names() -> list[str]:
    """The lists that there are, those of the package and the project's own."""
    found = {path.stem: path for path in project.files("codes", "*.csv")}
    return [name for name, path in sorted(found.items()) if _is_list(path)]


def own_list_names() -> list[str]:
    """The lists of which the project has a file."""
    return [path.stem for path in sorted(project.own("codes").glob("*.csv")) if _is_list(path)]


def _is_list(path: Path) -> bool:
    # Whoever asks for the list is told of what is no UTF-8.
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return "code" in file.readline().strip().split(",")


@project.cached
def further(list_name: str) -> Listed:
    """What the package's files `codes/<list>/*.csv` say of the list's codes, and further codes."""
    _, package = paths(list_name)
    rows: list[Row] = []
    places: dict[str, str] = {}
    for path in sorted(package.with_suffix("").glob("*.csv")):
        shown = project.shown(path)
        for line, row in enumerate(csv_table.packaged(path), 2):
            rows.append({**dict.fromkeys(COLUMNS, ""), **row})
            places.setdefault(row["code"], f"{shown}:{line}")
    return Listed(tuple(rows), places, ())


@project.cached
def _of_package(list_name: str) -> Listed:
    _, package = paths(list_name)
    if not package.is_file():
        return Listed((), {}, ())
    rows = csv_table.packaged(package)
    shown = project.shown(package)
    places = {row["code"]: f"{shown}:{line}" for line, row in enumerate(rows, 2)}
    return Listed(tuple(rows), places, ())


def combined(list_name: str, text: str) -> Listed:
    """The list if the project's file held this text. Raises FormError."""
    if not _LIST.fullmatch(own_name(list_name)):
        message = "is no name of a list"
        raise FormError(
            Problem(list_name, 0, message, "take lower-case letters, such as industries")
        )
    own, _ = paths(list_name)
    base, file, more = _of_package(list_name), project.shown(own), further(list_name)
    rows = {row["code"]: row for row in base.rows}
    columns = (*COLUMNS, *(base.rows[0] if base.rows else ()))
    seldom = {row["code"]: row for row in more.rows}
    places = {**more.places, **base.places}
    replaced: list[str] = []
    added: dict[str, int] = {}
    for line, row in _own_rows(file, text):
        code = row["code"]
        if code in added:
            _refuse(file, line, "code", code, f"stands in line {added[code]} too", "remove a row")
        before = rows.get(code) or seldom.get(code) or {}
        if any(before.get(key) and row[key] != before[key] for key in _facts(row)):
            old = next(names(before), code)
            replaced.append(f"{file}:{line} replaces {code} {old!r} of {places[code]}")
        kept = {key: cell for key, cell in row.items() if cell or key not in before}
        aliases = dict.fromkeys((before.get("aliases", ""), row.get("aliases", "")))
        kept["aliases"] = ";".join(filter(None, aliases))
        rows[code] = {**dict.fromkeys(columns, ""), **before, **kept}
        _check_needed(file, line, list_name, rows[code])
        if not any(names(rows[code])):
            _refuse(file, line, "", "", f"{code} has no name", "fill a column such as name_en")
        added[code], places[code] = line, f"{file}:{line}"
    _check_names(file, rows, more, places, added)
    _check_parents(file, rows, more, added)
    return Listed(tuple(rows.values()), places, tuple(replaced))


def _facts(row: Row) -> list[str]:
    """The columns in which a row says something that can replace what the package says."""
    return [key for key, cell in row.items() if cell and key not in ("code", "aliases")]


def _own_rows(file: str, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a project's file and the line that each ends in. Raises FormError."""
    for line, row in csv_table.rows(file, text, ("code",), "code,name_en,aliases"):
        if not _CODE.fullmatch(row["code"]):
            remedy = "write letters, digits, '-', '_', '+' and '%' alone"
            _refuse(file, line, "code", row["code"], "is no code", remedy)
        for field, name in _fields(row):
            _check_name(file, line, field, name)
        aliases = [alias.strip() for alias in row.get("aliases", "").split(";")]
        yield line, row | {"aliases": ";".join(filter(None, aliases))}


def _check_name(file: str, line: int, field: str, name: str) -> None:
    """Raise FormError where a name would be a formula in a spreadsheet, or cannot be seen."""
    if name.strip().startswith(_FORMULA):
        message = f"begins with {name.strip()[0]!r}, as a spreadsheet's formula does"
        _refuse(file, line, field, name, message, "begin with a letter or digit")
    if not name.isprintable():
        _refuse(file, line, field, name, "holds what no terminal shows", "take it out")


def _check_needed(file: str, line: int, list_name: str, row: Row) -> None:
    """Raise FormError where a row lacks what its list needs."""
    needed = NEEDED.get(own_name(list_name), {})
    for column, usual in needed.items():
        if not row.get(column):
            usual = usual.format(code=row["code"])
            message = f"{row['code']} has no {column}"
            remedy = f"fill the column {column}, such as {usual}; or add --set {column}={usual}"
            _refuse(file, line, column, "", message, remedy)
    for column, (form, message, remedy) in _FORMS.get(own_name(list_name), {}).items():
        if not re.fullmatch(form, cell := row.get(column, "")):
            _refuse(file, line, column, cell, message, remedy)


def _check_names(
    file: str,
    rows: Mapping[str, Row],
    more: Listed,
    places: Mapping[str, str],
    added: Mapping[str, int],
) -> None:
    """Raise FormError where a row of the project has a name that means another code."""
    meant: dict[str, str] = {}
    known = {row["code"]: row for row in more.rows} | dict(rows)
    for row in (*rows.values(), *more.rows):
        if row["code"] not in added:
            for name in (row["code"], *names(row)):
                meant.setdefault(normalise(name), row["code"])
    for code, line in added.items():
        for field, name in _fields(rows[code]):
            other = meant.setdefault(normalise(name), code)
            if other != code:
                means = f"{other} {next(names(known[other]), other)!r} ({places[other]})"
                message = f"already means {means}, and cannot mean {code} as well"
                remedy = f"write another name, or the code {other} in this row"
                _refuse(file, line, field, name, message, remedy)


def _fields(row: Row) -> Iterator[tuple[str, str]]:
    yield "code", row["code"]
    for column, cell in row.items():
        if cell and column.startswith("name_"):
            yield column, cell
    for alias in filter(None, row.get("aliases", "").split(";")):
        yield "aliases", alias


def _check_parents(
    file: str, rows: Mapping[str, Row], more: Listed, added: Mapping[str, int]
) -> None:
    """Raise FormError where a row of the project lies in nothing, or in itself."""
    parents = {row["code"]: row.get("parent", "") for row in (*more.rows, *rows.values())}
    for code, line in added.items():
        around = [code]
        while parent := parents[around[-1]]:
            if parent not in parents:
                remedy = "write a code of this list, or add a row for it"
                _refuse(file, line, "parent", parent, "is no code of the list", remedy)
            if parent in around:
                _refuse(file, line, "parent", parent, f"lies in {code} itself", "write another")
            around.append(parent)


def _refuse(file: str, line: int, field: str, value: str, message: str, remedy: str) -> NoReturn:
    raise FormError(Problem(file, line, message, remedy, field, value))
