"""Growth: a ratio and its word of change → the growth that a figure prints, and over what.

Belongs here: the sign and the base of a growth. Does not belong here: whose growth it is
(ratios.py, listed.py).
"""

from __future__ import annotations

from dataclasses import replace

from warehouse.drafting.text.clauses import CHANGES, ENDS, NUMBERS, OVER, holds, last_clause
from warehouse.drafting.text.figures import Drafted, Evidence
from warehouse.drafting.text.state import Reading
from warehouse.drafting.text.tokens import Token, plain
from warehouse.drafting.text.unread import unread_before
from warehouse.records.contract import MAX_RATIO
from warehouse.terms.period import Period
from warehouse.terms.quantity import QuantityError, parse_growth
from warehouse.terms.quantity_words import SIGNS


def attach_growth(reading: Reading, figure: Drafted, token: Token, word: Token | None) -> bool:
    """Let a figure print a growth, `word` saying which way; False where it cannot."""
    basis, stated = _basis(reading, figure)
    if "value" not in figure.printed:
        reading.sentence.growth_basis = basis
    if basis is None:
        reading.skip(token, "growth over something else than a year or a period before")
        return False
    if "growth" in figure.printed:
        if unread := unread_before(reading, token):
            words = ", ".join(unread)
            reading.skip(token, f"a growth of {words}, which is not understood")
            return False
        if basis == figure.growth_basis:
            reading.skip(token, "a second growth of one figure")
            return False
        figure = figure.like(figure.unit)  # 同比增长5%，环比下降3%
        reading.figures.append(figure)
    if not stated:
        figure.doubt("what it grew over is that of the growth before it")
    multiple = "%" not in plain(token.text) and "cent" not in token.text.lower()
    text = f"{_sign(word, multiple)}{token.text}"
    try:
        growth = parse_growth(text)
    except QuantityError as error:
        reading.skip(token, f"no growth: {error}")
        return False
    if abs(growth.value) >= MAX_RATIO:
        reading.skip(token, "larger than any growth")
        return False
    start = min(word.start, token.start) if word is not None else token.start
    end = max(word.end, token.end) if word is not None else token.end
    figure.printed["growth"] = Evidence(text, start, end)
    figure.growth_basis = basis
    if word is None and not multiple:
        figure.doubt("no word says whether it grew or shrank")
    for remark in reading.sentence.head:
        if remark.kind == "currency":
            figure.note(remark.text)
    return True


def _sign(word: Token | None, multiple: bool) -> str:
    """The word of change as it must stand before the number: none where it only says growth.

    A rate (降幅) says which way, but is no sign itself.
    """
    if word is None:
        return ""
    text = "" if word.kind == "rate" else word.text
    known = not text.isascii() and any(text in words.split(";") for words in SIGNS.values())
    if word.meaning == "-":
        return text if known else "-"
    if not multiple:
        return ""
    return text if known else "+" * bool(text)


# --- what it grew over ---------------------------------------------------------------------------


def _basis(reading: Reading, figure: Drafted) -> tuple[str | None, bool]:
    """(what the growth is over, None where records cannot say so; whether the words say it)."""
    sentence, period = reading.sentence, figure.period
    if period.start is not None and (period.end - period.start).days > 366:
        return None, True
    for token in (*_compared_after(reading), *sentence.head):
        if token.kind == "yoy":
            return token.meaning, True
        if token.period is not None and token.kind == "compared":
            against, _ = reading.published.resolve(token.period, period)
            return _over(period, against), True
    if sentence.against:
        return _over(period, sentence.against[0]), True
    if holds(last_clause(sentence.head), "compare"):
        return None, True
    if "value" not in figure.printed and sentence.growth_basis != "year-on-year":
        return sentence.growth_basis, False  # 与2019年相比，出口增长x%，进口增长y%
    return "year-on-year", True


def _compared_after(reading: Reading) -> list[Token]:
    """English says after the number what it grew over: up 3% month on month, from May."""
    passed: list[Token] = []
    for token in reading.following(4):
        joins = token.text.lower() in ("and", "but", "while")
        if joins or not token.text.isascii() or token.kind in (*ENDS, *NUMBERS):
            break
        if token.kind == "yoy":
            return [token]
        if token.kind == "period" and passed and plain(passed[-1].text) in OVER:
            return [replace(token, kind="compared")]
        if token.kind not in ("from", "compare", "filler", *CHANGES):
            break
        passed.append(token)
    return []


def _over(period: Period, against: Period | None) -> str | None:
    """What growth of one period over another is called, or None where records have no name."""
    if against is None or against.start is None or period.start is None:
        return None
    years = period.start.year - against.start.year
    same_month = against.end.month == period.end.month
    if years == 1 and (same_month or against.span == "year"):
        return "year-on-year"
    if (period.start - against.end).days == 1:
        return "period-on-period"
    return None
