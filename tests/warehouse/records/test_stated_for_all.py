"""What a source says for all of its records, and what a record says of its number."""

from datetime import date

import pytest

from expectations.assess import assess
from warehouse.records.acceptance import read_batch
from warehouse.store.database import open_memory
from warehouse.store.load import build_views, load

SOURCE = "source: {id: s, publisher: P, published: 2020-06"


@pytest.fixture
def accepted(tmp_path):
    """A function that reads a file of these lines."""

    def read(*lines, name="a.yaml"):
        (tmp_path / name).write_text("\n".join((*lines, "")), "utf-8")
        return read_batch([tmp_path], tmp_path)

    return read


def records_of(batch):
    assert batch.problems == []
    return {figure.record.id: figure.record for figure in batch.figures}


def told(batch):
    return [str(problem) for problem in batch.problems]


@pytest.fixture
def built():
    """A function that loads and assesses a batch, and answers queries."""
    with open_memory() as connection:

        def answer(batch, query):
            if not connection.execute(
                "from duckdb_schemas() where schema_name = 'core'"
            ).fetchall():
                load(connection, batch, "first")
                assess(connection, (), date(2020, 7, 1))
                build_views(connection)
            return connection.execute(query).fetchall()

        yield answer


def test_records_have_the_defaults_of_their_source_unless_they_say_otherwise(accepted):
    batch = accepted(
        SOURCE + ", defaults: {area: CN, flow: exports, basis: customs, status: P}}",
        "figures:",
        "  - {id: a, period: 2020-05, value: 5亿元}",
        "  - {id: b, period: 2020-05, value: 6亿元, basis: BoP, flow: imports, status: E}",
    )
    records = records_of(batch)
    a, b = records["a"], records["b"]
    assert (a.codes["area"], a.codes["basis"], a.flow, a.status) == (
        "CN",
        "customs",
        "exports",
        "P",
    )
    assert (b.codes["basis"], b.flow, b.status) == ("balance-of-payments", "imports", "E")


def test_what_a_total_says_goes_before_a_default(accepted):
    batch = accepted(
        SOURCE + ", defaults: {area: CN, flow: exports, adjustment: trend, unit: USD}}",
        "figures:",
        "  - id: a",
        "    period: 2020-05",
        "    adjustment: not-adjusted",
        "    value: 5亿元",
        "    of_which: [{id: b, area: CN-51, value: 1亿元}, {id: c, area: CN-11, share: 20%}]",
    )
    records = records_of(batch)
    assert {record.codes["adjustment"] for record in records.values()} == {"not-adjusted"}
    assert {record.unit for record in records.values()} == {"CNY"}


def test_a_default_reaches_the_parts_that_other_sources_print(accepted):
    accepted(
        SOURCE + ", defaults: {area: CN, flow: exports, basis: customs}}",
        "figures: [{id: a, period: 2020-05, value: 5亿元}]",
    )
    batch = accepted(
        "source: {id: t, publisher: P, published: 2020-06, defaults: {origin: domestic}}",
        "figures: [{id: b, part_of: s/a, area: CN-51, value: 1亿元}]",
        name="b.yaml",
    )
    codes = records_of(batch)["b"].codes
    assert (codes["flow"], codes["basis"], codes["origin"]) == ("exports", "customs", "domestic")


def test_defaults_reach_the_rows_of_a_sheet(accepted):
    accepted(
        "sources:",
        "  - {id: s, publisher: P, published: 2020-06, defaults: {area: CN, flow: exports}}",
        name="sources.yaml",
    )
    batch = accepted(
        "id,source,period,value,status,previous,basis",
        "a,s,2020-05,5.1亿元,provisional,5.0亿元,Census",
        name="a.csv",
    )
    record = records_of(batch)["a"]
    assert (record.status, record.previous.text, record.codes["basis"]) == (
        "P",
        "5.0亿元",
        "customs",
    )


def test_a_wrong_default_is_told_once_with_its_line(accepted):
    batch = accepted(
        "source:",
        "  id: s",
        "  publisher: P",
        "  published: 2020-06",
        "  defaults:",
        "    area: CN",
        "    flow: outwards",
        "    colour: red",
        "    id: x",
        "figures: [{id: a, period: 2020-05, value: 5亿元}]",
    )
    problems = told(batch)
    assert problems[0].startswith("a.yaml:9: defaults.id 'x': differs from record to record")
    assert problems[1].startswith("a.yaml:7: defaults.flow 'outwards': is not in the code list")
    assert problems[2].startswith("a.yaml:8: defaults.colour 'red': is no field of a record")
    assert len(problems) == 4
    assert problems[3].startswith("a.yaml:1: source 's': was rejected")


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("defaults: exports", "a.yaml:1: defaults must be a mapping"),
        ("defaults: {flow: [a]}", "a.yaml:1: defaults.flow: must be a single value"),
        ("language: German", "a.yaml:1: language 'German': is not well formed; write the code"),
        ("rounding: sideways", "a.yaml:1: rounding 'sideways': is no way to round; write half"),
    ],
)
def test_what_a_source_cannot_say(said, problem, accepted):
    batch = accepted(SOURCE + ", " + said + "}", "figures: []")
    assert told(batch)[0].replace(": must be a mapping", " must be a mapping").startswith(problem)


def test_licence_language_and_rounding_of_a_source_are_kept(accepted, built):
    batch = accepted(
        SOURCE + ", licence: CC BY 4.0, language: zh-Hant, rounding: nearest-5}",
        "figures: [{id: a, area: CN, flow: exports, period: 2020-05, value: 5亿元}]",
    )
    query = "select licence, language, rounding from core.sources"
    assert built(batch, query) == [("CC BY 4.0", "zh-Hant", "nearest-5")]


def test_the_value_printed_before_is_a_level_in_the_same_unit(accepted):
    batch = accepted(
        SOURCE + ", defaults: {area: CN, flow: exports, period: 2020-05}}",
        "figures:",
        "  - {id: a, value: 5.2亿元, previous: 5.0亿元}",
        "  - {id: b, value: 5.2亿元, previous: 5万吨}",
        "  - {id: c, value: 5.2亿元, previous: 5%}",
    )
    assert [figure.record.id for figure in batch.figures] == ["a"]
    assert told(batch)[0].startswith("a.yaml:4: previous '5万吨': is in kg, the figure in CNY")
    assert told(batch)[1].startswith("a.yaml:5: previous '5%'")


WHOLE = (
    SOURCE + ", defaults: {area: CN, flow: exports, period: 2020-05}}",
    "figures:",
    "  - id: whole",
    "    content: goods-and-services",
    "    partition: content",
    "    value: 9.0亿元",
    "    of_which:",
    "      - {id: goods, content: goods, value: 5.0亿元}",
)


@pytest.mark.parametrize(
    "kept_back", ["status: suppressed", "status: M", "confidentiality: confidential"]
)
def test_a_part_that_is_kept_back_opens_its_partition(kept_back, accepted, built):
    batch = accepted(*WHOLE, "      - {id: services, content: services, " + kept_back + "}")
    assert batch.totals() == {"read": 3, "accepted": 3, "quarantined": 0, "rejected": 0}
    parts = "select part_id, breakdown, is_partition, is_disjoint from core.parts order by 1"
    assert built(batch, parts) == [
        ("s/goods", "content", False, True),
        ("s/services", "content", False, True),
    ]
    assert built(batch, "from quality.findings") == []
    bounds = "select lower, upper from quality.bounds where series like '%services'"
    assert built(batch, bounds + " and without = []") == [(0, 410_000_000)]


def test_parts_that_are_all_printed_still_make_up_their_whole(accepted, built):
    batch = accepted(*WHOLE, "      - {id: services, content: services, value: 3.0亿元, status: P}")
    rules = built(batch, "select distinct rule_id from quality.findings order by 1")
    assert rules == [("partition-sums-to-total",)]


def test_a_figure_without_a_number_says_why(accepted):
    batch = accepted(
        SOURCE + ", defaults: {area: CN, flow: exports}}",
        "figures:",
        "  - {id: a, period: 2020-05, status: provisional}",
        "  - {id: b, period: 2020-04, status: missing}",
    )
    assert [figure.record.id for figure in batch.figures] == ["b"]
    assert "a.yaml:3: value: is missing" in told(batch)[0]


def test_status_is_seen_in_the_views(accepted, built):
    batch = accepted(
        SOURCE + ", defaults: {area: CN, flow: exports}}",
        "figures: [{id: a, period: 2020-05, value: 5亿元, status: estimated}]",
    )
    assert built(batch, "select status, confidentiality, basis from figures") == [
        ("E", None, "unstated")
    ]


def test_facts_that_differ_by_definition_alone_are_two(accepted, built):
    """Cases of a balance of payments and a census basis, and of adjusted and unadjusted figures."""
    batch = accepted(
        SOURCE + ", defaults: {area: US, flow: exports, period: 2020-05}}",
        "figures:",
        "  - {id: a, basis: BoP, value: USD 144.5 billion}",
        "  - {id: b, basis: Census, value: USD 90.0 billion}",
        "  - {id: c, adjustment: seasonally adjusted, value: USD 130.1 billion}",
        "  - {id: d, adjustment: unadjusted, value: USD 114.9 billion}",
        "  - {id: e, origin: re-exports, value: USD 20.0 billion}",
        "  - {id: f, origin: domestic, value: USD 70.0 billion}",
        "  - {id: g, price: chained, value: USD 88.0 billion}",
    )
    assert built(batch, "select count(*), count(distinct series) from figures") == [(7, 7)]
    assert built(batch, "from quality.findings") == []


@pytest.mark.parametrize("status", ["estimated", "flash", "forecast", "E", "revised", "A", ""])
def test_what_is_an_estimate_may_be_known_before_its_period_has_ended(accepted, status):
    said = f", status: {status}" if status else ""
    batch = accepted(
        SOURCE + ", defaults: {area: CN, flow: exports}}",
        f"figures: [{{id: a, period: 2020-07, value: 5亿元{said}}}]",
    )
    assert batch.problems == []
    early = status in ("estimated", "flash", "forecast", "E")
    assert (len(batch.figures), len(batch.quarantined)) == ((1, 0) if early else (0, 1))


@pytest.mark.parametrize(
    ("published", "period", "status"),
    [
        ("2020-07-31", "2020-07", None),
        ("2020-07-29", "2020-07", "P"),
        ("2020-07-01", "2020-07", "P"),
        ("2020-07", "2020-07", None),
        ("2020-12-20", "2020", "P"),
        ("2020-12-20", "../2020-12-31", "P"),
        ("2020-11-30", "2020", "aside"),
        ("2020-06-30", "2020-07", "aside"),  # a month to come is no estimate of this one
        ("2020-06-30", "../2020-08-01", "aside"),
    ],
)
def test_a_flash_estimate_is_provisional_if_nobody_says_more(accepted, published, period, status):
    batch = accepted(
        SOURCE.replace("2020-06", published) + ", defaults: {area: CN, flow: exports}}",
        f"figures: [{{id: a, period: {period}, value: 5亿元}}]",
    )
    assert batch.problems == []
    assert bool(batch.notices) == (status == "P")
    found = [figure.record.status for figure in batch.figures]
    assert found == ([] if status == "aside" else [status])
    assert all("status: P" in notice for notice in batch.notices)
    assert all("write status: estimated" in row.reason for row in batch.quarantined)


def test_what_says_its_status_keeps_it(accepted):
    batch = accepted(
        SOURCE.replace("2020-06", "2020-07-29") + ", defaults: {area: CN, flow: exports}}",
        "figures: [{id: a, period: 2020-07, value: 5亿元, status: E}, "
        "{id: b, period: 2020-07, value: 6亿元, partner: US, status: revised}]",
    )
    assert [figure.record.status for figure in batch.figures] == ["E", "R"]
    assert batch.notices == ()
