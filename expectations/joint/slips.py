"""Slips: what a printed number would be without one of the slips that people make in it.

Belongs here: the kinds of slips within one printed number, how usual each is, and the text that
would be right. Does not belong here: what a text stands for in its place (printed_texts.py), slips
between several numbers (exchanges.py), and which of them settle a conflict (repairs.py).

A slip is undone in the text, and the text is then read as its source prints numbers, so that what
is suggested is what a curator would write. Reading takes long, and a number has hundreds of slips:
so a first look, in floats, leaves out those that cannot lead to the wanted range.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, inf, log10
from typing import NamedTuple

from expectations.intervals import distance
from warehouse import project
from warehouse.terms.notation import terms_table
from warehouse.terms.quantity import Quantity

# How usual a kind of slip is. It is shared among all slips of the kind that a number can have, so
# that of those that would explain a conflict the likeliest comes first.
WEIGHTS = {
    "one digit wrong": 0.60,
    "two digits exchanged": 0.10,
    "a digit left out": 0.08,
    "a digit printed twice": 0.04,
    "a digit too many": 0.03,
    "the wrong sign": 0.06,
    "a decimal point one place to the left": 0.03,
    "a decimal point one place to the right": 0.03,
    "a factor of a thousand": 0.01,
}
SCALE_WEIGHT = 0.06
LEFT_OUT_WEIGHT = 0.02
APART = 0.1  # how usual it is that digits with one between them are exchanged, or scales likewise
PER_POWER = 5  # a number of another size is noticed: so much rarer is a slip by each power of ten
ALIKE = frozenset({"17", "27", "38", "06", "08", "68", "56", "35", "49"})  # digits that look so
MISREAD = 3  # how many times as usual one of these is for the other as any other digit
TELLING = 4  # digits from which on it is no chance that a slip leads to a number

_NUMERAL = re.compile(r"[0-9](?:[0-9.,'’ \u00a0\u202f]*[0-9])?")
_MARKS = ".,"
_LETTER = re.compile(r"[^\W\d_]")
_HAN = re.compile("[\u3400-\u9fff]")
# Words of change and their opposites; a sign is one too.
_OPPOSITES = (
    *("增长 下降", "增长 减少", "增加 减少", "上升 下降", "上涨 下跌", "提高 降低", "扩大 缩小"),
    *("回升 回落", "增 减", "升 降", "涨 跌", "顺差 逆差"),
    *("up down", "rose fell", "grew shrank", "increased decreased", "gained dropped"),
    *("climbed declined", "increase decrease", "surplus deficit", "plus minus"),
    *("tăng giảm", "рост снижение"),
)
_MINUS = re.compile(r"[-−–‐‒△▲▽▼]\s*(?=[^\s]*[0-9])")
_BRACKETS = re.compile(r"\(\s*([^()]*[0-9][^()]*)\)")


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """A number as printed, and what is needed to read another text in its place.

    `decimal` is the decimal mark of its source, '' where none is said; `languages` are those whose
    words of scale may stand there. `read` returns None for a text that stands for nothing.
    """

    text: str
    quantity: Quantity
    read: Callable[[str], Quantity | None]
    decimal: str = ""
    languages: Collection[str] = ()
    is_level: bool = True


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip, the text and the number without it, and how likely it is among others."""

    kind: str
    corrected: str
    quantity: Quantity
    likelihood: float

    def is_telling(self) -> bool:
        """Whether it is hardly by chance that the slip leads from one number to the other.

        Two values that differ in their last digits were rather revised.
        """
        digits = sum(character.isdigit() for character in self.corrected)
        return digits >= TELLING and self.kind not in (
            "one digit wrong",
            "a digit left out",
            "a digit too many",
        )


class _Draft(NamedTuple):
    """A slip whose text is not read yet."""

    kind: str
    weight: float
    text: str


def slips_into(
    printed: PrintedNumber, lower: Fraction | None, upper: Fraction | None
) -> list[Slip]:
    """The slips without which the number would lie between these ends, the most usual first.

    None is unbounded. A zero has no slips, and no slip leads from or to one.
    """
    least = -inf if lower is None else float(lower)
    greatest = inf if upper is None else float(upper)
    found: dict[str, Slip] = {}
    for draft in _drafts(printed, least, greatest):
        read = printed.read(draft.text)
        if read is None or read.unit != printed.quantity.unit or not read.value:
            continue
        if read.value == printed.quantity.value:
            continue  # 4亿元 for 4.0亿元 is the same number, printed less exactly
        powers = abs(log10(abs(read.value / printed.quantity.value)))
        likelihood = draft.weight / (1 + PER_POWER * powers)
        known = found.get(draft.text)
        if known and known.likelihood >= likelihood:
            continue
        least_read = None if read.lower is None else Fraction(read.lower)
        greatest_read = None if read.upper is None else Fraction(read.upper)
        if distance(least_read, greatest_read, lower, upper) is None:
            found[draft.text] = Slip(draft.kind, draft.text, read, likelihood)
    value = printed.quantity.value
    return sorted(
        found.values(),
        key=lambda slip: (-slip.likelihood, abs(slip.quantity.value - value), slip.corrected),
    )


def _drafts(printed: PrintedNumber, least: float, greatest: float) -> Iterator[_Draft]:
    if not printed.quantity.value:
        return
    for text in _other_signs(printed.text):
        kind = "the wrong sign"
        yield _Draft(kind, WEIGHTS[kind], text)
    yield from _scales(printed)
    numerals = list(_numerals(printed))
    for numeral in numerals:
        yield from _digit_slips(printed, numeral, len(numerals) == 1, least, greatest)


def text_for(printed: PrintedNumber, value: Fraction, finest: Fraction | None = None) -> str | None:
    """The printed text with its digits replaced by those of another number, as exact as it is.

    With as many decimals more as `finest`, a difference that matters, asks for. What was printed
    may have been cut off: it stands as far from the middle of what it stands for as before.
    """
    numerals = list(_numerals(printed))
    if len(numerals) != 1 or (factor := _factor(printed, numerals[0])) is None:
        return None
    numeral, quantity = numerals[0], printed.quantity
    decimals = numeral.decimals
    while finest and abs(factor) / 10**decimals > finest:
        decimals += 1
    ends = [Fraction(e) for e in (quantity.lower, quantity.upper) if e is not None]
    middle = sum(ends, Fraction(0)) / 2 if len(ends) == 2 else Fraction(quantity.value)
    steps = (value - middle) / factor * 10**decimals
    digits = int(numeral.digits) * 10 ** (decimals - numeral.decimals)
    digits += ceil(steps - Fraction(1, 2))
    text = _with(printed, numeral.with_digits(str(abs(digits)), decimals))
    if digits >= 0:
        return text
    return f"-{text}" if numeral.start == 0 else None


def _with(printed: PrintedNumber, numeral: _Numeral) -> str:
    return printed.text[: numeral.start] + numeral.text() + printed.text[numeral.end :]


def _factor(printed: PrintedNumber, numeral: _Numeral) -> Fraction | None:
    """What one more in the number as printed makes of what it stands for."""
    probe = numeral._replace(digits=f"1{numeral.digits}")
    read = printed.read(_with(printed, probe))
    if read is None:
        return None
    more = Fraction(10) ** (len(numeral.digits) - numeral.decimals)
    return Fraction(read.value - printed.quantity.value) / more or None


# --- the sign ------------------------------------------------------------------------------------


def _other_signs(text: str) -> Iterator[str]:
    """The text with the opposite sign: of a word, a minus or brackets, or with a minus put first.

    The last is no text where a word of change stands before it: then it is not read.
    """
    for words in _OPPOSITES:
        first, second = words.split()
        for word, other in ((first, second), (second, first)):
            match = re.search(_whole(word), text, re.IGNORECASE)
            if match:
                yield text[: match.start()] + _like(match[0], other) + text[match.end() :]
                return
    if match := _MINUS.search(text):
        yield text[: match.start()] + text[match.end() :]
    elif match := _BRACKETS.search(text):
        yield text[: match.start()] + match[1] + text[match.end() :]
    else:
        yield f"-{text.strip().removeprefix('+')}"


def _whole(word: str) -> str:
    """A pattern for a word that is no part of another one, in scripts with spaces."""
    pattern = re.escape(word)
    if _HAN.search(word) or word > "\u0e00":
        return pattern
    return rf"(?<![^\W\d_]){pattern}(?![^\W_])"


def _like(printed: str, word: str) -> str:
    """A word in capitals as the printed one is."""
    if len(printed) > 1 and printed.isupper():
        return word.upper()
    return word.capitalize() if len(printed) > 1 and printed[:1].isupper() else word


# --- the scale -----------------------------------------------------------------------------------


@project.cached
def _ladders() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Scales that are taken for each other, and in which language."""
    return tuple(
        (row["language"], tuple(row["words"].split(";"))) for row in terms_table("scale_slips")
    )


@project.cached
def _words_of_scale() -> re.Pattern[str]:
    words = sorted({word for _, ladder in _ladders() for word in ladder}, key=len, reverse=True)
    return re.compile("|".join(map(_whole, words)), re.IGNORECASE)


def _scales(printed: PrintedNumber) -> Iterator[_Draft]:
    """The texts with another scale, or with one where none is printed."""
    matches = list(_words_of_scale().finditer(printed.text))
    if not matches:
        yield from _scales_left_out(printed)
    for match in matches:
        rest = printed.text[: match.start()] + printed.text[match.end() :]
        name, steps = match[0], dict[str, int]()
        for language, ladder in _ladders():
            if language and language not in printed.languages:
                continue
            at = next((n for n, word in enumerate(ladder) if _is_word(word, match[0])), None)
            name = name if at is None else ladder[at]
            for n, word in enumerate(ladder):
                if at is not None and n != at and _fits(word, rest):
                    steps[word] = min(abs(n - at), steps.get(word, abs(n - at)))
        near = sum(step == 1 for step in steps.values()) or 1
        for word, step in steps.items():
            other = _like(match[0], word)
            text = printed.text[: match.start()] + other + printed.text[match.end() :]
            weight = SCALE_WEIGHT / near * (1 if step == 1 else APART)
            yield _Draft(f"{name} printed for {word}", weight, text)


def _scales_left_out(printed: PrintedNumber) -> Iterator[_Draft]:
    """A few digits without a scale may be millions; where the record says the unit, they cannot."""
    match = _NUMERAL.search(printed.text)
    if match is None or not printed.is_level or sum(map(str.isdigit, match[0])) > 6:
        return
    words = ("万", "亿") if "zh" in printed.languages else ("thousand", "million", "billion")
    for word in words:
        joined = word if _HAN.search(word) else f" {word}"
        text = printed.text[: match.end()] + joined + printed.text[match.end() :]
        yield _Draft(f"{word} left out", LEFT_OUT_WEIGHT / len(words), text)


def _is_word(word: str, printed: str) -> bool:
    return word == printed if len(word) == 1 else word == printed.lower()


def _fits(word: str, rest: str) -> bool:
    """Whether a word may stand in a text: Chinese ones beside Chinese, Latin ones beside Latin."""
    in_han = bool(_HAN.search(rest))
    if _HAN.search(word):
        return in_han or not _LETTER.search(rest) or word == "亿"
    return not in_han or not _HAN.search(word + rest)


# --- the digits ----------------------------------------------------------------------------------


class _Numeral(NamedTuple):
    """Digits in a text, of which so many are decimals; `group` stands between thousands."""

    start: int
    end: int
    digits: str
    decimals: int
    mark: str
    group: str
    is_indian: bool

    @property
    def number(self) -> float:
        return int(self.digits) * 10.0**-self.decimals

    @property
    def is_usual(self) -> bool:
        """Whether it is written as people write numbers: no needless zero first, and not zero."""
        whole = len(self.digits) - self.decimals
        return whole >= 1 and (whole == 1 or self.digits[0] != "0") and bool(int(self.digits))

    def with_digits(self, digits: str, decimals: int) -> _Numeral:
        """Other digits in its place, as many zeros before them as they need."""
        if decimals >= len(digits):
            digits = digits.rjust(decimals + 1, "0")
        whole = len(digits) - decimals
        kept = digits[:whole].lstrip("0") or "0"
        return self._replace(digits=kept + digits[whole:], decimals=decimals)

    def text(self) -> str:
        """As it is printed."""
        whole = len(self.digits) - self.decimals
        integer, decimals = self.digits[:whole], self.digits[whole:]
        if self.group:
            last, rest = integer[-3:], integer[:-3]
            size = 2 if self.is_indian else 3
            groups = [rest[max(0, end - size) : end] for end in range(len(rest), 0, -size)]
            integer = self.group.join([*reversed(groups), last])
        return f"{integer}{self.mark}{decimals}" if decimals else integer


def _numerals(printed: PrintedNumber) -> Iterator[_Numeral]:
    for match in _NUMERAL.finditer(printed.text):
        text = match[0]
        mark = _decimal_mark(text, printed.decimal)
        whole, _, decimals = text.partition(mark) if mark and mark in text else (text, "", "")
        groups = re.split(r"[^0-9]", whole)
        group = next((c for c in whole if not c.isdigit()), "")
        yield _Numeral(
            match.start(),
            match.end(),
            "".join(groups) + decimals,
            len(decimals),
            mark if mark in text and mark else printed.decimal or ("," if group == "." else "."),
            group,
            len(groups) > 2 and len(groups[1]) == 2,
        )


def _decimal_mark(text: str, usual: str) -> str:
    """The decimal mark in a numeral, or ''."""
    if usual:
        return usual
    marks = [character for character in text if character in _MARKS]
    if not marks or marks.count(marks[-1]) > 1:
        return ""
    decimals = len(text.rpartition(marks[-1])[2])
    return marks[-1] if len(set(marks)) > 1 or marks[-1] == "." or decimals != 3 else ""


def _digit_slips(
    printed: PrintedNumber, numeral: _Numeral, is_alone: bool, least: float, greatest: float
) -> Iterator[_Draft]:
    """The texts with other digits, or the decimal point elsewhere, that may lead between ends."""
    quantity = printed.quantity
    factor = None
    if is_alone and quantity.hedge == "exact" and (exact := _factor(printed, numeral)):
        factor = float(exact)
    ends = [end for end in (quantity.lower, quantity.upper) if end is not None]
    reach = 2 * max((abs(float(end - quantity.value)) for end in ends), default=0.0)
    value, number, decimals = float(quantity.value), numeral.number, numeral.decimals
    for kind, weight, digits, changed in _edits(printed, numeral):
        if factor is not None:
            # A first look in floats: reading takes long, and most slips lead nowhere near.
            meant = value + factor * (int(digits) / 10.0**changed - number)
            near = reach * 10.0 ** max(decimals - changed, 0)
            if not (meant + near >= least and meant - near <= greatest):
                continue
        other = numeral.with_digits(digits, changed)
        if other.is_usual and other != numeral:
            yield _Draft(kind, weight, _with(printed, other))


def _confusion(printed: str, digit: str) -> float:
    """How usual it is that a wrong digit stands for this one, and not for one of the others."""

    def is_alike(other: str) -> bool:
        return "".join(sorted((printed, other))) in ALIKE

    alike = sum(map(is_alike, "0123456789"))
    return (MISREAD if is_alike(digit) else 1) / (9 + (MISREAD - 1) * alike)


def _edits(printed: PrintedNumber, numeral: _Numeral) -> Iterator[tuple[str, float, str, int]]:
    """What may have been meant: the slip, how usual it is, the digits without it, decimals."""
    digits, decimals = numeral.digits, numeral.decimals
    count = len(digits)

    def edit(
        kind: str, ways: float, digits: str, decimals: int = decimals
    ) -> tuple[str, float, str, int]:
        return kind, WEIGHTS[kind] / ways, digits, decimals

    if decimals:
        yield edit("a decimal point one place to the left", 1, digits, decimals - 1)
    yield edit("a decimal point one place to the right", 1, digits, decimals + 1)
    if printed.is_level:
        yield edit("a factor of a thousand", 2, digits, decimals + 3)
        thousandfold = digits + "0" * (3 - decimals)
        yield edit("a factor of a thousand", 2, thousandfold, max(decimals - 3, 0))
    for apart, share in ((1, 1.0), (2, APART)):
        for left in range(count - apart):
            right = left + apart
            if digits[left] != digits[right] and not (left == 0 and digits[right] == "0"):
                middle = digits[left + 1 : right]
                exchanged = digits[right] + middle + digits[left]
                text = digits[:left] + exchanged + digits[right + 1 :]
                yield edit("two digits exchanged", (count - apart) / share, text)
    for place, printed_digit in enumerate(digits):
        for digit in "0123456789":
            if digit != printed_digit and not (place == 0 < count - decimals - 1 and digit == "0"):
                text = digits[:place] + digit + digits[place + 1 :]
                yield edit("one digit wrong", count / _confusion(printed_digit, digit), text)
    twice = sum(left == right for left, right in pairwise(digits)) or 1
    for place in range(count if count > 1 else 0):
        is_decimal = place >= count - decimals
        text = digits[:place] + digits[place + 1 :]
        is_twice = place > 0 and digits[place] == digits[place - 1]
        kind, ways = ("a digit printed twice", twice) if is_twice else ("a digit too many", count)
        if is_decimal or len(text) > decimals:
            yield edit(kind, ways, text, decimals - is_decimal)
    for place in range(count + 1):
        for digit in "0123456789":
            if place or digit != "0":
                text = digits[:place] + digit + digits[place:]
                is_decimal = place > count - decimals or (place == count and decimals > 0)
                yield edit("a digit left out", 10 * (count + 1), text, decimals + is_decimal)
                if place == count - decimals and decimals:  # just behind the point
                    yield edit("a digit left out", 10 * (count + 1), text, decimals + 1)
