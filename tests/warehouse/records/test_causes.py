"""Each cause once: what many records have wrong for one reason is one message with its count."""

import pytest

from expectations.check import check
from warehouse.records.acceptance import read_batch
from warehouse.system import causes

SOURCES = "sources:\n- {id: s, publisher: P, published: 2020-05}\n"
HEADER = "id,source,area,flow,period,value\n"


def rows(count, cells="s,CN,trade,2019-{:02},{}亿元"):
    return "".join(f"f{n},{cells.format(n % 12 + 1, n + 1)}\n" for n in range(count))


@pytest.fixture
def told(tmp_path, monkeypatch):
    """What is said of files given as name=text, rejected and set aside."""
    monkeypatch.chdir(tmp_path)

    def run(**files):
        for name, text in files.items():
            (tmp_path / name).write_text(text, "utf-8")
        batch = read_batch([tmp_path], tmp_path)
        return causes.messages((*batch.problems, *batch.quarantined))

    return run


def test_records_of_a_source_that_nobody_describes(told, tmp_path):
    table = HEADER + rows(306, "destatis,CN,trade,2019-{:02},{}亿元")
    (message,) = told(**{"figures.csv": table})
    assert message == (
        "figures.csv:2: 306 records name the source 'destatis', which is missing; write "
        "sources.yaml beside it: sources: [{id: destatis, publisher: NAME, published: 2020-05-09}]"
        " (also lines 3, 4, 5 and 302 more)"
    )
    remedy = message.partition("beside it: ")[2].partition(" (also")[0]
    (mended,) = told(
        **{
            "sources.yaml": remedy + "\n",
            "figures.csv": HEADER + rows(1, "destatis,X,trade,2019-{:02},{}亿元"),
        }
    )
    assert "area 'X'" in mended


def test_the_remedy_adds_to_the_sources_that_are_there(told):
    (message,) = told(
        **{"sources.yaml": SOURCES, "f.csv": HEADER + rows(2, "t,CN,trade,2019-{:02},{}亿元")}
    )
    entry = message.partition("add below sources: in sources.yaml: ")[2].partition(" (")[0]
    assert entry == "- {id: t, publisher: NAME, published: 2020-05-09}"
    assert told(**{"sources.yaml": f"{SOURCES}{entry}\n"}) == []


def test_a_source_whose_name_can_be_no_id_is_given_one(told):
    (message,) = told(**{"f.csv": HEADER + rows(1, "Statistics Office,CN,trade,2019-{:02},{}亿元")})
    assert "call it statistics-office and write sources.yaml" in message
    assert "{id: statistics-office," in message


def test_records_that_name_no_source(told):
    table = HEADER + rows(9, ",CN,trade,2019-{:02},{}亿元")
    (message,) = told(**{"sources.yaml": SOURCES, "figures.csv": table})
    assert message.startswith("figures.csv:2: 9 records name no source; write there the id")
    assert "that prints it: s (also lines 3, 4, 5 and 5 more)" in message


def test_a_column_by_another_name_and_the_field_that_it_means(told):
    header = "id,source,country,flow,date,amount,yoy\n"
    table = header + rows(3, "s,CN,trade,2019-{:02},{}亿元,5%")
    assert told(**{"sources.yaml": SOURCES, "figures.csv": table}) == [
        f"figures.csv:2: 3 records have {name}, which is no field of a record; "
        f"write {field} instead of {name}, or take it out (also lines 3, 4)"
        for name, field in (
            ("country", "area"),
            ("date", "period"),
            ("amount", "value"),
            ("yoy", "growth"),
        )
    ]


def test_a_missing_column(told):
    table = "id,source,area,flow,value\n" + rows(4, "s,CN,trade,{1}亿元")
    (message,) = told(**{"sources.yaml": SOURCES, "figures.csv": table})
    assert message.startswith("figures.csv:2: 4 records have no period; write 2020-01/2020-04")
    assert message.endswith("(also lines 3, 4, 5)")


def test_a_code_that_the_parts_take_from_their_total_is_one_cause(told):
    parts = "".join(f"  - {{id: p{n}, flow: exports, value: {n}亿元}}\n" for n in range(12))
    (message,) = told(
        **{
            "a.yaml": "source: {id: s, publisher: P, published: 2020-05}\nfigures:\n- id: t\n"
            f"  area: Atlantis\n  flow: trade\n  period: 2020-01\n  of_which:\n{parts}"
        }
    )
    assert message.startswith("a.yaml:4: area 'Atlantis': is not in the code list")
    assert ", 13 times; " in message
    assert message.endswith("(also lines 8, 9, 10 and 9 more)")


def test_parts_wait_for_the_one_line_that_is_to_be_mended(told):
    nested = "".join(f"  - {{id: p{n}, of_which: [{{id: q{n}}}]}}\n" for n in range(6))
    start = "source: {id: s, publisher: P, published: 2020-05}\nfigures:\n"
    figure = "- area: CN\n  flow: trade\n  period: 2020-01\n  value: 5亿元\n  of_which:\n"
    total, parts = told(**{"a.yaml": start + figure + nested})
    assert total.startswith("a.yaml:3: id: is missing")
    assert parts == (
        "a.yaml:8: 12 parts wait for line 3, which was rejected; mend line 3"
        " (also lines 9, 10, 11 and 2 more)"
    )


def test_parts_of_parts_in_a_table_wait_for_the_first_total(told):
    header = "id,source,area,flow,period,value,part_of\n"
    table = header + "t,s,CN,trade,2020-01,abc,\n" + rows(3, "s,CN,exports,2020-01,{1}亿元,t")
    table += "q,s,CN,exports,2020-01,9亿元,f1\n"
    total, parts = told(**{"sources.yaml": SOURCES, "figures.csv": table})
    assert total.startswith("figures.csv:2: value 'abc'")
    assert parts == (
        "figures.csv:3: 4 parts wait for line 2, which was rejected; mend line 2"
        " (also lines 4, 5, 6)"
    )


def test_records_wait_for_their_source(told):
    figures = "".join(f"- {{id: f{n}}}\n" for n in range(9))
    source, records = told(**{"a.yaml": f"source:\n  published: 2020\nfigures:\n{figures}"})[-2:]
    assert source.startswith("a.yaml:2: publisher: is missing")
    assert records == (
        "a.yaml:1: 9 records wait for their source in line 2, which was rejected; mend the source"
    )


def test_every_file_is_named(told):
    names = [f"{letter}.csv" for letter in "abcdefgh"]
    (message,) = told(**{name: "id,area\na,CN\n" for name in names})
    assert message.startswith("a.csv:1: the first line names no column source, 8 times; ")
    assert all(name in message for name in names)


def test_figures_that_are_set_aside_for_one_reason(told):
    table = HEADER + rows(5, "s,CN,trade,2021-{:02},{}亿元")
    assert told(**{"sources.yaml": SOURCES, "figures.csv": table}) == [
        "figures.csv:2: 5 figures are set aside: their periods had not ended when it was published"
        " (2020-05); write status: estimated or forecast, where it says so; else mend period or"
        " published (also lines 3, 4, 5 and 1 more)"
    ]


def test_what_programs_read_keeps_every_place(tmp_path):
    (tmp_path / "f.csv").write_text(HEADER + rows(306, "x,CN,trade,2019-{:02},{}亿元"), "utf-8")
    found = check([tmp_path], tmp_path / "acknowledged.toml").to_json()
    assert [row["line"] for row in found["rejected"]] == [*range(2, 308)]
    assert {tuple(problem) for row in found["rejected"] for problem in row["problems"]} == {
        ("line", "figure", "field", "value", "message", "remedy")
    }


def test_the_command_says_each_cause_once(tmp_path, crossfoot):
    (tmp_path / "f.csv").write_text(HEADER + rows(306, "x,CN,trade,2019-{:02},{}亿元"), "utf-8")
    done = crossfoot("check", tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "306 records name the source 'x', which is missing" in done.stderr


def test_numbers_that_have_the_same_fault_are_told_of_once(told):
    table = HEADER + rows(40, "s,CN,trade,2019-{:02},{}.5 bazillion")
    (message,) = told(**{"sources.yaml": SOURCES, "f.csv": table})
    assert message.startswith("f.csv:2: value '1.5 bazillion': read '1.5' and stopped")
    assert ", and 39 like it; write it as printed" in message
    assert message.endswith(" (also lines 3, 4, 5 and 36 more)")


def test_periods_that_are_written_in_the_same_wrong_way_are_told_of_once(told):
    table = HEADER + rows(12, "s,CN,trade,19/{:02}/?,{}亿元")
    (message,) = told(**{"sources.yaml": SOURCES, "f.csv": table})
    assert ", and 11 like it; write" in message


def test_numbers_with_other_faults_are_told_of_each(told):
    table = HEADER + "a,s,CN,trade,2019-01,5 bazillion\nb,s,CN,trade,2019-02,5 zillion\n"
    assert len(told(**{"sources.yaml": SOURCES, "f.csv": table})) == 2
