"""Sentences: what one has said so far, from its first token to the one being read.

Belongs here: the memory that ends with the sentence. Does not belong here: what a text remembers
(heads.py), deciding what anything means.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from warehouse.drafting.text.figures import Drafted
from warehouse.drafting.text.tokens import Token
from warehouse.terms.period import Period

LONGEST_HEAD = 200  # tokens; what stands further from a number says nothing of it


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
    of_refused: str = ""  # of a number that became no figure
    enterprise: str = ""  # an enterprise is spoken of, and its code if known
    bracket: int = 0
    against: list[Period] = field(default_factory=list)
    subject: str = ""  # what the sentence before names, where it has no figure
    list_of: tuple[str, list[Token]] = ("", [])
    list_beside: list[Token] = field(default_factory=list)  # what is said of all of the list
    before: bool = False  # the last number was of an earlier time: from $5 billion
    basis: str | None = "year-on-year"  # of the last growth without a value; None: none we have

    def push(self, token: Token) -> None:
        """Let the head grow; what stands too far back is forgotten."""
        self.head.append(token)
        if len(self.head) > 2 * LONGEST_HEAD:
            del self.head[:LONGEST_HEAD]
