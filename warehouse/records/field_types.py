"""What may stand in a field of a source or a record, whichever it is, and what to write instead.

Belongs here: prose, ids, codes, periods, roundings as texts that are taken or refused, and the
remedies of fields. Does not belong here: which fields there are (contract.py,
published_source.py), the meaning of printed text (quantity.py, period.py, codes.py).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from warehouse import project
from warehouse.records import fields, identifiers
from warehouse.records.printed import legend_of, rounding_of
from warehouse.records.sheets import FORMULA
from warehouse.terms import codes, period
from warehouse.terms.code_rows import own_name
from warehouse.terms.marks import LegendError
from warehouse.terms.period import Period

_EXAMPLES = {
    "period": f"write {period.EXAMPLES}",
    "published": "write 2020, 2020-05 or 2020-05-09, as precise as known",
    "text": "write the name of a file in the home's texts",
    "text_sha256": "write the 64 hex digits that sha256sum prints",
    "url": "write a plain http(s) address",
    "language": "write the code of a language: en, zh, de, zh-Hant",
    "decimal": "write the decimal mark of its numbers, in quotation marks: '.' or ','",
    "currency": "write the code of its usual currency: EUR, USD",
    "legend": "write what its marks mean: b = break; s = estimated; x = confidential",
    "fiscal_year_start": "write the month in which its fiscal years begin, 1 to 12: 4 is April",
    "defaults": "write fields of records, each with the value that all have: defaults: {area: DE}",
}


@project.cached
def examples() -> dict[str, str]:
    """What to write instead, by the field of a record or a source."""
    return fields.examples() | _EXAMPLES


def refusal(field: str, message: str, remedy: str | None = None) -> PydanticCustomError:
    """The error that refuses what stands in a field."""
    # The message goes in as a value: pydantic would read braces in it as placeholders.
    remedy = remedy or examples().get(field, "correct it")
    context = {"message": message, "remedy": remedy, "field": field}
    return PydanticCustomError("contract", "{message}", context)


def code(list_name: str) -> BeforeValidator:
    """A code of a list, by any of its names."""

    def read(text: str) -> str:
        try:
            return codes.lookup(list_name, text)
        except codes.UnknownCode as error:
            message = f"is not in the code list {own_name(list_name)}"
            raise refusal(list_name, message, error.remedy) from None

    return BeforeValidator(read)


def _prose(text: str, info: ValidationInfo) -> str:
    """Free text. It reaches CSV files, and spreadsheets run a cell that begins like a formula."""
    if text.startswith(FORMULA):
        message = f"begins with {text[0]!r}, as a spreadsheet's formula does"
        remedy = "begin with a letter, digit or quotation mark"
        raise refusal(str(info.field_name), message, remedy)
    return text


def _id(text: str, info: ValidationInfo) -> str:
    if identifiers.is_id(text):
        return text
    raise refusal(str(info.field_name), "is not well formed", _id_like(text))


def _reference(text: str, info: ValidationInfo) -> str:
    if identifiers.is_reference(text):
        return text
    raise refusal(str(info.field_name), "is not well formed", _id_like(text))


def _id_like(text: str) -> str:
    rule, such_as, example = examples()["id"].rpartition(", such as ")
    return rule + such_as + (identifiers.id_like(text) or example)


def _legend(text: str) -> str:
    try:
        tuple(legend_of(text))
    except LegendError as error:
        raise refusal("legend", str(error)) from None
    return text


def _rounding(text: str) -> str:
    if (rounding := rounding_of(text)) is None:
        raise refusal("rounding", "is no way to round")
    return rounding


def read_period(text: str, field: str, first_month: int | None) -> Period:
    """The period that stands in a field, in years that begin in a month (None: not known)."""
    try:
        return period.parse(text, first_month)
    except period.PeriodError as error:
        raise refusal(field, str(error), error.remedy or None) from None


Prose = Annotated[str, BeforeValidator(_prose)]
Id = Annotated[str, BeforeValidator(_id)]
FigureRef = Annotated[str, BeforeValidator(_reference)]
Legend = Annotated[str, BeforeValidator(_legend)]
Rounding = Annotated[str, BeforeValidator(_rounding)]
