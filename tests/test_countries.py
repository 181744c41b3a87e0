"""Projects of several countries: their money, language, year, clock and holidays are their own.

Each is a folder with a `crossfoot.toml`, records and rates, and nothing of the package is edited.
"""

from decimal import Decimal

import pytest
import yaml

from expectations.assess import assess
from flows.service import schedules
from warehouse import project
from warehouse.drafting.draft import draft
from warehouse.records.acceptance import read_batch
from warehouse.store.database import open_memory
from warehouse.store.load import build_views, load
from warehouse.system.failure import Failure
from warehouse.terms import period
from warehouse.terms.interval import format_interval

SOURCE = "source: {id: s, publisher: an office, published: 2023-06}\nfigures:\n"
PRINTED = "id: a, area: CN, flow: exports, period: 2023-03, value: USD 5.0 billion"
PUBLISHED = period.parse("2023-04-20")
INDIA = ('area = "IN"', 'currency = "INR"', "fiscal_year_start = 4")
JAPAN = ('area = "JP"', 'currency = "JPY"', 'language = "ja"', 'timezone = "Asia/Tokyo"')


@pytest.fixture
def made(tmp_path, project_forgotten):
    """Make a project of settings, rates and figures, and use it; returns its database."""

    def make(*settings, rates=(), figures=(PRINTED,)):
        (tmp_path / "crossfoot.toml").write_text("\n".join(("[project]", *settings)), "utf-8")
        if rates:
            (tmp_path / "rates").mkdir(exist_ok=True)
            lines = "\n".join(("currency,quote,month,rate", *rates))
            (tmp_path / "rates" / "ours.csv").write_text(lines, "utf-8")
        project.use(tmp_path)
        records = tmp_path / "records"
        records.mkdir(exist_ok=True)
        lines = "\n".join(f"  - {{{figure}}}" for figure in figures)
        (records / "figures.yaml").write_text(SOURCE + lines + "\n", "utf-8")
        batch = read_batch([records])
        assert not batch.problems
        connection = open_memory()
        load(connection, batch, "test")
        return connection

    return make


def findings(connection):
    return {(f.rule, f.figures): f.message for f in assess(connection).findings}


TWICE = "id: {id}, area: JP, flow: exports, period: {month}, value: '{value}'"


@pytest.mark.parametrize(
    "rates",
    [
        ["USD,JPY,2023-03,133.70"],
        ["JPY,USD,2023-03,0.0074794"],
        ["EUR,JPY,2023-03,143.01", "EUR,USD,2023-03,1.0706"],  # crossed
        ["JPY,EUR,2023-03,0.0069925", "USD,EUR,2023-03,0.93406"],
    ],
)
def test_trade_in_two_currencies_is_held_together_by_any_rates(rates, made):
    figures = [
        TWICE.format(id="dollars", month="2023-03", value="US$65.8 billion"),
        TWICE.format(id="yen", month="2023-03", value="JPY 8.8 trillion"),
    ]
    assert findings(made(*JAPAN, rates=rates, figures=figures)) == {}
    figures[0] = figures[0].replace("65.8", "68.8")
    ((rule, about),) = findings(made(*JAPAN, rates=rates, figures=figures))
    assert (rule, about) == ("cny-and-usd-levels-agree", ("s/yen", "s/dollars"))


def test_a_project_s_rate_goes_before_the_package_s(made):
    made(*JAPAN, rates=["CNY,USD,2020-03,0.25"])
    connection = made(
        *JAPAN,
        figures=[
            "id: a, area: CN, flow: exports, period: 2020-03, value: CNY 4 billion",
            "id: b, area: CN, flow: exports, period: 2020-03, value: USD 1 billion",
        ],
    )
    rates = connection.execute(
        "select quote, currency, rate from core.rates where month = '2020-03-01'"
    ).fetchall()
    assert rates == [("CNY", "USD", Decimal(4))]


@pytest.mark.parametrize(
    ("rate", "message"),
    [
        ("USD,YEN,2023-03,133", "rates/ours.csv:2: quote 'YEN': is no currency; write the code"),
        ("USD,JPY,2023-13,133", "rates/ours.csv:2: month '2023-13': is no month; write 2024-01"),
        ("USD,JPY,2023-03,0", "rate '0': is no rate; write how many JPY for one USD"),
        ("USD,JPY,2023-03,nan", "rate 'nan': is no rate"),
        ("USD,JPY,2023-03,", "rate: is no rate"),
        ("JPY,JPY,2023-03,1", "quote 'JPY': is the currency itself"),
        ("USD,JPY", "rates/ours.csv:2: month: is no month"),
        ("USD,JPY,2023-03,133\nJPY,USD,2023-03,0.01", "is a second rate of JPY and USD in 2023-03"),
    ],
)
def test_a_wrong_rate_is_named_with_its_remedy(rate, message, made):
    with pytest.raises(Failure) as failure:
        made(*JAPAN, rates=[rate])
    assert message in str(failure.value)


def test_a_figure_that_prints_growth_alone_is_in_the_project_s_currency(made):
    growth = "id: a, area: IN, flow: exports, period: 2023-03, growth: 5.0%"
    connection = made(*INDIA, figures=[growth])
    assert connection.execute("select unit from core.figures").fetchall() == [("INR",)]
    with pytest.raises(AssertionError):  # nobody says the currency: refused, not guessed
        made('area = "IN"', figures=[growth])
    (problem,) = read_batch([project.root() / "records"]).problems
    assert 'write unit: EUR, say, or currency = "EUR" below [project]' in str(problem)
    with pytest.raises(Failure, match="currency: 'RUPEE' is no currency"):
        made('area = "IN"', 'currency = "RUPEE"', figures=[growth])


def test_a_fiscal_year_begins_when_the_project_says(made):
    figures = [
        "id: june, area: IN, flow: exports, period: 2022-04/2022-06, value: INR 300.0 billion",
        "id: july, area: IN, flow: exports, period: 2022-07, value: INR 100.0 billion",
        "id: to-july, area: IN, flow: exports, period: 2022-04/2022-07, value: INR 450.0 billion",
        "id: year, area: IN, flow: exports, period: 2022-04/2023-03, value: INR 1200.0 billion",
        "id: since-january, area: IN, flow: exports, period: 2023-01/2023-02, "
        "value: INR 200.0 billion",
    ]
    connection = made(*INDIA, figures=figures)
    spans = dict(connection.execute("select figure_id, span from core.figures").fetchall())
    assert {id_.removeprefix("s/"): span for id_, span in spans.items()} == {
        "june": "quarter",
        "july": "month",
        "to-july": "year-to-date",
        "year": "year",
        "since-january": "year-to-date",
    }
    broken = findings(connection)
    stretch = ("stretch-is-difference-of-cumulatives", ("s/june", "s/july", "s/to-july"))
    assert stretch in broken
    build_views(connection)
    to_date = connection.execute(
        "select period, earlier_period from year_to_date order by period_end"
    ).fetchall()
    assert to_date == [
        ("2022-04/2022-07", "2022-04/2022-06"),
        ("2022-04/2023-03", "2022-04/2022-07"),
    ]


@pytest.mark.parametrize("begins", [1, 2, 4, 7, 10, 12])
def test_the_macro_agrees_on_fiscal_years(begins, made):
    connection = made(f"fiscal_year_start = {begins}")
    days = connection.execute(
        "select day::date, fiscal_year(day::date) "
        "from range(date '1999-12-01', date '2001-03-01', interval 1 day) as days (day)"
    ).fetchall()
    assert all(period.fiscal_year(day) == year for day, year in days)
    halves = {
        period.parse(f"2020-{m:02}/{2020 + (m > 7)}-{(m + 4) % 12 + 1:02}") for m in range(1, 13)
    }
    assert [p.start.month for p in halves if p.span == "half-year"].count(begins) == 1
    assert sum(p.span == "half-year" for p in halves) == 2


def test_names_and_amounts_are_in_the_reader_s_language(made):
    growth = "id: a, area: JP, flow: exports, period: 2023-03, value: JPY 8.8 trillion"
    connection = made(*JAPAN[:2], figures=[growth])
    build_views(connection)
    assert connection.execute("select area_name from figures").fetchall() == [("Japan",)]
    trillion = Decimal(10) ** 12
    assert format_interval(8 * trillion, 9 * trillion, "JPY") == "8–9 trillion JPY"
    assert format_interval(None, Decimal("-0.2"), "ratio") == "≤ -20 %"
    assert format_interval(Decimal(1500000), None, "kg") == "≥ 1500 t"
    assert format_interval(Decimal("0.01"), Decimal("0.02"), "pp") == "1–2 percentage points"


def test_a_german_project_is_in_euros_and_in_german(made):
    figures = [
        "id: growth, area: Germany, flow: exports, period: 2023-02, growth: '5,0 %'",
        "id: euros, area: DE, flow: exports, period: 2023-03, value: '129,7 Mrd. EUR'",
        "id: dollars, area: Deutschland, flow: exports, period: 2023-03, value: '148,9 Mrd. USD'",
    ]
    connection = made(
        *('area = "DE"', 'currency = "EUR"', 'language = "de"', 'timezone = "Europe/Berlin"'),
        rates=["EUR,USD,2023-03,1.0706"],
        figures=figures,
    )
    ((rule, about), message), *others = findings(connection).items()
    assert (rule, about, others) == (
        "cny-and-usd-levels-agree",
        ("s/euros", "s/dollars"),
        [],
    )
    assert "billion EUR" in message and "亿" not in message
    build_views(connection)
    named = connection.execute("select distinct area_name, unit from figures order by unit")
    assert named.fetchall() == [("Deutschland", "EUR"), ("Deutschland", "USD")]


@pytest.mark.parametrize("row", ["CNY", "kg", "person", "ratio"])
def test_what_is_shown_in_english_is_no_chinese(row, made):
    made('language = "en"')
    for power in range(-3, 15):
        shown = format_interval(Decimal(10) ** power, 2 * Decimal(10) ** power, row)
        assert shown.replace("–", "-").isascii(), shown


def test_a_text_that_names_no_area_is_read_as_the_project_s(made, tmp_path):
    made(*JAPAN)
    (drafted,) = draft("Exports rose 4.3% in March 2023.", PUBLISHED).figures
    assert drafted.codes["area"] == "JP"
    assert any("read as Japan" in doubt for doubt in drafted.unsure)
    made('currency = "JPY"')
    unread = draft("Exports rose 4.3% in March 2023.", PUBLISHED)
    assert not unread.figures
    assert "names no area, and neither does the project" in {s.reason for s in unread.skipped}


def test_the_country_itself_reports_and_others_are_its_partners(made):
    made(*JAPAN)
    drafted = draft("Japan's exports to China rose 4.3% in March 2023.", PUBLISHED).figures
    assert [(f.codes["area"], f.codes["partner"]) for f in drafted] == [("JP", "CN")]


def test_the_clock_and_the_days_are_the_project_s(made):
    made(*JAPAN, 'release_days = [8, "18-20"]', 'release_time = "9:05"')
    timed = yaml.safe_load(schedules.deployments())["deployments"]
    crons = {
        deployment["name"]: (schedule["cron"], schedule["timezone"])
        for deployment in timed
        for schedule in deployment.get("schedules", ())
        if "cron" in schedule
    }
    assert crons == {
        "nightly": ("0 3 * * *", "Asia/Tokyo"),
        "monthly": ("5 9 8,18-20 * *", "Asia/Tokyo"),
    }


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("release_days = [32]", "[32] are no days of a month; write [7, 14] or ['7-10']"),
        ('release_days = "7"', "'7' are no days of a month"),
        ('release_days = ["10-7"]', "are no days of a month"),
        ('release_time = "24:00"', "'24:00' is no time; write '18:00'"),
    ],
)
def test_days_that_cannot_be_are_named(line, message, made):
    with pytest.raises(Failure) as failure:
        made(line)
    assert message in str(failure.value)


def test_an_implausible_month_is_told_which_holiday_moved(made):
    months = [f"{2022 + n // 12}-{n % 12 + 1:02}" for n in range(14)]
    figures = [
        f"id: m{month}, area: KR, flow: exports, period: {month}, value: KRW {value} billion"
        for month, value in zip(months, (*[100.0] * 13, 10.0), strict=True)
    ]
    found = findings(made('area = "KR"', 'currency = "KRW"', figures=figures))
    (message,) = (text for (rule, _), text in found.items() if rule == "level-in-line-with-history")
    assert message.endswith("; Lunar New Year fell in February 2022 and in January 2023")


def test_remedies_are_in_what_the_reader_prints(made):
    shown = {}
    for language in ("en", "zh"):
        made(f'language = "{language}"')
        (project.root() / "records" / "bad.yaml").write_text(
            SOURCE + "  - {id: b, area: DE, flow: exports, period: 2020-01, value: lots}\n", "utf-8"
        )
        (problem,) = read_batch([project.root() / "records" / "bad.yaml"]).problems
        shown[language] = problem.remedy
        (project.root() / "records" / "bad.yaml").unlink()
    assert "EUR 201.66 billion" in shown["en"]
    assert "亿" not in shown["en"]
    assert "2016.6亿元" in shown["zh"]
