"""The one list of geographies: who can report and be a partner, and who belongs to which group.

Belongs here: what is in the list for readers all over the world. Does not belong here: the shape of
lists (test_codes.py) and what a project adds to them (test_project_lists.py).
"""

import csv
from datetime import date
from pathlib import Path

import pytest

from warehouse.terms import code_rows, codes

PANEL = Path("/work/shared/data/cases/japan/figures.csv")

# Reporters on six continents: code, English, and names in their own languages and in Chinese.
REPORTERS = """
DE Germany Deutschland 德国|FR France France 法國|IT Italy Italia 意大利|ES Spain España 西班牙
PL Poland Polska 波兰|NL Netherlands Nederland 荷兰|SE Sweden Sverige 瑞典|GR Greece Ελλάδα 希腊
FI Finland Suomi 芬兰
HU Hungary Magyarország 匈牙利|TR Türkiye Turkey 土耳其|RU Russia Россия 俄羅斯
UA Ukraine Україна 乌克兰|IE Ireland Éire 爱尔兰|CH Switzerland Schweiz 瑞士|CZ Czechia Česko 捷克
VN Vietnam Việt_Nam 越南|IN India भारत 印度|JP Japan 日本 Japon|KR South_Korea 대한민국 韩国
TH Thailand ไทย 泰国|ID Indonesia Indonésie 印度尼西亚|IR Iran ایران 伊朗|IL Israel ישראל 以色列
SA Saudi_Arabia المملكة_العربية_السعودية 沙特阿拉伯|KZ Kazakhstan Қазақстан 哈萨克斯坦
BD Bangladesh বাংলাদেশ 孟加拉国
CN China 中国 中國|TW Taiwan 台灣 中国台湾|PH Philippines Pilipinas 菲律宾
EG Egypt مصر 埃及|NG Nigeria Nigéria 尼日利亚|ZA South_Africa Suid-Afrika 南非
CI Côte_d'Ivoire Ivory_Coast 科特迪瓦|ET Ethiopia ኢትዮጵያ 埃塞俄比亚|KE Kenya Kenia 肯尼亚
MA Morocco المغرب 摩洛哥|US United_States USA 美国|CA Canada Kanada 加拿大|MX Mexico México 墨西哥
BR Brazil Brasil 巴西|AR Argentina Argentinien 阿根廷|CL Chile Chili 智利|PE Peru Perú 秘鲁
CO Colombia Kolumbien 哥伦比亚|AU Australia Australien 澳大利亚|NZ New_Zealand Aotearoa 新西兰
FJ Fiji Fidschi 斐济|PG Papua_New_Guinea Papua_Niugini 巴布亚新几内亚
""".replace("\n", "|").strip("|")


@pytest.mark.parametrize("names", REPORTERS.split("|"), ids=lambda names: names[:2])
def test_reporters_of_the_world_are_known_by_code_english_and_their_own_name(names):
    code, *spelled = names.split()
    for name in (code, *spelled):
        for list_name in ("areas", "partners"):
            assert codes.lookup(list_name, name.replace("_", " ")) == code, name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Cote d'Ivoire", "CI"),
        ("Cote d’Ivoire", "CI"),
        ("COTE D'IVOIRE", "CI"),
        ("Turkiye", "TR"),
        ("Viet Nam", "VN"),
        ("Viet-Nam", "VN"),
        ("Sao Tome and Principe", "ST"),
        ("the Netherlands", "NL"),
        ("The Gambia", "GM"),
        ("Federal Republic of Germany", "DE"),
        ("Republic of India", "IN"),
        ("Republic of Korea", "KR"),
        ("Democratic People's Republic of Korea", "KP"),
        ("Great Britain", "GB"),
        ("276", "DE"),
        ("004", "AF"),
        ("DEU", "DE"),
        ("US-TX", "US-TX"),
        ("Texas", "US-TX"),
        ("得州", "US-TX"),
        ("Bavaria", "DE-BY"),
        ("Bayern", "DE-BY"),
        ("Ile-de-France", "FR-IDF"),
        ("Hokkaido", "JP-01"),
        ("東京都", "JP-13"),
        ("Ha Noi", "VN-HN"),
        ("Georgia", "GE"),
        ("EU27_2020", "EU27"),
        ("extra-EU", "EXTRAEU"),
        ("Soviet Union", "SUHH"),
        ("Areas, nes", "QU"),
        ("ships' stores", "QQ"),
        ("Rest of the world", "OTHER"),
        ("CN-GD", "CN-44"),
        ("义乌", "CN-330782"),
        ("前海", "CN-4403-QH"),
        ("长三角", "CN-YRD"),
        ("粵港澳大灣區", "GBA"),
        ("京津冀", "CN-JJJ"),
        ("海南自由贸易港", "CN-46-FTP"),
    ],
)
def test_names_in_many_spellings(text, code):
    assert codes.lookup("geographies", text) == code


@pytest.mark.parametrize("text", ["Republic of China", "N/A", "n.a.", "--", "Punjab", "x"])
def test_what_could_be_several_or_is_none_is_not_guessed(text):
    with pytest.raises(codes.UnknownCode):
        codes.lookup("geographies", text)


def test_a_name_that_places_share_is_unknown_and_all_are_suggested():
    with pytest.raises(codes.UnknownCode) as caught:
        codes.lookup("geographies", "Punjab")
    assert caught.value.suggestions == ["Punjab (India)", "Punjab (Pakistan)"]


def test_nothing_is_suggested_that_only_shares_letters():
    with pytest.raises(codes.UnknownCode) as caught:
        codes.lookup("geographies", "Atlantis")
    assert caught.value.suggestions == []
    assert caught.value.remedy.endswith(
        "add it: crossfoot codes add geographies ATLANTIS --name-en Atlantis"
    )


def test_every_further_name_and_subdivision_leads_to_one_row():
    known = codes.by_code("geographies")
    for row in code_rows.further("geographies").rows:
        for text in (row["code"], *code_rows.names(row)):
            assert codes.lookup("geographies", text) == row["code"], text
    for row in codes.seldom("geographies"):
        assert row["code"] not in known
        assert row["name_en"] and row["kind"]
        assert codes.ancestors("geographies", row["code"])[-1] == row["code"].partition("-")[0]
    assert len(codes.seldom("geographies")) > 4900
    assert codes.kind_of("areas", "US-TX") == "state"
    assert codes.ancestors("areas", "ES-B") == ("ES-CT", "ES")
    assert codes.counts_within("areas", "DE-BY", "DE")


def test_every_nation_has_its_number_and_its_name_in_many_languages():
    further = {row["code"]: row for row in code_rows.further("geographies").rows}
    for row in codes.rows("partners"):
        if row["kind"] == "country" and row["code"] != "XK":  # Kosovo has no number
            assert any(alias.isdigit() for alias in further[row["code"]]["aliases"].split(";"))
            assert row["name_zht"]
    assert codes.called("partners", "DE", "de") == "Deutschland"
    assert codes.called("partners", "DE", "zht") == "德國"
    assert codes.called("areas", "DE-BY", "zh") == "巴伐利亚州"
    assert codes.called("areas", "IN-PB", "zh") == "Punjab (India)"  # there is none in Chinese


def test_members_are_known_and_their_days_in_order():
    rows = list(csv.DictReader(codes.path("members").read_text("utf-8").splitlines()))
    known = codes.by_code("geographies")
    assert rows == sorted(rows, key=lambda row: tuple(row.values()))
    ends: dict[tuple[str, str], str] = {}
    for row in rows:
        assert row["group"] in known and row["member"] in known, row
        pair = row["group"], row["member"]
        assert ends.get(pair, "") is not None and row["from"] >= ends.get(pair, ""), row
        assert not row["to"] or row["from"] < row["to"], row
        ends[pair] = row["to"] or None


@pytest.mark.parametrize(
    ("group", "day", "size", "member", "is_in"),
    [
        ("EU", date(2020, 1, 31), 28, "GB", True),
        ("EU", date(2020, 2, 1), 27, "GB", False),
        ("EU", date(2004, 4, 30), 15, "PL", False),
        ("EU", date(2004, 5, 1), 25, "PL", True),
        ("EUROAREA", date(2023, 1, 1), 20, "HR", True),
        ("EUROAREA", date(2026, 1, 1), 21, "BG", True),
        ("ASEAN", date(2024, 1, 1), 10, "TL", False),
        ("OECD", date(2024, 1, 1), 38, "CR", True),
        ("OPEC", date(2024, 1, 1), 12, "AO", False),
        ("BRICS", date(2023, 1, 1), 5, "EG", False),
        ("APEC", date(2000, 1, 1), 21, "TW", True),
        ("AFRICANUNION", date(2020, 1, 1), 55, "MA", True),
        ("GCC", date(2020, 1, 1), 6, "SA", True),
        ("CPTPP", date(2025, 1, 1), 12, "GB", True),
        ("CN-YRD", date(2025, 1, 1), 4, "CN-31", True),
    ],
)
def test_members_on_a_day(group, day, size, member, is_in):
    members = [found.code for found in codes.members(group, day)]
    assert (len(members), member in members) == (size, is_in)


def test_groups_of_a_fixed_size_have_it():
    for group, size in {"EU15": 15, "EU25": 25, "EU27": 27, "EU27-2007": 27, "EU28": 28}.items():
        assert len(codes.members(group)) == size
    assert {m.code for m in codes.members("EU27")} == {
        m.code for m in codes.members("EU", date(2024, 1, 1))
    }


@pytest.mark.skipif(not PANEL.is_file(), reason="the panel of Japan's returns is not here")
def test_the_partners_of_a_panel_of_a_century_ago_are_known():
    with PANEL.open(encoding="utf-8") as file:
        named = {row["partner"] for row in csv.DictReader(file)} - {""}
    assert len({codes.lookup("partners", name) for name in named}) >= 40
