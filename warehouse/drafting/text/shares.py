"""Shares: what part of a whole a figure is, by how many points that changed, what it contributed.

Belongs here: ratios of a figure to another, its total. Does not belong here: growth (growth.py),
making figures of heads (heads.py).
"""

from __future__ import annotations

from warehouse.drafting.text.clauses import (
    CHANGES,
    ENDS,
    NOUNS,
    NUMBERS,
    QUALIFIERS,
    UNTRADED,
    Head,
    first_of,
    has_noun,
    holds,
    last_clause,
    last_of,
    names_in,
    no_trade,
)
from warehouse.drafting.text.figures import ALL, WHOLE, Drafted, Evidence
from warehouse.drafting.text.heads import figure_of
from warehouse.drafting.text.state import Reading
from warehouse.drafting.text.tokens import Token, numeral
from warehouse.drafting.text.unread import doubt_unread
from warehouse.terms.codes import ancestors, kind_of
from warehouse.terms.quantity import QuantityError, parse_share

_LONGEST = 40  # tokens of a row of shares


def take_share(reading: Reading, token: Token, head: list[Token], at: int) -> None:
    """Give a share to a figure: 占…的45.3%, 占比45.3%, accounting for 45.3 percent of ….

    `at` is the place of the word of share in the head: the part stands before it, the whole
    after it. What English says of the whole after the number is passed over.
    """
    sentence, word = reading.sentence, head[at]
    before, named_after = head[:at], _whole_after(reading, token)
    whole = [*head[at + 1 :], *named_after]
    clause = last_clause(before)
    noun = last_of(clause, *NOUNS)
    headless = noun is None and not names_in(clause)
    foreign = first_of(whole, *UNTRADED, "world")
    if reason := no_trade(noun):
        reading.skip_with_what_follows(token, reason)
    elif any(other.meaning == "together" for other in head) and len(sentence.figures) > 1:
        reading.skip(token, "a share of several figures together")
    elif len(shares := _shares_from(reading, token)) > 1:
        _give_shares(reading, shares, head, at)
        return
    elif foreign is not None:
        reading.skip(token, f"a share of something that is no figure here: {foreign.text}")
    elif headless and not sentence.current:
        reason = sentence.aside or "no figure before it whose share it could be"
        reading.skip(token, reason)
    elif headless:
        _attach_share(reading, sentence.current[-1], token, whole)
    else:
        figure = figure_of(reading, Head(before, clause, noun), "value")
        if isinstance(figure, str):
            reading.skip_with_what_follows(token, figure)
        else:
            doubt_unread(reading, figure, clause, word.start)
            _attach_share(reading, figure, token, whole)
    reading.position += len(named_after)


def _whole_after(reading: Reading, token: Token) -> list[Token]:
    """What follows a share in English up to the next mark or number: percent of the total."""
    found: list[Token] = []
    if token.text[-1:].isascii() and token.text[-1:].isalpha():
        for following in reading.rest():
            dated = following.kind == "period" and numeral(following.text)
            if dated or following.kind in (*ENDS, *NUMBERS, "number"):
                break
            found.append(following)
    return found


def _shares_from(reading: Reading, token: Token) -> list[Token]:
    """This share and those listed with it: 占…的57.9%和17.2%."""
    shares = [token]
    following = reading.following(_LONGEST)
    for mark, other in zip(following[::2], following[1::2], strict=False):
        if mark.kind != "and" or other.amount is None or other.amount.dimension != "ratio":
            break
        shares.append(other)
    return shares


def _give_shares(reading: Reading, shares: list[Token], head: list[Token], at: int) -> None:
    """Give listed shares to the figures just made, one each, and pass over them."""
    figures = reading.sentence.current
    if len(figures) == len(shares) and not has_noun(last_clause(head[:at])):
        for share, figure in zip(shares, figures, strict=True):
            _attach_share(reading, figure, share, head[at + 1 :])
    else:
        for share in shares:
            reading.skip(share, "one of several shares whose heads were not told apart")
    reading.position += 2 * (len(shares) - 1)


def _attach_share(reading: Reading, figure: Drafted, token: Token, whole: list[Token]) -> None:
    """Let a figure print a share of the whole that these words name; or skip it."""
    try:
        parse_share(token.text)
    except QuantityError as error:
        return reading.skip(token, f"no share: {error}")
    if "share" in figure.printed:
        return reading.skip(token, "a second share of one figure")
    codes = _codes_of_whole(figure.codes, whole)
    if codes == figure.codes:
        return reading.skip(token, "a share of a whole that is not said")
    figure.share_of = _whole_with(reading, figure, codes)
    figure.printed["share"] = Evidence(token.text, token.start, token.end)
    if not whole:
        figure.doubt("what it is a share of is not said")
    if codes["flow"] != figure.codes["flow"]:
        figure.doubt(f"a share of {codes['flow']}: it may be that of another figure")
    if figure not in reading.recent():
        reading.add(figure)
    return None


def _codes_of_whole(part: dict[str, str], whole: list[Token]) -> dict[str, str]:
    """The codes of the whole that words such as 全省出口总值 name, given those of a part."""
    # 占全国二成 is a share of the same goods; 占全国出口的二成 is one of all goods.
    codes = part | ALL if holds(whole, "flow") or not whole else dict(part)
    for token in whole:
        if token.kind in ("area", "flow", *QUALIFIERS):
            codes[token.kind] = token.meaning
        elif token.kind == "within":
            around = ancestors("areas", codes["area"])
            named = (code for code in around if kind_of("areas", code) == token.meaning)
            codes["area"] = next(named, codes["area"])
    return codes


def _whole_with(reading: Reading, part: Drafted, codes: dict[str, str]) -> Drafted:
    """The figure with these codes, or one that prints nothing: a share may refer to it."""
    whole = Drafted(codes, part.period, part.unit, part.paragraph)
    for other in reversed(reading.recent()):
        if other.key == whole.key:
            return other
    whole.period_stated = part.period_stated
    whole.notes.append(WHOLE)
    reading.figures.append(whole)
    return whole


# --- percentage points ---------------------------------------------------------------------------


def take_points(reading: Reading, token: Token, head: list[Token]) -> None:
    """Percentage points: a contribution, the change of a share, or the change of a growth."""
    sentence = reading.sentence
    word = last_of(head, *CHANGES)
    figure = sentence.current[-1] if sentence.current else None
    if figure is None:
        return reading.skip(token, sentence.aside or "points of no figure before it")
    start = word.start if word else token.start
    if holds(head, "contribution"):
        total = _total_grown(reading, figure, head)
        if total is None or "contribution" in figure.printed:
            reason = "a contribution to a growth that is no figure before it"
            return reading.skip(token, reason)
        figure.total = figure.total or total
        figure.printed["contribution"] = Evidence(token.text, start, token.end)
        return None
    of_share = "share" in figure.printed and "share_change" not in figure.printed
    if not of_share or word is None or has_noun(head) or holds(head, "rate"):
        return reading.skip(token, "a change of a growth rate, in points")
    if figure.share_of is None or not figure.within(figure.share_of):
        return reading.skip(token, "a change of a share of something it is no part of")
    figure.total = figure.share_of
    sign = "-" if word.meaning == "-" else ""
    figure.printed["share_change"] = Evidence(f"{sign}{token.text}", start, token.end)
    return None


def _total_grown(reading: Reading, figure: Drafted, head: list[Token]) -> Drafted | None:
    """The figure to whose growth another contributes: the nearest that the words allow."""
    area = _codes_of_whole(figure.codes, head)["area"]
    for total in reversed(reading.recent()):
        if total.printed and figure.within(total) and total.codes["area"] == area:
            return total
    return None
