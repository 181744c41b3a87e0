"""The code lists: what areas, partners, products … are called, and which code each name means.

Belongs here: reading `codes/<list>.csv` and finding a code by code, name or alias.
Does not belong here: the lists themselves (they are CSV), what a column of a list means to a
rule, or the factors of units (units.py reads those).

What whoever uses the lists must know: an area of kind `port` or `customs` lies in its parent, but
the trade that passes it is not the parent's trade; and the children of a product or a regime are
parts of it that need not make up the whole, and may overlap (`ME` and `HT` do).
"""

from __future__ import annotations

import csv
import difflib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from warehouse import project

# Kinds of areas whose trade only passes through: it is not the trade of the area around them.
PASSED_THROUGH = ("port", "customs")

_QUOTATION_MARKS = str.maketrans("", "", '“”"「」『』')


class UnknownCode(LookupError):
    """A text that is no code, name or alias of its list.

    `list_name` and `text` are what was looked up; `suggestions` are up to three of the list's
    codes and names, the most similar first, each of another row.
    """

    def __init__(self, list_name: str, text: str, suggestions: list[str]) -> None:
        hint = f"; did you mean {' or '.join(suggestions)}?" if suggestions else ""
        super().__init__(f"unknown {list_name.removesuffix('s')} {text!r}{hint}")
        self.list_name = list_name
        self.text = text
        self.suggestions = suggestions


def path(list_name: str) -> Path:
    """The file of the list `list_name` ('areas', 'units', …). Raises FileNotFoundError."""
    return project.file("codes", f"{list_name}.csv")


@cache
def rows(list_name: str) -> Sequence[Mapping[str, str]]:
    """The rows of a list in the order of the file, keyed by its header.

    Raises FileNotFoundError where there is no such list.
    """
    lines = path(list_name).read_text(encoding="utf-8").splitlines()
    return tuple(csv.DictReader(lines, strict=True))


@cache
def by_code(list_name: str) -> Mapping[str, Mapping[str, str]]:
    """The rows of a list by their codes. Raises FileNotFoundError where there is no such list."""
    return {row["code"]: row for row in rows(list_name)}


def lookup(list_name: str, text: str) -> str:
    """The code that `text` means in a list: a code, a name in English or Chinese, or an alias.

    Width, case, quotation marks and extra spaces do not matter. Raises UnknownCode.
    """
    spellings = _spellings(list_name)
    found = spellings.get(_normalise(text))
    if found is None:
        raise UnknownCode(list_name, text, _nearest(text, spellings))
    return found[0]


@cache
def ancestors(list_name: str, code: str) -> tuple[str, ...]:
    """The codes that a code of a list lies in, the nearest first.

    The table core.code_ancestors says the same in SQL.
    """
    listed = by_code(list_name)
    around: list[str] = []
    while (code := listed.get(code, {}).get("parent", "")) and code not in around:
        around.append(code)
    return tuple(around)


def kind_of(list_name: str, code: str) -> str:
    """The kind of a code: of an area nation, province, port, …; '' where the list says none."""
    return by_code(list_name).get(code, {}).get("kind", "")


def counts_within(list_name: str, code: str, ancestor: str) -> bool:
    """Whether what is counted for a code is part of what is counted for one that it lies in."""
    return kind_of(list_name, code) not in PASSED_THROUGH and ancestor in ancestors(list_name, code)


@cache
def _spellings(list_name: str) -> dict[str, tuple[str, str]]:
    """Every normalised code, name and alias with the code it means and how the list spells it."""
    spellings: dict[str, tuple[str, str]] = {}
    for row in rows(list_name):
        code = row["code"]
        aliases = row["aliases"].split(";") if row["aliases"] else []
        for spelling in (code, row["name_en"], row["name_zh"], *aliases):
            other, _ = spellings.setdefault(_normalise(spelling), (code, spelling))
            if other != code:
                raise ValueError(f"{list_name}: {spelling!r} means both {other} and {code}")
    return spellings


def _normalise(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).translate(_QUOTATION_MARKS)
    return " ".join(text.casefold().split())


def _nearest(text: str, spellings: Mapping[str, tuple[str, str]]) -> list[str]:
    sought = _normalise(text)
    # A spelling that begins or ends with the text ("Fuzhou (Fujian)") is nearer than one that
    # only resembles it ("Xuzhou").
    ends = [key for key in spellings if sought and (key.startswith(sought) or key.endswith(sought))]
    # Several spellings of one row may be near: ask for more than three, keep one a row.
    resembling = difflib.get_close_matches(sought, spellings, n=12, cutoff=0.5)
    nearest: dict[str, str] = {}
    for key in (*sorted(ends, key=len), *resembling):
        code, spelling = spellings[key]
        nearest.setdefault(code, spelling)
    return list(nearest.values())[:3]
