"""Which statements of several sources and periods are tied, seen by what comes out of a check."""

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
