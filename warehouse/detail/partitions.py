"""Where the detail of a home lies: datasets, their periods, and the vintages of each.

    <home>/detail/<dataset>/periods/<period>/<vintage>/*.parquet    immutable; the newest counts
    <home>/detail/<dataset>/loads/<vintage>/load.json               what was read, and the outcome
    <home>/detail/<dataset>/loads/<vintage>/quarantine.parquet      the rows that could not be used
    <home>/detail/<dataset>/.stg-<random>/                          a load in progress
    <home>/detail/.check-<random>/                                  a check in progress
    <home>/detail/<dataset>/.lock                                   held by whoever is loading

Belongs here: the names of these paths, and what lies there. Does not belong here: what writes them
(ingest.py, conversion.py).
A vintage is the number of the load that made it. A period stands in a path as `2020-03`, or as
`2019-04--2020-03`, since `/` separates folders.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NotRequired

from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from warehouse.detail.format import TYPES
from warehouse.store.tables import files_literal
from warehouse.system import files, storage
from warehouse.system.files import FormError, Problem

LOAD = "load.json"
QUARANTINE = "quarantine.parquet"
STAGED, CHECKED = ".stg-", ".check-"  # prefixes of the folders of a load and of a check in progress

_DATASET = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


_Count = Annotated[int, Field(ge=0, lt=2**63)]


class _File(TypedDict):
    """What became of the rows of one file."""

    file: str
    sha256: str
    read: _Count
    accepted: _Count
    blank: _Count
    quarantined: _Count
    periods: list[str]
    left_out: NotRequired[_Count]


class _Loaded(TypedDict):
    """The document of a load: what was read, and the rows and checksum of each of its periods."""

    dataset: str
    vintage: str
    format: str
    files: list[_File]
    periods: dict[str, _Count]
    sha256: NotRequired[dict[str, str]]
    complete: NotRequired[bool]


_LOADED = TypeAdapter(_Loaded)


@dataclass(frozen=True, slots=True)
class Partition:
    """One period of one dataset, in one vintage."""

    dataset: str
    period: str
    vintage: str
    path: Path

    @property
    def files(self) -> list[Path]:
        """Its Parquet files."""
        return sorted(self.path.glob("*.parquet"))

    @property
    def rows(self) -> int:
        """How many rows it has, as its load counted them."""
        periods: dict[str, int] = self._load["periods"]
        if self.period not in periods:
            raise files.damaged(self._record / LOAD, f"lacks the period {self.period}")
        return periods[self.period]

    @property
    def sha256(self) -> str | None:
        """The checksum at its load, which it must still have; None if an old load noted none."""
        noted: dict[str, str] = self._load.get("sha256", {})
        return noted.get(self.period)

    @property
    def is_complete(self) -> bool:
        """Whether its files were declared to hold all partners, products and regimes."""
        return bool(self._load.get("complete"))

    @property
    def name(self) -> str:
        """`comext 2020-03`, for messages."""
        return f"{self.dataset} {self.period}"

    @property
    def _load(self) -> dict[str, Any]:
        return load_document(self._record)

    @property
    def _record(self) -> Path:
        """The folder of its load."""
        return self.path.parents[2] / "loads" / self.vintage


def sweep(home: Path) -> None:
    """Remove what killed loads and checks left behind: it may be as large as the detail itself."""
    storage.sweep(home / "detail", CHECKED)
    for root in (home / "detail").glob("*"):
        storage.sweep(root, STAGED)


def load_document(load: Path) -> dict[str, Any]:
    """The content of `load.json` in the folder `load`. Raises FormError."""
    document = files.document(load / LOAD)
    try:
        _LOADED.validate_python(document)
    except ValidationError as error:
        first = error.errors()[0]
        raise files.damaged(
            load / LOAD, f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        ) from None
    return document


def folder(home: Path, dataset: str) -> Path:
    """The folder of a dataset. Raises FormError for a name that could lead elsewhere."""
    if not _DATASET.fullmatch(dataset):
        remedy = "call it by lower-case letters, digits and single hyphens: --dataset"
        raise FormError(Problem(dataset, 0, "is no name of a dataset", remedy))
    return home / "detail" / dataset


def rows_query(files: Iterable[Path]) -> str:
    """The query for the rows of these files, with every column of the detail.

    A file holds only the columns that its format has; the others are NULL.
    """
    columns = ", ".join(f"null::{type_} as {name}" for name, type_ in TYPES.items())
    listed = ", ".join(files_literal(file) for file in files)
    return (
        f"select {columns} where false "
        f"union all by name from read_parquet([{listed}], union_by_name = true, "
        "hive_partitioning = false)"
    )


def checksum(path: Path) -> str:
    """One checksum over the names and bytes of all Parquet files in the folder of a partition."""
    whole = hashlib.sha256()
    for file in sorted(path.glob("*.parquet")):
        with file.open("rb") as opened:
            whole.update(
                f"{file.name} {hashlib.file_digest(opened, 'sha256').hexdigest()}\n".encode()
            )
    return whole.hexdigest()


def in_path(period: str) -> str:
    """How a period is written in a path."""
    return period.replace("/", "--")


def datasets(home: Path) -> list[str]:
    """The names of the datasets that were loaded, sorted."""
    return sorted(path.parent.name for path in (home / "detail").glob("*/periods"))


def current(
    home: Path, dataset: str | None = None, periods: tuple[str, ...] = ()
) -> list[Partition]:
    """The newest vintage of each period, by dataset and period.

    Only of `dataset` and `periods`, where these are given. Raises FormError where one of the
    periods, or everything, is missing.
    """
    newest = [
        part
        for name in ([dataset] if dataset else datasets(home))
        for part in of_dataset(home, name)
        if not periods or part.period in periods
    ]
    missing = [period for period in periods if period not in {part.period for part in newest}]
    if missing or not newest:
        what = " ".join(filter(None, (dataset, missing[0] if missing else "")))
        message = f"no detail of {what} is loaded" if what else "no detail is loaded"
        where = str(home / "detail")
        raise FormError(Problem(where, 0, message, "load it with: crossfoot detail load"))
    return newest


def of_dataset(home: Path, dataset: str) -> list[Partition]:
    """The newest vintage of each period of a dataset, by period; none where it was never loaded."""
    newest = []
    for path in sorted((folder(home, dataset) / "periods").glob("*")):
        vintages = sorted(
            (made for made in path.glob("*") if made.name.isdigit()),
            key=lambda made: int(made.name),
        )
        if vintages:
            period = path.name.replace("--", "/")
            newest.append(Partition(dataset, period, vintages[-1].name, vintages[-1]))
    return newest


def newest_vintage(home: Path, dataset: str) -> int:
    """The number of the last load of a dataset; 0 before the first."""
    loads = (folder(home, dataset) / "loads").glob("*")
    return max((int(path.name) for path in loads if path.name.isdigit()), default=0)
