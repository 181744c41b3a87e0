"""Drafting: which foreign numbers, currencies and countries are sure, unsure or refused."""

import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.warehouse.drafting.test_drafting import HEADS, PIECES, SAID, only, printed, read, reasons
from warehouse.drafting import writing
from warehouse.drafting.text.tokens import vocabulary
from warehouse.records.acceptance import read_batch
from warehouse.system.files import FormError
from warehouse.terms import codes
from warehouse.terms.quantity import parse_value

# By country, sentences as its press writes them (of our own making), and what becomes of them:
# 'skipped', 'unsure', or the one figure that is sure: area, unit and value.
SENTENCES = {
    # India
    "India's exports were $41.68 billion in March 2024.": "IN USD 41680000000",
    "India's exports stood at USD 41.68 billion in March 2024.": "IN USD 41680000000",
    "India's exports stood at 3.45 trillion rupees in March 2024.": "IN INR 3450000000000",
    "India's exports were Rs. 2,50,325 crore in March 2024.": "skipped",
    "India's exports were ₹2,50,325 crore in March 2024.": "skipped",
    "India's exports were ₹ 35,421 million in March 2024.": "skipped",
    "India's exports were INR 3.45 lakh crore in March 2024.": "skipped",
    "India's exports were 3.4 crore dollars in March 2024, against $5 billion a year ago.": (
        "skipped"
    ),
    "India's exports were 41.68 billion dollars (Rs 3,45,890 crore) in March 2024.": (
        "IN USD 41680000000"
    ),
    # Japan
    "Japan's exports rose 7.3% to 9.47 trillion yen in March 2024.": "JP JPY 9470000000000",
    "Japan's exports came to 9,469.6 billion yen in March 2024.": "JP JPY 9469600000000",
    "Japan's exports came to ¥9.47 trillion in March 2024.": "skipped",
    "Japan's exports were ¥5,000 million in March 2024.": "skipped",
    "Japan exported ¥9 兆 4,696 億 in March 2024.": "skipped",
    "Japan's exports came to 9 trillion 469 billion yen in March 2024.": "skipped",
    "Japan's exports rose 7.3 percent in March 2024.": "unsure",
    "2024年3月，日本出口9.47万亿日元。": "JP JPY 9470000000000",
    "2024年3月，日本出口3万8360亿日元，增长5%。": "skipped",
    "2024年3月，日本出口7兆3500亿日元。": "skipped",
    "2024年3月，日本出口3万亿零500亿日元。": "skipped",
    "2024年3月，日本出口50亿元。": "unsure",
    # The United Kingdom
    "The UK exported $5 billion of goods in March 2024.": "unsure",
    "The UK's imports were £48.9bn in March 2024.": "unsure",
    "UK exports to China fell 12 percent to £2.1 billion in March 2024.": "unsure",
    "UK exports were 29.1 billion pounds in March 2024.": "skipped",
    "The UK's exports were £29.1bn+ in March 2024.": "skipped",
    "2024年3月，英国出口50亿英镑。": "unsure",
    # The European Union
    "The EU's imports from China fell to €38.1 billion in March 2024.": "unsure",
    "EU exports were €1 741.9 bn in March 2024.": "skipped",
    "EU exports were €1\u202f741.9 bn in March 2024.": "skipped",
    "EU exports were 219 245 million euro in March 2024.": "skipped",
    "EU exports were €245,8 billion in March 2024.": "skipped",
    "EU exports were €12.345.678 in March 2024.": "skipped",
    "Switzerland's exports were 22’345 million Swiss francs in March 2024.": "skipped",
    "German exports were 134.1 billion euros in March 2024.": "unsure",
    # The United States
    "U.S. exports fell 2.0 percent to 257.6 bn dollars in March 2024.": "US USD 257600000000",
    "The U.S. exported $257.6 billion in March 2024.": "US USD 257600000000",
    "U.S. exports totaled $257.6B in March 2024.": "skipped",
    "U.S. exports totaled $257 600 million in March 2024.": "skipped",
    "U.S. exports totaled $257.6 billion-plus in March 2024.": "skipped",
    "U.S. exports totaled ~$257.6 billion in March 2024.": "skipped",
    "U.S. exports totaled $257.6 billion (Canadian) in March 2024.": "skipped",
    "U.S. exports totaled $257.6 (billion) in March 2024.": "skipped",
    "U.S. exports totaled between $257.6 billion and $260 billion in March 2024.": "skipped",
    "U.S. exports totaled 3.4 × 10 billion dollars in March 2024.": "skipped",
    "U.S. exports totaled CAD $257.6 billion in March 2024.": "skipped",
    "| U.S. exports in March 2024 |$257.6 billion|": "US USD 257600000000",
    # Korea
    "Korea's exports came to 56.56 billion dollars in March 2024.": "KR USD 56560000000",
    "Korea's exports came to 75.4 trillion won in March 2024.": "KR KRW 75400000000000",
    "Korea's exports came to 75 trillion 400 billion won in March 2024.": "skipped",
    "Korea's exports came to ₩75.4 trillion in March 2024.": "skipped",
    "2024年3月，韩国出口9조 5000억원。": "skipped",
    # Nepal and Brazil
    "Nepal exported goods worth Rs 12.53 billion in March 2024.": "skipped",
    "Nepal's imports from China were Rs. 20.4 arba in March 2024.": "skipped",
    "Nepal's trade deficit was 115 billion rupees in March 2024.": "unsure",
    "Brazil's exports were US$ 27,98 billion in March 2024.": "skipped",
    "Brazil's exports were R$ 139 bilhões in March 2024.": "skipped",
    "Brazil's exports were R$ 139.245,50 million in March 2024.": "skipped",
    "Brazil exported 12.6 million tonnes of soybeans in March 2024.": "unsure",
    "Brazil exported US$ 5.3 mi of soybeans in March 2024.": "skipped",
    # Hong Kong, where a dollar may be another
    "Hong Kong's exports were HK$345.2 billion in March 2024.": "HK HKD 345200000000",
    "Hong Kong's exports were $345.2 billion in March 2024.": "unsure",
    "Hong Kong's exports were US$44.2 billion in March 2024.": "HK USD 44200000000",
    # China
    "China's exports were ¥2 trillion in March 2024.": "unsure",
    "China's exports were 2 trillion yuan in March 2024.": "CN CNY 2000000000000",
    "China's exports were CNY 2 trillion in March 2024.": "CN CNY 2000000000000",
    "China's exports were 2 trillion rupees in March 2024.": "unsure",
    "2024年3月，我国出口￥5亿元。": "CN CNY 500000000",
    "2024年3月，我国出口1 5000亿元，增长5%。": "skipped",
    "2024年3月，我国出口5亿元（港币）。": "skipped",
    "2024年3月，四川口岸出口5亿元港币。": "skipped",
    "2024年3月，我国出口5亿元/年。": "skipped",
}


@pytest.mark.parametrize(("text", "outcome"), SENTENCES.items())
def test_numbers_as_countries_write_them(text, outcome):
    figures = [one for one in read(text, "2024-04-18").figures if one.printed]
    if outcome == "skipped":
        assert figures == []
    elif outcome == "unsure":
        assert figures
        assert all(one.unsure for one in figures)
    else:
        (figure,) = figures
        area, unit, value = outcome.split()
        assert (figure.codes["area"], figure.unit, figure.unsure) == (area, unit, [])
        assert parse_value(printed(figure)["value"]).value == Decimal(value)


@pytest.mark.parametrize(
    "space", ["\u2009", "\u202f", "\u00a0", "\u3000", "\u200b", "\n", "'", "’", ",", "·", "_", " "]
)
def test_a_number_that_goes_on_before_it_is_refused(space):
    text = f"In March 2024 Japan's exports were 12{space}34 million dollars, up 5 percent."
    assert read(text, "2024-04-18").figures == ()
    assert "which is not understood" in reasons(text)["34 million dollars"]


def test_a_refused_number_keeps_its_head_from_the_number_after_it():
    text = (
        "In March 2024 Japan's exports were 3.4 crore dollars, down from $5 billion, while imports "
        "were $6 billion."
    )
    figure = only(text, "2024-04-18")
    assert (figure.codes["flow"], printed(figure)) == ("imports", {"value": "$6 billion"})
    assert "'crore'" in reasons(text)["3.4"]


def test_one_of_a_list_that_shares_a_unit_is_refused():
    text = "2013年，江苏进出口、出口和进口分别完成149、142和6.7亿美元，增长5%。"
    assert read(text).figures == ()
    assert reasons(text)["6.7亿美元"] == "listed with 142, which has no unit beside it"


@pytest.mark.parametrize(
    "sentence",
    [
        "The UK exported $5 billion.",
        "UK exports reached $5 billion.",
        "The EU exported $5 billion.",
        "In the US, exports reached $5 billion.",
        "In Wakanda, exports reached $5 billion.",
        "Wakanda: exports reached $5 billion.",
        "Wakandan exports reached $5 billion.",
        "The island exported $5 billion.",
        "Its neighbour exported $5 billion.",
        "Exports from Japan reached $5 billion.",
        "Exports for Nepal reached $5 billion.",
        "Imports into India reached $5 billion.",
        "Tokyo's exports were $5 billion.",
        "Exports to Japan rose, with the UK's exports at $5 billion.",
        "英国出口50亿美元。",
        "欧盟出口50亿美元。",
        "在英国，出口达50亿美元。",
        "瓦坎达出口50亿美元。",
        "越南对华出口50亿美元。",
    ],
)
def test_another_country_is_not_read_as_china(sentence):
    text = f"In March 2024 China's exports were 1.2 trillion yuan. {sentence}"
    china, *others = read(text, "2024-04-18").figures
    assert china.unsure == []
    assert others
    assert all(one.unsure for one in others)


def test_a_clause_about_another_country_is_not_about_china():
    _, other = read("4月，我国出口1万亿元，英国出口50亿美元，增长5%。").figures
    assert other.unsure == ["英国 may be who reports, not a partner"]


def test_partners_stay_sure():
    text = (
        "In April, China's exports to the UK were $3 billion. Exports to Japan, the EU and the US "
        "were strong. In April, China's trade with the EU grew 3 percent."
    )
    assert [f.unsure for f in read(text).figures] == [[], []]


def test_whose_country_is_meant():
    exports, imports = read(
        "In April, South Korea's exports were $50 billion. The country's imports were $40 billion."
    ).figures
    assert (imports.codes["area"], imports.unsure) == ("KR", [])
    assert exports.unsure == []
    figure = only("In April, the country's imports were $40 billion.")
    assert figure.unsure == [
        "which nation country's means is not said",
        "no area is named: read as China",
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("4月，日本出口50亿港元。", "HKD is not the currency of JP"),
        ("4月，我国出口50亿日元。", "JPY is not the currency of CN"),
        ("4月，香港出口增长5%。", "its currency is not said: read as CNY"),
        ("In April, China's exports were ¥5 billion.", "¥ may be the sign of yuan or of yen"),
        (
            "In April, US exports to the US were $5 billion.",
            "US is both who reports and the partner",
        ),
    ],
)
def test_what_does_not_fit_together_is_unsure(text, reason):
    assert reason in only(text).unsure


# --- parts of what became no figure --------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        "我国服务进出口300亿元",
        "四川进出口3.5万亿",
        "四川进出口3万8360亿元",
        "四川进出口3.5亿元/年",
        "我国进出口210亿元。服务进出口300亿元",
    ],
)
def test_a_part_of_what_is_no_figure_is_unsure(head):
    *_, exports, imports = read(f"4月，{head}，其中，出口2亿元；进口3亿元，增长5%。").figures
    for part in (exports, imports):
        assert part.total is None
        assert any("which is no figure" in doubt for doubt in part.unsure)


def test_a_part_of_a_figure_stays_sure():
    text = "4月，四川进出口400亿元，比去年同期增加20亿元，其中出口200亿元，增长5%。"
    total, exports = read(text).figures
    assert (exports.total, exports.unsure) == (total, [])


# --- every draft can be read again ---------------------------------------------------------------


def written_and_read(text):
    """The draft of a text, written to a file and read as check and review read it."""
    drafted = read(text)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.yaml"
        source = {"id": "s", "publisher": "a paper", "published": "2022-05-09"}
        writing.write(path, writing.contents(drafted, source))
        batch = read_batch([path], Path(folder), drafts=True)
        assert not batch.problems, batch.problems[0]
        assert len(batch.figures) + len(batch.quarantined) == len(drafted.figures)
        assert sum(1 for _ in writing.records(writing.read(path))) == len(drafted.figures)
    return drafted


NAMES = [
    name
    for list_name in ("units", "areas", "partners", "products", "regimes", "operators")
    for row in codes.rows(list_name)
    for name in (row["name_en"], row["name_zh"], *row["aliases"].split(";"))
    if name
]
BESIDE = [word for row in vocabulary("beside") for word in row["words"].split(";")]
RUNS = st.tuples(
    st.sampled_from(["9", "1 ", "一", "出口", "的", "亿", "\u200b", "A", " "]),
    st.integers(1, 2500),
)
ODD = st.one_of(
    PIECES,
    st.sampled_from([*HEADS.split(";"), *SAID.split(";")]),
    st.sampled_from(NAMES),
    st.sampled_from(BESIDE),
    st.sampled_from(list("+-−–~'’:/\r\t\u2009\u202f\u00a0\u200b\u2028\x85\x0c\ufeff¥$€£")),
    st.sampled_from(["-$1.2 billion to $65.7 billion", "逆差", " deficit ", "0.0000001%", "¥3亿"]),
    RUNS.map(lambda run: run[0] * run[1]),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(ODD, max_size=30).map("".join).filter(str.strip))
@example("逆差-$1.2 billion to $65.7 billion")
@example("4月，我国贸易逆差近-5亿元，1亿元（2亿元）")
@example("4月，我国出口" + "9" * 3000 + "亿元。" + "第" + "1" * 2500 + "届")
@example("4月，我国" + "石墨电极" * 800 + "出口5亿元。")
@example("出口\u200b\u2028石墨5亿元，增长3\u20285%。4月出口1\u2028亿元")
@example("1 " * 3000)
def test_every_draft_can_be_read_again(text):
    # The file's UTF-8 has no lone surrogates: reading a text refuses them.
    written_and_read(text.encode("utf-8", "ignore").decode())


def test_what_no_record_may_hold_is_skipped_with_the_reason():
    text = "4月，我国出口0.00000000001元，增长5%。进口999999999999亿亿元。"
    assert printed(only("4月，我国出口0.00000000001元，增长5%。")) == {"growth": "5%"}
    reason = reasons(text)["0.00000000001元"]
    assert reason.startswith("a record cannot hold it as its value: ")
    written_and_read(text)


def test_parts_of_parts_beyond_what_a_file_may_nest_stand_beside_it(tmp_path):
    drafted = read("4月，我国进出口9亿元，其中，出口2亿元。")
    total, part = drafted.figures
    chain = [total]
    for n in range(15):
        deeper = type(part)(dict(part.codes), part.period, part.unit, 1, dict(part.printed))
        deeper.id, deeper.total = f"deeper-{n}", chain[-1]
        deeper.codes["flow"] = "exports"
        chain.append(deeper)
    deep = type(drafted)(drafted.text, tuple(chain), ())
    source = {"id": "s", "publisher": "a paper", "published": "2022-05-09"}
    writing.write(tmp_path / "s.yaml", writing.contents(deep, source))
    batch = read_batch([tmp_path / "s.yaml"], tmp_path, drafts=True)
    assert not batch.problems
    assert {f.record.id: f.record.part_of for f in batch.figures}["deeper-14"] == "deeper-13"


@pytest.mark.parametrize("name", ["draft.txt", "draft.csv", "draft.gb18030.yaml", "draft"])
def test_a_draft_file_has_the_name_of_one(tmp_path, name):
    with pytest.raises(FormError, match=r"name another --output, such as draft\.yaml"):
        writing.refuse_unreadable(tmp_path / name, {})


def test_a_draft_too_large_to_be_read_is_not_written(tmp_path):
    lines = [{"text": "x" * 2000, "reason": str(n)} for n in range(4200)]
    with pytest.raises(FormError, match="split the text"):
        writing.refuse_unreadable(tmp_path / "s.yaml", {"skipped": lines})
