"""Clauses: which words stand in a stretch of tokens, and what the code lists say of them.

Belongs here: questions about tokens that need nothing of the text before. Does not belong here:
what a head carries on (heads.py), finding tokens (tokens.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

from warehouse.drafting.text.figures import ALL, Drafted, ancestors
from warehouse.drafting.text.tokens import Token, plain, vocabulary
from warehouse.terms import codes

QUALIFIERS = tuple(ALL)
NAMES = ("area", *QUALIFIERS, "measure")
NOUNS = ("flow", "deficit", "topic", "index", "other", "region")
CHANGES = ("up", "down", "rate")
ENDS = ("stop", "break", "semicolon")
LEADS = re.compile(r"(?:[对自从向与和同往至到、]|\b(?:to|with|from))$")  # a partner follows
_ARTICLE = re.compile(r"\bthe$")
_NO_CONTENT = re.compile(r"[\W\d_]+")


def clause_of(head: list[Token]) -> list[Token]:
    """The head from its last clause that holds a noun or a name other than an area, no breaks."""
    start = len(head)
    for n in range(len(head) - 1, -1, -1):
        if head[n].kind in ("break", "semicolon"):
            held = head[n + 1 :]
            said = has_noun(held) or any(one.kind != "area" for one in names_in(held))
            if said and not _lists_names(head, n):
                break
        start = n
    return [one for one in head[start:] if one.kind not in ("break", "semicolon")]


def _lists_names(head: list[Token], at: int) -> bool:
    """Whether a comma stands between two of a row of names: with the EU, the US, and Japan."""
    between = ("filler", "break", "and")
    before = next((one for one in reversed(head[:at]) if one.kind not in between), None)
    after = next((one for one in head[at:] if one.kind not in between), None)
    if before is None or after is None or not before.text.isascii():
        return False
    return before.kind == after.kind and before.kind in QUALIFIERS


def last_clause(head: list[Token]) -> list[Token]:
    """What follows the last break."""
    at = len(head)
    while at and head[at - 1].kind not in ("break", "semicolon"):
        at -= 1
    return head[at:]


def has_noun(tokens: Iterable[Token]) -> bool:
    """Whether a flow stands there, or what is spoken of instead of trade."""
    return any(one.kind in NOUNS for one in tokens)


def names_in(tokens: Iterable[Token]) -> list[Token]:
    """The names of dimensions that stand there."""
    return [one for one in tokens if one.kind in NAMES]


def in_clause(head: list[Token], kinds: Sequence[str]) -> bool:
    """Whether such a word stands in the last clause."""
    return any(one.kind in kinds for one in last_clause(head))


def one_code(dimension: str, found: Sequence[Token]) -> tuple[str, str]:
    """(code, '') of names that lie within each other; ('', the names) where they do not."""
    meanings = list(dict.fromkeys(one.meaning for one in found))
    list_name = f"{dimension}s"
    for code in reversed(meanings):
        around = ancestors(list_name, code)
        if all(other == code or other in around for other in meanings):
            return code, ""
    if dimension == "product" and meanings:  # 服装等劳动密集型产品: the last is meant
        last = meanings[-1]
        if all(other == last or last in ancestors(list_name, other) for other in meanings):
            return last, ""
    return "", ", ".join(one.text for one in found)


def coordinated(tokens: list[Token], count: int) -> tuple[str, list[Token]]:
    """The dimension of which `count` names stand in a row (A、B和C), and those names."""
    for one in tokens:
        if one.kind == "flow-pair" and count == 2:
            pair = one.meaning.split()
            return "flow", [Token(one.start, one.end, "flow", code, one.text) for code in pair]
    for dimension in ("flow", *NAMES, "period"):
        places = [n for n, one in enumerate(tokens) if one.kind == dimension]
        found = [tokens[n] for n in places]
        between = [tokens[a + 1 : b] for a, b in pairwise(places)]
        in_a_row = all(one.kind in ("and", "filler", "break") for gap in between for one in gap)
        different = {x.period if dimension == "period" else x.meaning for x in found}
        if in_a_row and all(between) and len(found) == len(different) == count:
            return dimension, found
    return "", []


def content(text: str) -> list[str]:
    """What of a stretch without tokens carries meaning: its words, marks and digits left out."""
    return [
        piece
        for piece in _NO_CONTENT.split(text)
        if piece and not any(piece in cue or cue in piece for cue in _cue_words())
    ]


def before_name(text: str, name: Token) -> str:
    """What stands before a name in half width and lower case, its article left out."""
    before = plain(text[max(0, name.start - 14) : name.start]).rstrip(' “"')
    return _ARTICLE.sub("", before).rstrip()


def marked(text: str, at: int) -> bool:
    """Whether a mark or the end stands there, not a word."""
    return not text[at : at + 1].isalpha()


def note(figure: Drafted, text: str) -> None:
    """Add a remark to a figure, once."""
    if text not in figure.notes:
        figure.notes.append(text)


@cache
def cues() -> tuple[tuple[str, tuple[str, ...], str, str], ...]:
    """(unit, words that must all stand near, measure, flow) of vocabulary/measures.csv."""
    return tuple(
        (row["unit"], tuple(filter(None, row["cues"].split(";"))), row["measure"], row["flow"])
        for row in vocabulary("measures")
    )


@cache
def _cue_words() -> frozenset[str]:
    return frozenset(word for _, words, _, _ in cues() for word in words)


@cache
def dimension_of_measure(code: str) -> str:
    """money, mass, count, …"""
    return next(row["dimension"] for row in codes.rows("measures") if row["code"] == code)


@cache
def unit_of_measure(code: str) -> str:
    return next(row["default_unit"] for row in codes.rows("measures") if row["code"] == code)


@cache
def kind_of(list_name: str, code: str) -> str:
    """The kind that a code list gives a code: country, enterprise, …"""
    return next((row["kind"] for row in codes.rows(list_name) if row["code"] == code), "")
