"""`crossfoot acknowledge`: a cause is accepted as a whole, or its findings singly."""

import json
import re

import pytest

RECORDS = """source: {id: s, publisher: a bureau, published: 2020-06}
figures:
  - id: total
    area: 成都市
    flow: trade
    period: 2020-01/2020-04
    value: 201.66亿元
    of_which:
      - {id: zone, regime: 加工贸易, value: 1539.7亿元}
      - {id: rest, regime: 一般贸易, value: 476.9亿元}
"""


@pytest.fixture
def command(tmp_path, crossfoot):
    """A command on records with one bad total, which exceeds none of its parts."""
    (tmp_path / "records.yaml").write_text(RECORDS, "utf-8")

    def run(*arguments):
        env = {"CROSSFOOT_ACKNOWLEDGED": str(tmp_path / "accepted.yaml")}
        return crossfoot(*arguments, env=env, cwd=tmp_path)

    return run


def accept(command, id_):
    done = command(
        *("acknowledge", id_, "--reason", "printed so", "--reviewer", "L. Wang"),
        *("--records", "records.yaml", "--home", "home"),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def checked(command):
    done = command("check", "records.yaml", "--json", "--no-cache")
    found = json.loads(done.stdout)
    return done.returncode, found["causes"], found["findings"]


def test_a_cause_is_accepted_as_a_whole(command):
    code, (cause,), findings = checked(command)
    assert code == 1 and "too low by at least" in cause["title"]
    errors = [finding for finding in findings if finding["severity"] == "error"]
    assert len(errors) > 1
    assert accept(command, cause["id"]).count("acknowledged until") >= len(errors)
    code, (after,), findings = checked(command)
    assert code == 0 and after["id"] == cause["id"]
    assert all(f["acknowledged_by"] for f in findings if f["severity"] == "error")
    printed = command("check", "records.yaml", "--no-cache").stdout
    assert re.search(rf"\[{cause['id']}\].*acknowledged by L. Wang", printed)


def test_or_singly_and_then_the_rest_still_withholds(command):
    _, (cause,), findings = checked(command)
    errors = [finding["id"] for finding in findings if finding["severity"] == "error"]
    assert accept(command, errors[0]).count("acknowledged until") == 1
    code, (after,), findings = checked(command)
    assert code == 1 and after["id"] == cause["id"]
    accepted = [f["id"] for f in findings if f["acknowledged_by"]]
    assert accepted == [errors[0]]
