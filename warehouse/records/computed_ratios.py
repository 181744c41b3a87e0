"""Growths and shares that were computed from rounded levels, and reach as far as these do.

An office computes a growth from what it knows, and prints one or two decimals of a percentage. One
with more digits than its levels carry, which is just what these give as they are printed, was
computed from them, and is known no better than they are. Where the base is not printed, that takes
more than two decimals, and a base of as many digits as the level.

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
_ONE_DIGIT = 10  # what a ratio reaches, over what it is printed to
_WIDE = Context(prec=60)
_GROWTHS = {"growth": "growth_basis", "other_growth": "other_growth_basis"}

_Fact = tuple[object, ...]  # source, series, unit, first and last day


class _Level(NamedTuple):
    """The size of a level as it is printed, and the ends of what is printed so, all above zero.

    `is_deficit`: it is below zero. `is_implied`: nobody printed it, but a growth implies it.
    """

    lower: Decimal
    value: Decimal
    upper: Decimal
    step: Decimal
    is_deficit: bool = False
    is_implied: bool = False


def as_computed(figures: Sequence[Figure]) -> tuple[list[Figure], tuple[str, ...]]:
    """The figures, ratios that were computed from rounded levels reaching as far as these, and what
    is said of them by source.
    """
    levels: dict[_Fact, _Level] = {}
    for figure in figures:
        if level := _printed_level(figure):
            levels.setdefault(_fact(figure), level)
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
    level = _printed_level(figure) or levels.get(_fact(figure))
    if level is None:
        return
    for name, basis in _GROWTHS.items():
        growth: Quantity | None = getattr(record, name)
        if growth is None:
            continue
        days = growth_bases.base_of(getattr(record, basis), record.period)
        base = levels.get(_fact(figure, days)) if days else None
        if ratio := _growth_reaching(growth, level, base):
            yield name, ratio
    whole = known.get(figure.share_of or "")
    total = (_printed_level(whole) or levels.get(_fact(whole))) if whole else None
    if (share := record.share) and total and (ratio := _reaching(share, level, total, 0)):
        yield "share", ratio


def _printed_level(figure: Figure) -> _Level | None:
    """The level that a figure itself prints, where it is exact and certainly not zero."""
    value = figure.record.value
    if value is None or value.hedge != "exact" or value.lower is None or value.upper is None:
        return None
    if value.lower > 0:
        return _Level(value.lower, value.value, value.upper, value.step)
    if value.upper < 0:
        return _Level(-value.upper, -value.value, -value.lower, value.step, is_deficit=True)
    return None


def _growth_reaching(growth: Quantity, level: _Level, base: _Level | None) -> Quantity | None:
    """A growth that was computed from a level and its base, if that is printed; None else.

    That of a deficit may be of its size, or the other way.
    """
    if base and base.is_deficit != level.is_deficit:
        return None
    ways = (growth, _negated(growth)) if level.is_deficit else (growth,)
    reached = [
        _reaching(way, level, base or _before(level, way.value), 1) if way.value > -1 else None
        for way in ways
    ]
    if level.is_deficit and reached[1]:
        reached[1] = _negated(reached[1])
    found = [way for way in reached if way]
    if not found:
        return None
    lower = min(way.lower for way in found if way.lower is not None)
    upper = max(way.upper for way in found if way.upper is not None)
    return replace(found[0], lower=lower, upper=upper)


def _negated(ratio: Quantity) -> Quantity:
    lower = None if ratio.upper is None else -ratio.upper
    upper = None if ratio.lower is None else -ratio.lower
    return replace(ratio, value=-ratio.value, lower=lower, upper=upper)


def _before(level: _Level, growth: Decimal) -> _Level:
    """The level that another has grown from, with as many digits as that."""
    steps = _WIDE.divide(_WIDE.divide(level.value, 1 + growth), level.step).to_integral_value()
    value = steps * level.step
    below, above = level.value - level.lower, level.upper - level.value
    return _Level(value - below, value, value + above, level.step, is_implied=True)


def _reaching(ratio: Quantity, level: _Level, over: _Level, less: int) -> Quantity | None:
    """A ratio that was computed from two levels, as far as their rounding reaches; None where
    nothing says that it was.

    `less` is 1 for a growth, which is a ratio less one.
    """
    printed = ratio.lower, ratio.upper
    is_fine = ratio.step < _FINEST_PUBLISHED
    if ratio.hedge != "exact" or over.lower <= 0 or (over.is_implied and not is_fine):
        return None
    if printed[0] is None or printed[1] is None:
        return None
    given = _WIDE.divide(level.value, over.value)
    at = _WIDE.divide(ratio.value + less, given)
    lower = at * _WIDE.divide(level.lower, over.upper) - less
    upper = at * _WIDE.divide(level.upper, over.lower) - less
    is_given = printed[0] <= given - less <= printed[1]
    is_finer = upper - lower >= _ONE_DIGIT * (printed[1] - printed[0])
    is_finest = is_fine and lower < printed[0] and upper > printed[1]
    if not is_given or not (is_finest or is_finer):
        return None
    widened = replace(ratio, lower=lower, upper=upper, hedge="computed")
    return widened.rounded_outward(RATIO_PLACES)


def _fact(figure: Figure, days: tuple[date | None, date] | None = None) -> _Fact:
    """What a level is of; with `days`, of another period."""
    period = figure.record.period
    start, end = days or (period.start, period.end)
    return figure.source.id, figure.series, figure.record.unit, start, end
