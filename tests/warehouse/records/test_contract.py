"""The contract: which records become figures, what parts inherit, and what is said of the rest."""

import csv
import io
import json
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.check import check
from warehouse.records import acceptance, reading
from warehouse.records.acceptance import read_batch

SOURCE = "source: {id: s, publisher: P, published: 2020-05}\nfigures:\n"
GOOD = {"id": "a", "area": "CN", "flow": "trade", "period": "2020-01", "value": "1亿元"}


def figure(**fields):
    """A figure in one line of YAML: GOOD with these fields; None takes one out."""
    kept = {key: value for key, value in (GOOD | fields).items() if value is not None}
    return f"- {json.dumps(kept, ensure_ascii=False)}\n"


@pytest.fixture
def accept(tmp_path):
    """Read and accept files given as name=text; one text alone is the figures of a source."""

    def run(figures=None, **files):
        if figures is not None:
            files = {"records.yaml": SOURCE + figures}
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        batch = read_batch([tmp_path / name for name in files], tmp_path)
        assert_nothing_is_lost(batch)
        return batch

    return run


def assert_nothing_is_lost(batch):
    """Each row of each file ends in exactly one place; a file that is unreadable is one row."""
    ends = {
        "accepted": [(f.file, f.line) for f in batch.figures],
        "quarantined": [(q.file, q.line) for q in batch.quarantined],
        "rejected": [(file, line) for file, line, _ in batch.rejected],
    }
    for file in batch.files:
        rows = {row.line for row in file.records}
        sources = {row.line for row in file.sources}
        ended = [line for end in ends.values() for name, line in end if name == file.name]
        assert len(set(ended)) == len(ended)
        if file.problems:
            assert not rows and len(ended) == 1
        else:
            assert rows <= set(ended) <= rows | sources
        count = batch.counts()[file.name]
        assert count["read"] == len(ended)
        for end, where in ends.items():
            assert count[end] == sum(name == file.name for name, _ in where)
    assert all(problem.remedy and problem.message for problem in batch.problems)


def only_problem(batch):
    (problem,) = batch.problems
    return problem


# --- one bad field -------------------------------------------------------------------------------

BAD_FIELDS = {
    # what: fields, the bad field, what the message says, what the remedy says
    "no area": ({"area": None}, "area", "is missing", "say the area"),
    "no flow": ({"flow": None}, "flow", "is missing", "say the flow"),
    "no period": ({"period": None}, "period", "is missing", "2020-01/2020-04"),
    "unknown area": (
        {"area": "CN-9999"},
        "area",
        "not in the code list geographies",
        "nearest: CN-",
    ),
    "misspelt area": ({"area": "Chengdo"}, "area", "code list geographies", "Chengdu"),
    "nothing like an area": (
        {"area": "😀"},
        "area",
        "code list geographies",
        "codes/geographies.csv",
    ),
    "unknown flow": ({"flow": "exprots"}, "flow", "code list flows", "exports"),
    "unknown partner": (
        {"partner": "zzz"},
        "partner",
        "code list geographies",
        "codes/geographies.csv",
    ),
    "unknown product": ({"product": "zzz"}, "product", "code list products", "products.csv"),
    "unknown regime": ({"regime": "zzz"}, "regime", "code list regimes", "regimes.csv"),
    "unknown operator": ({"operator": "zzz"}, "operator", "code list operators", "operators.csv"),
    "unknown measure": ({"measure": "zzz"}, "measure", "code list measures", "measures.csv"),
    "unknown unit": ({"unit": "zzz"}, "unit", "code list units", "units.csv"),
    "unknown basis": ({"growth_basis": "zzz"}, "growth_basis", "growth_bases", "growth_bases.csv"),
    "month 13": ({"period": "2020-13"}, "period", "no month 13", "2020-01/2020-04"),
    "month in Chinese": ({"period": "13月"}, "period", "is not a period", "2020-01/2020-04"),
    "no currency": ({"value": "2016.6亿"}, "value", "stopped at the end", "with its unit"),
    "no unit": ({"value": "5"}, "value", "a unit such as", "with its unit"),
    "no number": ({"value": "abc"}, "value", "a number such as", "with its unit"),
    "text with a figure": ({"value": "出口1亿元"}, "value", "stopped at '出'", "with its unit"),
    "growth without %": ({"growth": "20.3"}, "growth", "a unit such as %", "20.3%"),
    "growth in points": ({"growth": "1.5个百分点"}, "growth", "percentage points", "20.3%"),
    "growth in money": ({"growth": "5亿元"}, "growth", "a unit such as %", "20.3%"),
    "share in money": ({"share": "5亿元"}, "share", "a unit such as %", "76.4%"),
    "ratio as value": ({"value": "20%"}, "measure", "unit ratio", "growth or share"),
    "ambiguous unit": ({"value": "5件"}, "measure", "unit piece", "output, quantity"),
    "uncounted unit": ({"value": "5桶"}, "measure", "unit barrel", "codes/measures.csv"),
    "measure of another dimension": (
        {"measure": "weight"},
        *("value", "is money, but measure weight is mass", "say the measure: inquiry-value"),
    ),
    "unit of another dimension": (
        {"value": None, "growth": "5%", "measure": "weight", "unit": "USD"},
        *("unit", "is money, but measure weight is mass", "say the measure: inquiry-value"),
    ),
    "unit of another currency": ({"unit": "USD"}, "unit", "printed in CNY", "take it out"),
    "misspelt field": ({"vaule": "1亿元"}, "vaule", "is no field of a record", "nearest: value"),
    "field of sources": ({"url": "http://x.org"}, "url", "is no field of a record", "take it out"),
    "upper-case id": ({"id": "A"}, "id", "is not well formed", "lower-case letters"),
    "id with a space": ({"id": "a b"}, "id", "is not well formed", "lower-case letters"),
    "id with a quote": ({"id": "a'b"}, "id", "is not well formed", "lower-case letters"),
    "id that is a path": ({"id": "../../etc/x"}, "id", "is not well formed", "lower-case letters"),
    "id with a source": ({"id": "s/a"}, "id", "is not well formed", "lower-case letters"),
    "id with a line end": ({"id": "a\nb"}, "id", "is not well formed", "lower-case letters"),
    "id of 101 letters": ({"id": "a" * 101}, "id", "is not well formed", "lower-case letters"),
    "reference that is none": ({"part_of": "A b"}, "part_of", "is not well formed", "lower-case"),
    "no partition": ({"partition": "yes"}, "partition", "neither true nor a dimension", "flow"),
    "half a partition": ({"partition": "flow,x"}, "partition", "neither true nor", "flow"),
    "partition by measure": ({"partition": "measure"}, "partition", "neither true nor", "flow"),
    "no disjointness": ({"disjoint": "no"}, "disjoint", "neither true nor a dimension", "flow"),
    "absurd value": ({"value": "99999999999999999亿元"}, "value", "larger than any", "printed"),
    "absurd decrease": ({"value": "-99999999999999999亿元"}, "value", "larger than any", "printed"),
    "absurd growth": ({"growth": "999999999%"}, "growth", "larger than any", "as printed"),
    "decimals of a value": ({"value": "1.0000001元"}, "value", "6 decimal places", "check"),
    "decimals of a bound": ({"value": "超1.00000000元"}, "value", "6 decimal places", "check"),
    "decimals of a growth": ({"growth": "1.123456789%"}, "growth", "10 decimal places", "check"),
    "braces": ({"value": "{}"}, "value", "'{'", "with its unit"),
    "name in braces": (
        {"area": "{remedy}"},
        "area",
        "code list geographies",
        "codes/geographies.csv",
    ),
    "percent sign": ({"period": "%s"}, "period", "'%s' is not a period", "2020-01/2020-04"),
    "braces in a field": ({"{message}": "{}"}, "{message}", "is no field", "take it out"),
    "share of nothing": ({"share": "5%"}, "share", "is a share of nothing", "share_of or part_of"),
    "part of nothing": ({"part_of": "gone"}, "part_of", "names no figure", "write the id of one"),
    "part of itself": ({"part_of": "a"}, "part_of", "leads back to itself", "its own part"),
    "share of itself": ({"share": "5%", "share_of": "a"}, "share_of", "itself", "name its total"),
    "prints nothing": ({"value": None}, "value", "prints nothing", "value, growth or share"),
}


@pytest.mark.parametrize(("fields", "field", "says", "remedy"), BAD_FIELDS.values(), ids=BAD_FIELDS)
def test_a_bad_field_rejects_the_record_and_no_other(accept, fields, field, says, remedy):
    batch = accept(figure(id="good", period="2020-02") + figure(**fields))
    problem = only_problem(batch)
    assert (problem.file, problem.line, problem.field) == ("records.yaml", 4, field)
    assert problem.value == ((GOOD | fields).get(field) or "")
    assert problem.figure == f"s/{(GOOD | fields)['id']}"
    assert says in problem.message
    assert remedy in problem.remedy
    assert [f.id for f in batch.figures] == ["s/good"]
    if field not in ("value", "{message}"):
        assert str(problem).startswith(f"records.yaml:4: {field}")


def test_every_bad_field_of_a_record_is_told(accept):
    batch = accept(figure(area="x", flow="y", period="z", value="v", vaule="w"))
    assert [p.field for p in batch.problems] == ["area", "flow", "period", "value", "vaule"]


def test_without_an_id(accept):
    problem = only_problem(accept(figure(id=None)))
    assert (problem.line, problem.field, problem.value) == (3, "id", "")
    assert problem.figure == ""


def test_an_id_that_stands_twice(accept):
    batch = accept(figure() + figure(value="2亿元"))
    problem = only_problem(batch)
    assert (problem.line, problem.field, problem.value, problem.figure) == (4, "id", "a", "s/a")
    assert "records.yaml:3" in problem.message
    assert [f.line for f in batch.figures] == [3]


def test_a_share_of_without_a_share(accept):
    batch = accept(figure(id="t", period="2020-01") + figure(flow="exports", share_of="t"))
    assert (only_problem(batch).field, only_problem(batch).value) == ("share_of", "t")
    assert "stands without a share" in only_problem(batch).message


def test_a_dimension_may_be_written_by_any_name(accept):
    (one,) = accept(figure(area="成都市", flow="进出口", partition="flow , area")).figures
    assert one.series == "CN-5101.WLD.trade.total.total.total.value"
    assert one.record.partition == "flow,area"


# --- sources -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"id": None}, "id", "is missing"),
        ({"id": "S!"}, "id", "is not well formed"),
        ({"id": "a/b"}, "id", "is not well formed"),
        ({"publisher": None}, "publisher", "is missing"),
        ({"published": None}, "published", "is missing"),
        ({"published": "2020年"}, "published", "is not a period"),
        ({"published": "2020-13"}, "published", "no month 13"),
        ({"published": "2020-Q1"}, "published", "is not a date"),
        ({"published": "2020-01/2020-12"}, "published", "is not a date"),
        ({"published": "../2020"}, "published", "is not a date"),
        ({"url": "javascript:alert(1)"}, "url", "is not well formed"),
        ({"url": "data:text/html,x"}, "url", "is not well formed"),
        ({"url": 'https://x.org/"><script>'}, "url", "is not well formed"),
        ({"url": "https://x.org/a b"}, "url", "is not well formed"),
        ({"url": "ftp://x.org"}, "url", "is not well formed"),
        ({"url": "x.org"}, "url", "is not well formed"),
        ({"publishr": "P"}, "publishr", "is no field of a source"),
        ({"value": "1亿元"}, "value", "is no field of a source"),
    ],
)
def test_a_bad_source_is_rejected_and_its_figures_point_to_it(accept, fields, field, says):
    good = {"id": "s", "publisher": "P", "published": "2020-05"}
    source = {key: value for key, value in (good | fields).items() if value is not None}
    text = f"# remark\nsource: {json.dumps(source)}\nfigures:\n{figure()}"
    of_source, of_figure = accept(**{"r.yaml": text}).problems
    assert (of_source.file, of_source.line, of_source.field) == ("r.yaml", 2, field)
    assert of_source.value == (fields.get(field) or "")
    assert says in of_source.message
    assert (of_figure.line, of_figure.field) == (2, "source")
    assert (of_figure.message, of_figure.remedy) == ("was rejected", "mend the source")


def test_a_source_id_in_two_files(accept):
    batch = accept(**{"a.yaml": SOURCE + figure(), "b.yaml": SOURCE + figure(id="b", area="成都")})
    problem = only_problem(batch)
    assert (problem.file, problem.line, problem.field, problem.value) == ("b.yaml", 1, "id", "s")
    assert "a.yaml" in problem.message


def test_a_figure_of_a_source_that_nobody_describes(accept):
    sources = "sources:\n- {id: report-2020, publisher: P, published: 2020}\n"
    table = "id,source,area,flow,period,value\na,report-2021,CN,trade,2020-01,1亿元\n"
    table += "b,,CN,trade,2020-01,1亿元\n"
    unknown, missing = accept(**{"sources.yaml": sources, "figures.csv": table}).problems
    assert (unknown.file, unknown.line, unknown.field) == ("figures.csv", 2, "source")
    assert unknown.value == "report-2021"
    assert unknown.message == "is not described"
    assert "sources.yaml" in unknown.remedy and "report-2020" in unknown.remedy
    assert (missing.line, missing.message) == (3, "is missing")


def test_a_csv_file_alone_finds_its_sources(accept, tmp_path):
    (tmp_path / "sources.yaml").write_text("source: {id: s, publisher: P, published: 2020}\n")
    table = 'id,source,area,flow,period,value\na,s,CN,trade,2020-01,"1,234亿元"\n'
    (one,) = accept(**{"figures.csv": table}).figures
    assert one.record.value.value == Decimal("123400000000")


@pytest.mark.parametrize(
    ("column", "field", "says"),
    [("vaule", "vaule", "is no field of a record"), ("note", "period", "is missing")],
)
def test_an_unknown_and_a_missing_column_are_told_at_each_row(accept, column, field, says):
    header = f"id,source,area,flow,{'period,' * (column == 'vaule')}value,{column}"
    cells = f"s,CN,trade,{'2020-01,' * (column == 'vaule')}1亿元,x"
    batch = accept(
        **{
            "sources.yaml": "source: {id: s, publisher: P, published: 2020}\n",
            "figures.csv": f"{header}\na,{cells}\n\nb,{cells}\n",
        }
    )
    assert [(p.line, p.field) for p in batch.problems] == [(2, field), (4, field)]
    assert all(says in p.message for p in batch.problems)


def test_the_lines_after_a_cell_of_two_lines_are_right(accept):
    table = 'id,source,area,flow,period,value,note\na,s,CN,trade,2020-01,1亿元,"one\ntwo"\n'
    batch = accept(
        **{
            "sources.yaml": "source: {id: s, publisher: P, published: 2020}\n",
            "figures.csv": table + "b,s,CN-9999,trade,2020-01,1亿元,\n",
        }
    )
    assert (only_problem(batch).line, only_problem(batch).field) == (4, "area")


# --- totals and parts ----------------------------------------------------------------------------

NESTED = """- id: total
  area: CN
  flow: trade
  period: 2020-01
  value: 5亿美元
  locator: p. 1
  note: of the total
  partition: flow
  of_which:
    - id: exports
      flow: exports
      of_which:
        - id: chengdu
          area: 成都市
          growth: 5%
    - {id: sichuan, area: 四川省, share: 20%}
"""


def test_parts_inherit_over_two_levels_and_override_what_they_say(accept):
    figures = {f.record.id: f for f in accept(NESTED).figures}
    chengdu = figures["chengdu"].record
    assert (chengdu.area, chengdu.flow, chengdu.period.text) == ("CN-5101", "exports", "2020-01")
    assert (chengdu.locator, chengdu.note, chengdu.partition) == ("p. 1", None, None)
    assert (figures["chengdu"].part_of, figures["exports"].part_of) == ("s/exports", "s/total")
    assert figures["exports"].record.area == "CN"
    sichuan = figures["sichuan"]
    assert (sichuan.record.area, sichuan.record.flow) == ("CN-51", "trade")
    assert (sichuan.share_of, sichuan.part_of) == ("s/total", "s/total")


def test_a_part_that_prints_no_value_counts_in_the_unit_of_its_total(accept):
    figures = accept(
        figure(id="t", value="5亿美元")
        + figure(id="p", flow="exports", value=None, growth="5%", part_of="t")
        + figure(id="q", area="成都", flow="exports", value=None, share="5%", part_of="p")
        + figure(id="w", value="5万吨")
        + figure(id="x", flow="exports", value=None, share="5%", part_of="w")
    ).figures
    assert {f.record.id: (f.record.measure, f.record.unit) for f in figures} == {
        **dict.fromkeys(("t", "p", "q"), ("value", "USD")),
        **dict.fromkeys(("w", "x"), ("weight", "kg")),
    }


@pytest.mark.parametrize("unit", [None, "USD"])
def test_a_measure_of_its_own_makes_an_inherited_unit_void(accept, unit):
    batch = accept(
        figure(id="t", unit=unit, value=None if unit else "5亿美元", growth="1%")
        + figure(id="p", measure="weight", value=None, growth="5%", part_of="t")
        + figure(id="q", area="成都", value=None, growth="6%", part_of="p")
    )
    of_p, of_q = batch.problems
    assert (of_p.field, of_p.value, of_p.line) == ("part_of", "t", 4)
    assert "counts value in USD, this figure weight in kg" in of_p.message
    assert (of_q.line, of_q.message) == (5, "names a figure that was rejected")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"period": "2020-02"}, "speaks of 2020-01, this figure of 2020-02"),
        ({"value": "1亿美元"}, "counts value in CNY, this figure value in USD"),
        ({"value": "1万吨"}, "counts value in CNY, this figure weight in kg"),
        ({"value": "1亿元", "measure": "order-value"}, "this figure order-value in CNY"),
    ],
)
@pytest.mark.parametrize("reference", ["part_of", "share_of"])
def test_a_part_that_is_no_match_for_its_total(accept, fields, says, reference):
    part = {"id": "p", "flow": "exports", reference: "t"} | fields
    if reference == "share_of":
        part["share"] = "5%"
    batch = accept(figure(id="t") + figure(**part))
    problem = only_problem(batch)
    assert (problem.line, problem.field, problem.value) == (4, reference, "t")
    assert says in problem.message
    assert "curate it on its own" in problem.remedy


@pytest.mark.parametrize(
    ("flow", "total", "fits"),
    [
        ("exports", "trade", True),
        ("balance", "trade", True),
        ("exports", "exports", True),
        ("exports", "balance", True),
        ("imports", "exports", False),
        ("trade", "exports", False),
    ],
)
def test_a_part_is_of_a_flow_that_its_total_contains(accept, flow, total, fits):
    batch = accept(figure(id="t", flow=total) + figure(id="p", flow=flow, part_of="t"))
    if fits:
        assert not batch.problems
    else:
        problem = only_problem(batch)
        assert (problem.line, problem.field, problem.value) == (4, "part_of", "t")
        assert f"is a total of {total}, this figure of {flow}" in problem.message


def test_periods_match_however_they_are_written(accept):
    part = figure(area="四川省", period="2019-01/2019-12", part_of="t")
    assert len(accept(figure(id="t", period="2019") + part).figures) == 2


def test_a_circle_of_totals(accept):
    batch = accept(
        figure(id="a", part_of="b") + figure(id="b", part_of="c") + figure(id="c", part_of="a")
    )
    assert [(p.line, p.field, p.value) for p in batch.problems] == [
        *((3, "part_of", "b"), (4, "part_of", "c"), (5, "part_of", "a"))
    ]
    assert all("leads back to itself" in p.message for p in batch.problems)


@pytest.mark.parametrize("in_order", [True, False])
def test_a_long_chain_of_totals_inherits_and_is_rejected_as_a_whole(accept, in_order):
    """Each link costs the same, however far it is from the top."""
    links = [
        figure(id=f"f{n}", part_of=f"f{n - 1}", flow=None, value=f"{9000 - n}亿元")
        for n in range(1, 1500)
    ]
    links = links if in_order else links[::-1]
    top = figure(id="f0", flow="exports", value="9000亿元")
    assert {f.record.flow for f in accept("".join([top, *links])).figures} == {"exports"}
    batch = accept("".join([figure(id="f0", share="5%"), *links]))
    assert len(batch.problems) == 1500
    assert Counter(p.message for p in batch.problems) == {
        "is a share of nothing": 1,
        "names a figure that was rejected": 1499,
    }


def test_a_misspelt_total_is_told_with_the_nearest(accept):
    batch = accept(figure(id="chengdu-trade") + figure(flow="exports", part_of="chengdu-tarde"))
    assert "nearest: chengdu-trade" in only_problem(batch).remedy


def test_a_total_that_nobody_printed_is_accepted_when_a_part_names_it(accept):
    batch = accept(
        figure(id="t", value=None)
        + figure(id="p", flow="exports", part_of="t")
        + figure(id="w", value=None, flow="imports")
        + figure(id="x", flow="imports", area="成都", share="5%", share_of="w")
    )
    assert [f.record.id for f in batch.figures] == ["p", "t", "w", "x"]


BAD_TOTALS = {
    # what: fields of the total, problems as (line, field, what the message says)
    "bad field that parts inherit": (
        {"area": "CN-9999"},
        [
            (4, "area", "code list geographies"),
            (5, "part_of", "its total's area: is not in"),
        ],
    ),
    "bad field of its own": (
        {"value": "5"},
        [(4, "value", "a unit such as"), (5, "part_of", "names a figure that was rejected")],
    ),
    "bad id": (
        {"id": "T!"},
        [(4, "id", "not well formed"), (5, "part_of", "its total's id is not well formed")],
    ),
    "no id": ({"id": None}, [(4, "id", "missing"), (5, "part_of", "its total was rejected")]),
    "id of another": (
        {"id": "other"},
        [(4, "id", "records.yaml:3"), (5, "part_of", "its total was rejected")],
    ),
    "prints what is no match": (
        {"part_of": "other", "period": "2020-02"},
        [(4, "part_of", "speaks of 2020-01"), (5, "part_of", "names a figure that was rejected")],
    ),
}


@pytest.mark.parametrize(("fields", "problems"), BAD_TOTALS.values(), ids=BAD_TOTALS)
def test_the_parts_of_a_bad_total_are_rejected_and_point_to_it(accept, fields, problems):
    total = figure(**({"id": "t"} | fields)).rstrip("}\n")
    part = figure(id="p", flow="exports", area=None, period=None).removeprefix("- ")
    batch = accept(f"{figure(id='other')}{total}, of_which: [\n  {part}  ]}}\n")
    assert [(p.line, p.field) for p in batch.problems] == [found[:2] for found in problems]
    for problem, (_, _, says) in zip(batch.problems, problems, strict=True):
        assert says in problem.message
    assert [f.record.id for f in batch.figures] == ["other"]


def test_the_other_figures_of_a_file_with_a_bad_total_are_still_checked(tmp_path):
    text = SOURCE + figure(id="bad", area="x") + figure(id="p", part_of="bad")
    text += figure(id="t", period="2020-02") + figure(
        id="more", period="2020-02", flow="exports", value="20亿元", part_of="t"
    )
    (tmp_path / "records.yaml").write_text(text, encoding="utf-8")
    checked = check([tmp_path], tmp_path / "acknowledged.yaml")
    assert checked.unusable
    assert checked.contradicted
    assert {figure for finding in checked.assessment.findings for figure in finding.figures} == {
        *("s/t", "s/more")
    }
    told = checked.to_json()
    assert (told["read"], told["accepted"], len(told["rejected"])) == (4, 2, 2)
    assert [row["line"] for row in told["rejected"]] == [3, 4]


def test_a_long_chain_of_totals_whose_top_is_bad_is_rejected_whole(accept):
    chain = "".join(figure(id=f"f{i}", part_of=f"f{i + 1}") for i in range(150))
    batch = accept(chain + figure(id="f150", value="x"))
    assert len(batch.rejected) == 151


# --- quarantine ----------------------------------------------------------------------------------


def test_what_had_not_happened_when_it_was_published_is_set_aside(accept):
    batch = accept(
        figure(id="now", period="2020-05")
        + figure(id="late", period="2020-06")
        + figure(id="part", period="2020-06", flow="exports", part_of="late")
        + figure(id="year", period="2020", value="3亿元")
    )
    assert not batch.problems
    assert [f.record.id for f in batch.figures] == ["now"]
    assert [(q.file, q.line, q.figure) for q in batch.quarantined] == [
        *(
            ("records.yaml", line, f"s/{id_}")
            for line, id_ in ((4, "late"), (5, "part"), (6, "year"))
        )
    ]
    assert all("2020-05" in q.reason for q in batch.quarantined)


def test_a_repeat_is_set_aside(accept):
    batch = accept(
        figure(id="first", growth="5%")
        + figure(id="again", growth="5%", note="in the summary")
        + figure(id="rounded", value="1.0亿元", growth="5%")
    )
    assert not batch.problems
    assert [f.record.id for f in batch.figures] == ["first", "rounded"]
    assert {q.figure: q.reason for q in batch.quarantined} == {
        "s/again": "repeats s/first of the same source to the letter",
    }


def test_what_is_said_again_with_its_parts_rank_or_place_is_kept(accept):
    batch = accept(
        figure(id="first")
        + figure(id="again", partition="true")
        + figure(id="part", flow="exports", part_of="again")
        + figure(id="ranked", rank="1")
        + figure(id="within", part_of="other")
        + figure(id="other", area="CN", value="9亿元")
    )
    assert not batch.problems
    assert not batch.quarantined


def test_what_hangs_on_a_figure_that_is_set_aside_is_set_aside_too(accept):
    batch = accept(
        figure(id="total", review="unsure")
        + figure(id="part", flow="exports", part_of="total")
        + figure(id="share", flow="imports", share="5%", share_of="part")
    )
    assert {q.figure: q.reason for q in batch.quarantined} == {
        "s/total": "a draft that is not reviewed (unsure)",
        "s/part": "its total s/total is quarantined",
        "s/share": "its total s/part is quarantined",
    }


@pytest.mark.parametrize(
    ("missing", "claims"),
    [
        ({"value": "1亿元", "review": "unsure"}, (None, "flow,regime")),
        ({"value": "1亿元天"}, (None, "flow,regime")),
        ({"value": "1亿元"}, ("flow,regime", None)),
    ],
)
def test_a_partition_without_one_of_its_parts_is_none(missing, claims, accept):
    batch = accept(
        figure(id="total", value="2亿元", partition="flow, regime")
        + figure(id="exports", flow="exports", part_of="total")
        + figure(id="imports", flow="imports", part_of="total", **missing)
    )
    total = next(f for f in batch.figures if f.record.id == "total")
    assert (total.record.partition, total.record.disjoint) == claims


def test_the_same_figure_in_two_sources_is_no_repeat(accept):
    other = SOURCE.replace("id: s", "id: o")
    assert len(accept(**{"a.yaml": SOURCE + figure(), "b.yaml": other + figure()}).figures) == 2


# --- whatever is written, nothing is lost --------------------------------------------------------

words = st.one_of(
    st.sampled_from(["a", "b", "c", "s/a", "s", "A!", "true", "flow", "{}", "%s", "'", "😀"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=8),
)
WRITTEN = {
    "id": st.sampled_from([*"abcdefgh", "A!", "s/a"]),
    "source": st.sampled_from(["s", "t", "gone"]),
    "area": st.sampled_from(["CN", "成都市", "CN-9999"]),
    "flow": st.sampled_from(["trade", "exports", "imports", "exprots"]),
    "period": st.sampled_from(["2020-01", "2020-01/2020-04", "2020-12", "2020-13"]),
    "value": st.sampled_from(["1亿元", "2亿元", "5亿美元", "5万吨", "5", "20%"]),
    "growth": st.sampled_from(["5%", "翻倍", "5"]),
    "share": st.sampled_from(["5%", "5"]),
    "measure": st.sampled_from(["value", "weight", "x"]),
    "unit": st.sampled_from(["USD", "t", "percent", "x"]),
    "share_of": st.sampled_from([*"abcdefgh", "t/a", "/", "x"]),
    "part_of": st.sampled_from([*"abcdefgh", "t/a", "/", "x"]),
    "partition": words,
    "note": words,
    "vaule": words,
}
few_fields = st.lists(
    st.sampled_from(sorted(WRITTEN)).flatmap(lambda name: st.tuples(st.just(name), WRITTEN[name])),
    max_size=2,
).map(dict)
ids = st.sampled_from("abcdefghijklmnopqrstuvwxyz")
broken_records = st.fixed_dictionaries({}, optional=WRITTEN)
sound_records = st.builds(
    lambda id_, fields: {**GOOD, "source": "s", "id": id_, **fields}, ids, few_fields
)
parts = st.builds(lambda id_, fields: {"id": id_, **fields}, ids, few_fields)
trees = st.recursive(
    sound_records | broken_records,
    lambda under: st.builds(
        lambda total, of_which: {**total, "of_which": of_which},
        sound_records | parts,
        st.lists(under | parts, max_size=3),
    ),
    max_leaves=6,
)


def as_yaml(figures, indent=""):
    """Figures as a curator nests them, every field in JSON's quotes on a line of its own."""
    for fields in figures:
        yield f"{indent}-"
        for key, value in fields.items():
            if key == "of_which" and value:
                yield f"{indent}  of_which:"
                yield from as_yaml(value, indent + "    ")
            elif key != "of_which":
                yield f"{indent}  {key}: {json.dumps(value, ensure_ascii=False)}"
        if not any(fields.values()):
            yield f"{indent}  {{}}"


def as_csv(rows):
    columns = ["id", "source", *sorted({key for row in rows for key in row} - {"id", "source"})]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@settings(deadline=None)
@given(
    nested=st.lists(trees, max_size=5),
    rows=st.lists(sound_records | sound_records | broken_records, max_size=8),
    published=st.sampled_from(["2020-05", "2020-05", "2021", "2020-Q1"]),
    broken=st.sampled_from(["", "", "", "figures: [", "\tx"]),
)
def test_whatever_is_written_nothing_is_lost(tmp_path_factory, nested, rows, published, broken):
    folder = tmp_path_factory.mktemp("records")
    source = f"source: {{id: s, publisher: P, published: {published}}}\n"
    figures = "\n".join(["figures:", *as_yaml(nested)]) + "\n" if nested else ""
    (folder / "nested.yaml").write_text(source + figures + broken, encoding="utf-8")
    (folder / "sources.yaml").write_text("sources:\n- {id: t, publisher: P, published: 2020}\n")
    (folder / "figures.csv").write_text(as_csv(rows), encoding="utf-8", newline="")
    files = [reading.read(name, path) for name, path in reading.find([folder], folder)]
    batch = acceptance.accept(files)
    assert_nothing_is_lost(batch)
    assert {file.name for file in files} == set(batch.counts())
    accepted = [figure.id for figure in batch.figures]
    assert accepted == sorted(set(accepted))
    for one in batch.figures:
        assert {one.part_of, one.share_of} - {None} <= set(accepted)
