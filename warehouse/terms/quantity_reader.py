"""The grammar of printed quantities: a cursor that reads a text from left to right.

Belongs here: how hedges, signs, numerals, scales and units follow each other. Does not belong here:
the words (quantity_words.py), numerals (numerals.py), and the interval that is meant (quantity.py).

    quantity = {hedge | sign} amount [to amount] {hedge}
    amount   = [unit that goes before [scale]] number [scale] [hedge [scale]] [个 | -]
               [unit [scale]]

A number may be printed in steps (25兆1400億, 25 trillion 140 billion), in brackets or with a
minus behind it, both of which make it negative.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from warehouse import project
from warehouse.terms import numerals, scales
from warehouse.terms.amounts import Amount, shared
from warehouse.terms.cursor import Cursor, QuantityError
from warehouse.terms.further_words import INDEX_OF_YEAR_BEFORE, SYMBOL, hedges
from warehouse.terms.notation import Notation
from warehouse.terms.quantity_words import (
    GREAT,
    PLACES,
    RANGES,
    SCALES,
    Words,
    one_of,
)
from warehouse.terms.scales import Scale
from warehouse.terms.spellings import SpellingIndex, is_letter
from warehouse.terms.units import NO_UNIT, Reading, Unit, meant, units

_MEGA = re.compile("[瓦焦]")  # 兆瓦 is a megawatt, 兆 a scale
_YI = one_of(("亿",))
_SCALE_AFTER_HEDGE = one_of(word for word in SCALES if word[-1] in GREAT)
_HYPHEN = re.compile("(-)(?=[a-z])")  # a 5.2-percent rise
_TO = one_of(RANGES.split(";"))
_OPEN, _CLOSE = re.compile(r"\s*(\()(?=[^()]*[0-9])"), re.compile(r"\s*(\))")
_MINUS_BEHIND = re.compile(r"([-−–])\s*$")
_BASE_OF_INDEX = re.compile(
    r"\s*(\(?\s*[12][0-9]{3}(?:[-/][0-9]{2,4}|-?q[1-4])?\s*=\s*100(?:\.0+)?\s*\)?)\s*$"
)


class Reader(Cursor):
    """A cursor over one printed text, and the hedge and the sign met so far."""

    def __init__(
        self, text: str, notation: Notation, units: Collection[str], expected_unit: str
    ) -> None:
        super().__init__(text)
        self.notation = notation
        self.units, self.expected_unit = units, expected_unit
        self.hedge, self.sign, self.symbol = "exact", 0, False
        self.signs_after: Words | None = None
        self.in_brackets, self.unit_as_printed, self.has_more = False, "", False

    def take_hedge(self, hedges: Words, names: SpellingIndex[Reading] | None = None) -> bool:
        """Whether a hedge stands here that does not begin one of the names, as 约旦第纳尔."""
        start = self.at
        if (word := self.take(hedges.pattern)) is None:
            return False
        if names is not None and self.stands(names, start):
            self.at = start
            return False
        meaning = hedges.meaning[word]
        hedge = "at-least" if meaning == "and-more" else meaning
        if self.hedge not in ("exact", hedge):
            raise self.error(f"no hedge that contradicts {self.hedge!r}", start)
        self.hedge, self.has_more = hedge, meaning == "and-more"
        return True

    def lead(self, signs: Words | None) -> None:
        """Hedges and a sign in any order."""
        while True:
            start = self.at
            if self.take_hedge(hedges("before"), units().before):
                continue
            word = self.take(signs.pattern) if signs else None
            if signs is None or word is None:
                break
            # Tables print 增长-3.2%; 下降-3.2% could mean either.
            if self.symbol or self.sign < 0 or (self.sign and word not in SYMBOL.meaning):
                raise self.error("no second sign", start)
            self.sign, self.symbol = int(f"{signs.meaning[word]}1"), word in SYMBOL.meaning
        self.open_bracket()

    def open_bracket(self) -> None:
        """(1,234) is negative, where no sign or word says otherwise."""
        start = self.at
        if self.take(_OPEN) is not None:
            if self.sign or self.in_brackets:
                raise self.error("no brackets after a sign", start)
            self.sign, self.symbol, self.in_brackets = -1, True, True

    def close_bracket(self) -> None:
        if self.in_brackets and self.take(_CLOSE) is not None:
            self.in_brackets = False

    def amounts(self) -> tuple[Amount, Amount]:
        """The rest of the text: the two ends of a range, or one amount twice."""
        low = self.amount()
        start = self.at
        ranged = self.take(_TO) is not None
        if ranged and self.symbol:
            raise self.error("one amount (the sign of a range is a word, such as 下降)", start)
        low, high = shared(low, self.amount()) if ranged else (low, low)
        if self.in_brackets:
            raise self.error("a closing bracket")
        if high.unit is NO_UNIT or low.unit is NO_UNIT:
            low = self.in_usual_unit(low)
            high = self.in_usual_unit(high) if ranged else low
        while self.take_hedge(hedges("after")):
            if self.has_more and low.more is None:
                low = high = low._replace(more=low.exponent)
        self.take_sign_after()
        if self.plain[self.at :].strip():
            raise self.error("nothing more")
        if ranged and (low.unit.base != high.unit.base or low.base() >= high.base()):
            raise self.error("a larger amount in the same unit than before it", start)
        if ranged and self.hedge in ("at-least", "at-most"):
            raise self.error("one amount (a range has both ends)", start)
        return low, high

    def take_sign_after(self) -> None:
        """The sign that stands behind a number: 5.2% lower, 10亿元逆差."""
        start = self.at
        if self.signs_after and (word := self.take(self.signs_after.pattern)) is not None:
            if self.sign:
                raise self.error("nothing more (a sign stands before the number)", start)
            self.sign = int(f"{self.signs_after.meaning[word]}1")

    def in_usual_unit(self, amount: Amount) -> Amount:
        """An amount without a unit of its own in that of the notation."""
        usual = usual_unit(self.notation) if self.notation.unit else None
        if usual is None or amount.unit is not NO_UNIT:
            raise self.error(self.expected_unit)
        if self.units and usual.unit.code not in self.units:
            raise self.error(self.expected_unit)
        if usual.exponent and amount.scale:
            raise self.error(f"no scale, as numbers here are in {self.notation.unit}")
        more = None if amount.more is None else amount.more + usual.exponent
        return amount._replace(
            exponent=amount.exponent + usual.exponent,
            scale=amount.scale + usual.exponent,
            unit=usual.unit,
            more=more,
        )

    def amount(self) -> Amount:
        if (part := self.in_words()) is not None:
            return part
        before = self.take_unit(units().before)
        if before:
            self.sign_after_unit()
        scale_before = self.take_scale_before(before) if before else None
        numeral, scale = self.number(bool(before))
        coefficient, exponent, words = numeral
        more = None
        if self.take_hedge(hedges("within"), units().after):
            more = Amount(*numeral, scale).last_word if self.has_more else None
            # A scale may follow: 6万多亿元.
            if "亿" not in words and not "a" <= words[-1:] <= "z":
                word = self.take(_YI if "万" in words else _SCALE_AFTER_HEDGE) or ""
                power, words = SCALES.get(word, 0), words + word
                exponent, scale = exponent + power, scale + power
                more = None if more is None else more + power
        self.close_bracket()
        start, after = self.at, None
        if not before or before[0].unit.dimension == "money":  # 百分之二十 takes no unit after it
            self.take(_HYPHEN)
            after = self.take_unit(units().after) or self.take_base()
        unit = self.unit_of(before, after, start)
        if scale_before is None and not scale and unit.dimension == "money":
            scale_before = self.take_scale(money=True)  # 1,234 $m
        if scale_before:
            if scale:
                raise self.error("one scale", start)
            exponent, scale = exponent + scale_before, scale_before
            more = None if more is None else more + scale_before
        self.close_bracket()
        has_unit = unit is not NO_UNIT or bool(self.notation.unit)
        if after is None and has_unit and not self.sign and self.take(_MINUS_BEHIND) is not None:
            self.sign, self.symbol = -1, True
        unit_before = bool(before) and after is None
        return Amount(coefficient, exponent, words, scale, unit, unit_before, more)

    def take_scale_before(self, before: list[Reading]) -> int | None:
        """The scale of EUR bn 12.3, but not 百 of 人民币百万元, which begins a number."""
        is_word = is_letter(self.plain[self.skip_spaces() :][:1] or " ")
        is_money = before[0].unit.dimension == "money"
        return self.take_scale(money=True) if is_word and is_money else None

    def sign_after_unit(self) -> None:
        """The sign of US$ -5 million or $(5) million."""
        if not self.sign and (word := self.take(SYMBOL.pattern)) is not None:
            self.sign, self.symbol = int(f"{SYMBOL.meaning[word]}1"), True
        elif not self.sign:
            self.open_bracket()

    def number(self, money: bool) -> tuple[tuple[int, int, str], int]:
        """Coefficient, exponent of ten and, for a number in characters, its words; its scale."""
        numeral = self.numeral()
        if numeral is None:
            # 超千亿元 and 百余家: the 一 is left out, but only beside a hedge.
            start = self.at
            if taken := self.take_scale(money):
                if self.hedge != "exact" or hedges("within").pattern.match(self.plain, self.at):
                    return (1, taken, self.last_word), taken
                self.at = start
            raise self.error("a number such as 2016.6 or 一千二百")
        coefficient, exponent, words = numeral
        self.close_bracket()
        # 一千二百亿 is one number as spoken; 2016.6亿 and 十四点五亿 are a number and a scale.
        if words[-1:] in PLACES or not (scale := self.take_scale(money)):
            return numeral, 0
        exponent, words = exponent + scale, words + self.last_word
        while exponent == scale and (step := self.next_step(coefficient, scale, money)):
            coefficient, exponent, scale = step
            words = self.last_word
        return (coefficient, exponent, words), scale

    def numeral(self, figures_only: bool = False) -> tuple[int, int, str] | None:
        try:
            found = numerals.read(self.plain, self.at, self.notation.decimal, figures_only)
        except numerals.NumeralError as error:
            if error.at > self.at:
                self.at = error.at
            raise self.error(error.expected, error.at, error.remedy) from None
        if found is None:
            return None
        self.at = found.end
        return found[:3]

    def next_step(self, coefficient: int, scale: int, money: bool) -> tuple[int, int, int] | None:
        """The next step of 25兆1400億円 or 3万8360亿元: all of the number so far, and its scale."""
        start = self.at
        if scale < 3 or (found := self.numeral(figures_only=True)) is None:
            return None
        following, exponent, _ = found
        below = self.take_scale(money) or 0
        is_close = bool(below) or self.plain[start : start + 1].isdigit()
        if is_close and below < scale and _digits(following) + exponent + below <= scale:
            total = coefficient * 10 ** (scale - below - exponent) + following
            return total, below + exponent, below
        if is_close and below > scale and _digits(following) + exponent <= scale and scale >= 4:
            total = coefficient * 10 ** (scale - exponent) + following
            return total, below + exponent, below
        self.at = start
        return None

    def take_scale(self, money: bool) -> int | None:
        """The power of ten that the word here stands for. `money`: whether a currency is near."""
        at = self.skip_spaces()
        for end, found in scales.scales().at(self.plain, at):
            printed = self.as_printed[at:end]
            scale = scales.meant(found, printed, self.notation.language)
            if scale is None or self.begins_unit(at, end):
                continue
            if self.plain[end - 1 : end + 1] in ("m2", "m3"):  # 5 thousand m3
                continue
            if scale.needs_money and not (money or self.money_follows(end)):
                continue
            if scale.exponent is None:
                raise self.error(*_choices_of_scale(found, printed, at))
            self.at, self.last_word = end, self.plain[at:end]
            return scale.exponent
        return None

    def begins_unit(self, at: int, end: int) -> bool:
        """Whether what looks like a scale begins a unit, and none stands after it: 百分点."""
        if self.plain[at:end] == "兆" and _MEGA.match(self.plain, end):
            return True
        after = units().after
        if not any(unit_end > end for unit_end, _ in after.at(self.plain, at)):
            return False
        return not self.stands(after, end)

    def stands(self, spellings: SpellingIndex[Reading], at: int | None = None) -> bool:
        """Whether a unit is spelt at `at` (default: here)."""
        return any(True for _ in spellings.at(self.plain, self.skip_spaces(at)))

    def money_follows(self, at: int) -> bool:
        at = self.skip_spaces(at)
        if not self.plain[at:] and self.notation.unit:
            usual = usual_unit(self.notation)
            return usual is not None and usual.unit.dimension == "money"
        return any(
            reading.unit.dimension == "money"
            for _, readings in units().after.at(self.plain, at)
            for reading in readings
        )

    def take_unit(self, spellings: SpellingIndex[Reading]) -> list[Reading] | None:
        """What the spelling of a unit here may mean."""
        at = self.skip_spaces()
        if at and is_letter(self.plain[at - 1]) and is_letter(self.plain[at : at + 1] or " "):
            return None
        for end, readings in spellings.at(self.plain, at):
            self.at, start = end, self.at
            if self.plain[at:end] == "个" and (counted := self.take_unit(spellings)):
                readings = counted  # 3个工作日, but 500个
            allowed = [r for r in readings if not self.units or r.unit.code in self.units]
            if not allowed:
                raise self.error(self.expected_unit, start)
            self.unit_as_printed = self.as_printed[at:end]
            if self.unit_as_printed == "M":
                expected, remedy = "one meaning: M may be million or metre", "write million, or m"
                raise self.error(expected, start, remedy)
            return allowed
        return None

    def take_base(self) -> list[Reading] | None:
        """112.3 (2015=100) is an index."""
        bases = (_BASE_OF_INDEX, INDEX_OF_YEAR_BEFORE)
        if self.units or all(self.take(base) is None for base in bases):
            return None
        return [Reading(units().by_code["index"], "index", True)]

    def in_words(self) -> Amount | None:
        """An amount in words of its own, such as a third; none but of a ratio (ratio_reader.py)."""
        return None

    def unit_of(
        self, before: list[Reading] | None, after: list[Reading] | None, start: int
    ) -> Unit:
        """The one unit that what stands before and after a number can mean."""
        if before and after:
            both = [r for r in after if any(r.unit.base == b.unit.base for b in before)]
            if not both:
                code = before[0].unit.code
                raise self.error(f"{code} or no unit, as {code} stands before", start)
            after = both
        readings = after or before
        if not readings:
            return NO_UNIT
        fits = meant(readings, self.unit_as_printed, self.notation.currencies)
        if len({reading.unit.code for reading in fits}) > 1:
            raise self.error(*_choices_of_unit(fits, start if after else 0))
        return fits[0].unit


class UsualUnit(NamedTuple):
    """The unit of numbers that print none, and its scale."""

    exponent: int
    unit: Unit


def usual_unit(notation: Notation) -> UsualUnit | None:
    """That of a notation: `million EUR`, `EUR million`, `t`; None where it cannot be read."""
    key = (notation.unit, notation.decimal, notation.currencies, notation.language)
    return _usual_unit(*key)


@project.cached
def _usual_unit(
    text: str, decimal: str, currencies: tuple[str, ...], language: str
) -> UsualUnit | None:
    reader = Reader(f"1 {text}", Notation(decimal, currencies, language), (), "a unit")
    try:
        low, high = reader.amounts()
    except QuantityError:
        return None
    return UsualUnit(low.exponent, low.unit) if low is high and low.coefficient == 1 else None


def _digits(number: int) -> int:
    return len(str(number)) if number else 0


def _choices_of_unit(readings: Sequence[Reading], at: int) -> tuple[str, int, str]:
    """What was expected at a place where a unit may be several, and the remedy."""
    codes = list(dict.fromkeys(reading.unit.code for reading in readings))
    shown = ", ".join(codes[:8]) + (", …" if len(codes) > 8 else "")
    expected = f"one unit: {readings[0].spelling} may be {shown}"
    if all(reading.unit.dimension == "money" for reading in readings):
        remedy = (
            f"write the code, as in `{codes[0]} 5 million`, or say the `currency` of the source"
        )
        return expected, at, remedy
    return expected, at, f"write the code, as in `5 {codes[0]}`"


def _choices_of_scale(found: list[Scale], printed: str, at: int) -> tuple[str, int, str]:
    """What was expected at a place where a scale may be several, and the remedy."""
    powers = sorted({scale.exponent for scale in found if scale.exponent})
    choices = " or ".join(f"10^{power}" for power in powers)
    if len(powers) < 2:
        choices = f"{choices} or another power of ten" if choices else "several powers of ten"
    expected = f"one scale: {printed} may be {choices}"
    return expected, at, "write thousand or million, or say the `language` of the source"
