"""Tokens: a text → the words, names, periods and quantities in it, each with its place.

Belongs here: finding expressions in running text, by the vocabulary (vocabulary/words.csv), the
code lists and the words of quantity.py. Does not belong here: what a number is read as
(quantity.py), which days an expression of time means (period_words.py), what belongs together
(grammar.py).

Every numeral of a text ends up in exactly one token.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from warehouse import project
from warehouse.drafting.text import period_words
from warehouse.drafting.text.period_words import Expression
from warehouse.system import csv_table
from warehouse.terms import codes, quantity, quantity_words, scales
from warehouse.terms.quantity import Quantity, QuantityError
from warehouse.terms.units import is_symbol, names

NAME_LISTS = {
    "measures": "measure",
    "areas": "area",
    "partners": "partner",
    "products": "product",
    "regimes": "regime",
    "operators": "operator",
}
PUNCTUATION = {
    **dict.fromkeys("。！？!?\n", "stop"),
    **dict.fromkeys("，,：:", "break"),
    **dict.fromkeys("；;", "semicolon"),
    **dict.fromkeys("、和与及", "and"),
    **dict.fromkeys("(（", "open"),
    **dict.fromkeys(")）", "close"),
}

# Half width and lower case, one character for one, so that places in it are places in the text.
_PLAIN = {0x3000: " ", 0x2019: "'", 0x2002: " ", 0x2003: " ", 0xA0: " "} | {
    code: chr(code - 0xFEE0).lower() for code in range(0xFF01, 0xFF5F)
}
_PLAIN |= {code: chr(code + 32) for code in range(65, 91)}
_PLAIN |= {0xFFE5: "¥", 0xFFE1: "£", 0xFFE6: "₩"}


@dataclass(frozen=True, slots=True)
class Token:
    """What stands at `start`:`end` of the text.

    `kind` is of the vocabulary, a name list, punctuation, 'period', 'quantity', or 'number' for
    numerals that are none of these. `meaning` is a code, or, of a number, why it is no quantity.
    """

    start: int
    end: int
    kind: str
    meaning: str = ""
    text: str = ""
    amount: Quantity | None = None
    period: Expression | None = None


_NUMERALS = frozenset("零〇一二两三四五六七八九十百千万亿")


def numeral(text: str) -> bool:
    """Whether there is a numeral in it, in figures or in everyday characters."""
    return any(map(_is_numeral, text))


@lru_cache(maxsize=4096)
def _is_numeral(character: str) -> bool:
    return character in _NUMERALS or (character.isnumeric() and not character.isalpha())


def plain(text: str) -> str:
    """The text in half width and lower case, character for character."""
    return text.translate(_PLAIN)


def tokenize(text: str) -> list[Token]:
    """The tokens of a text in order; what lies between them was not understood."""
    return list(_tokens(text, plain(text)))


def _tokens(text: str, low: str) -> Iterator[Token]:
    words, number = _vocabulary(), _number()
    at, size = 0, len(low)
    while at < size:
        character = low[at]
        best: Token | None = None
        for length, entries in words.get(character, ()):
            entry = entries.get(low[at : at + length])
            if entry and _bounded(low, at, at + length) and entry.written(text, at):
                best = Token(at, at + length, entry.kind, entry.meaning, text[at : at + length])
                break
        if character in _PERIOD_STARTS and _may_start(low, at):
            period = _period(text, low, at)
            if period and (best is None or period.end > best.end):
                best = period
        if character in _NUMBER_STARTS or numeral(character):
            match = number.match(low, at)
            if match and (best is None or match.end() > best.end) and _may_start(low, at):
                best = _quantity(text, match)
        if best is not None:
            yield best
            at = best.end
        elif kind := PUNCTUATION.get(character):
            yield Token(at, at + 1, kind, "", text[at])
            at += 1
        elif character == "." and _ends_sentence(text, at):
            yield Token(at, at + 1, "stop", "", ".")
            at += 1
        elif numeral(character):
            end = at + 1
            while end < size and numeral(low[end]):
                end += 1
            in_word = at and low[at - 1].isascii() and low[at - 1].isalpha()
            why = "part of a name or code" if in_word else "a numeral that no unit follows"
            yield Token(at, end, "number", why, text[at:end])
            at = end
        else:
            at += 1


@dataclass(frozen=True, slots=True)
class _Word:
    kind: str
    meaning: str
    spelling: str

    def written(self, text: str, at: int) -> bool:
        """Whether an abbreviation such as UAE or US stands there in capitals."""
        return not self.spelling or text.startswith(self.spelling, at)


@project.cached
def _vocabulary() -> Mapping[str, tuple[tuple[int, Mapping[str, _Word]], ...]]:
    """By first character and length, longest first. The vocabulary's own words come first."""
    found: dict[str, _Word] = {}
    for row in vocabulary("words"):
        for spelling in row["words"].split(";"):
            short = (
                row["kind"] in ("partner", "country") and spelling.isascii() and len(spelling) < 5
            )
            capitals = spelling.upper() if short else ""
            found.setdefault(plain(spelling), _Word(row["kind"], row["meaning"], capitals))
    for list_name, kind in NAME_LISTS.items():
        for listed in codes.rows(list_name):
            if listed["code"] in ("total", "WLD") or not _is_read(listed, kind):
                continue
            for name in (listed["name_zh"], listed["name_en"], *listed["aliases"].split(";")):
                short = name.isascii() and name.isupper()
                if len(name) < 2 or (short and len(name) < 4):
                    continue
                word = _Word(kind, listed["code"], name if short else "")
                for spelling in {plain(name), plain(name).translate(_NO_QUOTES)}:
                    other = found.setdefault(spelling, word)
                    if other.kind == "area" and kind == "partner":
                        found[spelling] = _Word("country", f"{other.meaning} {listed['code']}", "")
    by_start: dict[str, dict[int, dict[str, _Word]]] = {}
    for spelling, word in found.items():
        by_start.setdefault(spelling[0], {}).setdefault(len(spelling), {})[spelling] = word
    return {
        first: tuple(sorted(lengths.items(), reverse=True)) for first, lengths in by_start.items()
    }


def _is_read(listed: Mapping[str, str], kind: str) -> bool:
    """Whether the names of a row are words for that kind: `read_as` says so of geographies.

    A row of the project that does not say is read as what its kind may be.
    """
    if kind not in ("area", "partner"):
        return True
    if "read_as" in listed:
        return kind in listed["read_as"].split()
    of_partners = listed.get("kind") in ("group", "special", "world")
    of_both = listed.get("kind") in ("nation", "country", "former")
    return of_both or of_partners == (kind == "partner")


def vocabulary(name: str) -> list[dict[str, str]]:
    """The rows of vocabulary/<name>.csv."""
    return csv_table.packaged(project.file("vocabulary", f"{name}.csv"))


NO_UNIT = "a number whose unit is not beside it"
LENGTH_OF_TIME = "a length of time, a time of day or an age"
_NO_QUOTES = str.maketrans("", "", '“”"')
_BEFORE_NUMBER = (
    "百分之",
    "千分之",
    "第",
    "+",
    "-",
    "−",
    *"$¥€£￥",
    "两",
    "rmb",
    "cny",
    "usd",
    "us$",
    "hk$",
)
_BEFORE_YEAR = ("in ", "of ", "for ", "from ", "during ", "since ", "than ", "by ", "and ", "to ")
_PERIOD_STARTS = frozenset(
    '0123456789一二三四五六七八九十今本当同去上前明全整年自从截比较与和头首第下“"jfmasondtqhbiseyl'
)
_NUMBER_STARTS = frozenset(
    word[0]
    for table in (quantity_words.HEDGES_BEFORE.values(), quantity_words.FACTORS, _BEFORE_NUMBER)
    for words in table
    for word in words.split(";")
)


def _bounded(low: str, start: int, end: int) -> bool:
    """Whether no Latin word is cut at either end."""
    return not (
        (
            "a" <= low[start] <= "z"
            and start
            and low[start - 1].isascii()
            and low[start - 1].isalpha()
        )
        or ("a" <= low[end - 1] <= "z" and end < len(low) and "a" <= low[end] <= "z")
    )


def _may_start(low: str, at: int) -> bool:
    """Whether a number or a period may begin here: not within 1,000 or B2B, nor 第 before it."""
    before = low[at - 1] if at else " "
    return not ("a" <= before <= "z" or before.isdecimal()) and before not in "."


def _period(text: str, low: str, at: int) -> Token | None:
    """The period that begins here, if one does: May, not may; in 2020, not 2020 tonnes."""
    expression = period_words.read(low, at)
    if expression is None:
        return None
    end, is_dated = expression.end, True
    if low.startswith(("may", "mar", "sec"), at):
        is_dated = text[at].isupper()
    elif low[at].isdecimal() and end - at == 4:
        is_year = expression.kind == "period" and expression.months is None
        is_dated = not is_year or low[max(0, at - 8) : at].endswith(_BEFORE_YEAR)
    return Token(at, end, "period", "", text[at:end], None, expression) if is_dated else None


def _ends_sentence(text: str, at: int) -> bool:
    after = text[at + 1 : at + 2]
    return (not after or after.isspace()) and not text[max(0, at - 2) : at].endswith(
        (" Mr", "Mr", " U", " No")
    )


@project.cached
def _number() -> re.Pattern[str]:
    """Numerals with the hedges, currency and scale before and after them, and their unit."""
    units = [
        (plain(spelling), row["dimension"] == "money")
        for row in codes.rows("units")
        if row.get("in_text")
        for spelling in (*names(row), *filter(is_symbol, row.get("printed", "").split(";")))
    ]
    money = [
        word
        for word, is_money in units
        if (is_money and not word[-1].isalpha()) or word in _BEFORE_NUMBER
    ]
    latin = "(?![a-z])"

    def any_of(words: Iterable[str]) -> str:
        ordered = sorted(set(words), key=lambda w: (-len(w), w))
        return "|".join(re.escape(w) + latin * ("a" <= w[-1] <= "z") for w in ordered)

    def hedges(table: Mapping[str, str]) -> str:
        return any_of(plain(w) for words in table.values() for w in words.split(";"))

    chinese = "[零〇一二两三四五六七八九十百千万亿]"
    digits = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\s?\.\d+|\.\s\d+(?=\s?[万亿千百元美%吨倍]))?"
    spoken = rf"{chinese}+(?:点[零〇一二三四五六七八九]+)?"
    scale = rf"(?:\s?(?:{any_of(scales.in_text())}))"
    within = "[多余]?"
    unit = f"(?!成[员都为本立交果功品熟长])(?:{any_of(word for word, _ in units)})"
    before = rf"(?:(?:{any_of(money)})\s?|百分之|千分之)"
    core = rf"(?:{before}?(?:{digits}|{spoken}){scale}?{within}{scale}?)"
    counted = rf"(?:\s?-?个?(?:{unit}))"
    fraction = r"(?![百千]分之)[一二两三四五六七八九十百千万\d]+分之[一二两三四五六七八九十\d]+"
    factor = any_of(quantity_words.FACTORS)
    to = rf"\s?(?:{any_of(plain(w) for w in quantity_words.RANGES.split(';'))})\s?"
    after = rf"(?:\s?(?:{hedges(quantity_words.HEDGES_AFTER)}))*"
    hedged = rf"(?P<hedge>(?:(?:{hedges(quantity_words.HEDGES_BEFORE)})了?\s?)*)"
    return re.compile(
        rf"{hedged}(?:(?P<ordinal>第(?:{digits}|{spoken}))[位名大届个次]?"
        rf"|(?P<fraction>{fraction})"
        rf"|(?P<factor>{factor})"
        rf"|(?P<years>(?:{digits}|{spoken})(?:多|余)?(?:年|周年|周岁|岁|点钟|时(?:[\d]+分)?)(?:来|前|后|间)?)"
        rf"|(?P<bare>(?<=[超近破过约逾足到 ]){scale}{counted}{after})"
        rf"|(?P<amount>[+\-−]?{core}{counted}?(?P<range>{to}{core}{counted}?)?{after}))"
    )


def _quantity(text: str, match: re.Match[str]) -> Token:
    start, end = match.span()
    raw = text[start:end].rstrip()
    end = start + len(raw)
    if match["ordinal"]:
        return Token(start, end, "number", "an ordinal", raw)
    if match["years"]:
        return Token(start, end, "number", LENGTH_OF_TIME, raw)
    if re.fullmatch("[一两]个?[^\\d%成倍元]", raw):
        return Token(start, end, "number", "an article, not a count", raw)
    if re.fullmatch(r"\d{1,2}[日号]", raw):
        return Token(start, end, "number", "a day of a month", raw)
    amount, why = read_quantity(raw)
    levels = match["range"] and plain(text[max(0, start - 5) : start]) == "from "
    if match["range"] and (amount is None or levels):  # up 3% to $21 million, from $2 to $3 million
        raw = text[start : match.start("range")].rstrip()
        end = start + len(raw)
        amount, why = read_quantity(raw)
    if amount is None:
        return Token(start, end, "number", why, raw)
    if amount.unit == "month":
        return Token(start, end, "number", LENGTH_OF_TIME, raw)
    return Token(start, end, "quantity", "", raw, amount)


@project.cached
def read_quantity(raw: str) -> tuple[Quantity | None, str]:
    """The quantity as a value or, where it is a ratio, as a growth; or why it is neither."""
    ratio = any(
        sign in raw for sign in ("%", "％", "成", "倍", "百分", "percent", "分之", "翻", "pp")
    )
    first = quantity.parse_growth if ratio else quantity.parse_value
    try:
        return first(raw), ""
    except QuantityError as error:
        shown = str(error)
    scale = re.search("[a-z]+$", plain(raw))
    if raw[-1:] in "万亿" or (scale and scale[0] in scales.in_text()):
        return None, NO_UNIT
    if raw[-1:].isnumeric() or raw[-1:] in "多余":
        return None, "a numeral that no unit follows"
    return None, shown
