"""`crossfoot init`: a project that runs at once, for any area, and nothing that is overwritten."""

import csv
import tomllib
from dataclasses import fields

import pytest

from expectations.check import check
from flows.cli.app import crossfoot as command
from flows.settings import Settings
from warehouse import project
from warehouse.starter import starter
from warehouse.system.failure import Failure

# Six continents; by code, by name, and those of which the example has no figures.
AREAS = {
    **{"Germany": "DE", "VN": "VN", "india": "IN", "United States": "US", "JP": "JP"},
    **{"Brazil": "BR", "KE": "KE", "Nigeria": "NG", "Australia": "AU", "European Union": "EU"},
    **{"California": "US-CA"},  # a state
}
FILES = [".gitignore", "README.md", "crossfoot.toml", "records/example.yaml"]


@pytest.fixture
def init(tmp_path, monkeypatch):
    """Make a project as the command does, in this process; afterwards it is forgotten."""
    monkeypatch.delenv(project.VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)

    def make(*arguments):
        command()(["init", *map(str, arguments)], prog_name="crossfoot", standalone_mode=False)

    yield make
    monkeypatch.undo()
    project.use(None)


def made(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def stated(folder):
    return tomllib.loads((folder / project.FILE).read_text("utf-8"))[project.TABLE]


@pytest.mark.parametrize(
    ("name", "currency", "timezone", "month"),
    [
        ("India", "INR", "Asia/Kolkata", 4),
        ("Texas", "USD", "America/Chicago", 1),
        ("Japan", "JPY", "Asia/Tokyo", 1),
    ],
)
def test_what_is_usual_there_is_filled_in(name, currency, timezone, month):
    usual = starter.usual(name)
    assert (usual.currency, usual.timezone, usual.fiscal_year_start) == (currency, timezone, month)


@pytest.mark.parametrize("name", AREAS)
def test_a_new_project_is_sound_at_once(name, init, tmp_path):
    init("ours", "--area", name)
    folder = tmp_path / "ours"
    assert made(folder) == FILES
    project.use(folder)
    settings = project.settings()
    assert settings.area == AREAS[name]
    assert settings.currency and settings.timezone != "UTC" and settings.decimal
    checked = check([Settings.given().records], Settings.given().acknowledged)
    assert len(checked.batch.figures) == 5
    assert not checked.unusable and not checked.batch.quarantined
    assert not checked.assessment.findings


@pytest.mark.slow
def test_a_new_project_is_published(init, tmp_path, crossfoot, on_server):
    init("ours", "--area", "ZA")
    folder = tmp_path / "ours"
    environment = on_server | {"PYTHONPATH": str(project.PACKAGE)}
    for arguments in (("check", "records"), ("check",), ("run",)):
        done = crossfoot(*arguments, cwd=folder, env=environment)
        assert done.returncode == 0, done.stderr
    assert (folder / "data" / "current" / "report" / "index.html").exists()


def test_what_is_said_goes_before_what_is_usual(init, tmp_path):
    init(
        *("--area", "India", "--name", 'A "quoted" $name', "--currency", "USD"),
        *("--language", "hi", "--timezone", "UTC", "--decimal", ",", "--fiscal-year-start", "4"),
    )
    assert stated(tmp_path) == {
        **{"name": 'A "quoted" $name', "area": "IN", "currency": "USD", "language": "hi"},
        **{"timezone": "UTC", "decimal": ",", "fiscal_year_start": 4},
    }


def test_every_setting_is_explained(init, tmp_path):
    init("--area", "VN")
    text = (tmp_path / project.FILE).read_text("utf-8")
    for field in fields(project.ProjectSettings):
        assert f"\n{field.name} = " in text or f"\n# {field.name} = " in text
    for name, field in Settings.model_fields.items():
        assert f"\n# {field.description}\n# {name} = " in text
    freed = text.replace("\n# home = ", "\nhome = ").replace("\n# port = ", "\nport = ")
    assert tomllib.loads(freed)["port"] == 4200


@pytest.mark.parametrize("there", FILES)
def test_nothing_is_overwritten(there, init, tmp_path):
    (tmp_path / there).parent.mkdir(exist_ok=True)
    (tmp_path / there).write_text("mine")
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(Failure, match=rf"{there}: there already.*; name another folder"):
        init("--area", "DE")
    assert made(tmp_path) == sorted([there, "notes.txt"])
    (tmp_path / there).unlink()
    init("--area", "DE")
    assert made(tmp_path) == sorted([*FILES, "notes.txt"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--area", "Germny"], r"area 'Germny': .*is it Germany .*crossfoot codes find"),
        (["--area", "DE", "--currency", "Euro"], r"currency 'Euro' .*such as EUR"),
        (["--area", "DE", "--language", "German"], r"language 'German' .*such as en"),
        (["--area", "DE", "--timezone", "Europe/Berlim"], r"timezone .*write Europe/Berlin"),
        (["--area", "DE", "--decimal", ";"], r"decimal ';' is no decimal mark"),
        (["--area", "DE", "--fiscal-year-start", "13"], r"fiscal_year_start 13 is no month"),
        (["file", "--area", "DE"], r"file: is no folder"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_made(arguments, message, init, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Failure, match=message):
        init(*arguments)
    assert made(tmp_path) == ["file"]


def test_a_named_project_that_is_not_there_yet_can_be_made(init, tmp_path, monkeypatch):
    """As the refusal of it says."""
    monkeypatch.setenv(project.VARIABLE, str(tmp_path / "ours"))
    init(tmp_path / "ours", "--area", "FR")
    project.use(tmp_path / "ours")
    assert project.settings().name == "France"


def test_what_is_usual_in_a_country_can_be():
    with project.file("starter", "country_settings.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 240
    for row in rows:
        usual = starter.usual(row["code"])
        for name in ("timezone", "decimal", "currency"):
            assert project.fault(name, getattr(usual, name)) == "", row
        assert len(usual.currency) == 3 and usual.language and usual.decimal, row


def test_what_withholds_in_it_is_accepted_in_it(init, tmp_path, capsys):
    init("ours", "--area", "VN")
    records = tmp_path / "ours" / "records" / "example.yaml"
    text = records.read_text("utf-8")
    records.write_text(text.replace("CNY 356.95 billion", "CNY 536.95 billion"), "utf-8")
    project.use(tmp_path / "ours")
    settings = Settings.given()
    (finding, *_) = check([settings.records], settings.acknowledged).assessment.findings
    command()(
        ["acknowledge", finding.id, "--reason", "printed so", "--reviewer", "L. Wang"],
        standalone_mode=False,
    )
    assert "in ours/acknowledged.yaml: " in capsys.readouterr().out
    (finding, *_) = check([settings.records], settings.acknowledged).assessment.findings
    assert finding.acknowledged_by == "L. Wang"
    assert settings.options("home") == ["--project", str(tmp_path / "ours")]


def test_what_is_installed_is_not_written_to(init, tmp_path, monkeypatch):
    monkeypatch.setattr(project, "is_installed", lambda path: path.is_relative_to(project.EXAMPLE))
    project.use(project.EXAMPLE)
    words = ["acknowledge", "0123456789", "--reason", "printed so", "--reviewer", "L. Wang"]
    with pytest.raises(Failure, match=r"part of the installed package.*crossfoot init DIR --area"):
        command()(words, standalone_mode=False)
