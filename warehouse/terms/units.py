"""Units: how each is printed, and how much of its base unit it is.

Belongs here: the list codes/units.csv, in the form that the grammar of quantities needs, and which
unit a spelling means that several have. Does not belong here: that grammar (quantity_reader.py),
and how amounts are written for people (interval.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Context, Decimal, Inexact
from typing import NamedTuple
from unicodedata import normalize

from warehouse import project
from warehouse.system.files import FormError, Problem
from warehouse.terms import code_rows, codes
from warehouse.terms.spellings import SpellingIndex, plain

BEFORE_NUMBER = {"百分之": "percent", "千分之": "permille"}

_EXACT = Context(prec=200, traps=[Inexact])


class Unit(NamedTuple):
    """A unit of codes/units.csv, which is `factor` times its base unit.

    `is_whole` says that there is nothing smaller than one: of persons, or of yen.
    """

    code: str
    base: str
    dimension: str
    name: str
    factor: Decimal
    is_whole: bool = False


class Reading(NamedTuple):
    """A unit that a spelling may mean: the spelling as the list has it; whether it is a name."""

    unit: Unit
    spelling: str
    is_name: bool


NO_UNIT = Unit("", "", "", "", Decimal(1))


class Units(NamedTuple):
    """All units, by code and by the spellings that may precede or follow a number."""

    by_code: Mapping[str, Unit]
    before: SpellingIndex[Reading]
    after: SpellingIndex[Reading]


@project.cached
def units() -> Units:
    """The units of codes/units.csv."""
    by_code = {}
    spelt: list[tuple[str, Reading]] = []
    for row in codes.rows("units"):
        # Normalised to 1E+3, so that a product has no needless decimals.
        factor = _factor(row).normalize(_EXACT)
        name = row["name_zh"] or row["name_en"]
        unit = Unit(row["code"], row["base"], row["dimension"], name, factor, _is_whole(row))
        by_code[unit.code] = unit
        spelt += {plain(word): Reading(unit, word, True) for word in names(row)}.items()
        printed = filter(None, row.get("printed", "").split(";"))
        spelt += {plain(word): Reading(unit, word, False) for word in printed}.items()
    before = [(word, reading) for word, reading in spelt if reading.unit.dimension == "money"]
    # R 1,234 is rand, but 1,234 R may be revised.
    spelt = [
        (word, r)
        for word, r in spelt
        if r.is_name
        or r.unit.dimension != "money"
        or not (len(word) == 1 and word.isascii() and word.isalpha())
    ]
    before += [(word, Reading(by_code[code], word, True)) for word, code in BEFORE_NUMBER.items()]
    return Units(by_code, SpellingIndex(before), SpellingIndex(spelt))


def _is_whole(row: Mapping[str, str]) -> bool:
    """Whether nothing is smaller than one of a unit: as its row says, else where it counts things.

    A dozen is not, for 5 dozen may be 58 pieces.
    """
    counts_things = row["dimension"] == "count" and row["base"] == row["code"]
    return row.get("whole") == "yes" or (counts_things and row.get("whole") != "no")


def _factor(row: Mapping[str, str]) -> Decimal:
    """How much of its base unit a unit is. Raises FormError where a project's row says no such."""
    base = codes.by_code("units").get(row["base"], {})
    factor = Decimal(row["factor"])
    if base.get("base") != row["base"] or base["dimension"] != row["dimension"]:
        field, message = "base", f"is no base unit of the dimension {row['dimension']}"
    elif not factor:
        field, message = "factor", f"{row['code']} is not so much of a unit of the list"
    else:
        return factor
    file, _, line = code_rows.listed("units").places[row["code"]].rpartition(":")
    remedy = "write dimension, base and factor, such as mass,kg,1000 of a tonne"
    raise FormError(Problem(file, int(line), message, remedy, field, row[field]))


def names(row: Mapping[str, str]) -> Iterator[str]:
    """How a row of codes/units.csv may be named where no other unit is meant."""
    for word in (row["code"], row["name_en"], row["name_zh"], *row["aliases"].split(";")):
        if word:
            yield word


def is_symbol(word: str) -> bool:
    """Whether it is a sign such as ¥, without a letter in it."""
    return bool(word) and not any(map(str.isalpha, word))


def meant(
    readings: Sequence[Reading], printed: str, currencies: Collection[str]
) -> Sequence[Reading]:
    """Which of the units that a spelling may mean is meant; several if that is open.

    A spelling that is several currencies is decided by the currencies that are usual where it
    was printed, the first of them first: `$` is CAD among (CAD, CNY). Among currencies that have
    no `$` it is the one that has it for a name, which is USD.
    """
    if len(readings) == 1 or len({reading.unit.code for reading in readings}) == 1:
        return readings
    if any(reading.unit.dimension != "money" for reading in readings):  # KGS or kgs, Mt or mt
        printed = normalize("NFKC", printed)
        exact = [r for r in readings if normalize("NFKC", r.spelling) == printed]
        if len({reading.unit.code for reading in exact}) < 2:
            return exact or readings
        readings = exact
    for currency in currencies:
        usual = [reading for reading in readings if reading.unit.code == currency]
        if usual:
            return usual
    named = [reading for reading in readings if reading.is_name]
    return named if currencies and len(named) == 1 else readings
