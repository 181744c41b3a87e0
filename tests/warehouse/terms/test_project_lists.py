"""A project's own code lists: what they add, what they replace, and what is refused.

Belongs here: `codes/<list>.csv` of a project, and the commands that find and add codes. Does not
belong here: the package's lists (test_codes.py, test_geographies.py).
"""

import shlex

import pytest

from flows.cli.app import crossfoot
from warehouse import project
from warehouse.system.failure import Failure
from warehouse.system.files import FormError
from warehouse.terms import code_finding, code_rows, codes
from warehouse.terms.flows import composed, may_be_negative, may_have_part
from warehouse.terms.notation import Notation
from warehouse.terms.quantity import parse_value

IN_DEFICIT = (
    "write flow: balance, and a minus before the value, or the word in it: 逆差10亿元, "
    "deficit of $10 million"
)


@pytest.fixture
def ours(tmp_path, project_forgotten):
    """A project in use; `ours(list, *lines)` writes one of its lists."""
    (tmp_path / project.FILE).write_text('[project]\narea = "IN"\nlanguage = "de"\n')

    def write(list_name, *lines):
        (tmp_path / "codes").mkdir(exist_ok=True)
        (tmp_path / "codes" / f"{list_name}.csv").write_text("\n".join(lines), "utf-8")
        project.use(tmp_path)

    project.use(tmp_path)
    return write


def test_a_project_adds_codes_under_names_in_any_language(ours):
    ours(
        "geographies",
        "code,name_de,name_sw,aliases,kind,parent",
        "DE-RUHR,Ruhrgebiet,,Ruhr;Ruhrpott,region,DE-NW",
        'ZZ-1,,"Nchi, mpya",,country,',
    )
    assert codes.lookup("areas", "ruhrpott") == codes.lookup("partners", "Ruhrgebiet") == "DE-RUHR"
    assert codes.lookup("areas", "Nchi, mpya") == "ZZ-1"
    assert codes.ancestors("areas", "DE-RUHR") == ("DE-NW", "DE")
    assert codes.kind_of("partners", "ZZ-1") == "country"
    assert codes.called("areas", "DE-RUHR") == "Ruhrgebiet"
    assert codes.lookup("areas", "成都") == "CN-5101"  # the package's are there as before
    assert codes.notices() == []


def test_a_list_of_ones_own_has_any_name(ours):
    ours("industries", "code,name_en,parent", "C,Manufacturing,", "C10,Food products,C")
    assert codes.lookup("industries", "food products") == "C10"
    assert codes.ancestors("industries", "C10") == ("C",)
    assert codes.path("industries") == project.own("codes") / "industries.csv"


def test_a_row_with_a_code_of_the_package_replaces_it_and_that_is_said(ours):
    ours(
        "geographies",
        "code,name_en,name_de,kind",
        "MM,Burma/Myanmar,,",
        "US-TX,Texas,Freistaat Texas,",
    )
    assert codes.lookup("areas", "Burma/Myanmar") == "MM"
    assert codes.called("areas", "MM", "zh") == "缅甸"  # an empty cell leaves what there is
    assert (codes.kind_of("areas", "MM"), codes.kind_of("areas", "US-TX")) == ("country", "state")
    assert codes.ancestors("areas", "US-TX") == ("US",)
    (notice,) = codes.notices()  # the name of Texas in German is new
    assert notice.startswith("codes/geographies.csv:2 replaces MM 'Myanmar' of warehouse/codes/")


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("Trade deficit", IN_DEFICIT),
        ("贸易逆差", IN_DEFICIT),
        ("re-exports", "write flow: exports, and origin: re-exports"),
    ],
)
def test_what_several_fields_say_is_told_by_them(name, remedy):
    with pytest.raises(codes.UnknownCode) as error:
        codes.lookup("flows", name)
    assert error.value.remedy == remedy


def test_names_and_aliases_are_added_to_those_of_the_package(ours):
    ours("flows", "code,name_de,aliases", "exports,Ausfuhr,Warenausfuhr")
    for name in ("Ausfuhr", "Warenausfuhr", "export", "出口值"):
        assert codes.lookup("flows", name) == "exports"
    assert codes.notices() == []


def test_of_places_that_share_a_name_the_one_in_the_projects_country_is_meant(ours):
    assert codes.lookup("areas", "Punjab") == "IN-PB"


REFUSED = {
    "a name that means another code": (
        ("code,name_en", "QA1,Qatar City", "XX,Germany"),
        (
            ":3: name_en 'Germany': already means DE 'Germany' (warehouse/codes/geographies.csv:",
            "XX",
        ),
    ),
    "a name of another row": (
        ("code,name_en,aliases", "XA,Alpha,", "XB,Beta,Gamma;alpha"),
        (":3: aliases 'alpha': already means XA 'Alpha' (codes/geographies.csv:2)",),
    ),
    "a name of a subdivision": (
        ("code,name_en", "XX,Bayern"),
        (":2: name_en 'Bayern': already means DE-BY 'Bavaria' (warehouse/codes/geographies/",),
    ),
    "a code that is a name": (("code,name_en", "Germany,Ours"), (":2: code 'Germany'", "DE")),
    "no column of codes": (
        ("name_en", "Ours"),
        (":1: there is no column code; begin", "code,name"),
    ),
    "a column twice": (("code,name_en,name_en", "XX,A,B"), (":1: name_en: is there twice",)),
    "a column without a name": (("code,name_en,", "XX,A,B"), (":1: column 3 has no name",)),
    "a code with a dot": (
        ("code,name_en", "X.X,A"),
        (":2: code 'X.X': is no code; write letters",),
    ),
    "no code": (("code,name_en", ",A"), (":2: code: is no code",)),
    "a code twice": (("code,name_en", "XX,A", "XX,B"), (":3: code 'XX': stands in line 2 too",)),
    "no name": (("code,name_en,aliases", "XX,,"), (":2: XX has no name; fill a column such as",)),
    "too many cells": (("code,name_en", "XX,A, and B"), (":2: has 3 cells under 2 columns",)),
    "an open quotation mark": (("code,name_en", 'XX,"A'), (": is no CSV: ",)),
    "a parent that is not there": (
        ("code,name_en,parent", "XX,A,YY"),
        (":2: parent 'YY': is no code of the list",),
    ),
    "a circle": (
        ("code,name_en,parent", "XX,A,XY", "XY,B,XX"),
        (":2: parent 'XX': lies in XX itself",),
    ),
    "a formula": (("code,name_en", "XX,=1+1"), (":2: name_en '=1+1': begins with '='",)),
    "what cannot be seen": (("code,name_en", "XX,A\u200bB"), (":2: name_en", "no terminal shows")),
}


@pytest.mark.parametrize(("lines", "says"), REFUSED.values(), ids=REFUSED)
def test_what_contradicts_itself_is_refused_with_its_place(ours, lines, says):
    ours("geographies", *lines)
    with pytest.raises(Failure) as caught:
        codes.lookup("areas", "Chengdu")
    message = str(caught.value)
    assert message.startswith("codes/geographies.csv:")
    for text in says:
        assert text in message


@pytest.fixture
def run(capsys):
    """`run(command)`: the exit code, stdout and stderr of a command typed in a shell."""

    def in_words(command):
        code, failure = 0, ""
        try:
            crossfoot()(shlex.split(command)[1:], prog_name="crossfoot", standalone_mode=False)
        except SystemExit as end:
            code = end.code
        except Failure as error:
            code, failure = 2, str(error)
        out, err = capsys.readouterr()
        return code, out, err + failure

    return in_words


def test_the_command_that_an_unknown_name_is_answered_with_works_as_pasted(ours, run):
    for list_name, text in (
        ("partners", "Rest of 'em & co"),
        ("regimes", "ad-hoc trade"),
        ("areas", "亚特兰蒂斯"),
        ("areas", "Атлантида"),
    ):
        with pytest.raises(codes.UnknownCode) as caught:
            codes.lookup(list_name, text)
        command = caught.value.remedy.partition("add it: ")[2]
        assert command.startswith("crossfoot codes add ")
        assert run(command)[0] == 0, command
        project.use(project.root())
        assert codes.lookup(list_name, text)


def test_adding_makes_the_file_and_its_columns(ours, run):
    assert run("crossfoot codes add industries C10 --name-en 'Food, drink' --alias Food")[0] == 0
    assert run("crossfoot codes add industries C11 --name-de=Getränke --parent C10")[0] == 0
    assert (project.own("codes") / "industries.csv").read_text("utf-8") == (
        'code,name_en,aliases,name_de,parent\nC10,"Food, drink",Food,,\nC11,,,Getränke,C10\n'
    )
    code, out, _ = run("crossfoot codes add industries C12 --name-en Tobacco --set weight=3")
    assert (code, out) == (0, "codes/industries.csv:4: added C12 to industries\n")
    project.use(project.root())
    assert codes.by_code("industries")["C12"]["weight"] == "3"


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("geographies XX --name-en Germany", "name_en 'Germany': already means DE"),
        ("geographies DE --name-en Ours", "DE is 'Germany' already"),
        ("geographies XX", "XX has no name"),
        ("geographies XX --name-en Ours --parent Mars", "parent 'Mars': is no code of the list"),
        ("geographies X.X --name-en Ours", "code 'X.X': is no code"),
        ("../escape XX --name-en Ours", "../escape: is no name of a list"),
    ],
)
def test_what_cannot_be_added_is_refused_and_nothing_is_written(ours, run, command, says):
    code, _, error = run(f"crossfoot codes add {command}")
    assert code == 2 and says in error
    assert not project.own("codes").exists()


def test_a_code_is_given_further_names_and_keeps_those_it_has(ours, run):
    with pytest.raises(codes.UnknownCode) as unknown:
        codes.lookup("flows", "Exporten")
    *_, command = unknown.value.remedy.partition("if it means exports: ")
    for line in (command, "crossfoot codes add flows exports --alias Versand --alias Versendungen"):
        code, out, _ = run(line)
        assert (code, out.strip()) == (0, "codes/flows.csv:2: added names of exports to flows")
    project.use(project.root())
    for name in ("Exporten", "Versand", "Versendungen", "export", "出口额"):
        assert codes.lookup("flows", name) == "exports"
    for refused in ("--name-en Versand", "--alias Ware --parent imports", "--alias imports"):
        code, _, said = run(f"crossfoot codes add flows exports {refused}")
        assert code == 2 and "already" in said
    with pytest.raises(codes.UnknownCode) as unknown:
        codes.lookup("flows", "Leistung")
    assert unknown.value.remedy.endswith("balance, exports, imports, none, trade")


@pytest.mark.parametrize(("list_name", "text"), [("measures", "births"), ("units", "birth")])
def test_a_measure_and_a_unit_are_added_with_all_they_need(ours, run, list_name, text):
    with pytest.raises(codes.UnknownCode) as unknown:
        codes.lookup(list_name, text)
    *_, command = unknown.value.remedy.partition("or add it: ")
    bare, *needed = command.split(" --set ")
    code, _, said = run(bare)
    assert code == 2 and "has no dimension; fill the column" in said and needed[0] in said
    assert run(command)[0] == 0
    project.use(project.root())
    assert codes.row(list_name, codes.lookup(list_name, text))["dimension"] == "count"
    assert parse_value("5 persons").unit == "person", "the list of units is sound"


def test_a_factor_is_a_number(ours):
    ours("units", "code,name_en,dimension,base,factor", "birth,birth,count,birth,one")
    with pytest.raises(FormError, match="is no number"):
        codes.rows("units")


def test_the_example_is_never_changed(monkeypatch):
    monkeypatch.setattr(project, "root", lambda: project.EXAMPLE)
    with pytest.raises(Failure, match="run crossfoot init"):
        code_finding.add("geographies", {"code": "XX", "name_en": "Ours"})


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("Deutschland", ["geographies", "DE", "Germany · Deutschland · 德国", "country"]),
        ("'EU27'", ["EU27-2007", "members of EU27: AT, BE, BG", "FI, FR, GR"]),
        ("brics", ["EG from 2024-01-01"]),
        ("OPEC", ["QA from 1961-01-01 to 2018-12-31"]),
        ("punjab", ["IN-PB", "PK-PB", "province"]),
        ("跨境 --list regimes", ["regimes", "cross-border-ecommerce", "cross-border e-commerce"]),
        ("Texas --list areas", ["geographies", "US-TX", "state", "US"]),
    ],
)
def test_codes_are_found_by_any_name(ours, run, command, shown):
    code, out, _ = run(f"crossfoot codes find {command}")
    assert code == 0
    for text in shown:
        assert text in out


def test_what_is_not_found_is_answered_with_the_nearest(ours, run):
    code, out, error = run("crossfoot codes find Germny")
    assert (code, out) == (2, "")
    assert "nearest: Germany" in error
    assert "crossfoot codes add geographies GERMNY --name-en Germny" in error
    code, _, error = run("crossfoot codes find Germany --list colours")
    assert code == 2 and "there is no code list colours; take one of " in error
    assert "flows, geographies, " in error


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (("code,name_en", "XX,foo"), ":2: dimension: XX has no dimension; fill"),
        (("code,name_en,dimension,base,factor", "XX,foo,mass,kg,abc"), ":2: factor 'abc': is no"),
        (("code,name_en,dimension,base,factor", "XX,foo,mass,kg,NaN"), ":2: factor 'NaN': is no"),
        (("code,name_en,dimension,base,factor", "XX,foo,mass,kg,0"), ":2: factor '0': XX"),
        (("code,name_en,dimension,base,factor", "XX,foo,mass,m,2"), ":2: base 'm': is no base"),
        (("code,name_en,dimension,base,factor", "XX,foo,mass,zz,2"), ":2: base 'zz': is no base"),
    ],
)
def test_a_unit_that_cannot_be_counted_is_named(rows, message, ours):
    ours("units", *rows)
    with pytest.raises(Failure, match=rf"units\.csv{message}"):
        parse_value("5 kg", Notation("."))


def test_a_list_may_leave_out_columns_of_the_package(ours):
    ours("flows", "code,name_en", "loans,loans")
    assert not may_be_negative("loans") and may_have_part("loans", "exports")
    assert "loans" not in composed()


def test_a_list_that_is_no_utf8_is_named(ours, tmp_path):
    ours("geographies")
    (tmp_path / "codes" / "geographies.csv").write_bytes("code,name_en\nX-1,Mün".encode("latin-1"))
    assert "geographies" in code_rows.list_names()
    with pytest.raises(Failure, match="is not UTF-8; save the file"):
        codes.rows("geographies")
