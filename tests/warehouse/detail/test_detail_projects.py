"""Customs detail of a project: its own formats and compositions go before the package's."""

import pytest

from tests.helpers.detail_rows import ROW, as_csv, loaded_file, rows_of
from warehouse import project
from warehouse.detail import composition, format
from warehouse.system.files import FormError

HEADER = "list,code,part,since,until\n"
FORMAT = """title: ours
columns:
  area: {constant: DE}
  flow: {column: flow}
  partner: {column: partner}
  product: {column: product}
  regime: {constant: total}
  unit: {constant: EUR}
  period: {column: period}
  value: {column: value}
"""


def test_a_format_of_the_project_is_found_by_its_name(ours, tmp_path):
    ours({"formats/destatis.yaml": FORMAT, "formats/comext.yaml": FORMAT})
    assert "destatis" in format.known()
    assert "destatis" not in format.packaged()
    assert format.read("comext").title == "ours"
    loaded_file(tmp_path / "home", as_csv(tmp_path / "rows.csv", [ROW]), "destatis")
    assert rows_of(tmp_path / "home", "select area, unit from detail") == [("DE", "EUR")]


def test_an_unknown_format_lists_those_of_the_project_and_of_the_package(ours):
    ours({"formats/destatis.yaml": FORMAT})
    with pytest.raises(FormError) as refused:
        format.read("destati")
    assert "use destatis (of the project), china-customs, comext, " in str(refused.value)
    project.use(project.EXAMPLE)
    with pytest.raises(FormError, match="unknown format; use china-customs, comext"):
        format.read("destatis")


def test_what_a_code_consists_of_in_a_project_replaces_what_the_package_says(ours):
    packaged = composition.rows()
    own = "partners,BRICS,BR,,\npartners,BRICS,IN,2001-01-01,\n\npartners,MERCOSUR,AR,,\n"
    ours({"composition.csv": HEADER + own})
    rows = composition.rows()
    parts = {code: [r["part"] for r in rows if r["code"] == code] for code in ("BRICS", "MERCOSUR")}
    assert parts == {"BRICS": ["BR", "IN"], "MERCOSUR": ["AR"]}
    rest = [row for row in packaged if row["code"] not in parts]
    assert [row for row in rows if row["code"] not in parts] == rest


BROKEN = {
    "another header": ("list,code\n", ":1: there is no column part, since, until; begin"),
    "a list": (HEADER + "people,A,B,,\n", ":2: list 'people': is no list with parts"),
    "no part": (HEADER + "partners,A,,,\n", ":2: part: is empty"),
    "itself": (HEADER + "partners,A,A,,\n", ":2: part 'A': is the code itself"),
    "a day": (HEADER + "partners,A,B,2004,\n", ":2: since '2004': is no day"),
    "a cell more": (HEADER + "partners,A,B,,,\n", ":2: has 6 cells under 5 columns"),
    "a quote": (HEADER + 'partners,"A\n', ":2: is no CSV: "),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_composition_that_cannot_be_is_refused(case, ours):
    text, told = BROKEN[case]
    ours({"composition.csv": text})
    with pytest.raises(FormError) as refused:
        composition.rows()
    assert str(refused.value).startswith("composition.csv")
    assert told in str(refused.value)
