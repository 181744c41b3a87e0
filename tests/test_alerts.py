"""Alerts: what they say, that they arrive, and that they keep secrets."""

import json
import logging
import shutil
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.receiver import receiving

WRONG = ROOT / "examples" / "deliberately-wrong"


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def keep(tmp_path):
    """A command that keeps what it gets on standard input in a file, and that file."""
    script = tmp_path / "keep it.py"
    script.write_text("import sys; open(sys.argv[1], 'a').write(sys.stdin.read() + '\\n')")
    return f"'{sys.executable}' '{script}' '{tmp_path / 'kept'}'", tmp_path / "kept"


@pytest.fixture
def deliver():
    """Deliver an alert about a home; no Prefect server is there to remember it."""
    from flows.alerts import deliver, of_home
    from flows.settings import Settings

    def send(**settings):
        deliver(of_home(Path("home"), "stale", "nothing is published"), Settings(**settings))

    return send


def test_each_alert_says_what_where_and_a_link(receiver, keep, deliver):
    command, kept = keep
    deliver(alert_webhook=receiver.url, alert_command=command)
    (alert,) = receiver.alerts
    assert alert == json.loads(kept.read_text("utf-8"))
    assert (alert["what"], alert["message"]) == ("stale", "nothing is published")
    assert alert["where"].startswith(str(Path("home").absolute()))
    assert alert["link"] == Path("home").absolute().as_uri()
    assert all(alert[field] in alert["text"] for field in ("what", "message", "where", "link"))


def test_a_receiver_that_is_restarting_is_tried_again(receiver, deliver):
    receiver.answers = [503, 429]
    deliver(alert_webhook=receiver.url)
    assert len(receiver.alerts) == 1


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"alert_webhook": "refusing"}, "the webhook answered 403"),
        ({"alert_webhook": "http://127.0.0.1:1/t0ken-7f3a"}, "the webhook cannot be reached"),
        ({"alert_command": "false t0ken-7f3a"}, "the command ended with 1"),
        ({"alert_command": "no-such-command t0ken-7f3a"}, "the command cannot be started"),
        ({"alert_command": "t0ken-7f3a '"}, "the command cannot be started"),
    ],
)
def test_what_was_not_delivered_is_told_without_its_secret(
    settings, told, receiver, deliver, monkeypatch
):
    from flows import alerts

    monkeypatch.setattr(alerts, "_RETRIES", alerts._RETRIES.new(backoff_factor=0))
    if settings.get("alert_webhook") == "refusing":
        receiver.answers = [403]
        settings = {"alert_webhook": receiver.url}
    with pytest.raises(alerts.AlertError) as raised:
        deliver(**settings)
    assert told in str(raised.value)
    assert "t0ken-7f3a" not in str(raised.value)


@pytest.mark.slow
def test_a_withheld_run_alerts_through_both(receiver, keep, tmp_path, crossfoot):
    command, kept = keep
    hooks = {"CROSSFOOT_ALERT_WEBHOOK": receiver.url, "CROSSFOOT_ALERT_COMMAND": command}
    done = crossfoot("run", "--records", WRONG, "--home", tmp_path / "home", env=hooks)
    assert done.returncode == 1
    (alert,) = receiver.alerts
    assert alert == json.loads(kept.read_text("utf-8"))
    assert alert["what"] == "withheld"
    assert "2 errors" in alert["message"]
    assert str(tmp_path / "home") in alert["where"]
    (withheld,) = (tmp_path / "home" / "withheld").iterdir()
    assert alert["link"] == (withheld / "report" / "index.html").as_uri()
    assert "t0ken-7f3a" not in done.stdout + done.stderr
    stored = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert not [path for path in stored if b"t0ken-7f3a" in path.read_bytes()]


@pytest.mark.slow
def test_a_run_that_cannot_alert_ends_as_it_would_have(records, tmp_path, crossfoot):
    shutil.rmtree(records)
    records.mkdir()
    (records / "empty.yaml").write_text("")
    done = crossfoot(
        *("run", "--records", records, "--home", tmp_path / "home"),
        env={"CROSSFOOT_ALERT_COMMAND": "false"},
    )
    assert done.returncode == 2
    assert "alert not delivered: the command ended with 1" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_log_line_is_an_object_with_its_counts():
    from flows.logs import JsonFormatter

    counts = {"files": 2, "accepted": 3}
    message = "read %(files)d files: %(accepted)d accepted"
    record = logging.LogRecord("crossfoot", logging.INFO, "", 0, message, (counts,), None)
    line = json.loads(JsonFormatter().format(record))
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "crossfoot",
        "message": "read 2 files: 3 accepted",
        "counts": counts,
    }
