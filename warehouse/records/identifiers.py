"""Identifiers: the ids that curators give to sources and figures.

They stand in addresses, anchors, files and queries, so they hold nothing that cannot be seen or
that means something there: letters and digits of any script, '-', '.' and '_', no capitals. Belongs
here: what an id may be, and the id that a text comes nearest to. Does not belong here: which figure
an id names (acceptance.py).
"""

from __future__ import annotations

import re
import unicodedata

MAX_LENGTH = 100  # characters
_LATIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")  # most ids, and quick to know
_LETTERS = ("Ll", "Lm", "Lo", "Nd")
_MARKS = ("Mn", "Mc")  # vowels of Indic scripts, accents that have no letter of their own
# Letters and marks that nobody sees: fillers of Hangul, vowels of Khmer, variation selectors.
_UNSEEN = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0]"
)


def composed(text: str) -> str:
    """The text with each accented letter as one character, however it was typed."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def is_id(text: str) -> bool:
    """Whether a text may be an id."""
    return bool(_LATIN.fullmatch(text)) or (
        0 < len(text) <= MAX_LENGTH
        and composed(text) == text
        and not any(map(_is_variant, text))
        and unicodedata.category(text[0]) in _LETTERS
        and all(c in "-._" or unicodedata.category(c) in (*_LETTERS, *_MARKS) for c in text)
        and not _UNSEEN.search(text)
    )


def is_reference(text: str) -> bool:
    """Whether a text may name a figure: an id, or `<source>/<id>`."""
    return text.count("/") <= 1 and all(map(is_id, text.split("/")))


def id_like(text: str) -> str:
    """The id that a text comes nearest to, '' where it holds no letter or digit."""
    text = "".join(
        unicodedata.normalize("NFKC", c) if _is_variant(c) else c for c in _UNSEEN.sub("", text)
    )
    text = composed(composed(text).lower())
    kept = "".join(
        c if c in "-._" or unicodedata.category(c) in (*_LETTERS, *_MARKS) else "\0" for c in text
    )
    kept = re.sub(r"-*\0[-\0]*", "-", kept)[:MAX_LENGTH].strip("-._")
    while kept and not is_id(kept):
        kept = kept[1:]  # a mark that stands without its letter
    return kept


def _is_variant(character: str) -> bool:
    """Whether a character is another one in another form: full-width, circled, a ligature."""
    form = unicodedata.decomposition(character)
    # Letters of Thai and Lao are written as two by the book, and are typed as one.
    is_letter = form.startswith("<compat>") and unicodedata.category(character) == "Lo"
    return form.startswith("<") and not is_letter
