"""Evidence: the texts that records were read from, and whether a record's span still holds.

Texts are archived below a home as `texts/<source>.txt`, outside the project; a source names its
text and the digest of it, a record the span of characters it was read from.

Belongs here: reading and archiving texts, and comparing printed numbers with the spans they came
from. Does not belong here: what a text says (drafting/), whether a broken span withholds
(expectations).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any
from unicodedata import normalize

from warehouse import project
from warehouse.records.acceptance import Batch
from warehouse.records.fields import PRINTED
from warehouse.records.published_source import Source
from warehouse.system import files, storage
from warehouse.system.files import FormError, Problem
from warehouse.terms.quantity_words import HEDGES_BEFORE, SIGNS

FOLDER = "texts"
MAX_BYTES = 16_000_000
COLUMNS = dict.fromkeys(("figure_id", "source_id", "text", "state", "missing"), "VARCHAR") | (
    dict.fromkeys(("span_start", "span_end", "printed", "held"), "INTEGER")
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_SENTENCE_END = re.compile(r"[。！？!?\n]|\.(?=\s)")
_SPACE = re.compile(r"\s+")
_BEFORE = re.compile(
    r"^(?:{})了?\s*".format(
        "|".join(
            re.escape(word)
            for words in (*HEDGES_BEFORE.values(), *SIGNS.values())
            for word in sorted(words.split(";"), key=len, reverse=True)
        )
    )
)


def read_text(path: Path) -> str:
    """A press text unchanged, line ends included: spans count its characters.

    Raises FormError for what is no text: a missing, empty or binary file, or another encoding.
    """

    def fail(message: str, remedy: str) -> FormError:
        return FormError(Problem(str(path), 0, message, remedy))

    data = files.content(path, MAX_BYTES)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        try:
            data.decode("gb18030")
        except UnicodeDecodeError:
            raise fail(f"byte {error.start} is not UTF-8", "save the text as UTF-8") from None
        hint = "it may be GBK: iconv -f GB18030 -t UTF-8"
        raise fail(f"byte {error.start} is not UTF-8", f"save the text as UTF-8 ({hint})") from None
    if not text.strip():
        raise fail("the file is empty", "name a file that holds a text")
    if control := _CONTROL.search(text):
        message = f"control character U+{ord(control[0]):04X}"
        raise fail(message, "remove it; is this a text file?")
    return text


def archive(text: str, source: str, home: Path) -> tuple[str, str]:
    """Store a text below `home`; returns the name of its file, and its SHA-256.

    Raises FormError where another text is stored for that source, OSError where none can be.
    """
    data = text.encode("utf-8")
    digest = hashlib.sha256(data).hexdigest()
    path = storage.private(home, FOLDER) / f"{source}.txt"
    if storage.check(path) is None:
        with storage.whole(path) as beside:
            beside.write_bytes(data)
    elif hashlib.sha256(files.content(path, MAX_BYTES)).hexdigest() != digest:
        message = f"another text is kept for the source {source}"
        raise FormError(Problem(str(path), 0, message, "give this one another --id"))
    return path.name, digest


def examine(batch: Batch, texts: Path | None) -> Iterator[dict[str, Any]]:
    """For each figure a row: the state of its source's text, and which numbers its span holds.

    `texts` is the folder of archived texts. `state` is 'archived', 'changed' (not the text that
    was read), 'not archived', or 'none named'.
    """
    states = {id_: _state(source, texts) for id_, (source, _) in batch.sources.items()}
    for figure in batch.figures:
        record = figure.record
        state, text = states[record.source]
        start, end = record.place if record.place else (None, None)
        numbers = [q.text for name in PRINTED if (q := getattr(record, name)) is not None]
        passage = text[start:end] if text is not None and start is not None else None
        missing = [n for n in numbers if passage is not None and not _holds(passage, n)]
        yield {
            "figure_id": figure.id,
            "source_id": record.source,
            "text": batch.sources[record.source][0].text,
            "state": state,
            "span_start": start,
            "span_end": end,
            "printed": len(numbers),
            "held": None if passage is None else len(numbers) - len(missing),
            "missing": "; ".join(missing) or None,
        }


def archived(name: str, texts: Path) -> str | None:
    """The archived text of that name, or None."""
    path = texts / name
    with suppress(FormError):
        return files.content(path, MAX_BYTES).decode("utf-8", errors="replace")
    return None


def sentence(text: str, start: int, end: int) -> tuple[str, str, str]:
    """The sentence around a span of a text, in three: before the span, the span, after it."""
    first = max((m.end() for m in _SENTENCE_END.finditer(text, 0, start)), default=0)
    last = _SENTENCE_END.search(text, end)
    return text[first:start].lstrip(), text[start:end], text[end : last.end() if last else None]


def _state(source: Source, texts: Path | None) -> tuple[str, str | None]:
    if source.text is None:
        return "none named", None
    try:
        if texts is None:
            return "not archived", None
        data = files.content(texts / source.text, MAX_BYTES)
    except FormError:
        return "not archived", None
    same = hashlib.sha256(data).hexdigest() == source.text_sha256
    return "archived" if same else "changed", data.decode("utf-8", errors="replace")


def _holds(passage: str, printed: str) -> bool:
    """Whether a passage holds a printed number, and the words for its sign and its hedges."""
    passage, rest = _bare(passage), printed
    while match := _BEFORE.match(rest):
        word = _bare(match[0])
        if word == "-" and not any(decline in passage for decline in _words_of_decline()):
            return False
        if word not in ("-", "+") and word not in passage:
            return False
        rest = rest[match.end() :]
    return _bare(rest) in passage


@project.cached
def _words_of_decline() -> tuple[str, ...]:
    """The words that a text may use for a minus: 下降, fell, 逆差."""
    # Imported here: it takes up to a tenth of a second, which most commands can do without.
    from warehouse.drafting.text.tokens import vocabulary

    words = (row["words"] for row in vocabulary("words") if row["kind"] in ("down", "deficit"))
    return tuple(_bare(word) for listed in (SIGNS["-"], *words) for word in listed.split(";"))


@lru_cache(maxsize=1024)
def _bare(text: str) -> str:
    return _SPACE.sub("", normalize("NFKC", text)).lower()
