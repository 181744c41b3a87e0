"""Record files on disk: what is read as text and line, and how every bad form is refused."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.records import reading, sheets, yaml_tree

SOURCE = "source: {id: s, publisher: P, published: 2020-05}\nfigures:\n"


@pytest.fixture
def read(tmp_path):
    """Read text or bytes as a file of this name."""

    def write_and_read(content, name="records.yaml"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return reading.read(name, path)

    return write_and_read


def refusal(file):
    """The one problem of a file, which then gives no rows: line, field, value, message."""
    (problem,) = file.problems
    assert not file.sources and not file.records
    assert problem.file == file.name
    assert problem.remedy
    assert str(problem).startswith(f"{file.name}:{problem.line}: " if problem.line else file.name)
    return problem.line, problem.field, problem.value, problem.message


def nested(levels):
    """Figures in figures, so many levels deep, in block style."""
    return SOURCE + "".join(f"{'  ' * i}- id: f{i}\n{'  ' * i}  of_which:\n" for i in range(levels))


BAD_YAML = {
    # what: text, line, field, value, what the message says
    "duplicate key": (SOURCE + "- id: a\n  area: CN\n  area: US\n", 5, "area", "", "twice"),
    "duplicate key in two notations": (SOURCE + '- {id: a, "id": b}\n', 3, "id", "", "twice"),
    "duplicate top key": (SOURCE + "- id: a\nfigures: []\n", 4, "figures", "", "twice"),
    "anchor": ("source: &here {id: s}\n", 1, "source", "here", "anchors"),
    "alias": (SOURCE + "- {id: a, note: *here}\n", 3, "note", "here", "anchors"),
    "billion laughs": ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", 1, "a", "a", "anchors"),
    "itself": ("figures: &f\n- *f\n", 1, "figures", "f", "anchors"),
    "merge key": (SOURCE + "- id: a\n  <<: {area: CN}\n", 4, "", "", "a key must be"),
    "python tag": (
        "source: !!python/object/apply:os.system ['echo']\n",
        *(1, "source", "tag:yaml.org,2002:python/object/apply:os.system", "tags"),
    ),
    "int tag": (SOURCE + "- id: !!int 3\n", 3, "id", "tag:yaml.org,2002:int", "tags"),
    "custom tag": (SOURCE + "- id: !custom x\n", 3, "id", "!custom", "tags"),
    "tag of no name": (SOURCE + "- id: ! x\n", 3, "id", "!", "tags"),
    "second document": (SOURCE + "- id: a\n---\n" + SOURCE, 4, "", "", "a second document"),
    "bad second document": (SOURCE + "- id: a\n--- ]\n", 4, "", "", "a second document"),
    "tab": ("source:\n\tid: s\n", 2, "", "", "not well-formed YAML"),
    "indented too far": ("source:\n  id: s\n    publisher: P\n", 3, "", "", "not well-formed YAML"),
    "indented too little": (SOURCE + "- id: a\n area: CN\n", 4, "", "", "not well-formed YAML"),
    "open quote": (SOURCE + "- id: a\n  note: 'x\n", 5, "", "", "not well-formed YAML"),
    "open bracket": (SOURCE + "- {id: a\n", 4, "", "", "not well-formed YAML"),
    "colon in a value": (SOURCE + "- id: a\n  note: x: y\n", 4, "", "", "not well-formed YAML"),
    "percent sign first": (SOURCE + "- id: a\n  note: %\n", 4, "", "", "not well-formed YAML"),
    "lone surrogate": (SOURCE + '- note: "\\ud800"\n', 3, "", "", "not well-formed YAML"),
    "empty": ("", 1, "", "", "is empty"),
    "only comments": ("# one\n# two\n", 3, "", "", "is empty"),
    "document of nothing": ("---\n", 2, "", "", "holds no records"),
    "empty mapping": ("{}\n", 1, "", "", "holds no records"),
    "text": ("hello\n", 1, "", "hello", "holds no records"),
    "list at the top": ("- id: a\n", 1, "", "", "the file is a list: it names no source"),
    "unknown top key": ("source: {id: s}\nfigure: []\n", 2, "figure", "", "no part of a record"),
    "figures without source": ("figures:\n- id: a\n", 2, "", "", "without a source"),
    "figures of nothing": (SOURCE, 2, "figures", "", "must be a list"),
    "figures as mapping": (SOURCE + "  id: a\n", 3, "figures", "", "must be a list"),
    "source of nothing": ("source:\nfigures: []\n", 1, "", "", "must be a mapping"),
    "source as list": ("source:\n- id: s\n", 2, "", "", "must be a mapping"),
    "sources as mapping": ("sources:\n  id: s\n", 2, "sources", "", "must be a list"),
    "figure as text": (SOURCE + "- chengdu\n", 3, "", "chengdu", "must be a mapping"),
    "of_which as text": (SOURCE + "- id: a\n  of_which: b\n", 4, "of_which", "b", "a list"),
    "of_which as mapping": (
        SOURCE + "- id: a\n  of_which:\n    id: b\n",
        5,
        "of_which",
        "",
        "list",
    ),
    "of_which of a source": ("source:\n  id: s\n  of_which: []\n", 3, "of_which", "", "single"),
    "mapping for text": (SOURCE + "- {id: a, area: {x: y}}\n", 3, "area", "", "single value"),
    "list for text": (SOURCE + "- id: a\n  area: [CN, US]\n", 4, "area", "", "single value"),
    "no value": (SOURCE + "- id: a\n  area:\n  flow: trade\n", 4, "area", "", "is empty"),
    "blank value": (SOURCE + "- id: a\n  area: '  '\n", 4, "area", "", "is empty"),
    "list as key": (SOURCE + "- {id: a, ? [x] : y}\n", 3, "", "", "a key must be"),
    "empty key": (SOURCE + "- {id: a, '': y}\n", 3, "", "", "a key must be"),
    "too deep": (nested(30), 21, "", "", "nested more than 20 deep"),
    "far too deep": ("source: " + "[" * 100_000, 1, "", "", "nested more than 20 deep"),
    "mappings far too deep": ("source: " + "{a: " * 20_000, 1, "", "", "more than 20 deep"),
    "long text": (
        SOURCE + "- id: a\n  note: " + "x" * 2_001 + "\n",
        *(4, "note", "x" * 40 + "…", "2,001 characters"),
    ),
    "part_of under a total": (
        SOURCE + "- id: a\n  of_which:\n    - {id: b, part_of: c}\n",
        *(5, "part_of", "c", "stands under its total"),
    ),
    "control character": (SOURCE + "- id: a\n  note: x\x07\n", 4, "", "", "U+0007"),
    "written control character": (SOURCE + '- note: "x\\e[1m"\n', 3, "note", "x\x1b[1m", "U+001B"),
    "written NUL": (SOURCE + '- note: "x\\0"\n', 3, "note", "x\0", "U+0000"),
    "NUL": (SOURCE + "- id: a\0\n", 3, "", "", "U+0000"),
    "GBK": ((SOURCE + "- id: a\n  note: 成都\n").encode("gbk"), 4, "", "", "not UTF-8"),
    "UTF-16": (SOURCE.encode("utf-16"), 1, "", "", "not UTF-8"),
    "cut in a character": (SOURCE.encode() + "- note: 成".encode()[:-1], 3, "", "", "not UTF-8"),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0\0", 1, "", "", "not UTF-8"),
}


@pytest.mark.parametrize(
    ("text", "line", "field", "value", "says"), BAD_YAML.values(), ids=BAD_YAML
)
def test_a_bad_yaml_file_is_refused_where_it_is_bad(read, text, line, field, value, says):
    *where, message = refusal(read(text))
    assert where == [line, field, value]
    assert says in message


def test_yaml_gives_text_and_the_line_of_each_field(read):
    file = read(
        "# a remark\n"
        "source:\n  id: s\n  publisher: P\n"
        "figures:\n"
        "  - id: total\n    value: 2016.6亿元\n"
        "    of_which:\n"
        "      - {id: part, growth: 23.4%}\n"
        "      -\n        id: other\n        note: >\n          two\n          lines\n"
    )
    assert not file.problems
    assert [(row.line, dict(row.fields)) for row in file.sources] == [
        (3, {"id": "s", "publisher": "P"})
    ]
    total, part, other = file.records
    assert dict(total.fields) == {"source": "s", "id": "total", "value": "2016.6亿元"}
    assert dict(total.lines) == {"source": 2, "id": 6, "value": 7}
    assert dict(part.fields) == {"source": "s", "part_of": "total", "id": "part", "growth": "23.4%"}
    assert (part.line, part.lines["growth"], part.total.line) == (9, 9, 6)
    assert (other.line, other.lines["note"], other.fields["note"]) == (11, 12, "two lines")


@pytest.mark.parametrize(
    "scalar",
    [
        *("no", "yes", "null", "~", "true", "on", "2020-05", "2020-05-09", "1_000", "0x10", "0o7"),
        *("1e3", ".inf", "007", "12:30:45", "+1", "100.0", "=", "2020-05-09T00:00:00Z", "20.3%"),
    ],
)
def test_every_scalar_stays_the_text_it_is(read, scalar):
    (record,) = read(f"{SOURCE}- id: a\n  note: {scalar}\n").records
    assert record.fields["note"] == scalar


def test_a_number_as_key_is_a_field_of_that_name(read):
    (record,) = read(SOURCE + "- {id: a, 2020: x}\n").records
    assert record.fields["2020"] == "x"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_byte_order_mark_do_not_matter(read, ending, mark):
    text = (SOURCE + "- id: a\n  area: 成都\n- id: b\n").replace("\n", ending)
    first, second = read(mark + text.encode()).records
    assert (first.fields["area"], first.lines["area"], second.line) == ("成都", 4, 5)


def test_a_source_may_stand_alone_and_sources_may_be_many(read):
    assert [row.fields["id"] for row in read("source: {id: s}\n").sources] == ["s"]
    file = read("sources:\n- id: s\n- id: t\n")
    assert [(row.line, row.fields["id"]) for row in file.sources] == [(2, "s"), (3, "t")]


def test_the_deepest_nesting_that_is_allowed_is_read(read):
    levels = (yaml_tree.MAX_DEPTH - 3) // 2
    deepest = f"{'  ' * levels}- id: deepest\n"
    assert read(nested(levels) + deepest).records[-1].fields["id"] == "deepest"


def test_the_longest_text_that_is_allowed_is_read(read):
    longest = "成" * sheets.MAX_TEXT
    assert read(f"{SOURCE}- note: {longest}\n").records[0].fields["note"] == longest
    assert read(f"note,id,source\n{longest},a,s\n", "x.csv").records[0].fields["note"] == longest


BAD_CSV = {
    # what: text, line, field, value, what the message says
    "empty": ("", 1, "", "", "no column id"),
    "blank first line": ("\nid,source\na,s\n", 1, "", "", "no column id"),
    "no header": ("a,s,CN\nb,s,CN\n", 1, "", "", "no column id and no column source"),
    "no id": ("source,area\ns,CN\n", 1, "", "", "no column id"),
    "no source": ("id,area\na,CN\n", 1, "", "", "no column source"),
    "semicolons": ("id;source;area\na;s;CN\n", 1, "", "", "no column id"),
    "tabs": ("id\tsource\tarea\na\ts\tCN\n", 1, "", "", "no column id"),
    "duplicate column": ("id,source,note,note\na,s,x,y\n", 1, "note", "", "twice"),
    "nameless column": ("id,source,,note\na,s,x,y\n", 1, "", "", "without a name"),
    "short row": ("id,source,area\na,s,CN\nb,s\n", 3, "", "", "2 cells under 3 columns"),
    "long row": ("id,source,value\na,s,1,234亿元\n", 2, "", "", "4 cells under 3 columns"),
    "short row after a long cell": ('id,source\n"a\nb",s\nc\n', 4, "", "", "1 cells under 2"),
    "open quote": ('id,source\na,s\nb,"s\nc,s\n', 3, "", "", "not well-formed CSV"),
    "open quote closed later": ('id,source\na,"s\nb,"s"\nc,s\n', 2, "", "", "not well-formed CSV"),
    "text after a quote": ('id,source\na,"s"x\n', 2, "", "", "not well-formed CSV"),
    "open quote in the header": ('id,"source\na,s\n', 1, "", "", "not well-formed CSV"),
    "long cell": ("id,source\na," + "x" * 2_001, 2, "source", "x" * 40 + "…", "2,001 characters"),
    "very long cell": ("id,source\na," + "x" * 50_000, 2, "", "", "not well-formed CSV"),
    "GBK": ("id,source\na,s\nb,成都\n".encode("gbk"), 3, "", "", "not UTF-8"),
    "NUL": ("id,source\na,s\0\n", 2, "", "", "U+0000"),
    "escape": ("id,source\na,s\x1b[1m\n", 2, "", "", "U+001B"),
}


@pytest.mark.parametrize(("text", "line", "field", "value", "says"), BAD_CSV.values(), ids=BAD_CSV)
def test_a_bad_csv_file_is_refused_where_it_is_bad(read, text, line, field, value, says):
    *where, message = refusal(read(text, "figures.csv"))
    assert where == [line, field, value]
    assert says in message


def test_csv_gives_the_cells_that_hold_something(read):
    file = read(
        "\ufeffid , source,value,note\r\n"
        ' a ,s,"1,234亿元", \r\n'
        "\r\n"
        " , , ,\r\n"
        'b,s,,"two ""quoted""\r\nlines"\r\n'
        'c,s,5",x\r\n',
        "figures.CSV",
    )
    assert not file.problems
    assert [(row.line, dict(row.fields)) for row in file.records] == [
        (2, {"id": "a", "source": "s", "value": "1,234亿元"}),
        (5, {"id": "b", "source": "s", "note": 'two "quoted"\r\nlines'}),
        (7, {"id": "c", "source": "s", "value": '5"', "note": "x"}),
    ]
    assert set(file.records[1].lines.values()) == {5}


def test_csv_with_old_line_ends_keeps_its_lines(read):
    assert [row.line for row in read("id,source\ra,s\rb,s\r", "x.csv").records] == [2, 3]


@pytest.mark.parametrize("name", ["records.yaml", "figures.csv"])
def test_a_file_over_the_limit_is_not_read(read, monkeypatch, name):
    monkeypatch.setitem(reading.MAX_BYTES, name[name.index(".") :], 10)
    line, _, _, message = refusal(read("id,source\na,s\n", name))
    assert (line, message) == (0, "14 bytes is more than the limit of 10")


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path, monkeypatch):
    (tmp_path / "gone.yaml").symlink_to("nowhere")
    ((name, path),) = reading.find([tmp_path], tmp_path)
    assert "cannot be read" in refusal(reading.read(name, path))[3]
    (tmp_path / "folder.csv").mkdir()
    assert "cannot be read" in refusal(reading.read("f", tmp_path / "folder.csv"))[3]

    def denied(*_):
        raise PermissionError(13, "Permission denied")

    locked = tmp_path / "locked.csv"
    locked.write_text("id,source\n")
    monkeypatch.setattr(os, "open", denied)
    assert "Permission denied" in refusal(reading.read("locked.csv", locked))[3]


@given(st.binary(max_size=200))
def test_no_bytes_break_it(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("bytes")
    for name in ("x.yaml", "x.csv"):
        (folder / name).write_bytes(content)
        file = reading.read(name, folder / name)
        assert len(file.problems) <= 1


@given(st.text(st.sampled_from("{}[]:,-? \n\t'\"#&*!|>%@`a<0\\é"), max_size=60))
def test_no_punctuation_breaks_it(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("text")
    for name, start in (("x.yaml", SOURCE), ("x.csv", "id,source\n")):
        (folder / name).write_text(start + text, encoding="utf-8")
        file = reading.read(name, folder / name)
        assert not (file.problems and file.records)
        lines = [row.line for row in (*file.sources, *file.records)]
        assert len(set(lines)) == len(lines)


# --- finding the files ---------------------------------------------------------------------------


def test_finds_the_record_files_of_folders_by_name(tmp_path):
    for name in ("b/x.yaml", "b/figures.csv", "a/y.yml", "a/note.txt", "z.YAML", "b/.z/deep.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.yaml").mkdir()
    found = reading.find([tmp_path, tmp_path / "b", tmp_path / "z.YAML"], tmp_path)
    assert [name for name, _ in found] == [
        *("a/y.yml", "b/.z/deep.csv", "b/figures.csv", "b/x.yaml", "z.YAML")
    ]
    assert found == [(name, tmp_path / name) for name, _ in found]


@pytest.mark.parametrize(
    "name",
    [
        *("~$figures.xlsx", "._figures.csv", "Thumbs.db", ".DS_Store", "desktop.ini"),
        *(".~lock.figures.csv#", "#figures.yaml#", ".#figures.yaml", "figures.yaml~"),
        *(".git/config.yaml", "__MACOSX/._figures.csv", "deep/.ipynb_checkpoints/figures.csv"),
    ],
)
def test_what_programs_leave_beside_records_is_passed_over(tmp_path, name):
    (tmp_path / "figures.yaml").write_text("")
    left = tmp_path / name
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"\x00\x01")
    assert [path.name for _, path in reading.find([tmp_path])] == ["figures.yaml"]


def test_what_is_named_is_read_whatever_its_name(tmp_path):
    (tmp_path / "._figures.csv").write_text("")
    folder = tmp_path / ".git"
    folder.mkdir()
    (folder / "figures.yaml").write_text("")
    for named, name in ((tmp_path / "._figures.csv", "._figures.csv"), (folder, "figures.yaml")):
        assert [path.name for _, path in reading.find([named])] == [name]


def test_names_are_the_paths_as_given(tmp_path, monkeypatch):
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "x.yaml").touch()
    monkeypatch.chdir(tmp_path)
    for given_path in ("r", "./r", "r/x.yaml"):
        assert [name for name, _ in reading.find([reading.Path(given_path)])] == ["r/x.yaml"]


def test_a_csv_file_brings_its_sources_along_and_a_yaml_file_does_not(tmp_path):
    for name in ("figures.csv", "sources.yaml", "other.yaml", "more.csv"):
        (tmp_path / name).touch()
    found = reading.find([tmp_path / "figures.csv", tmp_path / "more.csv"], tmp_path)
    assert [name for name, _ in found] == ["figures.csv", "more.csv", "sources.yaml"]
    found = reading.find([tmp_path / "other.yaml"], tmp_path)
    assert [name for name, _ in found] == ["other.yaml"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("missing", "no such file or folder"),
        ("missing.yaml", "no such file or folder"),
        ("note.txt", "not a record file (.yaml, .yml, .csv, .jsonl, .parquet, .xlsx)"),
        ("yaml", "not a record file"),
        ("folder.yaml", "no record files here"),
        ("folder", "no record files here"),
    ],
)
def test_a_path_without_record_files_is_refused(tmp_path, name, says):
    for folder in ("folder", "folder.yaml"):
        (tmp_path / folder).mkdir()
    (tmp_path / "folder" / "note.txt").touch()
    (tmp_path / "note.txt").touch()
    (tmp_path / "yaml").touch()
    with pytest.raises(reading.FormError) as refused:
        reading.find([tmp_path / name])
    problem = refused.value.problem
    assert problem.file == str(tmp_path / name)
    assert problem.line == 0
    assert says in problem.message
    assert problem.remedy
    assert str(refused.value) == f"{problem.file}: {problem.message}; {problem.remedy}"


@pytest.mark.parametrize("name", [b"\xff.yaml", b"a\nb.yaml", b"a\x1b[1m.csv"])
def test_a_path_that_cannot_be_shown_is_refused(tmp_path, name):
    (tmp_path / os.fsdecode(name)).touch()
    with pytest.raises(reading.FormError) as refused:
        reading.find([tmp_path], tmp_path)
    assert str(refused.value).isascii()


def test_rows_on_one_line_are_rows_of_their_own(tmp_path):
    path = tmp_path / "r.yaml"
    path.write_text("{source: {id: s}, figures: [{id: a, of_which: [{id: b}]}, {id: c}]}\n")
    file = reading.read("r.yaml", path)
    assert [(row.line, row.fields["id"]) for row in file.records] == [(1, "a"), (1, "b"), (1, "c")]
    assert len({row.place for row in (*file.sources, *file.records)}) == 4


def test_a_link_that_leads_to_itself_is_told(tmp_path):
    loop = tmp_path / "a.yaml"
    loop.symlink_to(loop)
    ((name, path),) = reading.find([tmp_path])
    assert "symbolic links" in refusal(reading.read(name, path))[3]
