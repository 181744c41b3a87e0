"""Printed text → interval and unit, and back to text that people read."""

import pickle
import unicodedata
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.terms import codes
from warehouse.terms.interval import format_interval
from warehouse.terms.quantity import (
    QuantityError,
    parse_balance,
    parse_change,
    parse_growth,
    parse_share,
    parse_value,
)

PARSERS = [parse_value, parse_growth, parse_share]
ALL_PARSERS = [*PARSERS, parse_balance, parse_change]
YI, WAN = 10**8, 10**4

# text, lower, upper, unit, hedge; None is unbounded
VALUES = [
    ("2016.6亿元", 201655000000, 201665000000, "CNY", "exact"),
    ("2016.60亿元", 201659500000, 201660500000, "CNY", "exact"),
    ("1,539.7亿元", 153965000000, 153975000000, "CNY", "exact"),
    ("１，５３９．７亿元", 153965000000, 153975000000, "CNY", "exact"),
    ("14. 24万亿元", 14235000000000, 14245000000000, "CNY", "exact"),
    ("2.1万亿元人民币", 2050000000000, 2150000000000, "CNY", "exact"),
    ("人民币100亿元", 9950000000, 10050000000, "CNY", "exact"),
    ("CNY 201.66 billion", 201655000000, 201665000000, "CNY", "exact"),
    ("¥5.0bn", 4950000000, 5050000000, "CNY", "exact"),
    ("3 trillion yuan", 2500000000000, 3500000000000, "CNY", "exact"),
    ("2106.7万美元", 21066500, 21067500, "USD", "exact"),
    ("US$21.067 million", 21066500, 21067500, "USD", "exact"),
    ("$5 mn", 4500000, 5500000, "USD", "exact"),
    ("-7,240.0 million US dollars", -7240050000, -7239950000, "USD", "exact"),
    ("−3.5亿美元", -355000000, -345000000, "USD", "exact"),
    ("５万港元", 45000, 55000, "HKD", "exact"),
    ("3千万日元", 25000000, 35000000, "JPY", "exact"),
    ("96.04万吨", 960350000, 960450000, "kg", "exact"),
    ("500公斤", "499.5", "500.5", "kg", "exact"),
    ("3克", "0.0025", "0.0035", "kg", "exact"),
    ("12 tonnes", 11500, 12500, "kg", "exact"),
    ("1536辆次", "1536", "1536", "vehicle-trip", "exact"),
    ("3824.34万只", 38243350, 38243450, "piece", "exact"),
    ("500个", "500", "500", "piece", "exact"),
    ("110台", "110", "110", "set", "exact"),
    ("50班", "50", "50", "flight", "exact"),
    ("0人", "0", "0", "person", "exact"),
    ("10条航线", "10", "10", "route", "exact"),
    ("22条", "22", "22", "item", "exact"),
    ("3.2万个标箱", 31500, 32500, "TEU", "exact"),
    ("24小时", 84600, 88200, "s", "exact"),
    ("５万平方米", 45000, 55000, "m2", "exact"),
    ("100 m²", "99.5", "100.5", "m2", "exact"),
    ("100㎡", "99.5", "100.5", "m2", "exact"),
    ("20.3%", "0.2025", "0.2035", "ratio", "exact"),
    # numbers in characters: the last place spoken is the last digit
    ("一千二百亿元", 115000000000, 125000000000, "CNY", "exact"),
    ("一千一百七十亿美元", 116500000000, 117500000000, "USD", "exact"),
    ("一千六百九十八点一亿元", 169805000000, 169815000000, "CNY", "exact"),
    ("一亿二千万元", 115000000, 125000000, "CNY", "exact"),
    ("一万二千亿元", 1150000000000, 1250000000000, "CNY", "exact"),
    ("两万零五十人", 20045, 20055, "person", "exact"),
    ("十二万亿元", 11500000000000, 12500000000000, "CNY", "exact"),
    ("二〇点五万吨", 204500000, 205500000, "kg", "exact"),
    # hedges
    ("超过500万美元", 5000000, None, "USD", "at-least"),
    ("720多万单", 7200000, 7300000, "order", "at-least"),
    ("10亿多元", 10 * YI, 11 * YI, "CNY", "at-least"),
    ("10余亿元", 10 * YI, 20 * YI, "CNY", "at-least"),
    ("6万多亿元", 60000 * YI, 70000 * YI, "CNY", "at-least"),
    ("三万多亿元", 30000 * YI, 40000 * YI, "CNY", "at-least"),
    ("超千亿美元", 1000 * YI, None, "USD", "at-least"),
    ("1000万只以上", 10000000, None, "piece", "at-least"),
    ("至少1000万只以上", 10000000, None, "piece", "at-least"),
    ("至少10秒", 10, None, "s", "at-least"),
    ("more than 5 billion dollars", 5000000000, None, "USD", "at-least"),
    ("近200亿元", None, 200 * YI, "CNY", "at-most"),
    ("up to 3 tonnes", None, 3000, "kg", "at-most"),
    ("不超过3天", None, 259200, "s", "at-most"),
    ("约700人次", 600, 800, "person-trip", "about"),
    ("around 1.2 million tonnes", 1100000000, 1300000000, "kg", "about"),
    ("50亿元左右", 40 * YI, 60 * YI, "CNY", "about"),
    # ranges
    ("2—3个工作日", "1.5", "3.5", "working-day", "range"),
    ("2 to 3 working days", "1.5", "3.5", "working-day", "range"),
    ("10-15亿元", 950000000, 1550000000, "CNY", "range"),
    ("10亿元～15亿元", 950000000, 1550000000, "CNY", "range"),
    ("约10-15亿元", 9 * YI, 16 * YI, "CNY", "range"),
    ("两到三亿元", 150000000, 350000000, "CNY", "range"),
    ("8000到1万元", "7999.5", 15000, "CNY", "range"),
    ("US$10-15 million", 9500000, 15500000, "USD", "range"),
]
GROWTHS = [
    ("20.3%", "0.2025", "0.2035", "ratio", "exact"),
    ("+20.3%", "0.2025", "0.2035", "ratio", "exact"),
    ("-21.9%", "-0.2195", "-0.2185", "ratio", "exact"),
    ("－21.9％", "-0.2195", "-0.2185", "ratio", "exact"),
    ("增长20.3%", "0.2025", "0.2035", "ratio", "exact"),
    ("增长了20.3%", "0.2025", "0.2035", "ratio", "exact"),
    ("增长-3.2%", "-0.0325", "-0.0315", "ratio", "exact"),
    ("下降3.2%", "-0.0325", "-0.0315", "ratio", "exact"),
    ("收窄3.2%", "-0.0325", "-0.0315", "ratio", "exact"),
    ("up 20.3%", "0.2025", "0.2035", "ratio", "exact"),
    ("rose by 20 per cent", "0.195", "0.205", "ratio", "exact"),
    ("down 3%", "-0.035", "-0.025", "ratio", "exact"),
    ("(-)7.26%", "-0.07265", "-0.07255", "ratio", "exact"),
    ("(+) 5.3 %", "0.0525", "0.0535", "ratio", "exact"),
    ("tăng 16.6%", "0.1655", "0.1665", "ratio", "exact"),
    ("giảm 14.7%", "-0.1475", "-0.1465", "ratio", "exact"),
    ("minus 3.2 %", "-0.0325", "-0.0315", "ratio", "exact"),
    ("101.5 % of the previous year", "0.0145", "0.0155", "ratio", "exact"),
    ("99.7 % к соответствующему периоду предыдущего года", "-0.0035", "-0.0025", "ratio", "exact"),
    ("增长百分之十四点五", "0.1445", "0.1455", "ratio", "exact"),
    ("翻倍", "0.5", "1.5", "ratio", "exact"),
    ("翻番", "0.5", "1.5", "ratio", "exact"),
    ("翻一番", "0.5", "1.5", "ratio", "exact"),
    ("翻了一番", "0.5", "1.5", "ratio", "exact"),
    ("doubled", "0.5", "1.5", "ratio", "exact"),
    ("翻两番", "2.5", "3.5", "ratio", "exact"),
    ("翻了3番", "6.5", "7.5", "ratio", "exact"),
    ("tripled", "1.5", "2.5", "ratio", "exact"),
    ("3-fold", "1.5", "2.5", "ratio", "exact"),
    ("增长1倍", "0.5", "1.5", "ratio", "exact"),
    ("增长1.2倍", "1.15", "1.25", "ratio", "exact"),
    ("扩大1.2倍", "1.15", "1.25", "ratio", "exact"),
    ("1.2倍", "0.15", "0.25", "ratio", "exact"),
    ("是去年的1.2倍", "0.15", "0.25", "ratio", "exact"),
    ("增长到去年同期的3倍", "1.5", "2.5", "ratio", "exact"),
    ("提升1.5个百分点", "0.0145", "0.0155", "pp", "exact"),
    ("down 1.5 percentage points", "-0.0155", "-0.0145", "pp", "exact"),
    ("超20%", "0.2", None, "ratio", "at-least"),
    ("超1倍", "0", None, "ratio", "at-least"),
    ("more than doubled", "1", None, "ratio", "at-least"),
    ("翻番以上", "1", None, "ratio", "at-least"),
    ("下降超20%", None, "-0.2", "ratio", "at-least"),
    ("下降不足3%", "-0.03", "0", "ratio", "at-most"),
    ("增长近20%", "0", "0.20", "ratio", "at-most"),
    ("近三成", "-1", "0.3", "ratio", "at-most"),
    ("不足20%", "-1", "0.2", "ratio", "at-most"),
    ("近1.5个百分点", None, "0.015", "pp", "at-most"),
    ("增长约20%", "0.10", "0.30", "ratio", "about"),
    ("约增长20%", "0.10", "0.30", "ratio", "about"),
    ("增长10%-15%", "0.095", "0.155", "ratio", "range"),
    ("下降10-15%", "-0.155", "-0.095", "ratio", "range"),
]
SHARES = [
    ("47.2%", "0.4715", "0.4725", "ratio", "exact"),
    ("百分之十四点五", "0.1445", "0.1455", "ratio", "exact"),
    ("百分之14.5", "0.1445", "0.1455", "ratio", "exact"),
    ("千分之三", "0.0025", "0.0035", "ratio", "exact"),
    ("三成", "0.25", "0.35", "ratio", "exact"),
    ("超三成", "0.3", None, "ratio", "at-least"),
    ("近九成", None, "0.9", "ratio", "at-most"),
    ("0.0%", "-0.0005", "0.0005", "ratio", "exact"),
    ("百分之二十", "0.15", "0.25", "ratio", "exact"),
    ("四分之三", "0.625", "0.875", "ratio", "exact"),
    ("百分之十一到百分之十五", "0.105", "0.155", "ratio", "range"),
]
READ = [
    (parser, *case)
    for parser, cases in zip(PARSERS, (VALUES, GROWTHS, SHARES), strict=True)
    for case in cases
]


@pytest.mark.parametrize(("parse", "text", "lower", "upper", "unit", "hedge"), READ)
def test_a_printed_text_is_an_exact_interval(parse, text, lower, upper, unit, hedge):
    read = parse(text)
    ends = [None if end is None else Decimal(end) for end in (lower, upper)]
    assert [read.lower, read.upper, read.unit, read.hedge] == [*ends, unit, hedge]
    assert read.text == text
    row = next(row for row in codes.rows("units") if row["code"] == read.unit)
    assert row["base"] == row["code"] and row["dimension"] == read.dimension
    for end in (read.value, read.lower, read.upper, read.step):
        assert end is None or "E" not in str(end)


def test_value_and_step_are_in_base_units():
    read = parse_value("2016.6亿元")
    assert (read.value, read.step) == (201660000000, 10000000)
    assert parse_value("10-15亿元").value == Decimal("12.5") * YI
    assert (parse_growth("增长1.2倍").value, parse_growth("1.2倍").value) == (
        Decimal("1.2"),
        Decimal("0.2"),
    )
    assert str(parse_growth("20.30%").value) == "0.2030"
    assert not parse_growth("-0%").value.is_signed()


def test_a_third_reaches_half_a_third_each_way():
    third = parse_share("三分之一")
    assert abs(third.lower - Decimal(1) / 6) < Decimal("1E-8")
    assert abs(third.upper - Decimal(1) / 2) < Decimal("1E-8")
    assert parse_growth("增长三分之一").value == third.value
    assert parse_share("近三分之一").hedge == "at-most"


def test_a_seventh_is_at_least_a_seventh_and_at_most_one():
    seventh = Fraction(1, 7)
    assert Fraction(parse_share("至少七分之一").lower) <= seventh
    assert Fraction(parse_share("不足三分之一").upper) >= Fraction(1, 3)
    assert Fraction(parse_growth("增长超七分之一").lower) <= seventh


# parser, text, what was read, what was expected there
ERRORS = [
    (parse_value, "", "", "a number"),
    (parse_value, "   ", "", "a number"),
    (parse_value, "2016.6亿", "2016.6亿", "a unit such as 元, 美元 or 吨"),
    (parse_value, "2016.6", "2016.6", "a unit"),
    (parse_value, "2016.6亿亿元", "2016.6亿", "a unit"),
    (parse_value, "一亿亿元", "一亿", "a unit"),
    (parse_value, "1.2.3亿元", "1.2", "a unit"),
    (parse_value, "1 2亿元", "1", "a unit"),
    (parse_value, "13,45元", "13", "a group of three digits"),
    (parse_value, "1,2345元", "1,234", "a unit"),
    (parse_value, "007元", "0", "a unit"),
    (parse_value, "1e5元", "1", "a unit"),
    (parse_value, "三千五元", "三千", "a unit"),
    (parse_value, "一亿二千多万元", "一亿二千多", "a unit"),
    (parse_value, "每周50班", "", "a number"),
    (parse_value, "50班每周", "50班", "nothing more"),
    (parse_value, "5 tonneses", "5", "a unit"),
    (parse_value, "nan元", "", "a number"),
    (parse_value, "Infinity", "", "a number"),
    (parse_value, "∞元", "", "a number"),
    (parse_value, "千亿元", "", "a number"),
    (parse_value, "下降5亿元", "", "a number"),
    (parse_value, "--5亿元", "-", "no second sign"),
    (parse_value, "约10亿多元", "约10亿", "no hedge that contradicts 'about'"),
    (parse_value, "近10亿元以上", "近10亿元", "no hedge that contradicts 'at-most'"),
    (parse_value, "10-15亿元以上", "10", "one amount"),
    (parse_value, "-10-15亿元", "-10", "one amount"),
    (parse_value, "15-10亿元", "15", "a larger amount"),
    (parse_value, "10亿元-15亿美元", "10亿元", "a larger amount in the same unit"),
    (parse_value, "10亿元-", "10亿元-", "a number"),
    (parse_value, "美元100亿元", "美元100亿", "USD or no unit"),
    (parse_value, "5²亿元", "5", "a plain digit"),
    (parse_value, "①5亿元", "", "a plain digit"),
    (parse_value, "½亿元", "", "a plain digit"),
    (parse_value, "٣亿元", "", "a number"),
    (parse_value, "１.2．3亿元", "１.2", "a unit"),
    (parse_value, "㎡㎡", "", "a number"),
    (parse_value, "100㎡㎡", "100㎡", "nothing more"),
    (parse_value, "1" * 26 + "元", "", "at most 25 digits"),
    (parse_value, "9" * 61, "", "at most 60 characters"),
    (parse_growth, "20.3", "20.3", "a unit such as %"),
    (parse_growth, "增长5亿元", "增长5亿", "a unit such as %"),
    (parse_growth, "下降-3.2%", "下降", "no second sign"),
    (parse_growth, "下降(-)3.2%", "下降", "no second sign"),
    (parse_growth, "+5% of the previous year", "+", "no sign, as 100 %"),
    (parse_growth, "下降2倍", "下降", "a percentage"),
    (parse_growth, "达到去年的2个百分点", "达到去年的", "a percentage"),
    (parse_growth, "翻倍到十", "翻倍到十", "a unit"),
    (parse_growth, "翻十番", "", "a number"),
    (parse_growth, "增长到", "增长到", "a number"),
    (parse_share, "百分之20%", "百分之20", "nothing more"),
    (parse_share, "1.2倍", "1.2", "a unit such as %"),
    (parse_share, "1.5个百分点", "1.5个", "a unit such as %"),
    (parse_share, "三分之五", "", "a fraction of one"),
    (parse_share, "翻番", "", "a number"),
]


@pytest.mark.parametrize(("parse", "text", "read", "expected"), ERRORS)
def test_an_error_says_what_was_read_and_what_was_expected(parse, text, read, expected):
    with pytest.raises(QuantityError) as caught:
        parse(text)
    error = caught.value
    assert (error.text, error.read) == (text, read)
    assert expected in error.expected and error.expected in str(error)
    assert len(str(error).splitlines()) == 1
    assert 0 <= error.position <= len(text)
    if len(text) <= 60:
        assert text[: error.position].strip() == read
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_the_message_points_at_the_character():
    with pytest.raises(
        QuantityError, match=r"^read '2016.6亿' and stopped at the end, where a unit"
    ):
        parse_value("2016.6亿")
    with pytest.raises(QuantityError, match=r"^stopped at '每', character 1, where a number"):
        parse_value("每周50班")


SCALES = {"": 0, "万": 4, "百万": 6, "千万": 7, "亿": 8, "万亿": 12, " million": 6, " billion": 9}
UNITS = {"元": ("CNY", "1"), "美元": ("USD", "1"), "吨": ("kg", "1000"), "克": ("kg", "0.001")}
decimals = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places),
    st.integers(0, 10**15),
    st.integers(0, 6),
)


@given(decimals, st.sampled_from(sorted(SCALES)), st.sampled_from(sorted(UNITS)), st.booleans())
def test_what_is_printed_is_read_back_to_the_digit(number, scale, unit, grouped):
    text = f"{number:,f}" if grouped else f"{number:f}"
    read = parse_value(text + scale + unit)
    base, factor = UNITS[unit]
    with localcontext(Context(prec=100)):
        multiplier = Decimal(factor).scaleb(SCALES[scale])
        step = Decimal(1).scaleb(number.as_tuple().exponent) * multiplier
        assert (read.value, read.step, read.unit) == (number * multiplier, step, base)
        assert (read.lower, read.upper) == (read.value - step / 2, read.value + step / 2)


@given(
    st.integers(-(10**16), 10**16),
    st.integers(0, 4),
    st.sampled_from([("亿元", 8), ("万美元", 4), ("%", -2)]),
    st.sampled_from([ROUND_HALF_EVEN, ROUND_HALF_UP]),
)
def test_the_interval_holds_every_number_that_rounds_to_the_text(units, places, unit, rounding):
    name, exponent = unit
    true = Decimal(units).scaleb(exponent - 6)
    printed = true.scaleb(-exponent).quantize(Decimal(1).scaleb(-places), rounding)
    parsers = [parse_growth, parse_share, parse_value] if name == "%" else [parse_value]
    for parse in parsers:
        read = parse(f"{printed:f}{name}")
        assert read.lower <= true <= read.upper


@given(st.integers(1, 10**12 - 1))
def test_numbers_in_characters_read_as_their_digits_do(number):
    read = parse_value(in_characters(number) + "元")
    assert read.value == number
    assert read.step == 10 ** (len(str(number)) - len(str(number).rstrip("0")))


def in_characters(number: int) -> str:
    """100200 → 十万零二百, written group of four by group of four."""
    text, gap = "", False
    for great, word in ((YI, "亿"), (WAN, "万"), (1, "")):
        section, number = divmod(number, great)
        if section:
            text += ("零" if text and (gap or section < 1000) else "") + below_ten_thousand(section)
            text += word
        gap = bool(text) and (not section or section % 10 == 0)
    return text


def below_ten_thousand(section: int) -> str:
    text, gap = "", False
    for place, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, section = divmod(section, place)
        if digit:
            text += ("零" if gap and text else "") + "一二三四五六七八九"[digit - 1] + word
        gap = not digit
    return text


characters = "0123456789.,%+-—– 一二两三十百千万亿零〇点成倍元吨个多余近约超以上至到翻番²①５％"
longer = (
    "下降",
    "增长",
    "百分之",
    "分之",
    "万亿",
    "美元",
    "million",
    "US$",
    "up",
    "to",
    "at least",
    "逆差",
    "一半",
    "less",
    "times",
    "-fold",
    "of last year",
    "threefold",
    "割",
    "=100",
)
words = st.sampled_from([*characters, *longer])


@given(st.text() | st.lists(words, max_size=12).map("".join))
def test_nothing_but_a_quantity_error_is_raised(text):
    for parse in ALL_PARSERS:
        try:
            read = parse(text)
        except QuantityError as error:
            refused = error
        else:
            assert read.lower is None or read.lower <= read.value
            assert read.upper is None or read.value <= read.upper
            assert read.step > 0
            continue
        assert 0 <= refused.position <= len(text)
        assert "\n" not in str(refused)


@given(st.lists(words.filter(lambda word: word not in "²①"), max_size=8).map("".join))
def test_width_does_not_matter(text):
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    assert unicodedata.normalize("NFKC", wide) == unicodedata.normalize("NFKC", text)
    for parse in PARSERS:
        assert outcome(parse, wide) == outcome(parse, text)


def outcome(parse, text):
    try:
        read = parse(text)
    except QuantityError as error:
        return error.position, error.expected
    return read.value, read.lower, read.upper, read.step, read.unit, read.hedge


def test_the_callers_decimal_context_changes_nothing():
    hedged = ("约1234567.891亿元", "约1,234,567辆", "1234567多亿元")
    usual = [parse_value(text) for text in hedged]
    with localcontext(Context(prec=3)):
        assert [parse_value(text) for text in hedged] == usual
        read = parse_value("1234567.891亿元")
        shown = format_interval(read.lower, read.upper, read.unit)
    assert read.lower == Decimal("123456789050000")
    assert shown == "123.456789–123.456790万亿元"


@pytest.mark.parametrize("row", codes.rows("units"), ids=lambda row: row["code"])
def test_every_spelling_of_a_unit_reads_as_its_base(row):
    aliases = row["aliases"].split(";") if row["aliases"] else []
    for spelling in (row["code"], row["name_en"], row["name_zh"], *aliases):
        read = parse_value(f"3 {spelling}")
        assert (read.unit, read.value) == (row["base"], 3 * Decimal(row["factor"])), spelling
        if row["dimension"] == "money":
            assert parse_value(f"{spelling} 3").unit == row["base"]


@pytest.mark.parametrize(
    ("lower", "upper", "unit", "shown"),
    [
        ("47680000000", "47700000000", "CNY", "476.8–477.0亿元"),
        ("201655000000", "201665000000", "CNY", "2016.55–2016.65亿元"),
        ("201660000000", "201660000000", "CNY", "2016.6亿元"),
        ("14235000000000", "14245000000000", "CNY", "14.235–14.245万亿元"),
        ("21066500", "21067500", "USD", "2106.65–2106.75万美元"),
        ("960350000", "960450000", "kg", "96.035–96.045万吨"),
        ("499.5", "500.5", "kg", "499.5–500.5千克"),
        ("699", "701", "person-trip", "699–701人次"),
        ("0.1093", "0.1158", "ratio", "10.9–11.6 %"),
        ("0.10931", "0.10934", "ratio", "10.931–10.934 %"),
        ("-0.0325", "-0.0315", "ratio", "-3.25 – -3.15 %"),
        ("0.0145", "0.0155", "pp", "1.45–1.55个百分点"),
        ("5000000", None, "USD", "≥ 500万美元"),
        (None, "20000000000", "CNY", "≤ 200亿元"),
        (None, "-0.2", "ratio", "≤ -20 %"),
        (None, None, "CNY", "unbounded"),
        ("0", "0", "CNY", "0元"),
    ],
)
def test_intervals_are_shown_short(lower, upper, unit, shown):
    ends = (None if end is None else Decimal(end) for end in (lower, upper))
    assert format_interval(*ends, unit) == shown


@given(decimals, decimals, st.sampled_from(["CNY", "kg", "person"]))
def test_what_is_shown_holds_the_interval(one, other, unit):
    lower, upper = sorted((one, other))
    shown = format_interval(lower, upper, unit)
    if "–" in shown:
        low, high = shown.split("–")
        name = high.lstrip("0123456789.")
        assert parse_value(low + name).value <= lower
        assert parse_value(high).value >= upper


def test_an_unknown_unit_cannot_be_shown():
    with pytest.raises(KeyError):
        format_interval(Decimal(1), Decimal(2), "XXX")
