"""Bad inputs: every file of the matrix meets its fate, to the letter; readers notice nothing."""

import hashlib
import os
import random
from dataclasses import replace
from pathlib import Path

import pytest

from tests.helpers.bad_inputs import (
    FIGURE,
    HEADER,
    SOURCES,
    binary_files,
    csv_files,
    json_files,
    row,
    yaml_files,
)
from tests.helpers.bad_inputs.binary_files import of_parquet, parquet, record
from warehouse.records import reading
from warehouse.records.acceptance import read_batch
from warehouse.release import releases
from warehouse.release.manifest import verify

CASES = [*csv_files.CASES, *yaml_files.CASES, *json_files.CASES, *binary_files.CASES]


def shown(figure):
    """A figure as it was read: what the matrix calls it."""
    record = figure.record
    text = f"{record.area} {record.period.text}"
    if record.value:
        text += f" [{record.value.lower}, {record.value.upper}] {record.value.unit}"
    if record.growth:
        text += f" growth [{record.growth.lower}, {record.growth.upper}]"
    return text


def write(folder, case):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sources.yaml").write_text(SOURCES)
    content = case.content
    (folder / case.file).write_bytes(content.encode() if isinstance(content, str) else content)
    if case.checksum is not None:
        (folder / f"{case.file}.sha256").write_text(case.checksum)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file}: {case.name}")
def test_a_bad_input_meets_its_fate(case, tmp_path):
    write(tmp_path, case)
    batch = read_batch([tmp_path], tmp_path)
    if case.fate == "rejected":
        assert [str(problem) for problem in batch.problems] == [
            case.file + told for told in case.told.split("\n")
        ]
        return
    assert batch.problems == []
    if case.fate == "quarantined":
        assert {row.figure: row.reason for row in batch.quarantined} == case.told
    else:
        assert {figure.id: shown(figure) for figure in batch.figures} == case.told
        assert not batch.quarantined
    assert all(
        count["read"] == count["accepted"] + count["quarantined"]
        for count in batch.counts().values()
    )


def test_the_matrix_is_large_and_names_no_case_twice():
    names = [(case.file, case.name) for case in CASES]
    assert len(CASES) >= 80 and len(set(names)) == len(names)


@pytest.mark.slow
def test_all_of_them_at_once_leave_what_is_published(home, tmp_path, crossfoot, on_server):
    before = (home / "current").readlink(), verify(releases.current(home))
    rejected = [case for case in CASES if case.fate == "rejected"]
    for number, case in enumerate(rejected):
        write(tmp_path / "cases" / str(number), case)
    done = crossfoot("run", "--home", home, "--records", tmp_path / "cases", env=on_server)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    for number, case in enumerate(rejected):
        assert f"{tmp_path}/cases/{number}/{case.file}" in done.stderr
    now = (home / "current").readlink(), verify(releases.current(home))
    assert now == before


def read_after_flips(folder, own_checksum):
    """What is read from a Parquet file after each of 100 flipped bytes, None where refused."""
    (good,) = [case for case in CASES if (case.file, case.name) == ("figures.parquet", "good")]
    chance = random.Random(20261124)
    for _ in range(100):
        place, bit = chance.randrange(len(good.content)), 1 << chance.randrange(8)
        content = bytearray(good.content)
        content[place] ^= bit
        checksum = hashlib.sha256(content).hexdigest() if own_checksum else good.checksum
        write(folder, replace(good, content=bytes(content), checksum=checksum))
        batch = read_batch([folder], folder)
        yield None if batch.problems else {figure.id: shown(figure) for figure in batch.figures}


def test_flipped_bytes_of_parquet_are_refused_and_would_alter_figures_else(tmp_path):
    assert set(map(str, read_after_flips(tmp_path, own_checksum=False))) == {"None"}
    unnoticed = read_after_flips(tmp_path, own_checksum=True)
    assert any(read not in (None, FIGURE) for read in unnoticed)


# --- where files lie -----------------------------------------------------------------------------


def refused(*paths):
    with pytest.raises(reading.FormError) as error:
        read_batch(paths)
    return str(error.value)


@pytest.mark.parametrize("target", ["/etc/passwd", "../secret.csv", "/dev/zero"])
def test_a_link_out_of_the_records_is_not_followed(target, tmp_path):
    (tmp_path / "secret.csv").write_text("password\n")
    (tmp_path / "records").mkdir()
    link = tmp_path / "records" / "figures.csv"
    link.symlink_to(target)
    assert refused(tmp_path / "records") == (
        f"{link}: is a link out of the folder; put the file itself there"
    )


def test_a_link_to_a_folder_is_not_passed_over(tmp_path):
    write(tmp_path / "elsewhere", CASES[0])
    (tmp_path / "records").mkdir()
    link = tmp_path / "records" / "more"
    link.symlink_to("../elsewhere")
    assert refused(tmp_path / "records") == (
        f"{link}: is a link to a folder, which is not followed; put the folder itself there"
    )


@pytest.mark.parametrize("name", ["*.parquet", "a?.parquet", "period=2020/figures.parquet"])
def test_a_path_of_parquet_is_no_pattern(name, tmp_path):
    (good,) = [case for case in CASES if (case.file, case.name) == ("figures.parquet", "good")]
    other = parquet(record(id="'other'"))
    for place, content in (("ab.parquet", other), (name, good.content)):
        path = tmp_path / place
        write(path.parent, replace(good, file=path.name, content=content))
    batch = read_batch([tmp_path / name])
    assert batch.problems == []
    assert {figure.id: shown(figure) for figure in batch.figures} == FIGURE


def test_parquet_of_too_many_rows_is_not_read(tmp_path):
    content = parquet(f"{record()} from range(2_000_001)")
    write(tmp_path, of_parquet("bomb", content, "rejected", ""))
    (problem,) = read_batch([tmp_path]).problems
    assert "2,000,001 rows is more than 2,000,000; split the file" in str(problem)


def test_a_link_within_the_records_is_followed(tmp_path):
    write(tmp_path, CASES[0])
    (tmp_path / "figures.csv").rename(tmp_path / "figures.csv.2020")
    (tmp_path / "figures.csv").symlink_to("figures.csv.2020")
    assert [figure.id for figure in read_batch([tmp_path]).figures] == ["s/a"]


@pytest.mark.parametrize("given", ["folder", "file"])
def test_a_pipe_is_refused_and_not_waited_for(given, tmp_path):
    pipe = tmp_path / "figures.csv"
    os.mkfifo(pipe)
    (problem,) = read_batch([tmp_path if given == "folder" else pipe]).problems
    told = f"{pipe}: cannot be read: not a regular file; make it a readable file"
    assert str(problem) == told


@pytest.mark.parametrize(
    "path", ["https://example.org/figures.csv", "file:///etc/passwd.csv", "s3://bucket/x.parquet"]
)
def test_an_address_is_no_path(path):
    name = str(Path(path))
    assert refused(Path(path)) == f"{name}: no such file or folder; check the path"


@pytest.mark.long  # and takes five gigabytes
def test_one_bad_row_among_a_million_is_the_only_one_rejected(tmp_path):
    (tmp_path / "sources.yaml").write_text(SOURCES)
    with (tmp_path / "figures.csv").open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for number in range(1_000_000):
            bad = number == 654_321
            year, month = 1990 + number % 30, number % 12 + 1
            period = f"{year}-{month:02}" if not bad else f"{year}-13"
            file.write(row(id=f"f{number}", period=period, value=f"{number}.5亿元"))
    batch = read_batch([tmp_path], tmp_path)
    assert batch.totals() == {
        "read": 1_000_000,
        "accepted": 999_999,
        "quarantined": 0,
        "rejected": 1,
    }
    (problem,) = batch.problems
    assert str(problem).startswith("figures.csv:654323: period '2011-13': there is no month 13")
