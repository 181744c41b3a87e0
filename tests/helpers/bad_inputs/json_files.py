"""Bad JSON lines."""

import json

from tests.helpers.bad_inputs import (
    AN_ID,
    AS_PRINTED,
    COLUMNS,
    FIGURE,
    GOOD,
    NO_ROWS,
    ONE_OBJECT,
    Case,
)

JSONL = "figures.jsonl"
FIELDS: dict[str, object] = dict(zip(COLUMNS, GOOD.strip().split(","), strict=True))


def line(**changes: object) -> str:
    """A line of JSON, good but for the changes."""
    return json.dumps(FIELDS | changes, ensure_ascii=False) + "\n"


CASES = [
    Case("good", line(), "accepted", FIGURE, JSONL),
    Case("CRLF", line().replace("\n", "\r\n"), "normalised", FIGURE, JSONL),
    Case("BOM", "\ufeff" + line(), "normalised", FIGURE, JSONL),
    Case(
        "number as it is written",
        line(value="@", unit="CNY").replace('"@"', "2016.60"),
        "rejected",
        ":1: value '2016.60': read '2016.60' and stopped at the end, where a unit such as 元, 美元 or 吨 was expected"
        + AS_PRINTED,
        JSONL,
    ),
    Case("rank as a number", line(rank="@").replace('"@"', "3"), "accepted", FIGURE, JSONL),
    Case(
        "1e999",
        line(rank="@").replace('"@"', "1e999"),
        "rejected",
        ":1: rank '1e999': is not a place; write its place among its peers: 3, or 第3",
        JSONL,
    ),
    Case(
        "NaN",
        line(rank="@").replace('"@"', "NaN"),
        "rejected",
        ":1: rank 'NaN': is no text; write text in quotes, or leave the field out",
        JSONL,
    ),
    Case(
        "null",
        line(note=None),
        "rejected",
        ":1: note 'null': is no text; write text in quotes, or leave the field out",
        JSONL,
    ),
    Case("truth value", line(partition=True), "accepted", FIGURE, JSONL),
    Case(
        "list",
        line(note=["a"]),
        "rejected",
        ":1: note '[\"a\"]': is no text; write text in quotes, or leave the field out",
        JSONL,
    ),
    Case(
        "truncated",
        (line() + line(id="b"))[:-20],
        "rejected",
        ":2: not well-formed JSON: Unterminated string starting at at character 81" + ONE_OBJECT,
        JSONL,
    ),
    Case(
        "concatenated",
        line().strip() + line(id="b"),
        "rejected",
        ":1: not well-formed JSON: Extra data at character 101" + ONE_OBJECT,
        JSONL,
    ),
    Case(
        "duplicate key",
        line()[:-2] + ', "id": "b"}\n',
        "rejected",
        ":1: id: stands twice in one object; keep one",
        JSONL,
    ),
    Case(
        "lone surrogate",
        line()[:-2] + ', "note": "\\ud800"}\n',
        "rejected",
        ":1: note '\\ud800': control character U+D800; remove it",
        JSONL,
    ),
    Case(
        "NUL by escape",
        line()[:-2] + ', "note": "\\u0000"}\n',
        "rejected",
        ":1: note '\\x00': control character U+0000; remove it",
        JSONL,
    ),
    Case("array", "[" + line().strip() + "]\n", "rejected", ":1: is no object" + ONE_OBJECT, JSONL),
    Case(
        "pretty-printed",
        json.dumps(FIELDS, indent=1),
        "rejected",
        ":1: not well-formed JSON: Expecting property name enclosed in double quotes at character 2"
        + ONE_OBJECT,
        JSONL,
    ),
    Case(
        "deep nesting", "[" * 100_000 + "\n", "rejected", ":1: nested too deep" + ONE_OBJECT, JSONL
    ),
    Case(
        "single quotes",
        line().replace('"', "'"),
        "rejected",
        ":1: not well-formed JSON: Expecting property name enclosed in double quotes at character 2"
        + ONE_OBJECT,
        JSONL,
    ),
    Case(
        "long text",
        line(note="x" * 3000),
        "rejected",
        ":1: note 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…': 3,000 characters is more than 2,000; shorten it",
        JSONL,
    ),
    Case("empty", "", "rejected", NO_ROWS, JSONL),
    Case(
        "no id",
        json.dumps({k: v for k, v in FIELDS.items() if k != "id"}, ensure_ascii=False) + "\n",
        "rejected",
        ":1: id: is missing" + AN_ID,
        JSONL,
    ),
]
