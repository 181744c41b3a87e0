"""Money: which units are currencies, which is the project's own, and what they exchange for.

Belongs here: the files `rates/*.csv` of the project and the package, and the unit that a figure has
that prints none. Does not belong here: reading printed amounts (quantity.py), and which rates a
period had (rate_bands.sql).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NamedTuple

from warehouse import project
from warehouse.system import csv_table, files
from warehouse.system.files import FormError, Problem
from warehouse.terms import codes

COLUMNS = ("currency", "quote", "month", "rate")
PLACES = 12  # decimals of a rate that are kept

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


class Rate(NamedTuple):
    """What one unit of a currency was worth in a month, in units of another."""

    currency: str
    quote: str
    month: str
    rate: Decimal
    file: str


def is_currency(unit: str) -> bool:
    """Whether a unit of codes/units.csv is money."""
    row = codes.by_code("units").get(unit)
    return row is not None and row["dimension"] == "money"


def own_currency() -> str:
    """The currency of the project, '' where it does not say. Raises ProjectError."""
    currency = project.settings().currency
    if currency and not is_currency(currency):
        raise project.ProjectError(
            f"{project.root() / project.FILE}: [{project.TABLE}] currency: {currency!r} is no "
            "currency of codes/units.csv; write its code, such as EUR"
        )
    return currency


def default_unit(measure: str) -> str:
    """The unit of a figure of this measure that prints none: of money the project's currency.

    '' where that is not said either.
    """
    row = codes.by_code("measures")[measure]
    return row["default_unit"] or (own_currency() if row["dimension"] == "money" else "")


def rates() -> Iterator[Rate]:
    """All rates. Of a pair of currencies in a month, those of the project go before the package's.

    Raises FormError for a file that holds anything else.
    """
    known: set[tuple[frozenset[str], str]] = set()
    for folder in project.search_path("rates"):
        found: dict[tuple[frozenset[str], str], Rate] = {}
        for path in sorted(folder.glob("*.csv")):
            for line, rate in _read(path):
                key = (frozenset((rate.currency, rate.quote)), rate.month)
                other = found.setdefault(key, rate)
                if other != rate and other[:4] != rate[:4]:
                    pair = f"{rate.currency} and {rate.quote} in {rate.month}"
                    remedy = f"keep that or the one of {other.file}"
                    message = f"is a second rate of {pair}"
                    raise _refusal(rate.file, line, message, remedy, "rate", f"{rate.rate:f}")
        yield from (rate for key, rate in found.items() if key not in known)
        known |= found.keys()


def _read(path: Path) -> Iterator[tuple[int, Rate]]:
    name = project.shown(path)
    for line, row in csv_table.rows(
        name, files.text(path, name), COLUMNS, f"{','.join(COLUMNS)},source"
    ):
        yield line, _rate(row, name, line)


def _rate(row: dict[str, str], name: str, line: int) -> Rate:
    for column in ("currency", "quote"):
        if not is_currency(row[column]):
            remedy = "write the code of a currency of codes/units.csv, such as EUR"
            raise _refusal(name, line, "is no currency", remedy, column, row[column])
    if row["currency"] == row["quote"]:
        remedy = "write the currency that the rate is in"
        raise _refusal(name, line, "is the currency itself", remedy, "quote", row["quote"])
    if not _MONTH.fullmatch(row["month"]):
        raise _refusal(name, line, "is no month", "write 2024-01", "month", row["month"])
    try:
        rate = Decimal(row["rate"])
    except InvalidOperation:
        rate = Decimal(0)
    is_kept = rate.is_finite() and 0 < rate < 10**12 and rate == round(rate, PLACES)
    if not is_kept:
        pair = f"{row['quote']} for one {row['currency']}"
        remedy = f"write how many {pair}, such as 1.0817"
        raise _refusal(name, line, "is no rate", remedy, "rate", row["rate"])
    return Rate(row["currency"], row["quote"], row["month"], rate, name)


def _refusal(
    name: str, line: int, message: str, remedy: str, field: str = "", value: str = ""
) -> FormError:
    return FormError(Problem(name, line, message, remedy, field, value))
