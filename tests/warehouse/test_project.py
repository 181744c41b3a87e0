"""Which project is in use, what it says of itself, and where its files are looked up."""

import os

import pytest

from warehouse import project
from warehouse.system.failure import Failure


@pytest.fixture
def folder(tmp_path, project_forgotten):
    """A folder for a project, which is forgotten after the test."""
    return tmp_path


def write(folder, *lines):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / project.FILE).write_text("\n".join(("[project]", *lines)), "utf-8")
    return folder


def test_without_a_project_the_example_counts(folder, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / project.FILE).write_text("keep_releases = 3\n")  # an operator's settings alone
    project.use(None)
    assert project.is_example()
    assert project.settings().area == "CN"
    assert project.own("records") == project.EXAMPLE / "records"


def test_a_project_is_found_upwards(folder, monkeypatch):
    write(folder / "ours", 'area = "DE"', 'currency = "EUR"', 'decimal = ","')
    below = folder / "ours" / "records" / "2026"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    project.use(None)
    assert project.root() == folder / "ours"
    stated = project.settings()
    assert (stated.area, stated.currency, stated.decimal) == ("DE", "EUR", ",")
    assert (stated.language, stated.timezone, stated.fiscal_year_start) == ("en", "UTC", 1)


def test_a_named_project_goes_before_the_one_around(folder, monkeypatch):
    write(folder / "around", 'area = "DE"')
    write(folder / "named", 'area = "VN"')
    monkeypatch.chdir(folder / "around")
    project.use(folder / "named")
    assert (project.root(), project.settings().area) == (folder / "named", "VN")
    assert os.environ[project.VARIABLE] == str(folder / "named")


def test_files_of_the_project_go_first(folder):
    write(folder)
    (folder / "formats").mkdir()
    (folder / "formats" / "comext.yaml").write_text("ours")
    (folder / "formats" / "ours.yaml").write_text("ours")
    project.use(folder)
    found = {path.stem: path.parent for path in project.files("formats", "*.yaml")}
    assert found["comext"] == found["ours"] == folder / "formats"
    assert found["generic"] == project.PACKAGE / "warehouse/detail/formats"
    assert project.file("formats", "comext.yaml") == folder / "formats" / "comext.yaml"
    assert project.shown(folder / "formats" / "ours.yaml") == "formats/ours.yaml"
    assert project.search_path("core") == (project.PACKAGE / "warehouse/store/sql/core",)


def test_what_was_read_is_forgotten_with_the_project(folder):
    read = []

    @project.cached
    def name():
        read.append(project.settings().name)
        return read[-1]

    project.use(write(folder / "a", 'name = "A"'))
    assert (name(), name()) == ("A", "A")
    project.use(write(folder / "b", 'name = "B"'))
    assert (name(), read) == ("B", ["A", "B"])


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('aera = "DE"', "aera: is no setting; is it area?"),
        ("area = 5", "area: 5 is no text; write it in quotation marks"),
        ('timezone = "Europe/Berlim"', "'Europe/Berlim' is no time zone; write Europe/Berlin"),
        ('decimal = ";"', "';' is no decimal mark; write '.' or ','"),
        ("fiscal_year_start = 13", "13 is no month; write 1 to 12"),
        ("fiscal_year_start = true", "True is no month; write 1 to 12"),
    ],
)
def test_a_wrong_line_is_named_with_its_remedy(line, message, folder):
    project.use(write(folder, line))
    with pytest.raises(Failure) as failure:
        project.settings()
    assert message in str(failure.value)
    assert str(folder / project.FILE) in str(failure.value)


@pytest.mark.parametrize("text", ["", "keep_releases = 3\n"])
def test_a_folder_without_the_table_is_no_project(text, folder):
    if text:
        (folder / project.FILE).write_text(text)
    with pytest.raises(project.ProjectError, match=r"is no project, .*: crossfoot init "):
        project.use(folder)


@pytest.mark.parametrize("text", ["project = 5", "[project", "[project]\nx = "])
def test_a_damaged_file_is_told_in_words(text, folder):
    (folder / project.FILE).write_text(text)
    with pytest.raises(Failure, match=r"crossfoot\.toml"):
        project.use(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_another_users_project_is_not_obeyed_unless_it_is_named(folder, monkeypatch):
    write(folder)
    os.chown(folder / project.FILE, 12345, 12345)
    monkeypatch.chdir(folder)
    with pytest.raises(project.ProjectError, match="belongs to another user"):
        project.use(None)
    project.use(folder)
    assert project.root() == folder


def test_what_is_installed_is_not_ours_to_change(folder, monkeypatch):
    assert not project.is_installed(project.EXAMPLE / "acknowledged.yaml")  # of a checkout
    monkeypatch.setattr(project, "PACKAGE", folder)
    assert project.is_installed(folder / "warehouse/example/acknowledged.yaml")
    assert not project.is_installed(folder.parent / "acknowledged.yaml")


def test_which_files_stand_for_those_of_the_package(folder):
    write(folder)
    for name in ("totals/parts-not-above-total.sql", "totals/ours.sql"):
        (folder / "rules" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "rules" / name).write_text("ours")
    project.use(folder)
    assert project.replacing("rules", "*/*.sql") == [
        folder / "rules/totals/parts-not-above-total.sql"
    ]
