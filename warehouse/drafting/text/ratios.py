"""Ratios: growth, shares, changes of shares, contributions → the figure they belong to.

A ratio after a word of change, share or contribution belongs to the figure just made, unless a
new head stands between.

Belongs here: what a ratio says of which figure. Does not belong here: values and lists of numbers
(grammar.py), making figures of heads (heads.py).
"""

from __future__ import annotations

from dataclasses import replace

from warehouse.drafting.text.clauses import (
    CHANGES,
    ENDS,
    NOUNS,
    QUALIFIERS,
    clause_of,
    coordinated,
    has_noun,
    in_clause,
    last_clause,
    names_in,
    note,
)
from warehouse.drafting.text.figures import ALL, WHOLE, Drafted, Evidence, ancestors, kind_of_area
from warehouse.drafting.text.heads import NOT_TRADE, REACH, Heads
from warehouse.drafting.text.tokens import Token, numeral, plain
from warehouse.records.contract import MAX_RATIO
from warehouse.terms.period import Period
from warehouse.terms.quantity import SIGNS, QuantityError, parse_growth, parse_share

NUMBERS = ("quantity", "torn")
OVER = ("from", "over", "than", "against", "compared with", "compared to")  # before a period


class Ratios(Heads):
    """Heads, and the ratios that follow them."""

    def ratio(self, token: Token, head: list[Token]) -> int | None:
        """Give a ratio to a figure, or skip it; returns where to go on if not at the next."""
        sentence = self.sentence
        last = last_clause(head)
        share = next((n for n, one in enumerate(head) if one.kind == "share"), None)
        if share is not None:
            return self.share(token, head, share)
        if sentence.list_of[0] and not any(one.kind in NOUNS for one in head):
            self.next_in_list(token, head)
            return None
        word = self._word_of_change(last)
        if any(one.kind == "each" for one in head):
            self.each(token, head, word)
            return None
        basis = next((one for one in head if one.kind == "yoy"), None)
        # 翻番 and doubled say that it grew.
        whole_word = token.text[:1] == "翻" or (token.text[:1].isascii() and token.text.isalpha())
        if word is None and basis is None and not whole_word:
            self.skip(token, "a percentage or multiple that no word of change or share precedes")
            return None
        if averages := [one for one in last if one.kind == "average"]:
            self.skip(token, averages[-1].meaning)
            return None
        if any(one.kind == "contribution" for one in last):
            self.skip(token, "a contribution in percent of the growth, not in points")
            return None
        head = self.without_comparand(head)
        last = last_clause(head)
        own = has_noun(last) or names_in(last)
        # English puts asides between subject and verb: trade with ASEAN, the largest, grew 3%.
        alone = not sentence.current or _english(self.text, token.start)
        clause = clause_of(head) if own or alone else last
        noun = next((one for one in reversed(clause) if one.kind in NOUNS), None)
        names = names_in(clause)
        if noun is not None and noun.kind in NOT_TRADE:
            self.aside(token, NOT_TRADE[noun.kind].format(noun.text))
        elif noun is None and not names and not self._carries_on():
            if sentence.aside or not sentence.current:
                self.skip(token, sentence.aside or "no figure before it that grew")
            else:
                self._grow_current(token, word)
        else:
            self._grow_head(token, head, clause, noun, word)
        return None

    def _word_of_change(self, last: list[Token]) -> Token | None:
        """The word that says which way: before the number, in English after it too."""
        word = next((one for one in reversed(last) if one.kind in CHANGES), None)
        # 增幅回落到5%: it still grew.
        word = next((one for one in last if one.kind == "rate"), word)
        if word is not None:
            return word
        # a 5 percent increase, a 5 percent year-on-year increase
        after = [one for one in self.tokens[self.at : self.at + 2] if one.text.isascii()]
        after = after[1:] if after and after[0].kind == "yoy" else after
        return after[0] if after and after[0].kind in CHANGES else None

    def _grow_head(
        self,
        token: Token,
        head: list[Token],
        clause: list[Token],
        noun: Token | None,
        word: Token | None,
    ) -> None:
        """Make a figure of a head that prints but a growth."""
        measure = next((one.meaning for one in clause if one.kind == "measure"), "value")
        volume = noun.text if noun is not None and noun.text.endswith("量") else ""
        figure = self.figure(head, clause, noun, "weight" if volume else measure, "", "")
        if isinstance(figure, str):
            self.aside(token, figure)
            return
        if volume:
            figure.doubt(f"{volume} is read as weight")
        if self.attach_growth(figure, token, word):
            self.doubt_unread(figure, clause, token.start)
            self.add(figure)

    def _grow_current(self, token: Token, word: Token | None) -> None:
        """Let the figure just made print a growth; all of a list, where 均 says so."""
        sentence = self.sentence
        both = any(one.meaning == "each alike" for one in last_clause(sentence.head))
        waiting = [one for one in sentence.current if "growth" not in one.printed]
        if not both or len(waiting) < 2:
            waiting = sentence.current[-1:]
        for figure in waiting:
            figure = self._at_its_own_time(figure)
            if self.attach_growth(figure, token, word):
                self.doubt_unread_before(figure, token)
                if figure not in sentence.figures:
                    self.add(figure)

    def _at_its_own_time(self, figure: Drafted) -> Drafted:
        """The figure, or another of what it speaks of where the clause says another period."""
        clause = last_clause(self.sentence.head)
        if not any(one.period and one.period.kind == "period" for one in clause):
            return figure
        period, said, unsure = self.period_of(clause, passing=False)
        if not said or period == figure.period:
            return figure
        other = self.like(figure, figure.unit)
        other.period, other.period_doubt, other.total = period, unsure, None
        return other

    def _carries_on(self) -> bool:
        """Whether a growth without a head speaks of the sentence before: 其中四季度增长4.5%."""
        sentence = self.sentence
        return sentence.within and not sentence.current and not sentence.aside

    def attach_growth(self, figure: Drafted, token: Token, word: Token | None) -> bool:
        """Let a figure print a growth, `word` saying which way; False where it cannot."""
        basis, said = self._basis(figure)
        if "value" not in figure.printed:
            self.sentence.basis = basis
        if basis is None:
            self.skip(token, "growth over something else than a year or a period before")
            return False
        if "growth" in figure.printed:
            if unread := self.unread_before(token):
                self.skip(token, f"a growth of {', '.join(unread)}, which is not understood")
                return False
            if basis == figure.growth_basis:
                self.skip(token, "a second growth of one figure")
                return False
            figure = self.like(figure, figure.unit)  # 同比增长5%，环比下降3%
            self.figures.append(figure)
        if not said:
            figure.doubt("what it grew over is that of the growth before it")
        sign = word.text if word is not None and word.kind != "rate" else ""
        if word is not None and word.kind == "rate" and word.meaning == "-":
            sign = "-"
        multiple = "%" not in plain(token.text) and "cent" not in token.text.lower()
        down = word is not None and word.meaning == "-"
        text = f"{_plain_sign(sign, down, multiple)}{token.text}"
        try:
            read = parse_growth(text)
        except QuantityError as error:
            self.skip(token, f"no growth: {error}")
            return False
        if abs(read.value) >= MAX_RATIO:
            self.skip(token, "larger than any growth")
            return False
        start = min(word.start, token.start) if word is not None else token.start
        end = max(word.end, token.end) if word is not None else token.end
        figure.printed["growth"] = Evidence(text, start, end)
        figure.growth_basis = basis
        if word is None and not multiple:
            figure.doubt("no word says whether it grew or shrank")
        for one in self.sentence.head:
            if one.kind == "currency":
                note(figure, one.text)
        return True

    def _basis(self, figure: Drafted) -> tuple[str | None, bool]:
        """(what the growth is over, None where records cannot say so; whether the words say it)."""
        head, period = self.sentence.head, figure.period
        if period.start is not None and (period.end - period.start).days > 366:
            return None, True
        for one in (*self._compared_after(), *head):
            if one.kind == "yoy":
                return one.meaning, True
            if one.period is not None and one.kind == "compared":
                against, _ = self.published.resolve(one.period, period)
                return _over(period, against), True
        if self.sentence.against:
            return _over(period, self.sentence.against[0]), True
        if in_clause(head, ("compare",)):
            return None, True
        if "value" not in figure.printed and self.sentence.basis != "year-on-year":
            return self.sentence.basis, False  # 与2019年相比，出口增长x%，进口增长y%
        return "year-on-year", True

    def _compared_after(self) -> list[Token]:
        """English says after the number what it grew over: up 3% month on month, from May."""
        found: list[Token] = []
        for one in self.tokens[self.at : self.at + 4]:
            joins = one.text.lower() in ("and", "but", "while")
            if joins or not one.text.isascii() or one.kind in (*ENDS, *NUMBERS):
                break
            if one.kind == "yoy":
                return [one]
            if one.kind == "period" and found and plain(found[-1].text) in OVER:
                return [replace(one, kind="compared")]
            if one.kind not in ("from", "compare", "filler", *CHANGES):
                break
            found.append(one)
        return []

    def without_comparand(self, head: list[Token]) -> list[Token]:
        """Leave out what stands between a word of comparison and the word of change."""
        kept: list[Token] = []
        comparing = False
        for one in head:
            if one.kind == "compare":
                comparing = True
            elif one.kind in (*CHANGES, *ENDS):
                comparing = False
            if not comparing or one.kind == "compare":
                kept.append(one)
        return kept

    def share(self, token: Token, head: list[Token], at: int) -> int | None:
        """占…的45.3%, 占比45.3%, accounting for 45.3 percent of …: a share, and what of."""
        sentence = self.sentence
        before, whole = head[:at], head[at + 1 :]
        where = None
        if token.text[-1:].isascii() and "a" <= token.text[-1:].lower() <= "z":
            where = self.at
            while where < len(self.tokens) and self.tokens[where].kind not in (*ENDS, *NUMBERS):
                one = self.tokens[where]
                if one.kind == "number" or (one.kind == "period" and numeral(one.text)):
                    break
                whole = [*whole, one]
                where += 1
        clause = last_clause(before)
        noun = next((one for one in reversed(clause) if one.kind in NOUNS), None)
        foreign = next((one for one in whole if one.kind in (*NOT_TRADE, "world")), None)
        if noun is not None and noun.kind in NOT_TRADE:
            self.aside(token, NOT_TRADE[noun.kind].format(noun.text))
        elif any(one.meaning == "together" for one in head) and len(sentence.figures) > 1:
            self.skip(token, "a share of several figures together")
        elif len(shares := self._shares_from(token)) > 1:
            where = self._shares(shares, head, at)
        elif foreign is not None:
            self.skip(token, f"a share of something that is no figure here: {foreign.text}")
        elif (noun is None and not names_in(clause)) and not sentence.current:
            self.skip(token, sentence.aside or "no figure before it whose share it could be")
        else:
            figure: Drafted | str
            if noun is None and not names_in(clause):
                figure = sentence.current[-1]
            else:
                figure = self.figure(before, clause, noun, "value", "", "")
                if not isinstance(figure, str):
                    self.doubt_unread(figure, clause, head[at].start)
            if isinstance(figure, str):
                self.aside(token, figure)
            else:
                self._attach_share(figure, token, whole, head[at])
        return where

    def _shares_from(self, token: Token) -> list[Token]:
        """This share and those listed with it: 占…的57.9%和17.2%."""
        found = [token]
        following = self.tokens[self.at : self.at + 40]
        for mark, one in zip(following[::2], following[1::2], strict=False):
            if mark.kind != "and" or one.amount is None or one.amount.dimension != "ratio":
                break
            found.append(one)
        return found

    def _shares(self, shares: list[Token], head: list[Token], at: int) -> int:
        """Give listed shares to the figures just made, one each; returns where to go on."""
        figures = self.sentence.current
        if len(figures) == len(shares) and not has_noun(last_clause(head[:at])):
            for share, figure in zip(shares, figures, strict=True):
                self._attach_share(figure, share, head[at + 1 :], head[at])
        else:
            for share in shares:
                self.skip(share, "one of several shares whose heads were not told apart")
        return self.at + 2 * (len(shares) - 1)

    def _attach_share(self, figure: Drafted, token: Token, whole: list[Token], word: Token) -> None:
        try:
            parse_share(token.text)
        except QuantityError as error:
            return self.skip(token, f"no share: {error}")
        if "share" in figure.printed:
            return self.skip(token, "a second share of one figure")
        of = self._whole_codes(figure.codes, whole)
        if of == figure.codes:
            return self.skip(token, "a share of a whole that is not said")
        figure.share_of = self._whole(figure, of)
        figure.printed["share"] = Evidence(token.text, token.start, token.end)
        if not whole:
            figure.doubt("what it is a share of is not said")
        if of["flow"] != figure.codes["flow"]:
            figure.doubt(f"a share of {of['flow']}: it may be that of another figure")
        if figure not in self.figures[-REACH:]:
            self.add(figure)
        return None

    def _whole_codes(self, codes: dict[str, str], whole: list[Token]) -> dict[str, str]:
        """The codes of the whole that words such as 全省出口总值 name, given those of a part."""
        # 占全国二成 is a share of the same goods; 占全国出口的二成 is one of all goods.
        of = codes | ALL if any(one.kind == "flow" for one in whole) or not whole else dict(codes)
        for one in whole:
            if one.kind in ("area", "flow", *QUALIFIERS):
                of[one.kind] = one.meaning
            elif one.kind == "within":
                around = (
                    a for a in ancestors("areas", of["area"]) if kind_of_area(a) == one.meaning
                )
                of["area"] = next(around, of["area"])
        return of

    def _whole(self, figure: Drafted, of: dict[str, str]) -> Drafted:
        """The figure with these codes, or one that prints nothing: a share may refer to it."""
        wanted = Drafted(of, figure.period, figure.unit, figure.paragraph)
        for other in reversed(self.figures[-REACH:]):
            if other.key == wanted.key:
                return other
        wanted.period_said = figure.period_said
        wanted.notes.append(WHOLE)
        self.figures.append(wanted)
        return wanted

    def points(self, token: Token, head: list[Token]) -> None:
        """Percentage points: a contribution, the change of a share, or the change of a growth."""
        sentence = self.sentence
        word = next((one for one in reversed(head) if one.kind in CHANGES), None)
        figure = sentence.current[-1] if sentence.current else None
        if figure is None:
            return self.skip(token, sentence.aside or "points of no figure before it")
        if any(one.kind == "contribution" for one in head):
            total = self._total_grown(figure, head)
            if total is None or "contribution" in figure.printed:
                return self.skip(token, "a contribution to a growth that is no figure before it")
            figure.total = figure.total or total
            text = token.text
            field_ = "contribution"
        elif "share" in figure.printed and "share_change" not in figure.printed:
            if has_noun(head) or word is None or any(one.kind == "rate" for one in head):
                return self.skip(token, "a change of a growth rate, in points")
            if figure.share_of is None or not figure.within(figure.share_of):
                return self.skip(token, "a change of a share of something it is no part of")
            figure.total = figure.share_of
            text = ("-" if word.meaning == "-" else "") + token.text
            field_ = "share_change"
        else:
            return self.skip(token, "a change of a growth rate, in points")
        figure.printed[field_] = Evidence(text, word.start if word else token.start, token.end)
        return None

    def _total_grown(self, figure: Drafted, head: list[Token]) -> Drafted | None:
        """The figure to whose growth another contributes: the nearest that the words allow."""
        named = self._whole_codes(figure.codes, head)
        for total in reversed(self.figures[-REACH:]):
            if total.printed and figure.within(total) and total.codes["area"] == named["area"]:
                return total
        return None

    # --- 分别 --------------------------------------------------------------------------------

    def each(self, token: Token, head: list[Token], word: Token | None) -> None:
        """A、B分别增长x%、y%: as many heads as numbers, in the same order."""
        numbers = self.numbers_from(token)
        each = next(n for n, one in enumerate(head) if one.kind == "each")
        before = head[:each]
        before = self.without_comparand(before)
        dimension, items = coordinated(before, len(numbers))
        if not items and not has_noun(before) and not names_in(before):
            figures = self.sentence.figures[-len(numbers) :]
            if len(figures) == len(numbers):
                self.sentence.list_of = "figures", []
                self.sentence.current = figures
                self.next_in_list(token, head)
                return
        if not items:
            self.skip(token, f"one of {len(numbers)} figures whose heads were not told apart")
            return
        rest = [one for one in before if one not in items]
        made: list[Drafted] = []
        for item in items:
            one = replace(item, kind=dimension)
            clause = [*clause_of(rest), one]
            noun = (
                one
                if dimension == "flow"
                else next((x for x in reversed(clause) if x.kind in NOUNS), None)
            )
            if noun is not None and noun.kind in NOT_TRADE:
                self.aside(token, NOT_TRADE[noun.kind].format(noun.text))
                return
            measure = next((x.meaning for x in reversed(clause) if x.kind == "measure"), "value")
            figure = self.figure([*rest, one], clause, noun, measure, "", "")
            if isinstance(figure, str):
                self.aside(token, figure)
                return
            self.doubt_unread(figure, clause_of(before), head[each].start, items)
            made.append(figure)
        self.sentence.list_of = "figures", []
        self.sentence.current = made
        self.next_in_list(token, head)

    def next_in_list(self, token: Token, head: list[Token]) -> None:
        """Give the growth to the first figure of the list that has none."""
        sentence = self.sentence
        word = next((one for one in reversed(head) if one.kind in CHANGES), None)
        if word is not None:
            sentence.list_of = "figures", [word]
        elif sentence.list_of[1]:
            word = sentence.list_of[1][0]
        figure = next((one for one in sentence.current if "growth" not in one.printed), None)
        if figure is None or word is None:
            sentence.list_of = "", []
            self.skip(token, "more numbers than figures to give them to")
            return
        if self.attach_growth(figure, token, word) and figure not in self.figures[-REACH:]:
            self.add(figure, keep=True)
        if all("growth" in one.printed for one in sentence.current):
            sentence.list_of = "", []


def _over(period: Period, against: Period | None) -> str | None:
    """What growth of one period over another is called, or None where records have no name."""
    if against is None or against.start is None or period.start is None:
        return None
    years = period.start.year - against.start.year
    same = against.end.month == period.end.month
    if years == 1 and (same or against.span == "year"):
        return "year-on-year"
    if (period.start - against.end).days == 1:
        return "period-on-period"
    return None


def _english(text: str, at: int) -> bool:
    """Whether a Latin word stands before a place in a text."""
    before = text[max(0, at - 3) : at].rstrip()[-1:]
    return before.isascii() and before.isalpha()


def _plain_sign(word: str, down: bool, multiple: bool) -> str:
    """The word of change as it must stand before the number: none where it only says growth."""
    known = any(word in words.split(";") for words in SIGNS.values()) and not word.isascii()
    if down:
        return word if known else "-"
    return (word if known else "+" * bool(word)) if multiple else ""
