"""The code lists as a reader meets them: every name leads to its row, no name to two.

Belongs here: the shape of `codes/*.csv` and what `lookup` says. Does not belong here: how records
or quantities use the codes.
"""

import csv
import re
import subprocess
import sys
from importlib import resources

import pytest

from warehouse.records.acceptance import accept
from warehouse.store.database import open_memory
from warehouse.store.load import load
from warehouse.terms import codes

CODES = resources.files("warehouse") / "codes"
LISTS = sorted(
    file.name.removesuffix(".csv")
    for file in CODES.iterdir()
    if file.name.endswith(".csv") and file.read_text("utf-8").startswith("code,")
)
# The list of geographies goes by two more names.
NAMES = sorted({*LISTS, "areas", "partners"})
PATTERNS = {
    "geographies": r"CN(-\d{2}|-\d{4}|-\d{6})?(-[A-Z]+)*|[A-Z][A-Z0-9]+(-[A-Z0-9]+)?",
    "products": r"total|HS\d{2}|HS-[XVI]+|[A-Z][A-Z0-9]*(-[A-Z])?",
}
OWN_COLUMNS = {
    "geographies": {"name_zht", "kind", "parent", "read_as"},
    "products": {"parent"},
    "regimes": {"parent"},
    "operators": {"kind"},
    "measures": {"dimension", "default_unit", "additive"},
    "units": {"dimension", "base", "factor"},
    "holidays": {"areas", "dates"},
}
KINDS = {
    "geographies": {
        *("nation", "country", "province", "prefecture", "county", "zone", "port", "customs"),
        *("region", "former", "world", "group", "special"),
    },
    "operators": {"all", "enterprise-group", "enterprise"},
}


def parents(list_name: str) -> dict[str, str]:
    return {row["code"]: row["parent"] for row in codes.rows(list_name)}


def test_the_seven_lists_of_the_record_are_packaged():
    assert {*OWN_COLUMNS, "flows"} <= set(LISTS)
    assert codes.__file__.endswith("codes.py")


@pytest.mark.parametrize("list_name", NAMES)
def test_every_code_name_and_alias_leads_to_its_own_row(list_name):
    for row in codes.rows(list_name):
        for text in (row["code"], row["name_en"], row["name_zh"], *row["aliases"].split(";")):
            if text:
                assert codes.lookup(list_name, text) == row["code"], text


@pytest.mark.parametrize("list_name", LISTS)
def test_a_list_is_well_formed_and_in_order(list_name):
    raw = codes.path(list_name).read_bytes()
    assert b"\r" not in raw and raw.endswith(b"\n") and not raw.startswith(b"\xef\xbb\xbf")
    header, *body = csv.reader(raw.decode("utf-8").splitlines(), strict=True)
    assert [name for name in header if name != "name_zht"][:4] == [
        *("code", "name_en", "name_zh", "aliases")
    ]
    assert OWN_COLUMNS.get(list_name, set()) <= set(header)
    listed = [row[0] for row in body]
    assert listed == sorted(set(listed))
    pattern = PATTERNS.get(list_name, r"[A-Za-z0-9%][A-Za-z0-9%-]*")
    for row in body:
        assert len(row) == len(header), row
        assert re.fullmatch(pattern, row[0]), row
        assert all(row[:3]), row
        for text in (*row, *row[header.index("aliases")].split(";")):
            assert text == text.strip() and "  " not in text, row


@pytest.mark.parametrize("list_name", ["areas", "products", "regimes"])
def test_parents_exist_and_lead_to_a_top(list_name):
    parent_of = parents(list_name)
    kinds = ("nation", "country", "group", "special", "world", "former", "region")
    tops = {row["code"] for row in codes.rows("areas") if row["kind"] in kinds}
    tops = {"areas": tops}.get(list_name, {"total"})
    for code in parent_of:
        steps = [code]
        while parent := parent_of[steps[-1]]:
            assert parent in parent_of and parent not in steps, steps
            steps.append(parent)
        assert steps[-1] in tops


def test_areas_and_partners_are_one_list():
    assert list(codes.by_code("areas")) == list(codes.by_code("partners"))
    assert codes.path("areas") == codes.path("partners") == codes.path("geographies")
    # The nation whose news is read is called as it calls itself, and a partner like others.
    assert codes.called("areas", "CN", "zh") == "全国"
    assert codes.called("partners", "CN", "zh") == "中国"
    assert (codes.kind_of("areas", "CN"), codes.kind_of("partners", "CN")) == ("nation", "country")


def test_the_code_of_an_area_begins_with_its_parents_code():
    for code, parent in parents("areas").items():
        assert code.startswith(parent), code


@pytest.mark.parametrize("list_name", sorted(KINDS))
def test_kinds_are_known(list_name):
    assert {row["kind"] for row in codes.rows(list_name)} == KINDS[list_name]


def test_a_measure_is_counted_in_a_base_unit_of_its_dimension():
    units = {row["code"]: row for row in codes.rows("units")}
    for row in codes.rows("measures"):
        assert bool(row["default_unit"]) == (row["dimension"] != "money"), row
        unit = units[row["default_unit"] or "CNY"]  # of money that of the project
        assert unit["base"] == unit["code"] and unit["dimension"] == row["dimension"], row
        assert row["additive"] in ("true", "false")


@pytest.mark.parametrize(
    ("list_name", "text", "code"),
    [
        ("areas", "成都市", "CN-5101"),
        ("areas", "成都", "CN-5101"),
        ("areas", " chengdu ", "CN-5101"),
        ("areas", "Chengdu Hi-Tech  Comprehensive Bonded Zone", "CN-5101-HTCBZ"),
        ("areas", "ＣＮ－５１", "CN-51"),
        ("areas", "吉林", "CN-22"),
        ("areas", "海南", "CN-46"),
        ("partners", "“一带一路”沿线国家", "BRI"),
        ("partners", "「一带一路」", "BRI"),
        ("partners", "中国台湾", "TW"),
        ("partners", "usa", "US"),
        ("partners", "刚果(金)", "CD"),
        ("flows", "进出口总值", "trade"),
        ("products", "防护物资", "PPE"),
        ("regimes", "跨境电商", "cross-border-ecommerce"),
        ("operators", "民营企业", "private"),
        ("measures", "货运量", "weight"),
    ],
)
def test_lookup_forgives_how_a_name_is_written(list_name, text, code):
    assert codes.lookup(list_name, text) == code


@pytest.mark.parametrize(
    ("list_name", "text", "nearest"),
    [
        ("areas", "成都高新保税区", "成都高新综合保税区"),
        ("areas", "Chongking", "Chongqing"),
        ("areas", "成都高新", "成都高新区"),
        ("areas", "Texsa", "Texas"),
        ("areas", "Germny", "Germany"),
        ("partners", "Germny", "Germany"),
        ("measures", "weigth", "weight"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(list_name, text, nearest):
    with pytest.raises(codes.UnknownCode) as caught:
        codes.lookup(list_name, text)
    error = caught.value
    assert (error.list_name, error.text) == (list_name, text)
    assert error.suggestions[0] == nearest
    assert len(error.suggestions) <= 3
    assert str(error).startswith(f"unknown {list_name[:-1]} {text!r}; did you mean {nearest}")


def test_a_name_that_two_places_share_is_unknown_and_both_are_suggested():
    with pytest.raises(codes.UnknownCode) as caught:
        codes.lookup("areas", "Fuzhou")
    assert caught.value.suggestions[:2] == ["Fuzhou (Fujian)", "Fuzhou (Jiangxi)"]


@pytest.mark.parametrize("text", ["", "   ", "zzzzzz"])
def test_nothing_like_it_is_said_without_a_guess(text):
    with pytest.raises(codes.UnknownCode, match=r"^unknown area '[z ]*'$") as caught:
        codes.lookup("areas", text)
    assert caught.value.suggestions == []


def test_a_list_that_is_not_packaged_is_no_list():
    with pytest.raises(FileNotFoundError):
        codes.rows("colours")


def test_reading_every_list_is_cheap():
    script = (
        "import time; from warehouse.terms import codes; began = time.perf_counter()\n"
        f"for name in {LISTS!r}: codes.lookup(name, codes.rows(name)[0]['code'])\n"
        "print(time.perf_counter() - began)"
    )
    taken = min(
        float(subprocess.check_output([sys.executable, "-c", script], text=True)) for _ in range(5)
    )
    assert taken < 0.05, f"{taken:.3f} s"  # 7 ms when measured alone; other tests share the machine


def test_which_codes_lie_in_which_is_the_same_in_sql():
    with open_memory() as connection:
        load(connection, accept([]), release_id="none")
        rows = connection.execute(
            "select list, code, ancestor, counts_within from core.code_ancestors "
            "order by list, code, distance"
        ).fetchall()
    expected = [
        (list_name, row["code"], ancestor, codes.counts_within(list_name, row["code"], ancestor))
        for list_name in sorted({*NAMES} - {"geographies"})
        for row in sorted(codes.rows(list_name), key=lambda row: row["code"])
        if row.get("read_as", "all")  # what no figure and no news names is not loaded
        for ancestor in codes.ancestors(list_name, row["code"])
    ]
    assert sorted(rows) == sorted(expected)
    assert codes.ancestors("areas", "CN-5101-HTZ") == ("CN-5101", "CN-51", "CN")
