"""The grammar: the tokens of a text → figures bound to their heads, and what was skipped.

Belongs here: reading a text once, from left to right; values, and numbers listed together (分别).
Does not belong here: what a head says (heads.py), what a ratio says (ratios.py), which words there
are (vocabulary/), what stands between them (tokens.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import takewhile

from warehouse.drafting.text.clauses import (
    LEADS,
    NOUNS,
    QUALIFIERS,
    before_name,
    clause_of,
    coordinated,
    cues,
    dimension_of_measure,
    has_noun,
    in_clause,
    kind_of,
    last_clause,
    marked,
    names_in,
    note,
)
from warehouse.drafting.text.figures import Evidence, kind_of_area
from warehouse.drafting.text.heads import NOT_TRADE
from warehouse.drafting.text.period_words import Expression
from warehouse.drafting.text.ratios import OVER, Ratios
from warehouse.drafting.text.sentence import Sentence
from warehouse.drafting.text.tokens import (
    LENGTH_OF_TIME,
    NO_UNIT,
    Token,
    numeral,
    plain,
    read_quantity,
)
from warehouse.terms.period import Period

_QUOTED = re.compile("“[^“”]*”")
_OFFICE = re.compile("海关(?!总署)| Customs(?![a-z])")
_DATELINE = re.compile(
    r"\s*(?:\d+月)?\d+日(?:电|讯|消息)"
    r"|(?:,? [A-Z][a-z]{2,8}\.? \d{1,2})?(?:,? \d{4})? ?(?:\([^()\n]{1,30}\))? ?(?:--|—|– )"
)


class Reader(Ratios):
    """Reads a text once, from left to right."""

    def read(self) -> None:
        """Fill `figures` and `skipped`."""
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            _HANDLERS.get(token.kind, Reader._word)(self, token)
        self._attribute(len(self.text))

    # --- marks and words ---------------------------------------------------------------------

    def _stop(self, token: Token) -> None:
        before = self.sentence
        named = [one.text for one in before.head if one.kind in (*QUALIFIERS, "region")]
        self.sentence = Sentence(token.end)
        if not before.figures and token.text != "\n":
            self.sentence.subject = ", ".join(dict.fromkeys(named))
        if token.text == "\n":
            self._attribute(token.start)
            self.paragraph += 1
            self.begin, self.speaker, self.currency = token.end, "", ""

    def _attribute(self, end: int) -> None:
        """What a paragraph quotes of an enterprise is of the enterprise: “出口达…”公司经理说."""
        if not self.speaker:
            return
        quoted = [match.span() for match in _QUOTED.finditer(self.text, self.begin, end)]
        for figure in reversed(self.figures):
            if figure.paragraph != self.paragraph:
                break
            while quoted and figure.printed and quoted[-1][0] > figure.start:
                quoted.pop()
            if not quoted or not figure.printed or figure.end > quoted[-1][1]:
                continue
            if figure.codes["operator"] == "total":
                if self.speaker != "?":
                    figure.codes["operator"] = self.speaker
                figure.doubt("an enterprise says so, perhaps of itself")

    def _break(self, token: Token) -> None:
        if token.kind == "semicolon":
            self.sentence.stance = ""
        self.sentence.push(token)

    def _bracket(self, token: Token) -> None:
        self.sentence.bracket = max(0, self.sentence.bracket + (1 if token.kind == "open" else -1))

    def _word(self, token: Token) -> None:
        sentence = self.sentence
        if numeral(token.text):
            self.skip(token, "part of a name" if token.kind != "idiom" else token.meaning)
        if token.kind in ("filler", "idiom"):
            sentence.push(token)
            return
        if token.kind in ("forecast", "adjusted"):
            sentence.stance = token.meaning
        elif token.kind == "part":
            sentence.within, sentence.parts, sentence.of_refused = True, None, self.refused
        elif token.kind == "again":
            sentence.enterprise = sentence.enterprise or self.operator or "?"
            self.speaker = self.speaker or sentence.enterprise
        elif token.kind == "operator" and kind_of("operators", token.meaning) == "enterprise":
            self.operator = self.speaker = sentence.enterprise = token.meaning
        elif token.kind == "national":
            self.area = self.area or (token.meaning, self.paragraph)
        elif token.kind == "product":
            self.product = token.meaning
        elif token.kind == "currency":
            self.currency = token.text
            for figure in sentence.current:
                note(figure, token.text)
        if token.kind == "country" or (token.kind, token.meaning) == ("area", "CN"):
            token = self._area_or_partner(token)
        if token.kind == "area" and self._tells_who_reports(token):
            token = replace(token, kind="filler", meaning="")
        if (
            token.kind == "area"
            and not in_clause(sentence.head, ("share", "compare"))
            and kind_of_area(token.meaning) != "customs"
            and not (token.text == "全国" and self.area)  # mostly compared with, not spoken of
        ):
            self.area = token.meaning, self.paragraph
        sentence.push(token)

    def _tells_who_reports(self, token: Token) -> bool:
        """Whether an area is where the news is from: a dateline, a briefing, a customs office."""
        if office := _OFFICE.match(self.text, token.end):
            self.office = token.meaning, token.text + office[0]
            return True
        capitals = token.text.isascii() and token.text.isupper() and token.start == self.begin
        if capitals and kind_of_area(token.meaning) not in ("nation", "country"):
            return True
        if _DATELINE.match(self.text, token.end) and not self.sentence.figures:
            return True
        said = (one.meaning == "says" for one in last_clause(self.sentence.head))
        return token.text.isascii() and any(said)

    def _area_or_partner(self, token: Token) -> Token:
        """A country that may report itself is a partner where the words or the text say so."""
        area, partner = (token.meaning.split() * 2)[:2]
        led = LEADS.search(before_name(self.text, token)) is not None
        home = self.area is not None and self.area[0].startswith("CN")
        if area == "CN":
            is_partner = led and self.area is not None and not home
        else:
            listed = any(one.kind == "partner" for one in self.sentence.head[-3:])
            is_partner = led or listed or home
        kind, meaning = ("partner", partner) if is_partner else ("area", area)
        return Token(token.start, token.end, kind, meaning, token.text)

    def _period(self, token: Token) -> None:
        said, sentence = token.period, self.sentence
        assert said is not None
        if numeral(token.text):
            self.skip(token, "a date or period")
        against = said.against or bool(in_clause(sentence.head, ("compare",)))
        context = self.period[0] if self.period else None
        if against and said.year == "prior":
            sentence.push(Token(token.start, token.end, "yoy", "year-on-year", token.text))
        elif against and said.months == "last":
            sentence.push(Token(token.start, token.end, "yoy", "period-on-period", token.text))
        elif against:
            period, _ = self.published.resolve(said, context)
            sentence.against += [period] if period else []
            sentence.push(Token(token.start, token.end, "against", "", token.text))
        elif token.text.isascii() and sentence.current and not has_noun(sentence.head):
            over = sentence.head[-1:] and plain(sentence.head[-1].text) in OVER
            if not over and not sentence.before and said.kind not in ("open", "day"):
                self._date_backwards(said, context)
        else:
            sentence.push(token)

    def _date_backwards(self, said: Expression, context: Period | None) -> None:
        """English dates a figure after it: exports totaled … in the first half of 2020."""
        period, unsure = self.published.resolve(said, context)
        if period is None:
            return
        self.period = period, unsure, self.paragraph
        for figure in self.sentence.figures:
            if not figure.period_said:
                figure.period, figure.period_said = period, True
                figure.period_doubt = unsure

    # --- numbers -----------------------------------------------------------------------------

    def _number(self, token: Token) -> None:
        self.skip(token, token.meaning)
        self.sentence.push(token)
        if token.meaning == NO_UNIT:
            self.refused = token.text

    def _torn(self, token: Token) -> None:
        """A number that was not read whole stands in the place of a figure: none takes its head."""
        sentence = self.sentence
        if sentence.bracket:  # it says again what stands before the bracket
            self.skip(token, token.meaning)
            return
        self.aside(token, token.meaning)
        self.period_of(sentence.head, passing=False)
        sentence.head, sentence.against, sentence.since = [], [], token.end

    def _quantity(self, token: Token) -> None:
        amount, sentence = token.amount, self.sentence
        assert amount is not None
        head, where = sentence.head, None
        if sentence.stance:
            self.skip(token, sentence.stance)
        elif amount.unit == "pp":
            self.points(token, head)
        elif amount.dimension == "ratio" and self.starts_from(dated=True):
            self.skip(token, "the rate from which it came, of another time")
            start = max(n for n, one in enumerate(head) if one.kind == "from")
            begin = head[start].start
            read = Token(begin, token.end, "number", "", self.text[begin : token.end])
            sentence.head = [*head[:start], read]
            return
        elif amount.dimension == "ratio":
            where = self.ratio(token, head)
        elif self._value(token, head):
            sentence.push(token)
            return
        if sentence.aside:  # what was no trade figure may still have dated those after it
            self.period_of(head, passing=False)
        sentence.head, sentence.against, sentence.since = [], [], token.end
        if where is not None:
            self.at = where

    # --- values ------------------------------------------------------------------------------

    def _value(self, token: Token, head: list[Token]) -> bool:
        """Draft the figure of a value; True where its head is to be kept for the next."""
        amount = token.amount
        assert amount is not None
        if token.text.endswith("个") and not marked(self.text, token.end):
            self.skip(token, "counts what no code list has")
            return True
        sentence = self.sentence
        sentence.before = any(one.kind == "from" for one in last_clause(head))
        if self.starts_from():
            self.skip(token, "the level from which it came, of another time")
            return True
        verbs = [one for one in last_clause(head) if one.kind not in ("filler", "yoy")]
        if verbs and verbs[-1].kind in ("up", "down"):
            self.skip(token, "by how much it changed, not a level")
            return True
        clause = clause_of(head)
        measured = self._measure(token, clause)
        listed = self._in_list(token, clause)
        clause = listed or clause
        noun = next((one for one in reversed(clause) if one.kind in NOUNS), None)
        if noun is None and (noun := self._noun_after()):
            clause = [*clause, noun]
        if amount.dimension == "duration" and measured is None:
            self.skip(token, LENGTH_OF_TIME)
            return True
        if reason := self._no_trade(token, clause, noun, measured, listed):
            self.aside(token, reason)
            return False
        assert measured is not None
        measure, flow, guessed = measured
        headless = noun is None and not names_in(clause) and listed is None and not guessed
        if headless and self._continues(token, head, measure):
            return False
        if listed and any(one.kind == "period" for one in listed):
            head = listed
        figure = self.figure(head, clause, noun, measure, flow, amount.unit)
        if isinstance(figure, str):
            self.aside(token, figure)
            return False
        figure.print_value(token.text, token.start, token.end)
        if guessed:
            figure.doubt(f"the measure {measure} is read from the words around it")
        if amount.unit == "CNY" and any(
            word in self.currency.lower() for word in ("美元", "dollar")
        ):
            figure.doubt(f"{self.currency}, it says, but the unit is that of yuan")
        self.doubt_unread(figure, clause, token.start)
        self.add(figure, keep=listed is not None)
        return False

    def _after_numbers(self, last: Token) -> list[Token]:
        """The word after numbers that are listed: English says respectively there."""
        following = (one for one in self.tokens[self.at : self.at + 40] if one.start >= last.end)
        return [one for one in takewhile(lambda one: one.kind != "stop", following)][:2]

    def _noun_after(self) -> Token | None:
        """The flow of which a value before it speaks: 72亿元的贸易逆差."""
        if self.at + 1 < len(self.tokens) and self.tokens[self.at].text == "的":
            noun = self.tokens[self.at + 1]
            if noun.kind in ("flow", "deficit"):
                self.at += 2
                return noun
        return None

    def _no_trade(
        self,
        token: Token,
        clause: list[Token],
        noun: Token | None,
        measured: tuple[str, str, bool] | None,
        listed: list[Token] | None,
    ) -> str:
        """Why a value is no trade figure, or ''."""
        assert token.amount is not None
        if measured is None:
            return f"counts {token.amount.unit}, of which no measure speaks here"
        if measured[2]:  # a measure that the words around it give away
            return ""
        if noun is not None and noun.kind in NOT_TRADE:
            return NOT_TRADE[noun.kind].format(noun.text)
        if averages := [one for one in last_clause(clause) if one.kind == "average"]:
            return averages[-1].meaning
        if listed is None and any(one.kind == "each" for one in clause):
            return "one of several numbers whose heads were not told apart"
        return self.sentence.aside if noun is None and not names_in(clause) else ""

    def _continues(self, token: Token, head: list[Token], measure: str) -> bool:
        """Whether a value without a head of its own says more of the figure before it."""
        sentence, amount = self.sentence, token.amount
        assert amount is not None
        if not sentence.current:
            return False
        current = sentence.current[-1]
        if current.codes["measure"] != measure:
            return False
        if "value" not in current.printed:
            self.doubt_unread_before(current, token)
            current.print_value(token.text, token.start, token.end)
            current.unit = amount.unit
            return True
        converted = sentence.bracket or any(one.kind == "equivalent" for one in head)
        said, _ = read_quantity(current.printed["value"].text)
        more_exact = said is not None and said.hedge != "exact" and amount.hedge == "exact"
        if any(one.kind in ("period", "now") for one in head):
            return False
        if converted or more_exact:  # 折合…亿美元; 突破40万亿元, 达42.07万亿元
            same = self.like(current, amount.unit)
            same.print_value(token.text, token.start, token.end)
            self.figures.append(same)
            sentence.figures.append(same)
            if not converted:
                sentence.current = [same]
            return True
        following = self.tokens[self.at : self.at + 1]
        if any(one.kind == "from" for one in head) and following and following[0].kind == "yoy":
            current.printed["base"] = Evidence(token.text, token.start, token.end)
            return True
        if current.unit != amount.unit:
            return False
        self.skip(token, "a second value under one head")
        return True

    def _measure(self, token: Token, clause: list[Token]) -> tuple[str, str, bool] | None:
        """(measure, flow where the vocabulary says it, whether it is a guess) of a value."""
        amount = token.amount
        assert amount is not None
        following = self.tokens[self.at : self.at + 20]
        end = next(
            (one.start for one in following if one.kind in ("stop", "torn", "quantity")), None
        )
        before = plain(self.text[max(self.sentence.since, token.start - 60) : token.start])
        around = before + plain(self.text[token.end : min(end or token.end + 40, token.end + 40)])
        fits = [
            # The words nearest before the number decide; those after it come last.
            (max(before.rfind(cue) for cue in cues) if cues else -2, measure, flow, bool(cues))
            for unit, cues, measure, flow in cues()
            if unit in (amount.unit, amount.dimension) and all(cue in around for cue in cues)
        ]
        if fits:
            _, measure, flow, guessed = max(fits, key=lambda fit: fit[0])
            return measure, flow, guessed
        named = [one for one in clause if one.kind == "measure"]
        for one in reversed(named):
            if dimension_of_measure(one.meaning) == amount.dimension:
                return one.meaning, "", False
        usual = {"money": "value", "mass": "weight"}.get(amount.dimension)
        return (usual, "", False) if usual else None

    def _in_list(self, token: Token, clause: list[Token]) -> list[Token] | None:
        """A、B分别为x、y: the head of this value, where values are listed so."""
        sentence = self.sentence
        kind, waiting = sentence.list_of
        if kind == "values" and waiting and not has_noun(clause) and not names_in(clause):
            item, *rest = waiting
            sentence.list_of = ("values", rest) if rest else ("", [])
            return [*sentence.list_beside, item]
        said = any(one.kind == "each" for one in clause)
        if not said and not token.text.isascii():
            return None
        numbers = self.numbers_from(token)
        if not said and not any(one.kind == "each" for one in self._after_numbers(numbers[-1])):
            return None
        dimension, items = coordinated(clause, len(numbers))
        if not items:
            dimension, items = coordinated(self.sentence.head, len(numbers))
        if not items:
            return None
        others = [one for one in clause if one not in items]
        heads = [replace(item, kind=dimension) for item in items]
        sentence.list_of, sentence.list_beside = ("values", heads[1:]), others
        return [*others, heads[0]]


_Handler = Callable[[Reader, Token], None]
_HANDLERS: dict[str, _Handler] = {
    "stop": Reader._stop,
    "break": Reader._break,
    "semicolon": Reader._break,
    "open": Reader._bracket,
    "close": Reader._bracket,
    "period": Reader._period,
    "number": Reader._number,
    "torn": Reader._torn,
    "quantity": Reader._quantity,
}
