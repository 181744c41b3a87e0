"""Products of intervals in SQL: either sign, open ends, and tables that round to nothing."""

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.check import check
from warehouse.store.database import open_memory
from warehouse.store.load import define_macros

INFINITY = Decimal("Infinity")


@pytest.fixture(scope="module")
def connection():
    with open_memory() as opened:
        define_macros(opened)
        yield opened


def interval(places, size):
    """Two ends in order, either of which may be unbounded (None)."""
    end = st.decimals(-size, size, places=places, allow_nan=False, allow_infinity=False)
    ends = st.tuples(end, end).map(sorted)
    return st.tuples(ends, st.booleans(), st.booleans()).map(
        lambda drawn: (None if drawn[1] else drawn[0][0], None if drawn[2] else drawn[0][1])
    )


def least_product(level, factor):
    """The exact greatest lower bound of the products, None where there is none."""

    def times(a, b):
        return Decimal(0) if 0 in (a, b) else a * b  # nothing, however often, is nothing

    ends = [
        (-INFINITY if lo is None else lo, INFINITY if up is None else up)
        for lo, up in (level, factor)
    ]
    least = min(times(a, b) for a in ends[0] for b in ends[1])
    return None if least.is_infinite() else least


@settings(max_examples=200, deadline=None)
@given(level=interval(6, 10**12), factor=interval(10, 100))
def test_a_product_is_never_narrower_than_that_of_its_ends(connection, level, factor):
    lower, upper = connection.execute(
        f"""select product_lower({", ".join(["?"] * 4)}), product_upper({", ".join(["?"] * 4)})
        from (select 1)""".replace("?", "{}").format(*[_sql(e) for e in (*level, *factor)] * 2)
    ).fetchone()
    least = least_product(level, factor)
    greatest = least_product((_negative(level[1]), _negative(level[0])), factor)
    for end, exact in ((lower, least), (_negative(upper), greatest)):
        assert end is None or (exact is not None and end <= exact < end + Decimal("0.000002"))
        if end is None and exact is not None:
            # Said to be unbounded though it is not only where an open end meets exactly nothing.
            assert None in (*level, *factor) and 0 in (*level, *factor)


def _negative(end):
    return None if end is None else -end


def _sql(end):
    return (
        "null::decimal(38, 6)"
        if end is None
        else f"{end:f}::decimal(38, {-end.as_tuple().exponent})"
    )


UNITS = {"万元": 10**4, "亿元": 10**8}


def rounded(number, places):
    return f"{number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"


@st.composite
def tables(draw):
    """A table with its shares and growths, each printed from true values at a scale of its own."""
    amounts = st.one_of(st.just(0), st.integers(0, 10**4), st.integers(0, 10**11))
    parts = draw(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=3))
    rest = draw(st.tuples(amounts, amounts))

    def level(yuan):
        unit = draw(st.sampled_from([*UNITS]))
        return rounded(Decimal(yuan) / UNITS[unit], draw(st.integers(0, 2))) + unit

    def ratio(field, part, whole, sign="%"):
        if abs(part) >= whole * 10**5:
            return {}  # of nothing, or more than a record may say
        return {field: rounded(Decimal(100 * part) / whole, draw(st.integers(0, 2))) + sign}

    def fields(id_, now, before, total):
        told = {"id": id_, "value": level(now)} | ratio("growth", now - before, before)
        if "growth" in told and draw(st.booleans()):
            told["base"] = level(before)
        if total is not None:
            told |= ratio("share", now, total[0])
            if before:
                told |= ratio("contribution", now - before, total[1], "个百分点")
        return told

    total = [sum(column) for column in zip(*parts, rest, strict=True)]
    zones = ["四川省", "重庆市", "上海市"]
    printed = [
        fields(f"part{number}", *part, total) | {"area": zones[number]}
        for number, part in enumerate(parts)
    ]
    head = fields("total", *total, None) | {"area": "CN", "flow": "trade", "period": "2020"}
    return head, printed


@settings(max_examples=25, deadline=None)
@given(table=tables())
def test_a_correctly_rounded_table_is_never_an_error(table):
    head, parts = table

    def flow(fields):
        return "{" + ", ".join(f"{name}: {value}" for name, value in fields.items()) + "}"

    lines = [
        "source: {id: s, publisher: a bureau, published: 2021-02}",
        "figures:",
        "  - id: total",
    ]
    lines += [f"    {name}: {value}" for name, value in head.items() if name != "id"]
    lines += ["    of_which:", *(f"      - {flow(part)}" for part in parts)]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.yaml"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        checked = check([path], Path(folder) / "acknowledged.yaml")
    assert not checked.batch.problems
    errors = [f for f in checked.assessment.findings if f.severity == "error"]
    assert not errors, (lines, errors)
