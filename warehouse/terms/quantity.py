"""Printed numbers: text such as 2016.6亿元, 超20% or US$21.067 million → interval and unit.

Belongs here: the words of printed quantities (numerals, scales, hedges, signs), the grammar that
joins them, and the interval they stand for. Does not belong here: the units (units.py), how an
interval is written for people (interval.py), what a record may say (contract.py), or where in
running text a quantity stands.

    quantity = {hedge | sign} amount [to amount] {hedge}
    amount   = [unit that goes before] number [scale] [hedge [scale]] [个 | -] [unit]

A figure stands for an interval that reaches half a unit of its last printed digit either way; 约
doubles that, any other hedge leaves one side open. Hedges are about the size: 下降超20% is
'at-least', and at most -0.2.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Context, Decimal, Inexact
from typing import NamedTuple
from unicodedata import is_normalized, normalize

from warehouse.terms.units import NO_UNIT, Spellings, Unit, plain, units

MAX_LENGTH, MAX_DIGITS = 60, 25
FRACTION = Decimal("1E-9")  # to which a third is rounded

# The words in the form that `plain` gives them: half-width and in lower case.
DIGITS = {"零": 0, "〇": 0, "两": 2} | {word: n for n, word in enumerate("一二三四五六七八九", 1)}
PLACES = {"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8}
GREAT = {"万": 4, "亿": 8, "万亿": 12}
SCALES = PLACES | GREAT
SCALES |= {place + word: PLACES[place] + n for place in "十百千" for word, n in GREAT.items()}
SCALES |= {"thousand": 3, "million": 6, "mn": 6, "billion": 9, "bn": 9, "trillion": 12, "tn": 12}
HEDGES_BEFORE = {
    "at-least": "超过;超;逾;突破;至少;不少于;不低于;高于;over;more than;at least;no less than;"
    "not less than;exceeding;above;>;≥",
    "at-most": "近;将近;接近;不足;不到;至多;最多;不超过;不高于;不多于;低于;nearly;almost;less than;"
    "fewer than;under;below;at most;up to;no more than;not more than;<;≤",
    "about": "约;大约;约为;大概;about;around;approximately;roughly;some",
}
HEDGES_WITHIN = {"at-least": "多;余"}
HEDGES_AFTER = {
    "at-least": "以上;多;余;or more",
    "at-most": "以下;以内;or less",
    "about": "左右;上下;or so",
}
SYMBOLS = {"+": "+", "-": "-;−;–"}
SIGNS = {
    "+": "+;增长;增加;上升;提升;提高;上涨;回升;扩大;增;涨;升;up;rose;grew;increased;gained;climbed",
    "-": "-;−;–;下降;减少;下滑;回落;萎缩;收窄;缩小;下跌;降低;减;降;跌;"
    "down;fell;declined;decreased;dropped;shrank",
}
FACTORS = {"翻倍": 2, "翻一倍": 2, "翻了一倍": 2, "doubled": 2, "tripled": 3, "quadrupled": 4}
DOUBLINGS = {"": 1, "一": 1, "1": 1, "两": 2, "二": 2, "2": 2, "三": 3, "3": 3, "四": 4, "4": 4}
FACTORS |= {f"翻{past}{n}番": 2 ** DOUBLINGS[n] for n in DOUBLINGS for past in ("", "了")}
RANGES = "-;–;—;——;~;至;到;to"

GROWTH_UNITS = frozenset({"percent", "permille", "tenth", "multiple", "fold", "pp"})
SHARE_UNITS = frozenset({"percent", "permille", "tenth"})


class _Words:
    """Some of the words above: a pattern that matches the longest, and what each means."""

    def __init__(self, table: Mapping[str, str], ending: str = "") -> None:
        self.meaning = {word: key for key, words in table.items() for word in words.split(";")}
        self.pattern = _one_of(self.meaning, ending)


def _one_of(words: Iterable[str], ending: str = "") -> re.Pattern[str]:
    """Matches the longest of the words that stands there, a Latin one only where it ends."""
    ordered = sorted(words, key=len, reverse=True)
    choices = (re.escape(word) + "(?![a-z])" * ("a" <= word[-1] <= "z") for word in ordered)
    return re.compile(rf"\s*((?>{'|'.join(choices)})){ending}")


_D = "[一二两三四五六七八九]"
# 一千零五十 and the like, below 万. A bare digit follows 十 or 零: 三千五 could be 3005 or 3500.
_SMALL = rf"(?:零?{_D}千)?(?:零?{_D}百)?(?:零?{_D}?十)?(?:零{_D}|(?<![百千万亿]){_D})?"
_SPOKEN = rf"(?=十|{_D})(?:(?:{_SMALL}万)?{_SMALL}亿)?(?:{_SMALL}(?<!亿)万)?{_SMALL}"
_DIGIT_BY_DIGIT = rf"[零〇](?!{_D})|{_D}[零〇一二三四五六七八九]+(?![十百千])"
_ARABIC = r"[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]*|0"

_NUMBER = re.compile(
    rf"\s*(?:({_ARABIC})(?:\s*\.\s*([0-9]+))?"
    rf"|({_DIGIT_BY_DIGIT}|{_SPOKEN})(?:点([零〇一二三四五六七八九]+))?)"
)
_SCALE, _YI = _one_of(SCALES, "(?!分点|瓦时)"), _one_of(("亿",))  # 百分点 and 千瓦时 are units
_SCALE_AFTER_HEDGE = _one_of(word for word in SCALES if word[-1] in GREAT)
_HYPHEN = re.compile("(-)(?=[a-z])")  # a 5.2-percent rise
_WITHIN_WORD = re.compile("(?<=[a-z])[a-z]")
_GREAT_PLACES = re.compile("[万亿](?=[万亿]*$)")
_BEFORE, _WITHIN, _AFTER = map(_Words, (HEDGES_BEFORE, HEDGES_WITHIN, HEDGES_AFTER))
_SYMBOL, _SIGN = _Words(SYMBOLS), _Words(SIGNS, r"(?!到|至)(?:了|\s*by(?![a-z]))?")
_FACTOR, _TO = _one_of(FACTORS), _one_of(RANGES.split(";"))
_FRACTION = re.compile(rf"\s*({_D}|[2-9])分之({_D}|[1-9])")
_TO_A_LEVEL = "(?:增长|增加|扩大|提高|上升)到|增至"
_OF_THE_YEAR_BEFORE = re.compile(
    rf"\s*((?:{_TO_A_LEVEL}|是|为|达到?|相当于)?(?:去年|上年)(?:同期)?的|{_TO_A_LEVEL})"
)

# Arithmetic here is exact or fails; only thirds and the like are rounded.
_EXACT = Context(prec=200, traps=[Inexact])
_ROUNDED = Context(prec=200)
_ONE = Decimal(1)


class QuantityError(ValueError):
    """A text that cannot be read as a whole.

    `read` is the part of `text` that could be read, `position` the index in `text` where reading
    stopped, `expected` what could have followed there.
    """

    def __init__(self, text: str, read: str, position: int, expected: str) -> None:
        super().__init__(text, read, position, expected)
        self.text, self.read, self.position, self.expected = text, read, position, expected

    def __str__(self) -> str:
        read = f"read {self.read!r} and " if self.read else ""
        rest = self.text[self.position : self.position + 1]
        where = f"{rest!r}, character {self.position + 1}" if rest else "the end"
        return f"{read}stopped at {where}, where {self.expected} was expected"


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


class _Amount(NamedTuple):
    """`coefficient` × 10^`exponent`, whose last digit is the last one printed or spoken."""

    coefficient: int
    exponent: int
    words: str  # the number as spoken and its scale; '' for a bare 2016.6
    unit: Unit = NO_UNIT
    unit_before: bool = False

    def base(self, tenths: int = 0, sign: int = 1, less: int = 0) -> Decimal:
        """The amount in base units, moved by `tenths` of its last digit, less `less`."""
        coefficient, exponent = self.coefficient, self.exponent
        if tenths:
            coefficient, exponent = 10 * coefficient + tenths, exponent - 1
        number = Decimal(f"{sign * coefficient}E{exponent}")
        return _EXACT.fma(number, self.unit.factor, Decimal(-less))


def parse_value(text: str) -> Quantity:
    """Read an amount or a count with its unit: 2016.6亿元, 1000万只以上, US$21.067 million.

    A value is a level: it takes the signs + and -, but no word of change. Raises QuantityError.
    """
    reader = _Reader(text, (), "a unit such as 元, 美元 or 吨")
    sign = reader.lead(_SYMBOL)
    return _quantity(reader, *reader.amounts(), sign)


def parse_growth(text: str) -> Quantity:
    """Read a growth as a ratio: 下降3.2%, 翻一番, 增长1.2倍, 近三成; or 1.5个百分点 (unit 'pp').

    Growth is the factor less one: 增长1.2倍 is 1.2, but 1.2倍 and 是去年的1.2倍 are 0.2, and 翻两番
    (four times as much) is 3 ± 0.5. A growth with an upper bound only is no less than -1, for
    nothing shrinks by more than the whole of it. Raises QuantityError.
    """
    reader = _Reader(text, GROWTH_UNITS, "a unit such as %, 成, 倍 or 百分点")
    sign = reader.lead(_SIGN)
    is_factor = not sign and reader.take(_OF_THE_YEAR_BEFORE) is not None
    if is_factor:
        reader.lead(None)
    start = reader.at
    low, high = reader.amounts()
    unit = low.unit.code
    if (unit in ("multiple", "fold") and sign < 0) or (unit == "pp" and is_factor):
        raise reader.error("a percentage", start)
    is_factor |= unit == "fold" or (unit == "multiple" and not sign)
    read = _quantity(reader, low, high, sign, int(is_factor))
    if read.hedge == "at-most" and read.unit == "ratio":
        # 增长近20% is a rise and 下降近20% a fall; near +20% or 近20% may be anything from -100 %.
        if sign and not reader.symbol:
            return replace(read, lower=read.lower or Decimal(0), upper=read.upper or Decimal(0))
        return replace(read, lower=-_ONE) if read.lower is None else read
    return read


def parse_share(text: str) -> Quantity:
    """Read a share as a ratio: 47.2%, 百分之十四点五, 近三成, 三分之一.

    Bounds are as printed, not cut to 0 and 1. Raises QuantityError.
    """
    reader = _Reader(text, SHARE_UNITS, "a unit such as %, 百分之 or 成")
    sign = reader.lead(_SYMBOL)
    return _quantity(reader, *reader.amounts(), sign)


def _quantity(reader: _Reader, low: _Amount, high: _Amount, sign: int, less: int = 0) -> Quantity:
    """The quantity between two amounts, or of one given twice; `less` 1 makes a factor a growth."""
    text, hedge, sign = reader.text, reader.hedge, sign or 1
    reach = 10 if hedge == "about" else 5
    value = low.base(0, sign, less)
    spare = FRACTION if low.unit.code == "part" else Decimal(0)  # 七分之一 is no decimal
    step = max(end._replace(coefficient=1).base() for end in (low, high))
    lower: Decimal | None = low.base(-reach, sign, less)
    upper: Decimal | None = high.base(reach, sign, less)
    if low is not high:
        hedge = "range"
        value = _EXACT.divide(_EXACT.add(value, high.base(0, sign, less)), 2)
    elif hedge == "at-least":
        lower, upper = value - spare, None
    elif hedge == "at-most":
        lower, upper = None, value + spare
    if sign < 0:
        lower, upper = upper, lower
    return Quantity(text, value, lower, upper, step, low.unit.base, low.unit.dimension, hedge)


class _Reader:
    """A cursor over one printed text, and the hedge met so far."""

    def __init__(self, text: str, units: Collection[str], expected_unit: str) -> None:
        self.text, self.units, self.expected_unit = text, units, expected_unit
        self.at, self.hedge, self.symbol = 0, "exact", False
        if len(text) > MAX_LENGTH:
            expected = f"the end (a printed figure has at most {MAX_LENGTH} characters)"
            raise QuantityError(text, "", MAX_LENGTH, expected)
        if not is_normalized("NFKC", text):
            _refuse_disguised_digits(text)
        self.plain = plain(text)

    def error(self, expected: str, at: int | None = None) -> QuantityError:
        """The error to raise when something else than `expected` is at `at` (default: here)."""
        at = len(self.plain) - len(self.plain[self.at if at is None else at :].lstrip())
        # The plain text may be longer or shorter than the text; the position is one in the text.
        position = sum(len(plain(self.text[:i])) <= at for i in range(1, len(self.text) + 1))
        return QuantityError(self.text, self.text[:position].strip(), position, expected)

    def take(self, pattern: re.Pattern[str]) -> str | None:
        if (match := pattern.match(self.plain, self.at)) is None:
            return None
        self.at = match.end()
        return match[1]

    def take_hedge(self, hedges: _Words) -> bool:
        start = self.at
        if (word := self.take(hedges.pattern)) is None:
            return False
        hedge = hedges.meaning[word]
        if self.hedge not in ("exact", hedge):
            raise self.error(f"no hedge that contradicts {self.hedge!r}", start)
        self.hedge = hedge
        return True

    def lead(self, signs: _Words | None) -> int:
        """Hedges and a sign in any order; 0 where there is no sign."""
        sign = 0
        while True:
            start = self.at
            if self.take_hedge(_BEFORE):
                continue
            word = self.take(signs.pattern) if signs else None
            if signs is None or word is None:
                return sign
            # Tables print 增长-3.2%; 下降-3.2% could mean either.
            if self.symbol or sign < 0 or (sign and word not in _SYMBOL.meaning):
                raise self.error("no second sign", start)
            sign, self.symbol = int(f"{signs.meaning[word]}1"), word in _SYMBOL.meaning

    def amounts(self) -> tuple[_Amount, _Amount]:
        """The rest of the text: the two ends of a range, or one amount twice."""
        low = self.amount()
        start = self.at
        ranged = self.take(_TO) is not None
        if ranged and self.symbol:
            raise self.error("one amount (the sign of a range is a word, such as 下降)", start)
        low, high = _shared(low, self.amount()) if ranged else (low, low)
        if high.unit is NO_UNIT or low.unit is NO_UNIT:
            raise self.error(self.expected_unit)
        while self.take_hedge(_AFTER):
            pass
        if self.plain[self.at :].strip():
            raise self.error("nothing more")
        if ranged and (low.unit.base != high.unit.base or low.base() >= high.base()):
            raise self.error("a larger amount in the same unit than before it", start)
        if ranged and self.hedge in ("at-least", "at-most"):
            raise self.error("one amount (a range has both ends)", start)
        return low, high

    def amount(self) -> _Amount:
        if (part := self.fraction_or_factor()) is not None:
            return part
        before = self.take_unit(units().before)
        coefficient, exponent, words = self.number()
        # 一千二百亿 is one number as spoken; 2016.6亿 and 十四点五亿 are a number and a scale.
        if words[-1:] not in PLACES and (scale := self.take(_SCALE)):
            exponent, words = exponent + SCALES[scale], words + scale
        if self.take_hedge(_WITHIN) and "亿" not in words and not "a" <= words[-1:] <= "z":
            scale = self.take(_YI if "万" in words else _SCALE_AFTER_HEDGE) or ""
            exponent, words = exponent + SCALES.get(scale, 0), words + scale
        start, after = self.at, None
        if not before or before.dimension == "money":  # 百分之二十 takes no unit after it
            self.take(_HYPHEN)
            after = self.take_unit(units().after)
        if before and after and before.base != after.base:
            raise self.error(f"{before.code} or no unit, as {before.code} stands before", start)
        unit = after or before or NO_UNIT
        return _Amount(coefficient, exponent, words, unit, after is None and before is not None)

    def number(self) -> tuple[int, int, str]:
        """Coefficient, exponent of ten and, for a number in characters, its words."""
        match = _NUMBER.match(self.plain, self.at)
        if match is None:
            # 超千亿元: the 一 is left out, but only after a hedge.
            if self.hedge != "exact" and (scale := self.take(_SCALE)):
                return 1, SCALES[scale], scale
            raise self.error("a number such as 2016.6 or 一千二百")
        start, self.at = self.at, match.end()
        arabic, decimals, spoken, spoken_decimals = match.groups()
        if arabic:
            digits, exponent, words = arabic.replace(",", ""), 0, ""
        else:
            digits, exponent = _spoken(spoken)
            decimals = "".join(str(DIGITS[word]) for word in spoken_decimals or "")
            words = match[0].strip()
        if decimals:
            digits, exponent = digits + "0" * exponent + decimals, -len(decimals)
        if len(digits) > MAX_DIGITS:
            raise self.error(f"a number of at most {MAX_DIGITS} digits", start)
        if self.plain.startswith(",", self.at):
            raise self.error("a group of three digits")
        return int(digits), exponent, words

    def take_unit(self, spellings: Spellings) -> Unit | None:
        at = len(self.plain) - len(self.plain[self.at :].lstrip())
        for spelling, unit in spellings.get(self.plain[at : at + 1], ()):
            end = at + len(spelling)
            if not self.plain.startswith(spelling, at) or _WITHIN_WORD.match(self.plain, end):
                continue
            self.at, start = end, self.at
            if spelling == "个" and (counted := self.take_unit(spellings)):
                unit = counted  # 3个工作日, but 500个
            if self.units and unit.code not in self.units:
                raise self.error(self.expected_unit, start)
            return unit
        return None

    def fraction_or_factor(self) -> _Amount | None:
        """三分之一 (one of a unit of a third), 翻一番, 翻两番 (two doublings) or tripled."""
        if self.units and (match := _FRACTION.match(self.plain, self.at)):
            whole, parts = (DIGITS.get(word) or int(word) for word in match.groups())
            if parts > whole:
                raise self.error("a fraction of one, such as 三分之一")
            third = _ROUNDED.divide(_ONE, whole).quantize(FRACTION, context=_ROUNDED)
            self.at = match.end()
            return _Amount(parts, 0, match[0], Unit("part", "ratio", "ratio", "", third))
        if "fold" in self.units and (word := self.take(_FACTOR)):
            return _Amount(FACTORS[word], 0, "", units().by_code["fold"])
        return None


def _shared(low: _Amount, high: _Amount) -> tuple[_Amount, _Amount]:
    """The ends of a range, both with what is printed for one: the unit, the scale of 10-15亿元."""
    if high.unit is NO_UNIT and low.unit_before:
        high = high._replace(unit=low.unit)
    if low.unit is NO_UNIT and not high.unit_before:
        low = low._replace(unit=high.unit, unit_before=True)
    if low.unit_before and "万" not in low.words and "亿" not in low.words:
        shared = sum(PLACES[place] for place in _GREAT_PLACES.findall(high.words))
        if not low.words:
            shared = SCALES.get(high.words, shared)
        # 8000到1万元 begins at 8000, not at 8000万: without the scale, the ends are close already.
        if low._replace(exponent=low.exponent + 1).base() < high.base():
            low = low._replace(exponent=low.exponent + shared)
    return low, high


def _spoken(words: str) -> tuple[str, int]:
    """一千二百亿 → ('12', 10): digits down to the last place spoken, and its power of ten."""
    if all(word in DIGITS for word in words):
        return "".join(str(DIGITS[word]) for word in words), 0
    number = section = digit = last = 0
    for word in words:
        if word in DIGITS:
            digit, last = DIGITS[word], 0
        elif PLACES[word] < 4:
            section += (digit or 1) * 10 ** PLACES[word]
            digit, last = 0, PLACES[word]
        else:
            section += digit
            number = (number + section) * 10**8 if word == "亿" else number + section * 10**4
            section, digit, last = 0, 0, last + PLACES[word]
    return str((number + section + digit) // 10**last), last


def _refuse_disguised_digits(text: str) -> None:
    """Raise QuantityError where NFKC would turn another character into a digit: 5²亿, ①5亿, ½."""
    for position, character in enumerate(text):
        normal = normalize("NFKC", character)
        if normal == character or character.isdecimal() or character in "㎡㎥":
            continue
        squared = character in "²³" and text[:position].endswith(("m", "ｍ"))
        if any(map(str.isnumeric, normal)) and not squared:
            raise QuantityError(text, text[:position].strip(), position, "a plain digit or word")
