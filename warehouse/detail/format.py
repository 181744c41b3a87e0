"""Formats of customs detail: which column of a file means what, as `formats/*.yaml` say it.

Belongs here: the model of a format, reading one, and the texts that periods and codes may have.
Does not belong here: reading the files themselves (reader.py), or any one format (formats/).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from warehouse import project
from warehouse.records.reading import read_tree
from warehouse.system.files import FormError, Problem
from warehouse.terms import codes
from warehouse.terms.marks import SUPPRESSED, LegendError, meaning_of
from warehouse.terms.period import parse

# The columns that distinguish a row of detail from others, and those of its numbers.
KEY = ("area", "flow", "partner", "product", "regime", "unit")
NUMBERS = ("value", "value_to_date", "growth", "weight", "quantity")
TEXTS = ("period", *KEY, "quantity_unit", "status")
# How many decimals are kept: of amounts in base units, of weight in kg, of growth as a fraction.
PLACES = {"value": 2, "value_to_date": 2, "growth": 8, "weight": 3, "quantity": 3}
TYPES = {
    **dict.fromkeys(("dataset", "period", *KEY, "quantity_unit"), "VARCHAR"),
    "value": "DECIMAL(18, 2)",
    "value_step": "DECIMAL(18, 2)",
    "value_to_date": "DECIMAL(18, 2)",
    "growth": "DECIMAL(18, 8)",
    "growth_step": "DECIMAL(18, 8)",
    "weight": "DECIMAL(18, 3)",
    "quantity": "DECIMAL(18, 3)",
    "status": "VARCHAR",
}
# Spaces of any width part the digits of numbers alike, and so do both apostrophes.
ALIKE = (" \u00a0\u2007\u2009\u202f", "'\u2019")
_LONGEST_PREAMBLE = 10_000
YEARS = range(1900, 2100)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _detail_column(name: str) -> str:
    if name not in TYPES:
        raise ValueError(f"is no column of the detail; it has {', '.join(TYPES)}")
    return name


def _one_sign(text: str) -> str:
    if len(text) != 1 or text in '"\r\n' or text.isalnum():
        raise ValueError("must be one sign, and none of a number, a word, a quote or a line end")
    return text


def _names_something(text: str) -> str:
    if not text.strip():
        raise ValueError('is empty; of a column without a name write its place, such as "#2"')
    return text


def _count_or_pattern(text: str) -> str:
    try:
        re.compile(text)
    except (re.error, OverflowError) as error:
        raise ValueError(f"is neither a number of lines nor a pattern: {error}") from None
    if text.isdecimal() and int(text[:5]) > 1_000:
        raise ValueError("has more lines than a footer has, which is 1000 at most")
    return text


def _mark(text: str) -> str:
    unfit = any(sign.isdigit() or sign in '"\r\n' for sign in text)
    if not text.strip() or len(text) > 20 or unfit:
        raise ValueError("must be up to 20 signs without digits and quotes")
    return text.strip()


def _status(text: str) -> str:
    """The code of a status: of what is confidential, that it is suppressed."""
    try:
        return meaning_of("it", text).status or SUPPRESSED
    except LegendError as error:
        raise ValueError(f"is no status: {error}") from None


_Status = Annotated[str, AfterValidator(_status)]
_FileColumn = Annotated[str, AfterValidator(_names_something)]
_Name = Annotated[str, AfterValidator(_detail_column)]


class Column(_Model):
    """Where one column of the detail comes from: columns of the file, or a constant.

    Texts: `codes` maps texts to codes, then `list` names a code list whose names are understood;
    any other text stays as it is. Several `columns` are joined by '-'. Numbers: what is printed, to
    `decimals` places, is multiplied by `factor`. Periods: a text is the first day in the strftime
    format `first`, followed by the last day in the format `last`; a period has `months` months, and
    one of a year begins in month `begins`; the notation of records is understood as well. An
    `optional` column may be missing. With `fill`, an empty cell means what stands above it, as
    merged cells do. "#2" is the second column, whatever its name.
    """

    column: _FileColumn | None = None
    columns: tuple[_FileColumn, ...] = ()
    constant: str | None = None
    optional: bool = False
    fill: bool = False
    codes: Mapping[str, str] = Field(default_factory=dict)
    list: (
        Literal["areas", "partners", "flows", "products", "regimes", "observation_status"] | None
    ) = None
    factor: Annotated[Decimal, Field(gt=0, le=10**12, max_digits=30)] = Decimal(1)
    decimals: int = Field(default=0, ge=0, le=10)
    first: str = ""
    last: str = ""
    months: int = Field(default=1, ge=1, le=12)
    begins: int = Field(default=1, ge=1, le=12)

    @model_validator(mode="after")
    def _from_one_place(self) -> Column:
        if (self.column is not None) + bool(self.columns) + (self.constant is not None) != 1:
            raise ValueError("give one of column, columns, constant")
        if self.fill and self.constant is not None:
            raise ValueError("a constant has no cells to fill")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of the file that it is read from."""
        return (self.column,) if self.column is not None else self.columns

    @property
    def step(self) -> Decimal:
        """What one unit of the last printed digit is worth."""
        return self.factor.scaleb(-self.decimals)


class Choice(_Model):
    """Which rows count, by their text in one column: `only` those with one of these, or those
    `without` them. "" is an empty cell. An `optional` column may be missing: then all rows count.
    """

    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    optional: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> Choice:
        if bool(self.only) == bool(self.without):
            raise ValueError("give the texts of rows to take, only, or of rows to leave, without")
        return self


class Format(_Model):
    """How files of one kind are read: each row of a file makes a row for each observation.

    The header follows `skip` lines. The `footer` is the last lines that hold anything, so many, or
    the lines from the one that begins as this pattern; no row of it is read. `where` chooses rows
    by column. In numbers, `thousands` parts digits and `decimal` begins decimals; a space means one
    of any width. `nulls` stand for no number; `marks` stand beside a number or in place of one, and
    become its status: one without a number is kept, as a number that exists and is not shown.

    An observation overrides some of `columns`, and is left out where the file lacks one of its own.
    `given` names columns that the files do not hold: whoever loads them must give these. A
    `complete` format holds all partners, products and regimes; others may be a selection.
    """

    title: str
    encoding: str = "utf-8"
    delimiter: Annotated[str, AfterValidator(_one_sign)] = ","
    skip: int = Field(default=0, ge=0, le=_LONGEST_PREAMBLE)
    footer: Annotated[str, AfterValidator(_count_or_pattern)] = ""
    where: Mapping[_FileColumn, Choice] = Field(default_factory=dict)
    decimal: Literal[".", ","] = "."
    thousands: str = ""
    nulls: tuple[str, ...] = Field(default=("",), min_length=1)
    marks: Mapping[Annotated[str, AfterValidator(_mark)], _Status] = Field(default_factory=dict)
    given: tuple[_Name, ...] = ()
    complete: bool = False
    columns: Mapping[_Name, Column]
    observations: tuple[Mapping[_Name, Column], ...] = Field(default=({},), min_length=1)

    @field_validator("thousands")
    @classmethod
    def _parts_digits(cls, text: str, info: ValidationInfo) -> str:
        decimal = info.data.get("decimal", ".")
        if text == "." == decimal:
            raise ValueError(
                "must be one ASCII sign that has no other meaning in a number, or a space; a point "
                'begins the decimals, unless the format says decimal: ","'
            )
        if text == decimal:
            raise ValueError("cannot be what begins the decimals as well")
        is_known = not text or any(text in signs for signs in ALIKE)
        if not is_known and (not text.isascii() or _one_sign(text) in "-+"):
            raise ValueError(
                "must be one ASCII sign that has no other meaning in a number, or a space"
            )
        return text

    @model_validator(mode="after")
    def _signs_apart(self) -> Format:
        if any(self.delimiter in null for null in self.nulls):
            raise ValueError("what parts the columns cannot stand in nulls")
        if any(sign in null for null in self.nulls for sign in '"\r\n'):
            raise ValueError("a quote or a line end cannot stand in nulls")
        if both := sorted(set(self.nulls) & set(self.marks)):
            raise ValueError(f"{both[0]!r} stands in nulls and in marks; keep one")
        return self

    @model_validator(mode="after")
    def _digits_kept(self) -> Format:
        for columns in (self.columns, *self.observations):
            for name in NUMBERS:
                if name in columns and columns[name].step < Decimal(1).scaleb(-PLACES[name]):
                    raise ValueError(f"{name} is kept to {PLACES[name]} decimals of its unit")
        for observation in self.observations:
            columns = {**self.columns, **observation}
            printed = {columns[n].step for n in ("value", "value_to_date") if n in columns}
            if len(printed) > 1:  # the detail has one `value_step` for both
                raise ValueError("value and value_to_date must have the same last digit")
        return self

    @property
    def filled(self) -> frozenset[str]:
        """The columns of the file in which an empty cell means the one above."""
        return frozenset(name for column in self._all() if column.fill for name in column.names)

    @property
    def names(self) -> frozenset[str]:
        """The columns of the file that are read."""
        return frozenset(name for column in self._all() for name in column.names) | {*self.where}

    def header(self, names: Sequence[str]) -> list[str]:
        """What the columns of a file with this header are called.

        One that the format knows by its place is called so; and so is the second of a name that
        the format does not read.
        """
        header: list[str] = []
        for place, name in enumerate(names, 1):
            plain = name.strip()
            repeated = plain in header and plain not in self.names
            header.append(f"#{place}" if repeated or f"#{place}" in self.names else plain)
        return header

    def _all(self) -> Iterator[Column]:
        for columns in (self.columns, *self.observations):
            yield from columns.values()

    def mapped(self, given: Mapping[str, str]) -> list[dict[str, Column]]:
        """For each observation, where each column comes from; `given` are constants.

        Raises ValueError for a constant that is missing or that no column takes.
        """
        if missing := [name for name in self.given if name not in given]:
            raise ValueError(f"the files do not say the {missing[0]}; say it: --set {missing[0]}=…")
        if unknown := [name for name in given if name not in TEXTS]:
            raise ValueError(f"{unknown[0]} cannot be set; these can: {', '.join(TEXTS)}")
        constants = {name: Column(constant=text) for name, text in given.items()}
        merged = [{**self.columns, **own, **constants} for own in self.observations]
        for columns in merged:
            if missing := [name for name in ("period", *KEY) if name not in columns]:
                raise ValueError(f"no column gives the {missing[0]}; say it: --set {missing[0]}=…")
        return merged


def known() -> list[str]:
    """The names of the formats of the project and of the package."""
    return [path.stem for path in project.files("formats", "*.yaml")]


def packaged() -> list[str]:
    """The names of the formats of the package alone."""
    return sorted(path.stem for path in project.search_path("formats")[-1].glob("*.yaml"))


def read(name: str) -> Format:
    """The format of that name, the project's before the package's, or of the file at that path.

    Raises FormError, naming line and field, where there is none or it is not as it must be.
    """
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        if not path.is_file():
            raise FormError(Problem(name, 0, "no such file", "check the path"))
    elif name in known():
        path = project.file("formats", f"{name}.yaml")
    else:
        raise FormError(Problem(name, 0, "unknown format", f"use {_choices()}"))
    tree = read_tree(path, "title and columns")
    try:
        return Format.model_validate(tree.plain())
    except ValidationError as error:
        # A wrong field before a missing one: it may be the missing one, misspelt.
        first = min(error.errors(), key=lambda detail: detail["type"] == "missing")
        where = tuple(step for step in first["loc"] if step != "[key]")  # added by Pydantic
        line, value = tree.find(where) if where else (0, "")
        message, remedy = _worded(first["type"], first["msg"], where)
        field = ".".join(map(str, where))
        raise FormError(Problem(str(path), line, message, remedy, field, value)) from None


def _choices() -> str:
    """All formats that can be named: those of the project, then those of the package."""
    own = [name for name in known() if name not in packaged()]
    listed = [f"{', '.join(own)} (of the project)"] if own else []
    return f"{', '.join((*listed, *packaged()))}, or the path of a format's YAML file"


def _worded(kind: str, message: str, where: tuple[int | str, ...]) -> tuple[str, str]:
    """An error of Pydantic's as message and remedy."""
    if kind == "missing":
        return "is missing", "write it"
    if kind == "extra_forbidden":
        model = Format if len(where) == 1 else Choice if where[0] == "where" else Column
        return "is no part of a format", f"use {', '.join(model.model_fields)}"
    if kind in ("model_type", "dict_type"):
        return "must be a mapping of key: value", "indent what belongs to it"
    if kind == "tuple_type":
        return "must be a list", "start each entry with '- '"
    return message.removeprefix("Value error, ").replace("Input should", "must"), "mend the format"


def spellings(name: str, column: Column) -> dict[str, str]:
    """Every text that `column` may have, and its code or period; {} where texts stay unchanged."""
    if name == "period" and (column.first or column.last):
        return dict(_periods(column))
    spelled: dict[str, str] = {}
    if column.list:
        for spelling, code in codes.spelled(column.list):
            spelled[spelling] = spelled[spelling.upper()] = code
    return spelled | dict(column.codes)


def _periods(column: Column) -> Iterator[tuple[str, str]]:
    # Two years may be written alike, with two digits say: the latest that is not in the future
    # comes last here, and so counts.
    now = date.today().year
    for year in sorted(YEARS, key=lambda year: (year <= now, year)):
        for month in range(1, 13):
            if column.months == 12 and month != column.begins:
                continue
            start = date(year, month, 1)
            years, of_year = divmod(month - 1 + column.months - 1, 12)
            end_year, end_month = year + years, of_year + 1
            end = date(end_year, end_month, calendar.monthrange(end_year, end_month)[1])
            text = start.strftime(column.first) + end.strftime(column.last)
            yield text, parse(f"{start}/{end}").text


def as_printed(name: str, column: Column) -> str:
    """The SQL type to read a number as: with a decimal more than the format says, if it is kept."""
    return f"DECIMAL(18, {column.decimals + is_coarser(name, column)})"


def is_coarser(name: str, column: Column) -> bool:
    """Whether the detail keeps more decimals of a number than the format says it has."""
    return column.step > Decimal(1).scaleb(-PLACES[name])
