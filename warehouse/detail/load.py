"""Loading: files of customs detail → a new vintage of each period that they speak of.

Every row is accepted, blank (a cell of a wide table that holds no number), or quarantined with its
line and reason; the counts add up. DuckDB reads and writes; each period appears by one rename, so
that a load that is killed leaves every period whole, old or new.

Belongs here: that. Does not belong here: what files are like (format.py, source.py), reading them
(reader.py), where partitions lie (partitions.py), and whether what is loaded can be right (rules).
"""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse import release
from warehouse.database import open_detail, shared_cores
from warehouse.detail import partitions
from warehouse.detail.format import NUMBERS, TEXTS, TYPES, Column, Format, spellings
from warehouse.detail.partitions import LOAD, QUARANTINE, STAGED, Partition
from warehouse.detail.reader import Reader, among, as_printed, raw
from warehouse.detail.source import Source, prepare
from warehouse.period import PeriodError, parse
from warehouse.reading import FormError, Problem
from warehouse.sheets import FORMULA
from warehouse.tables import fill, literal

# A file with more unusable rows than this share is not what it was said to be.
MOST_QUARANTINED = 0.01

# A cell of a wide table in which nothing is printed.
_BLANK = "(" + " and ".join(f"{name} is null" for name in NUMBERS) + ")"
# Pages of the second version take less time to write, less to read, and a fifth less space.
_PARQUET = "format parquet, parquet_version v2"
_OTHER_PERIOD = "a row of another period than was expected"

# Files that are read at a time: what one does on a single core, as unpacking, leaves the others.
AT_ONCE = 2

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

    `given` are constants for columns, or one for each file with commas between; `encoding`
    overrules the format's. Raises FormError for a file that cannot be used as a whole, and then
    changes nothing; release.ReleaseError where another load holds the dataset for longer than
    `timeout` seconds.
    """
    root = partitions.folder(home, dataset)
    try:
        mapped = [form.mapped(constants) for constants in _for_each(given or {}, len(files))]
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
                lookups = _lookups(connection, [one for file in mapped for one in file])
                jobs = [_Job(form, file, dataset, lookups) for file in mapped]
                loading = _Loading(connection, jobs, staged)
                loading.read(files, encoding or form.encoding, progress)
                loading.split()
                return loading.publish(root, vintage)
        finally:
            shutil.rmtree(staged, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class _Job:
    """How one file of a load is read; `lookups` are tables by `_key` of a column."""

    form: Format
    mapped: Sequence[Mapping[str, Column]]
    dataset: str
    lookups: Mapping[str, str]


class _Loading:
    """One load at work, a job for each file: what it has read stands in its staged directory."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, jobs: Sequence[_Job], staged: Path
    ) -> None:
        self._connection = connection
        self._jobs = jobs
        self._staged = staged
        self._read: list[_Read] = []
        self._periods: Counter[str] = Counter()  # how many rows each got
        # DuckDB guesses that a CSV file is small and would build the hash table of each join on it.
        connection.execute("set disabled_optimizers = 'join_order,build_side_probe_side'")

    def read(self, files: Sequence[Path], encoding: str, progress: Progress) -> None:
        """Write the rows of the files to Parquet aside; tell what became of each."""
        meter = _Meter(progress, len(files))
        sizes = [path.stat().st_size for path in files if path.is_file()]
        working: list[duckdb.DuckDBPyConnection] = []

        def one(number: int, path: Path) -> _Read:
            with self._connection.cursor() as own:
                working.append(own)
                return _Reading(own, self._jobs[number]).read(
                    path,
                    encoding,
                    self._staged / f"{number}.parquet",
                    lambda done, expected: meter.tell(number, done, expected),
                )

        with (
            shared_cores(self._connection, sizes, AT_ONCE),
            ThreadPoolExecutor(AT_ONCE) as several,
        ):
            try:
                self._read += several.map(one, range(len(files)), files)
            except BaseException:  # a person's interruption too: it should not take a whole file
                for own in working:
                    with suppress(duckdb.ConnectionException):  # it has ended
                        own.interrupt()
                raise

    def split(self) -> None:
        """Part what was read into files of one period each."""
        for number, read in enumerate(self._read):
            for text, period in read.periods.items():
                if text is None or period is None:
                    continue
                target = self._staged / "periods" / partitions.in_path(period)
                target.mkdir(parents=True, exist_ok=True)
                file = target / f"{number}-{len(list(target.iterdir()))}.parquet"
                if len(read.periods) == 1 and text == period and not read.counts.blank:
                    read.path.rename(file)
                    self._periods[period] += read.counts.accepted
                    continue
                rows = (
                    f"select * replace ({literal(period)} as period) from {read} "
                    f"where period = {literal(text)} and not {_BLANK}"
                )
                query = f"copy ({rows}) to {literal(str(file))} ({_PARQUET})"
                ((made,),) = self._connection.execute(query).fetchall()
                self._periods[period] += made

    def publish(self, root: Path, vintage: str) -> Load:
        """Let readers see the new vintage, one period after the other."""
        record = self._staged / "loads"
        record.mkdir()
        self._connection.execute(
            "create temp table quarantine (file varchar, line bigint, field varchar, "
            "value varchar, reason varchar)"
        )
        problems = tuple(problem for read in self._read for problem in read.problems)
        rows = [[Path(p.file).name, p.line, p.field, p.value, p.message] for p in problems]
        if rows:
            self._connection.executemany("insert into quarantine values (?, ?, ?, ?, ?)", rows)
        target = literal(str(record / QUARANTINE))
        self._connection.execute(f"copy (from quarantine order by all) to {target}")
        told = {
            "dataset": self._jobs[0].dataset,
            "vintage": vintage,
            "format": self._jobs[0].form.title,
            "complete": self._jobs[0].form.complete,
            "files": [asdict(read.counts) for read in self._read],
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
            made.append(Partition(self._jobs[0].dataset, period, vintage, final))
        counts = tuple(read.counts for read in self._read)
        return Load(self._jobs[0].dataset, vintage, counts, tuple(made), problems)


class _OtherPeriod(Exception):
    """A file that seemed to be of one period is not."""


class _Reading:
    """One file at work, on a connection of its own."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, job: _Job) -> None:
        self._connection = connection
        self._job = job
        self._reader = Reader(connection, job.form)

    def read(self, path: Path, encoding: str, target: Path, progress: Progress) -> _Read:
        """Write the rows of a file as Parquet to `target`; tell what became of each.

        `progress` is told of this file alone. Raises FormError.
        """
        plain = target.with_suffix(".csv")
        source = prepare(path, encoding, self._job.form.delimiter, plain)
        observations = self._present(source)
        written = f"read_parquet({literal(str(target))})"
        try:
            made = self._copy(self._rows(source, observations, True), target, source, progress)
        except _OtherPeriod:
            self._reader.forget_rejected()
            made = self._copy(self._rows(source, observations, False), target, source, progress)
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
            f"select count(*) from {written} where {_BLANK} and not {among('period', unknown)}"
        )
        accepted = made - blank
        lines = (made + quarantined) / len(observations)
        if len(problems) > MOST_QUARANTINED * lines:
            raise FormError(problems[0])
        if not accepted:
            raise FormError(Problem(str(path), 0, "no row holds a number", "check the file"))
        plain.unlink(missing_ok=True)
        counts = (made + quarantined, accepted, blank, quarantined)
        return _Read(target, FileCounts(path.name, _sha256(path), *counts), periods, problems)

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

    def _rows(
        self, source: Source, observations: Sequence[dict[str, Column]], of_one_period: bool
    ) -> str:
        """The rows of all observations.

        `of_one_period` makes use of most files being of one: where the first row and the last are
        of the same, reading ends with an error at the first that is not.
        """
        return " union all ".join(
            self._select(source, columns, _own_numbers(columns, observations), of_one_period)
            for columns in observations
        )

    def _select(
        self,
        source: Source,
        columns: Mapping[str, Column],
        own: Sequence[str],
        of_one_period: bool,
    ) -> str:
        """The rows of one observation, with the columns and types of the detail.

        A number that it shares with others, such as the quantity of values in two currencies, is
        its own only where one of its `own` numbers is there.
        """
        printed = " or ".join(f"{raw(columns[name])} is not null" for name in own)
        lookups: list[str] = []
        period = columns["period"]
        all_say = self._reader.at_both_ends(source, period) if of_one_period else None
        all_mean = literal(self._meant("period", period, all_say)) if all_say else ""

        def text(name: str, column: Column) -> str:
            # Parquet may hold codes and periods as numbers.
            said = f"({raw(column)})::varchar" if source.is_parquet else raw(column)
            if name == "period" and all_say:
                other = f"error({literal(_OTHER_PERIOD)})"
                return f"case {said} when {literal(all_say)} then {all_mean} else {other} end"
            if _by_case(name, column):
                cases = " ".join(
                    f"when {literal(k)} then {literal(v)}" for k, v in column.codes.items()
                )
                return f"case {said} {cases} else {said} end"
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
        if all_say:
            types["period"] = f"enum ({all_mean})"
        listed = ", ".join(
            f"({values.get(name, 'null')})::{type_} as {name}" for name, type_ in types.items()
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
        query = f"copy ({rows}) to {literal(str(target))} ({_PARQUET})"
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
        if isinstance(result, duckdb.Error) and _OTHER_PERIOD in str(result):
            raise _OtherPeriod
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


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read from one file; `periods` are its texts and what they mean, None for nothing."""

    path: Path
    counts: FileCounts
    periods: Mapping[str | None, str | None]
    problems: Sequence[Problem]

    def __str__(self) -> str:
        return f"read_parquet({literal(str(self.path))})"


class _Meter:
    """The progress of several files as one, of which each is told by itself."""

    def __init__(self, progress: Progress, files: int) -> None:
        self._progress = progress
        self._done, self._expected = [0] * files, [0] * files

    def tell(self, file: int, done: int, expected: int) -> None:
        """So many of the rows of this file are read."""
        self._done[file], self._expected[file] = done, expected
        self._progress(sum(self._done), sum(self._expected))


def _for_each(given: Mapping[str, str], files: int) -> list[dict[str, str]]:
    """The constants of each file. Raises ValueError where there are not as many as files."""
    split = {name: text.split(",") for name, text in given.items()}
    for name, texts in split.items():
        if len(texts) not in (1, files):
            raise ValueError(f"{len(texts)} texts of {name} for {files} files; give one for each")
    return [
        {name: texts[number if len(texts) > 1 else 0] for name, texts in split.items()}
        for number in range(files)
    ]


def _lookups(
    connection: duckdb.DuckDBPyConnection, mapped: Sequence[Mapping[str, Column]]
) -> dict[str, str]:
    """For each column that is spelled in other ways, a table of spellings and what they mean."""
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


def _move(staged: Path, final: Path) -> None:
    """Put a finished folder in its place by one rename, on the disk before anyone sees it."""
    final.parent.mkdir(parents=True, exist_ok=True)
    for path in (*staged.iterdir(), staged):
        release.sync(path)
    staged.rename(final)
    release.sync(final.parent)
