"""The schema of what is published: what of it changed, and that none of it goes unseen."""

import json
import re
import shlex
import shutil

import duckdb
import pytest

from expectations.broken_queries import losses
from tests.conftest import ROOT
from tests.helpers.detail_rows import as_csv
from warehouse import project
from warehouse.exchange.export import DATABASE
from warehouse.release import releases, schema
from warehouse.release.manifest import MANIFEST, _digest, to_json
from warehouse.release.schema import compare

BEFORE = {
    "growth": {"area": "VARCHAR", "base_lower": "DECIMAL(38,6)", "base_upper": "DECIMAL(38,6)"},
    "totals": {"part_id": "VARCHAR"},
}
FIGURES = {"figures": {"area": "VARCHAR"}}
REMEDY = "crossfoot run --accept-schema"


@pytest.mark.parametrize(
    ("growth", "told", "breaks"),
    [
        ({"area": "VARCHAR", "base_lower": "DECIMAL(38,6)"}, "base_upper removed", True),
        (
            {"area": "VARCHAR", "base_least": "DECIMAL(38,6)", "base_upper": "DECIMAL(38,6)"},
            "base_lower removed, base_least added",
            True,
        ),
        (BEFORE["growth"] | {"base_upper": "DOUBLE"}, "base_upper DECIMAL(38,6) → DOUBLE", True),
        (BEFORE["growth"] | {"base": "VARCHAR"}, "base added", False),
        (dict(reversed(BEFORE["growth"].items())), "columns in another order", False),
    ],
)
def test_what_a_view_lost_breaks_queries_and_what_it_gained_does_not(growth, told, breaks):
    after = BEFORE | {"growth": growth}
    assert [str(view) for view in compare(BEFORE, after)] == [f"growth: {told}"]
    stated = losses(BEFORE, after, REMEDY)
    assert bool(stated) == breaks
    for statement in stated:
        assert f"growth: {told}" in statement and statement.endswith(f"with: {REMEDY}")


def test_a_view_that_goes_breaks_queries_and_a_new_one_does_not():
    assert [str(view) for view in compare(BEFORE, FIGURES)] == [
        "figures: new",
        "growth: gone",
        "totals: gone",
    ]
    (statement,) = losses(BEFORE, FIGURES, REMEDY)
    assert "fail: growth: gone; totals: gone; mend" in statement
    assert losses(BEFORE, BEFORE | FIGURES, REMEDY) == ()
    assert losses(BEFORE, BEFORE, REMEDY) == ()


def test_many_losses_are_one_statement():
    before = {f"view_{number}": {"a": "DATE"} for number in range(9)}
    (statement,) = losses(before, {}, REMEDY)
    assert "view_4: gone; and 4 more; mend" in statement


def test_the_manifest_holds_the_columns_of_every_view(published):
    path = releases.current(published)
    views = json.loads((path / MANIFEST).read_text("utf-8"))["views"]
    assert {"figures", "growth", "revisions", "quality.findings", "quality.rules"} <= set(views)
    with duckdb.connect(path / DATABASE, read_only=True) as connection:
        for view, columns in views.items():
            described = connection.execute(f"describe {view}").fetchall()
            assert [(c["name"], c["type"]) for c in columns] == [row[:2] for row in described]
        for file in (path / "parquet").iterdir():
            described = connection.execute(f"describe from '{file}'").fetchall()
            assert [c["name"] for c in views[file.stem]] == [row[0] for row in described]


def test_a_temporary_table_is_no_view(tmp_path):
    with duckdb.connect(tmp_path / "trade.duckdb") as connection:
        connection.execute("create table x (a date); create temp table y (b date)")
        assert schema.read(connection) == {"x": {"a": "DATE"}}


@pytest.fixture
def changed(tmp_path):
    """The packages with fewer columns and one view less, as a folder to start the command in."""
    folder = tmp_path / "changed"
    for package in project.LAYERS:
        shutil.copytree(ROOT / package, folder / package)
    views = folder / "warehouse" / "store" / "sql"
    (views / "views" / "year_to_date.sql").unlink()
    for file, lines in (
        ("views/growth.sql", ("-- column base_upper: .*\n", "    growth.base_upper,\n")),
        (
            "detail/detail_flows.sql",
            ("-- column exports: .*\n", r"    sum\(.*\) as exports,\n"),
        ),
    ):
        text = (views / file).read_text("utf-8")
        for line in lines:
            text, count = re.subn(line, "", text, count=1)
            assert count == 1, line
        (views / file).write_text(text, "utf-8")
    return folder


LOST = "growth: base_upper removed; year_to_date: gone"


def refusal(done):
    """The line of a withheld run that says which queries would fail; its alert says so too."""
    (told,) = [
        line
        for line in done.stderr.splitlines()
        if "queries that readers have would fail: " in line and not line.startswith("· ")
    ]
    return told


@pytest.mark.slow
def test_a_changed_view_is_withheld_until_it_is_accepted(
    home, records, changed, crossfoot, on_server
):
    def run(*arguments, cwd=ROOT):
        return crossfoot(*arguments, env=on_server, cwd=cwd)

    before = (home / "current").readlink()
    done = run("run", "--home", home, "--records", records, cwd=changed)
    assert done.returncode == 1, done.stderr
    assert (home / "current").readlink() == before
    told = refusal(done)
    assert LOST in told
    (withheld,) = (home / "withheld").iterdir()
    quality = json.loads((withheld / "quality.json").read_text("utf-8"))
    assert (quality["verdict"], quality["broken_expectations"]) == ("withhold", [told])
    page = (withheld / "report" / "index.html").read_text("utf-8")
    assert "growth: base_upper removed" in page and "--accept-schema" in page
    diff = run("diff", withheld.name, "--home", home)
    assert "2 views with other columns\n  growth: base_upper removed\n" in diff.stdout

    accepted = run(*shlex.split(told.partition("with: crossfoot ")[2]), cwd=changed)
    assert accepted.returncode == 0, accepted.stderr
    assert (home / "current").readlink() != before

    # As a release of before this version: fewer columns, and a manifest that names none.
    manifest = home / "current" / MANIFEST
    content = json.loads(manifest.read_text("utf-8")) | {"format": 2}
    del content["views"], content["sha256"]
    manifest.chmod(0o644)
    manifest.write_text(to_json(content | {"sha256": _digest(content)}), "utf-8")
    upgraded = run("run", "--home", home, "--records", records)
    assert upgraded.returncode == 0, upgraded.stderr
    told = run("diff", "--home", home).stdout
    assert "  growth: base_upper added\n  year_to_date: new\n" in told


@pytest.mark.slow
def test_a_changed_view_of_detail_is_withheld_until_it_is_accepted(
    home, changed, crossfoot, on_server, tmp_path
):
    def run(*arguments, cwd=ROOT):
        return crossfoot(*arguments, "--home", home, env=on_server, cwd=cwd)

    rows = as_csv(tmp_path / "rows.csv", [{"partner": "JP", "product": "010100"}])
    assert run("detail", "publish", rows).returncode == 0
    assert "detail_flows: new" in run("diff").stdout
    done = run("detail", "publish", cwd=changed)
    assert done.returncode == 1, done.stderr
    told = refusal(done)
    assert "detail_flows: exports removed" in told
    accept = shlex.split(told.partition("with: crossfoot ")[2])
    assert crossfoot(*accept, env=on_server, cwd=changed).returncode == 0
    # The detail is carried on: a run of the records loses nothing of it, but what else is gone.
    done = run("run", cwd=changed)
    assert (done.returncode, f"would fail: {LOST}; mend" in refusal(done)) == (1, True)
