"""Conversion: one file of customs detail → its rows in Parquet, in the columns of the detail.

Every row is accepted, blank (a cell of a wide table that holds no number), or quarantined with its
line and reason; the counts add up. Belongs here: what the rows of a format become, and when a file
as a whole is refused. Does not belong here: reading a file's cells (reader.py), loading several
files together, and splitting them into periods (ingest.py).
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse.detail import partitions
from warehouse.detail.code_columns import ENUMERATED, by_case, case, enumeration, key_of
from warehouse.detail.format import NUMBERS, TEXTS, TYPES, Column, Format, as_printed
from warehouse.detail.number_cells import NumberCell
from warehouse.detail.reader import Reader, among, raw
from warehouse.detail.source import Source, prepare
from warehouse.records.sheets import FORMULA
from warehouse.store.tables import literal
from warehouse.system.files import FormError, Problem
from warehouse.terms.period import PeriodError, parse

# A file with a larger share of unusable rows than this does not have the format it is read by.
MOST_QUARANTINED = 0.01

# A cell of a wide table in which nothing is printed.
BLANK = "(" + " and ".join(f"{name} is null" for name in (*NUMBERS, "status")) + ")"
# Parquet's second version is faster to write and to read, and takes a fifth less space.
PARQUET = "format parquet, parquet_version v2"
# How often a file may be read anew because a column held a text that was not expected of it.
_MOST_RESTARTS = 3
# DuckDB reports such a text by an error with this message: its start, the column, the text.
_SEPARATOR = "\x1f"
_UNEXPECTED = f"a text that was not expected{_SEPARATOR}"

# Or, in place of the column, this: then a cell is no number as its format writes them.
_NUMBERS = "numbers"

Progress = Callable[[int, int], None]  # rows read so far, rows expected


@dataclass(frozen=True, slots=True)
class FileCounts:
    """What became of one file's rows: read = accepted + blank + quarantined.

    `periods` are the periods of its rows. `left_out` are rows that the format does not choose, and
    lines of a footer: they are not among those read.
    """

    file: str
    sha256: str
    read: int
    accepted: int
    blank: int
    quarantined: int
    periods: tuple[str, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """How one file is converted.

    `lookups` is what `lookup_tables` returned for its columns. `expected` maps each enumerated
    column to its texts and their codes; files of one load share it, and add what they meet.
    """

    form: Format
    mapped: Sequence[Mapping[str, Column]]
    dataset: str
    lookups: Mapping[str, str]
    expected: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Converted:
    """What was made of one file.

    `periods` maps each text of its period column to the period it means, None where it is none.
    """

    path: Path
    counts: FileCounts
    periods: Mapping[str | None, str | None]
    problems: Sequence[Problem]

    def __str__(self) -> str:
        return f"({partitions.rows_query([self.path])})"


def convert(
    connection: duckdb.DuckDBPyConnection,
    job: Job,
    path: Path,
    encoding: str,
    target: Path,
    progress: Progress,
) -> Converted:
    """Write the rows of a file as Parquet to `target`, and count what became of them.

    `progress` gets the counts of this file alone. Raises FormError.
    """
    return _Conversion(connection, job).convert(path, encoding, target, progress)


class _Unexpected(Exception):
    """A column has a text that was not expected of it. Arguments: the column's key, the text."""


class _Conversion:
    """The conversion of one file, on a connection of its own."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, job: Job) -> None:
        self._connection = connection
        self._job = job
        self._reader = Reader(connection, job.form)
        self._all_readable = True  # until a number in a text turns out not to be one

    def convert(self, path: Path, encoding: str, target: Path, progress: Progress) -> Converted:
        plain = target.with_suffix(".csv")
        source = prepare(path, self._job.form, encoding, plain)
        self._refuse_set_twice(source)
        observations = self._present(source)
        written = f"({partitions.rows_query([target])})"
        made = self._write(source, observations, target, progress)
        self._refuse_formulas(source, written)
        quarantined, problems = self._reader.rejected(source)
        unread, unreadable = 0, list[Problem]()
        if not self._all_readable:
            unread, unreadable = self._reader.unreadable(source, observations, problems)
        quarantined += unread
        problems = sorted((*problems, *unreadable), key=lambda problem: problem.line)
        left_out = self._reader.left_out(source)
        texts = self._fetch(f"select distinct period from {written} order by all")
        periods = {text: _canonical(text) for (text,) in texts}
        if misprinted := self._reader.misprinted(source, observations, problems):
            raise FormError(misprinted)
        ((too_fine,),) = self._fetch(
            f"select count(*) from {written} "
            "where value % value_step <> 0 or value_to_date % value_step <> 0"
        )
        if too_fine:
            raise FormError(self._reader.too_fine(source, observations, problems))
        if unknown := [text for text, period in periods.items() if period is None]:
            for columns in {raw(own["period"]): own for own in observations}.values():
                problems += self._reader.without_period(source, columns, unknown, problems)
            ((bad,),) = self._fetch(
                f"select count(*) from {written} where {among('period', unknown)}"
            )
            quarantined += bad
            made -= bad
        ((blank,),) = self._fetch(
            f"select count(*) from {written} where {BLANK} and not {among('period', unknown)}"
        )
        accepted = made - blank
        lines = (made + quarantined) / len(observations)
        if len(problems) > MOST_QUARANTINED * lines:
            raise FormError(problems[0])
        if not accepted:
            message, remedy = "no row holds a number", "check the file"
            if left_out and not made:
                message = f"where leaves out all of its {left_out:,} rows"
                remedy = "compare the texts in where with those of the file"
            raise FormError(Problem(str(path), 0, message, remedy))
        plain.unlink(missing_ok=True)
        counts = FileCounts(
            file=path.name,
            sha256=_sha256(path),
            read=made + quarantined,
            accepted=accepted,
            blank=blank,
            quarantined=quarantined,
            periods=tuple(sorted({period for period in periods.values() if period})),
            left_out=left_out + source.below,
        )
        return Converted(target, counts, periods, problems)

    def _refuse_formulas(self, source: Source, written: str) -> None:
        """Raise FormError where a text begins as a spreadsheet's formula does.

        Texts that are no codes stay as they are, and reach CSV files, which spreadsheets open. A
        single character, such as a dash for nothing, is no formula.
        """
        # Codes begin with a digit or a letter: skipping texts that do takes a tenth of the time.
        held = {name for columns in self._job.mapped for name in columns}
        texts_held = [name for name in TEXTS if name in held]
        beyond = " or ".join(
            f"{name} < '.' or {name} >= '=' and {name} < 'A' or {name} >= '＋'"
            for name in texts_held
        )
        ((rows,),) = self._fetch(f"select count(*) from {written} where {beyond}")
        if not rows:
            return
        begins = ", ".join(map(literal, FORMULA))
        offending = [
            f"min({name}) filter (left({name}, 1) in ({begins}) and length({name}) > 1)"
            for name in texts_held
        ]
        (texts,) = self._fetch(f"select {', '.join(offending)} from {written} where {beyond}")
        for name, text in zip(texts_held, texts, strict=True):
            if text is not None:
                message = f"begins with {text[0]!r}, as a spreadsheet's formula does"
                remedy = "write a code, or map the text to one in a format of your own"
                raise FormError(Problem(str(source.path), 0, message, remedy, name, text))

    def _refuse_set_twice(self, source: Source) -> None:
        """Raise FormError where --set gives a constant for a column that the file has itself."""
        for own, columns in zip(self._job.form.observations, self._job.mapped, strict=True):
            for name, declared in {**self._job.form.columns, **own}.items():
                column = columns[name]
                if column != declared and (held := set(declared.names) & set(source.header)):
                    message = f"the file says it itself, in column {min(held)}"
                    remedy = "leave it out of --set, or take the column out of the file"
                    text = column.constant or ""
                    raise FormError(Problem(str(source.path), 1, message, remedy, name, text))

    def _present(self, source: Source) -> list[dict[str, Column]]:
        """The observations that the file holds. Raises FormError where it lacks a column."""

        def lacking(columns: Mapping[str, Column]) -> list[str]:
            needed = (column for column in columns.values() if not column.optional)
            return [name for column in needed for name in column.names if name not in source.header]

        present = [
            columns
            for columns, own in zip(self._job.mapped, self._job.form.observations, strict=True)
            if not lacking({name: columns[name] for name in own})
        ]
        chosen_by = {
            name: Column(column=name, optional=choice.optional)
            for name, choice in self._job.form.where.items()
        }
        if missing := lacking({**chosen_by, **(present[0] if present else self._job.mapped[0])}):
            message = "the header lacks this column"
            remedy = f"it has {', '.join(source.header)}; choose the format of the file: --format"
            if len(source.header) <= 2 and not source.is_parquet:
                remedy += ", or say in it how many lines stand above the header: skip"
            line = source.above + 1
            raise FormError(Problem(str(source.path), line, message, remedy, "column", missing[0]))
        return [
            {
                name: column
                for name, column in columns.items()
                if all(part in source.header for part in column.names)
            }
            for columns in present
        ]

    def _write(
        self,
        source: Source,
        observations: Sequence[dict[str, Column]],
        target: Path,
        progress: Progress,
    ) -> int:
        """Write the rows of all observations to Parquet and return how many.

        Most files are of one period, which then stands in their first row and in the last, and
        have few flows and regimes. Reading expects that, which makes it fast. At the first text
        that was not expected it starts anew: expecting that text too, or, of a period or after
        several restarts, expecting nothing. Likewise, numbers in texts are expected to be readable.
        """
        expected = self._expected(source, observations)
        restarts = 0
        while True:
            rows = " union all by name ".join(
                self._select(source, columns, _own_numbers(columns, observations), expected)
                for columns in observations
            )
            try:
                return self._copy(rows, target, source, progress)
            except _Unexpected as unexpected:
                key, text = unexpected.args
                self._reader.forget_rejected()
                if key == _NUMBERS:
                    self._all_readable = False
                    continue
                restarts += 1
                if restarts > _MOST_RESTARTS:
                    expected.clear()
                elif key in self._job.expected:
                    self._job.expected[key][text] = expected[key][text] = text
                else:
                    del expected[key]

    def _expected(
        self, source: Source, observations: Sequence[dict[str, Column]]
    ) -> dict[str, dict[str, str]]:
        """The texts expected of the columns that are written as ENUMs, and what each means."""
        expected = {}
        for columns in observations:
            period = columns["period"]
            if text := self._reader.at_both_ends(source, period):
                expected[key_of("period", period)] = {text: self._meaning("period", period, text)}
            for key in (key_of(name, columns[name]) for name in ENUMERATED if name in columns):
                if key in self._job.expected:
                    expected[key] = dict(self._job.expected[key])
        return expected

    def _select(
        self,
        source: Source,
        columns: Mapping[str, Column],
        own: Sequence[str],
        expected: Mapping[str, Mapping[str, str]],
    ) -> str:
        """The rows of one observation, with the columns and types of the detail.

        `own` are the numbers that it does not share with other observations. A shared number, such
        as the quantity beside values in two currencies, counts only where one of `own` is there.
        Evaluating the query raises an error that says `_UNEXPECTED` at a text that is not among
        the `expected` ones of its column.
        """
        printed = " or ".join(f"{raw(columns[name])} is not null" for name in own)
        cells = self._reader.number_cells(source, columns)
        lookups: list[str] = []

        def text(name: str, column: Column) -> str:
            # Parquet may hold codes and periods as numbers.
            cell = f"({raw(column)})::varchar" if source.is_parquet else raw(column)
            if codes := expected.get(key := key_of(name, column)):
                types[name] = enumeration(codes.values())
                message = literal(f"{_UNEXPECTED}{key}{_SEPARATOR}")
                other = f"case when {cell} is not null then error({message} || {cell}) end"
                # To cast the CASE as a whole would look up the text of each row.
                return case(cell, codes, other, f"::{types[name]}")
            if by_case(name, column):
                return case(cell, column.codes, cell)
            if table := self._job.lookups.get(key_of(name, column)):
                lookups.append(f"left join {table} as {name}_is on {name}_is.spelled = {cell}")
                return f"coalesce({name}_is.code, {cell})"
            return cell

        values, types = {"dataset": literal(self._job.dataset)}, dict(TYPES)
        for name, column in columns.items():
            if name not in NUMBERS:
                values[name] = text(name, column)
                continue
            number = self._number(name, column, cells.get(name))
            values[name] = number if column.factor == 1 else f"{number} * {column.factor:f}"
            if own and name not in own:
                values[name] = f"case when {printed} then {values[name]} end"
            if f"{name}_step" in TYPES:
                values[f"{name}_step"] = f"{column.step:f}"
        if cells and self._job.form.marks:
            marked = [cell.status(raw(cell.column)) for cell in cells.values()]
            values["status"] = f"coalesce({', '.join([*marked, values.get('status', 'null')])})"
        constant = [n for n, c in columns.items() if c.constant is not None and values[n] == raw(c)]
        for name in ("dataset", *constant):
            # As an ENUM of one text, what all rows have in common takes half the time to write.
            types[name] = f"enum ({values[name]})"
        # Columns that the format lacks are left out: NULLs take as long to write as numbers.
        listed = ", ".join(
            f"({values[name]})::{type_} as {name}"
            for name, type_ in types.items()
            if name in values
        )
        rows = f"{self._reader.scan(source, columns)} as source {' '.join(lookups)}"
        return f"select {listed} from {rows} {self._conditions(source, cells.values())}"

    def _number(self, name: str, column: Column, cell: NumberCell | None) -> str:
        """A number as SQL; `cell` is what understands its text, if it is read as one."""
        if cell is None:
            return f"{raw(column)}::{as_printed(name, column)}"
        if not self._all_readable:
            return cell.number(raw(column))
        message = literal(f"{_UNEXPECTED}{_NUMBERS}{_SEPARATOR}")
        return cell.number(raw(column), f"error({message})")

    def _conditions(self, source: Source, cells: Iterable[NumberCell]) -> str:
        """The WHERE that takes the rows which the format chooses, and which can be read."""
        unread = [] if self._all_readable else [cell.unreadable(raw(cell.column)) for cell in cells]
        conditions = [self._reader.chosen(source), *(f"not {condition}" for condition in unread)]
        joined = " and ".join(filter(None, conditions))
        return f"where {joined}" if joined else ""

    def _meaning(self, name: str, column: Column, text: str) -> str:
        """The code or period that a text of this column means."""
        table = self._job.lookups.get(key_of(name, column))
        codes = table and self._fetch(f"select code from {table} where spelled = {literal(text)}")
        return str(codes[0][0]) if codes else text

    def _copy(self, rows: str, target: Path, source: Source, progress: Progress) -> int:
        """Write `rows` to Parquet, report progress meanwhile, and return how many there are."""
        query = f"copy ({rows}) to {literal(str(target))} ({PARQUET})"
        outcome: list[int | duckdb.Error] = []

        def run() -> None:
            try:
                outcome.append(self._connection.execute(query).fetchall()[0][0])
            except duckdb.Error as error:
                outcome.append(error)

        worker = threading.Thread(target=run)
        worker.start()
        while worker.is_alive():
            worker.join(0.2)
            share = max(self._connection.query_progress(), 0) / 100
            progress(round(share * source.lines), source.lines)
        result = outcome[0]
        if isinstance(result, duckdb.Error) and _UNEXPECTED in str(result):
            _, key, text = str(result).split(_SEPARATOR, 2)
            raise _Unexpected(key, text)
        if isinstance(result, (duckdb.ConversionException, duckdb.InvalidInputException)):
            message, remedy = str(result).splitlines()[0], "check the file against its format"
            if "invalid state" in message:
                message, remedy = "lines end in different ways", "end them all alike"
            raise FormError(Problem(str(source.path), 0, message, remedy)) from result
        if isinstance(result, duckdb.Error):
            raise result
        progress(result, result)
        return result

    def _fetch(self, query: str) -> list[Any]:
        return self._connection.execute(query).fetchall()


def _own_numbers(
    columns: Mapping[str, Column], observations: Sequence[Mapping[str, Column]]
) -> list[str]:
    """The numbers of an observation that it does not share with all others."""
    return [
        name
        for name in NUMBERS
        if name in columns and any(other.get(name) != columns[name] for other in observations)
    ]


def _canonical(text: str | None) -> str | None:
    try:
        return parse(text).text if text else None
    except PeriodError:
        return None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
