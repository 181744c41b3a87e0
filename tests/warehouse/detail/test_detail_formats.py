"""What files of customs detail say: formats, encodings, numbers, periods, and texts of codes."""

import gzip

import duckdb
import pytest

from tests.helpers.detail_rows import HEADER, LINES, loaded_file, rows_of
from warehouse.detail import format
from warehouse.detail.ingest import load
from warehouse.system.files import FormError


@pytest.mark.parametrize("between", ["2024-02", "202403", "", "2024-77"])
def test_a_file_that_begins_and_ends_with_one_month_may_hold_others(between, tmp_path, written):
    many = [LINES[0].replace("8542", f"{number:06}") for number in range(200)]
    other, refused = LINES[0].replace("2024-01", between), LINES[0].replace("100.50", "12x")
    done = loaded_file(tmp_path / "home", written(HEADER, refused, *many, other, *many, ""))
    unusable = [problem.field for problem in done.problems]
    (counts,) = done.files
    assert (counts.read, counts.accepted) == (402, 402 - len(unusable))
    if between == "2024-02":
        assert unusable == ["value"]
        assert [part.rows for part in done.partitions] == [400, 1]
    else:
        assert unusable == ["value", "period"]
        assert [part.rows for part in done.partitions] == [400]


@pytest.mark.parametrize(
    "unknown", [["7"], ["7", "8", "", "0"], ["it's", "a: b", "\x1f", "É", "1 "]]
)
def test_a_flow_and_a_regime_that_nobody_expected_stay_what_they_are(unknown, tmp_path, written):
    header = (
        "REPORTER,PARTNER,PRODUCT_NC,FLOW,STAT_PROCEDURE,SUPPL_UNIT,PERIOD,VALUE_EUR,"
        "QUANTITY_KG,QUANTITY_SUPPL_UNIT"
    )
    said = [("1", "2"), ("2", "1"), *((text, "1") for text in unknown)]
    said += [("2", text) for text in unknown] + [("1", "1")] * 200
    lines = [f"DE,FR,8400,{f},{r},,202401,{n},," for n, (f, r) in enumerate(said)]
    refused = "DE,FR,8400,1,1,,202401,12x,,"
    paths = [
        written(header, *lines[:2], refused, *lines[2:]),
        written(header, lines[2].replace("202401", "202402"), name="second.csv"),
    ]
    done = load(tmp_path / "home", paths, format.read("comext"), "test")
    assert [(one.line, one.field) for one in done.problems] == [(4, "VALUE_EUR")]
    assert [file.accepted for file in done.files] == [len(lines), 1]
    flows, regimes = {"1": "imports", "2": "exports"}, {"1": "general", "2": "inward-processing"}
    meant = [(flows.get(flow, flow) or None, regimes.get(r, r) or None) for flow, r in said]
    query = "select flow, regime from detail order by period, value"
    assert rows_of(tmp_path / "home", query) == [*meant, meant[2]]


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "@SUM(1)", "+1-1", "-2+3", "＝1+1"])
@pytest.mark.parametrize("column", ["partner", "unit", "regime"])
def test_a_text_that_spreadsheets_would_run_is_refused(column, text, tmp_path, written):
    cells = dict(zip(HEADER.split(","), LINES[0].split(","), strict=True)) | {column: text}
    with pytest.raises(FormError) as error:
        loaded_file(tmp_path / "home", written(HEADER, LINES[1], ",".join(cells.values())))
    assert f"{column} {text!r}: begins with {text[0]!r}, as a spreadsheet's formula" in str(
        error.value
    )
    assert not list((tmp_path / "home/detail").rglob("*.parquet"))


def test_a_lone_dash_is_no_formula(tmp_path, written):
    done = loaded_file(tmp_path / "home", written(HEADER, LINES[0].replace("total", "-")))
    assert done.files[0].accepted == 1


CHINA = (
    "数据年月,商品编码,商品名称,贸易伙伴编码,贸易伙伴名称,贸易方式编码,贸易方式名称,"
    "第一数量,第一计量单位,{currency}"
)
CHINA_ROW = '"202401","85423100","处理器","116","日本","10","一般贸易","2","个","1,234,567"'


@pytest.mark.parametrize(("currency", "unit"), [("人民币", "CNY"), ("美元", "USD")])
@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8-sig"])
def test_china_customs(tmp_path, written, currency, unit, encoding):
    path = written(CHINA.format(currency=currency), CHINA_ROW, encoding=encoding)
    loaded_file(tmp_path / "home", path, "china-customs", given={"flow": "exports"})
    query = "select period, flow, partner, product, regime, unit, value::varchar from detail"
    assert rows_of(tmp_path / "home", query) == [
        ("2024-01", "exports", "JP", "85423100", "general", unit, "1234567.00")
    ]


def test_china_customs_exports_and_imports_are_loaded_together(tmp_path, written):
    header = CHINA.format(currency="美元")
    paths = [
        written(header, CHINA_ROW.replace("1,234", flow), name=name, encoding="gbk")
        for name, flow in (("出口.csv", "1"), ("进口.csv", "2"))
    ]
    form = format.read("china-customs")
    load(tmp_path / "home", paths, form, "test", given={"flow": "exports,imports"})
    assert rows_of(tmp_path / "home", "select flow, value::int from detail order by all") == [
        ("exports", 1567),
        ("imports", 2567),
    ]
    with pytest.raises(FormError, match="3 texts of flow for 2 files"):
        load(tmp_path / "home", paths, form, "test", given={"flow": "exports,imports,trade"})


@pytest.mark.parametrize("number", ["12,5", "1,23", "1234,567", "1,2345", "1,,234", ",123"])
def test_a_comma_that_separates_no_thousands_is_refused(number, tmp_path, written):
    row = CHINA_ROW.replace("1,234,567", number)
    path = written(CHINA.format(currency="美元"), CHINA_ROW, row, encoding="gbk")
    with pytest.raises(FormError, match=f":3: 美元 '{number}': has no thousands"):
        loaded_file(tmp_path / "home", path, "china-customs", given={"flow": "exports"})
    assert not list((tmp_path / "home/detail").rglob("*.parquet"))


@pytest.mark.parametrize("number", ["12,34,567", "1,234,567", "-1,234", "1234567", " 1,234 "])
def test_thousands_are_separated_as_in_china_or_in_india(number, tmp_path, written):
    path = written(
        CHINA.format(currency="美元"), CHINA_ROW.replace("1,234,567", number), encoding="gbk"
    )
    done = loaded_file(tmp_path / "home", path, "china-customs", given={"flow": "exports"})
    assert done.files[0].accepted == 1


def test_a_number_that_lost_digits_in_a_spreadsheet_is_refused(tmp_path, written):
    path = written(HEADER, LINES[0], LINES[1].replace(",7,", ",1.23457E+11,"))
    with pytest.raises(FormError, match=r":3: value '1.23457E\+11': has lost digits"):
        loaded_file(tmp_path / "home", path)


def test_china_customs_asks_for_the_flow(tmp_path, written):
    path = written(CHINA.format(currency="美元"), CHINA_ROW, encoding="gbk")
    with pytest.raises(FormError, match="--set flow="):
        loaded_file(tmp_path / "home", path, "china-customs")


SAMPLES = {
    "comext": (
        "REPORTER,PARTNER,TRADE_TYPE,PRODUCT_NC,FLOW,STAT_PROCEDURE,SUPPL_UNIT,PERIOD,"
        "VALUE_EUR,QUANTITY_KG,QUANTITY_SUPPL_UNIT",
        "DE,CN,E,85423190,1,1,p/st,202401,1234,5,6",
        ("2024-01", "DE", "imports", "CN", "85423190", "EUR", "1234.00"),
    ),
    "comtrade": (
        "typeCode,freqCode,period,reporterISO,flowCode,partnerISO,cmdCode,customsCode,qty,"
        "qtyUnitAbbr,netWgt,primaryValue",
        "C,A,2023,DEU,X,W00,TOTAL,C00,,,,1234.5",
        ("2023", "DE", "exports", "WLD", "total", "USD", "1234.50"),
    ),
    "comtrade-legacy": (
        "Period,Trade Flow,Reporter ISO,Partner ISO,2nd Partner Code,Customs Proc. Code,"
        "Commodity Code,Qty Unit,Qty,Netweight (kg),Trade Value (US$)",
        "2017,Re-Export,HKG,WLD,,,01,No Quantity,0,,1234",
        ("2017", "HK", "re-exports", "WLD", "01", "USD", "1234.00"),
    ),
    "us-census": (
        "CTY_NAME,I_COMMODITY,GEN_VAL_MO,GEN_VAL_YR,GEN_QY1_MO,UNIT_QY1,YEAR,MONTH,COMM_LVL",
        "CHINA,-,1234,1234,0,-,2024,01,-",
        ("2024-01", "US", "imports", "CN", "total", "USD", "1234.00"),
    ),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_format(tmp_path, written, name):
    header, row, expected = SAMPLES[name]
    loaded_file(tmp_path / "home", written(header, row), name)
    query = "select period, area, flow, partner, product, unit, value::varchar from detail"
    assert rows_of(tmp_path / "home", query) == [expected]


def test_every_packaged_format_is_tested():
    assert {*SAMPLES, "china-customs", "generic"} == set(format.known())


def test_gzip_and_parquet_read_like_plain_text(tmp_path, written):
    plain = written(HEADER, *LINES)
    packed = tmp_path / "detail.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    columnar = tmp_path / "detail.parquet"
    duckdb.read_csv(str(plain), all_varchar=False).write_parquet(str(columnar))
    for number, path in enumerate((plain, packed, columnar)):
        loaded_file(tmp_path / str(number), path)
    assert rows_of(tmp_path / "0") == rows_of(tmp_path / "1") == rows_of(tmp_path / "2")


WIDE = """title: two flows side by side
columns:
  area: {constant: JP}
  partner: {constant: CN}
  product: {constant: total}
  regime: {constant: total}
  unit: {constant: JPY}
  period: {column: Date, first: "%Y/%m"}
observations:
  - {flow: {constant: exports}, value: {column: Exports}}
  - {flow: {constant: imports}, value: {column: Imports}}
"""


def test_blank_cells_of_wide_tables_are_counted_and_left_out(tmp_path, written):
    wide = tmp_path / "wide.yaml"
    wide.write_text(WIDE.replace("ports}}", "ports, factor: 1000}}"), "utf-8")
    done = loaded_file(
        tmp_path / "home", written("Date,Exports,Imports", "2024/01,5,", "2024/02,6,7"), str(wide)
    )
    (counts,) = done.files
    assert (counts.read, counts.accepted, counts.blank, counts.quarantined) == (4, 3, 1, 0)
    query = "select period, flow, value::int, value_step::int from detail order by all"
    assert rows_of(tmp_path / "home", query) == [
        ("2024-01", "exports", 5000, 1000),
        ("2024-02", "exports", 6000, 1000),
        ("2024-02", "imports", 7000, 1000),
    ]


def test_a_line_may_be_bad_in_one_observation_only(tmp_path, written):
    wide = tmp_path / "wide.yaml"
    wide.write_text(WIDE, "utf-8")
    months = [f"{year}/{month:02}" for year in range(2001, 2021) for month in range(1, 13)]
    cells = [f"{month},5,{'x' if month == '2001/03' else 6}" for month in months]
    done = loaded_file(tmp_path / "home", written("Date,Exports,Imports", *cells), str(wide))
    (counts,) = done.files
    assert (counts.read, counts.accepted, counts.quarantined) == (480, 479, 1)
    assert rows_of(tmp_path / "home", "select count(*) from detail") == [(479,)]
    assert [(problem.line, problem.field) for problem in done.problems] == [(4, "Imports")]


def test_a_bad_period_of_any_observation_is_quarantined(tmp_path, written):
    wide = tmp_path / "wide.yaml"
    first, second = "value: {column: Exports}}", "value: {column: Imports}}"
    wide.write_text(
        WIDE.replace('  period: {column: Date, first: "%Y/%m"}\n', "")
        .replace(first, first[:-1] + ", period: {constant: 2024-01}}")
        .replace(second, second[:-1] + ', period: {column: Date, first: "%Y/%m"}}'),
        "utf-8",
    )
    cells = [f"2024/{'xx' if row == 150 else '02'},{row},7" for row in range(2, 202)]
    done = loaded_file(tmp_path / "home", written("Date,Exports,Imports", *cells), str(wide))
    assert [(p.line, p.field, p.value) for p in done.problems] == [(150, "period", "2024/xx")]
    (counts,) = done.files
    assert (counts.read, counts.accepted, counts.quarantined) == (400, 399, 1)
    bad = [cell.replace("2024/02", "bad") for cell in cells]
    with pytest.raises(FormError, match=":2: period 'bad'"):
        loaded_file(tmp_path / "home", written("Date,Exports,Imports", *bad), str(wide))


def test_nothing_in_one_currency_is_no_row(tmp_path, written):
    """The quantity stands once for both values."""
    lines = (
        "数据年月,商品编码,贸易伙伴名称,贸易方式名称,第一数量,第一计量单位,人民币,美元",
        "202401,85423100,日本,一般贸易,3,个,-,100",
        "202401,85423200,日本,其他,3,个,700,100",
    )
    path = written(*lines, encoding="gb18030")
    done = loaded_file(tmp_path / "home", path, "china-customs", given={"flow": "exports"})
    assert (done.files[0].accepted, done.files[0].blank) == (3, 1)
    query = "select unit, regime, quantity::int from detail order by all"
    assert rows_of(tmp_path / "home", query) == [
        ("CNY", "other", 3),
        ("USD", "general", 3),
        ("USD", "other", 3),
    ]


def test_parquet_may_hold_codes_as_numbers(tmp_path):
    path = tmp_path / "typed.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select 'DE' as REPORTER, 'JP' as PARTNER, 85423100 as PRODUCT_NC, 2 as FLOW, "
            "1 as STAT_PROCEDURE, null::varchar as SUPPL_UNIT, unnest([202401, 202402, 202413]) "
            "as PERIOD, 5 as VALUE_EUR, 1.5 as QUANTITY_KG, null as QUANTITY_SUPPL_UNIT "
            f"from range(100)) to '{path}'"
        )
    with pytest.raises(FormError, match="period '202413': is no period"):
        loaded_file(tmp_path / "home", path, "comext")
    with duckdb.connect() as connection:
        good = f"select * from '{path}' where PERIOD <> 202413"
        connection.execute(f"copy ({good}) to '{tmp_path}/good.parquet'")
    loaded_file(tmp_path / "home", tmp_path / "good.parquet", "comext")
    query = "select distinct period, flow, product, regime from detail order by all"
    assert rows_of(tmp_path / "home", query) == [
        ("2024-01", "exports", "85423100", "general"),
        ("2024-02", "exports", "85423100", "general"),
    ]


def test_two_digits_of_a_year_are_the_last_such_year(tmp_path, written):
    wide = tmp_path / "wide.yaml"
    wide.write_text(WIDE.replace("%Y/%m", "%b-%y"), "utf-8")
    cells = ["Dec-98,5,6", "Jan-24,5,6"]
    loaded_file(tmp_path / "home", written("Date,Exports,Imports", *cells), str(wide))
    assert rows_of(tmp_path / "home", "select distinct period from detail order by all") == [
        ("1998-12",),
        ("2024-01",),
    ]


@pytest.mark.parametrize(("decimals", "cell"), [(0, "6.5"), (2, "2016.6543")])
def test_decimals_beyond_those_of_a_large_unit_are_refused(decimals, cell, tmp_path, written):
    wide = tmp_path / "wide.yaml"
    unit = f"column: Imports, factor: 100000000, decimals: {decimals}"
    wide.write_text(WIDE.replace("column: Imports", unit), "utf-8")
    path = written("Date,Exports,Imports", f"2024/01,5,{cell}")
    with pytest.raises(FormError, match=f":2: Imports '{cell}': has more decimals"):
        loaded_file(tmp_path / "home", path, str(wide))


def test_a_year_to_date_is_printed_as_its_months_are(tmp_path):
    wide = tmp_path / "wide.yaml"
    total = "value_to_date: {column: Total, factor: 1000}, value: {column: Imports}"
    wide.write_text(WIDE.replace("value: {column: Imports}", total), "utf-8")
    with pytest.raises(FormError, match="must have the same last digit"):
        format.read(str(wide))


def test_more_decimals_than_the_format_says_are_refused_not_rounded(tmp_path, written):
    wide = tmp_path / "wide.yaml"
    wide.write_text(WIDE, "utf-8")
    path = written("Date,Exports,Imports", "2024/01,5,6", "2024/02,5,6.5")
    with pytest.raises(FormError, match=r":3: Imports '6.5': has more decimals"):
        loaded_file(tmp_path / "home", path, str(wide))
    assert not list((tmp_path / "home/detail/test").glob("periods/*"))


def test_a_format_cannot_say_more_decimals_than_are_kept(tmp_path):
    wide = tmp_path / "wide.yaml"
    wide.write_text(WIDE.replace("column: Imports", "column: Imports, decimals: 3"), "utf-8")
    with pytest.raises(FormError, match="value is kept to 2 decimals"):
        format.read(str(wide))


def test_bytes_that_are_not_of_the_declared_encoding_are_named_by_line(tmp_path, written):
    path = written(CHINA.format(currency="美元"), CHINA_ROW, encoding="gbk")
    path.write_bytes(path.read_bytes() + b'"202401","\xff\xff"\n')
    with pytest.raises(FormError, match=r":3: bytes 'ff.*--encoding"):
        loaded_file(tmp_path / "home", path, "china-customs", given={"flow": "exports"})


@pytest.mark.parametrize("encoding", ["utf-16", "hex", "rot13", "undefined", "klingon"])
def test_an_encoding_that_the_file_cannot_have_is_refused(encoding, tmp_path, written):
    with pytest.raises(FormError, match=r"encoding|bytes"):
        loaded_file(tmp_path / "home", written(HEADER, *LINES), encoding=encoding)


def test_what_a_file_says_itself_cannot_be_set(tmp_path, written):
    with pytest.raises(
        FormError, match=r"partner 'JP': the file says it itself, in column partner"
    ):
        loaded_file(tmp_path / "home", written(HEADER, *LINES), given={"partner": "JP"})


@pytest.mark.parametrize("name", ["comtrad", "no-such.yaml"])
def test_an_unknown_format_is_refused(name):
    with pytest.raises(FormError, match="; "):
        format.read(name)


BAD_FORMATS = {
    "no YAML": ("columns:\n  partner: [a\n", ":3: not well-formed YAML"),
    "nothing": ("", ":1: the file is empty"),
    "a text": ("words\n", ": must be a mapping"),
    "a key twice": ("title: a\ncolumns: {}\ntitle: b\n", ":3: title: stands twice"),
    "no columns": ("title: a\n", ":1: columns: is missing"),
    "an unknown key": ("title: a\ncolums: {}\n", ":2: colums"),
    "an unknown column": ("columns:\n  bogus: {column: B}\n", ":2: columns.bogus: is no column"),
    "an unknown column that is given": ("given:\n  - bogus\n", ":2: given.0 'bogus': is no column"),
    "an unknown word": ("columns:\n  area: {column: A, factr: 3}\n", ":2: columns.area.factr '3'"),
    "no mapping": ("columns:\n  area: 3\n", ":2: columns.area '3': must be a mapping"),
    "no list": ("nulls: x\n", ":1: nulls 'x': must be a list"),
    "no number": ("columns:\n  value:\n    column: V\n    factor: x\n", ":4: columns.value.factor"),
    "no such list": ("columns:\n  area: {column: A, list: l}\n", ":2: columns.area.list 'l'"),
    "two places": ("columns:\n  area: {column: A, constant: B}\n", ":2: columns.area: give one"),
    "no text": (b"\xff\xfe", "byte 0 is not UTF-8"),
}


@pytest.mark.parametrize("case", BAD_FORMATS)
def test_what_is_wrong_in_a_format_is_told_with_its_line(tmp_path, case):
    content, message = BAD_FORMATS[case]
    path = tmp_path / "bad.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(FormError) as error:
        format.read(str(path))
    assert f"{path}" in str(error.value)
    assert message in str(error.value)
    assert str(error.value).count("; ") >= 1  # a remedy


def test_codes_in_a_format_need_no_quotes(tmp_path, written):
    """YAML takes NO for a truth value, and 1 for a number."""
    path = tmp_path / "plain.yaml"
    path.write_text(
        WIDE.replace("{constant: JP}", "{column: A, codes: {1: JP, NO: NO}}").replace("CN", "NO"),
        "utf-8",
    )
    lines = ["2024/01,1,5,6", "2024/01,NO,7,8"]
    loaded_file(tmp_path / "home", written("Date,A,Exports,Imports", *lines), str(path))
    query = "select distinct area, partner from detail order by all"
    assert rows_of(tmp_path / "home", query) == [("JP", "NO"), ("NO", "NO")]


FORMAT = """title: t
columns:
  area: {constant: CN}
  flow: {constant: exports}
  partner: {column: partner}
  product: {column: product}
  regime: {constant: total}
  unit: {constant: CNY}
  period: {column: period}
  value: {column: value}
"""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('delimiter: "||"', r":\d+: delimiter '\|\|': must be one sign"),
        ('delimiter: ""', ":11: delimiter: must be one sign"),
        ('delimiter: "1"', ":11: delimiter '1': must be one sign"),
        ('thousands: "abc"', ":11: thousands 'abc': must be one"),
        ('thousands: "."', r":11: thousands '\.': must be one ASCII sign"),
        ('thousands: "é"', ":11: thousands 'é': must be one ASCII sign"),
        ("nulls: []", ":11: nulls: Tuple should have at least 1 item"),
        ('nulls: [","]', "what parts the columns cannot stand in nulls"),
        ("nulls: ['\"']", "a quote or a line end cannot stand in nulls"),
        ("observations: []", ":11: observations: Tuple should have at least 1 item"),
        ("value2: {column: value, factor: 1e999999}", "1e999999"),
        ("value2: {column: value, factor: -1}", "greater than 0"),
        ("value2: {column: value, factor: nan}", "nan"),
    ],
)
def test_a_format_that_no_file_can_have_is_refused(line, told, tmp_path, written):
    path = tmp_path / "format.yaml"
    text = FORMAT
    if line.startswith("value2"):
        text, line = text.replace("value: {column: value}", line.replace("value2", "value")), ""
    path.write_text(text + line + "\n", "utf-8")
    with pytest.raises(FormError, match=told) as refused:
        format.read(str(path))
    assert str(refused.value).startswith(f"{path}:")
    path.write_text(FORMAT, "utf-8")
    file = written("period,partner,product,value", "2024-01,JP,8542,5")
    assert loaded_file(tmp_path / "home", file, str(path)).files[0].accepted == 1
