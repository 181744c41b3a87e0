"""Unread words: what stands near a number and was not understood, for a figure to be doubted by.

Belongs here: which stretches of the text between tokens concern a figure. Does not belong here:
which words carry no meaning (clauses.py), numbers that were torn from what stands beside them
(adjoining.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from warehouse.drafting.text.clauses import ENDS, content
from warehouse.drafting.text.figures import Drafted
from warehouse.drafting.text.state import Reading
from warehouse.drafting.text.tokens import Token


def doubt_unread(
    reading: Reading,
    figure: Drafted,
    clause: Sequence[Token],
    end: int,
    also: Sequence[Token] = (),
) -> None:
    """Mark what stands in the figure's own clause and was not understood."""
    if clause:
        start = _clause_start(reading, clause[0].start)
        for words in _between(reading, start, end, (*clause, *also)):
            figure.doubt(f"not understood: {words}")


def doubt_unread_before(reading: Reading, figure: Drafted, token: Token) -> None:
    """Mark what was not understood before a number that says more of a figure."""
    for words in unread_before(reading, token):
        figure.doubt(f"not understood: {words}")


def unread_before(reading: Reading, token: Token) -> list[str]:
    """What was not understood between the last mark and a number."""
    return _between(reading, _clause_start(reading, token.start), token.start)


def unread_after(reading: Reading, name: Token) -> list[str]:
    """What was not understood between a name and the end of its clause."""
    head = reading.sentence.head
    following = [token.start for token in head if token.start >= name.end]
    ends = (token.start for token in head if token.kind in ENDS)
    end = next((at for at in ends if at >= name.end), max(following, default=name.end))
    return _between(reading, name.end, end)


def unread_names(reading: Reading, clause: list[Token]) -> list[str]:
    """Words in capitals between the last number and a clause: perhaps they say who reports."""
    start = reading.sentence.head_start
    end = clause[0].start if clause else start
    beginning = reading.text[start:end].lstrip()
    backwards = (reading.tokens[n] for n in range(reading.position - 1, -1, -1))
    since = list(takewhile(lambda token: token.start >= start, backwards))
    return [
        words
        for words in _between(reading, start, end, since)
        if "A" <= words[0] <= "Z" and not re.match(rf"{words}(?!['’:])", beginning)
    ]


def _between(reading: Reading, start: int, end: int, also: Sequence[Token] = ()) -> list[str]:
    """What was not understood between two places since the last number."""
    found: list[str] = []
    at = start
    for token in sorted({*reading.sentence.head, *also}, key=lambda token: token.start):
        if at <= token.start <= end:
            found += content(reading.text[at : token.start])
        at = max(at, token.end)
    return found + content(reading.text[at:end])


def _clause_start(reading: Reading, at: int) -> int:
    """Where the last mark before a place ends, or the last number."""
    sentence = reading.sentence
    marks = [token.end for token in sentence.head if token.kind in ENDS and token.end <= at]
    return max([sentence.head_start, *marks])
