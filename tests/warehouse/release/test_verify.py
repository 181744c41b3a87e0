"""`crossfoot verify`: a release against its manifest, down to the last flipped byte."""

import json
import random
import stat

import duckdb
import pytest

from warehouse.exchange.export import DATABASE, AuditError, audit, export_views
from warehouse.release import releases
from warehouse.release.catalog import write_datapackage
from warehouse.release.manifest import MANIFEST, to_json, verify

SEED = 20261124


@pytest.fixture
def home(home):
    """One whose files may be damaged."""
    for path in (home / "releases").rglob("*"):
        path.chmod(path.stat().st_mode | stat.S_IWUSR)
    return home


def undetected(path, file, flips, whole):
    """How many of so many random byte flips in a file, one at a time, leave a release `whole`."""
    chance = random.Random(SEED)
    size = file.stat().st_size
    missed = 0
    with file.open("r+b", buffering=0) as content:
        for _ in range(flips):
            place = chance.randrange(size)
            content.seek(place)
            (byte,) = content.read(1)
            content.seek(place)
            content.write(bytes([byte ^ chance.randrange(1, 256)]))
            missed += whole(path)
            content.seek(place)
            content.write(bytes([byte]))
    assert whole(path), "the file is as it was"
    return missed


def verified(path):
    return verify(path) == []


def audited(path):
    """What a release passes that is only read back, not compared with its manifest."""
    try:
        audit(path)
    except (AuditError, duckdb.Error):
        return False
    return True


@pytest.mark.slow
def test_400_flips_in_the_database_are_all_detected(home):
    path = releases.current(home)
    assert undetected(path, path / DATABASE, 400, verified) == 0


@pytest.mark.slow
def test_300_flips_in_parquet_are_all_detected(home):
    path = releases.current(home)
    files = sorted((path / "parquet").iterdir())
    assert sum(undetected(path, file, -(-300 // len(files)), verified) for file in files) == 0


def test_100_flips_in_the_manifest_are_all_detected(home):
    path = releases.current(home)
    assert undetected(path, path / MANIFEST, 100, verified) == 0


@pytest.mark.parametrize(
    ("printed", "flipped"),
    [('"sequence": 1', '"sequence": 9'), ('"created": "20', '"created": "30'), ("null", '"1234"')],
)
def test_a_manifest_with_other_values_is_detected(printed, flipped, home):
    """Those that no file is compared with. The control: the first format had no digest."""
    path = releases.current(home)
    file = path / MANIFEST
    text = file.read_text("utf-8")
    assert printed in text
    file.write_text(text.replace(printed, flipped), "utf-8")
    assert not verified(path)
    told = json.loads(text) | {"format": 1}
    del told["sha256"]
    file.write_text(to_json(told).replace(printed, flipped), "utf-8")
    assert verified(path)


@pytest.mark.parametrize("text", ["=1+1", "@SUM(1)", "-2+3", "＝1+1", "\t=1+1"])
def test_no_text_may_start_a_formula_in_what_is_published(text, home):
    path = releases.current(home)
    audit(path)
    with duckdb.connect(path / DATABASE) as connection:
        connection.execute("update figures set area_name = $text", {"text": text})
    with pytest.raises(AuditError, match=r"csv/figures: area_name .* begins like a spreadsheet's"):
        audit(path)


@pytest.mark.parametrize(
    ("rows", "forms"),
    [
        pytest.param(1_048_575, ["csv", "parquet"], marks=pytest.mark.slow),
        (1_048_576, ["parquet"]),
    ],
)
def test_what_is_longer_than_a_sheet_is_no_csv(rows, forms, home):
    path = releases.current(home)
    for file in path.rglob("totals.*"):
        file.unlink()
    with duckdb.connect(path / DATABASE) as connection:
        connection.execute(
            "insert into totals select one.* from (from totals limit 1) as one, "
            f"range({rows} - (select count(*) from totals))"
        )
        export_views(connection, path)
    assert sorted(file.parent.name for file in path.rglob("totals.*")) == forms
    audit(path)
    (path / "datapackage.json").unlink()
    package = json.loads(write_datapackage(path / DATABASE, path, path.name).read_text("utf-8"))
    (told,) = (one for one in package["resources"] if one["name"] == "totals")
    assert (told["path"], told["format"]) == (f"{forms[0]}/totals.{forms[0]}", forms[0])
    (path / forms[0] / f"totals.{forms[0]}").unlink()
    with pytest.raises(duckdb.IOException):
        audit(path)


def test_reading_alone_would_miss_flips(home):
    path = releases.current(home)
    assert undetected(path, path / "parquet" / "figures.parquet", 10, audited) > 0


def test_what_is_whole_is_told(published, crossfoot):
    path = releases.current(published)
    for arguments in ((), (path.name,)):
        done = crossfoot("verify", *arguments, "--home", published)
        assert (done.returncode, done.stdout) == (0, f"{path.name} is whole\n")


def test_damage_is_told_with_file_and_remedy(home, crossfoot):
    path = releases.current(home)
    with (path / DATABASE).open("r+b") as content:
        content.seek(5_000)
        content.write(b"!")
    (path / "csv" / "figures.csv").unlink()
    done = crossfoot("verify", "--home", home)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        f"{home}/releases/{path.name}: csv/figures.csv: missing",
        f"{home}/releases/{path.name}: {DATABASE}: changed",
        f"error: release {path.name} is damaged; restore those files from a copy, or let readers "
        "see another release with: crossfoot rollback",
    ]


@pytest.mark.slow
def test_a_damaged_release_is_not_built_upon(home, crossfoot, on_server):
    before = (home / "current").readlink()
    with (releases.current(home) / DATABASE).open("ab") as content:
        content.write(b"!")
    done = crossfoot("run", "--home", home, env=on_server)
    assert done.returncode == 2
    assert f"the current release {before.name} is damaged ({DATABASE}: changed);" in done.stderr
    assert "Traceback" not in done.stderr
    assert (home / "current").readlink() == before


def test_a_release_that_is_not_there_is_told(published, crossfoot):
    done = crossfoot("verify", "../../etc", "--home", published)
    assert done.returncode == 2
    assert f"there is no release ../../etc; there are: {releases.current(published).name}" in (
        done.stderr
    )
