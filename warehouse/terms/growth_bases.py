"""The period that a growth is measured from.

A basis is a code of codes/growth_bases.csv, whose column `months_back` says how far back that
period lies (`length`: as far as the period is long), or a period: a year stands for the same span
of that year, any other period for itself. Belongs here: finding that period. Does not belong here:
what a growth is, and how a period is written (period.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from functools import partial

from warehouse.terms import codes
from warehouse.terms.period import (
    Period,
    PeriodError,
    is_week,
    months_before,
    months_of,
    parse,
    week_of_year_before,
)

LIST = "growth_bases"
OWN_LENGTH = "length"
_WEEK, _TWENTY_DAYS = timedelta(7), timedelta(20)
_YEAR = re.compile(r"\d{4}")


def read(text: str, first_month: int | None = None) -> str:
    """A basis as records write it: a code by any of its names, or a period.

    Raises UnknownCode.
    """
    try:
        return codes.lookup(LIST, text)
    except codes.UnknownCode:
        with suppress(PeriodError):
            return parse(text, first_month).text
        raise


def base_of(basis: str, period: Period) -> tuple[date | None, date] | None:
    """First and last day of the period that a growth in `period` is measured from.

    None where that is no whole span, or not known: what came before a year to date?
    """
    if basis in codes.by_code(LIST):
        back = codes.row(LIST, basis).get("months_back", "")
        if back == OWN_LENGTH:
            return _preceding(period)
        return _before(period, int(back)) if back else None
    if is_late(basis, period):
        return None
    named = parse(basis)
    if not _YEAR.fullmatch(basis):
        return named.start, named.end
    return _before(period, 12 * _years_since(named, period))


def is_late(basis: str, period: Period) -> bool:
    """Whether a basis is a period that does not lie before the one that it is to be measured to."""
    if basis in codes.by_code(LIST):
        return False
    named = parse(basis)
    is_year = bool(_YEAR.fullmatch(basis))
    return _years_since(named, period) < 1 if is_year else named.end >= period.end


def _years_since(named: Period, period: Period) -> int:
    return (period.start or period.end).year - named.end.year


def _before(period: Period, months: int) -> tuple[date | None, date] | None:
    """The same span so many months earlier; a week keeps its number."""
    if period.start and is_week(period.start, period.end) and months % 12 == 0:
        return week_of_year_before(period.start, months // 12)
    back: Callable[[date], date] = partial(months_before, months=months)
    with suppress(ValueError):  # there are no days before the year 1
        return period.start and back(period.start), back(period.end)
    return None


def _preceding(period: Period) -> tuple[date, date] | None:
    """The span of the same length that ends where this one begins."""
    if period.start is None:
        return None
    day_before = period.start - timedelta(1)
    if period.span == "day":
        return day_before, day_before
    if is_week(period.start, period.end):
        return period.start - _WEEK, day_before
    if period.start.day == 1 and period.end < period.start + _TWENTY_DAYS:
        # The first ten or twenty days are measured from those of the month before.
        return months_before(period.start, 1), months_before(period.end, 1)
    months = months_of(period.start, period.end)
    # A year to date is measured from the year before, hardly from the months before it.
    if not months or period.span == "year-to-date":
        return None
    return months_before(period.start, months), day_before
