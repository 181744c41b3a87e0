"""The dimensions of a figure, one code of each, and the series that these make together.

codes/dimensions.csv describes them; a project's own file of that name adds some. Belongs here:
reading that description, and writing a series and reading it. Does not belong here: the codes
(codes.py), and the columns that dimensions become (records/fields.py).

    name      what records call it; its column
    list      the code list of its codes
    default   the code where a record says none; '' where it must say one, or it follows from others
    nests     yes: what is counted for a code is part of what is counted for its parent
    series    always: its code stands in every series, at its place; stated: it follows as
              `.name=code` where it is not the default
    label     what people read, where the code alone would not do
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from warehouse import project
from warehouse.system import csv_table, files
from warehouse.system.files import FormError, Problem
from warehouse.terms import codes

FILE = "dimensions.csv"
UNSTATED = "unstated"  # the default of dimensions that most sources say nothing about
_NEEDED = ("name", "list")
_COLUMNS = (*_NEEDED, "default", "nests", "series", "label", "meaning")
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension, as the module's description says."""

    name: str
    list: str
    default: str
    nests: bool
    in_every_series: bool
    label: str
    meaning: str
    is_added: bool
    file: str
    line: int

    def unusable(
        self, message: str, remedy: str, field: str = "name", value: str = ""
    ) -> FormError:
        """The error that refuses it, naming file and line."""
        value = value or self.name
        return FormError(Problem(self.file, self.line, message, remedy, field, value))


@project.cached
def dimensions() -> Mapping[str, Dimension]:
    """The dimensions by name, in the order of a series. Raises FormError, naming file and line."""
    found: dict[str, Dimension] = {}
    for folder in reversed(project.search_path("codes")):
        if (path := folder / FILE).is_file():
            found |= {row.name: row for row in _read(path, found)}
    return found


def list_of(name: str) -> str:
    """The code list of a dimension."""
    return dimensions()[name].list


@project.cached
def places() -> Mapping[str, int]:
    """The dimensions whose codes stand in every series → their places among these codes."""
    always = (name for name, dimension in dimensions().items() if dimension.in_every_series)
    return {name: place for place, name in enumerate(always)}


@project.cached
def further() -> Mapping[str, str]:
    """The other dimensions → their defaults: a series names them where they differ."""
    return {
        name: dimension.default
        for name, dimension in dimensions().items()
        if not dimension.in_every_series
    }


def series_of(codes_by_dimension: Mapping[str, str]) -> str:
    """The series of these codes: CN.WLD.exports.total.total.total.value.basis=customs."""
    stated = (
        f"{name}={codes_by_dimension[name]}"
        for name, default in further().items()
        if codes_by_dimension[name] != default
    )
    return ".".join((*(codes_by_dimension[name] for name in places()), *stated))


def codes_of(series: str) -> dict[str, str]:
    """The codes of a series by dimension, defaults included.

    A series of an earlier release may name a dimension that is no longer known: it comes last.
    """
    parts = series.split(".")
    stated = dict(part.split("=", 1) for part in parts[len(places()) :])
    return {**dict(zip(places(), parts, strict=False)), **further(), **stated}


def flow_of(series: str) -> str:
    """The flow of a series."""
    return series.split(".")[places()["flow"]]


def _read(path: Path, known: Mapping[str, Dimension]) -> Iterator[Dimension]:
    """The dimensions of one file. Those of the package are `known` to the one of a project."""
    shown = project.shown(path)
    seen: dict[str, int] = {}
    for line, row in csv_table.rows(shown, files.text(path, shown), _NEEDED, ",".join(_COLUMNS)):
        if not set(row) <= set(_COLUMNS):
            message = f"the columns must be {', '.join(_NEEDED)}, and may be others of these"
            remedy = f"write {','.join(_COLUMNS)} in the first line"
            raise FormError(Problem(shown, line, message, remedy))
        cell = dict.fromkeys(_COLUMNS, "") | row
        name, before = cell["name"], known.get(cell["name"])
        # The codes of a project's own dimensions follow by name: a series stays what it was.
        in_every_series = before.in_every_series if known and before else cell["series"] == "always"
        default = cell["default"] or (UNSTATED if known and before is None else "")
        dimension = Dimension(
            name,
            cell["list"],
            default,
            cell["nests"] == "yes",
            in_every_series,
            cell["label"],
            cell["meaning"] or f"code of the {cell['label'] or name}",
            bool(known) and before is None,
            shown,
            line,
        )
        if name in seen:
            message = f"stands in line {seen[name]} too"
            raise dimension.unusable(message, "remove a row")
        seen[name] = line
        if known:
            _check(dimension, before)
        yield dimension


def _check(dimension: Dimension, before: Dimension | None) -> None:
    """Refuse what a project's dimension cannot be."""
    listed_in, default = dimension.list, dimension.default
    if not _NAME.fullmatch(dimension.name):
        remedy = "write lower-case letters, digits and '_', such as industry"
        raise dimension.unusable("is no name of a column", remedy)
    if before is None and dimension.in_every_series:
        remedy = "leave series out: codes of added dimensions follow by name"
        raise dimension.unusable("cannot stand in every series", remedy, "series", "always")
    try:
        listed = codes.by_code(listed_in)
    except FileNotFoundError:
        remedy = f"write its codes into {listed_in}.csv beside {FILE}"
        raise dimension.unusable("is no code list", remedy, "list", listed_in) from None
    if default and default not in listed:
        remedy = f"add the row {default} to {listed_in}.csv, or name another default"
        message = f"is no code of the list {listed_in}"
        raise dimension.unusable(message, remedy, "default", default)
