"""Slips of people who write YAML by hand: each is named, and the remedy works as it is pasted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.records import reading
from warehouse.records.acceptance import read_batch

START = "source: {id: s, publisher: P, published: 2020-05}\nfigures:\n"
REST = "  flow: exports\n  period: 2020-01\n  value: 5亿元\n"


@pytest.fixture
def read(tmp_path):
    def write_and_read(text, name="records.yaml"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return reading.read(name, path)

    return write_and_read


WRITTEN = {
    # what: the lines of the figure, the line that is named, what the message says
    "full-width colon": (f"- id: a\n  area：CN\n{REST}", 4, "： is a full-width colon"),
    "full-width colon first": (f"- id：a\n  area: CN\n{REST}", 3, "： is a full-width colon"),
    "full-width colon at the end": (f"- id: a\n{REST}  area：CN\n", 7, "： is a full-width colon"),
    "full-width comma": (
        "- {id: a，area: CN, flow: exports, period: 2020-01, value: 5亿元}\n",
        *(3, "， is a full-width comma"),
    ),
    "both at full width": (
        "- {id： a，area： CN，flow： exports，period： 2020-01，value： 5亿元}\n",
        *(3, "： is a full-width colon and ， is a full-width comma"),
    ),
    "curly quotes": (f"- id: a\n  area: CN\n  note: “x: y”\n{REST}", 5, "curly quotation marks"),
    "no space after a colon": (
        f"- id: a\n  area:CN\n{REST}",
        4,
        "a space is missing after the colon",
    ),
    "no space after a dash": (
        f"-id: a\n  area: CN\n{REST}",
        3,
        "a space is missing after the dash",
    ),
    "a colon in a value": (
        f"- id: a\n  area: CN\n  note: p. 3: x\n{REST}",
        5,
        "a colon in a value",
    ),
    "a percent sign first": (f"- id: a\n  area: CN\n  note: %x\n{REST}", 5, "% means something"),
    "an at sign first": (f"- id: a\n  area: CN\n  note: '@x'\n  locator: @x\n{REST}", 6, "@ means"),
    "text after a quote": (f'- id: a\n  area: CN\n  note: "x" it said\n{REST}', 5, "closing quote"),
    "no comma between fields": (
        "- {id: a area: CN, flow: exports, period: 2020-01, value: 5亿元}\n",
        *(3, "a comma is missing"),
    ),
    "a bracket too many": (
        "- {id: a, area: CN, flow: exports, period: 2020-01, value: 5亿元}}\n",
        *(3, "a bracket is closed that none opened"),
    ),
}


@pytest.mark.parametrize(("figure", "line", "says"), WRITTEN.values(), ids=WRITTEN)
def test_the_line_that_is_told_to_be_written_is_right(read, figure, line, says):
    text = START + figure
    (problem,) = read(text).problems
    assert (problem.line, says in problem.message) == (line, True), problem
    remedy, _, corrected = problem.remedy.partition("write: ")
    assert (remedy, corrected != "") == ("", True)
    lines = text.splitlines(keepends=True)
    indent = lines[line - 1][: len(lines[line - 1]) - len(lines[line - 1].lstrip())]
    lines[line - 1] = f"{indent}{corrected}\n"
    mended = read("".join(lines))
    assert mended.problems == ()
    (record,) = mended.records
    assert (record.fields["id"], record.fields["area"]) == ("a", "CN")


SAID = {
    # what: text, line, the remedy
    "tab": (f"{START}- id: a\n\tarea: CN\n", 4, "indent it with spaces, as many as the lines"),
    "too deep": (f"{START}- id: a\n   area: CN\n", 4, "indent it by 2 spaces, as line 3 is"),
    "too shallow": (f"{START}- id: a\n area: CN\n", 4, "indent it by 2 spaces, as line 3 is"),
    "a field of the source too deep": (
        "source:\n  id: s\n    publisher: P\n",
        *(3, "indent it by 2 spaces, as line 2 is"),
    ),
    "open quote": (
        f"{START}- id: a\n  note: 'x\n",
        5,
        "close the quotation mark that opens in line 4",
    ),
    "open brace": (f"{START}- {{id: a\n- {{id: b}}\n", 4, "close the bracket that opens in line 3"),
    "records for figures": (
        START.replace("figures", "records"),
        *(2, "write figures: instead of records:"),
    ),
    "a field at the left margin": (f"{START}- id: a\narea: CN\n", 4, "indent it: a field belongs"),
    "list of figures alone": (
        "- {id: a, area: CN}\n",
        *(1, "write above it: source: {id: records, publisher: NAME, published: 2020-05-09}"),
    ),
    "source as a list": ("source:\n- id: s\n", 2, "take the '- ' before its fields away"),
    "one of several sources": (
        'sources:\n- {id: s, publisher: "N, P", published: 2020}\nfigures:\n- {id: a}\n',
        *(4, 'write instead of sources: source: {id: s, publisher: "N, P", published: 2020}'),
    ),
    "figures by name": (f"{START}  a:\n    area: CN\n", 3, "as far: - id: a"),
    "parts by another name": (
        f"{START}- id: a\n  parts:\n  - {{id: b}}\n",
        *(5, "write of_which: instead of parts:"),
    ),
    "several words": (
        f"{START}- id: a\n  partition: [flow, area]\n",
        *(4, 'part the words with commas: partition: "flow, area"'),
    ),
    "words with a comma in braces": (
        f"{START}- {{id: a, note: exports, mostly to Japan, flow: trade}}\n",
        *(3, 'quote it: note: "exports, mostly to Japan"'),
    ),
    "full-width colon in braces": (
        f"{START}- {{id: a, area：CN}}\n",
        3,
        "write: - {id: a, area: CN}",
    ),
    "full-width colon of a heading": ("source：\n  id: s\n", 1, "write: source:"),
    "a figure in one word": (f"{START}- id：a\n", 3, "write: id: a"),
}


@pytest.mark.parametrize(("text", "line", "remedy"), SAID.values(), ids=SAID)
def test_what_is_to_be_done_is_said(read, text, line, remedy):
    (problem,) = read(text).problems
    assert (problem.line, remedy in problem.remedy) == (line, True), problem


@pytest.mark.parametrize("note", ["见：表", "“so”", "a — b：c", "“x”，“y”"])
def test_punctuation_of_print_in_a_text_is_text(read, note):
    (record,) = read(f"{START}- id: a\n  note: {note}\n").records
    assert record.fields["note"] == note
    (problem,) = read(f"{START}- id: a\n  note: {note}\n area: CN\n").problems
    assert (problem.line, "indent it" in problem.remedy) == (5, True)


NUMBERS = (
    *("9,446 billion", "12,5%", "1,52,345 crore", "27,011 Mio. €", "-1,234.5 t", "1,000,000"),
    *("€9,446m", "9, 446 billion", "1.234,5 t"),
)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "entry", ["{id: a, value: @, area: CN}", "{value: @}", "{id: a,\n  value: @ ,\n  area: CN}"]
)
def test_a_number_that_braces_part_is_recognised(read, number, entry):
    (problem,) = read(f"{START}- {entry.replace('@', number)}\n").problems
    assert (problem.field, problem.value) == ("value", number)
    assert problem.remedy == f'quote it: value: "{number}"'
    assert "a comma begins the next value" in problem.message
    mended = problem.remedy.removeprefix("quote it: value: ")
    (record,) = read(f"{START}- {entry.replace('@', mended)}\n").records
    assert record.fields["value"] == number


@pytest.mark.parametrize("number", ["9,446 billion", "12,5%", "9,446", "1,52,345 crore"])
def test_a_number_that_brackets_part_is_recognised(read, number):
    (problem,) = read(f"{START}- id: a\n  value: [{number}]\n").problems
    assert (problem.line, problem.field) == (4, "value")
    assert problem.remedy == f'quote it: value: "{number}"'


@given(
    st.lists(st.integers(0, 999), min_size=2, max_size=4),
    st.sampled_from([" billion", "%", "亿元", "", " t", "m"]),
    st.sampled_from([",", ", "]),
)
def test_no_part_of_a_number_is_taken_for_the_whole(tmp_path_factory, groups, unit, comma):
    number = comma.join(f"{group:03}" for group in groups) + unit
    path = tmp_path_factory.mktemp("parted") / "a.yaml"
    for entry in (f"{{id: a, value: {number}, area: CN}}", f"{{value: {number}, id: a}}"):
        path.write_text(f"{START}- {entry}\n", "utf-8")
        batch = read_batch([path])
        assert batch.figures == ()
        assert "quote it: value: " in batch.problems[0].remedy


def test_lists_of_whole_numbers_stay_lists(tmp_path):
    (tmp_path / "x.yaml").write_text("columns: [1,2,30]\nnames: {a: 1, b: 2}\n")
    tree = reading.read_tree(tmp_path / "x.yaml", "columns")
    assert tree.plain() == {"columns": ["1", "2", "30"], "names": {"a": "1", "b": "2"}}
