"""The service against a real Prefect server on loopback: schedules, alerts, kills, and its end."""

import fcntl
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from flows.service.serving import _answers
from tests.conftest import RECORDS, ROOT, eventually
from tests.helpers.webhook_receiver import receiving

WRONG = ROOT / "examples" / "deliberately-wrong"
ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
# So that a test need not wait for what only saves work: polling and scheduling.
QUICK = {
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "1",
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def descendants(pid):
    """The processes below one, itself not included."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [p for child in map(int, children) for p in [child, *descendants(child)]]


def command_line(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except FileNotFoundError:
        return ""


def spawned(*arguments, log, env):
    with log.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-m", *map(str, arguments)],
            stdout=file,
            stderr=file,
            cwd=log.parent,
            env={**os.environ, **QUICK, **env},
        )


def end(process, number=signal.SIGTERM):
    process.send_signal(number)
    return process.wait(60)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The URL of the API of a Prefect server."""
    folder = tmp_path_factory.mktemp("server")
    port = free_port()
    env = {"PREFECT_HOME": str(folder), "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    arguments = ("prefect", "server", "start", "--host", "127.0.0.1", "--port", port)
    process = spawned(*arguments, log=folder / "log", env=env)
    url = f"http://127.0.0.1:{port}/api"
    eventually(lambda: _answers(url))
    yield url
    end(process)


@pytest.fixture(scope="module")
def client(server):
    from prefect import get_client
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: server}), get_client(sync_client=True) as client:
        yield client


class Service:
    """`crossfoot serve` on a server, and the runs that it does."""

    def __init__(self, folder, server, client, hooks):
        self.home, self.log, self.client = folder / "home", folder / "log", client
        self.records = Path(shutil.copytree(RECORDS, folder / "records"))
        self._env = {"PREFECT_API_URL": server, "CROSSFOOT_KILLED_AFTER": "60", **hooks}
        self.process = None

    def start(self):
        self.log.write_text("")
        self.process = spawned(
            *("flows", "serve", "--home", self.home, "--records", self.records),
            log=self.log,
            env=self._env,
        )
        eventually(lambda: "ready after" in self.log.read_text("utf-8"))

    def deployment(self, name):
        return self.client.read_deployment_by_name(name)

    def run(self, name, **parameters):
        """A run of a deployment, begun by hand."""
        deployment = self.deployment(name)
        run = self.client.create_flow_run_from_deployment(deployment.id, parameters=parameters)
        return run.id

    def withheld_run(self):
        """A run whose records contradict each other, once it has ended."""
        wrong = shutil.copytree(WRONG, self.records / "wrong")
        run = self.run("crossfoot/nightly")
        assert self.ended(run).name == "Withheld"
        shutil.rmtree(wrong)
        return run

    def state(self, run):
        return self.client.read_flow_run(run).state

    def ended(self, run, seconds=90):
        """The state in which a run ends."""
        eventually(lambda: self.state(run).type.value in ENDED, seconds)
        return self.state(run)

    def artifacts(self, run):
        """What a run left, by key."""
        from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

        by_run = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run]))
        return {one.key: one.data for one in self.client.read_artifacts(artifact_filter=by_run)}

    def logged(self, run):
        """The log lines of a run on stderr, as objects."""
        lines = [
            json.loads(line) for line in self.log.read_text("utf-8").splitlines() if "{" in line
        ]
        return [line for line in lines if line.get("run") == str(run)]

    @contextmanager
    def waiting_run(self, deployment="crossfoot/nightly"):
        """A run that is Running and waits for the home's lock, and its process."""
        with (self.home / ".lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            run = self.run(deployment)
            eventually(lambda: self.state(run).type.value == "RUNNING")
            (pid,) = [
                pid
                for pid in descendants(self.process.pid)
                if "prefect.engine" in command_line(pid) or "flow_run" in command_line(pid)
            ][:1]
            yield run, pid


@pytest.fixture(scope="module")
def receiver():
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def service(tmp_path_factory, server, client, receiver):
    folder = tmp_path_factory.mktemp("service")
    keep = "import sys; open(sys.argv[1], 'a').write(sys.stdin.read() + '\\n')"
    hooks = {
        "CROSSFOOT_ALERT_WEBHOOK": receiver.url,
        "CROSSFOOT_ALERT_COMMAND": shlex.join([sys.executable, "-c", keep, str(folder / "kept")]),
    }
    service = Service(folder, server, client, hooks)
    service.start()
    eventually((service.home / "current").is_symlink)  # the first run, which serve begins itself
    yield service
    if service.process.poll() is None:
        end(service.process)


def alert_about(receiver, run, seconds=30):
    """The one alert about a run."""
    eventually(lambda: [a for a in receiver.alerts if str(run) in a["about"]], seconds)
    (alert,) = [a for a in receiver.alerts if str(run) in a["about"]]
    return alert


@pytest.mark.slow
def test_a_scheduled_run_fires_and_publishes(service, receiver):
    from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
    from prefect.client.schemas.schedules import IntervalSchedule

    first = (service.home / "current").readlink()
    nightly = service.deployment("crossfoot/nightly")
    assert [s.schedule.timezone for s in nightly.schedules] == ["Asia/Shanghai"]
    # So soon that nobody waits long, and so late that a busy server still schedules it before.
    soon = datetime.now(UTC) + timedelta(seconds=8)
    schedule = IntervalSchedule(interval=timedelta(days=1), anchor_date=soon)
    (made,) = service.client.create_deployment_schedules(nightly.id, [(schedule, True)])

    def fired():
        runs = service.client.read_flow_runs(
            deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[nightly.id]))
        )
        near = soon - timedelta(seconds=1), soon + timedelta(minutes=1)
        return [
            r.id for r in runs if r.auto_scheduled and near[0] < r.expected_start_time < near[1]
        ]

    (run,) = eventually(fired)
    state = service.ended(run)
    service.client.delete_deployment_schedule(nightly.id, made.id)
    assert (state.name, state.message) == ("Published", "128 figures, 0 errors, 0 warnings")
    assert (service.home / "current").readlink() != first
    assert not [alert for alert in receiver.alerts if str(run) in alert["about"]]
    counts = [line["counts"] for line in service.logged(run) if "counts" in line]
    assert {"accepted": 128, "rejected": 0}.items() <= counts[0].items()
    assert counts[-1]["release"] == (service.home / "current").readlink().name
    left = service.artifacts(run)
    assert set(left) == {"crossfoot-verdict", "crossfoot-report"}
    assert left["crossfoot-verdict"].startswith("# publish")
    assert (service.home / "current" / "report" / "index.html").resolve().as_uri() in str(
        left["crossfoot-report"]
    )


@pytest.mark.slow
def test_events_show_the_lineage(service):
    from prefect.events.filters import EventFilter, EventNameFilter

    def made_from():
        wanted = EventFilter(event=EventNameFilter(prefix=["prefect.asset.materialization"]))
        return {
            event.resource.id: {r.id for r in event.related if r.role == "asset"}
            for event in service.client.read_events(wanted, limit=50).events
        }

    eventually(lambda: len(made_from()) == 2)
    assert made_from() == {
        "crossfoot://core": {"crossfoot://records"},
        "crossfoot://release": {"crossfoot://core"},
    }


@pytest.mark.slow
def test_a_withheld_run_alerts_with_a_link(service, receiver, server):
    before = (service.home / "current").readlink()
    run = service.withheld_run()
    assert (service.home / "current").readlink() == before
    assert "parts-not-above-total" in str(service.artifacts(run)["crossfoot-findings"])
    alert = alert_about(receiver, run)
    assert (alert["what"], alert["message"]) == ("withheld", service.state(run).message)
    assert str(service.home) in alert["where"]
    assert alert["link"] == f"{server.removesuffix('/api')}/runs/flow-run/{run}"
    kept = service.home.parent / "kept"  # by the command, which comes after the webhook
    eventually(lambda: kept.exists() and str(run) in kept.read_text("utf-8"))
    assert alert in map(json.loads, kept.read_text("utf-8").splitlines())
    assert "成都市 进出口 2020-01/2020-04: value 2016.6亿元 is too low" in alert["message"]
    (kept_aside,) = (service.home / "withheld").iterdir()
    assert str(kept_aside / "report" / "index.html") in alert["message"]
    logged = service.logged(run)
    assert not [line for line in logged if line["level"] == "ERROR" or "exception" in line]
    assert "Traceback" not in service.log.read_text("utf-8")
    folder = service.home.parent
    stored = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    assert not [path for path in stored if b"t0ken-7f3a" in path.read_bytes()]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("deployment", "parameters"),
    [
        ("crossfoot/nightly", {"records": str(WRONG)}),
        ("crossfoot/nightly", {"home": "/tmp/elsewhere"}),
        ("crossfoot-detail/detail", {"files": ["/etc/passwd"]}),
    ],
)
def test_a_worker_s_run_stays_where_its_settings_say(deployment, parameters, service, receiver):
    before = (service.home / "current").readlink()
    run = service.run(deployment, **parameters)
    state = service.ended(run)
    (name,) = parameters
    assert state.type.value == "FAILED"
    assert f"parameter {name}: " in state.message
    assert "does not lie in" in state.message
    assert alert_about(receiver, run)["what"] == "failed"
    assert (service.home / "current").readlink() == before


@pytest.mark.slow
def test_the_documented_automation_passes_alerts_on(service, receiver, server):
    from prefect.blocks.notifications import CustomWebhookNotificationBlock
    from prefect.settings import PREFECT_API_URL, temporary_settings

    page = (ROOT / "docs" / "operator.md").read_text("utf-8")
    (shown,) = re.findall(r"```yaml\n(name: .*?)```", page, re.S)
    with temporary_settings({PREFECT_API_URL: server}):
        block = CustomWebhookNotificationBlock(
            name="test", url=receiver.url, json_data={"subject": "{{subject}}", "body": "{{body}}"}
        )
        id_ = block.save("test", overwrite=True)
    automation = yaml.safe_load(shown.replace("00000000-0000-0000-0000-000000000000", str(id_)))
    made = service.client.request("POST", "/automations/", json=automation)
    made.raise_for_status()
    run = service.withheld_run()
    passed_on = eventually(lambda: [a for a in receiver.alerts if a.get("subject") == "withheld"])
    service.client.request("DELETE", "/automations/{id}", path_params={"id": made.json()["id"]})
    receiver.alerts.remove(passed_on[0])
    assert passed_on[0]["body"] == alert_about(receiver, run)["text"]


@pytest.mark.slow
def test_the_watchdog_is_silent_on_what_was_told_and_on_what_is_well(service, receiver):
    told = len(receiver.alerts)
    state = service.ended(service.run("crossfoot-watchdog/watchdog"))
    assert (state.name, state.message) == ("Completed", "all is well")
    assert len(receiver.alerts) == told


@pytest.mark.slow
@pytest.mark.parametrize("deployment", ["crossfoot/nightly", "crossfoot-detail/detail"])
def test_a_run_whose_process_is_killed_is_told_at_once(deployment, service, receiver):
    with service.waiting_run(deployment) as (run, pid):
        os.kill(pid, signal.SIGKILL)
        alert = alert_about(receiver, run, 60)
    assert alert["what"] == "killed"
    eventually(lambda: service.state(run).name == "Killed")


@pytest.mark.slow
def test_a_killed_worker_s_run_is_noticed_by_the_watchdog(service, receiver):
    receiver.answers = [403]
    untold = service.withheld_run()
    eventually(lambda: "the webhook answered 403" in service.log.read_text("utf-8"))
    with service.waiting_run() as (run, pid):
        worker = [p for p in descendants(service.process.pid) if "worker" in command_line(p)]
        for victim in (*worker, pid):
            os.kill(victim, signal.SIGKILL)
        assert service.process.wait(60) == 2
        assert "the worker ended by itself" in service.log.read_text("utf-8")
    service.start()
    assert service.state(run).name == "Running"
    deadline = service.state(run).timestamp + timedelta(seconds=100)
    eventually(lambda: datetime.now(UTC) > deadline, 120)
    watchdog = service.run("crossfoot-watchdog/watchdog")
    assert service.ended(watchdog).type.value == "COMPLETED"
    assert alert_about(receiver, untold)["what"] == "withheld"
    alert = alert_about(receiver, run)
    assert alert["what"] == "killed"
    assert "without a sign of life" in alert["message"]
    assert (service.state(run).name, service.state(run).type.value) == ("Killed", "CRASHED")
    # Its place in the queue of publishers is free again.
    assert service.ended(service.run("crossfoot/nightly")).name == "Published"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("released", "told"),
    [
        (None, "nothing is published"),
        ("20200101T000000Z-00000000", "20200101T000000Z-00000000 is .* hours old, more than 36"),
    ],
)
def test_a_stale_release_is_told_once(released, told, service, receiver, tmp_path):
    home = service.home / tmp_path.name
    if released:
        (home / "releases" / released).mkdir(parents=True)
        (home / "current").symlink_to(Path("releases") / released)
    for _ in range(2):
        watchdog = service.run("crossfoot-watchdog/watchdog", home=str(home))
        assert service.ended(watchdog).type.value == "COMPLETED"
        time.sleep(6)  # the server writes events every five seconds
    (alert,) = [alert for alert in receiver.alerts if str(home) in alert["where"]]
    assert alert["what"] == "stale"
    assert re.fullmatch(told, alert["message"])


@pytest.fixture
def postgres():
    """The URL of a PostgreSQL server of the test's own."""
    found = shutil.which("pg_ctl")
    if found is None:
        pytest.skip("PostgreSQL is not installed")
    programs, port = Path(found).resolve().parent, free_port()
    # PostgreSQL refuses to run as root.
    user = "postgres" if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp())
    if user:
        shutil.chown(folder, user)
    control = [programs / "pg_ctl", "-D", folder / "data", "-l", folder / "log", "-w"]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder}"

    def run(*command):
        subprocess.run(command, user=user, cwd=folder, stdout=subprocess.DEVNULL, check=True)

    run(programs / "initdb", "-D", folder / "data", "-A", "trust", "-U", "crossfoot")
    run(*control, "-o", options, "start")
    yield f"postgresql+asyncpg://crossfoot@127.0.0.1:{port}/postgres"
    run(*control, "-m", "immediate", "stop")
    shutil.rmtree(folder)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "database"),
    [(signal.SIGINT, None), (signal.SIGTERM, "postgres"), (signal.SIGKILL, None)],
)
def test_the_embedded_service_publishes_and_leaves_nothing_behind(
    number, database, tmp_path, request
):
    port = free_port()
    log = tmp_path / "log"
    log.write_text("")
    env = {}
    if database:
        env["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = request.getfixturevalue(database)
    arguments = ("flows", "serve", "--home", tmp_path / "home", "--port", port)
    process = spawned(*arguments, log=log, env=env)
    eventually(lambda: "ready after" in log.read_text("utf-8"))
    eventually((tmp_path / "home" / "current").is_symlink)
    assert (tmp_path / "home" / "prefect" / "prefect.db").exists() == (database is None)
    children = descendants(process.pid)
    assert len(children) >= 2
    killed = number == signal.SIGKILL
    assert end(process, number) == (-number if killed else 0)
    seconds = 30 if killed else 0
    eventually(lambda: not [pid for pid in children if command_line(pid)], seconds)
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))


def test_a_port_that_is_taken_is_told(tmp_path, crossfoot):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = crossfoot("serve", "--home", tmp_path / "home", "--port", port)
    assert done.returncode == 2
    assert f"port {port} of 127.0.0.1 cannot be used" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_server_that_does_not_answer_is_told(tmp_path, crossfoot):
    url = f"http://127.0.0.1:{free_port()}/api"
    done = crossfoot("serve", "--home", tmp_path / "home", env={"PREFECT_API_URL": url})
    assert done.returncode == 2
    assert f"error: {url} does not answer within 10 s" in done.stderr
    assert "Traceback" not in done.stderr
