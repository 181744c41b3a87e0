"""Amounts: a number, its scale and its unit, and the ends of a range of two.

Belongs here: what an amount is in base units, and what the two ends of a range share. Does not
belong here: reading them (quantity_reader.py), and the interval that is meant (quantity.py).
"""

from __future__ import annotations

import re
from decimal import Context, Decimal, Inexact
from typing import NamedTuple

from warehouse.terms.quantity_words import PLACES
from warehouse.terms.units import NO_UNIT, Unit

_GREAT_PLACES = re.compile("[万亿](?=[万亿]*$)")

# Arithmetic here is exact or fails.
EXACT = Context(prec=200, traps=[Inexact])


class Amount(NamedTuple):
    """`coefficient` × 10^`exponent`, whose last digit is the last one printed or spoken.

    `more` is the power of ten of what 多 adds less than one of: a thousand to 1000多家, a hundred
    million to 10亿多元; None where no such word stands.
    """

    coefficient: int
    exponent: int
    words: str  # the number as spoken and its scale; '' for a bare 2016.6
    scale: int = 0  # the power of ten that stands beside the number
    unit: Unit = NO_UNIT
    unit_before: bool = False
    more: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is smaller than its last digit: 1,236 vehicles, not 1.2 million."""
        return self.unit.is_whole and self.exponent == self.scale == 0

    @property
    def last_spoken(self) -> int:
        """The power of ten of the last digit that is spoken: of 350 the tens, of 5.0 the tenths."""
        if self.exponent < self.scale or not self.coefficient:
            return self.exponent
        return self.exponent + trailing_zeros(self.coefficient)

    @property
    def last_word(self) -> int:
        """The power of ten of its last word: 亿 of 10亿 and of 十亿, else the last spoken digit."""
        if self.exponent < self.scale:
            return self.exponent
        great = sum(PLACES[place] for place in _GREAT_PLACES.findall(self.words))
        return self.scale or min(great, self.exponent) or self.last_spoken

    def base(self, halves: Decimal | int = 0, sign: int = 1, less: int = 0) -> Decimal:
        """The amount in base units, moved by `halves` of its last digit, less `less`."""
        number = Decimal(sign * self.coefficient)
        if halves:
            number = EXACT.fma(Decimal(halves), Decimal("0.5"), number)
        number = number.scaleb(self.exponent, EXACT)
        return EXACT.fma(number, self.unit.factor, Decimal(-less))


def trailing_zeros(number: int) -> int:
    """How many zeros a number other than 0 ends in."""
    digits = str(number)
    return len(digits) - len(digits.rstrip("0"))


def shared(low: Amount, high: Amount) -> tuple[Amount, Amount]:
    """The ends of a range, both with what is printed for one: the unit, the scale of 10-15亿元."""
    if high.unit is NO_UNIT and low.unit_before:
        high = high._replace(unit=low.unit)
    if low.unit is NO_UNIT and not high.unit_before:
        low = low._replace(unit=high.unit, unit_before=True)
    if low.unit_before and "万" not in low.words and "亿" not in low.words:
        shared = sum(PLACES[place] for place in _GREAT_PLACES.findall(high.words))
        if not low.words:
            shared = high.scale or shared
        # 8000到1万元 begins at 8000, not at 8000万: without the scale, the ends are close already.
        if low._replace(exponent=low.exponent + 1).base() < high.base():
            low = low._replace(exponent=low.exponent + shared)
    return low, high
