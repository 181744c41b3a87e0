"""Units: what the printed ones are called, and how much of its base unit each is.

Belongs here: the list codes/units.csv as the grammar of quantities needs it. Does not belong here:
that grammar (quantity.py), and how amounts are written for people (interval.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Context, Decimal, Inexact
from functools import cache
from typing import NamedTuple
from unicodedata import normalize

from warehouse.terms import codes

BEFORE_NUMBER = {"百分之": "percent", "千分之": "permille"}

_EXACT = Context(prec=200, traps=[Inexact])


class Unit(NamedTuple):
    """A unit of codes/units.csv: `factor` of its base unit."""

    code: str
    base: str
    dimension: str
    name: str
    factor: Decimal


NO_UNIT = Unit("", "", "", "", Decimal(1))
Spellings = Mapping[str, Collection[tuple[str, Unit]]]


class Units(NamedTuple):
    """All units by code, and by the spellings that stand before a number or after one."""

    by_code: Mapping[str, Unit]
    before: Spellings  # by first character, the longest spelling first
    after: Spellings


@cache
def units() -> Units:
    """Those of codes/units.csv."""
    by_code = {}
    before: dict[str, Unit] = {}
    after: dict[str, Unit] = {}
    for row in codes.rows("units"):
        # Normalised to 1E+3, so that a product has no needless decimals.
        factor = Decimal(row["factor"]).normalize(_EXACT)
        unit = Unit(row["code"], row["base"], row["dimension"], row["name_zh"], factor)
        by_code[unit.code] = unit
        spellings = [unit.code, row["name_en"], unit.name, *row["aliases"].split(";")]
        after |= (spelt := {plain(spelling): unit for spelling in spellings if spelling})
        before |= spelt if unit.dimension == "money" else {}
    before |= {word: by_code[code] for word, code in BEFORE_NUMBER.items()}
    return Units(by_code, _by_first(before), _by_first(after))


def plain(text: str) -> str:
    """Text as the words of quantities are compared: at half width and in lower case."""
    return normalize("NFKC", text).lower()


def _by_first(spellings: Mapping[str, Unit]) -> Spellings:
    found: dict[str, list[tuple[str, Unit]]] = {}
    for item in sorted(spellings.items(), key=lambda item: -len(item[0])):
        found.setdefault(item[0][0], []).append(item)
    return found
