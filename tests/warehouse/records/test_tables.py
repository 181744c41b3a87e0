"""Tables as people save them: what is wrong with a header or a cell, and what lies beside them."""

import csv
import datetime

import pytest
from openpyxl import Workbook

from warehouse import project
from warehouse.records import reading
from warehouse.records.acceptance import read_batch

HEADER = ("id", "source", "area", "flow", "period", "value")
ROW = ("a", "s", "CN", "trade", "2020-01", "1亿元")


@pytest.fixture
def problem(tmp_path):
    """The one problem of a table given as its rows, or as text."""

    def read(*rows, name="figures.xlsx"):
        path = tmp_path / name
        if name.endswith(".xlsx"):
            book = Workbook()
            for row in rows:
                book.worksheets[0].append(row)
            book.save(path)
        else:
            path.write_text("".join(rows), "utf-8")
        (found,) = reading.read(name, path).problems
        return found

    return read


def test_dates_that_excel_made_are_one_problem_with_their_cells(problem):
    rows = [(*ROW[:4], datetime.datetime(2020, month, 1), 1.5) for month in range(1, 13)]
    found = problem(HEADER, *rows)
    assert (found.line, found.field, found.value) == (2, "period", "2020-01-01 00:00:00")
    assert found.message == (
        "is a date, not text (cell E2, and 11 more of this column; likewise columns value)"
    )
    assert found.remedy.endswith("write what is printed: 2020-01, if that is the period")


def test_a_number_names_its_cell(problem):
    found = problem(HEADER, ROW, (), (*ROW[:5], 9446.0))
    assert (found.line, found.field, found.value) == (4, "value", "9446")
    assert found.message == "is a number, not text (cell F4)"


def test_a_cell_under_no_column_is_named(problem):
    found = problem(HEADER, (*ROW, None, "x"))
    assert (found.line, found.value, found.message) == (2, "x", "cell H2 stands under no column")


NO_COLUMN = "the first line names no column id and no column source"
HEADERS = {
    # what: the first lines, the line, what the message says, what the remedy says
    "a title above": (
        [("Trade of China",), (), HEADER, ROW],
        *(1, NO_COLUMN, "the columns are named in line 3: take the lines above it away"),
    ),
    "merged cells": (
        [("id", "source", "area", None, "period"), ROW[:5]],
        *(1, "column 4 is without a name", "a merged cell names only the first of its columns"),
    ),
    "other names": (
        [("Code", "Publication", "area"), ROW[:3]],
        *(1, NO_COLUMN, "write id instead of Code and source instead of Publication"),
    ),
    "capitals": (
        [("ID", "Source", "Area"), ROW[:3]],
        *(1, NO_COLUMN, "write the names in lower case: id,source,area"),
    ),
}


@pytest.mark.parametrize(("rows", "line", "says", "remedy"), HEADERS.values(), ids=HEADERS)
@pytest.mark.parametrize("name", ["figures.xlsx", "figures.csv"])
def test_what_is_wrong_with_a_header(problem, rows, line, says, remedy, name):
    if name.endswith(".csv"):
        rows = [",".join(cell or "" for cell in row) + "\n" for row in rows]
    found = problem(*rows, name=name)
    assert (found.line, found.message, remedy in found.remedy) == (line, says, True), found


@pytest.mark.parametrize(
    ("separator", "called"),
    [(";", "semicolons"), ("\t", "tabs"), ("，", "full-width commas"), ("|", "bars")],
)
def test_cells_that_something_else_separates(problem, separator, called):
    lines = [separator.join(row) + "\n" for row in (HEADER, ROW)]
    found = problem(*lines, name="figures.csv")
    assert found.remedy == (
        f"separate the cells by commas, not by {called}: {','.join(HEADER)}; "
        "quote cells that hold a comma"
    )


@pytest.mark.parametrize(
    ("row", "remedy"),
    [
        ("a，s，CN，trade，2020-01，1亿元", "not by full-width commas: " + ",".join(ROW)),
        ("a;s;CN;trade;2020-01;1亿元", "not by semicolons: " + ",".join(ROW)),
        ("a,s,CN,trade,2020-01,“1,234亿元”", 'write straight quotation marks: "1,234亿元"'),
        ("a,s,CN,trade,2020-01", "give every column a cell"),
    ],
)
def test_a_row_that_is_cut_otherwise(problem, row, remedy):
    found = problem(",".join(HEADER) + "\n", row + "\n", name="figures.csv")
    assert (found.line, remedy in found.remedy) == (2, True), found


def test_a_list_in_json(problem):
    found = problem('[{"id": "a", "source": "s"},\n', '{"id": "b"}]\n', name="figures.jsonl")
    assert (found.line, "take the [ and ]" in found.remedy) == (1, True)


def test_a_header_that_is_repeated_below(tmp_path):
    table = ",".join(HEADER) + "\n"
    (tmp_path / "figures.csv").write_text(table + ",".join(ROW) + "\n" + table, "utf-8")
    (tmp_path / "sources.yaml").write_text("source: {id: s, publisher: P, published: 2020-05}\n")
    batch = read_batch([tmp_path], tmp_path)
    (found,) = batch.problems
    assert (str(found), len(batch.figures)) == (
        "figures.csv:3: id 'id': repeats the header; take this line away",
        1,
    )


JUNK = (
    *("~$figures.xlsx", "._figures.csv", "Thumbs.db", "thumbs.DB", ".DS_Store", "Desktop.ini"),
    *("figures.csv~", "figures.csv.bak", ".figures.yaml.swp", "#figures.yaml#", ".#figures.csv"),
    *(".~lock.figures.csv#", ".~figures.xlsx"),
)


@pytest.mark.parametrize("name", JUNK)
def test_what_a_pattern_of_the_shell_names_beside_records_is_passed_over(tmp_path, name):
    for path in (tmp_path / "figures.yaml", tmp_path / name):
        path.write_text("source: {id: s, publisher: P, published: 2020}\n")
    found = reading.find(sorted(tmp_path.iterdir()))
    assert [path.name for _, path in found] == ["figures.yaml"]


@pytest.mark.parametrize("folder", [".git", "__MACOSX", ".vscode", "$RECYCLE.BIN", ".venv"])
def test_folders_of_programs_are_passed_over(tmp_path, folder):
    for path in (tmp_path / "figures.yaml", tmp_path / folder / "deep" / "other.yaml"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert [path.name for _, path in reading.find([tmp_path])] == ["figures.yaml"]


@pytest.mark.parametrize("name", ["notes.txt", "README.md", "figures.xls"])
def test_another_file_that_a_person_names_is_refused_not_forgotten(tmp_path, name):
    for path in (tmp_path / "figures.yaml", tmp_path / name):
        path.touch()
    with pytest.raises(reading.FormError, match="not a record file"):
        reading.find([tmp_path / "figures.yaml", tmp_path / name])
    assert [path.name for _, path in reading.find([tmp_path])] == ["figures.yaml"]


@pytest.mark.parametrize("name", ["figures.xls", "figures.ods", "figures.tsv", "data.json"])
def test_a_folder_with_tables_of_another_kind_says_how_to_save_them(tmp_path, name):
    (tmp_path / "README.md").touch()
    (tmp_path / name).touch()
    with pytest.raises(reading.FormError) as refused:
        reading.find([tmp_path])
    assert refused.value.problem.remedy == f"save {name} as .xlsx or as UTF-8 CSV"


def test_no_other_name_means_two_fields():
    with project.file("fields", "other_names.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    names = [(row["part"], name) for row in rows for name in row["other names"].split(";")]
    assert len(set(names)) == len(names) > 200
    assert all(name.strip() == name != "" for _, name in names)
