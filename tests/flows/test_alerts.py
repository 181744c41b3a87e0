"""Alerts: what they say, that they arrive, and that they keep secrets."""

import json
import logging
import shutil
import sys
import traceback
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.helpers.webhook_receiver import receiving

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


SECRETS = ("us3rinf0", "p4th-8c1d", "t0ken-7f3a", "red1rect", "c0mmand-77")


@pytest.fixture
def overheard(capfd):
    """All that any logger says while a test runs, wherever its handlers are, and all output."""
    lines = []

    class Keep(logging.Handler):
        def emit(self, record):
            lines.append(logging.Formatter().format(record))

    keep = Keep()
    loggers = [logging.getLogger(), *map(logging.getLogger, logging.root.manager.loggerDict)]
    before = [(logger, logger.level) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
        logger.addHandler(keep)
    yield lambda: "\n".join([*lines, *capfd.readouterr()])
    for logger, level in before:
        logger.removeHandler(keep)
        logger.setLevel(level)


@pytest.mark.parametrize(
    ("manner", "outcome"),
    [
        ({"delay": 0.3}, "cannot be reached (ReadTimeoutError)"),
        ({"answers": [500] * 6}, "answered 500"),
        ({"answers": [403]}, "answered 403"),
        ({"answers": [307], "header": b"Location: http://127.0.0.1/red1rect\r\n"}, "answered 307"),
        ({"answers": [400], "header": b"no header: at all, red1rect\r\n"}, "answered 400"),
        ({"server_port": 1}, "cannot be reached (NewConnectionError)"),
    ],
)
def test_no_library_logs_what_is_secret(manner, outcome, receiver, deliver, overheard, monkeypatch):
    from flows import alerts

    monkeypatch.setattr(alerts, "_RETRIES", alerts._RETRIES.new(backoff_factor=0))
    monkeypatch.setattr(alerts, "_TIMEOUT", 0.1)
    for name, value in manner.items():
        setattr(receiver, name, value)
    url = f"http://user:us3rinf0@127.0.0.1:{receiver.server_port}/p4th-8c1d?token=t0ken-7f3a"
    with pytest.raises(alerts.AlertError) as raised:
        deliver(alert_webhook=url, alert_command=f"false {SECRETS[-1]}")
    assert outcome in str(raised.value)
    heard = overheard() + "".join(traceback.format_exception(raised.value))
    assert "crossfoot stale: nothing is published" in heard
    assert not [secret for secret in SECRETS if secret in heard]


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
def test_a_run_that_cannot_alert_ends_as_it_would_have(records, tmp_path, crossfoot, on_server):
    shutil.rmtree(records)
    records.mkdir()
    (records / "empty.yaml").write_text("")
    done = crossfoot(
        *("run", "--records", records, "--home", tmp_path / "home"),
        env=on_server | {"CROSSFOOT_ALERT_COMMAND": "false"},
    )
    assert done.returncode == 2
    assert "alert not delivered: the command ended with 1" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_log_line_is_an_object_with_its_counts():
    from flows.service.logs import JsonFormatter

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


def test_a_log_line_holds_no_user_and_password():
    from flows.service.logs import JsonFormatter

    message = "View at http://user:p@ss-w0rd@127.0.0.1:4200/runs/1 by postgresql+a://u:w0rd@h/d"
    record = logging.LogRecord("prefect", logging.INFO, "", 0, message, None, None)
    line = json.loads(JsonFormatter().format(record))
    assert line["message"] == "View at http://127.0.0.1:4200/runs/1 by postgresql+a://h/d"


@pytest.fixture
def prefect_log(caplog):
    """What Prefect's loggers write of an error, as a run in a process of its own ends with it."""
    import flows.alerts  # noqa: F401  keeps libraries from writing what nobody should read

    def write(error):
        for name in ("task_runs", "flow_runs", "flow_runs", "engine"):
            logger = logging.getLogger(f"prefect.{name}")
            with caplog.at_level(logging.INFO, logger.name):
                logger.addHandler(caplog.handler)
                try:
                    raise error
                except type(error):
                    logger.exception("exited with unexpected exception: %r", error)
                finally:
                    logger.removeHandler(caplog.handler)
        # Prefect's loggers may pass on to the root logger, whose lines caplog has too.
        return list(dict.fromkeys(record.getMessage() for record in caplog.records)), caplog.text

    return write


def test_a_run_that_is_withheld_ends_without_an_error_in_the_log(prefect_log):
    from flows.outcome import Outcome, Unpublished

    assert prefect_log(Unpublished(Outcome("withhold", None, 1, (), ("does not hold",)))) == (
        [],
        "",
    )


@pytest.mark.filterwarnings("ignore:Logger 'prefect")  # that there is no run to log to
def test_an_expected_error_is_logged_once_in_its_own_words(prefect_log):
    from warehouse.system.files import FormError, Problem

    error = FormError(Problem("a.yaml", 3, "is not", "mend it"))
    messages, text = prefect_log(error)
    assert messages == [str(error)]
    assert "Traceback" not in text


@pytest.mark.filterwarnings("ignore:Logger 'prefect")
def test_an_unexpected_error_is_logged_with_its_traceback(prefect_log):
    messages, text = prefect_log(KeyError("figures"))
    assert messages == ["exited with unexpected exception: KeyError('figures')"]
    assert "Traceback" in text


def test_why_nothing_was_published_is_told_with_the_findings_and_the_report():
    from expectations.rules.figure_rules import Finding
    from flows.outcome import Outcome, Unpublished

    findings = [
        Finding(f"{number:010}", "parts", "error", ("s/a",), f"a exceeds {number}")
        for number in range(5)
    ]
    findings.insert(0, Finding("w", "parts", "warning", ("s/a",), "a is large"))
    reason = str(Unpublished(Outcome("withhold", Path("w/1"), 2, tuple(findings), ("no rows",))))
    assert reason == (
        "2 figures, 6 errors, 1 warning: no rows; parts [0000000000]: a exceeds 0; "
        "parts [0000000001]: a exceeds 1; and 3 more; report: w/1/report/index.html"
    )
