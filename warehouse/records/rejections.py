"""Rejections: what is wrong with a row, in words, with its place in the file.

Belongs here: the errors of validation in our words, and where a row stands. Does not belong here:
what may be wrong (contract.py, acceptance.py), and what was probably meant (remedies.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from warehouse.records import fields as record_fields
from warehouse.records import remedies
from warehouse.records.field_types import examples
from warehouse.records.reading import Row
from warehouse.system.files import Problem

# Fields in which the same slip has another number in every record.
_NUMBERED = (*record_fields.PRINTED, *record_fields.PLACES, "period", "published")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
CURLY = "“”„‟‘’«»"  # quotation marks of print


def seen_from(row: Row, other: Row) -> str:
    """Where another row stands, for a reader of this one."""
    return f"line {other.line}" if other.file == row.file else f"{other.file}:{other.line}"


def of_row(
    row: Row,
    field: str,
    message: str,
    remedy: str,
    together: str = "",
    kin: str = "",
    *,
    alike: bool = False,
) -> Problem:
    """The problem of a field of a row; `together`, `kin` and `alike` are those of Problem."""
    line, value = row.lines.get(field, row.line), row.fields.get(field, "")
    id_ = row.fields.get("id", "")
    figure = f"{row.fields.get('source', '')}/{id_}" if id_ else ""
    return Problem(row.file, line, message, remedy, field, value, figure, together, kin, alike)


def of_validation(
    error: ValidationError, row: Row, fields: Mapping[str, str], model: type[BaseModel]
) -> Iterable[Problem]:
    """Pydantic's errors in our words. An inherited field is reported as a problem of the total."""
    part = model.__name__.lower()
    known = tuple(model.model_fields)
    meant = {remedies.field_meant(part, name, known) for name in fields if name not in known}
    order = record_fields.names()
    details = error.errors(include_url=False)
    details.sort(key=lambda detail: order.get(str(detail["loc"][0] if detail["loc"] else ""), 99))
    for detail in details:
        context: dict[str, Any] = detail.get("ctx", {})
        field = str(detail["loc"][0]) if detail["loc"] else context.get("field", "value")
        remedy = context.get("remedy", examples().get(field, "correct it"))
        message = detail["msg"]
        text = fields.get(field, "")
        kin, together = f"{part} {field} {text!r}: {message}", ""
        alike = field in _NUMBERED
        if alike:  # 12.5 mln and 7 mln have one fault
            kin = _DIGITS.sub("0", f"{kin}; {remedy}")
        if text and text[0] in CURLY and text[-1] in CURLY:
            remedy = f"write it without quotation marks: {text.strip(CURLY)}"
        match detail["type"]:
            case "missing":
                if field in meant:
                    continue  # it is there by another name, which is told
                message = "is missing"
                remedy = examples().get(field, f"say the {field}")
                kin = together = f"{part}s have no {field}"
            case "extra_forbidden":
                message = f"is no field of a {part}"
                remedy = remedies.rename(part, field, known)
                kin = together = f"{part}s have {field}, which {message}"
            case "string_pattern_mismatch":
                message = "is not well formed"
                remedy = examples().get(field, examples()["id"])
        if field == "part_of" and row.total:
            message, remedy = "its total's id is not well formed", "mend the total"
            kin = ""
        elif field in fields and field not in row.fields:
            field, message = "part_of", f"its total's {field}: {message}"
            remedy = "mend the total, or say the field here"
        yield of_row(row, field, message, remedy, together, kin, alike=alike)
