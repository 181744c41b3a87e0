"""The code lists: what areas, partners, products … are called, and which code each name means.

Belongs here: finding a code by code, name or alias, in any language, and what lies in what. Does
not belong here: reading the lists (code_rows.py), what resembles a name that no list has
(code_search.py), what a column of a list means to a rule, or the factors of units (units.py).

Areas and partners are one list, geographies, and two views of it. What whoever uses the lists must
know: an area of kind `port` or `customs` lies in its parent, but the trade that passes it is not
the parent's trade; and the children of a product or a regime are parts of it that need not make up
the whole, and may overlap (`ME` and `HT` do).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from warehouse import project
from warehouse.system import csv_table
from warehouse.terms import code_rows, code_search
from warehouse.terms.code_rows import Row, further, listed, names, normalise, own_name

# Kinds of areas whose trade only passes through: it is not the trade of the area around them.
PASSED_THROUGH = ("port", "customs")


class UnknownCode(LookupError):
    """A text that is no code, name or alias of its list.

    `list_name` and `text` are what was looked up; `suggestions` are up to three of the list's
    codes and names, the most similar first, each of another row; `remedy` says what to do.
    """

    def __init__(self, list_name: str, text: str, suggestions: list[str]) -> None:
        hint = f"; did you mean {' or '.join(suggestions)}?" if suggestions else ""
        singular = "geography" if list_name == "geographies" else list_name.removesuffix("s")
        super().__init__(f"unknown {singular} {text!r}{hint}")
        self.list_name = list_name
        self.text = text
        self.suggestions = suggestions
        known, option = [row["code"] for row in rows(list_name)], "--alias"
        if suggestions:
            meant = lookup(list_name, suggestions[0])
            known.sort(key=lambda code: code != meant)
            language = project.settings().language
            if language not in ("en", "zh") and not row(list_name, meant).get(f"name_{language}"):
                option = f"--name-{language}"
        own = own_name(list_name)
        self.remedy = code_search.remedy(own, text, suggestions, known, option)


class Member(NamedTuple):
    """A member of a group, from a day to a day; None: since ever, to this day."""

    code: str
    since: date | None
    until: date | None


def path(list_name: str) -> Path:
    """The file of the list `list_name` ('areas', 'units', …). Raises FileNotFoundError."""
    return project.file("codes", f"{own_name(list_name)}.csv")


@project.cached
def rows(list_name: str) -> Sequence[Row]:
    """The rows of a list, the package's and then the project's, keyed by its header.

    What is seldom asked for (subdivisions of countries) is not among them. Raises
    FileNotFoundError where there is no such list, and FormError where the project's is no list.
    """
    found = listed(own_name(list_name)).rows
    use = {"areas": _as_area, "partners": _as_partner}.get(list_name)
    return tuple(map(use, found)) if use else found


def _as_area(row: Row) -> Row:
    """A geography as one that reports: in Chinese as its own texts call it, such as 全国."""
    read_as = {"read_as": "area" * ("area" in row["read_as"])} if "read_as" in row else {}
    home = {"name_zh": row["name_zh_home"]} if row.get("name_zh_home") else {}
    return {**row, **read_as, **home}


def _as_partner(row: Row) -> Row:
    """A geography as a partner: the nation whose figures are curated is a country among others."""
    read_as = {"read_as": "partner" * ("partner" in row["read_as"])} if "read_as" in row else {}
    kind = {"kind": "country"} if row.get("kind") == "nation" else {}
    return {**row, **read_as, **kind}


@project.cached
def by_code(list_name: str) -> Mapping[str, Row]:
    """The rows of a list by their codes. Raises FileNotFoundError where there is no such list."""
    return {row["code"]: row for row in rows(list_name)}


def row(list_name: str, code: str) -> Row:
    """The row of a code, also of one that is seldom asked for; {} where there is none."""
    return by_code(list_name).get(code) or _seldom(own_name(list_name)).get(code, {})


def seldom(list_name: str) -> Sequence[Row]:
    """The rows of a list that are seldom asked for: of geographies, the subdivisions."""
    return tuple(_seldom(own_name(list_name)).values())


def called(list_name: str, code: str, language: str = "en") -> str:
    """The name of a code in a language, else in English, else in any; the code that is in no list.

    In Chinese an area that reports is called as its own texts call it.
    """
    found, column = row(list_name, code), f"name_{language}"
    if cell := found.get(column) or _further_names(own_name(list_name), column).get(code):
        return cell
    return found.get("name_en") or next(names(found), code)


def notices() -> list[str]:
    """What the project's lists replace of the package's, a sentence a row. Raises FormError."""
    return [notice for name in code_rows.own_list_names() for notice in listed(name).replaced]


def lookup(list_name: str, text: str) -> str:
    """The code that `text` means in a list: a code, a name in any language, or an alias.

    Width, case, quotation marks and extra spaces do not matter; nor, where nothing is written just
    so, do accents, punctuation and a leading "the". Raises UnknownCode.
    """
    if text in by_code(list_name):
        return text
    own, sought = own_name(list_name), normalise(text)
    found = spellings(own).get(sought) or (sought and _further_spellings(own).get(sought))
    if found:
        return found[0]
    if (plain := _plain(text)) and (code := _plainly(own).get(plain)):
        return code
    if (home := project.settings().area) and own == "geographies":
        # Of places of one name (Punjab), that in the project's own country.
        within = normalise(f"{text} ({row(own, home.partition('-')[0]).get('name_en', '')})")
        if found := _further_spellings(own).get(within):
            return found[0]
    raise UnknownCode(list_name, text, list(_nearest(own, text)))


@project.cached
def _nearest(list_name: str, text: str) -> tuple[str, ...]:
    known = {**_further_spellings(list_name), **spellings(list_name)}
    kinds = {row["code"]: row.get("kind", "") for row in rows(list_name)}
    return tuple(code_search.nearest(text, known, kinds))


def spelled(list_name: str) -> Iterator[tuple[str, str]]:
    """Every code, name and alias of a list as it is written, with the code it means."""
    for row in (*further(own_name(list_name)).rows, *rows(list_name)):
        for spelling in (row["code"], *names(row)):
            yield spelling, row["code"]


@project.cached
def ancestors(list_name: str, code: str) -> tuple[str, ...]:
    """The codes that a code of a list lies in, the nearest first.

    The table core.code_ancestors says the same in SQL.
    """
    around: list[str] = []
    while (code := row(list_name, code).get("parent", "")) and code not in around:
        around.append(code)
    return tuple(around)


def kind_of(list_name: str, code: str) -> str:
    """The kind of a code: of an area nation, province, port, …; '' where the list says none."""
    return row(list_name, code).get("kind", "")


def counts_within(list_name: str, code: str, ancestor: str) -> bool:
    """Whether what is counted for a code is part of what is counted for one that it lies in."""
    return kind_of(list_name, code) not in PASSED_THROUGH and ancestor in ancestors(list_name, code)


def members(group: str, day: date | None = None) -> list[Member]:
    """The members of a group of geographies, of all times or on a day; [] where none are known."""
    return [
        member
        for member in _members().get(group, [])
        if day is None or ((member.since or date.min) <= day and day <= (member.until or date.max))
    ]


@project.cached
def _members() -> Mapping[str, list[Member]]:
    found: dict[str, list[Member]] = {}
    for cells in csv_table.packaged(project.file("codes", "members.csv")):
        first, last = (
            date.fromisoformat(day) if day else None for day in (cells["from"], cells["to"])
        )
        found.setdefault(cells["group"], []).append(Member(cells["member"], first, last))
    return found


@project.cached
def spellings(list_name: str) -> Mapping[str, tuple[str, str]]:
    """Every normalised code, name and alias with the code it means and how the list spells it."""
    return _spelled(list_name, listed(list_name).rows, {})


@project.cached
def _further_spellings(list_name: str) -> Mapping[str, tuple[str, str]]:
    return _spelled(list_name, further(list_name).rows, spellings(list_name))


def _spelled(
    list_name: str, found: Iterable[Row], before: Mapping[str, tuple[str, str]]
) -> dict[str, tuple[str, str]]:
    spelled: dict[str, tuple[str, str]] = {}
    for row in found:
        code = row["code"]
        for spelling in (code, *names(row)):
            key = normalise(spelling)
            other, _ = before.get(key) or spelled.setdefault(key, (code, spelling))
            if other != code:
                raise ValueError(f"{list_name}: {spelling!r} means both {other} and {code}")
    return spelled


@project.cached
def _seldom(list_name: str) -> Mapping[str, Row]:
    known = by_code(list_name)
    return {row["code"]: row for row in further(list_name).rows if row["code"] not in known}


@project.cached
def _further_names(list_name: str, column: str) -> Mapping[str, str]:
    return {row["code"]: row[column] for row in further(list_name).rows if row.get(column)}


@project.cached
def _plainly(list_name: str) -> Mapping[str, str]:
    """Every name in its plain spelling with its code; '' where several share it.

    The names of what is often asked for come first: Georgia is the country.
    """
    plainly: dict[str, str] = {}
    for found in (spellings(list_name), _further_spellings(list_name)):
        these: dict[str, str] = {}
        for key, (code, _) in found.items():
            if (plain := _plain(key)) and these.setdefault(plain, code) != code:
                these[plain] = ""
        plainly = these | plainly
    return plainly


def _plain(text: str) -> str:
    """A name without accents, punctuation, spaces and a leading "the"; '' if it is but a code."""
    text = normalise(text).removeprefix("the ")
    if not text.isprintable():  # what cannot be seen is not passed over
        return ""
    letters = [
        character
        for character in unicodedata.normalize("NFKD", text)
        if not "\u0300" <= character <= "\u036f"
        and (character.isalnum() or unicodedata.category(character)[0] == "M")
    ]
    # Short Latin texts are codes and abbreviations, which mean what they mean as written: N/A.
    return "".join(letters) if len(letters) > 3 or not text.isascii() else ""
