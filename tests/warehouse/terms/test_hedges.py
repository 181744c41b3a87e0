"""Hedges: how far 约 and 多 reach, and which side the others leave open, in any language."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.terms.notation import Notation
from warehouse.terms.quantity import QuantityError, parse_growth, parse_share, parse_value

YI = 10**8
POINT = Notation(".", ("USD",), "en")


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [
        ("约100亿元", 50 * YI, 150 * YI),
        ("about 100 million USD", 50000000, 150000000),
        ("约350亿元", 340 * YI, 360 * YI),
        ("350亿元左右", 340 * YI, 360 * YI),
        ("约1亿元", YI // 2, YI + YI // 2),
        ("约1.0亿元", YI * 9 // 10, YI * 11 // 10),
        ("约2016.6亿元", 201650000000, 201670000000),
        ("约2016.0亿元", 201590000000, 201610000000),
        ("约一千二百亿元", 1100 * YI, 1300 * YI),
        ("约1,236辆", 1235, 1237),
        ("约-350 USD", -360, -340),
        ("约100-150亿元", 90 * YI, 160 * YI),
        ("rund 300 EUR", 200, 400),
        ("environ 300 EUR", 200, 400),
        ("около 300 EUR", 200, 400),
        ("약 300 USD", 200, 400),
        ("300 USD程度", 200, 400),
    ],
)
def test_about_reaches_one_unit_of_the_last_spoken_digit_and_half_the_number(text, lower, upper):
    read = parse_value(text, POINT)
    assert (read.lower, read.upper) == (lower, upper)
    assert read.hedge == ("range" if "-150" in text else "about")


@pytest.mark.parametrize(
    ("parse", "text", "lower", "upper"),
    [
        (parse_growth, "about 70%", "0.60", "0.80"),
        (parse_share, "约70%", "0.60", "0.80"),
        (parse_share, "约1%", "0.005", "0.015"),
        (parse_growth, "约5.0%", "0.049", "0.051"),
        (parse_growth, "下降约20%", "-0.30", "-0.10"),
        (parse_growth, "约1.2倍", "0.1", "0.3"),
        (parse_growth, "约翻番", "0", "2"),
        (parse_growth, "约0%", "-0.01", "0.01"),
        (parse_growth, "增长20%多", "0.20", "0.21"),
        (parse_growth, "增长20多%", "0.20", "0.30"),
        (parse_growth, "下降20多%", "-0.30", "-0.20"),
        (parse_growth, "增长1倍多", "1", "2"),
        (parse_share, "三成多", "0.3", "0.4"),
        (parse_share, "2割弱", None, "0.2"),
        (parse_share, "2割強", "0.2", None),
        (parse_share, "过半", "0.5", None),
        (parse_share, "近一半", None, "0.5"),
    ],
)
def test_ratios_are_hedged_as_levels_are(parse, text, lower, upper):
    read = parse(text, POINT)
    ends = [None if end is None else Decimal(end) for end in (lower, upper)]
    assert [read.lower, read.upper] == ends


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [
        ("1000多亿元", 1000 * YI, 2000 * YI),
        ("300多家", 300, 400),
        ("1200多家", 1200, 1300),
        ("一千二百多家", 1200, 1300),
        ("十多亿元", 10 * YI, 20 * YI),
        ("三十多万元", 300000, 400000),
        ("20余家", 20, 30),
        ("百余家", 100, 200),
        ("千余家", 1000, 2000),
        ("百万余人", 1000000, 2000000),
        ("1千万余元", 10000000, 20000000),
        ("十亿多元", 10 * YI, 11 * YI),
        ("10亿多元", 10 * YI, 11 * YI),
        ("1.2亿多元", 120000000, 130000000),
        ("超1000多亿元", 1000 * YI, 2000 * YI),
        ("-300多元", -400, -300),
        ("300-odd companies", 300, 400),
        ("300여 개", 300, 400),
        ("300億円余り", 300 * YI, 301 * YI),
        # these stay open
        ("300-plus orders", 300, None),
        ("超300亿元", 300 * YI, None),
        ("300亿元以上", 300 * YI, None),
        ("突破300亿元", 300 * YI, None),
        ("more than 300 orders", 300, None),
        ("300億円超", 300 * YI, None),
        ("mehr als 300 EUR", 300, None),
        ("plus de 300 EUR", 300, None),
        ("более 300 EUR", 300, None),
        ("hơn 300 USD", 300, None),
    ],
)
def test_more_ends_with_the_next_number_that_is_spoken_so(text, lower, upper):
    read = parse_value(text, POINT)
    assert (read.lower, read.upper, read.hedge) == (lower, upper, "at-least")


@pytest.mark.parametrize("text", ["百家", "千亿元", "多300家", "约300多家", "约近300家"])
def test_what_is_no_hedged_number_is_refused(text):
    with pytest.raises(QuantityError):
        parse_value(text, POINT)


spoken = st.builds(lambda digit, zeros: digit * 10**zeros, st.integers(1, 999), st.integers(0, 9))


@given(spoken, st.sampled_from(["元", "家", "亿元", "万吨"]))
def test_about_a_number_holds_what_would_be_called_so(number, unit):
    about, exact = parse_value(f"约{number}{unit}"), parse_value(f"{number}{unit}")
    last = 10 ** (len(str(number)) - len(str(number).rstrip("0")))
    scale = exact.value / number
    reach = min(last * scale, exact.value / 2)
    assert (about.lower, about.upper) == (exact.value - reach, exact.value + reach)
    assert about.lower <= exact.lower and exact.upper <= about.upper and about.lower > 0


@given(spoken, st.sampled_from([("", 0), ("万", 4), ("亿", 8)]))
def test_more_than_a_number_ends_where_its_last_digit_is_one_more(number, scale):
    word, power = scale
    read = parse_value(f"{number}多{word}元")
    last = 10 ** (len(str(number)) - len(str(number).rstrip("0")))
    assert (read.lower, read.upper) == (number * 10**power, (number + last) * 10**power)


@given(st.integers(-(10**9), 10**9), st.sampled_from(["辆", "orders", " yen", "人"]))
def test_a_whole_number_of_what_cannot_be_parted_is_exact(number, unit):
    read = parse_value(f"{number:,}{unit}", POINT)
    assert read.lower == read.value == read.upper == number
    rounded = parse_value(f"{number:,}{unit}", Notation(".", rounding="half"))
    assert (rounded.lower, rounded.upper) == (number - Decimal("0.5"), number + Decimal("0.5"))
