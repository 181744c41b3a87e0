"""Acknowledgements through the command: signed, visible, void on a change and after a day."""

import json
import os
import shutil
import subprocess
import sys
from datetime import date, timedelta

import pytest

from expectations import acknowledgements
from tests.conftest import ROOT
from warehouse.system.files import FormError

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

        def accept(self, finding, expires, reviewer="L. Wang"):
            return crossfoot(
                *("acknowledge", finding, "--reason", "printed so", "--reviewer", reviewer),
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


def test_accepting_again_keeps_what_was_accepted_before(desk, crossfoot, on_server, tmp_path):
    desk.file.write_text("# what the desk has accepted\n", "utf-8")
    desk.accept(FINDINGS[0], in_days(1))
    before = desk.file.read_text("utf-8")
    done = desk.accept(FINDINGS[0], in_days(2), reviewer="M. Li")
    assert f"kept beside it: L. Wang until {in_days(1)}: printed so" in done.stdout
    text = desk.file.read_text("utf-8")
    assert text.startswith(before) and before.startswith("# what the desk")
    (first, last) = acknowledgements.read(desk.file)
    assert (first.reviewer, last.reviewer) == ("L. Wang", "M. Li")
    assert last.accepted.date() in (date.today(), date.today() - timedelta(1))
    assert desk.check().stdout.count("acknowledged by M. Li") == 1
    desk.accept(FINDINGS[1], in_days(2))
    home = tmp_path / "home"
    run = ("run", "--records", desk.records, "--home", home)
    done = crossfoot(*run, env=desk.environment | on_server)
    assert done.returncode == 0, done.stderr
    query = (
        "select reviewer, state, accepted is not null from quality.acknowledgements order by all"
    )
    told = json.loads(crossfoot("sql", query, "--home", home, "--format", "json").stdout)
    assert [tuple(row.values())[:2] for row in told] == [
        *(("L. Wang", "active"), ("L. Wang", "superseded"), ("M. Li", "active"))
    ]
    page = (home / "current" / "report" / "findings" / f"{FINDINGS[0]}.html").read_text("utf-8")
    assert page.index("M. Li") < page.index("L. Wang")


def test_what_an_earlier_version_wrote_is_read_and_added_to(tmp_path):
    path = tmp_path / "acknowledged.yaml"
    path.write_text(
        "- rule: r\n  figures:\n  - s/f\n  reason: so\n  reviewer: W\n"
        "  expires: 2027-03-31\n  content: c",
        "utf-8",
    )
    (entry,) = acknowledgements.read(path)
    assert entry.accepted is None
    acknowledgements.add(path, entry.model_copy(update={"reviewer": "X"}))
    assert [e.reviewer for e in acknowledgements.read(path)] == ["W", "X"]


@pytest.mark.parametrize("text", ["", "\n", "[]\n", "# none yet\n"])
def test_a_file_without_entries_takes_the_first(tmp_path, text):
    path = tmp_path / "acknowledged.yaml"
    path.write_text(text, "utf-8")
    assert acknowledgements.read(path) == []
    acknowledgements.add(path, entry_of("r"))
    assert acknowledgements.read(path) == [entry_of("r")]


def test_a_list_of_another_form_is_not_rewritten(tmp_path):
    path = tmp_path / "acknowledged.yaml"
    text = "[{rule: r, figures: [f], reason: x, reviewer: W, expires: 2027-03-31, content: c}]\n"
    path.write_text(text, "utf-8")
    with pytest.raises(FormError, match="no entry can be appended"):
        acknowledgements.add(path, entry_of("other"))
    assert path.read_text("utf-8") == text


def test_of_many_reviewers_at_once_none_is_lost(tmp_path):
    path = tmp_path / "acknowledged.yaml"
    rules = [f"rule-{number}" for number in range(40)]
    script = (
        "import sys\nfrom pathlib import Path\n"
        "from tests.expectations.test_acknowledgements import entry_of\n"
        "from expectations import acknowledgements\n"
        "for rule in sys.argv[2:]: acknowledgements.add(Path(sys.argv[1]), entry_of(rule))"
    )
    working = [
        subprocess.Popen([sys.executable, "-c", script, str(path), *rules[start::4]], cwd=ROOT)
        for start in range(4)
    ]
    assert [process.wait(60) for process in working] == [0] * 4
    assert sorted(entry.rule for entry in acknowledgements.read(path)) == sorted(rules)


def entry_of(rule):
    return acknowledgements.Acknowledgement(
        rule=rule, figures=("f",), reason="x", reviewer="L. Wang", expires=date.max, content="c"
    )


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
        ({"--reason": "x" * 2_001}, "has 2,001 characters, more than 2,000"),
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


def test_what_was_accepted_of_other_records_is_no_change():
    entry = entry_of("r")
    (figure,) = entry.figures
    for digests, state in (({}, "unused"), ({"other": "d"}, "unused"), ({figure: "d"}, "void")):
        _, (applied,) = acknowledgements.apply([entry], [], digests, date.today())
        assert (applied.state, applied.lapsed) == (state, state == "void")


def test_a_broken_file_is_told(desk):
    desk.file.write_text("- {rule: x}\n")
    done = desk.check()
    assert done.returncode == 2
    assert f"{desk.file}:1: figures: Field required; mend the entry" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "- " + "[" * 100_000,
        "- {rule: !!python/object/apply:os.system [x]}",
        "a: &a [x, x]\nb: &b [*a, *a]\n",
        "- {rule: r, figures: [f]}",
        "- rule: r\n  nonsense: x\n",
        "- {rule: r, figures: [f], reason: x, reviewer: W, expires: 2027-02-30, content: c}",
        "- {rule: !!int x, figures: [f]}",
        "\n".join(["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))]),
    ],
    ids=[
        *("deep", "tag", "aliases", "incomplete", "unknown field", "no such day", "no number"),
        "a billion laughs",
    ],
)
def test_a_bad_file_is_refused(text, tmp_path):
    path = tmp_path / "acknowledged.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(FormError, match=r"acknowledged\.yaml:\d+: .*; "):
        acknowledgements.read(path)


def test_an_interrupted_writer_leaves_the_old_entries(tmp_path, monkeypatch):
    path = tmp_path / "acknowledged.yaml"
    entry = acknowledgements.Acknowledgement(
        rule="r", figures=("f",), reason="x", reviewer="L. Wang", expires=date.max, content="c"
    )
    acknowledgements.add(path, entry)

    def full(file, content):
        file.open("w").close()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(path), "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        acknowledgements.add(path, entry.model_copy(update={"rule": "other"}))
    assert acknowledgements.read(path) == [entry]


def test_what_is_no_file_is_not_waited_for(tmp_path):
    path = tmp_path / "acknowledged.yaml"
    os.mkfifo(path)
    with pytest.raises(FormError, match="not a regular file"):
        acknowledgements.read(path)
