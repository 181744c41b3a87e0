"""Formats of customs detail: which column of a file means what, as `formats/*.yaml` say it.

Belongs here: the model of a format, reading one, and the texts that periods and codes may have.
Does not belong here: reading the files themselves (reader.py), or any one format (formats/).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from warehouse import project
from warehouse.records.reading import read_tree
from warehouse.system.files import FormError, Problem
from warehouse.terms import codes
from warehouse.terms.period import parse

# The columns that distinguish a row of detail from others, and those of its numbers.
KEY = ("area", "flow", "partner", "product", "regime", "unit")
NUMBERS = ("value", "value_to_date", "growth", "weight", "quantity")
TEXTS = ("period", *KEY, "quantity_unit")
# How many decimals are kept: of amounts in base units, of weight in kg, of growth as a fraction.
PLACES = {"value": 2, "value_to_date": 2, "growth": 8, "weight": 3, "quantity": 3}
TYPES = {
    **dict.fromkeys(("dataset", *TEXTS), "VARCHAR"),
    "value": "DECIMAL(18, 2)",
    "value_step": "DECIMAL(18, 2)",
    "value_to_date": "DECIMAL(18, 2)",
    "growth": "DECIMAL(18, 8)",
    "growth_step": "DECIMAL(18, 8)",
    "weight": "DECIMAL(18, 3)",
    "quantity": "DECIMAL(18, 3)",
}
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


def _one_sign_or_none(text: str) -> str:
    if text and (not text.isascii() or _one_sign(text) in ".-+"):
        raise ValueError("must be one ASCII sign that has no other meaning in a number")
    return text


_Name = Annotated[str, AfterValidator(_detail_column)]


class Column(_Model):
    """Where one column of the detail comes from: columns of the file, or a constant.

    Texts: `codes` maps texts to codes, then `list` names a code list whose names are understood;
    any other text stays as it is. Several `columns` are joined by '-'. Numbers: what is printed, to
    `decimals` places, is multiplied by `factor`. Periods: a text is the first day in the strftime
    format `first`, followed by the last day in the format `last`; a period has `months` months, and
    one of a year begins in month `begins`; the notation of records is understood as well. An
    `optional` column may be missing.
    """

    column: str | None = None
    columns: tuple[str, ...] = ()
    constant: str | None = None
    optional: bool = False
    codes: Mapping[str, str] = Field(default_factory=dict)
    list: Literal["areas", "partners", "flows", "products", "regimes"] | None = None
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
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of the file that it is read from."""
        return (self.column,) if self.column is not None else self.columns

    @property
    def step(self) -> Decimal:
        """What one unit of the last printed digit is worth."""
        return self.factor.scaleb(-self.decimals)


class Format(_Model):
    """How files of one kind are read: each row of a file makes a row for each observation.

    An observation overrides some of `columns`, and is left out where the file lacks one of its own.
    `given` names columns that the files do not hold: whoever loads them must give these. A
    `complete` format holds all partners, products and regimes; others may be a selection.
    """

    title: str
    encoding: str = "utf-8"
    delimiter: Annotated[str, AfterValidator(_one_sign)] = ","
    thousands: Annotated[str, AfterValidator(_one_sign_or_none)] = ""
    nulls: tuple[str, ...] = Field(default=("",), min_length=1)
    given: tuple[_Name, ...] = ()
    complete: bool = False
    columns: Mapping[_Name, Column]
    observations: tuple[Mapping[_Name, Column], ...] = Field(default=({},), min_length=1)

    @model_validator(mode="after")
    def _delimiter_is_no_null(self) -> Format:
        if any(self.delimiter in null for null in self.nulls):
            raise ValueError("what parts the columns cannot stand in nulls")
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
    """The names of the packaged formats."""
    return [path.stem for path in project.files("formats", "*.yaml")]


def read(name: str) -> Format:
    """The packaged format of that name, or the one in the YAML file at that path.

    Raises FormError, naming line and field, where there is none or it is not as it must be.
    """
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        if not path.is_file():
            raise FormError(Problem(name, 0, "no such file", "check the path"))
    elif name in known():
        path = project.file("formats", f"{name}.yaml")
    else:
        remedy = f"use {', '.join(known())}, or the path of a format's YAML file"
        raise FormError(Problem(name, 0, "unknown format", remedy))
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


def _worded(kind: str, message: str, where: tuple[int | str, ...]) -> tuple[str, str]:
    """An error of Pydantic's as message and remedy."""
    if kind == "missing":
        return "is missing", "write it"
    if kind == "extra_forbidden":
        model = Format if len(where) == 1 else Column
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
        for row in codes.rows(column.list):
            names = (row["code"], row["name_en"], row["name_zh"], *row["aliases"].split(";"))
            spelled |= {spelling: row["code"] for spelling in names if spelling}
            spelled |= {spelling.upper(): row["code"] for spelling in names if spelling}
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
