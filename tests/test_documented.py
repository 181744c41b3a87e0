"""Every command that the project shows, run as it stands there: in a shell, in a fresh clone.

Belongs here: what such commands need around them, and the few that cannot run here, with the
reason. Which commands there are is found by documented_commands.py. Does not belong here: pages
that add to the project itself (test_howto.py).
"""

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.conftest import RECORDS, ROOT, eventually
from tests.helpers import documented_commands
from tests.helpers.detail_rows import as_csv
from tests.helpers.documented_files import ShownFile

pytestmark = pytest.mark.slow

CLONED = ("desk", "examples", "expectations", "flows", "warehouse")
WRONG = "examples/deliberately-wrong"
# What withholds, and says so.
EXIT_CODES = {
    f"crossfoot check {WRONG}": 1,
    f"crossfoot run --records {WRONG}": 1,
}
# Those that run until they are stopped, and what they print once they are ready.
SERVICES = {"crossfoot serve": "ready after", "prefect worker start": "started!"}
# What a curator answers to each figure of a draft.
ANSWERS = {"crossfoot review": "a\n" * 20}
# What the examples of help go by, and the README does not leave.
BEFORE_HELP = (
    "make run",
    "crossfoot detail load full_v2_202401.dat --format comext",
    f"crossfoot run --records {WRONG}",
)
# What differs from run to run, and from version to version.
VARIES = (
    (r"\d{8}T\d{6}Z-[0-9a-f]{8}", "20261124T101500Z-1a2b3c4d"),
    (r"checked \d+ rules and \d+ expectations", "checked all rules and expectations"),
    (r"compared \d+ views", "compared all views"),
    (r"report, \d+ pages", "report, all pages"),
)
# By a pattern of what is shown. What help and a document both show is run once.
NOT_RUN = {
    r"PREFECT_API_URL=\S+ crossfoot serve": "it would make there what Prefect's own commands make",
    r"PREFECT_SERVER_DATABASE_CONNECTION_URL=\S+ crossfoot serve": "it needs PostgreSQL",
    r"crossfoot serve( --home /srv/crossfoot --port 4201)?": "it runs in operator.md, with a home",
    r"crossfoot run --records my-records --dry-run": "test_cli.py does so",
    r"crossfoot run --records my-records --periods 2016/2019": "its records lack that time",
    r"crossfoot detail load 出口.csv .*": "test_detail_formats.py loads such files",
    r"crossfoot detail publish full_v2_2024\*.dat .*": "analyst.md does so in two steps",
    r"crossfoot detail check --engine spark .*": "it needs Java and Spark",
}
# Of the examples of help alone: the tutorial runs such commands, in its project.
NOT_RUN_OF_HELP = {
    r"crossfoot run": "make runs it",
    r"crossfoot check --watch": "test_watching.py does so, and ends it",
    r"crossfoot codes add .*": "test_project_lists.py does so, in a project",
    r"crossfoot rules try rules/.*": "extend-a-project.md does so, in a project",
}
PEOPLE_DAILY = RECORDS / "people-daily" / "2020-05-foreign-trade.yaml"
TEXT = "今年前4个月，重庆外贸进出口总值2564.6亿元，增长4.8%。其中，出口1620.3亿元，增长5.7%。\n"
COMEXT = (
    "REPORTER,PARTNER,TRADE_TYPE,PRODUCT_NC,FLOW,STAT_PROCEDURE,SUPPL_UNIT,PERIOD,"
    "VALUE_EUR,QUANTITY_KG,QUANTITY_SUPPL_UNIT\n"
    "DE,CN,E,85423190,1,1,p/st,{month},1234,5,6\n"
)


class Shell:
    """A shell in a folder. Its variables and its place outlive each command, and so do the services
    it started.
    """

    def __init__(self, folder: Path, environment: dict[str, str], names: dict[str, str]) -> None:
        self.folder, self.environment, self.names = folder, environment, names
        self.kept = folder.parent  # where it is kept what outlives each command
        self.services: list[subprocess.Popen[str]] = []

    def run(self, text: str) -> subprocess.CompletedProcess[str] | None:
        """Run a command as it stands, but for names that this machine has others for.

        Returns None for one that is now running beside.
        """
        for shown, here in self.names.items():
            text = text.replace(shown, here)
        words = " ".join(documented_commands.words_of(text))
        for begin, ready in SERVICES.items():
            if words.startswith(begin):
                return self._serve(text, ready)
        kept, place = self.kept / "variables", self.kept / "place"
        answers = next((a for begin, a in ANSWERS.items() if words.startswith(begin)), "")
        done = subprocess.run(
            ["bash", "-c", f"{text.rstrip()}\ncode=$?; env -0 > {kept}; pwd > {place}; exit $code"],
            **{"cwd": self.folder, "env": self.environment, "input": answers},
            **{"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT},  # as a screen shows them
            **{"text": True, "timeout": 300, "check": False},
        )
        variables = kept.read_text("utf-8").split("\0")
        self.environment = dict(one.split("=", 1) for one in variables if one)
        self.folder = Path(place.read_text("utf-8").strip())
        return done

    def _serve(self, text: str, ready: str) -> None:
        told = self.kept / f"service-{len(self.services)}"
        with told.open("w") as output:
            service = subprocess.Popen(
                ["bash", "-c", f"exec env {text.strip()}"],
                **{"cwd": self.folder, "env": self.environment, "text": True},
                **{"stdout": output, "stderr": subprocess.STDOUT, "start_new_session": True},
            )
        self.services.append(service)

        def is_ready() -> bool:
            assert service.poll() is None, told.read_text("utf-8")
            return ready in told.read_text("utf-8")

        eventually(is_ready)

    def end(self) -> list[int]:
        """End the services, the last one first; returns their exit codes."""
        codes = []
        for service in reversed(self.services):
            if service.poll() is None:
                os.kill(service.pid, signal.SIGTERM)
            codes.append(service.wait(120))
        self.services.clear()
        return codes


@pytest.fixture
def clone(tmp_path):
    """A clone whose environment is made already, and beside it what its users bring along."""
    folder = tmp_path / "crossfoot"
    for name in CLONED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "README.md"):
        shutil.copy(ROOT / name, folder / name)
    venv.create(folder / ".venv")
    for name, module in (("crossfoot", "flows"), ("prefect", "prefect")):
        script = folder / ".venv" / "bin" / name
        script.write_text(f'#!/bin/sh\nexec {sys.executable} -m {module} "$@"\n')
        script.chmod(0o755)
    (folder / ".venv" / "ready").touch()  # newer than what make would make it from
    (folder / "my-records").mkdir()
    shutil.copy(PEOPLE_DAILY, folder / "my-records" / "report.yaml")
    (folder / "report.txt").write_text(TEXT, "utf-8")
    (folder.parent / "srv" / "detail").mkdir(parents=True)  # of customs detail loaded there
    (folder / "questions.sql").write_text("from figures limit 1;\n", "utf-8")
    for month in ("202401", "202402"):
        (folder / f"full_v2_{month}.dat").write_text(COMEXT.format(month=month), "utf-8")
    return folder


@pytest.fixture
def shell(clone, on_server):
    """A shell in the clone, and the names that this machine has for those that are shown."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("CROSSFOOT_", "PREFECT_"))
    }
    environment |= {"HOME": str(clone.parent), "PYTHONPATH": str(clone), "COLUMNS": "200"}
    environment |= {"CROSSFOOT_PORT": port, "BROWSER": "true", "DO_NOT_TRACK": "1"}
    other = re.sub(r"^http://|/api$", "", on_server["PREFECT_API_URL"])
    names = {
        "/srv/crossfoot": str(clone.parent / "srv"),
        "chgrp analysts": f"chgrp {os.getgid()}",
        "127.0.0.1:4200": f"127.0.0.1:{port}",
        "prefect.example:4200": other,
    }
    one = Shell(clone, environment, names)
    yield one
    one.end()


def is_run(shown, not_run=NOT_RUN):
    return not any(re.fullmatch(pattern, str(shown)) for pattern in not_run)


def exit_code(shown):
    """Where its output tells of errors, that is what withholds."""
    tells_errors = re.search(r"; [1-9]\d* errors?, ", shown.output)
    return EXIT_CODES.get(str(shown), 1 if tells_errors else 0)


def as_shown(output):
    """An output without what differs from run to run."""
    for pattern, text in VARIES:
        output = re.sub(pattern, text, output)
    return [line.rstrip() for line in output.strip().splitlines()]


def check(shell, shown):
    done = shell.run(shown.text)
    assert done is None or done.returncode == exit_code(shown), f"{shown}\n{done.stdout}"
    if shown.output:
        assert as_shown(done.stdout) == as_shown(shown.output)


def follow(shell, document):
    """Do what a document says, from top to bottom."""
    for step in documented_commands.steps(document):
        if isinstance(step, ShownFile):
            step.make(shell.folder)
        elif is_run(step):
            check(shell, step)
    assert set(shell.end()) <= {0, -signal.SIGTERM}


def test_the_readme_from_top_to_bottom_and_the_examples_of_help(shell, clone):
    follow(shell, documented_commands.README)
    # They go by the releases and files that the README has left.
    for text in BEFORE_HELP:
        check(shell, documented_commands.Shown(text))
    ids = sorted(path.name for path in (clone / "data" / "releases").iterdir())
    shell.names |= {"20261124T101500Z-1a2b3c4d": ids[0], "20261125T101500Z-5e6f7a8b": ids[-1]}
    in_documents = {one.text.strip() for one in documented_commands.in_documents()}
    for shown in filter(is_run, documented_commands.in_help()):
        if shown.text not in in_documents and is_run(shown, NOT_RUN_OF_HELP):
            check(shell, shown)


@pytest.mark.parametrize(
    "page",
    [
        page
        for page in documented_commands.DOCUMENTS[1:]
        if page not in documented_commands.HOWTOS and documented_commands.in_document(page)
    ],
    ids=lambda page: page.stem,
)
def test_a_page_from_top_to_bottom(page, shell, clone, published, on_server):
    """Where the README has had its reader publish the shipped records before."""
    shutil.copytree(published, clone / "data", symlinks=True)
    if not any(
        str(shown).startswith(tuple(SERVICES)) for shown in documented_commands.in_document(page)
    ):
        shell.environment |= on_server  # else each run would start a server, as in the README
    check(shell, documented_commands.Shown("source .venv/bin/activate"))
    follow(shell, page)


def test_what_is_not_run_is_shown():
    all_shown = (*documented_commands.in_documents(), *documented_commands.in_help())
    shown = [str(one) for one in all_shown]
    for pattern in NOT_RUN | NOT_RUN_OF_HELP:
        assert any(re.fullmatch(pattern, one) for one in shown), pattern
    assert set(EXIT_CODES) <= set(shown)


@pytest.fixture
def elsewhere(tmp_path, on_server):
    """A shell in a folder that is none of Crossfoot's, as the reviewer of another home has it."""
    script = tmp_path / "bin" / "crossfoot"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -m flows "$@"\n')
    script.chmod(0o755)
    environment = os.environ | on_server | {"PYTHONPATH": str(ROOT)}
    environment["CROSSFOOT_ACKNOWLEDGED"] = str(tmp_path / "accepted.yaml")
    environment["PATH"] = f"{script.parent}:{environment['PATH']}"
    return Shell(tmp_path / "bin", environment, {})


def of_findings(run):
    """The commands on the pages of a run's findings, those that accept first."""
    pages = (run / "report" / "findings").glob("*.html")
    shown = {one for page in pages for one in documented_commands.on_page(page.read_text("utf-8"))}
    return sorted(shown, key=str)


def test_what_is_accepted_as_the_pages_say_is_published(elsewhere, tmp_path):
    """From any folder, and without the records; and what is then published names no path."""
    home = tmp_path / "my home"
    run = f"crossfoot run --home {shlex.quote(str(home))} --records {ROOT / WRONG}"
    assert elsewhere.run(run).returncode == 1
    (withheld,) = (home / "withheld").iterdir()
    shown = of_findings(withheld)
    assert len(shown) == 2
    for command in shown:
        check(elsewhere, command)
    assert elsewhere.run(run).returncode == 0
    assert len(of_findings(home / "current")) == 0  # accepted already
    for file in (home / "current").rglob("*"):
        assert file.is_dir() or str(home).encode() not in file.read_bytes(), file


def test_what_is_accepted_of_detail_as_its_page_says_is_published(home, elsewhere, tmp_path):
    rows = [{"value": "-1", "weight": "", "product": f"{n:06}"} for n in range(1, 151)]
    publish = f"crossfoot detail publish --home {home}"
    assert elsewhere.run(f"{publish} {as_csv(tmp_path / 'rows.csv', rows)}").returncode == 1
    (withheld,) = (home / "withheld").iterdir()
    shown = of_findings(withheld)
    assert [" ".join(str(one).split()[1:3]) for one in shown][1:] == [
        "detail check",
        "detail publish",
    ]
    for command in shown:
        check(elsewhere, command)
    assert (home / "current" / "detail.json").exists()
