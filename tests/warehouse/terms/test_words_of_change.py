"""What publishers say about change: levels of the year before, multiples, signed amounts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.terms.notation import Notation
from warehouse.terms.quantity import (
    QuantityError,
    parse_balance,
    parse_change,
    parse_growth,
    parse_share,
    parse_value,
)

POINT = Notation(".", ("USD",), "en")
YI = 10**8


def ends(read):
    return [None if end is None else str(end.normalize()) for end in (read.lower, read.upper)]


def as_printed(*numbers):
    return [None if n is None else str(Decimal(n).normalize()) for n in numbers]


@pytest.mark.parametrize(
    "text",
    [
        "67.4 % of last year",
        "67.4% of the previous year's level",
        "67.4% of the level a year earlier",
        "67.4% of the same period of last year",
        "为上年的67.4%",
        "仅为上年同期的67.4%",
        "相当于去年同期的67.4%",
        "降至上年的67.4%",
        "67.4% к прошлому году",
        "67.4% от уровня прошлого года",
        "67.4 % des Vorjahreswertes",
        "67.4 % du niveau de l'année précédente",
        "67.4 % del año anterior",
        "前年の67.4%",
        "67.4 (上年=100)",
        "67.4（以上年为100）",
        "67.4% (previous year = 100)",
        "67.4 (same period of last year = 100)",
        "67.4 (Vorjahr = 100)",
        "下降32.6%",
        "32.6% lower",
        "32.6% lower than last year",
        "a decline of 32.6%",
        "32.6% decrease",
        "32.6%減",
        "32.6% 감소",
        "down 32.6% from a year earlier",
        "32.6 % weniger",
    ],
)
def test_a_share_of_the_year_before_is_a_growth(text):
    assert ends(parse_growth(text, POINT)) == as_printed("-0.3265", "-0.3255")


@pytest.mark.parametrize(
    ("text", "lower", "upper", "hedge"),
    [
        ("halved", "-0.625", "-0.375", "exact"),
        ("减半", "-0.625", "-0.375", "exact"),
        ("腰斩", "-0.625", "-0.375", "exact"),
        ("down by half", "-0.625", "-0.375", "exact"),
        ("下降一半", "-0.625", "-0.375", "exact"),
        ("nearly halved", "-0.5", "0", "at-most"),
        ("接近腰斩", "-0.5", "0", "at-most"),
        ("more than halved", None, "-0.5", "at-least"),
        ("nearly doubled", "0", "1", "at-most"),
        ("近翻番", "0", "1", "at-most"),
        ("接近翻番", "0", "1", "at-most"),
        ("将近翻一番", "0", "1", "at-most"),
        ("nearly 3-fold", "0", "2", "at-most"),
        ("翻番有余", "1", None, "at-least"),
        ("倍増", "0.5", "1.5", "exact"),
        ("twice as high as a year earlier", "0.5", "1.5", "exact"),
        ("threefold", "1.5", "2.5", "exact"),
        ("three times as high", "1.5", "2.5", "exact"),
        ("3 times as much as last year", "1.5", "2.5", "exact"),
        ("3 times last year's level", "1.5", "2.5", "exact"),
        ("3倍", "1.5", "2.5", "exact"),
        ("3倍に増加", "1.5", "2.5", "exact"),
        ("达到上年的3倍", "1.5", "2.5", "exact"),
        ("增长2倍", "1.5", "2.5", "exact"),
        ("down by a quarter", "-0.375", "-0.125", "exact"),
        ("no change", "-0.005", "0.005", "exact"),
        ("unchanged from a year earlier", "-0.005", "0.005", "exact"),
        # an English multiple may come on top of the year before
        ("up 1.2-fold", "0.15", "1.25", "ambiguous"),
        ("1.2-fold increase", "0.15", "1.25", "ambiguous"),
        ("+1.2-fold", "0.15", "1.25", "ambiguous"),
        ("a threefold increase", "1.5", "3.5", "ambiguous"),
        ("increased by 3 times", "1.5", "3.5", "ambiguous"),
        ("3 times higher", "1.5", "3.5", "ambiguous"),
        ("3 times more than a year earlier", "1.5", "3.5", "ambiguous"),
        ("up about 3-fold", "1", "4", "about"),
        ("increased nearly three-fold", "0", "3", "at-most"),
        ("up more than 3-fold", "2", None, "at-least"),
    ],
)
def test_multiples_and_factors(text, lower, upper, hedge):
    read = parse_growth(text, POINT)
    assert [*ends(read), read.hedge, read.unit] == [*as_printed(lower, upper), hedge, "ratio"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.2 percentage points higher", "0.012"),
        ("高1.2个百分点", "0.012"),
        ("加快1.2个百分点", "0.012"),
        ("放缓1.2个百分点", "-0.012"),
        ("1.2 percentage points lower than last year", "-0.012"),
        ("up 25 basis points", "0.0025"),
        ("下降25个基点", "-0.0025"),
    ],
)
def test_points(text, value):
    read = parse_growth(text, POINT)
    assert (read.value, read.unit) == (Decimal(value), "pp")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("对增长的贡献率达到45%", "0.45"),
        ("对外贸增长贡献率为45%", "0.45"),
        ("贡献率45%", "0.45"),
        ("45%", "0.45"),
        ("45% of growth", "0.45"),
        ("贡献率-12.5%", "-0.125"),
        ("贡献率120%", "1.2"),
        ("占比45%", "0.45"),
        ("half", "0.5"),
        ("three quarters", "0.75"),
    ],
)
def test_shares_and_contribution_rates(text, value):
    assert parse_share(text, POINT).value == Decimal(value)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("$5.0 billion more than November", 5 * 10**9, "USD"),
        ("$0.3 billion less than in November", -3 * 10**8, "USD"),
        ("up $5.0 billion", 5 * 10**9, "USD"),
        ("increase of $5.0 billion over the previous month", 5 * 10**9, "USD"),
        ("增加12.3亿元", 1230000000, "CNY"),
        ("比上年多12.3亿元", 1230000000, "CNY"),
        ("比上月减少3亿美元", -300000000, "USD"),
        ("减少3亿美元", -300000000, "USD"),
        ("-5.0 billion USD", -5 * 10**9, "USD"),
        ("$(5.0) billion", -5 * 10**9, "USD"),
        ("5.0 billion USD", 5 * 10**9, "USD"),
        ("5億円増", 5 * 10**8, "JPY"),
        ("逆差扩大5亿元", -5 * 10**8, "CNY"),
        ("deficit narrowed by $5.0 billion", 5 * 10**9, "USD"),
        ("减少1,236辆", -1236, "vehicle"),
    ],
)
def test_a_change_of_a_level_has_the_sign_of_its_words(text, value, unit):
    read = parse_change(text, POINT)
    assert (read.value, read.unit, read.hedge) == (value, unit, "exact")
    assert (read.upper - read.value) == (read.value - read.lower)


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [
        ("逆差10亿元", "-10.5", "-9.5"),
        ("10亿元逆差", "-10.5", "-9.5"),
        ("贸易赤字10亿元", "-10.5", "-9.5"),
        ("10億円の赤字", "-10.5", "-9.5"),
        ("10억 달러 적자", "-10.5", "-9.5"),
        ("deficit of $1.0 billion", "-10.5", "-9.5"),
        ("a trade deficit of $1.0 billion", "-10.5", "-9.5"),
        ("$1.0bn deficit", "-10.5", "-9.5"),
        ("-10亿元", "-10.5", "-9.5"),
        ("顺差10亿元", "9.5", "10.5"),
        ("$1.0bn surplus", "9.5", "10.5"),
        ("1.0 Mrd. EUR Überschuss", "9.5", "10.5"),
        ("10亿元", "9.5", "10.5"),
        ("逆差超10亿元", None, "-10"),
        ("逆差约100亿元", "-150", "-50"),
        ("逆差10-15亿元", "-15.5", "-9.5"),
    ],
)
def test_a_balance_has_the_sign_of_its_words(text, lower, upper):
    read = parse_balance(text, POINT)
    assert ends(read) == as_printed(*(end and Decimal(end) * YI for end in (lower, upper)))


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (parse_growth, "down 3-fold"),
        (parse_growth, "down halved"),
        (parse_growth, "-5.2% lower"),
        (parse_growth, "5% from last month"),
        (parse_growth, "112.3 (2015=100)"),
        (parse_growth, "three"),
        (parse_share, "tripled"),
        (parse_share, "3 times"),
        (parse_value, "逆差10亿元"),
        (parse_value, "$5.0 billion more"),
        (parse_value, "a third"),
        (parse_balance, "deficit of -$10 billion"),
        (parse_balance, "-10亿元逆差"),
        (parse_balance, "增加10亿元"),
        (parse_change, "$5.0 billion from November"),
        (parse_change, "逆差5亿元"),
        (parse_change, "持平"),
    ],
)
def test_words_that_leave_it_open_or_belong_elsewhere_are_refused(parse, text):
    with pytest.raises(QuantityError):
        parse(text, POINT)


def test_an_index_of_the_year_before_is_a_level_where_a_value_is_asked_for():
    for text in ("101.5 (上年=100)", "101.5 (2015=100)", "101.5 (previous year = 100)"):
        assert parse_value(text, POINT).unit == "index"


@pytest.mark.parametrize("rounding", ["down", "up"])
def test_what_is_cut_off_may_have_been_on_either_side_of_zero(rounding):
    notation = Notation(".", ("JPY",), "ja", rounding=rounding)
    for parse, text in ((parse_balance, "0億円"), (parse_change, "0億円")):
        assert ends(parse(text, notation)) == as_printed(-YI, YI)
    assert ends(parse_change("5億円増", notation)) == as_printed(4 * YI, 6 * YI)
    towards_zero = ("-6", "-5") if rounding == "down" else ("-5", "-4")
    assert ends(parse_balance("5億円の赤字", notation)) == as_printed(
        *(Decimal(end) * YI for end in towards_zero)
    )


percentages = st.decimals(0, 500, places=1)


@given(percentages)
def test_a_share_of_the_year_before_is_that_share_less_one(share):
    read, printed = parse_growth(f"{share}% of last year", POINT), parse_share(f"{share}%", POINT)
    assert (read.lower, read.upper) == (printed.lower - 1, printed.upper - 1)
    assert parse_growth(f"{share} (上年=100)", POINT).value == read.value


@given(percentages)
def test_an_ambiguous_multiple_holds_both_its_readings(number):
    read = parse_growth(f"up {number}-fold", POINT)
    on_top = parse_growth(f"增长{number}倍", POINT)
    multiple = parse_growth(f"{number}倍", POINT)
    assert (read.lower, read.upper) == (multiple.lower, on_top.upper)
    assert read.lower <= on_top.lower and multiple.upper <= read.upper


@given(
    st.decimals("0.1", 10**6, places=1),
    st.sampled_from([("顺差", "逆差"), ("surplus of ", "deficit of "), ("贸易盈余", "赤字")]),
    st.sampled_from(["增加{};减少{}", "up {};down {}", "{} more;{} less", "{}増;{}減"]),
)
def test_words_of_opposite_meaning_mirror_each_other(number, balances, changes):
    amount = f"{number:f}亿元"
    surplus, deficit = (parse_balance(word + amount, POINT) for word in balances)
    more, less = (parse_change(form.format(amount), POINT) for form in changes.split(";"))
    for up, down in ((surplus, deficit), (more, less)):
        assert (up.lower, up.upper) == (-down.upper, -down.lower)
        assert up.value == parse_value(amount, POINT).value
