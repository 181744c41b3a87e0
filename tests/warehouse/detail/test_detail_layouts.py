"""Files that are more than a plain table: what stands around it, merged cells, JSON."""

import csv
import gzip
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.real_data import SHARED
from tests.conftest import ROOT
from tests.helpers.detail_rows import loaded_file, rows_of
from warehouse.detail import format, rewriting
from warehouse.system.files import FormError

FORM = """title: a table as it is downloaded
skip: 3
footer: "Source|Note"
where:
  "#2": {without: [Trade Balance]}
columns:
  area: {constant: CA}
  partner: {column: "#1", list: partners, fill: true}
  flow: {column: "#2", codes: {Total Exports: exports, Total Imports: imports}}
  product: {constant: total}
  regime: {constant: total}
  unit: {constant: CAD}
  period: {constant: "1990"}
  value: {column: "1990"}
"""
LINES = (
    '"Title","Trade, all products"',
    '"Units","Value in dollars"',
    "",
    '"","","1990"',
    '"United States","Total Exports","117"',
    '"","Total Imports","33"',
    '"","Trade Balance","84"',
    '"Japan","Total Exports","11"',
    '"","Total Imports",""',
    '"","Trade Balance","11"',
    "",
    '"Source: an office, 2025"',
    "",
)
ROWS = [("JP", "exports", 11), ("US", "exports", 117), ("US", "imports", 33)]
QUERY = "select partner, flow, value::int from detail order by all"


@pytest.fixture
def form(tmp_path):
    def write(text=FORM):
        path = tmp_path / "own.yaml"
        path.write_text(text, "utf-8")
        return str(path)

    return write


@pytest.mark.parametrize("packing", ["plain", "gzip", "utf-8-sig", "utf-16"])
def test_what_stands_around_a_table_is_no_row_of_it(packing, form, tmp_path, written):
    encoding = packing if packing.startswith("utf") else "utf-8"
    path = written(*LINES, encoding=encoding)
    if packing == "gzip":
        path.write_bytes(gzip.compress(path.read_bytes()))
    done = loaded_file(tmp_path / "home", path, form(), encoding=encoding)
    (counts,) = done.files
    assert (counts.read, counts.accepted, counts.blank, counts.left_out) == (4, 3, 1, 3)
    assert rows_of(tmp_path / "home", QUERY) == ROWS


@pytest.mark.parametrize("footer", ["1", "[A-Z]ource", "Sou"])
def test_a_footer_is_so_many_lines_or_begins_as_a_pattern(footer, form, tmp_path, written):
    text = FORM.replace('"Source|Note"', f'"{footer}"')
    loaded_file(tmp_path / "home", written(*LINES), form(text))
    assert rows_of(tmp_path / "home", QUERY) == ROWS


def test_a_footer_that_begins_far_from_the_end_is_none(form, tmp_path, written):
    """Else a pattern that fits a row would silently take all rows below it."""
    rows = [f'"Source {number}","Total Exports","{number}"' for number in range(10_000)]
    done = loaded_file(tmp_path / "home", written(*LINES[:4], *rows), form())
    assert done.files[0].left_out < 3000
    whole = form(FORM.replace('footer: "Source|Note"\n', ""))
    assert loaded_file(tmp_path / "home", written(*LINES[:4], *rows), whole).files[0].read == 10_000


def test_lines_are_those_of_the_file(form, tmp_path, written):
    rows = [f'"P{number}","Total Exports","{number}"' for number in range(300)]
    rows[100] = '"P100","Total Exports","many"'
    rows[200] = '"P200","Total Exports"'
    done = loaded_file(tmp_path / "home", written(*LINES[:4], *rows), form())
    assert [problem.line for problem in done.problems] == [105, 205]


BROKEN = {
    "too short": (LINES[:2], "ends within the 3 lines that the format skips"),
    "another header": (LINES[1:], ":4: column '1990': the header lacks this column"),
    "nothing chosen": (
        (*LINES[:4], '"","Trade Balance","84"'),
        "where leaves out all of its 1 rows",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_file_that_is_laid_out_otherwise_is_refused(case, form, tmp_path, written):
    lines, told = BROKEN[case]
    with pytest.raises(FormError) as refused:
        loaded_file(tmp_path / "home", written(*lines), form())
    assert told in str(refused.value)


def test_without_skip_the_format_is_named_as_what_to_mend(form, tmp_path, written):
    with pytest.raises(FormError, match="how many lines stand above the header: skip"):
        loaded_file(tmp_path / "home", written(*LINES), form(FORM.replace("skip: 3\n", "")))


SETTINGS = {
    "skip: many": ":2: skip 'many': must be a valid integer",
    "skip: -1": ":2: skip '-1': must be greater than or equal to 0",
    'footer: "("': ":2: footer '(': is neither a number of lines nor a pattern",
    "footer: 5000": ":2: footer '5000': has more lines than a footer has",
    "where: {Flow: [Exports]}": ":2: where.Flow: must be a mapping",
    "where: {Flow: {only: [x], without: [y]}}": ":2: where.Flow: give the texts of rows to take",
    "where: {Flow: {onyl: [x]}}": "where.Flow.onyl: is no part of a format; use only, without",
    'where: {"": {only: [x]}}': "well-formed",
    "where: {Flow: {only: Exports}}": ":2: where.Flow.only 'Exports': must be a list",
}


@pytest.mark.parametrize("line", SETTINGS)
def test_a_layout_that_cannot_be_is_refused(line, form):
    text = FORM.replace("skip: 3\n", line + "\n").replace('footer: "Source|Note"\n', "")
    text = text.replace('where:\n  "#2": {without: [Trade Balance]}\n', "")
    with pytest.raises(FormError) as refused:
        format.read(form(text))
    if line != 'where: {"": {only: [x]}}':
        assert SETTINGS[line] in str(refused.value)


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ('{column: ""}', 'is empty; of a column without a name write its place, such as "#2"'),
        ("{constant: X, fill: true}", "a constant has no cells to fill"),
        ("{column: A, fill: perhaps}", "must be a valid boolean"),
    ],
)
def test_a_column_that_cannot_be_is_refused(column, told, form):
    text = FORM.replace('{column: "#1", list: partners, fill: true}', column)
    with pytest.raises(FormError) as refused:
        format.read(form(text))
    assert told in str(refused.value)
    assert ":8: columns.partner" in str(refused.value)


@pytest.mark.parametrize("evil", ["x'); drop table reject_errors; --", 'a"b', "'", "a;b", "\u2019"])
def test_no_text_of_a_format_is_taken_for_sql(evil, tmp_path, written):
    quoted = json.dumps(evil)
    path = tmp_path / "evil.yaml"
    nulls = quoted if '"' not in evil else '""'
    path.write_text(
        f"title: t\nnulls: [{nulls}]\nmarks: {{x: confidential}}\n"
        f"where: {{{quoted}: {{without: [{quoted}, z]}}}}\n"
        + FORM[FORM.index("columns:") :].replace("#1", "Country").replace("#2", "Flow"),
        "utf-8",
    )
    cell = evil.replace('"', '""')
    lines = ('"Country","Flow","1990",' + f'"{cell}"', 'Japan,"Total Exports",5,y', "JP,a,6,z")
    done = loaded_file(tmp_path / "home", written(*lines), str(path))
    assert (done.files[0].accepted, done.files[0].left_out) == (1, 1)


# --- rows to leave out ---------------------------------------------------------------------------

COMTRADE = (
    "typeCode,freqCode,period,reporterISO,flowCode,partnerISO,partner2Code,cmdCode,customsCode,"
    "motCode,qty,qtyUnitAbbr,netWgt,primaryValue"
)


def test_comtrade_rows_by_mode_of_transport_are_left_out_and_all_flows_are_known(tmp_path, written):
    flows = {"X": 9, "RX": 4, "DX": 5, "M": 7, "RM": 1}
    rows = [
        f"C,A,2023,HKG,{flow},W00,{second},TOTAL,C00,{mode},,,,{value}"
        for flow, value in flows.items()
        for mode in ("0", "1000", "2100")
        for second in ("0", "156")
    ]
    path = written(COMTRADE, *rows)
    done = loaded_file(tmp_path / "home", path, "comtrade")
    assert (done.files[0].accepted, done.files[0].left_out) == (5, 25)
    assert rows_of(tmp_path / "home", "select flow, value::int from detail order by all") == [
        ("domestic-exports", 5),
        ("exports", 9),
        ("imports", 7),
        ("re-exports", 4),
        ("re-imports", 1),
    ]


def test_an_empty_cell_can_be_chosen(tmp_path, form, written):
    text = FORM.replace("without: [Trade Balance]", 'only: ["", Total Exports]')
    done = loaded_file(tmp_path / "home", written(*LINES), form(text))
    assert (done.files[0].read, done.files[0].left_out) == (2, 5)


def test_provinces_are_kept_out_or_are_areas(tmp_path, written):
    text = FORM[FORM.index("columns:") :].replace('"#1", list: partners, fill: true', "Partner")
    text = text.replace('"#2"', "Flow").replace("{constant: CA}", "{column: Reporter, list: areas}")
    lines = (
        "Reporter,Partner,Flow,1990",
        "China,US,Total Exports,9",
        "Guangdong,US,Total Exports,4",
    )
    own = tmp_path / "areas.yaml"
    own.write_text("title: t\n" + text, "utf-8")
    loaded_file(tmp_path / "home", written(*lines), str(own))
    query = "select area, value::int from detail order by all"
    assert rows_of(tmp_path / "home", query) == [("CN", 9), ("CN-44", 4)]
    own.write_text("title: t\nwhere: {Reporter: {only: [China]}}\n" + text, "utf-8")
    loaded_file(tmp_path / "home", written(*lines), str(own))
    assert rows_of(tmp_path / "home", query) == [("CN", 9)]


# --- JSON ----------------------------------------------------------------------------------------

CENSUS = [
    [
        *("CTY_NAME", "I_COMMODITY", "GEN_VAL_MO", "GEN_VAL_YR", "GEN_QY1_MO", "UNIT_QY1"),
        *("YEAR", "MONTH", "COMM_LVL", "COMM_LVL"),
    ],
    ["CHINA", "-", "1234", "1234", "0", "-", "2024", "01", "-", "-"],
    ["JAPAN", "8542", "56", "56", None, "NO", "2024", "01", "HS4", "HS4"],
]
QUERY_CENSUS = "select partner, product, value::int from detail order by all"


@pytest.mark.parametrize("packing", ["plain", "gzip"])
def test_the_arrays_of_the_census_api_are_rows(packing, tmp_path):
    text = "[" + ",\n".join(map(json.dumps, CENSUS)) + "]"
    path = tmp_path / "census.json"
    path.write_bytes(gzip.compress(text.encode()) if packing == "gzip" else text.encode())
    loaded_file(tmp_path / "home", path, "us-census")
    assert rows_of(tmp_path / "home", QUERY_CENSUS) == [("CN", "total", 1234), ("JP", "8542", 56)]


@pytest.mark.parametrize("wrapped", [False, True])
def test_the_objects_of_the_comtrade_api_are_rows(wrapped, tmp_path):
    names = COMTRADE.split(",")
    rows = [
        dict.fromkeys(names)
        | {"period": 2023, "reporterISO": "DEU", "flowCode": "X", "partnerISO": code}
        | {"cmdCode": "TOTAL", "customsCode": "C00", "motCode": 0, "primaryValue": 1234.5}
        for code in ("W00", "JPN")
    ]
    answer = {"elapsedTime": "0.1", "count": 2, "list": [1, 2], "data": rows, "error": ""}
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(answer if wrapped else rows, indent=wrapped or None), "utf-8")
    loaded_file(tmp_path / "home", path, "comtrade")
    query = "select area, partner, value::varchar from detail order by all"
    assert rows_of(tmp_path / "home", query) == [("DE", "JP", "1234.50"), ("DE", "WLD", "1234.50")]


NO_TABLE = {
    "cut off": ('[["a"],["b"', ":1: is no JSON, or cut off"),
    "cut off between rows": ('[["a"],\n["b"]', ":2: a row must be an array of cells"),
    "no rows": ('{"error": "no data", "data": []}', "holds no array of rows"),
    "lines of objects": ('{"a": 1}\n{"a": 2}', "holds no array of rows"),
    "nested": ('[{"a": {"b": 1}}]', ":1: a: holds more than one text or number"),
    "another field": ('[{"a": 1}, {"b": 1}]', ":2: b: is a field that the first row lacks"),
    "no number": ('[["a"], [NaN]]', "is no JSON, or cut off: NaN is no number of JSON"),
    "an empty row": ('[["a"], []]', "a row must be an array of cells"),
    "half a character": ('[["a"], ["\\ud800"]]', ":2: a row holds half a character"),
    "no utf-8": (b'[["a"], ["\xff"]]', "are not utf-8"),
    "deep": ("[" * 100_000, "is no JSON, or cut off"),
}


@pytest.mark.parametrize("case", NO_TABLE)
def test_json_that_is_no_table_is_refused(case, tmp_path):
    text, told = NO_TABLE[case]
    path = tmp_path / "answer.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(FormError) as refused:
        loaded_file(tmp_path / "home", path, "us-census")
    assert str(refused.value).startswith(str(path))
    assert told in str(refused.value)


@pytest.mark.parametrize("kind", ["JSON", "Parquet"])
def test_what_has_no_lines_cannot_be_laid_out(kind, form, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"[[1]]")
    if kind == "Parquet":
        loaded_file(tmp_path / "home", path_of_rows(tmp_path))
        (path, *_) = (tmp_path / "home").rglob("0*.parquet")
    with pytest.raises(FormError, match=f"is {kind}, which has no lines to leave out"):
        loaded_file(tmp_path / "other", path, form())


def path_of_rows(folder):
    path = folder / "rows.csv"
    path.write_text(
        "period,area,flow,partner,product,regime,unit,value\n2024-01,DE,exports,JP,total,total,EUR,1\n"
    )
    return path


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1) | st.just('a"\n,b')


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=8),
    as_objects=st.booleans(),
    indent=st.sampled_from([None, 0, 1]),
    ascii_only=st.booleans(),
    chunk=st.integers(1, 40),
)
def test_every_row_of_json_becomes_a_row(
    rows, as_objects, indent, ascii_only, chunk, tmp_path_factory
):
    header = ["a", "b", "c"]
    objects = [dict(zip(header, row, strict=True)) for row in rows]
    listed = objects if as_objects else [header, *rows]
    folder = tmp_path_factory.mktemp("json")
    text, table = folder / "rows.json", folder / "rows.csv"
    text.write_text(json.dumps(listed, indent=indent, ensure_ascii=ascii_only), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rewriting, "_CHUNK", chunk)
        rewriting.write_json_rows(text, text, ",", table)
    with table.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [header, *rows]


def test_the_how_to_tells_every_setting_of_a_format():
    page = (ROOT / "docs/howto/add-a-detail-format.md").read_text("utf-8")
    models = (format.Format, format.Column, format.Choice)
    told = {name for line in page.splitlines() for name in re.findall(r"`(\w+)`", line)}
    assert told >= {name for model in models for name in model.model_fields}


# --- files as offices publish them ---------------------------------------------------------------


@pytest.mark.skipif(not SHARED.is_dir(), reason="the published tables are not here")
def test_a_published_download_is_read(tmp_path):
    (path,) = (SHARED / "published").glob("22-*.csv")
    done = loaded_file(tmp_path / "home", path, "comtrade-legacy")
    assert (done.files[0].accepted, done.files[0].quarantined, len(done.partitions)) == (388, 0, 4)
    query = "select distinct area, partner, flow from detail"
    assert rows_of(tmp_path / "home", query) == [("CN", "WLD", "imports")]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the cases are not here")
def test_a_download_with_preamble_merged_cells_and_footer_is_read(form, tmp_path):
    (path,) = (SHARED / "cases/records/27-ised-canada").glob("*.csv")
    world = "fill: true, codes: {Total All Countries: WLD}"
    text = FORM.replace("skip: 3", "skip: 7").replace("fill: true", world)
    loaded_file(tmp_path / "home", path, form(text))
    query = "select flow, value::bigint from detail where partner = 'WLD' order by all"
    assert rows_of(tmp_path / "home", query) == [("exports", 15581008041), ("imports", 4170713105)]
