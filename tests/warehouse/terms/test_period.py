"""The period notation: what it means, what it comes back as, and what is refused."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.terms.period import (
    EXAMPLES,
    PeriodError,
    months_before,
    parse,
    year_before,
    years_among,
)

READ = [  # written, canonical, first day, last day, span
    ("2020", "2020", date(2020, 1, 1), date(2020, 12, 31), "year"),
    ("2020-01/2020-12", "2020", date(2020, 1, 1), date(2020, 12, 31), "year"),
    ("2020-01-01/2020-12-31", "2020", date(2020, 1, 1), date(2020, 12, 31), "year"),
    ("2020-02", "2020-02", date(2020, 2, 1), date(2020, 2, 29), "month"),
    ("2021-02-01/2021-02-28", "2021-02", date(2021, 2, 1), date(2021, 2, 28), "month"),
    ("2020-01/2020-04", "2020-01/2020-04", date(2020, 1, 1), date(2020, 4, 30), "year-to-date"),
    (" 2020-01 / 2020-04 ", "2020-01/2020-04", date(2020, 1, 1), date(2020, 4, 30), "year-to-date"),
    ("2020-Q1", "2020-01/2020-03", date(2020, 1, 1), date(2020, 3, 31), "quarter"),
    ("2020-Q4", "2020-10/2020-12", date(2020, 10, 1), date(2020, 12, 31), "quarter"),
    ("2020-Q1/2020-Q3", "2020-01/2020-09", date(2020, 1, 1), date(2020, 9, 30), "year-to-date"),
    ("2020-H1", "2020-01/2020-06", date(2020, 1, 1), date(2020, 6, 30), "half-year"),
    ("2020-H2", "2020-07/2020-12", date(2020, 7, 1), date(2020, 12, 31), "half-year"),
    ("2020-02/2020-03", "2020-02/2020-03", date(2020, 2, 1), date(2020, 3, 31), "range"),
    ("2019/2020", "2019-01/2020-12", date(2019, 1, 1), date(2020, 12, 31), "range"),
    ("2020-05-08", "2020-05-08", date(2020, 5, 8), date(2020, 5, 8), "day"),
    ("2020-05-08/2020-05-08", "2020-05-08", date(2020, 5, 8), date(2020, 5, 8), "day"),
    (
        "2020-03-18/2020-05-08",
        "2020-03-18/2020-05-08",
        date(2020, 3, 18),
        date(2020, 5, 8),
        "range",
    ),
    ("1905", "1905", date(1905, 1, 1), date(1905, 12, 31), "year"),
    ("2020-W05", "2020-01-27/2020-02-02", date(2020, 1, 27), date(2020, 2, 2), "range"),
    ("2020-W53", "2020-12-28/2021-01-03", date(2020, 12, 28), date(2021, 1, 3), "range"),
    ("../2020-05-08", "../2020-05-08", None, date(2020, 5, 8), "cumulative"),
    ("../2020-05", "../2020-05-31", None, date(2020, 5, 31), "cumulative"),
]


@pytest.mark.parametrize(("text", "canonical", "start", "end", "span"), READ)
def test_reads(text, canonical, start, end, span):
    period = parse(text)
    assert (period.text, period.start, period.end, period.span) == (canonical, start, end, span)
    assert parse(period.text) == period


@pytest.mark.parametrize(
    "text", [part.strip() for part in EXAMPLES.replace(" or ", ", ").split(",")]
)
def test_the_examples_that_messages_show_are_read(text):
    assert parse(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2020-13", "no month 13"),
        ("2020-00", "no month 00"),
        ("2020-02-30", "no day 30 in 2020-02"),
        ("2021-02-29", "no day 29 in 2021-02"),
        ("2020-05-00", "no day 00"),
        ("2020-04/2020-01", "ends before it begins"),
        ("2020-05-08/2020-05-07", "ends before it begins"),
        ("2020-05/2020-04-30", "ends before it begins"),
        ("1699", "not between 1700 and 2199"),
        ("2200-01", "not between 1700 and 2199"),
        ("0000", "not between 1700 and 2199"),
        ("2021-W53", "no week 53 in 2021"),
        ("2019-20", "a fiscal year is written FY2019-20"),
        ("FY2019-20", "fiscal_year_start"),
        ("FY2019-21", "do not follow each other"),
        *(
            (text, "is not a period")
            for text in (
                *("", " ", "/", "..", "../..", "2020/..", "2020/", "/2020", "2020/2021/2022"),
                *("13月", "2020年", "2020年5月", "二〇二〇", "May 2020", "20200508", "2020.5"),
                *("2020-5", "20-05", "2020-Q5", "2020-Q0", "2020-H3", "2020-q1", "2020-W1"),
                *("2020-Q1-01", "2020-05-8", "2020-05-08T00:00", "-2020", "+2020", "2020~"),
                *("2020--05", "2020 05", "2020-05\n2020-06", "{}", "%s", "nan"),
            )
        ),
    ],
)
def test_refuses(text, says):
    with pytest.raises(PeriodError) as refusal:
        parse(text)
    assert says in str(refusal.value)
    assert repr(text) in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "first_month", "canonical"),
    [
        ("FY2019-20", 4, "2019-04/2020-03"),
        ("2019-20", 4, "2019-04/2020-03"),
        ("1999-00", 4, "1999-04/2000-03"),
        ("2019/20", 7, "2019-07/2020-06"),
        ("2012-11", 4, "2012-11"),
        ("FY2019-2020", 4, "2019-04/2020-03"),
        ("FY 2019/20", 7, "2019-07/2020-06"),
        ("FY1999-00", 10, "1999-10/2000-09"),
        ("FY2019-20-Q4", 4, "2020-01/2020-03"),
        ("FY2019-20-H1", 4, "2019-04/2019-09"),
        ("2019-04/2020-03", 4, "2019-04/2020-03"),
    ],
)
def test_a_fiscal_year_begins_where_the_project_says(text, first_month, canonical):
    assert parse(text, first_month).text == canonical


@pytest.mark.parametrize("text", ["2010-11", "2011-12", "2010/11"])
def test_a_month_that_may_be_a_fiscal_year_is_asked_about(text):
    with pytest.raises(PeriodError, match=r"write FY201[01]-1[12], or 201[01]-1[12]-01/"):
        parse(text, 4)
    assert parse("2010-11").span == "month"


def test_a_fiscal_year_of_one_number_is_asked_about():
    with pytest.raises(PeriodError, match="write FY2019-20 or FY2018-19"):
        parse("FY2019", 4)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.integers(0, 3000))
def test_any_stretch_of_days_survives_its_own_text(start, days):
    end = min(start + timedelta(days), date(2199, 12, 31))
    period = parse(f"{start}/{end}")
    assert (period.start, period.end) == (start, end)
    assert parse(period.text) == period


@given(st.text(max_size=30))
def test_no_text_breaks_it(text):
    try:
        period = parse(text)
    except PeriodError:
        return
    assert parse(period.text) == period


@given(st.dates(date(1700, 1, 1), date(2199, 12, 31)), st.integers(1, 1200))
def test_months_before_a_day_are_months_after_it(day, months):
    before = months_before(day, months)
    assert (day.year - before.year) * 12 + day.month - before.month == months
    ends = [d.day == monthrange(d.year, d.month)[1] for d in (day, before)]
    assert before.day == day.day or (ends[1] and (ends[0] or before.day < day.day))
    assert ends[1] or not ends[0]


def test_the_last_day_of_february_stays_the_last():
    assert year_before(date(2021, 2, 28)) == date(2020, 2, 29)
    assert year_before(date(2020, 2, 29)) == date(2019, 2, 28)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("Jan 2024", "write 2024-01"),
        ("September, 2024", "write 2024-09"),
        ("Jan-Sept 2024", "write 2024-01/2024-09"),
        ("2024/1", "write 2024-01"),
        ("2024M12", "write 2024-12"),
        ("12.2024", "write 2024-12"),
        ("2024年3月", "write 2024-03"),
        ("2024年1-4月", "write 2024-01/2024-04"),
        ("2024年", "write 2024"),
        ("2024Q1", "write 2024-Q1"),
        ("Q1 2024", "write 2024-Q1"),
        ("4T2024", "write 2024-Q4"),
        ("FY 2024", "write 2024 where it is the calendar year; else say fiscal_year_start "),
        ("12 months to March 2024", "write 2023-04/2024-03"),
        ("twelve months ended 2024-03", "write 2023-04/2024-03"),
        ("three months to April 2024", "write 2024-02/2024-04"),
        ("year to June 2024", "write 2023-07/2024-06"),
        ("截至2024年3月的12个月", "write 2023-04/2024-03"),
        ("first five months of 2024", "write 2024-01/2024-05"),
        ("2024年前5个月", "write 2024-01/2024-05"),
        ("first half of 2024", "write 2024-H1"),
        ("2024年下半年", "write 2024-H2"),
        ("H1 2024", "write 2024-H1"),
        ("2024年第一季度", "write 2024-Q1"),
        ("second quarter of 2024", "write 2024-Q2"),
        ("2008年5月上旬", "write 2008-05-01/2008-05-10"),
        ("2008年2月下旬", "write 2008-02-21/2008-02-29"),
        ("first twenty days of May 2008", "write 2008-05-01/2008-05-20"),
        ("first 10 days of May 2008", "write 2008-05-01/2008-05-10"),
        ("1-20 May 2008", "write 2008-05-01/2008-05-20"),
        ("May 1-20, 2008", "write 2008-05-01/2008-05-20"),
        ("2008年5月1日至20日", "write 2008-05-01/2008-05-20"),
        ("2008年5月9日", "write 2008-05-09"),
        ("9 May 2008", "write 2008-05-09"),
        ("20080509", "write 2008-05-09"),
        ("2008/05/09", "write 2008-05-09"),
        ("week 5 of 2024", "write 2024-W05"),
        ("W5 2024", "write 2024-W05"),
        ("2024 week 5", "write 2024-W05"),
        ("KW 5/2024", "write 2024-W05"),
        ("2024年第5周", "write 2024-W05"),
        ("2024W05", "write 2024-W05"),
        ("fiscal year 2019-20", "write FY2019-20"),
        ("2019/20", "write FY2019-20"),
        ("2019-2020", "write FY2019-20"),
        ("week 60 of 2024", ""),
        ("2024/13", ""),
        ("01/02/2024", ""),
        ("12024", ""),
    ],
)
def test_a_period_as_others_write_it_is_answered_with_ours(text, remedy):
    with pytest.raises(PeriodError) as error:
        parse(text)
    assert error.value.remedy.startswith(remedy) and bool(error.value.remedy) == bool(remedy)


@pytest.mark.parametrize(
    ("texts", "years"),
    [
        ("2009-10 2010-11 2011-12", "2009-10 2010-11 2011-12"),
        ("2009-10 2010-11 2011-12 2012-13 2014-15", "2009-10 2010-11 2011-12 2012-13"),
        ("2009/10 2010/11 2011/12", "2009/10 2010/11 2011/12"),
        ("1998-99 1999-00 2000-01", "1998-99 1999-00 2000-01"),
        ("2009-10 2010-11", ""),
        ("2009-10 2011-12 2010-10", ""),
        # A table of months.
        ("2009-09 2009-10 2010-10 2010-11 2011-12", ""),
        ("2009-10 2010-11 2011-12 2015-03", "2009-10 2010-11 2011-12"),
    ],
)
def test_years_in_a_row_are_hardly_months(texts, years):
    assert years_among(texts.split()) == set(years.split())
