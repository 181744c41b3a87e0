"""Repairs between numbers: totals and their parts, periods, and headers that were mistaken."""

import pytest

from expectations.check import check

HEAD = "source: {id: s, publisher: a bureau, published: 2021-02, rounding: exact}\nfigures:\n"


@pytest.fixture
def slips(tmp_path):
    """The slips that are shown of some record files: what is said, and the corrected number."""

    def shown(*texts):
        for number, text in enumerate(texts):
            (tmp_path / f"{number}.yaml").write_text(text, "utf-8")
        causes = check([tmp_path], tmp_path / "acknowledged.yaml").assessment.causes
        assert all(cause.slips and len(cause.slips) <= 5 for cause in causes)
        return [{slip.slip: slip.corrected for slip in cause.slips} for cause in causes]

    return shown


def table(total, *parts, source="s", year=2020):
    """A total of exports and all its parts, by partner."""
    head = HEAD.replace("id: s", f"id: {source}").replace("2021", str(year + 1))
    rows = "".join(
        f"      - {{id: {partner.lower()}, partner: {partner}, value: {value} EUR}}\n"
        for partner, value in parts
    )
    return (
        f"{head}  - id: total\n    area: DE\n    flow: exports\n    period: {year}\n"
        f"    value: {total} EUR\n    partition: partner\n    of_which:\n{rows}"
    )


PARTS = ("FR", 31_271), ("IT", 4_418), ("US", 68_806)
SUM = 104_495


@pytest.mark.parametrize(
    ("total", "slip"),
    [(SUM - 4_418, "s/it missed in adding up"), (SUM + 4_418, "s/it added twice")],
)
def test_a_part_missed_or_taken_twice(slips, total, slip):
    (shown,) = slips(table(total, *PARTS))
    assert shown[slip] == f"{SUM} EUR"


def test_a_total_that_is_off_is_what_its_parts_add_up_to(slips):
    (shown,) = slips(table(SUM + 27, *PARTS))
    assert f"{SUM} EUR" in shown.values()


def test_a_part_that_stands_before_and_after_but_not_here_is_named_with_its_size(slips):
    others = [
        table(SUM, *PARTS, source="before", year=2019),
        table(SUM, *PARTS, source="after", year=2021),
    ]
    (shown,) = slips(table(SUM + 100, PARTS[0], PARTS[2], ("ES", 100)), *others)
    (slip,) = (slip for slip in shown if slip.startswith("a part is not there, which "))
    assert slip.endswith("/it is in 2019") or slip.endswith("/it is in 2021")
    assert shown[slip] == "4418 EUR"


def test_a_part_of_quite_another_size_elsewhere_is_not_what_is_missing(slips):
    other = table(SUM, *PARTS, source="before", year=2019)
    (shown,) = slips(table(SUM, ("FR", 31_271), ("US", 73_223)), other)
    assert not any(slip.startswith("a part is not there") for slip in shown)


GROWN = """  - {id: x0, area: DE, flow: exports, period: 2019, value: 100.0 million EUR}
  - {id: m, area: DE, flow: imports, period: 2020, value: 50.0 million EUR}
  - {id: t, area: DE, flow: trade, period: 2020, value: 162.5 million EUR}
"""


def test_the_period_before_printed_again_has_yet_to_grow(slips):
    place = "id: x, area: DE, flow: exports, period: 2020"
    wrong = f"  - {{{place}, value: 100.0 million EUR, growth: 12.5%}}"
    shown = slips(HEAD.replace("exact", "half") + GROWN + wrong)
    assert any("112.5 million EUR" in each.values() for each in shown)


def test_mistaken_headers_of_a_source_are_one_cause_however_many_rows(slips):
    row = "  - {{id: {flow}-{year}, area: DE, flow: {flow}, period: {year}, value: {value} EUR}}\n"
    rows = ""
    for n in range(4):
        exports, imports = 100 + n * n, 60 + n
        values = {"exports": exports, "imports": imports, "balance": imports - exports}
        rows += "".join(
            row.format(flow=flow, year=2010 + n, value=value) for flow, value in values.items()
        )
    (shown,) = slips(HEAD + rows)
    assert "exports and imports exchanged in all of s" in shown
