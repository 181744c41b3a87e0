"""Reading: a source as a relation in DuckDB, and what is wrong with the rows that DuckDB refuses.

Belongs here: how a file's columns are read by its format, and the line, field and reason of what
cannot be read. Does not belong here: files as a whole (source.py), and what the rows become
(conversion.py).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import duckdb

from warehouse.detail import number_cells
from warehouse.detail.format import (
    NUMBERS,
    Choice,
    Column,
    Format,
    as_printed,
    is_coarser,
    spellings,
)
from warehouse.detail.number_cells import NumberCell
from warehouse.detail.source import Source
from warehouse.store.tables import files_literal, literal
from warehouse.system.files import FormError, Problem

# What DuckDB's reader says of a row, and how to put it.
_REASONS = {
    "MISSING COLUMNS": (
        "fewer cells than columns",
        "give every column a cell, or say in the format what stands below the table: footer",
    ),
    "TOO MANY COLUMNS": ("more cells than columns", "quote cells that hold the delimiter"),
    "UNQUOTED VALUE": ("a quote that is not closed", "close each quote"),
    "LINE SIZE OVER MAXIMUM": ("the row is too long", "split it"),
    "INVALID ENCODING": ("bytes are not utf-8", "say what it is written in: --encoding"),
}


class Reader:
    """Reads files of one format on one connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, form: Format) -> None:
        self._connection = connection
        self._form = form

    def scan(self, source: Source, columns: Mapping[str, Column], strict: bool = True) -> str:
        """The file as a relation. Where not `strict`, all of it is text and no row is refused."""
        if source.is_parquet:
            return f"read_parquet({files_literal(source.text)}, hive_partitioning = false)"
        types = dict.fromkeys(source.header, "VARCHAR")
        typed = strict and not self.reads_text(source)
        for name in NUMBERS if typed else ():
            if name in columns and columns[name].column:
                types[str(columns[name].column)] = as_printed(name, columns[name])
        declared = ", ".join(f"{literal(name)}: '{type_}'" for name, type_ in types.items())
        options = [
            f"columns = {{{declared}}}",
            "auto_detect = false, hive_partitioning = false, header = true",
            "quote = '\"', escape = '\"'",
            f"delim = {literal(self._form.delimiter)}",
            f"nullstr = [{', '.join(map(literal, self._form.nulls))}]",
            "strict_mode = true, store_rejects = true, rejects_limit = 0"
            if strict
            else "ignore_errors = true",
        ]
        if self._form.thousands and typed:
            options.append(f"thousands = {literal(self._form.thousands)}")
        return f"read_csv({files_literal(source.text)}, {', '.join(options)})"

    def reads_text(self, source: Source) -> bool:
        """Whether numbers are read as texts, for NumberCell to understand."""
        return not source.is_parquet and number_cells.needs_text(self._form)

    def number_cells(self, source: Source, columns: Mapping[str, Column]) -> dict[str, NumberCell]:
        """By column of numbers, what understands its texts; {} where numbers are read as such."""
        if not self.reads_text(source):
            return {}
        return {
            name: NumberCell(name, columns[name], self._form)
            for name in NUMBERS
            if name in columns and columns[name].constant is None
        }

    def chosen(self, source: Source) -> str:
        """The condition that a row is one of those that the format chooses; '' where all are."""
        conditions = []
        for name, choice in self._form.where.items():
            if name in source.header:
                cell = f"({raw(Column(column=name))})::varchar"
                conditions.append(_meets(cell, choice, self._form.nulls))
        return " and ".join(conditions)

    def left_out(self, source: Source) -> int:
        """How many rows of the file are not among the chosen."""
        if not (chosen := self.chosen(source)):
            return 0
        scan = self.scan(source, {}, strict=False)
        ((count,),) = self._fetch(f"select count(*) from {scan} as source where not ({chosen})")
        return int(count)

    def at_both_ends(self, source: Source, column: Column) -> str | None:
        """The text of a column in the first row, if the last row has the same one."""
        if source.is_parquet or column.constant is not None:
            return None
        places = [source.header.index(name) for name in column.names]
        texts_found = set()
        for line in source.both_ends():
            try:
                cells = next(csv.reader([line], delimiter=self._form.delimiter), [])
            except csv.Error:  # DuckDB will say what is wrong with the row
                return None
            if len(cells) != len(source.header):
                return None
            texts = [cells[place] for place in places]
            if not all(texts) or any(text in self._form.nulls for text in texts):
                return None
            texts_found.add("-".join(texts))
        return texts_found.pop() if len(texts_found) == 1 else None

    def forget_rejected(self) -> None:
        """Discard the rows that a reading refused, so that the next one reports its own."""
        self._connection.execute(
            "drop table if exists reject_errors; drop table if exists reject_scans"
        )

    def rejected(self, source: Source) -> tuple[int, list[Problem]]:
        """How many rows DuckDB's reader refused, and their problems by line.

        The file is read once for each observation: a line may be refused for one and not another.
        """
        if source.is_parquet:
            return 0, []
        ((count,),) = self._fetch("select count(distinct (file_id, line)) from reject_errors")
        rejected = self._connection.execute(
            "select distinct on (line) line, error_type, column_name, column_idx, csv_line "
            "from reject_errors order by line, column_idx"
        ).fetchall()
        self.forget_rejected()
        problems = []
        for line, kind, column, place, text in rejected:
            cells = next(csv.reader([text or ""], delimiter=self._form.delimiter), [])
            is_cell = kind == "CAST" and 0 < place <= len(cells)
            where, value = (column, cells[place - 1]) if is_cell else ("row", text or "")
            message, remedy = _REASONS.get(kind) or number_cells.no_number(value)
            line += source.above
            problems.append(Problem(str(source.path), line, message, remedy, where, value))
        return count, problems

    def unreadable(
        self,
        source: Source,
        observations: Sequence[Mapping[str, Column]],
        rejected: Sequence[Problem],
    ) -> tuple[int, list[Problem]]:
        """How many rows have cells that no NumberCell understands, and their problems by line.

        As of rejected rows, a line counts once for each observation. Raises FormError at the first
        cell that the format itself may be to blame for.
        """
        cells = [list(self.number_cells(source, own).values()) for own in observations]
        counts = self._count(
            source,
            [
                " or ".join(cell.unreadable(f"({raw(cell.column)})::varchar") for cell in own)
                for own in cells
            ],
        )
        problems: dict[int, Problem] = {}
        concerned = [own for own, count in zip(cells, counts, strict=True) if count]
        each = {(cell.name, *cell.column.names): cell for own in concerned for cell in own}
        for cell in each.values():
            field = cell.column.names[0]
            found = self._lines(source, raw(cell.column), cell.unreadable("text"), rejected)
            for line, text in found:
                message, remedy, is_of_format = cell.problem(text or "")
                where = (str(source.path), line, message, remedy, field, text or "")
                if is_of_format:
                    raise FormError(Problem(*where))
                problems.setdefault(line, Problem(*where))
        return sum(counts), [problems[line] for line in sorted(problems)]

    def _count(self, source: Source, conditions: Sequence[str]) -> list[int]:
        """How many of the chosen rows meet each of the conditions; '' is one that none meets."""
        if not any(conditions):
            return [0] * len(conditions)
        listed = ", ".join(f"count(case when {each or 'false'} then 1 end)" for each in conditions)
        chosen = self.chosen(source) or "true"
        scan = self.scan(source, {}, strict=False)
        (counts,) = self._fetch(f"select {listed} from {scan} as source where {chosen}")
        return list(counts)

    def without_period(
        self,
        source: Source,
        columns: Mapping[str, Column],
        unknown: Sequence[str | None],
        rejected: Sequence[Problem],
    ) -> list[Problem]:
        """The problems of the rows with these `unknown` periods, by line."""
        like = next(reversed(spellings("period", columns["period"])), "2024-01")
        message, remedy = "is no period of this format", f"write it like {like}"
        lines = self._lines(source, raw(columns["period"]), among("text", unknown), rejected)
        known = {problem.line for problem in rejected}
        return [
            Problem(str(source.path), line, message, remedy, "period", text or "")
            for line, text in lines
            if line not in known
        ]

    def too_fine(
        self,
        source: Source,
        observations: Sequence[Mapping[str, Column]],
        rejected: Sequence[Problem],
    ) -> Problem:
        """The problem of the first number with more decimals than the format says."""
        message, remedy, _ = number_cells.too_fine()
        problems = []
        for columns in observations:
            for name in ("value", "value_to_date"):
                if name not in columns or not is_coarser(name, columns[name]):
                    continue
                plain = f"replace(text, {literal(self._form.thousands)}, '')"
                number = f"try_cast({plain} as decimal(18, {columns[name].decimals + 1}))"
                finer = f"{number} % {Decimal(1).scaleb(-columns[name].decimals):f} <> 0"
                lines = self._lines(source, raw(columns[name]), finer, rejected, limit=1)
                field = columns[name].names[0]
                problems += [
                    Problem(str(source.path), line, message, remedy, field, text or "")
                    for line, text in lines
                ]
        return min(problems, key=lambda problem: problem.line)

    def misprinted(
        self,
        source: Source,
        observations: Sequence[Mapping[str, Column]],
        rejected: Sequence[Problem],
    ) -> Problem | None:
        """The problem of the first number that DuckDB misreads: 12,5 as 125, or a rounded 1.2E+11.

        Searched for only where thousands are separated, or where the file holds `E+`.
        """
        if source.is_parquet or self.reads_text(source):
            return None
        if not (self._form.thousands or source.holds(b"E+")):
            return None
        scaled = "contains(upper(text), 'E')"
        separator, escaped = literal(self._form.thousands), re.escape(self._form.thousands)
        grouped = literal(rf"[-+]?\d{{1,3}}({escaped}\d{{2,3}})*{escaped}\d{{3}}(\.\d*)?")
        misplaced = f"contains(text, {separator}) and not regexp_full_match(trim(text), {grouped})"
        wrong = f"{scaled} or {misplaced}" if self._form.thousands else scaled
        wrong = f"try_cast(replace(text, {separator}, '') as double) is not null and ({wrong})"
        problems = []
        for column, field in {
            raw(columns[name]): columns[name].column
            for columns in observations
            for name in NUMBERS
            if name in columns and columns[name].column
        }.items():
            for line, text in self._lines(source, column, wrong, rejected, limit=1):
                value = text or ""
                if "E" in value.upper():
                    message, remedy = "has lost digits", "write all digits, as the source has them"
                else:
                    message = f"has no thousands between its {self._form.thousands!r}"
                    _, remedy = number_cells.otherwise(self._form, value)
                problems.append(Problem(str(source.path), line, message, remedy, str(field), value))
        return min(problems, key=lambda problem: problem.line, default=None)

    def _lines(
        self,
        source: Source,
        raw: str,
        condition: str,
        rejected: Sequence[Problem],
        limit: int | None = None,
    ) -> list[tuple[int, str | None]]:
        """The lines at which the `text` of a column meets a condition, and the texts there.

        DuckDB numbers only rows that it can split into cells, so the `rejected` ones are added.
        Of rows that the format does not choose none is told.
        """
        scan = self.scan(source, {}, strict=False)
        numbered = (
            f"select row_number() over () + {1 + source.above} as row, ({raw})::varchar as text, "
            f"{self.chosen(source) or 'true'} as chosen from {scan} as source"
        )
        rows = self._fetch(
            f"select row, text from ({numbered}) where chosen and ({condition}) order by row "
            f"limit {limit or 'null'}"
        )
        broken = sorted(problem.line for problem in rejected if problem.field == "row")
        lines = []
        for row, text in rows:
            line = row
            for skipped in broken:
                line += skipped <= line
            lines.append((line, text))
        return lines

    def _fetch(self, query: str) -> list[Any]:
        return self._connection.execute(query).fetchall()


def among(column: str, texts: Sequence[str | None]) -> str:
    """The condition that a column is one of these; NULL may be among them."""
    listed = ", ".join(literal(text) for text in texts if text is not None)
    conditions = [f"{column} in ({listed})"] if listed else []
    if None in texts:
        conditions.append(f"{column} is null")
    return f"coalesce({' or '.join(conditions) or 'false'}, false)"


def raw(column: Column) -> str:
    """The text or number of a column as the file has it."""
    if column.constant is not None:
        return literal(column.constant)
    names = ", ".join(f'source."{name.replace(chr(34), chr(34) * 2)}"' for name in column.names)
    return names if column.column is not None else f"concat_ws('-', {names})"


def _meets(cell: str, choice: Choice, nulls: Sequence[str]) -> str:
    """The condition that the text of a cell is as a choice asks."""
    texts = choice.only or choice.without
    listed: list[str | None] = [text for text in texts if text not in nulls]
    if len(listed) < len(texts):  # what stands for nothing is read as nothing
        listed.append(None)
    return among(cell, listed) if choice.only else f"not {among(cell, listed)}"
