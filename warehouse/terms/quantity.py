"""Printed numbers: text such as 2016.6亿元, 超20% or US$21.067 million → interval and unit.

Belongs here: what a printed value, growth or share stands for. Does not belong here: the grammar
(quantity_reader.py), marks such as p and r beside a number (marks.py), how an interval is written
for people (interval.py), what a record may say (contract.py), or where in running text a quantity
stands.

A figure stands for an interval that reaches half a unit of its last printed digit either way,
unless its source rounds in another way (Notation.rounding); 约 doubles that, any other hedge leaves
one side open. Hedges are about the size: 下降超20% is 'at-least', and at most -0.2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal

from warehouse import project
from warehouse.terms.amounts import EXACT, Amount
from warehouse.terms.cursor import QuantityError
from warehouse.terms.notation import Notation, of_project
from warehouse.terms.quantity_reader import FRACTION, SIGN, SYMBOL, Reader
from warehouse.terms.quantity_words import OF_THE_YEAR_BEFORE, TO_THE_YEAR_BEFORE

__all__ = ["Quantity", "QuantityError", "parse_growth", "parse_share", "parse_value"]

GROWTH_UNITS = frozenset({"percent", "permille", "tenth", "multiple", "fold", "pp", "basis-point"})
_WIDE = Context(prec=200)
SHARE_UNITS = frozenset({"percent", "permille", "tenth"})


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a printed figure stands for, exactly, in base units (ratios as fractions of one).

    `lower` and `upper` include their ends; None is unbounded. `step` is the unit of the last
    printed digit (of a range, the coarser one). `unit` is a base unit of codes/units.csv, where
    'ratio' is for percentages and multiples and 'pp' for percentage points.
    """

    text: str
    value: Decimal
    lower: Decimal | None
    upper: Decimal | None
    step: Decimal
    unit: str
    dimension: str
    hedge: str

    def rounded_outward(self, places: int) -> Quantity:
        """The same with ends of at most so many decimals, that reach no less far."""
        finest = Decimal(1).scaleb(-places)

        def rounded(end: Decimal | None, rounding: str) -> Decimal | None:
            if end is None or end == end.quantize(finest, ROUND_FLOOR, _WIDE):
                return end
            return end.quantize(finest, rounding, _WIDE)

        return replace(
            self,
            value=rounded(self.value, ROUND_HALF_EVEN) or Decimal(0),
            lower=rounded(self.lower, ROUND_FLOOR),
            upper=rounded(self.upper, ROUND_CEILING),
            step=rounded(self.step, ROUND_CEILING) or self.step,
        )


def parse_value(text: str, notation: Notation | None = None) -> Quantity:
    """Read an amount or a count with its unit: 2016.6亿元, 1000万只以上, US$21.067 million.

    A value is a level: it takes the signs + and -, but no word of change. Raises QuantityError.
    """
    notation = notation or of_project()
    is_chinese = project.settings().language == "zh"
    such = "元, 美元 or 吨" if is_chinese else "EUR, USD or tonnes"
    reader = Reader(text, notation, (), f"a unit such as {such}")
    reader.lead(SYMBOL)
    return _quantity(reader, *reader.amounts(), rounding=notation)


def parse_growth(text: str, notation: Notation | None = None) -> Quantity:
    """Read a growth as a ratio: 下降3.2%, 翻一番, 增长1.2倍, 近三成; or 1.5个百分点 (unit 'pp').

    Growth is the factor less one: 增长1.2倍 is 1.2, but 1.2倍 and 是去年的1.2倍 are 0.2, 翻两番
    (four times as much) is 3 ± 0.5, and 101.5 % of the previous year is 0.015. A growth with an
    upper bound only is no less than -1, for nothing shrinks by more than the whole of it. 持平 and
    unchanged are 0 ± 0.5 %, as if 0 % had been printed. Raises QuantityError.
    """
    reader = Reader(
        text, notation or of_project(), GROWTH_UNITS, "a unit such as %, 成, 倍 or 百分点"
    )
    is_level = reader.cut(TO_THE_YEAR_BEFORE)
    reader.lead(SIGN)
    if is_level and reader.sign:
        raise reader.error("no sign, as 100 % is the year before")
    is_factor = not reader.sign and reader.take(OF_THE_YEAR_BEFORE) is not None
    if is_factor:
        reader.lead(None)
    start = reader.at
    low, high = reader.amounts()
    unit = low.unit.code
    if (unit in ("multiple", "fold") and reader.sign < 0) or (unit == "pp" and is_factor):
        raise reader.error("a percentage", start)
    is_factor |= is_level or unit == "fold" or (unit == "multiple" and not reader.sign)
    read = _quantity(reader, low, high, int(is_factor))
    if read.hedge == "at-most" and read.unit == "ratio":
        # 增长近20% is a rise and 下降近20% a fall; near +20% or 近20% may be anything from -100 %.
        if reader.sign and not reader.symbol:
            return replace(read, lower=read.lower or Decimal(0), upper=read.upper or Decimal(0))
        return replace(read, lower=Decimal(-1)) if read.lower is None else read
    return read


def parse_share(text: str, notation: Notation | None = None) -> Quantity:
    """Read a share as a ratio: 47.2%, 百分之十四点五, 近三成, 三分之一.

    Bounds are as printed, not cut to 0 and 1. Raises QuantityError.
    """
    reader = Reader(text, notation or of_project(), SHARE_UNITS, "a unit such as %, 百分之 or 成")
    reader.lead(SYMBOL)
    return _quantity(reader, *reader.amounts())


def _quantity(
    reader: Reader, low: Amount, high: Amount, less: int = 0, rounding: Notation | None = None
) -> Quantity:
    """The quantity between two amounts, or of one given twice; `less` 1 makes a factor a growth.

    Growths and shares are computed from unrounded levels, and rounded to the nearest whatever the
    source does with levels: they give no `rounding`.
    """
    hedge, sign = reader.hedge, reader.sign or 1
    value = low.base(0, sign, less)
    spare = FRACTION if low.unit.code == "part" else Decimal(0)  # 七分之一 is no decimal
    step = low._replace(coefficient=1).base()
    if low is not high:
        step = max(step, high._replace(coefficient=1).base())
    below: Decimal | int
    above: Decimal | int
    below, above, units = (1, 1, 0) if rounding is None else rounding.reach(sign)
    if units:  # rounded to the nearest 5 or 100 of the printed unit
        below = above = Decimal(units).scaleb(low.scale - low.exponent)
        step = EXACT.multiply(step, below)
    if hedge == "about":
        below, above = max(below, 2), max(above, 2)
    lower: Decimal | None
    upper: Decimal | None
    if low is not high:
        hedge = "range"
        first, last = (low, high) if sign > 0 else (high, low)
        lower, upper = first.base(-below, sign, less), last.base(above, sign, less)
        value = EXACT.divide(EXACT.add(value, high.base(0, sign, less)), 2)
    elif hedge in ("at-least", "at-most"):
        grows = (hedge == "at-least") == (sign > 0)
        lower, upper = (value - spare, None) if grows else (None, value + spare)
    else:
        lower, upper = low.base(-below, sign, less), low.base(above, sign, less)
    return Quantity(
        reader.text, value, lower, upper, step, low.unit.base, low.unit.dimension, hedge
    )
