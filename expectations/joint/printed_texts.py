"""The printed texts of all figures, and what another text in such a place would stand for.

Belongs here: reading a text that nobody printed as its source's own, in the notation of that
source. Does not belong here: which texts are worth trying (slips.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import duckdb

from expectations.joint.linear_statements import Suspect
from expectations.joint.other_sources import PrintedElsewhere, missing_parts, same_digits
from expectations.joint.slips import PrintedNumber
from warehouse.records.fields import PLACES, PRINTED
from warehouse.records.printed import LEVELS, notation_of, read_marks
from warehouse.store.tables import fetch
from warehouse.terms.quantity import Quantity

_HAN = re.compile("[\u3400-\u9fff]")
_CHINA = ("CN", "China", "中国")


@dataclass(frozen=True, slots=True)
class _SourceNotation:
    """What core.sources says of how a source prints numbers."""

    language: str | None
    decimal: str | None
    currency: str | None
    rounding: str | None
    legend: str | None


class PrintedTexts(Mapping[tuple[str, str], str]):
    """(figure, aspect) → the text as printed."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        rows = connection.execute(
            f"""unpivot (select
                    figure_id,
                    {", ".join(f"{a}_printed as {a}" for a in PRINTED)},
                    {", ".join(f"{a}::varchar as {a}" for a in PLACES)}
                from core.figures)
            on {", ".join((*PRINTED, *PLACES))}
            into name aspect value printed"""
        ).fetchall()
        self._texts: Mapping[tuple[str, str], str] = {
            (figure, aspect): text for figure, aspect, text in rows
        }
        self._records: dict[str, tuple[Mapping[str, object], _SourceNotation]] = {}

    def __getitem__(self, key: tuple[str, str]) -> str:
        return self._texts[key]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def number(self, suspect: Suspect) -> PrintedNumber | None:
        """A printed number, and how another text in its place is read; None if it is no number."""
        text = self._texts.get((suspect.figure, suspect.aspect))
        quantity = None if text is None else self.read(suspect, text)
        if text is None or quantity is None:
            return None
        record, source = self._record(suspect.figure)
        notation = notation_of(source, str(record.get("area", "")))
        languages = {notation.language}
        if _HAN.search(text) or quantity.unit == "CNY" or record.get("area") in _CHINA:
            languages.add("zh")
        if quantity.unit == "INR":  # lakh and crore stand beside million, in English too
            languages.add("hi")
        if quantity.unit == "JPY":  # 万 and 亿 are not taken for each other where yen are printed
            languages = languages - {"zh"} | {"ja"}
        return PrintedNumber(
            text,
            quantity,
            partial(self.read, suspect),
            notation.decimal,
            languages,
            suspect.aspect in LEVELS,
        )

    def read(self, suspect: Suspect, text: str) -> Quantity | None:
        """What this text would stand for in the place of a number; None where it stands for none.

        The rest of the record counts too: a text without a unit is in that which the record says.
        """
        record, source = self._record(suspect.figure)
        found = read_marks({**record, suspect.aspect: text}, source).get(suspect.aspect)
        return found if isinstance(found, Quantity) else None

    def elsewhere(self, figure: str) -> PrintedElsewhere | None:
        """Where the value of a figure is that of another period in another source."""
        return same_digits(self._connection, figure)

    def missing_parts(self, total: str) -> Mapping[str, Sequence[PrintedElsewhere]]:
        """Parts of a total in other periods that it lacks: see `other_sources`."""
        return missing_parts(self._connection, total)

    def _record(self, figure: str) -> tuple[Mapping[str, object], _SourceNotation]:
        if figure not in self._records:
            # All of a source at once: who asks for a figure of it asks for others too.
            rows: list[dict[str, Any]] = fetch(
                self._connection,
                """select figures.figure_id, figures.record, sources.*
                from raw.figures as figures
                inner join core.sources as sources on figures.source_id = sources.source_id
                where figures.source_id
                    = (select source_id from raw.figures where figure_id = $figure)""",
                {"figure": figure},
            )
            columns = _SourceNotation.__dataclass_fields__
            for row in rows:
                source = _SourceNotation(**{column: row[column] for column in columns})
                record = json.loads(row["record"])
                # Its other numbers say nothing of how this one is read.
                rest = {name: field for name, field in record.items() if name not in PRINTED}
                self._records[row["figure_id"]] = rest, source
        return self._records[figure]
