"""Bases, quotients and ratios in SQL, against exact fractions: they round outward, and not far."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from warehouse.store.database import open_memory
from warehouse.store.load import define_macros

VALUE_STEP = Fraction(1, 10**6)  # of a level in core
RATIO_STEP = Fraction(1, 10**10)


@pytest.fixture(scope="module")
def connection():
    with open_memory() as opened:
        define_macros(opened)
        yield opened


def ends(places, least, most):
    end = st.decimals(least, most, places=places, allow_nan=False, allow_infinity=False)
    return st.tuples(end, end).map(lambda drawn: tuple(sorted(drawn)))


levels = ends(6, -(10**13), 10**13)
growths = ends(10, -1, 1000)


def called(connection, *calls):
    """The results of macros on a row, as fractions: (name, (argument, decimals), …)."""
    columns, numbers, written = [], [], []
    for name, *arguments in calls:
        first = len(columns)
        columns += [f"c{first + place}" for place in range(len(arguments))]
        numbers += [f"{number:f}::decimal(38, {places})" for number, places in arguments]
        written.append(f"{name}({', '.join(columns[first:])})")
    row = connection.execute(
        f"select {', '.join(written)} "
        f"from (values ({', '.join(numbers)})) as printed({', '.join(columns)})"
    ).fetchone()
    return [None if end is None else Fraction(end) for end in row]


@settings(max_examples=300, deadline=None)
@given(level=levels, growth=growths)
@example(level=(Decimal("0.000000"), Decimal("0.000001")), growth=(Decimal("0"), Decimal("0")))
@example(level=(Decimal("-5.000000"), Decimal("5.000000")), growth=(Decimal("-1"), Decimal("-1")))
def test_the_base_of_a_level_and_its_growth_holds_all_that_may_be_it(connection, level, growth):
    factors = [1 + Fraction(end) for end in growth]
    of_growth = [(end, 10) for end in growth]
    lower, upper = called(
        connection,
        ("base_lower", (level[0], 6), *of_growth),
        ("base_upper", (level[1], 6), *of_growth),
    )
    if factors[0] <= 0:
        assert (lower, upper) == (None, None)
        return
    exact = [Fraction(end) / factor for end in level for factor in factors]
    assert 0 <= min(exact) - lower < VALUE_STEP
    assert 0 <= upper - max(exact) < VALUE_STEP


@settings(max_examples=300, deadline=None)
@given(level=ends(6, 0, 10**13), growth=growths)
def test_a_level_lies_in_what_its_base_grows_to(connection, level, growth):
    of = [(end, 6) for end in level] + [(end, 10) for end in growth]
    lower, upper = called(connection, ("grown_lower", *of), ("grown_upper", *of))
    exact = [Fraction(end) * (1 + Fraction(by)) for end in level for by in growth]
    assert 0 <= min(exact) - lower < VALUE_STEP
    assert 0 <= upper - max(exact) < VALUE_STEP


def test_nothing_shrinks_by_more_than_all_of_it(connection):
    of = [(Decimal("90"), 6), (Decimal("110"), 6), (Decimal("-1.3"), 10), (Decimal("-0.2"), 10)]
    assert called(connection, ("grown_lower", *of)) == [0]


@settings(max_examples=300, deadline=None)
@given(
    amount=st.decimals(-(10**13), 10**13, places=6),
    whole=ends(6, -(10**6), 10**13),
)
def test_a_ratio_is_rounded_outward(connection, amount, whole):
    of = [(amount, 6), *((end, 6) for end in whole)]
    down, up = called(connection, ("ratio_down", *of), ("ratio_up", *of))
    # Of which end the ratio is least depends on the sign of the amount.
    for end, over, rounded in (
        (down, whole[0] if amount < 0 else whole[1], lambda exact, end: exact - end),
        (up, whole[0] if amount > 0 else whole[1], lambda exact, end: end - exact),
    ):
        if over <= 0:
            assert end is None
            continue
        exact = Fraction(amount) / Fraction(over)
        if end is not None:
            slack = rounded(exact, end)
            assert 0 <= slack <= 2 * RATIO_STEP + abs(exact) * Fraction(1, 10**13)
