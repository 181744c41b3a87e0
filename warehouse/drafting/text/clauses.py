"""Clauses: which words stand in a stretch of tokens, and what the code lists say of them.

Belongs here: questions about tokens that need nothing of the text before. Does not belong here:
what a head leaves out (heads.py, carrying.py), finding tokens (tokens.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

from warehouse import project
from warehouse.drafting.text.figures import ALL
from warehouse.drafting.text.tokens import Token, plain, vocabulary
from warehouse.terms import codes, money
from warehouse.terms.codes import ancestors

QUALIFIERS = tuple(ALL)
NAMES = ("area", *QUALIFIERS, "measure")
NOUNS = ("flow", "deficit", "topic", "index", "other", "region")
CHANGES = ("up", "down", "rate")
BREAKS = ("break", "semicolon")
ENDS = ("stop", *BREAKS)
NUMBERS = ("quantity", "torn")
LEADS = re.compile(r"(?:[对自从向与和同往至到、]|\b(?:to|with|from))$")  # a partner follows
OVER = ("from", "over", "than", "against", "compared with", "compared to")  # a base follows
_NOT_TRADE = {
    "topic": "speaks of {}, not of trade in goods",
    "index": "speaks of {}, an index or a price",
    "other": "speaks of {}",
    "region": "speaks of {}, which codes/geographies.csv does not have",
}
UNTRADED = tuple(_NOT_TRADE)  # the nouns that speak of something else than trade
_ARTICLE = re.compile(r"\bthe$")
_NO_CONTENT = re.compile(r"[\W\d_]+")


@dataclass(slots=True)
class Head:
    """What stands before a number: all words, the clause that says most of it, and its noun."""

    words: list[Token]
    clause: list[Token]
    noun: Token | None


# --- which words stand there ---------------------------------------------------------------------


def first_of(tokens: Iterable[Token], *kinds: str) -> Token | None:
    """The first token of one of these kinds."""
    return next((token for token in tokens if token.kind in kinds), None)


def last_of(tokens: Sequence[Token], *kinds: str) -> Token | None:
    """The last token of one of these kinds."""
    return next((token for token in reversed(tokens) if token.kind in kinds), None)


def holds(tokens: Iterable[Token], *kinds: str) -> bool:
    """Whether a token of one of these kinds stands there."""
    return any(token.kind in kinds for token in tokens)


def has_noun(tokens: Iterable[Token]) -> bool:
    """Whether a flow stands there, or what is spoken of instead of trade."""
    return holds(tokens, *NOUNS)


def names_in(tokens: Iterable[Token]) -> list[Token]:
    """The names of dimensions that stand there."""
    return [token for token in tokens if token.kind in NAMES]


def no_trade(noun: Token | None) -> str:
    """Why what a noun speaks of is no trade; '' of a flow, or without a noun."""
    if noun is None or noun.kind not in _NOT_TRADE:
        return ""
    return _NOT_TRADE[noun.kind].format(noun.text)


def is_first_of_two(head: list[Token], following: list[Token], dated: bool = False) -> bool:
    """Whether the number between these tokens is the first of 从x增长到y or 由增长x转为下降y.

    A value with a period of its own (从2002年的x) is not, unless `dated` allows for one.
    """
    passed = ("filler", "average", "yoy", *CHANGES, *(("period",) if dated else ()))
    before = next((token for token in reversed(head) if token.kind not in passed), None)
    if before is None or before.kind != "from":
        return False
    clause = takewhile(lambda token: token.kind not in ENDS, following)
    return holds(clause, "level", *CHANGES)


# --- parts of a head -----------------------------------------------------------------------------


def clause_of(head: list[Token]) -> list[Token]:
    """The head from its last clause that holds a noun or a name other than an area, no breaks."""
    start = len(head)
    for n in range(len(head) - 1, -1, -1):
        if head[n].kind in BREAKS:
            behind = head[n + 1 :]
            complete = has_noun(behind) or any(name.kind != "area" for name in names_in(behind))
            if complete and not _parts_names(head, n):
                break
        start = n
    return [token for token in head[start:] if token.kind not in BREAKS]


def _parts_names(head: list[Token], at: int) -> bool:
    """Whether a comma stands between two of a row of names: with the EU, the US, and Japan."""
    between = ("filler", "break", "and")
    before = next((token for token in reversed(head[:at]) if token.kind not in between), None)
    after = next((token for token in head[at:] if token.kind not in between), None)
    if before is None or after is None or not before.text.isascii():
        return False
    return before.kind == after.kind and before.kind in QUALIFIERS


def last_clause(head: list[Token]) -> list[Token]:
    """What follows the last break."""
    at = len(head)
    while at and head[at - 1].kind not in BREAKS:
        at -= 1
    return head[at:]


def without_comparand(head: list[Token]) -> list[Token]:
    """Leave out what stands between a word of comparison and the word of change."""
    kept: list[Token] = []
    comparing = False
    for token in head:
        if token.kind == "compare":
            comparing = True
        elif token.kind in (*CHANGES, *ENDS):
            comparing = False
        if not comparing or token.kind == "compare":
            kept.append(token)
    return kept


def one_code(dimension: str, names: Sequence[Token]) -> tuple[str, str]:
    """(code, '') of names that lie within each other; ('', the names) where they do not."""
    meanings = list(dict.fromkeys(name.meaning for name in names))
    list_name = f"{dimension}s"
    for code in reversed(meanings):
        around = ancestors(list_name, code)
        if all(other == code or other in around for other in meanings):
            return code, ""
    if dimension == "product" and meanings:  # 服装等劳动密集型产品: the last is meant
        last = meanings[-1]
        if all(other == last or last in ancestors(list_name, other) for other in meanings):
            return last, ""
    return "", ", ".join(name.text for name in names)


def coordinated(tokens: list[Token], count: int) -> tuple[str, list[Token]]:
    """The dimension of which `count` names stand in a row (A、B和C), and those names."""
    for token in tokens:
        if token.kind == "flow-pair" and count == 2:
            both = (replace(token, kind="flow", meaning=flow) for flow in token.meaning.split())
            return "flow", list(both)
    for dimension in ("flow", *NAMES, "period"):
        places = [n for n, token in enumerate(tokens) if token.kind == dimension]
        names = [tokens[n] for n in places]
        between = [tokens[a + 1 : b] for a, b in pairwise(places)]
        in_a_row = all(token.kind in ("and", "filler", "break") for gap in between for token in gap)
        different = {name.period if dimension == "period" else name.meaning for name in names}
        if in_a_row and all(between) and len(names) == len(different) == count:
            return dimension, names
    return "", []


# --- the text of tokens --------------------------------------------------------------------------


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


# --- what tables say of words --------------------------------------------------------------------


@project.cached
def cues() -> tuple[tuple[str, tuple[str, ...], str, str], ...]:
    """(unit, words that must all stand near, measure, flow) of vocabulary/measures.csv."""
    return tuple(
        (row["unit"], tuple(filter(None, row["cues"].split(";"))), row["measure"], row["flow"])
        for row in vocabulary("measures")
    )


@project.cached
def _cue_words() -> frozenset[str]:
    return frozenset(word for _, words, _, _ in cues() for word in words)


def dimension_of_measure(code: str) -> str:
    """money, mass, count, …"""
    return codes.by_code("measures")[code]["dimension"]


def unit_of_measure(code: str) -> str:
    """The unit that a measure has where none is printed."""
    return money.default_unit(code)
