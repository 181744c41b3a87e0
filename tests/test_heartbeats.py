import time
from contextlib import contextmanager

import pytest

from flows import heartbeats
from flows.temporary import run_flow


@pytest.fixture
def client(on_server):
    from prefect import get_client
    from prefect.settings import PREFECT_API_URL, temporary_settings

    url = on_server["PREFECT_API_URL"]
    with temporary_settings({PREFECT_API_URL: url}), get_client(sync_client=True) as client:
        yield client


@contextmanager
def as_often_as(seconds):
    """Heartbeats of the runs of the block come so often; Prefect's setting begins at 30 s."""
    sent = heartbeats.sent
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(heartbeats, "sent", lambda flow, every: sent(flow, seconds))
        yield


def beats(client, run):
    from prefect.events.filters import EventFilter, EventNameFilter, EventResourceFilter

    wanted = EventFilter(
        event=EventNameFilter(name=[heartbeats.EVENT]),
        resource=EventResourceFilter(id=[f"prefect.flow-run.{run}"]),
    )
    return client.read_events(wanted, limit=50).events


def some_flow(do):
    from prefect import flow, runtime

    @flow(name="test-heartbeats", persist_result=False)
    def living():
        do()
        return runtime.flow_run.id

    return living


def test_a_run_says_that_it_lives_for_as_long_as_it_does(client):
    with as_often_as(0.2):
        run = run_flow(None, some_flow(lambda: time.sleep(1))).result()
    for _ in range(100):
        if len(found := beats(client, run)) > 1:
            break
        time.sleep(0.2)
    assert 1 < len(found) < 7
    assert {one.resource.name for one in found} == {client.read_flow_run(run).name}
    assert not any("prefect.version" in one.resource for one in found)  # Prefect's own has it
    (flow,) = {(one.role, one.name) for event in found for one in event.related}
    assert flow == ("flow", "test-heartbeats")
    time.sleep(1)
    assert len(beats(client, run)) == len(found)  # nothing is sent any more
