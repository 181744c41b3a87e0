"""Adjoining: numbers beside which something stands that was not read.

`Rs. 2,50,325 crore`, `12 345 million` and `3万8360亿` hold more than the reader takes in, and what
it takes in is another number. Such a number becomes no figure. Belongs here: what may not stand
directly before and after a quantity, in any script and with any kind of space between. Does not
belong here: finding quantities (tokens.py), words that qualify a figure (heads.py).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from warehouse import project
from warehouse.drafting.text.tokens import PUNCTUATION, Token, numeral, plain, vocabulary
from warehouse.terms import codes

# They end a clause, quote, enclose or list, so that a number may stand right beside them.
_PARTING = frozenset('，、；：。！？;:!?()（）[]【】《》〈〉「」『』“”"‘…=|*•●■◆▲►→')
_POINTS = frozenset(",.'’ʼ′`·٫٬_")  # part the digits of one number, or end a clause
_DASHES = frozenset("-‐‑‒–—―−~～〜∼")
_LATIN = "A-Za-zÀ-ÖØ-öø-ɏ"
_LATIN_WORD = re.compile(f"[{_LATIN}]+")
_LATIN_WORD_BEFORE = re.compile(rf"[{_LATIN}]+\.?$")
_BRACKETED = re.compile(r"\s*[(（]\s*([^\s()（）\d]{1,20})\s*[)）]")
_LISTED = re.compile(r"\s*(?:[,、和与及或&]|,?\s*(?:and|or)\s)\s*")
_RUN_BEFORE, _RUN_AFTER = re.compile(r"[^\s，。；、一-鿿]+$"), re.compile(r"^[^\s，。；、一-鿿]+")
_REACH, _SHOWN = 40, 20  # characters: no name of a currency is longer than the first


def whole_numbers(text: str, tokens: list[Token]) -> list[Token]:
    """The tokens, numbers that something unread adjoins marked 'torn': their meaning says why."""
    found: list[Token] = []
    nothing = Token(len(text), len(text), "stop")
    for n, token in enumerate(tokens):
        before = tokens[n - 1] if n else Token(0, 0, "stop")
        after = tokens[n + 1] if n + 1 < len(tokens) else nothing
        reason = ""
        if token.kind == "quantity":
            if piece := _before(text, token, before) or _after(text, token, after):
                reason = _reason(piece)
            elif listed := _listed(text, tokens, n):
                reason = f"listed with {listed}, which has no unit beside it"
        elif token.kind == "number" and (piece := _money_or_scale_after(text, token, after)):
            reason = _reason(piece)
        elif token.kind == "number" and token.text[-1].isascii() and token.text[-1].isalpha():
            reason = token.meaning  # 12 billion of what no unit names
        found.append(replace(token, kind="torn", meaning=reason, amount=None) if reason else token)
    return found


def _reason(piece: str) -> str:
    return f"beside it stands {piece!r}, which is not understood: it may be another number"


# --- before --------------------------------------------------------------------------------------


def _before(text: str, token: Token, before: Token) -> str:
    """What stands unread before a quantity, '' where nothing does."""
    gap = _space_before(text, token.start)
    at = token.start - len(gap)
    if at == 0:
        return ""
    if before.end == at and before.kind not in PUNCTUATION.values():
        return _read_before(token, before, gap)
    last = text[at - 1]
    if _is_numeral(last) or _counts(last):
        return last
    if last.isalpha() or (last == "." and gap):
        return _word_before(text[max(0, at - _REACH) : at], token, gap)
    joins = not gap and _joins_before(text[max(0, at - 2) : at])
    return _RUN_BEFORE.findall(text[max(0, at - _SHOWN) : at])[-1] if joins else ""


def _read_before(token: Token, before: Token, gap: str) -> str:
    """The token before a quantity where the number may begin in it: 12 in 12 345 million."""
    last = before.text[-1:]
    if before.kind in ("number", "quantity") and _is_numeral(last):
        lines = "\n" in gap and not last.isdecimal()  # 居全国第一⏎5亿元
        return "" if lines else before.text
    if before.kind in ("number", "quantity") and not gap and token.text[0] in _DASHES | {"+"}:
        return before.text  # 6%-5%, of which no range can be made
    if plain(before.text) == "between":
        return before.text  # the first of two ends, which are not read as a range
    day = before.kind == "period" and re.search(r"(?<!\d)\d{1,3}$", before.text)
    return before.text if day and gap and "\n" not in gap else ""


def _word_before(words: str, token: Token, gap: str) -> str:
    """The unread word that ends `words`, where it may belong to the quantity after it."""
    if match := _LATIN_WORD_BEFORE.search(words):
        word = match[0]
        if not gap:
            return word
        short = word.isupper() and len(word) <= 4 and not token.text[0].isdecimal()
        money = word.rstrip(".").lower() in _money() or word.lower() in _money()
        return word if "\n" not in gap and (short or money) else ""
    low = plain(words)
    return next(filter(low.endswith, _unspaced()), "") if low.endswith(_unspaced()) else ""


def _joins_before(marks: str) -> bool:
    """Whether the mark right before a quantity, after another character, parts no clauses."""
    first, mark = marks[:-1], marks[-1]
    if mark in _POINTS:
        return first.isdecimal()
    if mark in _DASHES and mark not in "—―":
        return not first or first.isspace() or not _is_cjk(first)  # –$5 million, 3.4–3.6 million
    return first.isdecimal() if mark in _DASHES else mark not in _PARTING


# --- after ---------------------------------------------------------------------------------------


def _after(text: str, token: Token, after: Token) -> str:
    """What stands unread after a quantity, '' where nothing does."""
    gap = _space_after(text, token.end)
    at = token.end + len(gap)
    unended = token.text[-1].isdecimal()  # no unit, no scale: $3.4, €1
    if at == len(text):
        return ""
    if at == after.start and after.kind not in PUNCTUATION.values():
        joins = after.kind in ("number", "quantity") and _is_numeral(after.text[0])
        return after.text if joins and (unended or (not gap and after.text[0].isdecimal())) else ""
    first = text[at]
    if _is_numeral(first) or _counts(first):
        return first
    if first.isalpha():
        unit = not gap and _is_cjk(token.text[-1])  # 3亿件T恤
        word = _money_or_scale(text[at : at + _REACH], scales=not unit)
        return word or (_word(text, at) if unended and "\n" not in gap else "")
    if match := _BRACKETED.match(text, token.end, token.end + _REACH):
        word = plain(match[1])
        return match[0].strip() if word in _money() | _beside("scale") else ""
    joins = not gap and _joins_after(text[at : at + 2], unended)
    return _RUN_AFTER.findall(text[at : at + _SHOWN])[0] if joins else ""


def _joins_after(marks: str, unended: bool) -> bool:
    """Whether the mark right after a quantity, before another character, parts no clauses."""
    mark, following = marks[0], marks[1:]
    if mark in _DASHES:
        money = unicodedata.category(following or " ") == "Sc"
        hyphen = mark in "-‐‑" and _LATIN_WORD.match(following) is not None
        return _is_numeral(following) or money or hyphen
    if mark in _POINTS:
        return unended and following.isdecimal()
    return following.isalnum() if mark in "/\\" else mark not in _PARTING


def _money_or_scale_after(text: str, token: Token, after: Token) -> str:
    """The currency or scale that follows a number and was not read: 3.4 crore dollars."""
    gap = _space_after(text, token.end)
    at = token.end + len(gap)
    if at >= after.start or not _is_numeral(token.text[-1]) or "\n" in gap:
        return ""
    return _money_or_scale(text[at : at + _REACH], scales=True) if text[at].isalpha() else ""


def _money_or_scale(words: str, scales: bool) -> str:
    """The currency or, where `scales`, the scale in letters that begins `words`."""
    if match := _LATIN_WORD.match(words):
        word = match[0].lower()
        return match[0] if word in _money() or (scales and word in _beside("scale")) else ""
    low = plain(words)
    return next(filter(low.startswith, _unspaced()), "") if low.startswith(_unspaced()) else ""


# --- all -----------------------------------------------------------------------------------------


def _listed(text: str, tokens: list[Token], n: int) -> str:
    """The bare number with which a quantity is listed: 14.9、14.2和6.7亿元."""
    at = n - 1
    while at > 0 and n - at <= 3 and tokens[at].kind in ("and", "break", "filler"):
        at -= 1
    other = tokens[at]
    bare = n and other.kind == "number" and re.fullmatch(r"[\d.,]*\d[万亿]?", other.text)
    between = text[other.end : tokens[n].start]
    return other.text if bare and _LISTED.fullmatch(plain(between)) else ""


def _space_before(text: str, end: int) -> str:
    start = end
    while start and _is_space(text[start - 1]):
        start -= 1
    return text[start:end]


def _space_after(text: str, start: int) -> str:
    end = start
    while end < len(text) and _is_space(text[end]):
        end += 1
    return text[start:end]


def _is_cjk(character: str) -> bool:
    return character.isalpha() and not _LATIN_WORD.match(character)


def _is_numeral(character: str) -> bool:
    """Whether it is a figure, or a numeral or scale of Chinese, Japanese or Korean."""
    return numeral(character) or (not character.isascii() and character in _beside("scale"))


def _counts(character: str) -> bool:
    """Whether it is a sign of a currency or of arithmetic."""
    return unicodedata.category(character) in ("Sc", "Sm") and character not in _PARTING


def _is_space(character: str) -> bool:
    """Whether it is a space of any width, none included."""
    return character.isspace() or unicodedata.category(character) == "Cf"


def _word(text: str, at: int) -> str:
    match = _LATIN_WORD.match(text, at)
    return match[0] if match else text[at]


@project.cached
def _money() -> frozenset[str]:
    """What names a currency, in lower case: those of the units, and some that are none."""
    spellings = {
        plain(spelling)
        for row in codes.rows("units")
        if row["dimension"] == "money"
        for spelling in (row["code"], row["name_en"], row["name_zh"], *row["aliases"].split(";"))
        if spelling
    }
    return frozenset(spellings) | _beside("currency")


@project.cached
def _unspaced() -> tuple[str, ...]:
    """The currencies and scales of scripts without spaces, the longest first."""
    words = (word for word in _money() | _beside("scale") if _is_cjk(word[0]))
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


@project.cached
def _beside(kind: str) -> frozenset[str]:
    rows = (row for row in vocabulary("beside") if row["kind"] == kind)
    return frozenset(word for row in rows for word in row["words"].split(";"))
