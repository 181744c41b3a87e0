"""Reviewing a draft: each record is accepted, edited or left out, and every decision is saved.

Belongs here: what a decision does to a draft, whoever makes it and wherever. Does not belong here:
asking for it (a terminal, a page), and the form of the file (writing.py).
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from warehouse.drafting import writing
from warehouse.drafting.writing import Fields
from warehouse.records import evidence
from warehouse.records.acceptance import read_batch
from warehouse.system.files import FormError

FIXED = ("id", "of_which", "review")  # fields that no edit changes


class Review:
    """A draft under review. `text` is the archived text it was read from, None without one."""

    def __init__(self, path: Path, texts: Path) -> None:
        """Open the draft at `path`; `texts` is the folder of archived texts.

        Raises FormError where it is no draft, or holds what no record may.
        """
        self.path = path
        self._data = writing.read(path)
        if problems := read_batch([path], drafts=True).problems:
            raise FormError(problems[0])
        self.text = evidence.archived(self._data["source"].get("text", ""), texts)

    def waiting(self) -> list[Fields]:
        """The records that nobody has decided on yet, a total before its parts."""
        return [record for record in writing.records(self._data) if "review" in record]

    def shown(self, record: Fields) -> Fields:
        """What a record says, with what it takes over from its totals."""
        return writing.inherited(self._data, record)

    def sentence(self, record: Fields) -> tuple[str, str, str] | None:
        """The sentence of a record: what stands before its stretch of text, that, and after it."""
        if self.text is None or "span" not in record:
            return None
        start, end = map(int, record["span"].split("-"))
        return evidence.sentence(self.text, start, end)

    def accept(self, record: Fields) -> None:
        """Let a record count as it is."""
        del record["review"]
        self._save()

    def skip(self, record: Fields) -> None:
        """Leave a record out; what others refer to stays, but prints nothing."""
        writing.leave_out(self._data, record)
        self._save()

    def edit(self, record: Fields, changes: Mapping[str, str]) -> list[str]:
        """Write fields of a record anew; an empty text takes one out. It still waits for review.

        Returns what is wrong with the record as changed; then nothing is taken over.
        """
        before = dict(record)
        for field, text in changes.items():
            if text:
                record[field] = text
            else:
                record.pop(field, None)
        if problems := self._problems(record["id"]):
            record.clear()
            record.update(before)
            return problems
        self._save()
        return []

    def _save(self) -> None:
        writing.write(self.path, self._data)

    def _problems(self, id_: str) -> list[str]:
        """What is wrong with one record of the draft as it is now, which is not saved yet."""
        with tempfile.TemporaryDirectory() as folder:
            candidate = Path(folder) / self.path.with_suffix(".yaml").name
            writing.write(candidate, self._data)
            batch = read_batch([candidate], Path(folder), drafts=True)
        about = f"{self._data['source']['id']}/{id_}"
        return [str(problem) for problem in batch.problems if problem.figure in ("", about)]
