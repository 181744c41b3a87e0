"""Values: a quantity with a unit → the figure whose level it is.

Belongs here: which measure a value is of, whether it is a level of trade at all, and values that
say more of the figure before them. Does not belong here: rows of values (listed.py), what their
head says (heads.py).
"""

from __future__ import annotations

from typing import NamedTuple

from warehouse.drafting.text.clauses import (
    NOUNS,
    Head,
    clause_of,
    cues,
    dimension_of_measure,
    holds,
    is_first_of_two,
    last_clause,
    last_of,
    names_in,
    no_trade,
)
from warehouse.drafting.text.figures import Drafted, Evidence
from warehouse.drafting.text.heads import figure_of
from warehouse.drafting.text.listed import head_of_listed
from warehouse.drafting.text.state import Reading
from warehouse.drafting.text.tokens import LENGTH_OF_TIME, Token, plain, read_quantity
from warehouse.drafting.text.unread import doubt_unread, doubt_unread_before
from warehouse.terms import codes, money
from warehouse.terms.quantity import Quantity

_NEAR = 60  # characters before a number that may say its measure
_NEAR_AFTER = 40


class Measure(NamedTuple):
    """What a value measures, the flow that its words give away, and whether it is a guess."""

    code: str
    flow: str = ""
    guessed: bool = False


def take_value(reading: Reading, token: Token, head: list[Token]) -> bool:
    """Draft the figure of a value, or skip it; True where its head is kept for the next number."""
    if token.text.endswith("个") and reading.text[token.end : token.end + 1].isalpha():
        reading.skip(token, "counts what no code list has")
        return True
    reading.sentence.from_earlier = holds(last_clause(head), "from")
    if reason := _no_level(reading, head):
        reading.skip(token, reason)
        return True
    amount = _amount(token)
    clause = clause_of(head)
    measure = _measure(reading, token, clause)
    listed = head_of_listed(reading, token, clause)
    clause = listed or clause
    noun = last_of(clause, *NOUNS)
    if noun is None and (noun := _noun_after(reading)):
        clause = [*clause, noun]
    if amount.dimension == "duration" and measure is None:
        reading.skip(token, LENGTH_OF_TIME)
        return True
    if measure is None:
        reason = f"counts {amount.unit}, of which no measure speaks here"
        reading.skip_with_what_follows(token, reason)
        return False
    if reason := _no_trade_value(reading, clause, noun, measure, listed is not None):
        reading.skip_with_what_follows(token, reason)
        return False
    headless = noun is None and not names_in(clause) and listed is None and not measure.guessed
    if headless and _continues(reading, token, head, measure):
        return False
    words = listed if listed and holds(listed, "period") else head
    _draft_value(reading, token, Head(words, clause, noun), measure, listed is not None)
    return False


def _draft_value(
    reading: Reading, token: Token, head: Head, measure: Measure, listed: bool
) -> None:
    """Make a figure of a head and let it print a value."""
    amount = _amount(token)
    figure = figure_of(reading, head, measure.code, measure.flow, amount.unit)
    if isinstance(figure, str):
        reading.skip_with_what_follows(token, figure)
        return
    figure.print_value(token.text, token.start, token.end)
    if measure.guessed:
        figure.doubt(f"the measure {measure.code} is read from the words around it")
    currency = reading.currency
    own = codes.called("units", amount.unit)
    says_dollars = any(word in currency.lower() for word in ("美元", "dollar"))
    if amount.unit == money.own_currency() and says_dollars and "dollar" not in own:
        figure.doubt(f"{currency}, it says, but the unit is that of {own}")
    doubt_unread(reading, figure, head.clause, token.start)
    reading.add(figure, listed=listed)


def _amount(token: Token) -> Quantity:
    assert token.amount is not None
    return token.amount


# --- whether it is a level of trade --------------------------------------------------------------


def _no_level(reading: Reading, head: list[Token]) -> str:
    """Why a value is no level of its own time, whatever it is of; or ''."""
    if is_first_of_two(head, reading.following(4)):
        return "the level from which it came, of another time"
    verbs = [word for word in last_clause(head) if word.kind not in ("filler", "yoy")]
    if verbs and verbs[-1].kind in ("up", "down"):
        return "by how much it changed, not a level"
    return ""


def _no_trade_value(
    reading: Reading, clause: list[Token], noun: Token | None, measure: Measure, listed: bool
) -> str:
    """Why a value is no trade figure, or ''."""
    if measure.guessed:  # the words around it speak of trade
        return ""
    if reason := no_trade(noun):
        return reason
    if average := last_of(last_clause(clause), "average"):
        return average.meaning
    if not listed and holds(clause, "each"):
        return "one of several numbers whose heads were not told apart"
    return reading.sentence.aside if noun is None and not names_in(clause) else ""


# --- what it measures ----------------------------------------------------------------------------


def _measure(reading: Reading, token: Token, clause: list[Token]) -> Measure | None:
    """What a value measures by the words around it, its clause or its unit; None if unknown."""
    amount = _amount(token)
    before, around = _around(reading, token)
    fits = [
        # The words nearest before the number decide; those after it come last.
        (
            max(before.rfind(word) for word in words) if words else -2,
            Measure(code, flow, bool(words)),
        )
        for unit, words, code, flow in cues()
        if unit in (amount.unit, amount.dimension) and all(word in around for word in words)
    ]
    if fits:
        return max(fits, key=lambda fit: fit[0])[1]
    for name in reversed(clause):
        if name.kind == "measure" and dimension_of_measure(name.meaning) == amount.dimension:
            return Measure(name.meaning)
    usual = {"money": "value", "mass": "weight"}.get(amount.dimension)
    return Measure(usual) if usual else None


def _around(reading: Reading, token: Token) -> tuple[str, str]:
    """(the text near before a number, that and the text near after it), plain."""
    text = reading.text
    start = max(reading.sentence.head_start, token.start - _NEAR)
    ends = (t.start for t in reading.following(20) if t.kind in ("stop", "torn", "quantity"))
    end = min(next(ends, token.end + _NEAR_AFTER), token.end + _NEAR_AFTER)
    before = plain(text[start : token.start])
    return before, before + plain(text[token.end : end])


def _noun_after(reading: Reading) -> Token | None:
    """The flow of which a value before it speaks, passed over: 72亿元的贸易逆差."""
    following = reading.following(2)
    if len(following) == 2 and following[0].text == "的":
        noun = following[1]
        if noun.kind in ("flow", "deficit"):
            reading.position += 2
            return noun
    return None


# --- more of the figure before it ----------------------------------------------------------------


def _continues(reading: Reading, token: Token, head: list[Token], measure: Measure) -> bool:
    """Whether a value without a head of its own says more of the figure before it."""
    sentence, amount = reading.sentence, _amount(token)
    current = sentence.current[-1] if sentence.current else None
    if current is None or current.codes["measure"] != measure.code:
        return False
    if "value" not in current.printed:
        doubt_unread_before(reading, current, token)
        current.print_value(token.text, token.start, token.end)
        current.unit = amount.unit
        return True
    if holds(head, "period", "now"):
        return False
    converted = bool(sentence.brackets) or holds(head, "equivalent")  # 折合…亿美元
    if converted or _is_more_exact(current, amount):
        same = current.like(amount.unit)
        same.print_value(token.text, token.start, token.end)
        reading.figures.append(same)
        sentence.figures.append(same)
        if not converted:
            sentence.current = [same]
        return True
    if holds(head, "from") and holds(reading.following(1), "yoy"):
        current.printed["base"] = Evidence(token.text, token.start, token.end)
        return True
    if current.unit != amount.unit:
        return False
    reading.skip(token, "a second value under one head")
    return True


def _is_more_exact(figure: Drafted, amount: Quantity) -> bool:
    """Whether an amount says exactly what a figure hedges: 突破40万亿元, 达42.07万亿元."""
    printed, _ = read_quantity(figure.printed["value"].text)
    return printed is not None and printed.hedge != "exact" and amount.hedge == "exact"
