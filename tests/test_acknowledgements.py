"""Acknowledgements through the command: signed, visible, void on a change and after a day."""

import json
import shutil
from datetime import date, timedelta

import pytest

from expectations import acknowledgements
from tests.conftest import ROOT
from warehouse.reading import FormError

FINDINGS = ("47331d7817", "700ed7e290")


@pytest.fixture
def desk(tmp_path, crossfoot):
    """A copy of the wrong example, an empty file of acknowledgements, and both commands on them."""

    class Desk:
        def __init__(self):
            wrong = ROOT / "examples" / "deliberately-wrong"
            self.records = shutil.copytree(wrong, tmp_path / "records")
            self.file = tmp_path / "acknowledged.yaml"
            self.environment = {"CROSSFOOT_ACKNOWLEDGED": str(self.file)}

        def accept(self, finding, expires):
            return crossfoot(
                *("acknowledge", finding, "--reason", "printed so", "--reviewer", "L. Wang"),
                *("--expires", expires, "--records", self.records),
                env=self.environment,
            )

        def check(self, *options):
            return crossfoot("check", self.records, *options, env=self.environment)

    return Desk()


def in_days(days):
    return str(date.today() + timedelta(days))


def test_an_accepted_error_withholds_nothing_and_stays_visible(desk):
    for finding in FINDINGS:
        assert desk.check().returncode == 1
        done = desk.accept(finding, in_days(30))
        assert done.returncode == 0, done.stderr
    done = desk.check("--json")
    assert done.returncode == 0
    told = json.loads(done.stdout)["findings"]
    assert [(f["severity"], f["acknowledged_by"]) for f in told] == [("error", "L. Wang")] * 2
    assert "acknowledged by L. Wang" in desk.check().stdout


def test_it_is_void_when_a_figure_changes(desk):
    for finding in FINDINGS:
        desk.accept(finding, in_days(30))
    path = desk.records / "chengdu.yaml"
    path.write_text(path.read_text("utf-8").replace("2539.7", "2539.8"), "utf-8")
    done = desk.check()
    assert done.returncode == 1
    assert done.stderr.count("a figure changed since") == 2


def test_it_holds_through_the_day_it_expires_and_no_longer(desk):
    for finding in FINDINGS:
        desk.accept(finding, in_days(0))
    assert desk.check().returncode == 0
    text = desk.file.read_text("utf-8").replace(in_days(0), in_days(-1))
    desk.file.write_text(text, "utf-8")
    done = desk.check()
    assert done.returncode == 1
    assert done.stderr.count("it expired on") == 2


def test_accepting_again_replaces_the_entry(desk):
    desk.accept(FINDINGS[0], in_days(1))
    desk.accept(FINDINGS[0], in_days(2))
    assert desk.file.read_text("utf-8").count("rule:") == 1


def test_an_unknown_finding_is_told_with_those_there_are(desk):
    done = desk.accept("0123456789", in_days(1))
    assert done.returncode == 2
    assert all(finding in done.stderr for finding in FINDINGS)
    assert not desk.file.exists()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"--expires": in_days(-1)}, "is past"),
        ({"--reason": " "}, "empty"),
        ({"--reviewer": ""}, "empty"),
    ],
)
def test_what_would_accept_nothing_is_refused(changed, told, desk, crossfoot):
    options = {"--reason": "so", "--reviewer": "Wang", "--expires": in_days(1)} | changed
    given = [part for option in options.items() for part in option]
    done = crossfoot(
        *("acknowledge", FINDINGS[0], *given, "--records", desk.records), env=desk.environment
    )
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not desk.file.exists()


def test_a_broken_file_is_told(desk):
    desk.file.write_text("- {rule: x}\n")
    done = desk.check()
    assert done.returncode == 2
    assert f"{desk.file}: entry 1 figures: Field required; write" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "- " + "[" * 100_000,
        "- {rule: !!python/object/apply:os.system [x]}",
        "a: &a [x, x]\nb: &b [*a, *a]\n",
        "- {rule: r, figures: [f]}",
        "- rule: r\n  nonsense: x\n",
    ],
    ids=["deep", "tag", "aliases", "incomplete", "unknown field"],
)
def test_a_bad_file_is_refused(text, tmp_path):
    path = tmp_path / "acknowledged.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(FormError, match=r"acknowledged\.yaml: .*; write entries with crossfoot"):
        acknowledgements.read(path)


def test_an_interrupted_writer_leaves_the_old_entries(tmp_path, monkeypatch):
    path = tmp_path / "acknowledged.yaml"
    entry = acknowledgements.Acknowledgement(
        rule="r", figures=("f",), reason="x", reviewer="L. Wang", expires=date.max, content="c"
    )
    acknowledgements.add(path, entry)

    def full(file, text, *_):
        file.open("w").close()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(path), "write_text", full)
    with pytest.raises(OSError, match="No space left"):
        acknowledgements.add(path, entry.model_copy(update={"rule": "other"}))
    assert acknowledgements.read(path) == [entry]
