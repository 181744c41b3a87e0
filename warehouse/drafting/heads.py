"""Heads: the words before a number → what the figure speaks of.

A figure's head is the words between the number before it and its own: the flow nearest to it, and
the names beside that flow. What a head leaves out is carried on from the clause, sentence or
paragraph before; where that is a guess, the figure says so.

Belongs here: what was said so far, and making a figure of a head. Does not belong here: which
number belongs to which figure (ratios.py, grammar.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise, takewhile

from warehouse import codes
from warehouse.drafting.figures import ALL, Drafted, Skipped, ancestors, kind_of_area
from warehouse.drafting.periods import Published
from warehouse.drafting.tokens import Token, plain, tokenize, vocabulary
from warehouse.period import Period, parse

QUALIFIERS = tuple(ALL)
NAMES = ("area", *QUALIFIERS, "measure")
NOUNS = ("flow", "deficit", "topic", "index", "other", "region")
CHANGES = ("up", "down", "rate")
_NO_CONTENT = re.compile(r"[\W\d_]+")
LONGEST_HEAD = 200  # tokens; what stands further from a number says nothing of it
REACH = 12  # how many figures back a total may stand; keeps long texts linear
PREPOSITIONS = (
    *("对", "自", "从", "向", "与", "和", "同", "往", "至", "到"),
    *("to", "with", "from", "the"),
)
NOT_TRADE = {
    "topic": "speaks of {}, not of trade in goods",
    "index": "speaks of {}, an index or a price",
    "other": "speaks of {}",
    "region": "speaks of {}, which codes/areas.csv does not have",
}
ENDS = ("stop", "break", "semicolon")


@dataclass(slots=True)
class Sentence:
    """What a sentence has said so far."""

    since: int = 0  # where the last number, or the sentence before, ended
    head: list[Token] = field(default_factory=list)  # since then
    figures: list[Drafted] = field(default_factory=list)
    current: list[Drafted] = field(default_factory=list)  # what a growth or share belongs to
    aside: str = ""  # why what follows is skipped, until the next head
    stance: str = ""  # why all that follows is skipped
    parts: Drafted | None = None  # the total of which parts are being named
    within: bool = False  # 其中 was said
    enterprise: str = ""  # an enterprise is spoken of, and its code if known
    bracket: int = 0
    against: list[Period] = field(default_factory=list)
    subject: str = ""  # what the sentence before names, where it has no figure
    list_of: tuple[str, list[Token]] = ("", [])


class Heads:
    """A text as read so far, and the figures made of its heads."""

    def __init__(self, text: str, published: Published) -> None:
        self.text, self.published = text, published
        self.tokens = tokenize(text)
        self.figures: list[Drafted] = []
        self.skipped: list[Skipped] = []
        self.paragraph, self.begin = 1, 0
        self.speaker = ""  # the enterprise that the paragraph names: a code, or ? for another
        self.at = 0
        self.area: tuple[str, int] | None = None
        self.operator = ""
        self.product: tuple[str, int] | None = None
        self.period: tuple[Period, str, int] | None = None
        self.sentence = Sentence()

    def skip(self, token: Token, reason: str) -> None:
        self.skipped.append(Skipped(token.text, token.start, token.end, reason))

    def aside(self, token: Token, reason: str) -> None:
        """Skip a number and what is said of it."""
        self.sentence.aside, self.sentence.current = reason, []
        self.skip(token, reason)

    def starts_from(self, dated: bool = False) -> bool:
        """Whether the number is the first of 从x增长到y or 由增长x转为下降y.

        A value with a period of its own (从2002年的x) is not, unless `dated` allows for one.
        """
        passed = ("filler", "average", "yoy", *CHANGES, *(("period",) if dated else ()))
        head = self.sentence.head
        start = next((n for n in range(len(head) - 1, -1, -1) if head[n].kind not in passed), None)
        if start is None or head[start].kind != "from":
            return False
        following = takewhile(lambda one: one.kind not in ENDS, self.tokens[self.at : self.at + 4])
        return any(one.kind in ("level", *CHANGES) for one in following)

    # --- heads -------------------------------------------------------------------------------

    def numbers_from(self, token: Token) -> list[Token]:
        """This number and those listed with it: x、y和z."""
        found = [token]
        for one in self.tokens[self.at : self.at + 40]:
            if one.kind == "quantity" and one.amount is not None and token.amount is not None:
                if one.amount.dimension != token.amount.dimension:
                    break
                found.append(one)
            elif one.kind not in ("and", "break", "filler", "up", "down", "level", "yoy"):
                break
        return found

    def figure(
        self,
        head: list[Token],
        clause: list[Token],
        noun: Token | None,
        measure: str,
        flow: str,
        unit: str,
    ) -> Drafted | str:
        """A figure with the codes its head says or carries on; or why there is none."""
        sentence = self.sentence
        previous = sentence.figures[-1] if sentence.figures else None
        if previous is None and sentence.within and self.figures:
            previous = self.figures[-1] if self.figures[-1].paragraph == self.paragraph else None
        doubts: list[str] = []
        said: dict[str, str] = {}
        region = next((one for one in clause if one.kind == "region"), None)
        if region and not flow:
            return NOT_TRADE["region"].format(region.text)
        for dimension in QUALIFIERS:
            found = [one for one in clause if one.kind == dimension]
            code, several = _one_code(dimension, found)
            if several:
                return f"names several: {several}"
            if code:
                said[dimension] = code
        areas = [one for one in clause if one.kind == "area"] or [
            one for one in head if one.kind == "area"
        ]
        area, several = _one_code("area", areas)
        if several:
            return f"names several: {several}"
        if area and areas[-1] not in clause and kind_of_area(area) != "nation":
            doubts += [f"not understood: {unread}" for unread in self._unread_after(areas[-1])]
        if flow or (noun is not None and noun.kind in ("flow", "deficit")):
            said["flow"] = flow or (noun.meaning if noun else "")
        # 今年以来 in a clause between figures tells of something else.
        dated = [
            one
            for one in head
            if one in clause or not sentence.figures or not one.period or one.period.kind != "open"
        ]
        period, period_said, period_doubt = self.period_of(dated, passing=bool(flow))
        if sentence.within and sentence.parts is None and self.figures:
            carried: Drafted | None = self._total_for(said, area, period, measure, unit)
            sentence.parts = carried
        carried = sentence.parts if sentence.within else None
        codes_ = dict(ALL) | ({"area": area} if area else {})
        if carried is not None:
            codes_ = {k: v for k, v in carried.codes.items() if k != "measure"} | (
                {"area": area} if area else {}
            )
            if not period_said:
                period, period_doubt = carried.period, carried.period_doubt
            doubts += [
                reason
                for reason in carried.doubts
                if reason.startswith(("not under", "the clause"))
            ]
        elif previous is not None:
            if not period_said:
                period, period_doubt = previous.period, previous.period_doubt
            kept = {d: c for d, c in previous.codes.items() if d in ALL and c != ALL[d]}
            if "flow" not in said:
                said["flow"] = previous.codes["flow"]
                doubts += [reason for reason in previous.doubts if "measure" not in reason]
                codes_ |= {} if set(said) & set(QUALIFIERS) or area else kept
            elif not set(said) & set(QUALIFIERS) and not area:
                doubts += [reason for reason in previous.doubts if "measure" not in reason]
                if kept and (said["flow"], period) != (previous.codes["flow"], previous.period):
                    codes_ |= kept
                if kept:
                    doubts.append(f"the clause before speaks of {', '.join(kept.values())}")
            codes_.setdefault("area", previous.codes["area"])
        for one in clause:
            if one.kind == "partner" and self._reports(one):
                doubts.append(f"{one.text} may be who reports, not a partner")
        outside = [one for one in head if one not in clause and one.kind in (*QUALIFIERS, "region")]
        if outside and not set(said) & set(QUALIFIERS) and carried is None:
            doubts.append(f"the clause before names {', '.join(one.text for one in outside)}")
            for one in (x for x in outside if x.kind != "region"):
                code, several = _one_code(one.kind, [x for x in outside if x.kind == one.kind])
                if code:
                    said[one.kind] = code
        if sentence.subject and not area and not set(said) & set(QUALIFIERS) and not carried:
            doubts.append(f"the sentence before names {sentence.subject}")
        codes_ |= said
        if "flow" not in codes_ and measure not in ("value", "weight", "quantity"):
            codes_["flow"] = "trade"
            doubts.append("no flow is named: read as trade")
        if "flow" not in codes_:
            return "no flow is named in the sentence"
        codes_["measure"] = measure
        inner = next((one for one in clause if one.kind == "within"), None)
        if inner and kind_of_area(codes_.get("area", "")) != inner.meaning:
            doubts.append(f"which {inner.meaning} {inner.text} means is not said")
        if "area" not in codes_:
            codes_["area"], why = self._carried_area()
            doubts += [why] if why else []
        if sentence.enterprise and codes_["operator"] == "total":
            if sentence.enterprise == "?":
                doubts.append("an enterprise that codes/operators.csv does not have")
            else:
                codes_["operator"] = sentence.enterprise
                doubts.append("the enterprise is that named before")
        if measure in ("quantity", "output", "shipments") and codes_["product"] == "total":
            if self.product is None:
                return "counts goods that are not named"
            codes_["product"] = self.product[0]
            doubts.append("the goods are those named before")
        unit = unit or (carried.unit if carried else "") or _unit_of_measure(measure)
        figure = Drafted(codes_, period, unit, self.paragraph, doubts=list(dict.fromkeys(doubts)))
        figure.period_said, figure.period_doubt = period_said, period_doubt
        if carried is not None and figure.within(carried):
            figure.total = carried
        elif sentence.within and carried is None:
            note(figure, "called 其中 (of which), but no part of a figure before it")
        return figure

    def _total_for(
        self, said: dict[str, str], area: str, period: Period, measure: str, unit: str
    ) -> Drafted | None:
        """The nearest figure before that this head could be a part of."""
        for total in reversed(self.figures[-REACH:]):
            if not total.printed or total.codes["measure"] != measure:
                continue
            if total.paragraph < self.paragraph - 1:
                return None
            codes_ = total.codes | said | ({"area": area} if area else {})
            part = Drafted(codes_, period, unit or total.unit, self.paragraph)
            if not self._has_period():
                part.period = total.period
            if part.within(total):
                return total
        return None

    def _has_period(self) -> bool:
        return any(one.kind in ("period", "now") for one in self.sentence.head)

    def period_of(self, head: list[Token], passing: bool) -> tuple[Period, bool, str]:
        """(period, whether this head says it, why it is unsure).

        `passing` is of what happens as the report is written: without a period of its own it is
        of the day of publication, not of the period that figures of trade carry on.
        """
        context = self.period[0] if self.period and self.period[2] == self.paragraph else None
        now = self.published.period
        tokens = [one for one in head if one.kind in ("period", "now")]
        days = [one for one in tokens if one.period and one.period.kind == "day"]
        for token in [*reversed([one for one in tokens if one not in days]), *reversed(days)]:
            if token.period is None:
                if passing:
                    return now, True, ""
                return self.published.until_now(), True, f"{token.text} is read as up to then"
            period, unsure = self.published.resolve(token.period, context)
            if period is None:
                continue
            if token in days:
                if any(one.kind == "from" for one in head):
                    until = parse(f"../{period.text}")
                    return until, True, f"{token.text} is read as up to then"
                return period, True, f"the day {token.text} may be that of another event"
            self.period = period, unsure, self.paragraph
            return period, True, unsure
        if self.period is None or passing:
            return now, False, "no period is said: read as that of publication"
        period, unsure, paragraph = self.period
        if paragraph != self.paragraph:
            unsure = f"the period {period.text} is carried on from another paragraph"
        return period, False, unsure

    def _reports(self, name: Token) -> bool:
        """Whether a country stands there without a word that makes it a partner (对, to, 出口…)."""
        if kind_of("partners", name.meaning) != "country":
            return False
        before = plain(self.text[max(0, name.start - 9) : name.start]).rstrip(' “"')
        led = before.endswith((*PREPOSITIONS, "、", "及", "or", "and", ","))
        return not led and not before.endswith(("出口", "进口", "产品"))

    def _carried_area(self) -> tuple[str, str]:
        if self.area is None:
            return "CN", "no area is named: read as China"
        area, paragraph = self.area
        far = paragraph != self.paragraph
        return area, f"the area {area} is carried on from another paragraph" if far else ""

    def like(self, figure: Drafted, unit: str) -> Drafted:
        """The same fact in another currency."""
        other = Drafted(dict(figure.codes), figure.period, unit, figure.paragraph)
        other.doubts, other.period_doubt = list(figure.doubts), figure.period_doubt
        other.period_said = figure.period_said
        return other

    def add(self, figure: Drafted, keep: bool = False) -> None:
        sentence = self.sentence
        self.figures.append(figure)
        sentence.figures.append(figure)
        sentence.aside = ""
        if not keep:
            sentence.current = [figure]
        elif figure not in sentence.current:
            sentence.current = [*sentence.current, figure]

    def doubt_unread(
        self, figure: Drafted, clause: Sequence[Token], end: int, also: Sequence[Token] = ()
    ) -> None:
        """Mark what stands in the figure's own clause and was not understood."""
        if not clause:
            return
        first = clause[0].start
        marks = [one.end for one in self.sentence.head if one.kind in ENDS and one.end <= first]
        at = max([self.sentence.since, *marks])
        for one in sorted({*self.sentence.head, *clause, *also}, key=lambda token: token.start):
            if at <= one.start <= end:
                between = self.text[at : one.start]
                for unread in _content(between):
                    figure.doubt(f"not understood: {unread}")
            at = max(at, one.end)
        for unread in _content(self.text[at:end]):
            figure.doubt(f"not understood: {unread}")

    def _unread_after(self, name: Token) -> list[str]:
        """What was not understood between a name and the end of its clause."""
        unread: list[str] = []
        at = name.end
        for one in self.sentence.head:
            if one.start >= at:
                unread += _content(self.text[at : one.start])
                at = one.end
                if one.kind in ENDS:
                    break
        return unread


def clause_of(head: list[Token]) -> list[Token]:
    """The head from its last clause that holds a noun or a name other than an area, no breaks."""
    start = len(head)
    for n in range(len(head) - 1, -1, -1):
        if head[n].kind in ("break", "semicolon"):
            held = head[n + 1 :]
            if has_noun(held) or any(one.kind != "area" for one in names_in(held)):
                break
        start = n
    return [one for one in head[start:] if one.kind not in ("break", "semicolon")]


def last_clause(head: list[Token]) -> list[Token]:
    at = len(head)
    while at and head[at - 1].kind not in ("break", "semicolon"):
        at -= 1
    return head[at:]


def has_noun(tokens: Iterable[Token]) -> bool:
    return any(one.kind in NOUNS for one in tokens)


def names_in(tokens: Iterable[Token]) -> list[Token]:
    return [one for one in tokens if one.kind in NAMES]


def in_clause(head: list[Token], kinds: Sequence[str]) -> bool:
    """Whether such a word stands in the last clause."""
    return any(one.kind in kinds for one in last_clause(head))


def _one_code(dimension: str, found: Sequence[Token]) -> tuple[str, str]:
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
    for dimension in ("flow", *NAMES):
        places = [n for n, one in enumerate(tokens) if one.kind == dimension]
        found = [tokens[n] for n in places]
        between = [tokens[a + 1 : b] for a, b in pairwise(places)]
        in_a_row = all(one.kind in ("and", "filler", "break") for gap in between for one in gap)
        if in_a_row and all(between) and len(found) == len({x.meaning for x in found}) == count:
            return dimension, found
    return "", []


def _content(text: str) -> list[str]:
    """What of a stretch without tokens carries meaning: its words, marks and digits left out."""
    return [
        piece
        for piece in _NO_CONTENT.split(text)
        if piece and not any(piece in cue or cue in piece for cue in _cue_words())
    ]


def marked(text: str, at: int) -> bool:
    """Whether a mark or the end stands there, not a word."""
    return not text[at : at + 1].isalpha()


def note(figure: Drafted, text: str) -> None:
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
    return next(row["dimension"] for row in codes.rows("measures") if row["code"] == code)


@cache
def _unit_of_measure(code: str) -> str:
    return next(row["default_unit"] for row in codes.rows("measures") if row["code"] == code)


@cache
def kind_of(list_name: str, code: str) -> str:
    return next((row["kind"] for row in codes.rows(list_name) if row["code"] == code), "")
