"""Loading: files of customs detail → a new vintage of each period that they speak of.

Every row is accepted, blank (a cell of a wide table that holds no number), or quarantined with its
line and reason; the counts add up. DuckDB reads and writes; each period appears by one rename, so
that a load that is killed leaves every period whole, old or new.

Belongs here: that. Does not belong here: what files are like (format.py, source.py), where
partitions lie (partitions.py), and whether what is loaded can be right (rules).
"""

from __future__ import annotations

import csv
import json
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from warehouse import release
from warehouse.database import open_detail
from warehouse.detail import partitions
from warehouse.detail.format import NUMBERS, TEXTS, TYPES, Column, Format, spellings
from warehouse.detail.partitions import LOAD, QUARANTINE, STAGED, Partition
from warehouse.detail.source import Source, prepare
from warehouse.period import PeriodError, parse
from warehouse.reading import FormError, Problem
from warehouse.sheets import FORMULA
from warehouse.tables import fill, literal

# A file with more unusable rows than this share is not what it was said to be.
MOST_QUARANTINED = 0.01

# What DuckDB's reader says of a row, and how to put it.
_REASONS = {
    "CAST": ("is not a number of at most 18 digits", "write digits"),
    "MISSING COLUMNS": ("fewer cells than columns", "give every column a cell"),
    "TOO MANY COLUMNS": ("more cells than columns", "quote cells that hold the delimiter"),
    "UNQUOTED VALUE": ("a quote that is not closed", "close each quote"),
    "LINE SIZE OVER MAXIMUM": ("the row is too long", "split it"),
    "INVALID ENCODING": ("bytes are not utf-8", "say what it is written in: --encoding"),
}

# A cell of a wide table in which nothing is printed.
_BLANK = "(" + " and ".join(f"{name} is null" for name in NUMBERS) + ")"
_PARQUET = "format parquet"

Progress = Callable[[int, int], None]  # rows read so far, rows expected


@dataclass(frozen=True, slots=True)
class FileCounts:
    """What became of one file's rows: read = accepted + blank + quarantined."""

    file: str
    sha256: str
    read: int
    accepted: int
    blank: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class Load:
    """What a load did: the vintage it made of each period, and the problems of quarantined rows."""

    dataset: str
    vintage: str
    files: tuple[FileCounts, ...]
    partitions: tuple[Partition, ...]
    problems: tuple[Problem, ...]


def load(
    home: Path,
    files: Sequence[Path],
    form: Format,
    dataset: str,
    *,
    given: Mapping[str, str] | None = None,
    encoding: str | None = None,
    memory_limit: str = "1GB",
    timeout: float = 60,
    progress: Progress = lambda done, expected: None,
) -> Load:
    """Load `files`; each period they speak of is replaced, as a whole, by a new vintage.

    `given` are constants for columns, `encoding` overrules the format's. Raises FormError for a
    file that cannot be used as a whole, and then changes nothing; release.ReleaseError where
    another load holds the dataset for longer than `timeout` seconds.
    """
    root = partitions.folder(home, dataset)
    try:
        mapped = form.mapped(given or {})
    except ValueError as error:
        raise FormError(Problem(dataset, 0, str(error), "or choose another format")) from None
    root.mkdir(parents=True, exist_ok=True)
    with release.locked(root / ".lock", timeout):
        for left in root.glob(f"{STAGED}*"):
            shutil.rmtree(left)
        vintage = f"{partitions.newest_vintage(home, dataset) + 1:04d}"
        staged = root / f"{STAGED}{vintage}"
        staged.mkdir()
        try:
            with open_detail(staged / "spill", memory_limit) as connection:
                loading = _Loading(connection, form, mapped, dataset, staged, progress)
                for path in files:
                    loading.read(path, encoding or form.encoding)
                loading.split()
                return loading.publish(root, vintage)
        finally:
            shutil.rmtree(staged, ignore_errors=True)


class _Loading:
    """One load at work: what it has read so far stands in its staged directory."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        form: Format,
        mapped: Sequence[Mapping[str, Column]],
        dataset: str,
        staged: Path,
        progress: Progress,
    ) -> None:
        self._connection = connection
        self._form = form
        self._mapped = mapped
        self._dataset = dataset
        self._staged = staged
        self._progress = progress
        self._done = 0
        self._files: list[FileCounts] = []
        self._written: list[_Written] = []
        self._periods: Counter[str] = Counter()  # how many rows each got
        self._problems: list[Problem] = []
        self._tables: dict[str, str] = {}
        # DuckDB guesses that a CSV file is small and would build the hash table of each join on it.
        connection.execute("set disabled_optimizers = 'join_order,build_side_probe_side'")

    def read(self, path: Path, encoding: str) -> None:
        """Write the rows of one file to Parquet aside; tell what became of each."""
        plain = self._staged / "plain.csv"
        source = prepare(path, encoding, self._form.delimiter, plain)
        observations = self._present(source)
        written = _Written(self._staged / f"{len(self._files)}.parquet")
        rows = " union all ".join(self._select(source, columns) for columns in observations)
        made = self._copy(rows, written.path, source)
        self._refuse_formulas(source, written)
        problems = self._rejected(source)
        quarantined = len(problems) * len(observations)
        for (text,) in self._fetch(f"select distinct period from {written} order by all"):
            written.periods[text] = _canonical(text)
        if unknown := [text for text, period in written.periods.items() if period is None]:
            problems += self._without_period(source, observations[0], unknown, problems)
            ((bad,),) = self._fetch(f"select count(*) from {written} where {_among(unknown)}")
            quarantined += bad
            made -= bad
        ((written.blank,),) = self._fetch(
            f"select count(*) from {written} where {_BLANK} and not {_among(unknown)}"
        )
        accepted = made - written.blank
        lines = (made + quarantined) / len(observations)
        if len(problems) > MOST_QUARANTINED * lines:
            raise FormError(problems[0])
        if not accepted:
            raise FormError(Problem(str(path), 0, "no row holds a number", "check the file"))
        counts = (made + quarantined, accepted, written.blank, quarantined)
        self._files.append(FileCounts(path.name, source.sha256, *counts))
        self._written.append(written)
        self._problems += problems
        self._done += made
        plain.unlink(missing_ok=True)

    def split(self) -> None:
        """Part what was read into files of one period each."""
        for number, written in enumerate(self._written):
            for text, period in written.periods.items():
                if text is None or period is None:
                    continue
                target = self._staged / "periods" / partitions.in_path(period)
                target.mkdir(parents=True, exist_ok=True)
                file = target / f"{number}-{len(list(target.iterdir()))}.parquet"
                if len(written.periods) == 1 and text == period and not written.blank:
                    written.path.rename(file)
                    self._periods[period] += self._files[number].accepted
                    continue
                rows = (
                    f"select * replace ({literal(period)} as period) from {written} "
                    f"where period = {literal(text)} and not {_BLANK}"
                )
                ((made,),) = self._fetch(f"copy ({rows}) to {literal(str(file))} ({_PARQUET})")
                self._periods[period] += made

    def publish(self, root: Path, vintage: str) -> Load:
        """Let readers see the new vintage, one period after the other."""
        record = self._staged / "loads"
        record.mkdir()
        self._connection.execute(
            "create temp table quarantine (file varchar, line bigint, field varchar, "
            "value varchar, reason varchar)"
        )
        rows = [[Path(p.file).name, p.line, p.field, p.value, p.message] for p in self._problems]
        if rows:
            self._connection.executemany("insert into quarantine values (?, ?, ?, ?, ?)", rows)
        target = literal(str(record / QUARANTINE))
        self._connection.execute(f"copy (from quarantine order by all) to {target}")
        told = {
            "dataset": self._dataset,
            "vintage": vintage,
            "format": self._form.title,
            "files": [asdict(file) for file in self._files],
            "periods": dict(sorted(self._periods.items())),
        }
        (record / LOAD).write_text(
            json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
        _move(record, root / "loads" / vintage)
        made = []
        for period in sorted(self._periods):
            final = root / "periods" / partitions.in_path(period) / vintage
            _move(self._staged / "periods" / partitions.in_path(period), final)
            made.append(Partition(self._dataset, period, vintage, final))
        return Load(self._dataset, vintage, tuple(self._files), tuple(made), tuple(self._problems))

    def _refuse_formulas(self, source: Source, written: _Written) -> None:
        """Texts that are no code stay as they are, and reach CSV, which spreadsheets open.

        A single such character, such as a dash for nothing, is no formula.
        """
        begins = ", ".join(map(literal, FORMULA))
        found = [
            f"min({name}) filter (left({name}, 1) in ({begins}) and length({name}) > 1)"
            for name in TEXTS
        ]
        (texts,) = self._fetch(f"select {', '.join(found)} from {written}")
        for name, text in zip(TEXTS, texts, strict=True):
            if text is not None:
                message = f"begins with {text[0]!r}, as a spreadsheet's formula does"
                remedy = "write a code, or map the text to one in a format of your own"
                raise FormError(Problem(str(source.path), 0, message, remedy, name, text))

    def _present(self, source: Source) -> list[dict[str, Column]]:
        """The observations that the file holds. Raises FormError where it lacks a column."""

        def lacking(columns: Mapping[str, Column]) -> list[str]:
            needed = (c for c in columns.values() if not c.optional)
            return [name for c in needed for name in c.names if name not in source.header]

        found = [
            columns
            for columns, own in zip(self._mapped, self._form.observations, strict=True)
            if not lacking({name: columns[name] for name in own})
        ]
        if missing := lacking(found[0] if found else self._mapped[0]):
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

    def _select(self, source: Source, columns: Mapping[str, Column]) -> str:
        """The rows of one observation, with the columns and types of the detail."""
        lookups: list[str] = []

        def text(name: str, column: Column) -> str:
            raw = _raw(column)
            if name != "period" and column.codes and not column.list:
                cases = " ".join(
                    f"when {literal(k)} then {literal(v)}" for k, v in column.codes.items()
                )
                return f"case {raw} {cases} else {raw} end"
            if spelled := spellings(name, column):
                table = self._lookup(name, column, spelled)
                lookups.append(f"left join {table} as {name}_is on {name}_is.spelled = {raw}")
                return f"coalesce({name}_is.code, {raw})"
            return raw

        values = {"dataset": literal(self._dataset)}
        for name, column in columns.items():
            if name not in NUMBERS:
                values[name] = text(name, column)
                continue
            number = _raw(column)
            values[name] = number if column.factor == 1 else f"{number} * {column.factor:f}"
            if f"{name}_step" in TYPES:
                values[f"{name}_step"] = f"{column.step:f}"
        listed = ", ".join(
            f"({values.get(name, 'null')})::{type_} as {name}" for name, type_ in TYPES.items()
        )
        return f"select {listed} from {self._scan(source, columns)} as source {' '.join(lookups)}"

    def _lookup(self, name: str, column: Column, spelled: Mapping[str, str]) -> str:
        """A temporary table of spellings and what they mean."""
        key = name + column.model_dump_json()
        if key not in self._tables:
            table = self._tables[key] = f"lookup_{len(self._tables)}"
            fill(
                self._connection,
                f"temp.{table}",
                {"spelled": "VARCHAR", "code": "VARCHAR"},
                ({"spelled": text, "code": code} for text, code in spelled.items()),
            )
        return self._tables[key]

    def _scan(self, source: Source, columns: Mapping[str, Column], strict: bool = True) -> str:
        """The file as a relation. Where not `strict`, all of it is text and no row is refused."""
        if source.is_parquet:
            return f"read_parquet({literal(str(source.text))})"
        types = dict.fromkeys(source.header, "VARCHAR")
        for name in NUMBERS if strict else ():
            if name in columns and columns[name].column:
                types[str(columns[name].column)] = f"DECIMAL(18, {columns[name].decimals})"
        declared = ", ".join(f"{literal(name)}: '{type_}'" for name, type_ in types.items())
        options = [
            f"columns = {{{declared}}}",
            "auto_detect = false, header = true, quote = '\"', escape = '\"'",
            f"delim = {literal(self._form.delimiter)}",
            f"nullstr = [{', '.join(map(literal, self._form.nulls))}]",
            "strict_mode = true, store_rejects = true, rejects_limit = 0"
            if strict
            else "ignore_errors = true",
        ]
        if self._form.thousands and strict:
            options.append(f"thousands = {literal(self._form.thousands)}")
        return f"read_csv({literal(str(source.text))}, {', '.join(options)})"

    def _copy(self, rows: str, written: Path, source: Source) -> int:
        """Write `rows` to Parquet and return how many, telling the progress meanwhile."""
        query = f"copy ({rows}) to {literal(str(written))} ({_PARQUET})"
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
            self._progress(self._done + round(share * source.lines), self._done + source.lines)
        result = outcome[0]
        if isinstance(result, (duckdb.ConversionException, duckdb.InvalidInputException)):
            message = str(result).splitlines()[0]
            remedy = "check the file against its format"
            raise FormError(Problem(str(source.path), 0, message, remedy)) from result
        if isinstance(result, duckdb.Error):
            raise result
        self._progress(self._done + result, self._done + result)
        return result

    def _rejected(self, source: Source) -> list[Problem]:
        """The rows that DuckDB's reader refused, by line."""
        if source.is_parquet:
            return []
        rejected = self._connection.execute(
            "select distinct on (line) line, error_type, column_name, column_idx, csv_line "
            "from reject_errors order by line, column_idx"
        ).fetchall()
        self._connection.execute("drop table reject_errors; drop table reject_scans")
        problems = []
        for line, kind, column, place, text in rejected:
            message, remedy = _REASONS[kind]
            cells = next(csv.reader([text or ""], delimiter=self._form.delimiter), [])
            is_cell = kind == "CAST" and 0 < place <= len(cells)
            where, value = (column, cells[place - 1]) if is_cell else ("row", text or "")
            problems.append(Problem(str(source.path), line, message, remedy, where, value))
        return problems

    def _without_period(
        self,
        source: Source,
        columns: Mapping[str, Column],
        unknown: Sequence[str | None],
        rejected: Sequence[Problem],
    ) -> list[Problem]:
        """The rows whose period cannot be understood, by line: searched for only where there are.

        The reader numbers only rows that it can part into cells, so that rejected ones count.
        """
        broken = {problem.line for problem in rejected if problem.field == "row"}
        scan = self._scan(source, columns, strict=False)
        raw = _raw(columns["period"])
        lines = self._fetch(
            f"select row, period from (select row_number() over () + 1 as row, {raw} as period "
            f"from {scan} as source) where {_among(unknown)} order by row"
        )
        problems = []
        for row, text in lines:
            line = row
            for skipped in sorted(broken):
                line += skipped <= line
            if line not in {problem.line for problem in rejected}:
                message, remedy = "is no period of this format", "write it as the format says"
                problems.append(
                    Problem(str(source.path), line, message, remedy, "period", text or "")
                )
        return problems

    def _fetch(self, query: str) -> list[Any]:
        return self._connection.execute(query).fetchall()


@dataclass(slots=True)
class _Written:
    """What was read from one file; `periods` are its texts and what they mean, None for nothing."""

    path: Path
    periods: dict[str | None, str | None] = field(default_factory=dict)
    blank: int = 0

    def __str__(self) -> str:
        return f"read_parquet({literal(str(self.path))})"


def _canonical(text: str | None) -> str | None:
    try:
        return parse(text).text if text else None
    except PeriodError:
        return None


def _among(periods: Sequence[str | None]) -> str:
    """The condition that a period is one of these; NULL may be among them."""
    listed = ", ".join(literal(text) for text in periods if text is not None)
    conditions = [f"period in ({listed})"] if listed else []
    if None in periods:
        conditions.append("period is null")
    return f"coalesce({' or '.join(conditions) or 'false'}, false)"


def _raw(column: Column) -> str:
    """The text or number of a column as the file has it."""
    if column.constant is not None:
        return literal(column.constant)
    names = ", ".join(f'source."{name.replace(chr(34), chr(34) * 2)}"' for name in column.names)
    return names if column.column is not None else f"concat_ws('-', {names})"


def _move(staged: Path, final: Path) -> None:
    """Put a finished folder in its place by one rename, on the disk before anyone sees it."""
    final.parent.mkdir(parents=True, exist_ok=True)
    for path in (*staged.iterdir(), staged):
        release.sync(path)
    staged.rename(final)
    release.sync(final.parent)
