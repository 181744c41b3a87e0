"""Growths and shares that were computed from rounded levels, and reach as far as these do.

An office computes a growth from what it knows, and prints one or two decimals of a percentage. One
with more decimals, and more than its levels carry, was computed from the levels as printed: it is
known no better than they are.

Belongs here: which growths and shares that is, and how far they reach then. Does not belong here:
what a text stands for by itself (terms/quantity.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Context, Decimal
from typing import NamedTuple

from warehouse.records.contract import RATIO_PLACES, Figure
from warehouse.terms import growth_bases
from warehouse.terms.quantity import Quantity

_FINEST_PUBLISHED = Decimal("0.0001")  # of ratios that are computed from more than is printed
_WIDE = Context(prec=60)
_GROWTHS = {"growth": "growth_basis", "other_growth": "other_growth_basis"}

_Fact = tuple[object, ...]  # source, series, unit, first and last day


class _Level(NamedTuple):
    """A level above zero as it is printed, and the ends of what is printed so."""

    lower: Decimal
    value: Decimal
    upper: Decimal


def as_computed(figures: Sequence[Figure]) -> tuple[list[Figure], tuple[str, ...]]:
    """The figures, ratios that were computed from rounded levels reaching as far as these, and what
    is said of them by source.
    """
    levels: dict[_Fact, _Level] = {}
    for figure in figures:
        value = figure.record.value
        if value and value.hedge == "exact" and value.lower and value.upper and value.lower > 0:
            levels.setdefault(_fact(figure), _Level(value.lower, value.value, value.upper))
    known = {figure.id: figure for figure in figures}
    kept, widened = [], dict[str, list[tuple[Figure, Quantity]]]()
    for figure in figures:
        if ratios := dict(_computed(figure, levels, known)):
            figure = replace(figure, record=figure.record.model_copy(update=ratios))
            first = next(iter(ratios.values()))
            widened.setdefault(figure.source.id, []).append((figure, first))
        kept.append(figure)
    return kept, tuple(map(_taken_for_computed, widened.values()))


def _taken_for_computed(widened: Sequence[tuple[Figure, Quantity]]) -> str:
    figure, ratio = widened[0]
    others = f" and {len(widened) - 1} more figures of its source" if len(widened) > 1 else ""
    return (
        f"{figure.file}:{figure.line}: the {ratio.text} of {figure.id}{others}: more digits than "
        f"the levels carry, so taken for computed from these as they are rounded, and no better "
        f"known"
    )


def _computed(
    figure: Figure, levels: Mapping[_Fact, _Level], known: Mapping[str, Figure]
) -> Iterator[tuple[str, Quantity]]:
    """Each ratio of a figure that was computed from rounded levels, as far as it reaches then."""
    record = figure.record
    level = levels.get(_fact(figure))
    if level is None:
        return
    for name, basis in _GROWTHS.items():
        growth: Quantity | None = getattr(record, name)
        if growth is None or not _is_fine(growth) or growth.value <= -1:
            continue
        days = growth_bases.base_of(getattr(record, basis), record.period)
        base = levels.get(_fact(figure, days)) if days else None
        if ratio := _reaching(growth, level, base or _before(level, growth.value), 1):
            yield name, ratio
    whole = known.get(figure.share_of or "")
    total = levels.get(_fact(whole)) if whole else None
    share = record.share if record.share and _is_fine(record.share) else None
    if share and total and (ratio := _reaching(share, level, total, 0)):
        yield "share", ratio


def _is_fine(ratio: Quantity) -> bool:
    """Whether it is printed to more than is known of what is not printed itself."""
    return ratio.hedge == "exact" and ratio.step < _FINEST_PUBLISHED


def _before(level: _Level, growth: Decimal) -> _Level:
    """The level that another has grown from, rounded as that is."""
    value = _WIDE.divide(level.value, 1 + growth)
    below, above = level.value - level.lower, level.upper - level.value
    return _Level(value - below, value, value + above)


def _reaching(ratio: Quantity, level: _Level, over: _Level, less: int) -> Quantity | None:
    """A ratio of two levels, as far as their rounding reaches; None where that is no further.

    `less` is 1 for a growth, which is a ratio less one.
    """
    if over.lower <= 0 or ratio.lower is None or ratio.upper is None:
        return None
    at = _WIDE.divide((ratio.value + less) * over.value, level.value)
    lower = at * _WIDE.divide(level.lower, over.upper) - less
    upper = at * _WIDE.divide(level.upper, over.lower) - less
    if lower >= ratio.lower or upper <= ratio.upper:
        return None
    widened = replace(ratio, lower=lower, upper=upper, hedge="computed")
    return widened.rounded_outward(RATIO_PLACES)


def _fact(figure: Figure, days: tuple[date | None, date] | None = None) -> _Fact:
    """What a level is of; with `days`, of another period."""
    period = figure.record.period
    start, end = days or (period.start, period.end)
    return figure.source.id, figure.series, figure.record.unit, start, end
