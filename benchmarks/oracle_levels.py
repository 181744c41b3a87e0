"""What the printed levels of a table say of its growths and shares.

Belongs here: the signs of balances, and ratios that were computed from rounded levels. Does not
belong here: what one number stands for (oracle_printing.py), and rows (oracle_statements.py).
"""

from __future__ import annotations

from fractions import Fraction

from benchmarks.oracle_printing import Ends, Printed
from benchmarks.oracle_tables import Series, Span, Table

Place = tuple[Series, Span]


class Levels:
    """The levels that a table prints, by series and months; the first of each."""

    def __init__(self, table: Table) -> None:
        self.printed: dict[Place, Printed] = {}
        for record in table.records:
            for aspect, span in (("value", record.span), ("base", record.base())):
                if aspect in record.prints:
                    self.printed.setdefault((record.subject, span), record.prints[aspect])

    def of_rounded(self, ends: Ends, step: Fraction, top: Place, bottom: Place) -> Ends:
        """What a printed share stands for; more where it may be one of rounded levels.

        It may where it has at least a digit more than they carry, and they give just that.
        """
        level, below = self.printed.get(top), self.printed.get(bottom)
        if not level or not below or level.hedge or below.hedge:
            return ends
        return _widened(ends, step, level, below.number, below.ends(is_balance=True))

    def growth(self, factor: Ends, step: Fraction, top: Place, bottom: Place) -> Ends:
        """The same of a growth factor, whose base may not be printed: it has as many digits."""
        level, below = self.printed.get(top), self.printed.get(bottom)
        if (below and not below.hedge) or not level or level.hedge or None in factor:
            return self.of_rounded(factor, step, top, bottom)
        middle = (factor[0] + factor[1]) / 2  # type: ignore[operator]
        if middle <= 0:
            return factor
        base = round(level.number / middle / level.step) * level.step
        return _widened(factor, step, level, base, (base - level.half, base + level.half))

    def balance(
        self, factor: Ends, step: Fraction, top: Place, bottom: Place
    ) -> tuple[int, Ends] | None:
        """The sign of a balance and of its base, and what the one is over the other by size.

        None where these may not have the same sign.
        """
        now, before = self._ends(top), self._ends(bottom)
        sign, sign_before = _sign(now), _sign(before)
        least, most = factor
        if before is None:
            if sign > 0 and most is not None and most < 2:
                sign_before = 1  # from below zero it would be more than twice the size
            if sign < 0 and least is not None and least > 0:
                sign_before = -1
        if not sign or sign != sign_before:
            return None
        if sign > 0:
            return sign, self.growth(factor, step, top, bottom)
        turned = tuple(None if end is None else 2 - end for end in factor[::-1])
        readings = [ends for ends in (factor, turned) if _may_be(ends, now, before)]  # type: ignore[arg-type]
        wide = [self.growth(ends, step, top, bottom) for ends in readings or [factor]]
        lowers, uppers = zip(*wide, strict=True)
        lower = None if None in lowers else min(lowers)  # type: ignore[type-var]
        return sign, (lower, None if None in uppers else max(uppers))  # type: ignore[type-var]

    def _ends(self, place: Place) -> Ends | None:
        level = self.printed.get(place)
        return level.ends(is_balance=True) if level else None


def _sign(ends: Ends | None) -> int:
    lower, upper = ends or (None, None)
    if lower is not None and lower >= 0:
        return 1
    return -1 if upper is not None and upper <= 0 else 0


def _may_be(factor: Ends, now: Ends | None, before: Ends | None) -> bool:
    """Whether a size may have changed by a factor, both levels being below zero."""
    least, most = factor
    if most is not None and most <= 0:
        return False
    if now is None or before is None:
        return True
    (most_now, least_now), (most_before, least_before) = now, before  # of sizes
    if None not in (least, most_now, least_before) and least * least_before < most_now:  # type: ignore[operator]
        return False
    return None in (most, least_now, most_before) or most * most_before <= least_now  # type: ignore[operator]


def _widened(ends: Ends, step: Fraction, level: Printed, below: Fraction, reach: Ends) -> Ends:
    """The ends of a ratio, and those of two levels of which it may be computed as printed."""
    low, high = reach
    lower, upper = ends
    if not below or low is None or high is None or low <= 0 <= high:
        return ends
    if lower is None or upper is None or not lower <= level.number / below <= upper:
        return ends
    if 10 * step * abs(below) > level.step:
        return ends
    sides = [end for end in level.ends(is_balance=True) if end is not None]
    ratios = [side / end for side in sides for end in (low, high)]
    return min(lower, *ratios), max(upper, *ratios)
