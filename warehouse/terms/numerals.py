"""Numerals: figures and Chinese characters → digits and a power of ten.

Belongs here: grouping, decimal marks, and numbers in characters. Does not belong here: scales,
signs and units (quantity_reader.py).

Thousands are grouped by a comma, a point, an apostrophe or a space, whichever is not the decimal
mark, or by commas as in India (1,52,345). Where no decimal mark is declared, a number is read if
its marks leave one reading.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from warehouse.terms.quantity_words import DIGITS, PLACES

MAX_DIGITS = 25

_D = "[一二两三四五六七八九]"
# 一千零五十 and the like, below 万. A bare digit follows 十 or 零: 三千五 could be 3005 or 3500.
_SMALL = rf"(?:零?{_D}千)?(?:零?{_D}百)?(?:零?{_D}?十)?(?:零{_D}|(?<![百千万亿]){_D})?"
_SPOKEN = rf"(?=十|{_D})(?:(?:{_SMALL}万)?{_SMALL}亿)?(?:{_SMALL}(?<!亿)万)?{_SMALL}"
_DIGIT_BY_DIGIT = rf"[零〇](?!{_D})|{_D}[零〇一二三四五六七八九]+(?![十百千])"
_IN_CHARACTERS = re.compile(rf"\s*({_DIGIT_BY_DIGIT}|{_SPOKEN})(?:点([零〇一二三四五六七八九]+))?")

_APOSTROPHE = "'’ʼ‘′`"
_INDIAN = r"[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}(?![0-9,])"
_SPACED = r"[1-9][0-9]{0,2}(?: [0-9]{3})+(?![0-9])"
_WITH_APOSTROPHES = rf"[1-9][0-9]{{0,2}}(?:[{_APOSTROPHE}][0-9]{{3}})+(?![0-9])"
_PLAIN = "[1-9][0-9]*|0"


def _figures(group: str, decimal: str, spaces: str) -> re.Pattern[str]:
    """Figures whose groups are parted by `group`, or another mark, and their decimals."""
    indian = f"{_INDIAN}|" if group == "," else ""
    grouped = rf"[1-9][0-9]{{0,2}}(?:{re.escape(group)}[0-9]{{3}})+"
    whole = f"{indian}{grouped}|{_SPACED}|{_WITH_APOSTROPHES}|{_PLAIN}"
    part = rf"{spaces}{re.escape(decimal)}{spaces}([0-9]+)"
    return re.compile(rf"\s*(?:({whole})(?:{part})?)")


# 14. 24 is a slip of printers that leaves nothing open.
_DECLARED = {".": _figures(",", ".", r"\s*"), ",": _figures(".", ",", "")}
_RUN = re.compile(rf"\s*({_SPACED}|{_WITH_APOSTROPHES}|[0-9]+)((?:[.,][0-9]+)*)")
_GROUPS = {mark: re.compile(rf"[1-9][0-9]{{0,2}}(?:\{mark}[0-9]{{3}})*") for mark in ",."}
_INDIAN_WHOLE = re.compile(_INDIAN)
_NO_DIGIT = re.compile("[^0-9]")


class Numeral(NamedTuple):
    """`coefficient` × 10^`exponent` that ends at `end`; its words if it is in characters."""

    coefficient: int
    exponent: int
    words: str
    end: int


class NumeralError(ValueError):
    """A numeral that cannot be read: where, what was expected there, and a remedy, if any."""

    def __init__(self, at: int, expected: str, remedy: str = "") -> None:
        super().__init__(at, expected, remedy)
        self.at, self.expected, self.remedy = at, expected, remedy


def read(text: str, at: int, decimal: str, figures_only: bool = False) -> Numeral | None:
    """The numeral that begins at `at` of a plain text, or None. Raises NumeralError."""
    match = _DECLARED[decimal].match(text, at) if decimal else _RUN.match(text, at)
    if match:
        read_apart = match.groups() if decimal else _undeclared(match[1], match[2], match.start(1))
        whole, decimals = read_apart
        _check_end(text, match.end(), decimal)
        return _numeral(_NO_DIGIT.sub("", whole), 0, decimals or "", "", match)
    if figures_only or (match := _IN_CHARACTERS.match(text, at)) is None:
        return None
    digits, exponent = _spoken(match[1])
    decimals = "".join(str(DIGITS[word]) for word in match[2] or "")
    return _numeral(digits, exponent, decimals, match[0].strip(), match)


def _numeral(
    digits: str, exponent: int, decimals: str, words: str, match: re.Match[str]
) -> Numeral:
    if decimals:
        digits, exponent = digits + "0" * exponent + decimals, -len(decimals)
    if len(digits) > MAX_DIGITS:
        raise NumeralError(match.start(), f"a number of at most {MAX_DIGITS} digits")
    return Numeral(int(digits), exponent, words, match.end())


def _check_end(text: str, end: int, decimal: str) -> None:
    other = "." if decimal == "," else ","
    if not text.startswith(other, end) or (other == "." and not text[end + 1 : end + 2].isdigit()):
        return
    remedy = ""
    if decimal and re.match(r"[0-9]{1,2}(?![0-9,.])", text[end + 1 :]):
        remedy = f"if {other!r} is its decimal mark, say `decimal: {other!r}` of the source"
    raise NumeralError(end, "a group of three digits", remedy)


def _undeclared(whole: str, rest: str, at: int) -> tuple[str, str]:
    """The whole part and the decimals, where the marks of a number leave one reading."""
    marks = _NO_DIGIT.findall(rest)
    shown = whole + rest
    if re.match("0[0-9]", whole):
        raise NumeralError(at + 1, "a decimal mark after 0")
    if not marks:
        return whole, ""
    is_grouped = _NO_DIGIT.search(whole) is not None
    last = marks[-1]
    if marks.count(last) == 1 and (is_grouped or len(marks) > 1):
        head, _, decimals = shown.rpartition(last)
        if (is_grouped and len(marks) == 1) or _is_grouping(head, marks[0]):
            return head, decimals
    elif len(marks) > 1 and not is_grouped and len(set(marks)) == 1:
        if _is_grouping(shown, last):
            return shown, ""
    elif len(marks) == 1:
        decimals = rest[1:]
        if len(decimals) != 3 or len(whole) > 3 or whole == "0":
            return whole, decimals
        raise NumeralError(
            at,
            f"one reading: {shown} may be {whole}{decimals} or {whole}.{decimals}",
            f"write {whole}{decimals}, or say `decimal: '.'` or `decimal: ','` of the source or "
            "in crossfoot.toml",
        )
    raise NumeralError(at + len(whole), "groups of three digits")


def _is_grouping(text: str, mark: str) -> bool:
    return _GROUPS[mark].fullmatch(text) is not None or (
        mark == "," and _INDIAN_WHOLE.fullmatch(text) is not None
    )


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
