"""A cursor over one printed text, and the error that says where reading stopped.

Belongs here: moving along a text, and telling its places. Does not belong here: what stands there
(quantity_reader.py).
"""

from __future__ import annotations

import re
from unicodedata import is_normalized, normalize

from warehouse.terms.spellings import plain

MAX_LENGTH = 60


class QuantityError(ValueError):
    """A text that cannot be read as a whole.

    `read` is the part of `text` that could be read, `position` the index in `text` where reading
    stopped, `expected` what could have followed there, `remedy` what to do about it, if that is
    more than to mend the text.
    """

    def __init__(
        self, text: str, read: str, position: int, expected: str, remedy: str = ""
    ) -> None:
        super().__init__(text, read, position, expected, remedy)
        self.text, self.read, self.position = text, read, position
        self.expected, self.remedy = expected, remedy

    def __str__(self) -> str:
        read = f"read {self.read!r} and " if self.read else ""
        rest = self.text[self.position : self.position + 1]
        where = f"{rest!r}, character {self.position + 1}" if rest else "the end"
        return f"{read}stopped at {where}, where {self.expected} was expected"


class Cursor:
    """A place in a text, which is compared in its plain form."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        if len(text) > MAX_LENGTH:
            expected = f"the end (a printed figure has at most {MAX_LENGTH} characters)"
            raise QuantityError(text, "", MAX_LENGTH, expected)
        if not is_normalized("NFKC", text):
            _refuse_disguised_digits(text)
        self.plain = plain(text)
        as_printed = normalize("NFKC", text)
        self.as_printed = as_printed if len(as_printed) == len(self.plain) else self.plain

    def error(self, expected: str, at: int | None = None, remedy: str = "") -> QuantityError:
        """The error to raise when something else than `expected` is at `at` (default: here)."""
        at = self.skip_spaces(at)
        # The plain text may be longer or shorter than the text; the position is one in the text.
        position = sum(len(plain(self.text[:i])) <= at for i in range(1, len(self.text) + 1))
        return QuantityError(self.text, self.text[:position].strip(), position, expected, remedy)

    def take(self, pattern: re.Pattern[str]) -> str | None:
        if (match := pattern.match(self.plain, self.at)) is None:
            return None
        self.at = match.end()
        return match[1]

    def cut(self, pattern: re.Pattern[str]) -> bool:
        """Whether the text ends as the pattern says, which is then read."""
        if (match := pattern.search(self.plain)) is None:
            return False
        self.plain = self.plain[: match.start()]
        return True

    def skip_spaces(self, at: int | None = None) -> int:
        """The place of the next character from `at` (default: here) that is no space."""
        return len(self.plain) - len(self.plain[self.at if at is None else at :].lstrip())


def _refuse_disguised_digits(text: str) -> None:
    """Raise QuantityError where NFKC would turn another character into a digit: 5²亿, ①5亿, ½."""
    for position, character in enumerate(text):
        normal = normalize("NFKC", character)
        if normal == character or character.isdecimal() or character in "㎡㎥":
            continue
        squared = character in "²³" and text[:position].endswith(("m", "ｍ"))
        if any(map(str.isnumeric, normal)) and not squared:
            raise QuantityError(text, text[:position].strip(), position, "a plain digit or word")
