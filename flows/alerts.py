"""Alerts: telling people of a run, or of a state of the current release, that needs them.

Belongs here: what an alert says, and how it is delivered. Does not belong here: what deserves one
(pipeline.py, watchdog.py). Every delivered alert is also an event `crossfoot.alert` on the Prefect
server, which remembers it and on which automations may act. This module imports Prefect.
"""

from __future__ import annotations

import json
import logging
import shlex
import socket
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import urllib3
from prefect import Flow
from prefect.client.schemas.objects import FlowRun, State
from prefect.events import emit_event
from prefect.settings import PREFECT_API_URL
from prefect.utilities.urls import url_for

from flows.outcome import Outcome, Unpublished
from flows.service.logs import restrain_libraries
from flows.service.temporary_server import is_temporary
from flows.settings import Settings, without_userinfo
from warehouse.exchange.export import REPORT

EVENT = "crossfoot.alert"

log = logging.getLogger("crossfoot")

# On import, since a worker's run may fail and raise an alert before any other code of ours runs.
restrain_libraries()

# A receiver that is restarting is back within the minute; one that refuses stays as it is.
_RETRIES = urllib3.Retry(
    total=5,
    backoff_factor=1,
    status_forcelist=(429, 500, 502, 503, 504),
    allowed_methods=None,
    redirect=False,
    raise_on_status=False,
)
_TIMEOUT = 30  # seconds for one attempt, and for the command


class AlertError(Exception):
    """An alert that was not delivered; the message names the way, never its secret."""


@dataclass(frozen=True, slots=True)
class Alert:
    """What happened (withheld, unusable, failed, killed or stale, and one line), where, and a link.

    `about` is the Prefect resource concerned: the run, or the home.
    """

    what: str
    about: str
    message: str
    where: str
    link: str

    @property
    def text(self) -> str:
        """All of it in one line, which is also the field that chat services show."""
        return f"crossfoot {self.what}: {self.message} ({self.where}) {self.link}"


def about_run(run: FlowRun) -> str:
    """The Prefect resource that a run is."""
    return f"prefect.flow-run.{run.id}"


def remembers() -> bool:
    """Whether there is a server that later shows what it was sent."""
    return bool(PREFECT_API_URL.value()) and not is_temporary()


def reason(state: State[Any] | None) -> str:
    """Why a run ended, in one line."""
    return (state and state.message) or "no reason is known"


def of_run(
    run: FlowRun, what: str, message: str, settings: Settings, made: Path | None = None
) -> Alert:
    """An alert about a run. It links to the run or, without a server that shows it, to what the
    run made, or else to its home.
    """
    home = Path(run.parameters.get("home") or settings.home)
    return Alert(
        what=what,
        about=about_run(run),
        message=message,
        where=f"run {run.name}, {_place(home)}",
        link=_page(run) or (made or home).absolute().as_uri(),
    )


def of_home(home: Path, what: str, message: str) -> Alert:
    """An alert about what readers see in a home."""
    return Alert(
        what=what,
        about=f"crossfoot.home.{_place(home)}",
        message=message,
        where=_place(home),
        link=home.absolute().as_uri(),
    )


def deliver(alert: Alert, settings: Settings) -> None:
    """Log it, and give it to the webhook and the command that are set. Raises AlertError."""
    log.warning("%s", alert.text)
    payload = {**asdict(alert), "text": alert.text}
    content = json.dumps(payload, ensure_ascii=False)
    failures = []
    if settings.alert_webhook:
        failures += _post(str(settings.alert_webhook.get_secret_value()), content)
    if settings.alert_command:
        failures += _pipe(settings.alert_command.get_secret_value(), content)
    if failures:
        raise AlertError(f"alert not delivered: {'; '.join(failures)}")
    if remembers():
        emit_event(EVENT, {"prefect.resource.id": alert.about}, payload=payload)


def alert_of_failure(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """The hook of flows on Withheld, Unusable, Failed and TimedOut."""
    settings = Settings.given(home=flow_run.parameters.get("home"))
    result = state.result(raise_on_failure=False)
    outcome = result.outcome if isinstance(result, Unpublished) else None
    if isinstance(outcome, Outcome) and outcome.dry:  # a person asked, and is answered
        return
    made = outcome.release / REPORT if outcome and outcome.release else None
    what = (state.name or "failed").lower()
    try:
        deliver(of_run(flow_run, what, reason(state), settings, made), settings)
    except AlertError as error:
        log.error("%s", error)


def _page(run: FlowRun) -> str | None:
    """Where the server shows a run, if there is one that will."""
    page = url_for("flow-run", run.id) if remembers() else None
    return without_userinfo(page) if page else None


def _place(home: Path) -> str:
    return f"{home.absolute()} on {socket.gethostname()}"


def _post(url: str, content: str) -> list[str]:
    """What went wrong, if anything. The URL is not named: it often holds a token."""
    try:
        answer = urllib3.request(
            "POST",
            url,
            body=content.encode(),
            headers={"Content-Type": "application/json"},
            retries=_RETRIES,
            timeout=_TIMEOUT,
        )
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        cause = error.reason if isinstance(error, urllib3.exceptions.MaxRetryError) else error
        return [f"the webhook cannot be reached ({type(cause).__name__})"]
    return [f"the webhook answered {answer.status}"] if answer.status >= 300 else []


def _pipe(command: str, content: str) -> list[str]:
    """What went wrong, if anything. The command is not named: its arguments may hold a token."""
    try:
        subprocess.run(
            shlex.split(command),
            input=content.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        return [f"the command ended with {error.returncode}"]
    except subprocess.TimeoutExpired:
        return [f"the command took longer than {_TIMEOUT} s"]
    except (OSError, ValueError) as error:
        return [f"the command cannot be started ({type(error).__name__})"]
    return []
