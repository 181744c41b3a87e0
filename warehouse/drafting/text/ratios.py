"""Ratios: which figure a percentage or a multiple belongs to, and as what.

A ratio after a word of change, share or contribution belongs to the figure just made, unless a
new head stands between.

Belongs here: telling ratios apart, and whose growth a growth is. Does not belong here: how a
growth is printed (growth.py), shares and points (shares.py), rows of ratios (listed.py).
"""

from __future__ import annotations

from warehouse.drafting.text.clauses import (
    CHANGES,
    NOUNS,
    Head,
    clause_of,
    first_of,
    has_noun,
    holds,
    last_clause,
    last_of,
    names_in,
    no_trade,
    without_comparand,
)
from warehouse.drafting.text.dating import period_of
from warehouse.drafting.text.figures import Drafted
from warehouse.drafting.text.growth import attach_growth
from warehouse.drafting.text.heads import figure_of
from warehouse.drafting.text.listed import take_first_listed, take_next_listed
from warehouse.drafting.text.shares import take_share
from warehouse.drafting.text.state import Reading
from warehouse.drafting.text.tokens import Token
from warehouse.drafting.text.unread import doubt_unread, doubt_unread_before


def take_ratio(reading: Reading, token: Token, head: list[Token]) -> None:
    """Give a ratio to a figure, or skip it."""
    clause = last_clause(head)
    share = next((n for n, other in enumerate(head) if other.kind == "share"), None)
    if share is not None:
        return take_share(reading, token, head, share)
    if reading.sentence.listing.kind and not has_noun(head):
        return take_next_listed(reading, token, head)
    if holds(head, "each"):
        return take_first_listed(reading, token, head)
    word = _word_of_change(reading, clause)
    if word is None and not holds(head, "yoy") and not _is_change(token):
        reason = "a percentage or multiple that no word of change or share precedes"
        return reading.skip(token, reason)
    if average := last_of(clause, "average"):
        return reading.skip(token, average.meaning)
    if holds(clause, "contribution"):
        reason = "a contribution in percent of the growth, not in points"
        return reading.skip(token, reason)
    return _take_growth(reading, token, without_comparand(head), word)


def _is_change(token: Token) -> bool:
    """Whether a number is a word of change itself: 翻番 and doubled say that it grew."""
    return token.text[:1] == "翻" or (token.text[:1].isascii() and token.text.isalpha())


def _word_of_change(reading: Reading, clause: list[Token]) -> Token | None:
    """The word that says which way: before the number, in English after it too."""
    # 增幅回落到5%: it still grew.
    if word := first_of(clause, "rate") or last_of(clause, *CHANGES):
        return word
    # a 5 percent increase, a 5 percent year-on-year increase
    after = [token for token in reading.following(2) if token.text.isascii()]
    after = after[1:] if after and after[0].kind == "yoy" else after
    return after[0] if after and after[0].kind in CHANGES else None


def _take_growth(reading: Reading, token: Token, words: list[Token], word: Token | None) -> None:
    """Give a growth to the figure of its own head, or to the figure just made."""
    sentence, last = reading.sentence, last_clause(words)
    own = has_noun(last) or names_in(last)
    # English puts asides between subject and verb: trade with ASEAN, the largest, grew 3%.
    alone = not sentence.current or _is_english_before(reading.text, token.start)
    clause = clause_of(words) if own or alone else last
    head = Head(words, clause, last_of(clause, *NOUNS))
    if reason := no_trade(head.noun):
        reading.skip_with_what_follows(token, reason)
    elif head.noun or names_in(clause) or _is_of_sentence_before(reading):
        _grow_head(reading, token, head, word)
    elif sentence.aside or not sentence.current:
        reading.skip(token, sentence.aside or "no figure before it that grew")
    else:
        _grow_current(reading, token, word)


def _is_english_before(text: str, at: int) -> bool:
    """Whether a Latin word stands before a place in a text."""
    before = text[max(0, at - 3) : at].rstrip()[-1:]
    return before.isascii() and before.isalpha()


def _is_of_sentence_before(reading: Reading) -> bool:
    """Whether a growth without a head speaks of the sentence before: 其中四季度增长4.5%."""
    sentence = reading.sentence
    return sentence.of_which and not sentence.current and not sentence.aside


def _grow_head(reading: Reading, token: Token, head: Head, word: Token | None) -> None:
    """Make a figure of a head that prints but a growth."""
    measure = first_of(head.clause, "measure")
    volume = head.noun.text if head.noun is not None and head.noun.text.endswith("量") else ""
    code = "weight" if volume else measure.meaning if measure else "value"
    figure = figure_of(reading, head, code)
    if isinstance(figure, str):
        reading.skip_with_what_follows(token, figure)
        return
    if volume:
        figure.doubt(f"{volume} is read as weight")
    if attach_growth(reading, figure, token, word):
        doubt_unread(reading, figure, head.clause, token.start)
        reading.add(figure)


def _grow_current(reading: Reading, token: Token, word: Token | None) -> None:
    """Let the figure just made print a growth; all of a row, where 均 says so."""
    sentence = reading.sentence
    alike = any(token.meaning == "each alike" for token in last_clause(sentence.head))
    waiting = [figure for figure in sentence.current if "growth" not in figure.printed]
    if not alike or len(waiting) < 2:
        waiting = sentence.current[-1:]
    for figure in waiting:
        figure = _at_its_own_time(reading, figure)
        if attach_growth(reading, figure, token, word):
            doubt_unread_before(reading, figure, token)
            if figure not in sentence.figures:
                reading.add(figure)


def _at_its_own_time(reading: Reading, figure: Drafted) -> Drafted:
    """The figure, or another of what it speaks of where the clause says another period."""
    clause = last_clause(reading.sentence.head)
    if not any(token.period and token.period.kind == "period" for token in clause):
        return figure
    period, stated, doubt = period_of(reading, clause, passing=False)
    if not stated or period == figure.period:
        return figure
    other = figure.like(figure.unit)
    other.period, other.period_doubt, other.total = period, doubt, None
    return other
