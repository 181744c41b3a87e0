"""Units: how each is printed, and how much of its base unit it is.

Belongs here: the list codes/units.csv, in the form that the grammar of quantities needs. Does not
belong here: that grammar (quantity.py), and how amounts are written for people (interval.py).
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
    """A unit of codes/units.csv, which is `factor` times its base unit."""

    code: str
    base: str
    dimension: str
    name: str
    factor: Decimal


NO_UNIT = Unit("", "", "", "", Decimal(1))
Spellings = Mapping[str, Collection[tuple[str, Unit]]]


class Units(NamedTuple):
    """All units, by code and by the spellings that may precede or follow a number."""

    by_code: Mapping[str, Unit]
    before: Spellings  # by first character, the longest spelling first
    after: Spellings


@cache
def units() -> Units:
    """The units of codes/units.csv."""
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
    """Text in the form in which the words of quantities are compared: half-width, lower case."""
    return normalize("NFKC", text).lower()


def _by_first(spellings: Mapping[str, Unit]) -> Spellings:
    by_first: dict[str, list[tuple[str, Unit]]] = {}
    for item in sorted(spellings.items(), key=lambda item: -len(item[0])):
        by_first.setdefault(item[0][0], []).append(item)
    return by_first
