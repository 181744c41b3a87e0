"""The watchdog flow: alerts that no run can raise itself.

A killed run cannot say so itself, a run may fail before its own code begins, and nothing fails
when nothing runs. Belongs here: noticing that. Does not belong here: how alerts are
delivered (alerts.py). This module imports Prefect.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import flow, get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.events.filters import (
    EventFilter,
    EventNameFilter,
    EventOccurredFilter,
    EventResourceFilter,
)
from prefect.states import Completed, Crashed, Failed

from flows.alerts import EVENT, Alert, AlertError, about_run, deliver, of_home, of_run, reason
from flows.run_start import begin
from flows.service import heartbeats
from flows.service.serving import end_with_service
from flows.settings import Settings
from warehouse.release import releases
from warehouse.release.refusal import ReleaseError

PIPELINES = ["crossfoot", "crossfoot-detail"]
KILLED = "Killed"  # the state of a killed run once an alert of it was delivered

_DAY = timedelta(days=1)


@flow(
    name="crossfoot-watchdog",
    persist_result=False,
    timeout_seconds=240,
    on_running=[end_with_service],
)
def watch(home: Path | None = None) -> State[Any]:
    """Alert on killed runs, on failed runs that did not alert themselves, and on a stale home.

    A killed run, one that is Running or Pending without a sign of life for `killed_after` seconds
    or that its worker reported as Crashed, ends as Killed, so that it holds no place in its queue.
    A failure is alerted to once, a stale home once a day. Ends Failed when an alert was not
    delivered; the next run of the watchdog then tries again.
    """
    settings = begin(home)
    now = datetime.now(UTC)
    delivered, failures = [], []
    with get_client(sync_client=True) as client:
        for alert, run in _due(client, settings, now):
            try:
                deliver(alert, settings)
            except AlertError as error:
                failures.append(str(error))
                continue
            delivered.append(alert.what)
            if run is not None:
                state: State[Any] = Crashed(name=KILLED, message=alert.message)
                client.set_flow_run_state(run, state, force=True)
    if failures:
        return Failed(message="; ".join(failures))
    return Completed(message=f"told: {', '.join(delivered)}" if delivered else "all is well")


def _due(
    client: SyncPrefectClient, settings: Settings, now: datetime
) -> Iterator[tuple[Alert, UUID | None]]:
    """Each alert that is due, with the run to be marked as killed, if it is about one."""
    silence = timedelta(seconds=settings.killed_after)
    for run in _runs(client, StateType.RUNNING, StateType.PENDING):
        since = run.state.timestamp if run.state else now
        if now - since > silence and not _has_event(
            client, heartbeats.EVENT, about_run(run), now - silence
        ):
            message = f"{run.state_name} since {since:%FT%TZ}, without a sign of life"
            yield of_run(run, "killed", message, settings), run.id
    for run in _runs(client, StateType.CRASHED, ended_after=now - _DAY):
        if run.state_name != KILLED:
            yield of_run(run, "killed", reason(run.state), settings), run.id
    for run in _runs(client, StateType.FAILED, ended_after=now - _DAY):
        # Most runs raise their own alert, which takes a moment to arrive.
        settled = run.end_time and now - run.end_time > silence
        if settled and not _has_event(client, EVENT, about_run(run), now - _DAY):
            yield (
                of_run(run, (run.state_name or "failed").lower(), reason(run.state), settings),
                None,
            )
    stale = _stale_alert(settings, now)
    if stale and not _has_event(client, EVENT, stale.about, now - _DAY):
        yield stale, None


def _stale_alert(settings: Settings, now: datetime) -> Alert | None:
    """An alert where readers see no release, a lost one, or one that is too old."""
    limit = timedelta(hours=settings.stale_after)
    try:
        current = releases.current(settings.home)
    except ReleaseError as error:
        return of_home(settings.home, "stale", str(error))
    if current is None:
        return of_home(settings.home, "stale", "nothing is published")
    age = now - releases.created(current)
    if age <= limit:
        return None
    hours = age / timedelta(hours=1)
    message = f"{current.name} is {hours:.0f} hours old, more than {settings.stale_after:g}"
    return of_home(settings.home, "stale", message)


def _runs(
    client: SyncPrefectClient, *types: StateType, ended_after: datetime | None = None
) -> list[FlowRun]:
    """The pipelines' runs in states of these types."""
    return client.read_flow_runs(
        flow_filter=FlowFilter(name=FlowFilterName(any_=PIPELINES)),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types))),
            end_time=FlowRunFilterEndTime(after_=ended_after) if ended_after else None,
        ),
    )


def _has_event(client: SyncPrefectClient, event: str, about: str, since: datetime) -> bool:
    """Whether the server has had such an event about the resource since then."""
    event_filter = EventFilter(
        event=EventNameFilter(name=[event]),
        resource=EventResourceFilter(id=[about]),
        occurred=EventOccurredFilter(since=since),
    )
    return client.read_events(event_filter, limit=1).total > 0
