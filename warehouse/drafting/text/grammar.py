"""The grammar: a text is read once, from left to right, and every token goes to its reader.

Belongs here: the order of reading, sentences and paragraphs, words that change how what follows is
read, and numbers that are no quantities. Does not belong here: what values (values.py), ratios
(ratios.py), points (shares.py) and periods (dating.py) say, which words there are (vocabulary/),
what stands between them (tokens.py, adjoining.py).
"""

from __future__ import annotations

from collections.abc import Callable

from warehouse.drafting.text.adjoining import whole_numbers
from warehouse.drafting.text.clauses import QUALIFIERS, is_first_of_two
from warehouse.drafting.text.dating import period_of, take_period
from warehouse.drafting.text.period_words import Published
from warehouse.drafting.text.ratios import take_ratio
from warehouse.drafting.text.reporters import area_or_partner, attribute_quotes
from warehouse.drafting.text.shares import take_points
from warehouse.drafting.text.state import LastArea, Reading, Sentence
from warehouse.drafting.text.tokens import NO_UNIT, Token, numeral, tokenize
from warehouse.drafting.text.values import take_value
from warehouse.terms.codes import kind_of


def read_text(text: str, published: Published) -> Reading:
    """A text as read to its end: its figures, and the numbers that are no part of one."""
    reading = Reading(text, published, whole_numbers(text, tokenize(text)))
    while reading.position < len(reading.tokens):
        token = reading.tokens[reading.position]
        reading.position += 1
        _READERS.get(token.kind, _take_word)(reading, token)
    attribute_quotes(reading, len(text))
    return reading


# --- marks ---------------------------------------------------------------------------------------


def _take_stop(reading: Reading, token: Token) -> None:
    before = reading.sentence
    reading.sentence = Sentence(token.end)
    if token.text == "\n":
        attribute_quotes(reading, token.start)
        reading.paragraph += 1
        reading.paragraph_start, reading.speaker, reading.currency = token.end, "", ""
    elif not before.figures:
        names = (word.text for word in before.head if word.kind in (*QUALIFIERS, "region"))
        reading.sentence.names_before = ", ".join(dict.fromkeys(names))


def _take_break(reading: Reading, token: Token) -> None:
    if token.kind == "semicolon":
        reading.sentence.stance = ""
    reading.sentence.push(token)


def _take_bracket(reading: Reading, token: Token) -> None:
    sentence = reading.sentence
    sentence.brackets = max(0, sentence.brackets + (1 if token.kind == "open" else -1))


# --- words ---------------------------------------------------------------------------------------


def _take_word(reading: Reading, token: Token) -> None:
    if numeral(token.text):
        reading.skip(token, "part of a name" if token.kind != "idiom" else token.meaning)
    if token.kind not in ("filler", "idiom"):
        _remember(reading, token)
        token = area_or_partner(reading, token)
    reading.sentence.push(token)


def _remember(reading: Reading, token: Token) -> None:
    """Keep what a word says of all that follows in the sentence, the paragraph or the text."""
    sentence = reading.sentence
    if token.kind in ("forecast", "adjusted"):
        sentence.stance = token.meaning
    elif token.kind == "part":
        sentence.of_which, sentence.total = True, None
        sentence.refused_total = reading.refused
    elif token.kind == "again":
        sentence.enterprise = sentence.enterprise or reading.operator or "?"
        reading.speaker = reading.speaker or sentence.enterprise
    elif token.kind == "operator" and kind_of("operators", token.meaning) == "enterprise":
        reading.operator = reading.speaker = sentence.enterprise = token.meaning
    elif token.kind == "national":
        reading.area = reading.area or LastArea(token.meaning, reading.paragraph)
    elif token.kind == "product":
        reading.product = token.meaning
    elif token.kind == "currency":
        reading.currency = token.text
        for figure in sentence.current:
            figure.note(token.text)


# --- numbers -------------------------------------------------------------------------------------


def _take_number(reading: Reading, token: Token) -> None:
    reading.skip(token, token.meaning)
    reading.sentence.push(token)
    if token.meaning == NO_UNIT:
        reading.refused = token.text


def _take_torn(reading: Reading, token: Token) -> None:
    """A number that was not read whole stands in the place of a figure: none takes its head."""
    sentence = reading.sentence
    if sentence.brackets:  # it says again what stands before the bracket
        reading.skip(token, token.meaning)
        return
    reading.skip_with_what_follows(token, token.meaning)
    period_of(reading, sentence.head, passing=False)
    sentence.begin_head(token.end)


def _take_quantity(reading: Reading, token: Token) -> None:
    """Give a quantity to its reader, and begin a new head behind it unless its own is kept."""
    amount, sentence = token.amount, reading.sentence
    assert amount is not None
    head = sentence.head
    if sentence.stance:
        reading.skip(token, sentence.stance)
    elif amount.unit == "pp":
        take_points(reading, token, head)
    elif amount.dimension == "ratio":
        if is_first_of_two(head, reading.following(4), dated=True):
            reading.skip(token, "the rate from which it came, of another time")
            _pass_over_first(reading, token)
            return
        take_ratio(reading, token, head)
    elif take_value(reading, token, head):
        sentence.push(token)
        return
    if sentence.aside:  # what was no trade figure may still have dated those after it
        period_of(reading, head, passing=False)
    sentence.begin_head(token.end)


def _pass_over_first(reading: Reading, token: Token) -> None:
    """Take 从x out of the head of y in 从x增长到y, but keep its place as read."""
    sentence = reading.sentence
    at = max(n for n, word in enumerate(sentence.head) if word.kind == "from")
    start = sentence.head[at].start
    passed = Token(start, token.end, "number", "", reading.text[start : token.end])
    sentence.head = [*sentence.head[:at], passed]


_READERS: dict[str, Callable[[Reading, Token], None]] = {
    "stop": _take_stop,
    "break": _take_break,
    "semicolon": _take_break,
    "open": _take_bracket,
    "close": _take_bracket,
    "period": take_period,
    "number": _take_number,
    "torn": _take_torn,
    "quantity": _take_quantity,
}
