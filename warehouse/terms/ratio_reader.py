"""The grammar of printed shares and growths: fractions, multiples and factors in words.

Belongs here: what ratios can be written as and levels cannot: a third, tripled, 3 times as high.
Does not belong here: the grammar of all quantities (quantity_reader.py), the words
(further_words.py), and the interval that is meant (quantity.py).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Context, Decimal

from warehouse.terms import further_words
from warehouse.terms.amounts import Amount
from warehouse.terms.notation import Notation
from warehouse.terms.quantity_reader import Reader
from warehouse.terms.quantity_words import DIGITS, UNCHANGED, Words
from warehouse.terms.spellings import SpellingIndex, plain
from warehouse.terms.units import Reading, Unit, units

FRACTION = Decimal("1E-9")  # to which a third is rounded

_ROUNDED = Context(prec=200)
_ONE = Decimal(1)
# What is half is nearer to a half than to a quarter or to three.
_HALF = Amount(2, 0, "", unit=Unit("half", "ratio", "ratio", "", Decimal("0.25")))
_D = "[一二两三四五六七八九]"
_FRACTION = re.compile(rf"\s*({_D}|[2-9])分之({_D}|[1-9])")
_UNCHANGED = Words({kind: ";".join(map(plain, w.split(";"))) for kind, w in UNCHANGED.items()})


class RatioReader(Reader):
    """A cursor over a printed share."""

    def in_words(self) -> Amount | None:
        """三分之一 or a third (one of a unit of a third); half (two quarters)."""
        if match := _FRACTION.match(self.plain, self.at):
            whole, parts = (DIGITS.get(word) or int(word) for word in match.groups())
        elif match := further_words.FRACTION.match(self.plain, self.at):
            parts = further_words.NUMBERS.get(match[1], 1)
            whole = further_words.OF_PARTS[match[2]]
        elif self.take(further_words.HALF):
            return _HALF
        else:
            return None
        if parts > whole:
            raise self.error("a fraction of one, such as 三分之一")
        third = _ROUNDED.divide(_ONE, whole).quantize(FRACTION, context=_ROUNDED)
        self.at = match.end()
        return Amount(parts, 0, match[0], unit=Unit("part", "ratio", "ratio", "", third))


class GrowthReader(RatioReader):
    """A cursor over a printed growth, and what its words say of what it is over.

    `is_index`: a number without a unit is one of an index whose base is the year before.
    `is_multiple`: its words say that it is a multiple of the year before. `is_open`: they leave
    open whether it is, or comes on top of the year before, as 3-fold does beside `up`.
    """

    def __init__(
        self, text: str, notation: Notation, units: Collection[str], expected_unit: str
    ) -> None:
        super().__init__(text, notation, units, expected_unit)
        self.signs_after = further_words.signs_after()
        self.is_index, self.is_multiple, self.is_open = False, False, False

    def cut_base(self) -> bool:
        """Read what the growth is over at the end; whether the number is a level, that of the year
        before being 100 %.
        """
        if self.plain.endswith("%") or self.cut(further_words.OVER_A_YEAR):
            return False
        self.is_index = self.cut(further_words.INDEX_OF_YEAR_BEFORE)
        return self.is_index or self.cut(further_words.share_of_year_before())

    def in_words(self) -> Amount | None:
        """Fractions; 翻两番 (two doublings), tripled, threefold; halved; 持平."""
        if (part := super().in_words()) is not None:
            return part
        if word := self.take(further_words.FACTOR):
            self.is_open = word in further_words.FOLDS
            self.take_as_much()
            factor = (further_words.FACTORS | further_words.FOLDS)[word]
            return Amount(factor, 0, "", unit=units().by_code["fold"])
        start = self.at
        if self.take(further_words.HALVED):
            if self.sign:
                raise self.error("no second sign", start)
            self.sign = -1
            return _HALF
        if not self.sign and (word := self.take(_UNCHANGED.pattern)):
            if _UNCHANGED.meaning[word] == "about":
                self.hedge = "about"
            return Amount(0, 0, "", unit=units().by_code["percent"])
        return None

    def numeral(self, figures_only: bool = False) -> tuple[int, int, str] | None:
        found = super().numeral(figures_only)
        if found is None and (word := self.take(further_words.NUMBER_OF_TIMES)):
            return further_words.NUMBERS[word], 0, ""
        return found

    def take_unit(self, spellings: SpellingIndex[Reading]) -> list[Reading] | None:
        if (word := self.take(further_words.TIMES)) is not None:
            self.is_open = True
            if word == "times":
                self.take_as_much()
            elif not self.sign:  # 3 times higher
                self.sign = 1
            return [Reading(units().by_code["fold"], "times", True)]
        found = super().take_unit(spellings)
        if found and found[0].unit.code in ("fold", "multiple"):
            self.is_open = found[0].unit.code == "fold"
            self.take_as_much()
        return found

    def take_base(self) -> list[Reading] | None:
        """The unit of an index whose base is the year before."""
        return [Reading(units().by_code["percent"], "%", True)] if self.is_index else None

    def take_as_much(self) -> None:
        """`as high as a year before`: it is a multiple of the year before, and nothing else."""
        if self.take(further_words.AS_MUCH) is not None:
            self.is_open, self.is_multiple = False, True
