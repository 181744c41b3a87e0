"""The source: a published document, and how it prints what it says.

Belongs here: the fields of a source and what each may hold. Does not belong here: those of its
records (contract.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from warehouse import project
from warehouse.records.field_types import Id, Legend, Prose, Rounding, code, read_period, refusal
from warehouse.records.fields import CODES
from warehouse.terms import period
from warehouse.terms.period import Period

DEFAULT = "defaults."  # before a field of records, among the fields of a source as read
# Fields that each record says for itself, so that its source has no default for them.
NO_DEFAULTS = ("id", "source", "span", "part_of", "review")


def _month(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 2 and 1 <= int(text) <= 12:
        return int(text)
    raise refusal("fiscal_year_start", "is no month")


class Source(BaseModel):
    """A published document. `published` is its vintage: 2020, 2020-05 or 2020-05-09."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Id
    publisher: Prose
    published: str
    title: Prose | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s\"'<>]+$")] | None = None
    note: Prose | None = None
    text: Annotated[str, StringConstraints(pattern=r"^[^/\\\s.][^/\\]*$")] | None = None  # archived
    text_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    licence: Prose | None = None
    language: (
        Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] | None
    ) = None
    # How it prints numbers, where that is not usual in its language and area.
    decimal: Annotated[str, StringConstraints(pattern=r"^[.,]$")] | None = None
    currency: Annotated[str, code(CODES["unit"])] | None = None
    legend: Legend | None = None
    # How its publisher rounds, where it says so.
    rounding: Rounding | None = None
    # The month in which its years begin, where that is not the project's.
    fiscal_year_start: Annotated[int, BeforeValidator(_month)] | None = None
    # What its records say where they say nothing else: field → text.
    defaults: Mapping[str, str] = Field(default_factory=dict)

    @field_validator("published")
    @classmethod
    def _one_date(cls, text: str) -> str:
        span = read_period(text, "published", None).span
        if "/" in text or span not in ("year", "month", "day"):
            raise refusal("published", "is not a date")
        return text

    @model_validator(mode="after")
    def _identified(self) -> Self:
        if (self.text is None) != (self.text_sha256 is None):
            field = "text" if self.text else "text_sha256"
            raise refusal(field, "stands alone", "say text and text_sha256, or neither")
        return self

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> Self:
        """The source of these fields as read. Raises ValidationError."""
        own = {name: text for name, text in fields.items() if not name.startswith(DEFAULT)}
        defaults = {
            name.removeprefix(DEFAULT): text
            for name, text in fields.items()
            if name.startswith(DEFAULT)
        }
        return cls.model_validate({**own, "defaults": defaults} if defaults else own)

    @property
    def vintage(self) -> Period:
        return period.parse(self.published)

    @property
    def first_month(self) -> int:
        """The month in which the years begin that it reports."""
        return self.fiscal_year_start or project.settings().fiscal_year_start
