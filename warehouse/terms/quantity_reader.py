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
from decimal import Context, Decimal
from typing import NamedTuple

from warehouse import project
from warehouse.terms import numerals, scales
from warehouse.terms.amounts import Amount, shared
from warehouse.terms.cursor import Cursor, QuantityError
from warehouse.terms.notation import Notation
from warehouse.terms.quantity_words import (
    DIGITS,
    FACTORS,
    GREAT,
    HEDGES_AFTER,
    HEDGES_BEFORE,
    HEDGES_WITHIN,
    PLACES,
    RANGES,
    SCALES,
    SIGNS,
    SIGNS_ELSEWHERE,
    SIGNS_IN_BRACKETS,
    SYMBOLS,
    UNCHANGED,
    Words,
    one_of,
)
from warehouse.terms.scales import Scale
from warehouse.terms.spellings import SpellingIndex, is_letter, plain
from warehouse.terms.units import NO_UNIT, Reading, Unit, meant, units

FRACTION = Decimal("1E-9")  # to which a third is rounded

_MEGA = re.compile("[瓦焦]")  # 兆瓦 is a megawatt, 兆 a scale
_YI = one_of(("亿",))
_SCALE_AFTER_HEDGE = one_of(word for word in SCALES if word[-1] in GREAT)
_HYPHEN = re.compile("(-)(?=[a-z])")  # a 5.2-percent rise
_BEFORE, _WITHIN, _AFTER = map(Words, (HEDGES_BEFORE, HEDGES_WITHIN, HEDGES_AFTER))
SYMBOL = Words({sign: f"{SYMBOLS[sign]};{SIGNS_IN_BRACKETS[sign]}" for sign in SYMBOLS})
SIGN = Words(
    {sign: f"{SIGNS[sign]};{SIGNS_IN_BRACKETS[sign]};{SIGNS_ELSEWHERE[sign]}" for sign in SIGNS},
    r"(?!到|至)(?:了|\s*by(?![a-z]))?",
)
_FACTOR, _TO = one_of(FACTORS), one_of(RANGES.split(";"))
_UNCHANGED = Words({kind: ";".join(map(plain, w.split(";"))) for kind, w in UNCHANGED.items()})
_D = "[一二两三四五六七八九]"
_FRACTION = re.compile(rf"\s*({_D}|[2-9])分之({_D}|[1-9])")
_OPEN, _CLOSE = re.compile(r"\s*(\()(?=[^()]*[0-9])"), re.compile(r"\s*(\))")
_MINUS_BEHIND = re.compile(r"([-−–])\s*$")
_BASE_OF_INDEX = re.compile(
    r"\s*(\(?\s*[12][0-9]{3}(?:[-/][0-9]{2,4}|-?q[1-4])?\s*=\s*100(?:\.0+)?\s*\)?)\s*$"
)

_ROUNDED = Context(prec=200)
_ONE = Decimal(1)


class Reader(Cursor):
    """A cursor over one printed text, and the hedge and the sign met so far."""

    def __init__(
        self, text: str, notation: Notation, units: Collection[str], expected_unit: str
    ) -> None:
        super().__init__(text)
        self.notation = notation
        self.units, self.expected_unit = units, expected_unit
        self.hedge, self.sign, self.symbol = "exact", 0, False
        self.in_brackets, self.unit_as_printed = False, ""

    def take_hedge(self, hedges: Words, names: SpellingIndex[Reading] | None = None) -> bool:
        """Whether a hedge stands here that does not begin one of the names, as 约旦第纳尔."""
        start = self.at
        if (word := self.take(hedges.pattern)) is None:
            return False
        if names is not None and self.stands(names, start):
            self.at = start
            return False
        hedge = hedges.meaning[word]
        if self.hedge not in ("exact", hedge):
            raise self.error(f"no hedge that contradicts {self.hedge!r}", start)
        self.hedge = hedge
        return True

    def lead(self, signs: Words | None) -> None:
        """Hedges and a sign in any order."""
        while True:
            start = self.at
            if self.take_hedge(_BEFORE, units().before):
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
        while self.take_hedge(_AFTER):
            pass
        if self.plain[self.at :].strip():
            raise self.error("nothing more")
        if ranged and (low.unit.base != high.unit.base or low.base() >= high.base()):
            raise self.error("a larger amount in the same unit than before it", start)
        if ranged and self.hedge in ("at-least", "at-most"):
            raise self.error("one amount (a range has both ends)", start)
        return low, high

    def in_usual_unit(self, amount: Amount) -> Amount:
        """An amount without a unit of its own in that of the notation."""
        usual = usual_unit(self.notation) if self.notation.unit else None
        if usual is None or amount.unit is not NO_UNIT:
            raise self.error(self.expected_unit)
        if self.units and usual.unit.code not in self.units:
            raise self.error(self.expected_unit)
        if usual.exponent and amount.scale:
            raise self.error(f"no scale, as numbers here are in {self.notation.unit}")
        return amount._replace(exponent=amount.exponent + usual.exponent, unit=usual.unit)

    def amount(self) -> Amount:
        if (part := self.fraction_or_factor()) is not None:
            return part
        before = self.take_unit(units().before)
        if before:
            self.sign_after_unit()
        scale_before = self.take_scale_before(before) if before else None
        numeral, scale = self.number(bool(before))
        coefficient, exponent, words = numeral
        if self.take_within(words):
            word = self.take(_YI if "万" in words else _SCALE_AFTER_HEDGE) or ""
            exponent, scale = exponent + SCALES.get(word, 0), scale + SCALES.get(word, 0)
            words += word
        self.close_bracket()
        start, after = self.at, None
        if not before or before[0].unit.dimension == "money":  # 百分之二十 takes no unit after it
            self.take(_HYPHEN)
            after = self.take_unit(units().after) or self.take_base_of_index()
        unit = self.unit_of(before, after, start)
        if scale_before is None and not scale and unit.dimension == "money":
            scale_before = self.take_scale(money=True)  # 1,234 $m
        if scale_before:
            if scale:
                raise self.error("one scale", start)
            exponent, scale = exponent + scale_before, scale_before
        self.close_bracket()
        has_unit = unit is not NO_UNIT or bool(self.notation.unit)
        if after is None and has_unit and not self.sign and self.take(_MINUS_BEHIND) is not None:
            self.sign, self.symbol = -1, True
        return Amount(coefficient, exponent, words, scale, unit, bool(before) and after is None)

    def take_within(self, words: str) -> bool:
        """Whether a hedge stands here after which a scale may follow: 6万多亿元."""
        if not self.take_hedge(_WITHIN, units().after):
            return False
        return "亿" not in words and not "a" <= words[-1:] <= "z"

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
            # 超千亿元: the 一 is left out, but only after a hedge.
            if self.hedge != "exact" and (taken := self.take_scale(money)):
                return (1, taken, self.last_word), taken
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

    def take_base_of_index(self) -> list[Reading] | None:
        """112.3 (2015=100) is an index."""
        if self.units or self.take(_BASE_OF_INDEX) is None:
            return None
        return [Reading(units().by_code["index"], "index", True)]

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

    def fraction_or_factor(self) -> Amount | None:
        """三分之一 (one of a unit of a third), 翻一番, 翻两番 (two doublings), tripled, 持平."""
        if self.units and (match := _FRACTION.match(self.plain, self.at)):
            whole, parts = (DIGITS.get(word) or int(word) for word in match.groups())
            if parts > whole:
                raise self.error("a fraction of one, such as 三分之一")
            third = _ROUNDED.divide(_ONE, whole).quantize(FRACTION, context=_ROUNDED)
            self.at = match.end()
            return Amount(parts, 0, match[0], unit=Unit("part", "ratio", "ratio", "", third))
        if "fold" in self.units and (word := self.take(_FACTOR)):
            return Amount(FACTORS[word], 0, "", unit=units().by_code["fold"])
        if "fold" in self.units and not self.sign and (word := self.take(_UNCHANGED.pattern)):
            if _UNCHANGED.meaning[word] == "about":
                self.hedge = "about"
            return Amount(0, 0, "", unit=units().by_code["percent"])
        return None


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
