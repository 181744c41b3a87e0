"""Conversion: one file of customs detail → its rows in Parquet, in the columns of the detail.

Every row is accepted, blank (a cell of a wide table that holds no number), or quarantined with its
line and reason; the counts add up. Belongs here: what the rows of a format become, and when a file
is not what it was said to be. Does not belong here: reading a file's cells (reader.py), and several
files and what periods become of them (load.py).
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
from warehouse.detail.format import NUMBERS, TEXTS, TYPES, Column, Format, spellings
from warehouse.detail.reader import Reader, among, as_printed, raw
from warehouse.detail.source import Source, prepare
from warehouse.records.sheets import FORMULA
from warehouse.store.tables import fill, literal
from warehouse.system.files import FormError, Problem
from warehouse.terms.period import PeriodError, parse

# A file with more unusable rows than this share is not what it was said to be.
MOST_QUARANTINED = 0.01

# A cell of a wide table in which nothing is printed.
BLANK = "(" + " and ".join(f"{name} is null" for name in NUMBERS) + ")"
# Pages of the second version take less time to write, less to read, and a fifth less space.
PARQUET = "format parquet, parquet_version v2"
# Columns of whose texts a file has few: an enumeration of them takes a tenth of the time to write.
_FEW = ("flow", "regime")
# So often a reading may begin anew with a text that it did not expect.
_MOST_BEGUN_ANEW = 3
_APART = "\x1f"
_UNEXPECTED = f"a text that was not expected{_APART}"

Progress = Callable[[int, int], None]  # rows read so far, rows expected


@dataclass(frozen=True, slots=True)
class FileCounts:
    """What became of one file's rows: read = accepted + blank + quarantined.

    `periods` are those that any of its rows speak of.
    """

    file: str
    sha256: str
    read: int
    accepted: int
    blank: int
    quarantined: int
    periods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """How one file is converted; `lookups` is what `lookup_tables` made of its columns.

    `expected` are texts and their codes by column, which files of the same load learn together.
    """

    form: Format
    mapped: Sequence[Mapping[str, Column]]
    dataset: str
    lookups: Mapping[str, str]
    expected: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Converted:
    """What was made of one file; `periods` are its texts and what they mean, None for nothing."""

    path: Path
    counts: FileCounts
    periods: Mapping[str | None, str | None]
    problems: Sequence[Problem]

    def __str__(self) -> str:
        return f"({partitions.rows([self.path])})"


def convert(
    connection: duckdb.DuckDBPyConnection,
    job: Job,
    path: Path,
    encoding: str,
    target: Path,
    progress: Progress,
) -> Converted:
    """Write the rows of a file as Parquet to `target`; tell what became of each.

    `progress` is told of this file alone. Raises FormError.
    """
    return _Conversion(connection, job).convert(path, encoding, target, progress)


class _Unexpected(Exception):
    """A column has a text that was not among those expected of it: its key, and the text."""


class _Conversion:
    """One file at work, on a connection of its own."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, job: Job) -> None:
        self._connection = connection
        self._job = job
        self._reader = Reader(connection, job.form)

    def convert(self, path: Path, encoding: str, target: Path, progress: Progress) -> Converted:
        plain = target.with_suffix(".csv")
        source = prepare(path, encoding, self._job.form.delimiter, plain)
        self._refuse_said_twice(source)
        observations = self._present(source)
        written = f"({partitions.rows([target])})"
        made = self._write(source, observations, target, progress)
        self._refuse_formulas(source, written)
        quarantined, problems = self._reader.rejected(source)
        found = self._fetch(f"select distinct period from {written} order by all")
        periods = {text: _canonical(text) for (text,) in found}
        ((too_fine,),) = self._fetch(
            f"select count(*) from {written} "
            "where value % value_step <> 0 or value_to_date % value_step <> 0"
        )
        if too_fine:
            raise FormError(self._reader.too_fine(source, observations, problems))
        if misprinted := self._reader.misprinted(source, observations, problems):
            raise FormError(misprinted)
        if unknown := [text for text, period in periods.items() if period is None]:
            for columns in {raw(one["period"]): one for one in observations}.values():
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
            raise FormError(Problem(str(path), 0, "no row holds a number", "check the file"))
        plain.unlink(missing_ok=True)
        counts = FileCounts(
            file=path.name,
            sha256=_sha256(path),
            read=made + quarantined,
            accepted=accepted,
            blank=blank,
            quarantined=quarantined,
            periods=tuple(sorted({period for period in periods.values() if period})),
        )
        return Converted(target, counts, periods, problems)

    def _refuse_formulas(self, source: Source, written: str) -> None:
        """Texts that are no code stay as they are, and reach CSV, which spreadsheets open.

        A single such character, such as a dash for nothing, is no formula.
        """
        # Codes begin with a digit or a letter: looking only beyond them takes a tenth of the time.
        beyond = " or ".join(
            f"{name} < '.' or {name} >= '=' and {name} < 'A' or {name} >= '＋'" for name in TEXTS
        )
        ((rows,),) = self._fetch(f"select count(*) from {written} where {beyond}")
        if not rows:
            return
        begins = ", ".join(map(literal, FORMULA))
        found = [
            f"min({name}) filter (left({name}, 1) in ({begins}) and length({name}) > 1)"
            for name in TEXTS
        ]
        (texts,) = self._fetch(f"select {', '.join(found)} from {written} where {beyond}")
        for name, text in zip(TEXTS, texts, strict=True):
            if text is not None:
                message = f"begins with {text[0]!r}, as a spreadsheet's formula does"
                remedy = "write a code, or map the text to one in a format of your own"
                raise FormError(Problem(str(source.path), 0, message, remedy, name, text))

    def _refuse_said_twice(self, source: Source) -> None:
        """A column that the file has cannot be said to be the same for all of its rows."""
        for own, columns in zip(self._job.form.observations, self._job.mapped, strict=True):
            for name, declared in {**self._job.form.columns, **own}.items():
                said = columns[name]
                if said != declared and (held := set(declared.names) & set(source.header)):
                    message = f"the file says it itself, in column {min(held)}"
                    remedy = "leave it out of --set, or take the column out of the file"
                    text = said.constant or ""
                    raise FormError(Problem(str(source.path), 1, message, remedy, name, text))

    def _present(self, source: Source) -> list[dict[str, Column]]:
        """The observations that the file holds. Raises FormError where it lacks a column."""

        def lacking(columns: Mapping[str, Column]) -> list[str]:
            needed = (c for c in columns.values() if not c.optional)
            return [name for c in needed for name in c.names if name not in source.header]

        found = [
            columns
            for columns, own in zip(self._job.mapped, self._job.form.observations, strict=True)
            if not lacking({name: columns[name] for name in own})
        ]
        if missing := lacking(found[0] if found else self._job.mapped[0]):
            message = "the header lacks this column"
            remedy = f"it has {', '.join(source.header)}; choose the format of the file: --format"
            raise FormError(Problem(str(source.path), 1, message, remedy, "column", missing[0]))
        return [
            {
                name: column
                for name, column in columns.items()
                if all(wanted in source.header for wanted in column.names)
            }
            for columns in found
        ]

    def _write(
        self,
        source: Source,
        observations: Sequence[dict[str, Column]],
        target: Path,
        progress: Progress,
    ) -> int:
        """Write the rows of all observations to Parquet and return how many.

        Reading makes use of most files being of one period, of which the first row and the last
        are, and of few flows and regimes. It ends at the first that was not expected and begins
        anew: with that as well, or in the general way, where it takes every text for what it is.
        """
        expected = self._expected(source, observations)
        begun_anew = 0
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
                begun_anew += 1
                if begun_anew > _MOST_BEGUN_ANEW:
                    expected.clear()
                elif key in self._job.expected:
                    self._job.expected[key][text] = expected[key][text] = text
                else:
                    del expected[key]

    def _expected(
        self, source: Source, observations: Sequence[dict[str, Column]]
    ) -> dict[str, dict[str, str]]:
        """The texts that columns have which are written as enumerations, with what they mean."""
        expected = {}
        for columns in observations:
            period = columns["period"]
            if text := self._reader.at_both_ends(source, period):
                expected[_key("period", period)] = {text: self._meant("period", period, text)}
            for key in (_key(name, columns[name]) for name in _FEW if name in columns):
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

        A number that it shares with others, such as the quantity of values in two currencies, is
        its own only where one of its `own` numbers is there. Raises an error that says
        `_UNEXPECTED`, when it is evaluated, at a text that a column is not expected to have.
        """
        printed = " or ".join(f"{raw(columns[name])} is not null" for name in own)
        lookups: list[str] = []

        def text(name: str, column: Column) -> str:
            # Parquet may hold codes and periods as numbers.
            said = f"({raw(column)})::varchar" if source.is_parquet else raw(column)
            if few := expected.get(key := _key(name, column)):
                types[name] = _enumeration(few.values())
                met = literal(f"{_UNEXPECTED}{key}{_APART}")
                other = f"case when {said} is not null then error({met} || {said}) end"
                # A cast of the outcome would look up each row.
                return _case(said, few, other, f"::{types[name]}")
            if _by_case(name, column):
                return _case(said, column.codes, said)
            if table := self._job.lookups.get(_key(name, column)):
                lookups.append(f"left join {table} as {name}_is on {name}_is.spelled = {said}")
                return f"coalesce({name}_is.code, {said})"
            return said

        values, types = {"dataset": literal(self._job.dataset)}, dict(TYPES)
        for name, column in columns.items():
            if name not in NUMBERS:
                values[name] = text(name, column)
                continue
            number = f"{raw(column)}::{as_printed(name, column)}"
            values[name] = number if column.factor == 1 else f"{number} * {column.factor:f}"
            if own and name not in own:
                values[name] = f"case when {printed} then {values[name]} end"
            if f"{name}_step" in TYPES:
                values[f"{name}_step"] = f"{column.step:f}"
        alike = [n for n, c in columns.items() if c.constant is not None and values[n] == raw(c)]
        for name in ("dataset", *alike):
            # What all rows have costs half as much to write as an enumeration of one text.
            types[name] = f"enum ({values[name]})"
        # A column that the format lacks would take as long to write as one of numbers.
        listed = ", ".join(
            f"({values[name]})::{type_} as {name}"
            for name, type_ in types.items()
            if name in values
        )
        scan = self._reader.scan(source, columns)
        return f"select {listed} from {scan} as source {' '.join(lookups)}"

    def _meant(self, name: str, column: Column, said: str) -> str:
        """What one text of a column that is looked up means."""
        table = self._job.lookups.get(_key(name, column))
        found = table and self._fetch(f"select code from {table} where spelled = {literal(said)}")
        return str(found[0][0]) if found else said

    def _copy(self, rows: str, target: Path, source: Source, progress: Progress) -> int:
        """Write `rows` to Parquet and return how many, telling the progress meanwhile."""
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
            _, key, text = str(result).split(_APART, 2)
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


def lookup_tables(
    connection: duckdb.DuckDBPyConnection, mapped: Sequence[Mapping[str, Column]]
) -> dict[str, str]:
    """For each column that is spelled in other ways, a table of spellings and what they mean.

    Joins on this connection are carried out as they are written from here on.
    """
    # DuckDB guesses that a CSV file is small and would build the hash table of each join on it.
    connection.execute("set disabled_optimizers = 'join_order,build_side_probe_side'")
    tables: dict[str, str] = {}
    for columns in mapped:
        for name, column in columns.items():
            key = _key(name, column)
            if key in tables or _by_case(name, column):
                continue
            if spelled := spellings(name, column):
                tables[key] = f"lookup_{len(tables)}"
                fill(
                    connection,
                    tables[key],
                    {"spelled": "VARCHAR", "code": "VARCHAR"},
                    ({"spelled": text, "code": code} for text, code in spelled.items()),
                )
    return tables


def expected_texts(mapped: Sequence[Mapping[str, Column]]) -> dict[str, dict[str, str]]:
    """For each column of few texts those that its format names, and the codes they mean."""
    return {
        _key(name, columns[name]): dict(columns[name].codes)
        for columns in mapped
        for name in _FEW
        if _by_case(name, columns[name])
    }


def _case(said: str, codes: Mapping[str, str], other: str, cast: str = "") -> str:
    cases = (f"when {literal(text)} then {literal(code)}{cast}" for text, code in codes.items())
    return f"case {said} {' '.join(cases)} else {other} end"


def _enumeration(texts: Iterable[str]) -> str:
    return f"enum ({', '.join(map(literal, dict.fromkeys(texts)))})"


def _by_case(name: str, column: Column) -> bool:
    """Whether a column's few codes are told apart faster one by one than by a lookup."""
    return name != "period" and bool(column.codes) and not column.list


def _own_numbers(
    columns: Mapping[str, Column], observations: Sequence[Mapping[str, Column]]
) -> list[str]:
    """The numbers of one observation that are not those of all."""
    return [
        name
        for name in NUMBERS
        if name in columns and any(one.get(name) != columns[name] for one in observations)
    ]


def _key(name: str, column: Column) -> str:
    return name + column.model_dump_json()


def _canonical(text: str | None) -> str | None:
    try:
        return parse(text).text if text else None
    except PeriodError:
        return None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
