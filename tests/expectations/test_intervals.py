"""What must hold between two intervals: the same in SQL and in Python, for any ends."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.intervals import GRADES, HOLDS, distance
from warehouse.store.database import open_memory

ENDS = st.none() | st.integers(-20, 20).map(Decimal)


@pytest.fixture(scope="module")
def connection():
    with open_memory() as connection:
        yield connection


def asked(connection, expression, sides, relation="="):
    ends = [f"{'null' if end is None else end}::decimal(38, 6)" for end in sides]
    names = ("left_lower", "left_upper", "right_lower", "right_upper")
    columns = ", ".join(f"{end} as {name}" for end, name in zip(ends, names, strict=True))
    query = f"select {expression} from (select {columns}, '{relation}' as relation)"
    return connection.execute(query).fetchone()[0]


def in_order(lower, upper):
    return lower is None or upper is None or lower <= upper


@given(ENDS, ENDS, ENDS, ENDS)
def test_sql_and_python_agree_on_whether_two_intervals_meet(connection, a, b, c, d):
    if in_order(a, b) and in_order(c, d):
        holds = asked(connection, HOLDS, (a, b, c, d))
        apart = distance(a, b, c, d)
        if apart is not None:
            assert holds is False
            assert apart > 0
            assert apart == distance(c, d, a, b)
        else:
            assert holds in (True, None)


def test_a_check_without_ends_to_compare_is_not_checkable(connection):
    assert asked(connection, HOLDS, (None, None, 1, 2)) is None
    assert asked(connection, HOLDS, (None, 3, 4, None)) is False
    assert asked(connection, HOLDS, (5, None, None, 4), "<=") is False
    assert asked(connection, HOLDS, (None, 5, 3, None), "<=") is None


@pytest.mark.parametrize(
    ("declared", "left", "right", "severity"),
    [
        ("error", (5, 6), (1, 2), "error"),
        ("warning", (5, 6), (1, 2), "warning"),
        ("revision", (1005, 1006), (1000, 1000), "info"),
        ("revision", (1050, 1060), (1000, 1000), "warning"),
        ("revision", (800, 849), (1000, 1000), "review"),
        ("excess", (5, 6), (1, 2), "error"),
        ("excess", (1, 2), (5, 6), "warning"),
    ],
)
def test_how_grave_a_failed_check_is(connection, declared, left, right, severity):
    assert asked(connection, GRADES[declared], (*left, *right)) == severity
