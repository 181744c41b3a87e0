"""Loading: files of customs detail → a new vintage of each period that they report.

Each period appears by one rename, so that a load that is killed leaves every period whole, old or
new. Belongs here: one load at a time, reading its files in parallel, splitting them into periods,
and the record of the load. Does not belong here: what becomes of the rows of one file
(conversion.py), what files are like (format.py, source.py, reader.py), where partitions lie
(partitions.py), and whether what is loaded can be right (expectations/detail).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from warehouse.detail import partitions
from warehouse.detail.code_columns import expected_texts, lookup_tables
from warehouse.detail.conversion import (
    BLANK,
    PARQUET,
    Converted,
    FileCounts,
    Job,
    Progress,
    convert,
)
from warehouse.detail.format import Column, Format
from warehouse.detail.partitions import LOAD, QUARANTINE, STAGED, Partition
from warehouse.release.lock import locked
from warehouse.store.database import open_detail, shared_cores
from warehouse.store.tables import literal
from warehouse.system import storage
from warehouse.system.files import FormError, Problem

# Files that are read at a time: while one is unpacked, on a single core, another has the rest.
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Load:
    """What a load did: the vintage it made of each period, and the problems of quarantined rows.

    `replaced` are the vintages that were the newest of these periods before.
    """

    dataset: str
    vintage: str
    files: tuple[FileCounts, ...]
    partitions: tuple[Partition, ...]
    replaced: tuple[Partition, ...]
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
    """Load `files`; each period that they report is replaced, as a whole, by a new vintage.

    `given` are constants for columns, or one for each file, separated by commas; `encoding`
    overrules the format's. Raises FormError for a file that cannot be used as a whole, and then
    changes nothing; ReleaseError where another load holds the dataset for longer than
    `timeout` seconds.
    """
    root = partitions.folder(home, dataset)
    try:
        mapped = [form.mapped(constants) for constants in _for_each(given or {}, len(files))]
    except ValueError as error:
        raise FormError(Problem(form.title, 0, str(error), "or choose another format")) from None
    for number, path in enumerate(files):
        first = files.index(path)
        if first < number and mapped[first] == mapped[number]:
            remedy = "name it once: its rows would count twice"
            raise FormError(Problem(str(path), 0, "is given twice", remedy))
    partitions.sweep(home)
    storage.private(home, "detail")
    storage.shared(root)
    with locked(root / ".lock", timeout):
        vintage = f"{partitions.newest_vintage(home, dataset) + 1:04d}"
        with (
            storage.temporary(root, STAGED) as staged,
            open_detail(staged / "spill", memory_limit) as connection,
        ):
            loading = _Loading(connection, form, dataset, mapped, staged)
            loading.read(files, encoding or form.encoding, progress)
            loading.split()
            before = partitions.of_dataset(home, dataset)
            return loading.publish(root, vintage, before)


class _Loading:
    """A load in progress; it writes into the folder `staged` until it publishes.

    `mapped` are the columns of each observation of each file.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        form: Format,
        dataset: str,
        mapped: Sequence[Sequence[Mapping[str, Column]]],
        staged: Path,
    ) -> None:
        columns = [observation for file in mapped for observation in file]
        lookups, expected = lookup_tables(connection, columns), expected_texts(columns)
        self._jobs = [Job(form, file, dataset, lookups, expected) for file in mapped]
        self._connection = connection
        self._form = form
        self._dataset = dataset
        self._staged = staged
        self._read: list[Converted] = []
        self._periods: Counter[str] = Counter()  # period → how many rows it got

    def read(self, files: Sequence[Path], encoding: str, progress: Progress) -> None:
        """Write the rows of each file to Parquet in `staged`, and count what became of them."""
        meter = _Meter(progress, len(files))
        sizes = [path.stat().st_size for path in files if path.is_file()]
        connections: list[duckdb.DuckDBPyConnection] = []

        def converted(number: int, path: Path) -> Converted:
            with self._connection.cursor() as own:
                connections.append(own)
                return convert(
                    own,
                    self._jobs[number],
                    path,
                    encoding,
                    self._staged / f"{number}.parquet",
                    lambda done, expected: meter.update(number, done, expected),
                )

        with (
            shared_cores(self._connection, sizes, AT_ONCE),
            ThreadPoolExecutor(AT_ONCE) as threads,
        ):
            try:
                self._read += threads.map(converted, range(len(files)), files)
            except BaseException:  # an interrupted load should not first finish its files
                for own in connections:
                    with suppress(duckdb.ConnectionException):  # it has ended
                        own.interrupt()
                raise

    def split(self) -> None:
        """Split what was read into files of one period each."""
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
                    f"where period = {literal(text)} and not {BLANK}"
                )
                query = f"copy ({rows}) to {literal(str(file))} ({PARQUET})"
                ((made,),) = self._connection.execute(query).fetchall()
                self._periods[period] += made

    def publish(self, root: Path, vintage: str, before: Sequence[Partition]) -> Load:
        """Let readers see the new vintage, one period after the other.

        `before` are the newest vintages of the dataset until now.
        """
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
        document = {
            "dataset": self._dataset,
            "vintage": vintage,
            "format": self._form.title,
            "complete": self._form.complete,
            "files": [asdict(read.counts) for read in self._read],
            "periods": dict(sorted(self._periods.items())),
            "sha256": self._checksums(),
        }
        (record / LOAD).write_text(
            json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
        _move(record, root / "loads" / vintage)
        made = []
        for period in sorted(self._periods):
            final = root / "periods" / partitions.in_path(period) / vintage
            _move(self._staged / "periods" / partitions.in_path(period), final)
            made.append(Partition(self._dataset, period, vintage, final))
        counts = tuple(read.counts for read in self._read)
        replaced = tuple(part for part in before if part.period in self._periods)
        return Load(self._dataset, vintage, counts, tuple(made), replaced, problems)

    def _checksums(self) -> dict[str, str]:
        """Period → the checksum of all files that it will consist of."""
        periods = sorted(self._periods)
        folders = [self._staged / "periods" / partitions.in_path(period) for period in periods]
        with ThreadPoolExecutor(AT_ONCE) as threads:
            return dict(zip(periods, threads.map(partitions.checksum, folders), strict=True))


class _Meter:
    """Adds up the progress of files that are read in parallel."""

    def __init__(self, progress: Progress, files: int) -> None:
        self._progress = progress
        self._done, self._expected = [0] * files, [0] * files

    def update(self, file: int, done: int, expected: int) -> None:
        """Note how many rows of this file are read, of how many."""
        self._done[file], self._expected[file] = done, expected
        self._progress(sum(self._done), sum(self._expected))


def _for_each(given: Mapping[str, str], files: int) -> list[dict[str, str]]:
    """The constants of each file. Raises ValueError where there is neither one nor one for each."""
    split = {name: text.split(",") for name, text in given.items()}
    for name, texts in split.items():
        if len(texts) not in (1, files):
            raise ValueError(f"{len(texts)} texts of {name} for {files} files; give one for each")
    return [
        {name: texts[number if len(texts) > 1 else 0] for name, texts in split.items()}
        for number in range(files)
    ]


def _move(staged: Path, final: Path) -> None:
    """Put a finished folder in its place by one rename, once all of it is on the disk."""
    storage.shared(final.parent)
    for path in (*staged.iterdir(), staged):
        path.chmod(0o755 if path.is_dir() else 0o644)
        storage.sync(path)
    staged.rename(final)
    storage.sync(final.parent)
