"""Dimensions as rows: what a series says, and what a project may add."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse import project
from warehouse.system.files import FormError
from warehouse.terms import codes
from warehouse.terms.dimensions import codes_of, dimensions, further, places, series_of

USUAL = {
    "area": "CN",
    "partner": "WLD",
    "flow": "exports",
    "product": "total",
    "regime": "total",
    "operator": "total",
    "measure": "value",
}
INDUSTRIES = "code,name_en,name_zh,aliases,parent\nall,all,,,\nsteel,steel,,,all\n"


@pytest.fixture
def ours(tmp_path, project_forgotten):
    """A function that makes a project with these dimensions, and uses it."""

    def make(*rows, header="name,list,default,nests"):
        folder = tmp_path / "codes"
        folder.mkdir(exist_ok=True)
        (tmp_path / project.FILE).write_text("[project]\n")
        (folder / "industries.csv").write_text(INDUSTRIES)
        (folder / "dimensions.csv").write_text("\n".join((header, *rows, "")))
        project.use(tmp_path)

    return make


def test_a_series_at_its_defaults_is_its_seven_codes():
    assert tuple(places()) == tuple(USUAL)
    series = series_of(USUAL | further())
    assert series == "CN.WLD.exports.total.total.total.value"
    assert codes_of(series) == USUAL | further()


def test_a_series_names_what_is_stated_beyond():
    stated = {"basis": "customs", "adjustment": "trend"}
    series = series_of(USUAL | further() | stated)
    assert series == "CN.WLD.exports.total.total.total.value.adjustment=trend.basis=customs"
    assert codes_of(series) == USUAL | further() | stated


@given(st.data())
def test_every_series_says_its_codes(data):
    drawn = {
        name: data.draw(st.sampled_from([row["code"] for row in codes.rows(dimension.list)]))
        for name, dimension in dimensions().items()
    }
    assert codes_of(series_of(drawn)) == drawn


def test_each_default_is_a_code_of_its_list():
    for dimension in dimensions().values():
        assert not dimension.default or dimension.default in codes.by_code(dimension.list)
        assert not any(mark in code for code in codes.by_code(dimension.list) for mark in ".=")


def test_a_project_adds_a_dimension_by_a_row(ours):
    ours("industry,industries,all,yes")
    assert list(dimensions())[-1] == "industry"
    assert dimensions()["industry"].nests
    series = series_of(USUAL | further() | {"industry": "steel"})
    assert series == "CN.WLD.exports.total.total.total.value.industry=steel"


def test_a_project_may_give_a_dimension_another_default(ours):
    ours("area,areas,CN-51,yes", "basis,bases,customs,")
    assert list(places()) == list(USUAL)
    assert dimensions()["area"].default == "CN-51"
    assert further()["basis"] == "customs"


REFUSED = {
    "no column": ("Industry,industries,all,", "name 'Industry': is no name of a column"),
    "no list": ("industry,trades,all,", "list 'trades': is no code list"),
    "no code": ("industry,industries,none,", "default 'none': is no code of the list"),
    "no default": ("industry,industries,,", "default 'unstated': is no code of the list"),
}


@pytest.mark.parametrize(("row", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_a_dimension_is_refused_with_its_line(row, message, ours):
    ours("basis,bases,unstated,", row)
    with pytest.raises(FormError) as refusal:
        dimensions()
    assert str(refusal.value).startswith(f"codes/dimensions.csv:3: {message}")


def test_unknown_columns_are_refused(ours):
    ours("industry,industries,all,x", header="name,list,default,colour")
    with pytest.raises(FormError, match=r"codes/dimensions\.csv:2: the columns must be name, list"):
        dimensions()


def test_a_dimension_of_a_project_stands_in_no_series_without_its_name(ours):
    ours("industry,industries,all,always", header="name,list,default,series")
    with pytest.raises(FormError, match="cannot stand in every series"):
        dimensions()
