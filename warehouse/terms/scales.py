"""Scales: the words for powers of ten that stand between a number and its unit.

Belongs here: the list scales.csv, and what a word means in a language. Does not belong here:
the scales that are part of a number in characters (quantity_words.py), which are the same ones.

A row without a language holds for every language that has no row of its own for the word. A row
without an exponent says that the word is not read there, for it means two things. `needs` is
`money` for letters that are scales only beside a currency, and `case` where capitals matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from warehouse import project
from warehouse.terms.notation import terms_table
from warehouse.terms.quantity_words import SCALES
from warehouse.terms.spellings import SpellingIndex, plain


class Scale(NamedTuple):
    """A word for a power of ten; `exponent` is None where the word means several."""

    word: str
    exponent: int | None
    language: str
    needs_money: bool = False
    needs_case: bool = False


@project.cached
def scales() -> SpellingIndex[Scale]:
    """All scales, by the text that they stand in."""
    return SpellingIndex((plain(scale.word), scale) for scale in _listed())


@project.cached
def in_text() -> tuple[str, ...]:
    """The scales that running text is searched for."""
    rows = (row for row in terms_table("scales") if row["in_text"])
    return (*SCALES, *(word for row in rows for word in row["words"].split(";")))


def power_of_ten(word: str, language: str) -> int | None:
    """What a word of scale means in a language; None where it means none, or several."""
    form = plain(word)
    found = next((means for end, means in scales().at(form, 0) if end == len(form)), [])
    scale = meant(found, word, language)
    return scale.exponent if scale else None


def _listed() -> Iterator[Scale]:
    yield from (Scale(word, exponent, "") for word, exponent in SCALES.items())
    for row in terms_table("scales"):
        needs, exponent = row["needs"].split(), row["exponent"]
        for word in row["words"].split(";"):
            yield Scale(
                word,
                int(exponent) if exponent else None,
                row["language"],
                "money" in needs,
                "case" in needs,
            )


def meant(found: list[Scale], printed: str, language: str) -> Scale | None:
    """What a word means in a language: its own row, else that of all, else of any other."""
    if len(found) == 1 and not found[0].needs_case:
        return found[0]
    fits = [scale for scale in found if not scale.needs_case or printed == scale.word]
    for choice in (language, ""):
        own = [scale for scale in fits if scale.language == choice]
        # A row that needs capitals is the narrower one.
        if own:
            return max(own, key=lambda scale: scale.needs_case)
    exponents = {scale.exponent for scale in fits}
    if len(exponents) > 1:
        return fits[0]._replace(exponent=None)
    return fits[0] if fits else None
