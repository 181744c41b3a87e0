"""Dating: which period the words near a number say it is of.

Belongs here: expressions of time in a sentence, whether they date figures or are compared with,
and the period that a text carries on. Does not belong here: which days an expression means
(period_words.py), the names of growth over a period (growth.py).
"""

from __future__ import annotations

from typing import NamedTuple

from warehouse.drafting.text.clauses import OVER, has_noun, holds, last_clause
from warehouse.drafting.text.period_words import Expression
from warehouse.drafting.text.state import LastPeriod, Reading
from warehouse.drafting.text.tokens import Token, numeral, plain
from warehouse.terms.period import Period, parse


class Dated(NamedTuple):
    """The period of a figure, whether its own head states it, and why it is unsure."""

    period: Period
    stated: bool
    doubt: str


def take_period(reading: Reading, token: Token) -> None:
    """Read an expression of time: it joins the head, is compared with, or dates what is before."""
    expression, sentence = token.period, reading.sentence
    assert expression is not None
    if numeral(token.text):
        reading.skip(token, "a date or period")
    against = expression.against or holds(last_clause(sentence.head), "compare")
    context = reading.period.period if reading.period else None
    if against and expression.year == "prior":
        sentence.push(Token(token.start, token.end, "yoy", "year-on-year", token.text))
    elif against and expression.months == "last":
        sentence.push(Token(token.start, token.end, "yoy", "period-on-period", token.text))
    elif against:
        period, _ = reading.published.resolve(expression, context)
        sentence.against += [period] if period else []
        sentence.push(Token(token.start, token.end, "against", "", token.text))
    elif token.text.isascii() and sentence.current and not has_noun(sentence.head):
        over = sentence.head[-1:] and plain(sentence.head[-1].text) in OVER
        if not over and not sentence.from_earlier and expression.kind not in ("open", "day"):
            _date_backwards(reading, expression, context)
    else:
        sentence.push(token)


def _date_backwards(reading: Reading, expression: Expression, context: Period | None) -> None:
    """English dates a figure after it: exports totaled … in the first half of 2020."""
    period, doubt = reading.published.resolve(expression, context)
    if period is None:
        return
    reading.period = LastPeriod(period, doubt, reading.paragraph)
    for figure in reading.sentence.figures:
        if not figure.period_stated:
            figure.period, figure.period_stated = period, True
            figure.period_doubt = doubt


def period_of(reading: Reading, head: list[Token], passing: bool) -> Dated:
    """The period of a number with this head; the text carries on the one that the head states.

    `passing` is of what happens as the report is written: without a period of its own it is
    of the day of publication, not of the period that figures of trade carry on.
    """
    last = reading.period
    context = last.period if last and last.paragraph == reading.paragraph else None
    tokens = [token for token in head if token.kind in ("period", "now")]
    days = [token for token in tokens if _is_day(token)]
    others = [token for token in tokens if not _is_day(token)]
    for token in (*reversed(others), *reversed(days)):
        if dated := _stated(reading, token, head, context, passing):
            return dated
    if last is None or passing:
        doubt = "no period is said: read as that of publication"
        return Dated(reading.published.period, False, doubt)
    if last.paragraph != reading.paragraph:
        doubt = f"the period {last.period.text} is carried on from another paragraph"
        return Dated(last.period, False, doubt)
    return Dated(last.period, False, last.doubt)


def _stated(
    reading: Reading, token: Token, head: list[Token], context: Period | None, passing: bool
) -> Dated | None:
    """The period that one expression of a head states; None where it makes none."""
    published, expression = reading.published, token.period
    if expression is None:  # a word such as 目前
        if passing:
            return Dated(published.period, True, "")
        return Dated(published.until_now(), True, f"{token.text} is read as up to then")
    period, doubt = published.resolve(expression, context)
    if period is None:
        return None
    if expression.kind == "same" and expression.year:  # 去年同期为逆差 is said in passing
        return Dated(period, True, doubt)
    if _is_day(token):
        if holds(head, "from"):
            until = parse(f"../{period.text}")
            return Dated(until, True, f"{token.text} is read as up to then")
        stated = not token.text.isascii()  # English may yet state the period, after the number
        return Dated(period, stated, f"the day {token.text} may be that of another event")
    reading.period = LastPeriod(period, doubt, reading.paragraph)
    return Dated(period, True, doubt)


def _is_day(token: Token) -> bool:
    return token.period is not None and token.period.kind == "day"
