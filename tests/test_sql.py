"""SQL that a person reads: short lines, and a header that says what each table holds."""

import pytest

from tests.conftest import ROOT
from warehouse.project import LAYERS
from warehouse.store.database import read_sql

FILES = sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.sql"))
TABLES = [
    *(path for path in FILES if path.is_relative_to(ROOT / "warehouse" / "store" / "sql")),
    *(ROOT / "expectations" / "rules").glob("*.sql"),
]
RULES = [path for path in FILES if "id" in read_sql(path).header]
SHORT = 15  # lines: what two rules may have in common but for a name


def name(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_no_line_is_too_long_or_ends_in_a_blank(path):
    lines = path.read_text("utf-8").splitlines()
    assert [line for line in lines if len(line) > 100 or line != line.rstrip()] == []


@pytest.mark.parametrize("path", TABLES, ids=name)
def test_a_table_says_its_purpose_grain_and_units(path):
    assert read_sql(path).header.keys() >= {"purpose", "grain", "units"}


def test_no_rule_says_at_length_what_another_says_of_another_dimension():
    queries = {}
    for path in RULES:
        query = read_sql(path).query
        if query.count("\n") >= SHORT:
            same = query.replace("products", "areas").replace("product", "area")
            queries.setdefault(same, []).append(name(path))
    assert [twins for twins in queries.values() if len(twins) > 1] == []
