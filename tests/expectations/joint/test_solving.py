"""Joint consistency through record files: what no single rule finds, repairs, bounds."""

from decimal import Decimal

import pytest

from expectations.assess import assess as assess_loaded
from expectations.check import check
from expectations.joint import consistency, simplex
from tests.expectations.rules.test_figure_rules import CASES, loaded
from warehouse.terms import codes

CHENGDU = """source: {id: s, publisher: a bureau, published: 2020-06}
figures:
  - {id: m3, area: 成都市, flow: trade, period: 2020-01/2020-03, value: 1398.2亿元, growth: 14.1%}
  - {id: m4, area: 成都市, flow: trade, period: 2020-01/2020-04, value: 2016.6亿元, growth: 20.3%}
"""


@pytest.fixture
def assess(tmp_path):
    """Check one record file given as text; returns its assessment."""

    def run(text):
        path = tmp_path / "records.yaml"
        path.write_text(text, encoding="utf-8")
        checked = check([path], tmp_path / "acknowledged.yaml")
        assert not checked.unusable, checked.batch.problems
        return checked.assessment

    return run


def test_april_is_bounded_by_two_cumulatives_and_their_growth(assess):
    (april,) = assess(CHENGDU).joint.bounds
    assert april.period == "2020-04"
    assert (april.lower, april.upper) == (Decimal("61830000000"), Decimal("61850000000"))
    assert Decimal("0.3677") < april.growth_lower < april.growth_upper < Decimal("0.3754")


def test_a_growth_that_passes_rule_by_rule_may_fail_jointly(assess):
    fine = CHENGDU + "  - {id: april, area: 成都市, flow: trade, period: 2020-04, growth: 37.5%}\n"
    assert assess(fine).findings == ()
    assessment = assess(fine.replace("37.5%", "37.6%"))
    (finding,) = assessment.findings
    assert finding.rule == "figures-agree-jointly"
    assert finding.severity == "error"
    assert finding.figures == ("s/april", "s/m3", "s/m4")
    (conflict,) = assessment.joint.conflicts
    suspects = {(s.figure, s.aspect) for e in conflict.explanations for s in e}
    assert ("s/april", "growth") in suspects
    (april,) = (e[0] for e in conflict.explanations if e[0].figure == "s/april")
    assert Decimal("0.3753") < april.upper < Decimal("0.3754")


@pytest.mark.parametrize(
    ("spoil", "slip"),
    [
        (("value: 1539.7亿元", "value: 15397亿元"), "a decimal point one place to the right"),
        (("value: 1539.7亿元", "value: 153.97亿元"), "a decimal point one place to the left"),
        (("value: 1539.7亿元", "value: 1539.7万元"), "万 printed for 亿"),
        (("value: 1539.7亿元", "value: 1359.7亿元"), "two digits exchanged"),
        (("growth: 23.4%", "growth: -23.4%"), "the wrong sign"),
        (("value: 1539.7亿元", "value: 476.9亿元"), "exchanged with s/zone"),
    ],
)
def test_a_slip_is_suggested_but_never_applied(spoil, slip, assess):
    text = """source: {id: s, publisher: a bureau, published: 2020-06}
figures:
  - id: total
    area: 成都市
    flow: trade
    period: 2020-01/2020-04
    value: 2016.6亿元
    growth: 20.3%
    partition: true
    of_which:
      - {id: zone, regime: 加工贸易, value: 1539.7亿元, growth: 23.4%, share: 76.4%}
      - {id: rest, regime: 一般贸易, value: 476.9亿元, growth: 11.3%, share: 23.6%}
"""
    assert assess(text).findings == ()
    changed = text.replace(*spoil, 1)
    if "exchanged with" in slip:
        changed = changed.replace(
            "value: 476.9亿元, growth: 11.3%", "value: 1539.7亿元, growth: 11.3%"
        )
    assessment = assess(changed)
    assert assessment.withholds
    slips = {r.slip for conflict in assessment.joint.conflicts for r in conflict.repairs}
    assert slip in slips


@pytest.mark.parametrize(
    ("value", "slip"),
    [
        ("1,43 Mrd. Euro", "two digits exchanged"),
        ("1,34 Mio. Euro", "mio printed for mrd"),
        ("1,34 Millionen Euro", "millionen printed for milliarden"),
    ],
)
def test_a_slip_is_read_as_its_source_prints_numbers(value, slip, assess):
    """Whatever decimal mark and language the project has."""
    text = f"""source: {{id: s, publisher: ein Amt, published: 2020-06, language: de}}
figures:
  - id: all
    area: Germany
    flow: exports
    period: 2020-04
    value: "2,36 Mrd. Euro"
    partition: true
    of_which:
      - {{id: cars, product: AUTO, value: "{value}"}}
      - {{id: rest, product: STEEL, value: "1,02 Mrd. Euro"}}
"""
    slips = {r.slip for conflict in assess(text).joint.conflicts for r in conflict.repairs}
    assert slip in slips


def test_a_month_in_the_place_of_a_cumulative_is_suggested(assess):
    text = """source: {id: s, publisher: a bureau, published: 2020-06}
figures:
  - {id: m3, area: CN, flow: trade, period: 2020-01/2020-03, value: 300.0亿元}
  - {id: april, area: CN, flow: trade, period: 2020-04, value: 100.0亿元, growth: 5.0%}
  - {id: m4, area: CN, flow: trade, period: 2020-01/2020-04, value: 100.0亿元, growth: 5.0%}
"""
    (conflict, *_) = assess(text).joint.conflicts
    assert any(repair.slip == "it is of the period from 2020-04-01" for repair in conflict.repairs)


def test_a_figure_printed_under_another_flow_is_put_back_with_its_growth(assess):
    text = """source: {id: s, publisher: a bureau, published: 2020-06}
figures:
  - {id: trade, area: CN, flow: trade, period: 2020-04, value: 500.0亿元, growth: 10.0%}
  - {id: out, area: CN, flow: exports, period: 2020-04, value: 300.0亿元, growth: 20.0%}
  - {id: in, area: CN, flow: imports, period: 2020-04, value: 200.0亿元, growth: -2.2%}
"""
    assert assess(text).findings == ()
    conflicts = assess(text.replace("flow: imports", "flow: exports")).joint.conflicts
    repairs = [repair for conflict in conflicts for repair in conflict.repairs]
    assert any((r.figure, r.slip) == ("s/in", "it is of imports") for r in repairs), repairs


def test_what_the_parts_leave_over_and_a_missing_flow_are_bounded(assess):
    joint = assess("""source: {id: s, publisher: a bureau, published: 2020-06}
figures:
  - {id: t, area: CN, flow: trade, period: 2020-04, value: 100.0亿元}
  - id: e
    area: CN
    flow: exports
    period: 2020-04
    value: 60.0亿元
    of_which:
      - {id: p, regime: 加工贸易, value: 20.0亿元}
""").joint
    bounds = {(b.series.split(".")[2], b.without): (b.lower, b.upper) for b in joint.bounds}
    hundred = Decimal(10**8)
    assert bounds["imports", ()] == (Decimal("39.9") * hundred, Decimal("40.1") * hundred)
    (rest,) = (ends for (flow, without), ends in bounds.items() if without)
    assert rest == (Decimal("39.9") * hundred, Decimal("40.1") * hundred)


def test_a_figure_that_nothing_checks_is_named(assess):
    assessment = assess("""source: {id: s, publisher: a bureau, published: 2020-06}
figures:
  - {id: alone, area: CN, flow: trade, period: 2020-04, value: 100.0亿元}
""")
    assert assessment.unchecked == ("s/alone",)


@pytest.mark.parametrize(
    "rule",
    [
        "revision-is-small",
        "exports-mirror-imports",
        "cny-and-usd-levels-agree",
        "no-month-is-missing",
    ],
)
def test_what_a_finding_names_is_not_called_unchecked(rule, tmp_path):
    (case, *_) = sorted((CASES / rule).glob("fails*.yaml"))
    for number, text in enumerate(case.read_text("utf-8").split("\n---\n")):
        (tmp_path / f"{number}.yaml").write_text(text, "utf-8")
    connection = loaded(tmp_path)
    assessment = assess_loaded(connection)
    named = {figure for finding in assessment.findings for figure in finding.figures}
    alone = connection.execute(
        """select figure_id from found_coverage
        group by figure_id having bool_and(state = 'unchecked')"""
    ).fetchall()
    assert named & {figure for (figure,) in alone}, "the case no longer shows the matter"
    assert not named & set(assessment.unchecked)
    states = dict(
        connection.execute(
            "select figure_id, list(distinct state) from quality.coverage group by figure_id"
        ).fetchall()
    )
    assert not {figure for figure in named if states.get(figure) == ["unchecked"]}
    for figure in assessment.unchecked:
        assert states[figure] == ["unchecked"]


@pytest.mark.parametrize("unit", ["元", "万元", "亿元", "万亿元"])
def test_amounts_of_any_size_behave_alike(unit, assess):
    text = """source: {id: s, publisher: a bureau, published: 2020-06}
figures:
  - {id: t, area: CN, flow: trade, period: 2020, value: 100.0@}
  - {id: e, area: CN, flow: exports, period: 2020, value: 33.4@}
  - {id: i, area: CN, flow: imports, period: 2020, value: 66.7@}
""".replace("2020-06", "2021").replace("@", unit)
    assert assess(text).findings == ()
    assert assess(text.replace("66.7", "66.8")).withholds


def test_an_explained_conflict_makes_no_second_finding(assess):
    assessment = assess("""source: {id: s, publisher: a bureau, published: 2021}
figures:
  - {id: t, area: CN, flow: trade, period: 2020, value: 100.0亿元}
  - {id: e, area: CN, flow: exports, period: 2020, value: 33.4亿元}
  - {id: i, area: CN, flow: imports, period: 2020, value: 76.7亿元}
""")
    assert [f.rule for f in assessment.findings] == ["exports-and-imports-sum-to-trade"]
    (conflict,) = assessment.joint.conflicts
    assert [e[0].figure for e in conflict.explanations] == ["s/e", "s/i", "s/t"]


def open_total(parts, growth=""):
    """A record file of a total and of parts that are not said to be all of it."""
    countries = {row["code"] for row in codes.rows("geographies") if row["kind"] == "country"}
    rows = [row for row in codes.rows("partners") if row["code"] in countries][:250]
    places = [(row["code"], product) for product in ("AGRI", "AIRCRAFT") for row in rows]
    growth = growth and f", growth: {growth}"
    lines = [
        "source: {id: s, publisher: a bureau, published: 2021-02}",
        "figures:",
        "  - {id: total, area: CN, flow: exports, period: 2020, value: 99999亿元" + growth + "}",
    ]
    lines += [
        f"  - {{id: p{n}, part_of: total, partner: {partner}, product: {product}, "
        f"value: {n % 9 + 1}亿元{growth}}}"
        for n, (partner, product) in enumerate(places[:parts])
    ]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("growth", ["", "5.0%"])
def test_beyond_a_size_it_is_said_that_no_bounds_were_sought(assess, monkeypatch, growth):
    text = open_total(12, growth)
    sought = assess(text).joint
    assert sought.unbounded == 0
    assert len(sought.bounds) == 12
    assert list(sought.omissions()) == []
    monkeypatch.setattr(consistency, "MOST_ASKED", 20)
    left = assess(text).joint
    assert left.bounds == ()
    assert left.unbounded == 12
    assert list(left.omissions()) == [
        "no bounds were sought for 12 values that nobody printed: too many hang together"
    ]


@pytest.mark.parametrize("growth", ["", "5.0%"])
def test_a_misprint_among_many_parts_is_found_and_explained(assess, growth):
    """Of an open total, whose parts hang together by it alone: in steps, not in their square."""
    text = open_total(480, growth)
    assert assess(text).findings == ()
    assessment = assess(text.replace("value: 6亿元", "value: 6666666亿元", 1))
    assert {f.severity for f in assessment.findings} == {"error"}
    (conflict,) = assessment.joint.conflicts
    assert ("s/total", "value") in {(s.figure, s.aspect) for e in conflict.explanations for s in e}


def test_what_was_checked_by_rules_only_is_said(tmp_path, monkeypatch):
    april = "  - {id: april, area: 成都市, flow: trade, period: 2020-04, growth: 37.6%}\n"
    (tmp_path / "records.yaml").write_text(CHENGDU + april, "utf-8")
    monkeypatch.setattr(simplex, "PIVOTS", 0)
    connection = loaded(tmp_path)
    joint = assess_loaded(connection).joint
    assert joint.undetermined == ("s/april", "s/m3", "s/m4")
    assert list(joint.omissions()) == [
        "3 figures were checked by rules, not jointly: too many hang together"
    ]
    assert connection.execute("select distinct is_joint from quality.coverage").fetchall() == [
        (False,)
    ]


def test_a_fact_that_is_printed_very_often_is_held_against_its_extremes(assess):
    """As by a file that leaves out what tells its rows apart: not each against each."""
    text = "source: {id: s, publisher: a bureau, published: 2021-02}\nfigures:\n"
    rows = "  - {{id: f{}, area: CN, flow: exports, period: 2020, value: {}亿元}}\n"
    apart = "".join(rows.format(n, 5000 + 2 * n) for n in range(60))
    few = "".join(rows.format(n, 5000 + 2 * n) for n in range(8))

    def pairs(rows):
        findings = assess(text + rows).findings
        return [f.figures for f in findings if f.rule == "same-fact-agrees"]

    assert len(pairs(few)) == 8 * 7 / 2
    assert len(pairs(apart)) == 59 + 58
    assert {figure for pair in pairs(apart) for figure in pair} == {f"s/f{n}" for n in range(60)}
