"""Numbers as offices the world over print them: each is read right or refused, none wrong."""

import csv
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers import printed_numbers
from warehouse.terms.marks import LegendError, read_marked
from warehouse.terms.notation import Notation, decimal_mark, of_project
from warehouse.terms.quantity import QuantityError, parse_growth, parse_share, parse_value

ROWS = list(csv.DictReader(printed_numbers.FILE.read_text("utf-8").splitlines(), strict=True))
GERMAN = Notation(",", ("EUR",), "de", "million EUR")
ENGLISH = Notation(".", ("USD",), "en")
UNDECLARED = Notation("", ("EUR",))


def notation_of(row):
    currencies = (row["currency"],) if row["currency"] else ()
    return Notation(row["decimal"], currencies, row["language"], row["unit"])


def test_there_are_a_thousand_numbers_of_more_than_twenty_offices():
    assert len(ROWS) > 1000
    assert len({row["office"] for row in ROWS}) > 20
    assert [tuple(row.values()) for row in ROWS] == list(printed_numbers.rows())


@pytest.mark.parametrize("office", sorted({row["office"] for row in ROWS}))
def test_what_an_office_prints_is_read_right(office):
    for row in (row for row in ROWS if row["office"] == office and row["value"] != "refused"):
        read = read_marked(row["text"], notation_of(row))
        marked = (read.status, read.confidentiality)
        assert marked == (row["status"], row["confidentiality"]), row
        quantity = read.quantity
        if not row["value"]:
            assert quantity is None, row
            continue
        ends = [Decimal(row[name]) for name in ("value", "lower", "upper")]
        assert [quantity.value, quantity.lower, quantity.upper] == ends, row
        assert quantity.unit == row["base"], row


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row["value"] == "refused"], ids=lambda row: row["text"]
)
def test_what_is_open_is_refused(row):
    with pytest.raises(QuantityError):
        read_marked(row["text"], notation_of(row))


@pytest.mark.parametrize("text", ["5 bi de dólares", "US$ 5 bi e", "US$ 5 bi e p", "5 xx dólares"])
def test_a_scale_is_never_passed_over_as_marks(text):
    with pytest.raises(QuantityError):
        read_marked(text, Notation(",", ("BRL",), "pt"))


@pytest.mark.parametrize(
    ("text", "notation", "choices"),
    [
        ("1.234 EUR", UNDECLARED, ("1234 or 1.234", "write 1234", "decimal: ','")),
        ("12,5 EUR", ENGLISH, ("say `decimal: ','`",)),
        ("¥5,000 million", Notation("."), ("CNY, JPY",)),
        ("5 kr", ENGLISH, ("DKK, ISK, NOK, SEK", "currency")),
        ("1 Billion EUR", GERMAN, ("language",)),
        ("12 MT", ENGLISH, ("Mt, t",)),
    ],
)
def test_a_refusal_names_the_choices_and_a_remedy(text, notation, choices):
    with pytest.raises(QuantityError) as refused:
        parse_value(text, notation)
    for choice in choices:
        assert choice in f"{refused.value}; {refused.value.remedy}"


@pytest.mark.parametrize(
    ("text", "currencies", "meant"),
    [
        ("$5 million", ("CAD", "CNY"), "CAD"),
        ("$5 million", ("CNY",), "USD"),
        ("CA$5 million", ("USD",), "CAD"),
        ("¥5,000 million", ("JPY", "CNY"), "JPY"),
        ("¥5,000 million", ("CNY",), "CNY"),
        ("5億元", ("HKD",), "HKD"),
        ("新臺幣5億元", ("CNY",), "TWD"),
        ("¥5 billion yen", ("CNY",), "JPY"),
        ("5 million kroner", ("DKK",), "DKK"),
        ("Rs 5 crore", ("LKR",), "LKR"),
    ],
)
def test_the_usual_currency_decides_a_shared_symbol(text, currencies, meant):
    assert parse_value(text, Notation(".", currencies)).unit == meant


@pytest.mark.parametrize(
    ("rounding", "text", "lower", "upper"),
    [
        ("down", "69,732 million yen", 69732000000, 69733000000),
        ("down", "-69,732 million yen", -69733000000, -69732000000),
        ("up", "5 t", 4000, 5000),
        ("exact", "1,236 USD", 1236, 1236),
        ("nearest-5", "415 orders", "412.5", "417.5"),
        ("nearest-100", "12,300 million USD", 12250000000, 12350000000),
        ("nearest-100", "-12,300 million USD", -12350000000, -12250000000),
        ("nearest", "415 orders", "414.5", "415.5"),
        ("half", "415 orders", "414.5", "415.5"),
        ("half", "618,992,277 yen", "618992276.5", "618992277.5"),
        ("down", "415 orders", 415, 416),
        ("", "415 orders", 415, 415),
        ("", "-415 orders", -415, -415),
        ("", "1,236辆", 1236, 1236),
        ("", "12.3万辆", 122500, 123500),
        ("", "1,236 thousand vehicles", 1235500, 1236500),
        ("", "12.5 orders", "12.45", "12.55"),
        ("", "5 dozen", 54, 66),
        ("", "6,214 TEUs", "6213.5", "6214.5"),
        ("", "618,992,277 yen", 618992277, 618992277),
        ("", "12,345 won", 12345, 12345),
        ("", "5,000 million yen", 4999500000, 5000500000),
        ("", "1,236 USD", "1235.5", "1236.5"),
        ("", "1,236 EUR", "1235.5", "1236.5"),
        ("", "10-15 orders", 10, 15),
        ("", "8000到1万人", 8000, 15000),
    ],
)
def test_a_number_reaches_as_far_as_its_source_rounds(rounding, text, lower, upper):
    read = parse_value(text, Notation(".", ("JPY",), "en", rounding=rounding))
    assert (read.lower, read.upper) == (Decimal(lower), Decimal(upper))


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [
        ("持平", "-0.005", "0.005"),
        ("unchanged", "-0.005", "0.005"),
        ("与上年持平", "-0.005", "0.005"),
        ("基本持平", "-0.01", "0.01"),
        ("roughly flat", "-0.01", "0.01"),
        ("(5.3%)", "-0.0535", "-0.0525"),
        ("▲5.3%", "-0.0535", "-0.0525"),
    ],
)
def test_growth_of_nothing_and_in_brackets(text, lower, upper):
    read = parse_growth(text, ENGLISH)
    assert (read.lower, read.upper) == (Decimal(lower), Decimal(upper))


def test_a_source_explains_its_marks():
    legend = {"s": "estimated", "b": "break", "x": "not applicable", "!": "confidential"}
    notation = Notation(".", ("EUR",), "en", "million EUR", legend=legend)
    assert read_marked("123 s", notation).status == "E"
    assert read_marked("12.5b", notation).status == "B"
    assert read_marked("x", notation)[1:] == (("M",), "")
    assert read_marked("!", notation)[1:] == (("Q",), "C")
    assert read_marked("123 ep", GERMAN).statuses == ("E", "P")
    with pytest.raises(LegendError, match="write one of"):
        read_marked("5", Notation(legend={"y": "yellow"}))


def test_a_letter_that_may_be_a_scale_is_asked_about():
    with pytest.raises(QuantityError, match="break") as refused:
        read_marked("12.5b", Notation(".", ("EUR",), "en", "EUR"))
    assert "legend: b = " in refused.value.remedy
    assert read_marked("$12.5b", ENGLISH).quantity.value == 12500000000


def test_the_example_project_declares_a_point_and_yuan():
    assert of_project() == Notation(".", ("CNY",), "zh")
    assert of_project("JP").currencies == ("JPY", "CNY")
    assert [decimal_mark(*place) for place in (("de",), ("de", "CH"), ("es", "MX"), ("xx",))] == [
        *(",", ".", ".", ""),
    ]


@pytest.mark.parametrize(
    ("rounding", "text", "unit", "lower", "upper"),
    [
        ("nearest-100", "12,300", "million USD", 12250000000, 12350000000),
        ("nearest-5", "415", "orders", "412.5", "417.5"),
        ("", "415", "orders", 415, 415),
        ("", "415", "thousand orders", 414500, 415500),
        ("", "415", "yen", 415, 415),
        ("", "415", "million yen", 414500000, 415500000),
        ("", "约12", "million USD", 11000000, 13000000),
        ("", "约12.0", "million USD", 11900000, 12100000),
        ("", "100多", "million USD", 100000000, 200000000),
    ],
)
def test_a_number_without_a_unit_is_rounded_as_one_that_prints_it(
    rounding, text, unit, lower, upper
):
    read = parse_value(text, Notation(".", (), "en", unit, rounding))
    assert (read.lower, read.upper) == (Decimal(lower), Decimal(upper))


@pytest.mark.parametrize("rounding", ["down", "up", "exact", "nearest-5", "half"])
def test_growths_and_shares_are_rounded_to_the_nearest_whatever_levels_are(rounding):
    notation = Notation(".", rounding=rounding)
    for parse in (parse_growth, parse_share):
        assert (parse("5%", notation).lower, parse("5%", notation).upper) == (
            Decimal("0.045"),
            Decimal("0.055"),
        )


GROUPS = {".": (",", " ", "\u2009", "\u202f", "\u00a0", "'", "’"), ",": (".", " ", "\u2009", "’")}


@given(
    st.sampled_from([(mark, group) for mark, groups in GROUPS.items() for group in groups]),
    st.integers(0, 10**12),
    st.integers(0, 4),
    st.sampled_from(["{}", "-{}", "−{}", "({})", "△{}", "{}-"]),
    st.sampled_from([(" million", 6), (" k", 3), (" bn", 9), ("", 0)]),
)
def test_what_is_printed_in_a_notation_is_read_back(marks, number, places, minus, scale):
    mark, group = marks
    whole, _, decimals = f"{Decimal(number).scaleb(-places):,f}".partition(".")
    printed = whole.replace(",", group) + (mark + decimals if decimals else "")
    word, power = scale
    text = f"{minus.format('EUR ' + printed)}{word}" if minus != "{}-" else f"EUR {printed}-"
    power = 0 if minus == "{}-" else power
    read = parse_value(text, Notation(mark, ("EUR",)))
    sign = 1 if minus == "{}" else -1
    value = sign * Decimal(number).scaleb(power - places)
    half = Decimal(5).scaleb(power - places - 1)
    assert (read.value, read.lower, read.upper) == (value, value - half, value + half)


@given(st.integers(0, 10**9), st.integers(0, 4), st.sampled_from(",."), st.sampled_from(",. "))
def test_without_a_declared_mark_nothing_is_read_wrong(number, places, mark, group):
    whole, _, decimals = f"{Decimal(number).scaleb(-places):,f}".partition(".")
    if group == mark:
        return
    printed = whole.replace(",", group) + (mark + decimals if decimals else "")
    try:
        read = parse_value(f"{printed} EUR", UNDECLARED)
    except QuantityError:
        return
    assert read.value == Decimal(number).scaleb(-places)


@given(st.text(alphabet="0123456789.,'’() -△pretbxcs%:*¹²EURkmMn", max_size=14))
def test_no_text_breaks_the_reading_of_marks(text):
    for notation in (GERMAN, ENGLISH, UNDECLARED):
        try:
            read = read_marked(text, notation)
        except QuantityError:
            continue
        assert read.quantity is None or read.quantity.lower <= read.quantity.upper


@pytest.mark.parametrize(
    ("text", "lower", "upper", "hedge"),
    [
        ("5", 4500000, 5500000, "exact"),
        (">5", 5000000, None, "at-least"),
        ("<5", None, 5000000, "at-most"),
        ("5-6", 4500000, 6500000, "range"),
    ],
)
def test_a_bound_in_the_usual_unit_stays_a_bound(text, lower, upper, hedge):
    read = read_marked(text, Notation(".", ("USD",), "en", "million USD")).quantity
    assert (read.lower, read.upper, read.hedge) == (lower, upper, hedge)


@pytest.mark.parametrize(
    ("text", "language", "unit"),
    [
        ("5 bn", "en", "million USD"),  # no break of a negligible 5
        ("5 b bbl", "en", ""),
        ("5M", "en", ""),  # millions of something, not metres
        ("5 T€", "de", ""),  # thousand there
        ("5 Trillion EUR", "de", ""),
        ("5 trillions EUR", "fr", ""),
        ("5 billion DKK", "da", ""),
        ("5 billion NOK", "nb", ""),
        ("Rp 5 M", "id", ""),  # miliar
    ],
)
def test_a_word_that_is_another_scale_elsewhere_is_refused(text, language, unit):
    with pytest.raises(QuantityError):
        read_marked(text, Notation(".", ("USD",), language, unit))


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("5 m²", 5, "m2"),
        ("5 million m³", 5000000, "m3"),
        ("5 thousand m3", 5000, "m3"),
        ("5 m²³", 5, "m2"),
        ("EUR 5m²", 5000000, "EUR"),
        ("5 t²", 5000, "kg"),
    ],
)
def test_raised_figures_are_footnotes_but_of_areas_and_volumes(text, value, unit):
    read = read_marked(text, ENGLISH).quantity
    assert (read.value, read.unit) == (value, unit)
    assert read_marked("Rp 5 rb", Notation(",", ("IDR",), "id")).quantity.value == 5000
