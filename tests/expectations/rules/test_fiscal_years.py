"""The years of a source begin in its own month: its cumulatives are held together within them."""

import pytest

from expectations.check import check

LINES = """\
source: {id: s, publisher: P, published: 2023-06, defaults: {area: IN, flow: exports}}
figures:
  - {id: q1, period: 2022-04/2022-06, value: 30.0 billion USD}
  - {id: h1, period: 2022-04/2022-09, value: 70.0 billion USD}
  - {id: q2, period: 2022-07/2022-09, value: 20.0 billion USD}
"""


@pytest.fixture
def found(tmp_path):
    """A function that checks records and returns (rule, severity) of what it finds."""

    def of(text):
        path = tmp_path / "a.yaml"
        path.write_text(text, "utf-8")
        checked = check([path], tmp_path / "acknowledged.yaml")
        assert not checked.batch.problems
        assert {figure.record.period.span for figure in checked.batch.figures} >= {"quarter"}
        return {finding.rule for finding in checked.assessment.findings}

    return of


RULE = "stretch-is-difference-of-cumulatives"


def test_cumulatives_of_a_year_that_begins_in_april(found):
    assert RULE in found(LINES.replace("2023-06,", "2023-06, fiscal_year_start: 4,"))


def test_without_it_these_months_begin_no_year(found):
    assert RULE not in found(LINES)
