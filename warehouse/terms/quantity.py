"""Printed numbers: text such as 2016.6亿元, 超20% or US$21.067 million → interval and unit.

Belongs here: what a printed value, balance, change, growth or share stands for. Does not belong
here: the grammar (quantity_reader.py, ratio_reader.py), marks such as p and r beside a number
(marks.py), how an interval is written for people (interval.py), what a record may say
(contract.py), or where in running text a quantity stands.

A figure stands for an interval that reaches half a unit of its last printed digit either way,
unless its source rounds in another way (Notation.reach). 约 reaches one unit of the last spoken
digit, but half the number at most; 多 as far as the next number that is spoken so (1000多亿 to
2000亿); any other hedge leaves one side open. Hedges are about the size: 下降超20% is 'at-least',
and at most -0.2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal

from warehouse import project
from warehouse.terms import further_words
from warehouse.terms.amounts import EXACT, Amount
from warehouse.terms.cursor import QuantityError
from warehouse.terms.further_words import SYMBOL
from warehouse.terms.notation import Notation, of_project
from warehouse.terms.quantity_reader import Reader
from warehouse.terms.ratio_reader import FRACTION, GrowthReader, RatioReader

__all__ = [
    "Quantity",
    "QuantityError",
    "parse_balance",
    "parse_change",
    "parse_growth",
    "parse_share",
    "parse_value",
]

GROWTH_UNITS = frozenset({"percent", "permille", "tenth", "multiple", "fold", "pp", "basis-point"})
SHARE_UNITS = frozenset({"percent", "permille", "tenth"})
_WIDE = Context(prec=200)
# Growths and shares are computed from unrounded levels, and rounded to the nearest whatever the
# source does with levels. Of those that are not, records/computed_ratios.py knows.
_OF_RATIOS = Notation()


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a printed figure stands for, exactly, in base units (ratios as fractions of one).

    `lower` and `upper` include their ends; None is unbounded. `step` is the unit of the last
    printed digit (of a range, the coarser one). `unit` is a base unit of codes/units.csv, where
    'ratio' is for percentages and multiples and 'pp' for percentage points. `hedge` is exact,
    at-least, at-most, about, range, or ambiguous: words of two readings, both in the interval.
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
    reader = _level_reader(text, notation)
    reader.lead(SYMBOL)
    return _quantity(reader, reader.amounts(), reader.notation)


def parse_balance(text: str, notation: Notation | None = None) -> Quantity:
    """Read a balance, whose words may say which way it goes: 逆差10亿元, $10bn deficit, -5亿元.

    Raises QuantityError.
    """
    reader = _level_reader(text, notation)
    reader.take(further_words.ARTICLE)
    reader.signs_after = further_words.balances()
    reader.lead(further_words.balances_before())
    low, high = reader.amounts()
    # What is cut off to 0 may have been either.
    return _quantity(reader, (low, high), reader.notation, is_either_side=not low.coefficient)


def parse_change(text: str, notation: Notation | None = None) -> Quantity:
    """Read the change of a level: 增加12.3亿元, up $5.0 billion, $5.0 billion more than November.

    What it is over is passed over: the record says it. Raises QuantityError.
    """
    reader = _level_reader(text, notation)
    reader.take(further_words.ARTICLE)
    reader.take(further_words.OVER_SOMETHING_BEFORE)
    is_compared = reader.cut(further_words.OVER_SOMETHING)
    reader.signs_after = further_words.signs_after()
    reader.lead(further_words.signs_of_change())
    ends = reader.amounts()
    if is_compared and not reader.sign:
        raise reader.error("a word such as more or less")
    # Levels that are cut off differ by less than one step more, or less, than they did before.
    return _quantity(reader, ends, reader.notation, is_either_side=True)


def _level_reader(text: str, notation: Notation | None) -> Reader:
    is_chinese = project.settings().language == "zh"
    such = "元, 美元 or 吨" if is_chinese else "EUR, USD or tonnes"
    return Reader(text, notation or of_project(), (), f"a unit such as {such}")


def parse_growth(text: str, notation: Notation | None = None) -> Quantity:
    """Read a growth as a ratio: 下降3.2%, 翻一番, 增长1.2倍, 近三成; or 1.5个百分点 (unit 'pp').

    Growth is the factor less one: 增长1.2倍 is 1.2, but 1.2倍 and 是去年的1.2倍 are 0.2, 翻两番
    (four times as much) is 3 ± 0.5, and 101.5 % of the previous year is 0.015, as is 101.5 where
    that is 100. `up 1.2-fold` may be either: it is 'ambiguous', from 0.15 to 1.25. A growth with
    an upper bound only is no less than -1, for nothing shrinks by more than the whole of it, and
    no less than 0 where words say that it is a rise, as 近翻番 does. 持平 and unchanged are
    0 ± 0.5 %, as if 0 % had been printed. Raises QuantityError.
    """
    expected = "a unit such as %, 成, 倍 or 百分点"
    reader = GrowthReader(text, notation or of_project(), GROWTH_UNITS, expected)
    is_level = reader.cut_base()
    reader.take(further_words.ARTICLE)
    reader.lead(further_words.signs())
    if is_level and reader.sign:
        raise reader.error("no sign, as 100 % is the year before")
    if not reader.sign and reader.take(further_words.OF_THE_YEAR_BEFORE) is not None:
        is_level = True
        reader.lead(None)
    start = reader.at
    ends = reader.amounts()
    unit = ends[0].unit.code
    is_level |= reader.is_multiple
    if (unit in ("multiple", "fold") and reader.sign < 0) or (unit == "pp" and is_level):
        raise reader.error("a percentage", start)
    is_factor = is_level or unit == "fold" or (unit == "multiple" and not reader.sign)
    is_ambiguous = reader.is_open and reader.sign > 0
    read = _quantity(reader, ends, less=int(is_factor), is_ambiguous=is_ambiguous)
    if read.hedge == "at-most" and read.unit == "ratio":
        # 增长近20% is a rise and 下降近20% a fall; near +20% or 近20% may be anything from -100 %.
        is_rise = unit == "fold" and read.value > 0
        if (reader.sign and not reader.symbol) or is_rise:
            return replace(read, lower=read.lower or Decimal(0), upper=read.upper or Decimal(0))
        return replace(read, lower=Decimal(-1)) if read.lower is None else read
    return read


def parse_share(text: str, notation: Notation | None = None) -> Quantity:
    """Read a share as a ratio: 47.2%, 百分之十四点五, 近三成, 三分之一, half; or a contribution to
    growth: 贡献率45%, 45% of growth.

    Bounds are as printed, not cut to 0 and 1. Raises QuantityError.
    """
    expected = "a unit such as %, 百分之 or 成"
    reader = RatioReader(text, notation or of_project(), SHARE_UNITS, expected)
    reader.cut(further_words.SHARE_OF_WHAT)
    reader.take(further_words.SHARE)
    reader.lead(SYMBOL)
    return _quantity(reader, reader.amounts())


def _quantity(
    reader: Reader,
    ends: tuple[Amount, Amount],
    notation: Notation = _OF_RATIOS,
    *,
    less: int = 0,
    is_ambiguous: bool = False,
    is_either_side: bool = False,
) -> Quantity:
    """The quantity between two amounts, or of one given twice; `less` 1 makes a factor a growth.

    `is_ambiguous`: what reads as a factor may be a growth too. `is_either_side`: the true number
    may lie on either side of one that is cut off.
    """
    low, high = ends
    hedge, sign = reader.hedge, reader.sign or 1
    upper_less = less - int(is_ambiguous)
    value, step = low.base(0, sign, less), _step(low, notation)
    if low is not high:
        step = max(step, _step(high, notation))
    lower: Decimal | None
    upper: Decimal | None
    if low is high and hedge in ("at-least", "at-most"):
        spare = FRACTION if low.unit.code == "part" else Decimal(0)  # 七分之一 is no decimal
        further = None
        if low.more is not None:
            halves = Decimal(2 * sign).scaleb(low.more - low.exponent, EXACT)
            further = low.base(halves, sign, upper_less)
        if (hedge == "at-least") == (sign > 0):
            lower, upper = EXACT.subtract(value, spare), further
        else:
            lower, upper = further, EXACT.add(low.base(0, sign, upper_less), spare)
    else:
        first, last = (low, high) if sign > 0 else (high, low)
        spoken = min(low.last_spoken, high.last_spoken) if hedge == "about" else None
        side = 0 if is_either_side else sign
        below, above = _reach(first, notation, side, spoken)
        if low is not high:
            above = _reach(last, notation, side, spoken)[1]
        lower, upper = (
            first.base(EXACT.minus(below), sign, less),
            last.base(above, sign, upper_less),
        )
        if low is not high:
            hedge = "range"
            value = EXACT.divide(EXACT.add(value, high.base(0, sign, less)), 2)
    if is_ambiguous and hedge == "exact":
        hedge = "ambiguous"
    unit = low.unit
    return Quantity(reader.text, value, lower, upper, step, unit.base, unit.dimension, hedge)


def _step(amount: Amount, notation: Notation) -> Decimal:
    """How much the last digit of an amount counts, or what it is rounded to the nearest of."""
    step = amount._replace(coefficient=1).base()
    units = notation.reach(1)[2]
    return EXACT.multiply(step, _in_last_digits(units, amount)) if units else step


def _reach(
    amount: Amount, notation: Notation, sign: int, spoken: int | None
) -> tuple[Decimal | int, Decimal | int]:
    """How far below and above its print a number may lie, in halves of its last digit.

    `spoken` is the power of ten of the last spoken digit of a number that is hedged as `about`.
    """
    below: Decimal | int
    above: Decimal | int
    below, above, units = notation.reach(sign, amount.is_whole)
    if units:
        below = above = _in_last_digits(units, amount)
    if spoken is None:
        return below, above
    unit = Decimal(2).scaleb(spoken - amount.exponent, EXACT)
    about = min(unit, Decimal(amount.coefficient)) if amount.coefficient else unit
    return max(below, about), max(above, about)


def _in_last_digits(units: int, amount: Amount) -> Decimal:
    """So many of the printed unit, in units of the last printed digit."""
    return Decimal(units).scaleb(amount.scale - amount.exponent, EXACT)
