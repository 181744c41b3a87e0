"""Ids: letters of any script, nothing unseen, one spelling, and safe wherever they go."""

import re
import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers import report_sites
from warehouse.records import identifiers
from warehouse.records.acceptance import read_batch

SOURCE = "source: {{id: {}, publisher: P, published: 2020-05}}\nfigures:\n"
FIGURE = "- {{id: '{}', area: CN, flow: trade, period: 2020-{:02}, value: {}亿元}}\n"
IDS = (
    "成都-出口",
    "экспорт",
    "größe",
    "हिन्दी",
    "น้ำมัน",
    "صادرات",
    "수출.2",
    "日本_1905",
    "0a",
    "ñandú",
)


@pytest.fixture
def accept(tmp_path):
    def run(text):
        (tmp_path / "a.yaml").write_text(text, "utf-8")
        return read_batch([tmp_path], tmp_path)

    return run


def test_letters_of_any_script_are_ids_of_sources_figures_and_totals(accept):
    text = SOURCE.format("统计局-2020")
    text += "".join(FIGURE.format(id_, n, n) for n, id_ in enumerate(IDS[:4], 1))
    text += "- {id: teil, area: CN, flow: exports, period: 2020-03, value: 1亿元, "
    text += "part_of: 统计局-2020/größe}\n"
    batch = accept(text)
    assert batch.problems == []
    assert {figure.id for figure in batch.figures} == {
        f"统计局-2020/{id_}" for id_ in (*IDS[:4], "teil")
    }


@pytest.mark.parametrize("id_", IDS)
def test_an_id(id_):
    assert identifiers.is_id(id_)
    assert identifiers.id_like(id_) == id_


@pytest.mark.parametrize(
    ("text", "like"),
    [
        *(("Größe", "größe"), ("ЭКСПОРТ", "экспорт"), ("fig 1", "fig-1"), ("ｆｉｇ１", "fig1")),
        *(("a/b", "a-b"), ("-a", "a"), ("a\u200db", "a-b"), ("a\u202eb", "a-b"), ("\u3164", "")),
        *(("“a”", "a"), ("\u0301a", "a"), ("ǅ", "dž"), ("a\ufe0f", "a"), ("", ""), ("😀", "")),
        *(
            ("../../etc/passwd", "etc-passwd"),
            ("x" * 200, "x" * 100),
            ("①", "1"),
            ("ﬁnanz", "finanz"),
            ("=1+1", "1-1"),
        ),
    ],
)
def test_what_is_no_id_and_the_one_it_is_like(text, like):
    assert not identifiers.is_id(text)
    assert identifiers.id_like(text) == like


@given(st.text(max_size=120))
def test_what_a_text_is_like_is_an_id(text):
    like = identifiers.id_like(text)
    assert like == "" or identifiers.is_id(like)
    if identifiers.is_id(text):
        assert like in (text, re.sub("-+$|^-+|[._]+$", "", text), like)
        assert text == unicodedata.normalize("NFC", text)
        assert not set(text) & set("/\\\"'<>&?#% \t\n\u200b\u200d\u202e:*|")


def test_the_remedy_can_be_pasted(accept):
    (problem,) = accept(SOURCE.format("s") + FIGURE.format("Zürich Exporte", 1, 1)).problems
    assert (problem.message, problem.value) == ("is not well formed", "Zürich Exporte")
    like = problem.remedy.rpartition("such as ")[2]
    assert accept(SOURCE.format("s") + FIGURE.format(like, 1, 1)).problems == []


def test_an_id_is_the_same_however_its_accents_were_typed(accept):
    decomposed = unicodedata.normalize("NFD", "größe")
    assert decomposed != "größe"
    text = SOURCE.format("s") + FIGURE.format(decomposed, 1, 1)
    assert [figure.id for figure in accept(text).figures] == ["s/größe"]
    (problem,) = accept(text + FIGURE.format("größe", 2, 2)).problems
    assert "is the id of another figure" in problem.message
    part = FIGURE.format("p", 1, 1).replace("trade", f"exports, part_of: {decomposed}")
    assert accept(text + part).problems == []


def test_pages_and_anchors_of_such_ids_are_found(tmp_path):
    records = tmp_path / "built" / "records"
    records.mkdir(parents=True)
    text = SOURCE.format("统计局").replace("2020-05", "2021")
    text += "".join(FIGURE.format(i, n, n) for n, i in enumerate(IDS, 1))
    (records / "a.yaml").write_text(text, "utf-8")
    page = report_sites.write(report_sites.build(tmp_path / "built", records), tmp_path / "site")
    names = [path.relative_to(page.parent).as_posix() for path in page.parent.rglob("*.html")]
    assert all(name.isascii() for name in names)
    (source,) = (page.parent / "sources").glob("*.html")
    html = source.read_text("utf-8")
    anchors = set(re.findall(r' id="(figure-[^"]+)"', html))
    assert len(anchors) == len(IDS)
    assert all(anchor.isascii() and unquote(anchor) == anchor for anchor in anchors)
