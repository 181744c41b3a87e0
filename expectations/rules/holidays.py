"""Holidays that move: why a month may be unlike the same month a year before.

Belongs here: what a finding on implausible growth says of `codes/holidays.csv`. Does not belong
here: deciding whether growth is plausible (the rules).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain, starmap
from typing import NamedTuple

import duckdb

from warehouse import project
from warehouse.terms import codes
from warehouse.terms.period import year_before

_SPANS = ("month", "quarter")  # longer ones hold the holiday in any year


class Holiday(NamedTuple):
    """A holiday that moves: where it is kept, and all its days, in order."""

    code: str
    areas: frozenset[str]
    days: tuple[date, ...]


def moved(connection: duckdb.DuckDBPyConnection, figures: Sequence[str]) -> list[str]:
    """Each holiday that came into or left the period of a figure from one year to the next.

    `Lunar New Year fell in January 2023 and in February 2024`.
    """
    periods = connection.execute(
        """select distinct split_part(area, '-', 1), period_start, period_end
        from core.figures
        where list_contains($figures, figure_id) and list_contains($spans, span)
        order by all""",
        {"figures": list(figures), "spans": list(_SPANS)},
    ).fetchall()
    return list(dict.fromkeys(chain.from_iterable(starmap(_moved, periods))))


def _moved(country: str, start: date, end: date) -> Iterator[str]:
    for holiday in _holidays():
        if country not in holiday.areas:
            continue
        now = _first_within(holiday.days, start, end)
        before = _first_within(holiday.days, year_before(start), year_before(end))
        if (now is None) == (before is None):
            continue
        # The other day is the last one before it, or the next after it.
        first = before if now is None else now - 1
        if first is None or first < 0 or first + 1 >= len(holiday.days):
            continue
        days = (f"{day:%B %Y}" for day in holiday.days[first : first + 2])
        yield f"{codes.called('holidays', holiday.code)} fell in {' and in '.join(days)}"


def _first_within(days: Sequence[date], start: date, end: date) -> int | None:
    """The place of the first of these days that lies between two others, or None."""
    place = bisect_left(days, start)
    return place if place < len(days) and days[place] <= end else None


@project.cached
def _holidays() -> tuple[Holiday, ...]:
    return tuple(
        Holiday(
            row["code"],
            frozenset(row["areas"].split()),
            tuple(sorted(map(date.fromisoformat, row["dates"].split()))),
        )
        for row in codes.rows("holidays")
    )
