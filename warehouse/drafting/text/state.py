"""State: what is remembered while a text is read, of the whole text and of its sentence.

Belongs here: the two memories, and the few steps that change several of their fields together.
Does not belong here: deciding what anything means, which the modules of each kind of token do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from warehouse.drafting.text.figures import Drafted, Skipped
from warehouse.drafting.text.period_words import Published
from warehouse.drafting.text.tokens import Token
from warehouse.terms.period import Period

_LONGEST_HEAD = 200  # tokens; what stands further from a number says nothing of it
_REACH = 12  # how many figures back a total may stand; keeps long texts linear


class Listing(NamedTuple):
    """A row of numbers (分别为x、y) of which some are still to come."""

    kind: str = ""  # 'values' or 'figures' that numbers are given to; '' where no row is open
    tokens: Sequence[Token] = ()  # names that wait for values; of figures, their word of change
    shared: Sequence[Token] = ()  # the words of the clause that hold for all values of the row


_NO_LISTING = Listing()


class LastArea(NamedTuple):
    """The area that was named last, and the number of the paragraph that names it."""

    code: str
    paragraph: int


class LastPeriod(NamedTuple):
    """The period that was named last, why it is unsure, and the paragraph that names it."""

    period: Period
    doubt: str
    paragraph: int


class Office(NamedTuple):
    """A customs office that reports: the area it is in, and its name."""

    area: str
    name: str


@dataclass(slots=True)
class Sentence:
    """What a sentence has said so far, from its first token to the one being read."""

    head_start: int = 0  # where the last number, or the sentence before, ended
    head: list[Token] = field(default_factory=list)  # the tokens since then
    figures: list[Drafted] = field(default_factory=list)
    current: list[Drafted] = field(default_factory=list)  # those a growth or share belongs to
    aside: str = ""  # why numbers without a head of their own are skipped, until a figure is made
    stance: str = ""  # why all numbers that follow are skipped
    of_which: bool = False  # parts are being named: 其中
    total: Drafted | None = None  # the total of which they are parts
    refused_total: str = ""  # the number that is this total and became no figure
    enterprise: str = ""  # the enterprise spoken of: its code, or ? where it has none
    brackets: int = 0  # that are open
    against: list[Period] = field(default_factory=list)  # periods compared with
    names_before: str = ""  # what the sentence before names, where it has no figure
    listing: Listing = _NO_LISTING
    from_earlier: bool = False  # the last number was of an earlier time: from $5 billion
    growth_basis: str | None = "year-on-year"  # of the last growth without a value; None: unnamed

    def push(self, token: Token) -> None:
        """Let the head grow; what stands too far back is forgotten."""
        self.head.append(token)
        if len(self.head) > 2 * _LONGEST_HEAD:
            del self.head[:_LONGEST_HEAD]

    def begin_head(self, start: int) -> None:
        """Begin a new head behind a number."""
        self.head, self.against, self.head_start = [], [], start


@dataclass(slots=True)
class Reading:
    """A text as read so far, and what was made of it."""

    text: str
    published: Published
    tokens: list[Token]
    position: int = 0  # of the next token
    figures: list[Drafted] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    sentence: Sentence = field(default_factory=Sentence)
    paragraph: int = 1
    paragraph_start: int = 0
    speaker: str = ""  # the enterprise that the paragraph names: its code, or ? where it has none
    currency: str = ""  # in what the paragraph says it counts: 以美元计价
    refused: str = ""  # the last number, where it could be a total and became no figure
    area: LastArea | None = None
    period: LastPeriod | None = None
    office: Office | None = None
    operator: str = ""  # the last enterprise that was named
    product: str = ""  # the last that was named

    def following(self, count: int) -> list[Token]:
        """The next tokens, as many as there are up to a count."""
        return self.tokens[self.position : self.position + count]

    def rest(self) -> Iterator[Token]:
        """All tokens that are not read yet."""
        return (self.tokens[n] for n in range(self.position, len(self.tokens)))

    def recent(self) -> list[Drafted]:
        """The figures near enough to be the total of what comes next."""
        return self.figures[-_REACH:]

    def skip(self, token: Token, reason: str) -> None:
        """List a number as no part of a figure."""
        self.skipped.append(Skipped(token.text, token.start, token.end, reason))

    def skip_with_what_follows(self, token: Token, reason: str) -> None:
        """Skip a number whose head makes no figure, and with it what is said of that number."""
        self.sentence.aside, self.sentence.current = reason, []
        self.refused = token.text
        self.skip(token, reason)

    def add(self, figure: Drafted, listed: bool = False) -> None:
        """Take a figure up; `listed` where it is one of a row that ratios will be given to."""
        sentence = self.sentence
        self.figures.append(figure)
        sentence.figures.append(figure)
        sentence.aside, sentence.from_earlier = "", False
        self.refused = ""
        if not listed:
            sentence.current = [figure]
        elif figure not in sentence.current:
            sentence.current = [*sentence.current, figure]
