"""`crossfoot check --watch`: again after every change, until Ctrl-C."""

import os
import queue
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from tests.conftest import ROOT

RECORDS = """\
source: {{id: s, publisher: P, published: 2020-12}}
figures:
  - {{id: trade, area: DE, flow: trade, period: 2020-03, value: {trade} million EUR}}
  - {{id: exports, area: DE, flow: exports, period: 2020-03, value: 300 million EUR}}
  - {{id: imports, area: DE, flow: imports, period: 2020-03, value: 200 million EUR}}
"""


@contextmanager
def watching(folder):
    """A process that checks a folder's project again and again, and its lines as they come."""
    process = subprocess.Popen(
        [sys.executable, "-m", "flows", "check", "--watch"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines = queue.Queue()

    def listen():
        for line in process.stdout:
            lines.put(line)

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield process, lines
    finally:
        process.kill()
        process.wait()


def result(lines):
    """What one check printed."""
    printed = []
    while not (printed and printed[-1].startswith("watching")):
        printed.append(lines.get(timeout=60))
    return "".join(printed)


@pytest.mark.slow
def test_a_change_is_checked_and_the_last_result_is_the_exit_code(tmp_path):
    (tmp_path / "crossfoot.toml").write_text("[project]\n", "utf-8")
    (tmp_path / "records").mkdir()
    path = tmp_path / "records/s.yaml"
    path.write_text(RECORDS.format(trade=500), "utf-8")
    with watching(tmp_path) as (process, lines):
        assert "0 errors" in result(lines)
        path.write_text(RECORDS.format(trade=700), "utf-8")
        assert "exports-and-imports-sum-to-trade" in result(lines)
        (tmp_path / "crossfoot.toml").write_text('[project]\ndecimal = "x"\n', "utf-8")
        assert "is no decimal mark" in result(lines)
        (tmp_path / "crossfoot.toml").write_text("[project]\n", "utf-8")
        assert "1 error" in result(lines)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 1


@pytest.mark.slow
def test_files_that_go_and_come_are_noticed(tmp_path):
    (tmp_path / "crossfoot.toml").write_text("[project]\n", "utf-8")
    (tmp_path / "records").mkdir()
    with watching(tmp_path) as (process, lines):
        assert "no record files here" in result(lines)
        (tmp_path / "records/s.yaml").write_text(RECORDS.format(trade=500), "utf-8")
        assert "3 read, 3 accepted" in result(lines)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
