"""Slips within a printed number: each kind is undone in the text, in values and growths alike."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.joint.slips import PrintedNumber, slips_into, text_for
from warehouse.terms.notation import Notation
from warehouse.terms.quantity import QuantityError, parse_growth, parse_value


def printed(text, language="en", currency="EUR", languages=()):
    notation = Notation(".", (currency,), language)
    parse = parse_growth if text.endswith("%") else parse_value

    def read(other):
        try:
            return parse(other, notation)
        except QuantityError:
            return None

    quantity = read(text)
    assert quantity is not None
    return PrintedNumber(text, quantity, read, ".", {language, *languages}, parse is parse_value)


def found(number, right):
    """The slips that lead from a printed number to what another text stands for."""
    meant = number.read(right)
    assert meant is not None
    return {
        slip.corrected: slip.kind
        for slip in slips_into(number, Fraction(meant.lower), Fraction(meant.upper))
    }


@pytest.mark.parametrize(
    ("wrong", "right", "kind"),
    [
        ("201.66 million EUR", "2016.6 million EUR", "a decimal point one place to the left"),
        ("20166 million EUR", "2016.6 million EUR", "a decimal point one place to the right"),
        ("2061.6 million EUR", "2016.6 million EUR", "two digits exchanged"),
        ("2916.6 million EUR", "2016.6 million EUR", "one digit wrong"),
        ("216.6 million EUR", "2016.6 million EUR", "a digit left out"),
        ("20016.6 million EUR", "2016.6 million EUR", "a digit printed twice"),
        ("20316.6 million EUR", "2016.6 million EUR", "a digit too many"),
        ("2.5 million EUR", "2.5 billion EUR", "million printed for billion"),
        ("2.5 thousand EUR", "2.5 million EUR", "thousand printed for million"),
        ("12 lakh EUR", "12 crore EUR", "lakh printed for crore"),
        ("23.0%", "20.3%", ""),
        ("20.3%", "-20.3%", "the wrong sign"),
        ("up 3.2%", "down 3.2%", "the wrong sign"),
        ("增长3.2%", "下降3.2%", "the wrong sign"),
        ("2.03%", "20.3%", "a decimal point one place to the left"),
        ("20.8%", "20.3%", "one digit wrong"),
    ],
)
def test_a_slip_is_undone_in_the_text(wrong, right, kind):
    slips = found(printed(wrong), right)
    assert right in slips
    assert not kind or slips[right] == kind


def test_scales_of_chinese_only_where_it_may_be_printed():
    assert "20.3亿 EUR" not in found(printed("20.3 million EUR"), "2030 million EUR")
    chinese = printed("20.3亿元", "zh", "CNY")
    assert found(chinese, "20.3万元")["20.3万元"] == "亿 printed for 万"
    assert found(chinese, "20.3百万元")["20.3百万元"] == "亿 printed for 百万"


@pytest.mark.parametrize("zero", ["0.0%", "0 million EUR"])
def test_a_zero_has_no_slips(zero):
    assert slips_into(printed(zero), None, None) == []


def test_what_is_corrected_is_written_like_what_is_printed():
    yen = printed("1,063,005,048 yen", currency="JPY")
    (slip,) = slips_into(yen, Fraction(1603005000), Fraction(1603005100))
    assert (slip.corrected, slip.kind) == ("1,603,005,048 yen", "two digits exchanged")
    assert text_for(yen, Fraction(2)) == "2 yen"


@given(st.integers(100, 99999), st.integers(0, 9), st.data())
def test_one_wrong_digit_is_always_found(number, digit, data):
    right = str(number)
    place = data.draw(st.integers(0, len(right) - 1))
    wrong = right[:place] + str(digit) + right[place + 1 :]
    if wrong == right or wrong[0] == "0":
        return
    assert f"{right} million EUR" in found(printed(f"{wrong} million EUR"), f"{right} million EUR")


@given(st.decimals(Decimal("0.1"), Decimal(999), places=1))
def test_every_slip_reads_into_the_range(value):
    number = printed(f"{value} million EUR")
    lower, upper = Fraction(10**6), Fraction(10**8)
    for slip in slips_into(number, lower, upper):
        assert slip.quantity == number.read(slip.corrected)
        assert slip.quantity.upper >= lower and slip.quantity.lower <= upper
