"""Listed numbers: A、B分别为x、y and A、B分别增长x%、y%, as many heads as numbers, in one order.

Belongs here: which numbers and names stand in a row, and which is whose. Does not belong here:
listed shares, which follow the figures that they are of (shares.py).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile

from warehouse.drafting.text.clauses import (
    CHANGES,
    NOUNS,
    Head,
    clause_of,
    coordinated,
    has_noun,
    holds,
    last_of,
    names_in,
    no_trade,
    without_comparand,
)
from warehouse.drafting.text.figures import Drafted
from warehouse.drafting.text.growth import attach_growth
from warehouse.drafting.text.heads import figure_of
from warehouse.drafting.text.state import Listing, Reading
from warehouse.drafting.text.tokens import Token
from warehouse.drafting.text.unread import doubt_unread

_LONGEST = 40  # tokens of a row of numbers


# --- values --------------------------------------------------------------------------------------


def head_of_listed(reading: Reading, token: Token, clause: list[Token]) -> list[Token] | None:
    """The head of a value in a row of values, of which it may be the first; None elsewhere."""
    sentence = reading.sentence
    kind, waiting, shared = sentence.listing
    if kind == "values" and waiting and not has_noun(clause) and not names_in(clause):
        name, *others = waiting
        sentence.listing = Listing("values", others, shared) if others else Listing()
        return [*shared, name]
    each = holds(clause, "each")
    if not each and not token.text.isascii():
        return None
    numbers = _numbers_from(reading, token)
    if not each and not holds(_after(reading, numbers[-1]), "each"):
        return None
    dimension, names = coordinated(clause, len(numbers))
    if not names:
        dimension, names = coordinated(sentence.head, len(numbers))
    if not names:
        return None
    shared = [other for other in clause if other not in names]
    first, *others = (replace(name, kind=dimension) for name in names)
    sentence.listing = Listing("values", others, shared)
    return [*shared, first]


def _numbers_from(reading: Reading, token: Token) -> list[Token]:
    """This number and those listed with it: x、y和z."""
    numbers = [token]
    for other in reading.following(_LONGEST):
        if other.kind == "quantity" and other.amount is not None and token.amount is not None:
            if other.amount.dimension != token.amount.dimension:
                break
            numbers.append(other)
        elif other.kind not in ("and", "break", "filler", "up", "down", "level", "yoy"):
            break
    return numbers


def _after(reading: Reading, last: Token) -> list[Token]:
    """The words after the last number of a row: English says respectively there."""
    following = (token for token in reading.following(_LONGEST) if token.start >= last.end)
    return list(takewhile(lambda token: token.kind != "stop", following))[:2]


# --- ratios --------------------------------------------------------------------------------------


def take_first_listed(reading: Reading, token: Token, head: list[Token]) -> None:
    """Make a figure of each name before 分别, and give the first of its ratios to the first."""
    sentence = reading.sentence
    count = len(_numbers_from(reading, token))
    at = next(n for n, word in enumerate(head) if word.kind == "each")
    before = without_comparand(head[:at])
    dimension, names = coordinated(before, count)
    if names:
        figures = _figures_of(reading, before, dimension, names, head[at].start)
        if isinstance(figures, str):
            reading.skip_with_what_follows(token, figures)
            return
    else:
        figures = sentence.figures[-count:]
        if has_noun(before) or names_in(before) or len(figures) != count:
            reading.skip(token, f"one of {count} figures whose heads were not told apart")
            return
    sentence.listing = Listing("figures")
    sentence.current = figures
    take_next_listed(reading, token, head)


def _figures_of(
    reading: Reading, before: list[Token], dimension: str, names: list[Token], end: int
) -> list[Drafted] | str:
    """A figure of each name in a row, or why one of them is none."""
    shared = [token for token in before if token not in names]
    figures: list[Drafted] = []
    for name in names:
        own = replace(name, kind=dimension)
        clause = [*clause_of(shared), own]
        noun = last_of(clause, *NOUNS)
        if reason := no_trade(noun):
            return reason
        measure = last_of(clause, "measure")
        head = Head([*shared, own], clause, noun)
        figure = figure_of(reading, head, measure.meaning if measure else "value")
        if isinstance(figure, str):
            return figure
        doubt_unread(reading, figure, clause_of(before), end, names)
        figures.append(figure)
    return figures


def take_next_listed(reading: Reading, token: Token, head: list[Token]) -> None:
    """Give a growth to the first figure of the row that has none."""
    sentence = reading.sentence
    word = last_of(head, *CHANGES)
    if word is not None:
        sentence.listing = Listing("figures", [word])
    elif sentence.listing.tokens:
        word = sentence.listing.tokens[0]
    figure = next((figure for figure in sentence.current if "growth" not in figure.printed), None)
    if figure is None or word is None:
        sentence.listing = Listing()
        reading.skip(token, "more numbers than figures to give them to")
        return
    if attach_growth(reading, figure, token, word) and figure not in reading.recent():
        reading.add(figure, listed=True)
    if all("growth" in figure.printed for figure in sentence.current):
        sentence.listing = Listing()
