"""Causes: one fault is one cause, whatever number of rules it breaks."""

import pytest

from expectations import acknowledgements
from expectations.check import check

TOTAL = """source: {{id: s, publisher: a bureau, published: 2020-06}}
figures:
  - id: total
    area: 成都市
    flow: trade
    period: 2020-01/2020-04
    value: {total}
    growth: 20.3%
    of_which:
      - {{id: zone, regime: 加工贸易, value: 1539.7亿元, growth: 23.4%}}
      - {{id: rest, regime: 一般贸易, value: 476.9亿元, growth: 11.3%}}
      - {{id: other, regime: 其他, value: 310.1亿元}}
"""


@pytest.fixture
def checked(tmp_path):
    """Check one record file given as text."""

    def run(text):
        path = tmp_path / "records.yaml"
        path.write_text(text, encoding="utf-8")
        return check([path], tmp_path / "acknowledged.yaml")

    return run


def test_what_holds_has_no_cause(checked):
    assert checked(TOTAL.format(total="3016.6亿元")).assessment.causes == ()


def test_one_bad_total_is_one_cause_however_many_parts_exceed_it(checked):
    result = checked(TOTAL.format(total="201.66亿元"))
    (cause,) = result.assessment.causes
    errors = [f for f in result.assessment.findings if f.severity == "error"]
    assert len(errors) > 1 and {f.id for f in errors} <= {f.id for f in cause.findings}
    assert all(finding.cause == cause.id for finding in errors)
    assert "201.66亿元" in cause.title and "too low by at least" in cause.title
    assert "成都市" in cause.title and "2020-01/2020-04" in cause.title
    (suspect, *_) = cause.suspects
    assert (suspect.figure, suspect.aspect) == ("s/total", "value")
    assert "2016.6亿元" in {slip.corrected for slip in cause.slips} and len(cause.slips) <= 5
    shown = result.to_json()["causes"][0]
    assert shown["id"] == cause.id and shown["slips"][0]["corrected"]


def test_two_faults_are_two_causes(checked):
    text = TOTAL.format(total="201.66亿元")
    second = text.replace("id: s,", "id: t,").split("figures:")[1].replace("成都市", "北京市")
    second = second.replace("id: total", "id: total2").replace("2020-01/2020-04", "2019")
    for name in ("zone", "rest", "other"):
        second = second.replace(f"id: {name}", f"id: {name}2")
    causes = checked(text + second.lstrip("\n")).assessment.causes
    assert len(causes) == 2
    assert not {f.id for f in causes[0].findings} & {f.id for f in causes[1].findings}


def test_the_same_fault_keeps_its_id_and_what_is_accepted_holds(checked, tmp_path):
    result = checked(TOTAL.format(total="201.66亿元"))
    (cause,) = result.assessment.causes
    digests = {figure.id: figure.digest for figure in result.batch.figures}
    entries = [
        acknowledgements.Acknowledgement(
            rule=finding.rule,
            figures=finding.figures,
            reason="printed so",
            reviewer="L. Wang",
            expires="2099-12-31",
            content=acknowledgements.content(finding.figures, digests),
        )
        for finding in cause.findings
    ]
    for entry in entries:
        acknowledgements.add(tmp_path / "acknowledged.yaml", entry)
    (accepted,) = checked(TOTAL.format(total="201.66亿元")).assessment.causes
    assert accepted.id == cause.id and not accepted.withholds


LEVELS = ((23.1, 20.8), (20.6, 17.9), (33.1, 22.1))  # exports and imports of three months


def months(source, published, headers, balance):
    """A source that prints two columns under these headers, and maybe a third with the balance."""
    lines = [f"source: {{id: {source}, publisher: a bureau, published: {published}}}", "figures:"]
    for month, levels in enumerate(LEVELS, 1):
        columns = [*zip(headers, levels, strict=True)]
        if balance:
            columns.append(("balance", round(levels[0] - levels[1], 1)))
        lines += [
            f"  - {{id: {flow}-{month}, area: BR, flow: {flow}, period: 2023-{month:02}, "
            f"value: USD {level} billion}}"
            for flow, level in columns
        ]
    return "\n".join(lines)


@pytest.mark.parametrize("balance", [True, False], ids=["with balances", "beside another source"])
def test_columns_under_each_others_headers_are_one_cause_that_withholds(balance, tmp_path):
    def assess(*headers):
        right = months("right", "2023-05", ("exports", "imports"), balance=False)
        (tmp_path / "right.yaml").write_text(right, "utf-8")
        (tmp_path / "other.yaml").write_text(months("other", "2023-06", headers, balance), "utf-8")
        return check([tmp_path], tmp_path / "acknowledged.yaml").assessment

    assessment = assess("imports", "exports")
    (cause,) = assessment.causes
    assert cause.withholds
    assert {finding.id for finding in cause.findings} == {f.id for f in assessment.findings}
    assert "exchanged" in cause.title and "more: " in cause.title
    assert assess("exports", "imports").findings == ()
