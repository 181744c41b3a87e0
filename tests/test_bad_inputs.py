"""Bad inputs: every file of the matrix meets its fate, to the letter; readers notice nothing."""

import pytest

from expectations.check import read_batch
from tests.bad_inputs import SOURCES, csv_files, json_files, yaml_files

CASES = [*csv_files.CASES, *yaml_files.CASES, *json_files.CASES]


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
    folder.mkdir(exist_ok=True)
    (folder / "sources.yaml").write_text(SOURCES)
    content = case.content
    (folder / case.file).write_bytes(content.encode() if isinstance(content, str) else content)


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
