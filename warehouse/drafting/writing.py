"""Draft files: a draft as a record file that `crossfoot check` reads and a curator reviews.

Belongs here: the form of a draft file, writing it, and putting a curator's decisions into it. Does
not belong here: drafting (draft.py), talking to the curator (flows), what a record may say
(contract.py).

A draft file is a record file: `review` on a record says that nobody has looked at it yet, and why
it should be looked at; `skipped` lists the numbers that became no figure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from warehouse import project
from warehouse.drafting.draft import Draft
from warehouse.drafting.text.figures import ALL, Drafted, in_order
from warehouse.records import fields as record_fields
from warehouse.records.fields import PLACES, PRINTED
from warehouse.records.reading import ENCODINGS, MAX_BYTES, NESTED, read_tree
from warehouse.records.sheets import CONTROL, MAX_TEXT
from warehouse.records.yaml_tree import MAX_DEPTH
from warehouse.system import storage
from warehouse.system.files import FormError, Problem
from warehouse.terms import codes, money

Fields = dict[str, Any]  # a record or source as it stands in the file; of_which holds more

UNREVIEWED = "not yet"
_HEADER = (
    "# A draft: no one has read it against the text yet. Where a record says review, decide with\n"
    "# crossfoot review. What the text says beside it stands under skipped, with the reason.\n"
)
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_ROOM = 1_000  # bytes for the name and digest of the archived text, and for what the check finds
_PLACES = 80  # that a line names; twenty characters each at most
_DEEPEST = (MAX_DEPTH - 3) // 2  # that records nest: each is a mapping in a list
_IMPLIED = {"value", "weight"}  # measures that follow from the unit


def contents(draft: Draft, source: Mapping[str, str]) -> Fields:
    """The draft file of a draft, as plain data."""
    parts: dict[Drafted | None, list[Drafted]] = {}
    for figure in draft.figures:
        parts.setdefault(figure.total, []).append(figure)

    def record(figure: Drafted, depth: int) -> Fields:
        fields = _fields(figure)
        inside = parts.get(figure, [])
        if inside and depth < _DEEPEST:
            fields["of_which"] = [record(part, depth + 1) for part in inside]
        else:
            apart.extend((part, figure.id) for part in inside)
        return fields

    apart: list[tuple[Drafted, str]] = []
    figures = [record(figure, 0) for figure in parts.get(None, [])]
    for part, total in apart:  # grows while parts of parts are set apart
        figures.append(record(part, 0) | {"part_of": total})
    return {"source": dict(source), "figures": figures, "skipped": _skipped(draft)}


def refuse_unreadable(path: Path, data: Fields) -> None:
    """Raise FormError where a draft file of that name and size could not be read again."""
    encoding = Path(path.stem).suffix.lower()
    if path.suffix.lower() not in NESTED or encoding in ENCODINGS:
        message = f"is no name of a draft file, which ends in {' or '.join(NESTED)}"
        message += f", and not in {encoding}{path.suffix}" * (encoding in ENCODINGS)
        raise FormError(Problem(str(path), 0, message, "name another --output, such as draft.yaml"))
    size, limit = len(_written(data).encode()) + _ROOM, MAX_BYTES[NESTED[0]]
    if size > limit:
        message = f"the draft would have {size:,} bytes, more than the limit of {limit:,}"
        raise FormError(Problem(str(path), 0, message, "split the text"))


def write(path: Path, data: Fields) -> None:
    """Write a draft file whole, or leave what is there. Raises OSError."""
    with storage.whole(path) as beside:
        beside.write_text(_written(data), encoding="utf-8")


def read(path: Path) -> Fields:
    """A draft file as plain data, all text. Raises FormError where it is none."""
    data = read_tree(path, "a draft").plain()
    shape = {"source": dict, "figures": list}
    if not isinstance(data, dict) or not all(isinstance(data.get(k), v) for k, v in shape.items()):
        raise FormError(Problem(str(path), 0, "is no draft", "make one with: crossfoot draft"))
    return data


def contradict(data: Fields, contradicted: Mapping[str, Collection[str]]) -> None:
    """Say of records, by their id, which rules they break: a curator should look there first."""
    for record in records(data):
        rules = contradicted.get(record["id"], ())
        if rules and "review" in record:
            reasons = [record["review"]] if record["review"] != UNREVIEWED else []
            reasons += [f"the check contradicts it: {rule}" for rule in sorted(rules)]
            record["review"] = _legible("; ".join(reasons))


def unsure(record: Fields) -> bool:
    """Whether a record waits for review for more than that nobody has looked at it."""
    return bool(record.get("review", UNREVIEWED) != UNREVIEWED)


def records(data: Fields) -> Iterator[Fields]:
    """Every record of a draft file, a total before its parts."""
    stack = list(reversed(data["figures"]))
    while stack:
        fields = stack.pop()
        yield fields
        stack += reversed(fields.get("of_which", []))


def leave_out(data: Fields, record: Fields) -> None:
    """Take a record out. What others refer to stays, but prints nothing any more."""
    for name in (*PRINTED, *PLACES, "growth_basis", "share_of", "span", "review"):
        record.pop(name, None)
    record["note"] = "left out in review; others refer to it"
    _drop_unused(data)


def inherited(data: Fields, record: Fields) -> Fields:
    """What a record says, with what it takes over from its totals."""

    def find(among: list[Fields], above: Fields) -> Fields | None:
        for fields in among:
            below = above | {k: v for k, v in fields.items() if k in record_fields.inherited()}
            if fields is record:
                return above | {k: v for k, v in fields.items() if k != "of_which"}
            if found := find(fields.get("of_which", []), below):
                return found
        return None

    return find(data["figures"], {}) or {}


def _drop_unused(data: Fields) -> None:
    """Drop records that print nothing and that nothing refers to."""
    named = {fields.get("share_of") for fields in records(data)}

    def kept(among: list[Fields]) -> list[Fields]:
        left = []
        for fields in among:
            if inside := kept(fields.get("of_which", [])):
                fields["of_which"] = inside
            else:
                fields.pop("of_which", None)
            if inside or fields["id"] in named or any(name in fields for name in PRINTED):
                left.append(fields)
        return left

    data["figures"] = kept(data["figures"])


def _fields(figure: Drafted) -> Fields:
    """The fields of a record; a part leaves out what it has from its total."""
    total = figure.total
    fields: Fields = {"id": figure.id}
    for name in ("area", "flow", *ALL, "measure"):
        above = total.codes[name] if total else _IMPLIED if name == "measure" else ALL.get(name)
        code = figure.codes[name]
        if code != above and not (isinstance(above, set) and code in above):
            fields[name] = _shown(name, code)
    if total is None:
        fields["period"] = figure.period.text
    if "value" not in figure.printed and not total and figure.unit != money.own_currency():
        fields["unit"] = figure.unit
    fields |= {name: evidence.text for name, evidence in in_order(figure.printed)}
    if figure.growth_basis != "year-on-year":
        fields["growth_basis"] = figure.growth_basis
    if figure.share_of is not None and "share" in figure.printed:
        fields["share_of"] = figure.share_of.id
    fields["locator"] = f"¶{figure.paragraph}"
    if figure.printed:
        fields["span"] = f"{figure.start}-{figure.end}"
    if figure.notes:
        fields["note"] = _legible("; ".join(figure.notes))
    if figure.printed:
        fields["review"] = _legible("; ".join(figure.unsure) or UNREVIEWED)
    return fields


def _shown(dimension: str, code: str) -> str:
    """The name that people know a code by; flows and measures are known by their codes."""
    if dimension in ("flow", "measure"):
        return code
    return codes.called(f"{dimension}s", code, project.settings().language)


def _skipped(draft: Draft) -> list[Fields]:
    """What became no figure, the same text for the same reason once, with all its places."""
    places: dict[tuple[str, str], list[str]] = {}
    for number in draft.skipped:
        span = f"{number.start}-{number.end}"
        places.setdefault((number.text, number.reason), []).append(span)
    return [
        {
            "text": _legible(text),
            "reason": _legible(reason),
            "span": ", ".join(spans[n : n + _PLACES]),
        }
        for (text, reason), spans in places.items()
        for n in range(0, len(spans), _PLACES)
    ]


def _written(data: Fields) -> str:
    return _HEADER + yaml.dump(
        data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000
    )


def _legible(text: str) -> str:
    """A text as a record file can hold it: shortened, with a mark for what is not seen."""
    seen = CONTROL.sub("\ufffd", text)
    return seen if len(seen) <= MAX_TEXT else f"{seen[: MAX_TEXT - 1]}…"
