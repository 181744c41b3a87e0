"""Everything known of a figure, on the shipped records and on a copy with one digit changed."""

import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from desk.describe import describe, draw, render
from expectations.acknowledgements import Acknowledgement, content
from expectations.assess import assess
from tests.conftest import RECORDS, ROOT
from warehouse.records.acceptance import read_batch
from warehouse.store import database
from warehouse.store.load import build_views, load

SOURCE = "people-daily-2020-05-foreign-trade"
CHENGDU, ZONE = f"{SOURCE}/chengdu", f"{SOURCE}/chengdu-hitech-cbz"
WRONG = "wrong-on-purpose"


def build(records, path, accepted=False):
    with database.create(path) as connection:
        load(connection, read_batch([records], records), "first")
        build_views(connection)
        entries = []
        if accepted:
            figures = (f"{WRONG}/chengdu-hitech-cbz", f"{WRONG}/chengdu")
            digests = dict(
                connection.execute("select figure_id, digest from raw.figures").fetchall()
            )
            entry = Acknowledgement(
                rule="parts-not-above-total",
                figures=figures,
                reason="printed so",
                reviewer="L. Wang",
                expires=date(2027, 3, 31),
                content=content(figures, digests),
            )
            entries.append(entry)
        assess(connection, entries, date(2026, 11, 24))
    return path


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    return build(RECORDS, tmp_path_factory.mktemp("shipped") / "trade.duckdb")


@pytest.fixture(scope="module")
def wrong(tmp_path_factory):
    path = tmp_path_factory.mktemp("wrong") / "trade.duckdb"
    return build(ROOT / "examples" / "deliberately-wrong", path, accepted=True)


def shown(database_path, figure_id, width=160):
    out = io.StringIO()
    Console(file=out, width=width, highlight=False).print(
        render(describe(database_path, figure_id))
    )
    return out.getvalue()


def test_a_figure_is_described_with_its_source_parts_and_bounds(shipped):
    known = describe(shipped, CHENGDU)
    assert {(c.dimension, c.name, c.name_en) for c in known.key} >= {("area", "成都市", "Chengdu")}
    assert known.figure.source.publisher == "人民日报"
    assert [part.figure_id for part in known.parts] == [ZONE]
    assert [one.change for one in known.revisions] == ["added"]
    ((series, bound),) = known.bounds
    assert series == known.figure.series[0] and len(bound.without) == 1
    assert (bound.lower, bound.upper) == (Decimal("47680000000"), Decimal("47700000000"))
    assert (known.total, known.whole, known.findings, known.conflicts) == (None, None, (), ())


def test_the_part_knows_its_total_and_what_it_leaves(shipped):
    known = describe(shipped, ZONE)
    assert known.total is not None and known.total.figure_id == CHENGDU
    assert [series for series, _ in known.bounds] == [known.total.series[0]]


def test_it_is_shown_with_its_line_intervals_and_coverage(shipped):
    text = shown(shipped, CHENGDU)
    line = describe(shipped, CHENGDU).figure.line
    for part in (
        *(CHENGDU, "成都市 Chengdu", "人民日报, published 2020-05", "¶26"),
        *("value 2016.6亿元, partly", "2016.55–2016.65亿元", "growth year-on-year 20.3%"),
        *("├", "┤", f"2020-05-foreign-trade.yaml:{line}", "476.8–477.0亿元", ZONE, "76.346"),
        "first: 2016.6亿元, growth 20.3%",
    ):
        assert part in text


@pytest.mark.slow
def test_every_shipped_figure_can_be_shown_on_a_narrow_terminal(shipped):
    with database.open_readonly(shipped) as connection:
        # One of each kind of what is printed, how, and how it hangs together.
        ids = connection.execute(
            """select min(figure_id) from core.figures
            group by value_hedge, growth_printed is null, share_printed is null,
                part_of is null, share_of = part_of, span, period_start is null"""
        ).fetchall()
    assert len(ids) > 10
    for (figure_id,) in ids:
        assert figure_id.rpartition("/")[2] in shown(shipped, figure_id, 400)
        assert shown(shipped, figure_id, 60)


def test_an_end_that_is_unbounded_is_drawn_open(tmp_path):
    (tmp_path / "open.yaml").write_text(
        "source: {id: s, publisher: p, published: 2020-05}\n"
        "figures:\n"
        "  - {id: a, area: CN, flow: exports, period: 2020-04, value: 超过720亿元}\n",
        "utf-8",
    )
    text = shown(build(tmp_path, tmp_path / "trade.duckdb"), "s/a")
    assert "►" in text and "≥ 720亿元" in text and "unchecked" in text


def test_what_is_spoken_as_more_ends_at_the_next_number_spoken_so(shipped):
    text = shown(shipped, f"{SOURCE}/binhai-cbec-orders")
    assert "►" not in text and "720–730万单" in text and "unchecked" in text


def test_a_contradiction_shows_findings_suspect_and_slips(wrong):
    known = describe(wrong, f"{WRONG}/chengdu-hitech-cbz")
    assert {found.finding.rule.rule_id for found in known.findings} == {
        *("parts-not-above-total", "part-bases-not-above-total")
    }
    accepted = [found for found in known.findings if found.acknowledgement]
    assert [found.finding.acknowledged_by for found in accepted] == ["L. Wang"]
    assert known.conflicts
    text = shown(wrong, known.figure.figure_id, 300)
    for part in (
        *("would settle it", "exceeds its total", "<= its total", "L. Wang until 2027-03-31"),
        *("active: printed so", "slip", "a decimal point one place to the right", "suspect"),
    ):
        assert part in text


def test_an_unknown_figure_names_the_nearest(shipped):
    with pytest.raises(LookupError, match=f"nearest: .*{CHENGDU}"):
        describe(shipped, f"{SOURCE}/chendu")
    with pytest.raises(LookupError, match=f"nearest: .*{ZONE}"):
        describe(shipped, "chengdu-hitech-cb")
    with pytest.raises(LookupError, match=r"there is no figure ~~~$"):
        describe(shipped, "~~~")


def test_other_vintages_of_the_fact_are_drawn_beside_it(tmp_path):
    for published, value in (("2020-05", "2016.6亿元"), ("2020-06", "2020亿元")):
        (tmp_path / f"{published}.yaml").write_text(
            f"source: {{id: s-{published}, publisher: p, published: {published}}}\n"
            "figures:\n"
            f"  - {{id: a, area: 成都市, flow: trade, period: 2020-01/2020-04, "
            f"value: {value}}}\n",
            "utf-8",
        )
    path = build(tmp_path, tmp_path / "trade.duckdb")
    known = describe(path, "s-2020-05/a")
    assert [other.figure_id for other in known.vintages] == ["s-2020-06/a"]
    text = shown(path, "s-2020-05/a")
    assert "2019.5–2020.5亿元" in text


def test_draw_puts_intervals_on_one_axis():
    d = Decimal
    assert draw(d(0), d(10), [(d(5), d(10)), (None, d(5)), (d(10), None), (None, None)], 13) == [
        " ├─────────┤ ",
        "      ├────┤ ",
        "◄─────┤      ",
        "           ├►",
        "◄───────────►",
    ]
    assert draw(d(3), d(3), width=5) == ["  │  "]
    assert draw(None, None, width=5) == ["◄───►"]
    assert draw(d(1), None, width=5) == ["  ├─►"]
    with pytest.raises(ValueError, match="five"):
        draw(d(1), d(2), width=4)


ENDS = st.one_of(st.none(), st.decimals(-(10**12), 10**12, places=2))
INTERVALS = st.tuples(ENDS, ENDS).map(
    lambda ends: tuple(sorted(ends)) if None not in ends else ends
)


@given(INTERVALS, st.lists(INTERVALS, max_size=4), st.integers(5, 80))
def test_draw_is_aligned_and_keeps_order(first, others, width):
    lines = draw(*first, others, width)
    assert len(lines) == 1 + len(others)
    assert {len(line) for line in lines} == {width}
    placed = [
        (lower, len(line) - len(line.lstrip()))
        for line, (lower, _) in zip(lines, [first, *others], strict=True)
        if lower is not None
    ]
    assert [start for _, start in sorted(placed)] == sorted(start for _, start in placed)
