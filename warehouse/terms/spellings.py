"""Spellings: words of a list, found at a place in a printed text.

Belongs here: the form in which words are compared, where a word ends, and finding the longest that
stands at a place. Does not belong here: what the words mean (units.py, scales.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar
from unicodedata import normalize

# Traditional characters and Japanese ones of the words that quantities are written with.
_SIMPLIFIED = str.maketrans(
    "萬億兩點個餘約減漲擴縮長過達總單雙對臺噸圓幣條輛隻張塊項畝增與為於從時増",
    "万亿两点个余约减涨扩缩长过达总单双对台吨圆币条辆只张块项亩增与为于从时增",
)
_ALPHABETS_END = "\u0e00"  # Thai and what comes after it are written without spaces …
_LATIN_AGAIN = range(0x1E00, 0x2000)  # … but for the Latin and Greek letters with more accents.


def plain(text: str) -> str:
    """Text in the form in which the words of quantities are compared: half-width, lower case."""
    return normalize("NFKC", text).lower().translate(_SIMPLIFIED)


def is_letter(character: str) -> bool:
    """Whether it is a letter of a script that puts spaces between its words."""
    if character.isascii():
        return "a" <= character <= "z"
    in_alphabet = character < _ALPHABETS_END or ord(character) in _LATIN_AGAIN
    return in_alphabet and character.isalpha()


Meaning = TypeVar("Meaning")


class SpellingIndex(Generic[Meaning]):
    """Words and what each means, found by the text that begins with them, the longest first."""

    def __init__(self, words: Iterable[tuple[str, Meaning]]) -> None:
        meanings: dict[str, list[Meaning]] = {}
        lengths: dict[str, set[int]] = {}
        for word, meaning in words:
            meanings.setdefault(word, []).append(meaning)
            lengths.setdefault(word[0], set()).add(len(word))
        self._meanings: Mapping[str, list[Meaning]] = meanings
        # By the first character, so that only words are looked up that may stand there.
        self._lengths: Mapping[str, Sequence[int]] = {
            first: sorted(found, reverse=True) for first, found in lengths.items()
        }

    def at(self, text: str, start: int) -> Iterator[tuple[int, list[Meaning]]]:
        """The end and the meanings of each word that stands whole at `start`, longest first."""
        for length in self._lengths.get(text[start : start + 1], ()):
            end = start + length
            word = text[start:end]  # shorter where the text ends before
            meanings = self._meanings.get(word)
            if meanings is None or len(word) < length:
                continue
            if end < len(text) and is_letter(word[-1]) and is_letter(text[end]):
                continue
            yield end, meanings
