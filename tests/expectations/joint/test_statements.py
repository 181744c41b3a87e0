"""Which statements of several sources and periods are tied, seen by what comes out of a check."""

from collections import defaultdict

import pytest

from expectations.check import check

AREA = "area: 成都市, flow: trade, period: 2020-01/2020-04"
ZONE = "area: 成都高新综合保税区, flow: trade, period: 2020-01/2020-04"


@pytest.fixture
def assess(tmp_path):
    """Check sources given as lists of figures, in YAML; returns the assessment."""

    def run(**sources):
        paths = []
        for number, (source, figures) in enumerate(sources.items()):
            head = f"source: {{id: {source}, publisher: P, published: {2021 + number}-05}}"
            lines = [head, "figures:", *(f"  - {{{figure}}}" for figure in figures)]
            paths.append(tmp_path / f"{source}.yaml")
            paths[-1].write_text("\n".join(lines), encoding="utf-8")
        checked = check(paths, tmp_path / "acknowledged.yaml")
        assert not checked.unusable, checked.batch.problems
        return checked.assessment

    return run


def errors(assessment):
    return [finding.rule for finding in assessment.findings if finding.severity == "error"]


# ── several sources ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("figures", "warned"),
    [
        ([f"id: p, {ZONE}, value: 103亿元, part_of: a/t"], "parts-not-above-total"),
        (
            [
                f"id: t, {AREA}, value: 110亿元",
                f"id: p, {ZONE}, value: 80亿元, share: 72.7%, share_of: a/t, part_of: t",
            ],
            "share-agrees-with-levels",
        ),
        (
            [
                f"id: t, {AREA}, value: 110亿元, growth: 10%, base: 100亿元",
                f"id: p, {ZONE}, value: 80亿元, base: 60亿元, part_of: a/t, "
                "contribution: 20个百分点",
            ],
            "revision-is-small",
        ),
    ],
)
def test_a_revision_between_sources_is_no_error(figures, warned, assess):
    assessment = assess(a=[f"id: t, {AREA}, value: 100亿元, base: 50亿元"], b=figures)
    assert errors(assessment) == []
    assert warned in {finding.rule for finding in assessment.findings}
    assert not assessment.joint.conflicts


def test_a_part_of_another_source_s_total_is_checked_against_its_own_source_s(assess):
    total = f"id: t, {AREA}, value: 100亿元"
    part = f"id: p, {ZONE}, value: 103亿元, part_of: a/t"
    assessment = assess(a=[total.replace("100", "110")], b=[total, part])
    assert errors(assessment) == ["figures-agree-jointly"]
    assert assessment.joint.conflicts[0].figures == ("b/p", "b/t")


def test_a_share_of_another_source_s_total_tells_what_its_own_source_has_for_it(assess):
    total = f"id: t, {AREA}, value: 100亿元"
    part = f"id: p, {ZONE}, value: 80亿元, share: 72.7%, share_of: a/t"
    (bound,) = assess(a=[total], b=[part]).joint.bounds
    assert (bound.source, bound.series.split(".")[0]) == ("b", "CN-5101")
    assert 109e8 < bound.lower < 110e8 < bound.upper < 111e8


def test_a_partition_of_parts_from_several_sources_makes_up_neither_source_s_total(assess):
    total = f"id: t, {AREA}, value: 100亿元, partition: regime"
    one = f"id: p, {AREA}, regime: 加工贸易, value: 60亿元, part_of: t"
    other = f"id: q, {AREA}, regime: 一般贸易, value: 50亿元, part_of: a/t"
    assessment = assess(a=[total, one], b=[other])
    assert errors(assessment) == []
    assert not assessment.joint.conflicts


# ── identities carried on, and what figures print of change ───────────────────────────────────

HERE = "area: CN, flow: exports, period: 2020-04"
PROCESSING = "area: CN, flow: exports, regime: 加工贸易"
NEAR = "regime: 加工贸易, operator: 民营企业"
EVERY_QUARTER = (1, 2, 3, 4)
# The parts of the total, seen in another year.
LINKED = [
    "id: t19, area: CN, flow: exports, period: 2019-Q1, value: 100亿元",
    f"id: p19, {PROCESSING}, period: 2019-Q1, value: 10亿元, part_of: t19",
]


def quarters(area, value, of=EVERY_QUARTER):
    return [f"id: q{n}, {area}, period: 2020-Q{n}, value: {value}" for n in of]


CANNOT_BE = {
    "bases of the parts printed of a partition": [
        f"id: t, {HERE}, value: 100亿元, growth: 0.0%, partition: regime",
        f"id: p, {HERE}, regime: 加工贸易, value: 60亿元, growth: -50.0%, part_of: t",
        f"id: q, {HERE}, regime: 一般贸易, value: 40亿元, part_of: t",
    ],
    "through a total without growth": [
        f"id: t, {HERE}, value: 100.0亿元, growth: 0.0%",
        f"id: m, {HERE}, regime: 加工贸易, value: 60.0亿元, part_of: t",
        f"id: p, {HERE}, {NEAR}, value: 55.0亿元, growth: -50.0%, part_of: m",
    ],
    "to a flow that nobody printed": [
        "id: t, area: CN, flow: trade, period: 2020, value: 200.0亿元",
        "id: i, area: CN, flow: imports, period: 2020, value: 20.0亿元",
        "id: ut, area: CN, partner: 美国, flow: trade, period: 2020, value: 80.0亿元, part_of: t",
        "id: ue, area: CN, partner: 美国, flow: exports, period: 2020, value: 30.0亿元",
    ],
    "quarters of a part in the year of its total": [
        *LINKED,
        "id: t, area: CN, flow: exports, period: 2020, value: 100亿元",
        *quarters(PROCESSING, "30亿元"),
    ],
    "two of them": [
        *LINKED,
        "id: t, area: CN, flow: exports, period: 2020, value: 100亿元",
        *quarters(PROCESSING, "60亿元", (2, 3)),
    ],
    "the year of a part in quarters of its total": [
        *LINKED,
        f"id: p, {PROCESSING}, period: 2020, value: 130亿元",
        *quarters("area: CN, flow: exports", "30亿元"),
    ],
    "a period within another": [
        "id: y, area: CN, flow: exports, period: 2020, value: 100亿元",
        *quarters("area: CN, flow: exports", "120亿元", (2,)),
    ],
    "ranks against levels": [
        "id: a, area: 成都市, flow: trade, period: 2020, value: 50.0亿元, rank: 3",
        "id: b, area: 绵阳市, flow: trade, period: 2020, value: 40.0亿元, rank: 2",
    ],
    "a share, its change, and levels of both years": [
        f"id: t, {HERE}, value: 100.0亿元, base: 100.0亿元",
        f"id: p, {HERE}, regime: 加工贸易, value: 30.0亿元, base: 30.0亿元, share: 30.0%, "
        "share_change: 2.0个百分点, part_of: t",
    ],
    "the growth of a surplus": [
        "id: b, area: CN, flow: balance, period: 2020, value: 150亿元, growth: 20%, base: 100亿元"
    ],
    "the growth of a deficit": [
        "id: b, area: CN, flow: balance, period: 2020, value: -150亿元, growth: 20%, base: -100亿元"
    ],
    "the growth of a surplus beside trade": [
        "id: b, area: CN, flow: balance, period: 2020, value: 50.0亿元, growth: 0.0%",
        "id: t, area: CN, flow: trade, period: 2020, value: 100.0亿元, growth: 150.0%",
    ],
    "a surplus above exports": [
        "id: b, area: CN, flow: balance, period: 2020, value: 150亿元",
        "id: e, area: CN, flow: exports, period: 2020, value: 100亿元",
    ],
    "a deficit above imports": [
        "id: b, area: CN, flow: balance, period: 2020, value: -150亿元",
        "id: i, area: CN, flow: imports, period: 2020, value: 100亿元",
    ],
    "a deficit above trade": [
        "id: b, area: CN, flow: balance, period: 2020, value: -150亿元",
        "id: t, area: CN, flow: trade, period: 2020, value: 100亿元",
    ],
    "a change": [
        f"id: t, {HERE}, value: 100.0亿元, base: 90.0亿元, growth_basis: 同比, change: 11.0亿元"
    ],
    "a change and a growth": [f"id: t, {HERE}, value: 100.0亿元, growth: 5.0%, change: 11.0亿元"],
    "the change of a balance": [
        "id: b, area: CN, flow: balance, period: 2020, value: -10.0亿元, base: 5.0亿元, "
        "growth_basis: 同比, change: 15.0亿元"
    ],
    "a contribution rate": [
        f"id: t, {HERE}, value: 110.0亿元, growth: 10.0%",
        f"id: p, {HERE}, regime: 加工贸易, value: 60.0亿元, base: 54.0亿元, "
        "contribution_rate: 70.0%, part_of: t",
    ],
    "contribution rates of all": [
        f"id: t, {HERE}, growth: -10.0%, partition: regime",
        f"id: p, {HERE}, regime: 加工贸易, growth_basis: 同比, contribution_rate: 70%, part_of: t",
        f"id: q, {HERE}, regime: 一般贸易, growth_basis: 同比, contribution_rate: 40%, part_of: t",
    ],
    "two growths of one level": [
        "id: a, area: CN, flow: exports, period: 2020-03, value: 100.0亿元",
        f"id: t, {HERE}, value: 110.0亿元, growth: 5.0%, other_growth: 20.0%, "
        "other_growth_basis: 环比",
    ],
    "a balance as share of another": [
        "id: t, area: CN, flow: balance, period: 2020, value: -100亿元",
        "id: p, area: CN, partner: 美国, flow: balance, period: 2020, value: -60亿元, "
        "share: 50%, share_of: t",
    ],
}


CAN_BE = {
    "a deficit that grew by its size": [
        "id: b, area: CN, flow: balance, period: 2020, value: -418.5亿元, growth: 907.5%, "
        "base: -41.5亿元"
    ],
    "a deficit that grew less": [
        "id: b, area: CN, flow: balance, period: 2020, value: -50亿元, growth: 50%, base: -100亿元"
    ],
    "a deficit of half the size": [
        "id: b, area: CN, flow: balance, period: 2020, value: -50亿元, growth: -50%, base: -100亿元"
    ],
    "a balance that changed its sign": [
        "id: b, area: CN, flow: balance, period: 2020, value: -50亿元, growth: 20%, base: 100亿元"
    ],
    "a contribution rate of what fell": [
        f"id: t, {HERE}, value: 90.0亿元, growth: -10.0%",
        f"id: p, {HERE}, regime: 加工贸易, value: 54.0亿元, base: 60.0亿元, "
        "contribution_rate: 60.0%, part_of: t",
    ],
    "averages a day of quarters and the year": [
        f"{figure}, transformation: 日均"
        for figure in (
            "id: y, area: CN, flow: exports, period: 2020, value: 100亿元",
            *quarters("area: CN, flow: exports", "100亿元"),
        )
    ],
    "ranks with gaps": [
        "id: a, area: 成都市, flow: trade, period: 2020, value: 30.0亿元, rank: 5",
        "id: b, area: 绵阳市, flow: trade, period: 2020, value: 40.0亿元, rank: 2",
    ],
}


def test_what_cannot_be_is_a_conflict_and_what_can_be_is_none(assess):
    """Each in a source of its own, in one go."""
    cases = {"-".join(name.replace(",", "").split()): CANNOT_BE[name] for name in CANNOT_BE}
    possible = {"-".join(name.split()): figures for name, figures in CAN_BE.items()}
    joint = assess(**cases, **possible).joint
    by_source = defaultdict(list)
    for conflict in joint.conflicts:
        assert conflict.explanations and not conflict.is_cut
        assert all(len(explanation) == 1 for explanation in conflict.explanations)
        by_source[conflict.figures[0].split("/")[0]].append(conflict)
    assert {source: len(conflicts) for source, conflicts in by_source.items()} == dict.fromkeys(
        sorted(cases), 1
    )


def test_a_rank_says_no_size(assess):
    (conflict,) = assess(s=CANNOT_BE["ranks against levels"]).joint.conflicts
    ranks = [s for (s,) in conflict.explanations if s.aspect == "rank"]
    assert [(s.printed, s.lower, s.upper) for s in ranks] == [("3", None, None), ("2", None, None)]
    assert not [repair for repair in conflict.repairs if repair.aspect == "rank"]


def test_a_change_of_share_is_settled_in_points(assess):
    (conflict,) = assess(
        s=CANNOT_BE["a share, its change, and levels of both years"]
    ).joint.conflicts
    (change,) = (s for (s,) in conflict.explanations if s.aspect == "share_change")
    assert -0.002 < change.lower < 0 < change.upper < 0.002


def test_only_what_readers_may_want_to_know_is_bounded(assess):
    """Not what carries identities on: the part in the year, the bases of the total between."""
    assert [bound.period for bound in assess(s=CAN_BE["ranks with gaps"]).joint.bounds] == []
    figures = [
        *LINKED,
        "id: t, area: CN, flow: exports, period: 2020, value: 200亿元",
        *quarters(PROCESSING, "30亿元", (2, 3)),
    ]
    bounds = assess(s=figures).joint.bounds
    assert [(bound.period, bool(bound.without)) for bound in bounds] == [("2019-01/2019-03", True)]


@pytest.mark.parametrize(("growth", "agrees"), [("900%", False), ("100%", True)])
def test_a_part_of_a_leg_is_held_against_the_flow_that_the_leg_is_of(growth, agrees, assess):
    """Also where nobody prints the leg in the period that both are measured from."""
    since = "other_growth_basis: on-two-years-before"
    assessment = assess(
        a=[
            f"id: t, {AREA}, value: 100亿元, other_growth: {growth}, {since}",
            f"id: e, {AREA.replace('trade', 'exports')}, value: 60亿元",
            f"id: p, {ZONE.replace('trade', 'exports')}, value: 30亿元, part_of: e, "
            f"other_growth: 0.0%, {since}",
        ]
    )
    assert bool(errors(assessment)) is not agrees


# ── growths and shares of rounded levels ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("printed", "agrees"),
    [
        # From 89.8 to 100.4 is 11.80 %, and from 90 to 100, as they are printed, 11.11111 %.
        ("value: 100亿元, growth: 11.11111%, change: 10.6亿元", True),
        ("value: 100亿元, base: 90亿元, growth: 11.11111%, change: 10.6亿元", True),
        # No level of whole 亿 before gives 15.00000 %: so it is one of the true levels.
        ("value: 100亿元, growth: 15.00000%, change: 10.6亿元", False),
        # With no more digits than the levels it is one of these as they are.
        ("value: 100.0亿元, growth: 11%, change: 10.6亿元", False),
        # Widened or not, it must go with the levels themselves.
        ("value: 100亿元, base: 91亿元, growth: 11.11111%, change: 10.6亿元", False),
        ("value: 100亿元, growth: 11.11111%, change: 14亿元", False),
        # A deficit that grew from 89.8 to 100.4: by its size, or the other way.
        ("flow: balance, value: -100亿元, growth: 11.11111%, change: -10.6亿元", True),
        ("flow: balance, value: -100亿元, growth: -11.11111%, change: -10.6亿元", True),
        ("flow: balance, value: -100亿元, growth: 11.11111%, change: -14亿元", False),
    ],
)
def test_a_growth_with_more_digits_than_its_levels_is_one_of_rounded_levels(
    printed, agrees, assess
):
    printed = printed if "flow" in printed else f"flow: trade, {printed}"
    area = "area: 成都市, period: 2020-01/2020-04"
    assert bool(errors(assess(a=[f"id: t, {area}, {printed}"]))) is not agrees


@pytest.mark.parametrize(
    ("share", "agrees"),
    [("33.33333%", True), ("33.61345%", True), ("33.6%", True), ("33.30000%", False)],
)
def test_a_share_with_more_digits_than_its_levels_is_one_of_rounded_levels(share, agrees, assess):
    exactly = [f"id: u, {AREA}, value: 11.90亿元", f"id: q, {ZONE}, value: 4.00亿元"]
    whole = f"id: t, {AREA}, value: 12亿元"
    part = f"id: p, {ZONE}, value: 4亿元, share: {share}, share_of: t, part_of: t"
    assert bool(errors(assess(a=[*exactly, whole, part]))) is not agrees
