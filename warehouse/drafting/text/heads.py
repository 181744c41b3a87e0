"""Heads: the words before a number → what the figure speaks of.

A figure's head is the words between the number before it and its own: the flow nearest to it, and
the names beside that flow. What a head leaves out is carried on from the clause, sentence or
paragraph before; where that is a guess, the figure says so.

Belongs here: what was said so far, and making a figure of a head. Does not belong here: which
number belongs to which figure (ratios.py, grammar.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from warehouse.drafting.text.adjoining import whole_numbers
from warehouse.drafting.text.carrying import OF_REFUSED, Reading
from warehouse.drafting.text.clauses import (
    CHANGES,
    ENDS,
    LEADS,
    QUALIFIERS,
    before_name,
    content,
    kind_of,
    note,
    one_code,
    unit_of_measure,
)
from warehouse.drafting.text.figures import ALL, Drafted, Skipped, ancestors, kind_of_area
from warehouse.drafting.text.period_words import Published
from warehouse.drafting.text.sentence import Sentence
from warehouse.drafting.text.tokens import PUNCTUATION, Token, tokenize
from warehouse.terms.period import Period, parse

_OF_REPORTER = {"exports": (" from",), "imports": (" to", " into")}  # before who reports
MUNICIPALITIES = ("CN-11", "CN-12", "CN-31", "CN-50")  # provinces that are called cities
REACH = 12  # how many figures back a total may stand; keeps long texts linear
NOT_TRADE = {
    "topic": "speaks of {}, not of trade in goods",
    "index": "speaks of {}, an index or a price",
    "other": "speaks of {}",
    "region": "speaks of {}, which codes/areas.csv does not have",
}


class Heads:
    """A text as read so far, and the figures made of its heads."""

    def __init__(self, text: str, published: Published) -> None:
        self.text, self.published = text, published
        self.tokens = whole_numbers(text, tokenize(text))
        self.figures: list[Drafted] = []
        self.skipped: list[Skipped] = []
        self.paragraph, self.begin = 1, 0
        self.speaker = ""  # the enterprise that the paragraph names: a code, or ? for another
        self.at = 0  # the next token
        self.refused = ""  # the last number where a total could stand, if it became no figure
        self.area: tuple[str, int] | None = None  # the last, and its paragraph
        self.office: tuple[str, str] | None = None  # where the customs is that reports, its name
        self.operator = ""  # the last enterprise that was named
        self.product = ""  # the last that was named
        self.period: tuple[Period, str, int] | None = None  # with why it is unsure, and paragraph
        self.currency = ""  # in what the paragraph says it counts: 以美元计价
        self.sentence = Sentence()

    def skip(self, token: Token, reason: str) -> None:
        """List a number as no part of a figure."""
        self.skipped.append(Skipped(token.text, token.start, token.end, reason))

    def aside(self, token: Token, reason: str) -> None:
        """Skip a number and what is said of it."""
        self.sentence.aside, self.sentence.current = reason, []
        self.refused = token.text
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
        """A figure with the codes its head says or carries on; or why there is none.

        `flow` is that of a measure which gives it away ('' otherwise), `unit` that of the value
        ('' where only a ratio is printed).
        """
        sentence = self.sentence
        said = self._said(head, clause, noun, flow)
        if isinstance(said, str):
            return said
        # 今年以来 in a clause between figures tells of something else.
        dated = [
            one
            for one in head
            if one in clause or not sentence.figures or not one.period or one.period.kind != "open"
        ]
        reading = Reading(head, clause, said, ALL | said, *self.period_of(dated, bool(flow)))
        if sentence.within and sentence.of_refused:
            whole = {"area", "flow"} <= said.keys() and reading.period_said
            if whole and not any(one.kind == "part" for one in head):
                sentence.within = False  # it speaks of something else
            else:
                reading.doubts.append(f"{OF_REFUSED} {sentence.of_refused}, which is no figure")
        elif sentence.within and sentence.parts is None:
            sentence.parts = self._total_for(reading, measure, unit)
        total = sentence.parts if sentence.within else None
        if total is not None:
            reading.carry_on_from_total(total)
        elif previous := self._figure_before():
            reading.carry_on_from(previous)
        self._doubt_names(reading, total)
        if reason := self._fill_in(reading, measure):
            return reason
        figure = Drafted(
            reading.codes,
            reading.period,
            unit or (total.unit if total else "") or unit_of_measure(measure),
            self.paragraph,
            doubts=list(dict.fromkeys(reading.doubts)),
            period_said=reading.period_said,
            period_doubt=reading.period_doubt,
            deficit=(noun.start, noun.end) if noun and noun.kind == "deficit" else None,
        )
        if total is not None and figure.within(total):
            figure.total = total
        elif sentence.within and total is None and not sentence.of_refused:
            note(figure, "called 其中 (of which), but no part of a figure before it")
            sentence.within = False
        return figure

    def _said(
        self, head: list[Token], clause: list[Token], noun: Token | None, flow: str
    ) -> dict[str, str] | str:
        """The codes that a head names, or why it makes no figure."""
        said: dict[str, str] = {}
        region = next((one for one in clause if one.kind == "region"), None)
        if region and not flow:
            return NOT_TRADE["region"].format(region.text)
        for dimension in ("area", *QUALIFIERS):
            found = [one for one in clause if one.kind == dimension]
            if dimension == "area" and not found:
                found = [one for one in head if one.kind == dimension]
            code, several = one_code(dimension, found)
            if several:
                return f"names several: {several}"
            if code:
                said[dimension] = code
        if "area" not in said and (code := self._area_around(clause)):
            said["area"] = code
        if flow or (noun is not None and noun.kind in ("flow", "deficit")):
            said["flow"] = flow or (noun.meaning if noun else "")
        return said

    def _figure_before(self) -> Drafted | None:
        """The figure whose head this one may carry on."""
        if self.sentence.figures:
            return self.sentence.figures[-1]
        last = self.figures[-1] if self.figures and self.sentence.within else None
        return last if last and last.paragraph == self.paragraph else None

    def _doubt_names(self, reading: Reading, total: Drafted | None) -> None:
        """Doubt names that stand near, but not in the clause; and a clause about who reports."""
        head, clause, said = reading.head, reading.clause, reading.said
        areas = [one for one in head if one.kind == "area"]
        if areas and areas[-1] not in clause and kind_of_area(areas[-1].meaning) != "nation":
            unread = self._unread_after(areas[-1])
            reading.doubts += [f"not understood: {words}" for words in unread]
        reading.doubts += [
            f"{one.text} may be who reports, not a partner"
            for one in clause
            if one.kind == "partner" and self._reports(one, said.get("flow", ""))
        ]
        if reading.qualified or total is not None:
            return
        if said.keys() <= {"flow"} and not reading.period_said and not self.sentence.figures:
            before = self.figures[-1:]
            if before and before[0].paragraph == self.paragraph:
                kept = [c for d, c in before[0].codes.items() if d in ALL and c != ALL[d]]
                reading.doubts += [f"the sentence before speaks of {code}" for code in kept]
                of_refused = (d for d in before[0].doubts if d.startswith(OF_REFUSED))
                reading.doubts += list(of_refused)
        if self.sentence.subject and "area" not in said:
            reading.doubts.append(f"the sentence before names {self.sentence.subject}")
        if "area" not in said:
            reading.doubts += [f"not understood: {name}" for name in self._unread_names(clause)]
        outside = [one for one in head if one not in clause and one.kind in (*QUALIFIERS, "region")]
        if outside:
            reading.doubts.append(f"the clause before names {', '.join(o.text for o in outside)}")
        for dimension in QUALIFIERS:
            code, _ = one_code(dimension, [one for one in outside if one.kind == dimension])
            if code:
                reading.codes[dimension] = code

    def _fill_in(self, reading: Reading, measure: str) -> str:
        """Settle what neither the head nor figures before say; or why there is no figure."""
        codes_, doubts = reading.codes, reading.doubts
        codes_["measure"] = measure
        if "flow" not in codes_:
            if measure in ("value", "weight", "quantity") and "regime" not in reading.said:
                return "no flow is named in the sentence"
            codes_["flow"] = "trade"
            doubts.append("no flow is named: read as trade")
        inner = next((one for one in reading.clause if one.kind == "within"), None)
        if inner and "area" not in reading.said:
            doubts.append(f"which {inner.meaning} {inner.text} means is not said")
        elif inner and self.area is None and self.office is not None:
            doubts.append(f"named by its customs: {inner.text} is that of {self.office[1]}")
        if "area" not in codes_:
            codes_["area"], why = self._carried_area()
            doubts += [why] if why else []
        if self.sentence.enterprise and codes_["operator"] == "total":
            if self.sentence.enterprise == "?":
                doubts.append("an enterprise that codes/operators.csv does not have")
            else:
                codes_["operator"] = self.sentence.enterprise
                doubts.append("the enterprise is that named before")
        if measure in ("quantity", "output", "shipments") and codes_["product"] == "total":
            if not self.product:
                return "counts goods that are not named"
            codes_["product"] = self.product
            doubts.append("the goods are those named before")
        return ""

    def _total_for(self, reading: Reading, measure: str, unit: str) -> Drafted | None:
        """The nearest figure before that this head could be a part of."""
        for total in reversed(self.figures[-REACH:]):
            if total.paragraph < self.paragraph - 1:
                return None
            if total.paragraph < self.paragraph and any(
                total.codes[dimension] != whole for dimension, whole in ALL.items()
            ):
                continue  # 其中 opens a paragraph: of the whole, not of one of its parts
            if not total.printed or total.codes["measure"] != measure:
                continue
            period = reading.period if reading.period_said else total.period
            codes_ = total.codes | reading.said
            if Drafted(codes_, period, unit or total.unit, self.paragraph).within(total):
                return total if "value" in total.printed else self._with_value(total)
        return None

    def _with_value(self, figure: Drafted) -> Drafted:
        """Of figures that speak of the same, the one near before that prints the value."""
        twins = (one for one in self.figures[-REACH:] if one.key == figure.key)
        return next((one for one in twins if "value" in one.printed), figure)

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
            if token.period.kind == "same" and token.period.year:  # 去年同期为逆差: in passing
                return period, True, unsure
            if token in days:
                if any(one.kind == "from" for one in head):
                    until = parse(f"../{period.text}")
                    return until, True, f"{token.text} is read as up to then"
                said = not token.text.isascii()  # English may yet say the period, after the number
                return period, said, f"the day {token.text} may be that of another event"
            self.period = period, unsure, self.paragraph
            return period, True, unsure
        if self.period is None or passing:
            return now, False, "no period is said: read as that of publication"
        period, unsure, paragraph = self.period
        if paragraph != self.paragraph:
            unsure = f"the period {period.text} is carried on from another paragraph"
        return period, False, unsure

    def _reports(self, name: Token, flow: str) -> bool:
        """Whether a country stands there without a word that makes it a partner (对, to, 出口…)."""
        english = name.text.isascii()
        before = before_name(self.text, name)
        owns = self.text.startswith(("'s", "’s"), name.end)
        if english and (owns or before.endswith(_OF_REPORTER.get(flow, ()))):
            return True  # Japan's exports, exports from Japan
        if not english and kind_of("partners", name.meaning) != "country":
            # 欧盟出口 at the head of a clause, not 我国对其他金砖国家出口
            verb = any(t.kind == "flow" and t.start == name.end for t in self.sentence.head)
            first = not before or PUNCTUATION.get(before[-1], before[-1]) in (*ENDS, ".")
            return verb and first
        led = LEADS.search(before) or self._listed_with_a_partner(name)
        return not led and not before.endswith(("出口", "进口", "产品"))

    def _listed_with_a_partner(self, name: Token) -> bool:
        """Whether a name goes on with a row of partners: with the EU, the US and Japan."""
        before = [one for one in self.sentence.head if one.end <= name.start]
        joined = ("and", "break", "filler")
        other = next((one for one in reversed(before) if one.kind not in joined), None)
        return other is not None and other.kind == "partner"

    def _area_around(self, clause: list[Token]) -> str:
        """The area that 全省 or 我市 means, given the area before; '' if it is unknown."""
        inner = next((one for one in clause if one.kind == "within"), None)
        known = self.area or self.office
        if inner is None or known is None:
            return ""
        if inner.text == "全市" and known[0] in MUNICIPALITIES:
            return known[0]
        kinds = ("nation", "country") if inner.meaning == "nation" else (inner.meaning,)
        around = (known[0], *ancestors("areas", known[0]))
        return next((code for code in around if kind_of_area(code) in kinds), "")

    def _carried_area(self) -> tuple[str, str]:
        if self.area is None and self.office is not None:
            return self.office[0], f"named by its customs: {self.office[1]} may report on more"
        if self.area is None:
            return "CN", "no area is named: read as China"
        area, paragraph = self.area
        far = paragraph != self.paragraph
        return area, f"the area {area} is carried on from another paragraph" if far else ""

    def like(self, figure: Drafted, unit: str) -> Drafted:
        """Another figure of what this one speaks of: in another currency, over another base."""
        other = Drafted(dict(figure.codes), figure.period, unit, figure.paragraph)
        other.doubts, other.period_doubt = list(figure.doubts), figure.period_doubt
        other.period_said, other.deficit = figure.period_said, figure.deficit
        other.total = figure.total if figure.total and other.within(figure.total) else None
        return other

    def add(self, figure: Drafted, keep: bool = False) -> None:
        """Take a figure up; `keep` where it is one of a list that ratios will be given to."""
        sentence = self.sentence
        self.figures.append(figure)
        sentence.figures.append(figure)
        sentence.aside, sentence.before = "", False
        self.refused = ""
        if not keep:
            sentence.current = [figure]
        elif figure not in sentence.current:
            sentence.current = [*sentence.current, figure]

    def doubt_unread(
        self, figure: Drafted, clause: Sequence[Token], end: int, also: Sequence[Token] = ()
    ) -> None:
        """Mark what stands in the figure's own clause and was not understood."""
        if clause:
            for words in self.unread(self._clause_start(clause[0].start), end, (*clause, *also)):
                figure.doubt(f"not understood: {words}")

    def doubt_unread_before(self, figure: Drafted, token: Token) -> None:
        """Mark what a number that says more of a figure has before it and was not understood."""
        for words in self.unread_before(token):
            figure.doubt(f"not understood: {words}")

    def unread_before(self, token: Token) -> list[str]:
        """What was not understood between the last mark and a number."""
        return self.unread(self._clause_start(token.start), token.start)

    def unread(self, start: int, end: int, also: Sequence[Token] = ()) -> list[str]:
        """What was not understood between two places since the last number."""
        found: list[str] = []
        at = start
        for one in sorted({*self.sentence.head, *also}, key=lambda token: token.start):
            if at <= one.start <= end:
                found += content(self.text[at : one.start])
            at = max(at, one.end)
        return found + content(self.text[at:end])

    def _unread_names(self, clause: list[Token]) -> list[str]:
        """Words in capitals between the last number and a clause: perhaps they say who reports."""
        start, end = self.sentence.since, clause[0].start if clause else self.sentence.since
        begins = self.text[start:end].lstrip()
        so_far = (self.tokens[n] for n in range(self.at - 1, -1, -1))
        since = list(takewhile(lambda one: one.start >= start, so_far))
        return [
            words
            for words in self.unread(start, end, since)
            if "A" <= words[0] <= "Z" and not re.match(rf"{words}(?!['’:])", begins)
        ]

    def _clause_start(self, at: int) -> int:
        """Where the last mark before a place ends, or the last number."""
        marks = [one.end for one in self.sentence.head if one.kind in ENDS and one.end <= at]
        return max([self.sentence.since, *marks])

    def _unread_after(self, name: Token) -> list[str]:
        """What was not understood between a name and the end of its clause."""
        following = [one.start for one in self.sentence.head if one.start >= name.end]
        ends = (one.start for one in self.sentence.head if one.kind in ENDS)
        end = next((at for at in ends if at >= name.end), max(following, default=name.end))
        return self.unread(name.end, end)
