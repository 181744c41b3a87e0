import time

import pytest

from flows.service.temporary_server import run_flow
from flows.settings import LEAST_SILENCE
from tests.conftest import eventually


@pytest.fixture
def client(on_server):
    from prefect import get_client
    from prefect.settings import PREFECT_API_URL, temporary_settings

    url = on_server["PREFECT_API_URL"]
    with temporary_settings({PREFECT_API_URL: url}), get_client(sync_client=True) as client:
        yield client


def beats(client, run):
    from prefect.events.filters import EventFilter, EventNameFilter, EventResourceFilter

    from flows.service import heartbeats

    wanted = EventFilter(
        event=EventNameFilter(name=[heartbeats.EVENT]),
        resource=EventResourceFilter(id=[f"prefect.flow-run.{run}"]),
    )
    return client.read_events(wanted, limit=50).events


def test_a_run_says_that_it_lives_for_as_long_as_it_does(client, monkeypatch):
    from prefect import flow, runtime

    from flows.service import heartbeats

    assert heartbeats.EVERY * 3 < LEAST_SILENCE
    monkeypatch.setattr(heartbeats, "EVERY", 0.2)

    @flow(name="test-heartbeats", persist_result=False)
    def living():
        with heartbeats.sent():
            time.sleep(1)
        return runtime.flow_run.id

    run = run_flow(None, living).result()
    found = eventually(lambda: len(found := beats(client, run)) > 1 and found, 20)
    assert 1 < len(found) < 7
    assert {one.resource.name for one in found} == {client.read_flow_run(run).name}
    assert not any("prefect.version" in one.resource for one in found)  # Prefect's own has it
    (told,) = {(one.role, one.name) for event in found for one in event.related}
    assert told == ("flow", "test-heartbeats")
    time.sleep(1)
    assert len(beats(client, run)) == len(found)  # nothing is sent any more
