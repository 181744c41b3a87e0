"""The fields of a figure: what each is called, what it means, and the columns that it becomes.

fields.csv describes them, and dimensions.csv the dimensions among them. The contract, the tables
raw.figures and core.figures, the comments of their columns, the suites, the report, the comparison
of releases and the reference of record fields are made from this description. Belongs here: reading
that file. Does not belong here: what a text may be (contract.py).

What depends on the project's dimensions is a function; the rest is the same everywhere.

    kind        what it is
    id, source  which figure it is, and of which source
    dimensions  here stand the dimensions
    dimension   a code of the series, in this order
    code        another code
    basis       since when growths are measured: a code or a period, and two columns of days
    period      the period, which also becomes columns of its first and last day
    number      a printed number: its text, its value, and the interval that the text stands for
    place       a rank
    link        the id of another figure
    breakdown   whether its parts make it up, or do not overlap
    convention  how its numbers are printed
    text        prose
    draft       only in drafts; becomes no column
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from warehouse import project
from warehouse.system import csv_table
from warehouse.terms import dimensions

AMOUNT, RATIO, TEXT = "DECIMAL(38,6)", "DECIMAL(18,10)", "VARCHAR"
_COLUMNS = (
    *("name", "kind", "list", "unit", "basis"),
    *("inherited", "compared", "label", "meaning", "example"),
)
_ENDS = {
    "_lower": "least that is printed so; NULL with the printed text set: unbounded",
    "_upper": "greatest that is printed so; NULL likewise",
    "_step": "unit of the last printed digit",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `list` names the code list of a code; `unit` is that of a number, '' for a level.

    `basis` is the field that says since which period a number is measured, '' for none. A part
    takes `inherited` fields from its total. A change of a `compared` field is a change of the
    figure. `label` is what people read, `example` the remedy where it is written wrongly.
    """

    name: str
    kind: str
    list: str
    unit: str
    basis: str
    inherited: bool
    compared: bool
    label: str
    meaning: str
    example: str

    @property
    def comment(self) -> str:
        """What a record says in this field."""
        if self.kind == "number":
            return f"{self.meaning} as printed"
        return f"{self.meaning} (codes: {self.list})" if self.list else self.meaning


class Column(NamedTuple):
    """A column of raw.figures and core.figures: its SQL type and its comment."""

    type: str
    comment: str


def _read() -> Iterator[Field]:
    path = project.file("fields", "fields.csv")
    try:
        rows = csv_table.packaged(path)
    except csv.Error as error:
        raise ValueError(f"{path}: {error}") from None
    for line, row in enumerate(rows, 2):
        if tuple(row) != _COLUMNS or None in row.values():
            raise ValueError(f"{path}:{line}: the columns must be {','.join(_COLUMNS)}")
        yield Field(
            row["name"],
            row["kind"],
            row["list"],
            row["unit"],
            row["basis"],
            row["inherited"] == "yes",
            row["compared"] == "yes",
            row["label"],
            row["meaning"],
            row["example"],
        )


_READ = tuple(_read())
# What a figure may print, and the unit it is read into: '' is that of the measure.
PRINTED = {field.name: field.unit for field in _READ if field.kind == "number"}
PLACES = tuple(field.name for field in _READ if field.kind == "place")
TEXTS = tuple(field.name for field in _READ if field.kind == "text")
# The fields that say since which period a growth is measured → the numbers that they are of.
BASES = {
    field.name: tuple(number.name for number in _READ if number.basis == field.name)
    for field in _READ
    if field.kind == "basis"
}
# The codes beside the dimensions → their lists.
CODES = {field.name: field.list for field in _READ if field.kind == "code"}
LABELS = {field.name: field.label for field in _READ if field.label}
# The fields that become a column of the same name, unchanged.
_PLAIN = ("code", "place", "breakdown", "convention", "text")
PLAIN = tuple(field.name for field in _READ if field.kind in _PLAIN)


@project.cached
def examples() -> dict[str, str]:
    """What to write in a field, with examples from what people read: examples.csv has those of a
    language, fields.csv the others.
    """
    table = csv_table.packaged(project.file("fields", "examples.csv"))
    language = project.settings().language
    own = (row for row in table if row["language"] == language)
    general = {field.name: field.example for field in _READ if field.example}
    return general | {row["field"]: row["example"] for row in own}


@project.cached
def fields() -> tuple[Field, ...]:
    """All fields, in the order in which records are described.

    Raises FormError where a project calls a dimension like another field.
    """
    others = {field.name for field in _READ}
    for name, dimension in dimensions.dimensions().items():
        if name in others:
            raise dimension.unusable("is another field of a record", "give it another name")
    found: list[Field] = []
    for field in _READ:
        if field.kind != "dimensions":
            found.append(field)
            continue
        found += (
            replace(
                field,
                name=dimension.name,
                kind="dimension",
                list=dimension.list,
                label=dimension.label,
                meaning=dimension.meaning,
            )
            for dimension in dimensions.dimensions().values()
        )
    return tuple(found)


@project.cached
def names() -> Mapping[str, int]:
    """The names of all fields, each with its place among them."""
    return {field.name: place for place, field in enumerate(fields())}


@project.cached
def inherited() -> frozenset[str]:
    """The fields that a part takes from its total."""
    return frozenset(field.name for field in fields() if field.inherited)


@project.cached
def code_lists() -> Mapping[str, str]:
    """The fields that hold codes → the lists of these."""
    return {field.name: field.list for field in fields() if field.list}


def base_columns(basis: str) -> tuple[str, str]:
    """The columns of the first and last day of the period that a field of `BASES` names."""
    prefix = basis.removesuffix("growth_basis")
    return f"{prefix}base_start", f"{prefix}base_end"


@project.cached
def figure_columns() -> Mapping[str, Column]:
    """The columns that the fields of a figure become, in order."""
    columns: dict[str, Column] = {}
    for field in fields():
        columns |= _columns_of(field)
    return columns


def _columns_of(field: Field) -> dict[str, Column]:
    name, meaning = field.name, field.meaning
    match field.kind:
        case "id":
            return {"figure_id": Column(TEXT, meaning)}
        case "source":
            return {
                "source_id": Column(TEXT, meaning),
                "file": Column(TEXT, "the record file"),
                "line": Column("INTEGER", "the line of its record in that file"),
            }
        case "dimension" | "code":
            columns = {name: Column(TEXT, field.comment)}
            if name == [*dimensions.dimensions()][-1]:
                columns["series"] = Column(TEXT, _series())
            return columns
        case "period":
            return {
                name: Column(TEXT, meaning),
                "period_start": Column("DATE", "its first day; NULL where none is stated"),
                "period_end": Column("DATE", "its last day"),
                "span": Column(
                    TEXT, "day, month, quarter, half-year, year, year-to-date, range or cumulative"
                ),
            }
        case "number":
            return _columns_of_number(field)
        case "basis":
            start, end = base_columns(name)
            return {
                name: Column(TEXT, f"{meaning} (codes: {field.list}, or a period)"),
                start: Column("DATE", "first day of that period; NULL where it is no whole span"),
                end: Column("DATE", "last day of that period"),
            }
        case "draft":
            return {}
    return {name: Column("INTEGER" if field.kind == "place" else TEXT, meaning)}


def _series() -> str:
    always = dimensions.places()
    return (
        f"the codes of {', '.join(always)} joined with '.', in that order, and after them "
        ".name=code for each further dimension that is not at its default"
    )


def _columns_of_number(field: Field) -> dict[str, Column]:
    type_ = RATIO if field.unit else AMOUNT
    columns = {
        f"{field.name}_printed": Column(TEXT, field.comment),
        field.name: Column(
            type_, f"{field.meaning}, {'as a fraction' if field.unit else 'in base units'}"
        ),
        **{f"{field.name}{end}": Column(type_, comment) for end, comment in _ENDS.items()},
    }
    hedges = "exact, at-least, at-most, about, range or ambiguous"
    if field.unit:
        hedges += "; computed: from rounded levels, and so known no better than these"
    columns[f"{field.name}_hedge"] = Column(TEXT, hedges)
    return columns
