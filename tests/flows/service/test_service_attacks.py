"""Attacks on `crossfoot serve` from the same machine: by another user, by a web page, by a reader.

One service runs for all of them. Its first run is withheld, so that alerts have been sent.
"""

import base64
import http.client
import json
import os
import re
import shlex
import sys
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

from tests.conftest import ROOT, eventually
from tests.flows.service.test_serving import command_line, descendants, end, free_port, spawned
from tests.helpers.webhook_receiver import receiving

pytestmark = pytest.mark.slow

NOBODY = 65534
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OPEN = (("GET", "/api/health"), ("GET", "/api/ready"))  # which tell nothing but that it runs
SECRETS = ("t0ken-7f3a", "t0ken-command", "t0ken-database")


class Service:
    """A service that has come up: where it is, and what its operator knows."""

    def __init__(self, home, port, process, shown):
        self.home, self.port, self.process, self.shown = home, port, process, shown
        self.password = (home / "prefect" / "password").read_text().strip()
        token = base64.b64encode(self.password.encode()).decode()
        self.known = {"Authorization": f"Basic {token}"}

    def ask(self, method, path, body=None, **headers):
        """The status and text of an answer; the headers are all that is sent."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        headers = {"Host": f"127.0.0.1:{self.port}", **headers}
        content = b"" if body is None else json.dumps(body).encode()
        if body is not None:
            headers |= {"Content-Length": len(content)}
            headers.setdefault("Content-Type", "application/json")
        for name, value in headers.items():
            if value is not None:
                connection.putheader(name.replace("_", "-"), str(value))
        connection.endheaders(content)
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")

    def operator(self, method, path, body=None):
        """What its operator is answered, as an object."""
        status, text = self.ask(method, path, body, **self.known)
        assert status < 300, text
        return json.loads(text) if text else None

    def routes(self):
        """Each path of its API, ids left as {id}, and the methods that it has."""
        described = json.loads(self.ask("GET", "/openapi.json")[1])["paths"]
        return {f"/api{path}": set(methods) for path, methods in sorted(described.items())}


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("attacked")
    database = folder / "t0ken-database"
    database.mkdir()
    home, port, log = folder / "home", free_port(), folder / "log"
    with receiving() as receiver:
        env = {
            "CROSSFOOT_ALERT_WEBHOOK": receiver.url,
            "CROSSFOOT_ALERT_COMMAND": f"{shlex.quote(sys.executable)} -c '' t0ken-command",
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{database}/prefect.db",
        }
        records = ROOT / "examples" / "deliberately-wrong"
        arguments = ("--home", home, "--records", records, "--port", port)
        process = spawned("flows", "serve", *arguments, log=log, env=env)
        eventually(lambda: "ready after" in log.read_text("utf-8"), 180)
        eventually(lambda: receiver.alerts)
        yield Service(home, port, process, log)
        end(process)


def as_nobody(attempt):
    """What `attempt` returns when another user of this machine makes it."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            result = attempt()
        except BaseException as error:
            result = f"{type(error).__name__}: {error}"
        os.write(writing, json.dumps(result).encode())
        os._exit(0)
    os.close(writing)
    with open(reading) as answered:
        result = json.load(answered)
    os.waitpid(child, 0)
    return result


def deployment(service, name="crossfoot/nightly"):
    return service.operator("GET", f"/api/deployments/name/{name}")


def test_the_operator_is_told_where_the_password_is_and_never_what(service):
    shown = service.shown.read_text("utf-8")
    assert f"the password that its pages ask for is in {service.home}/prefect/password" in shown
    assert service.password.removeprefix("crossfoot:") not in shown


def test_another_user_cannot_read_the_password(service):
    secret = service.password.removeprefix("crossfoot:")
    processes = [service.process.pid, *descendants(service.process.pid)]
    assert len(processes) >= 3

    def look():
        seen = []
        for path in (service.home / "prefect" / "password", service.home / "prefect"):
            seen += [os.access(path, os.R_OK)]
        for process in processes:
            try:
                seen.append(secret in Path(f"/proc/{process}/environ").read_text())
            except OSError:
                seen.append(False)
            seen.append(secret in command_line(process))
        return seen

    assert not any(as_nobody(look))
    assert not any(secret in command_line(process) for process in processes)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/deployments/{id}/create_flow_run", {"job_variables": {"command": "id"}}),
        ("POST", "/api/deployments/{id}/create_flow_run", {"parameters": {"home": "/tmp/x"}}),
        ("POST", "/api/deployments/", {"name": "mine", "flow_id": "{flow}", "pull_steps": []}),
        ("POST", "/api/deployments/{id}/pause_deployment", None),
        ("PATCH", "/api/deployments/{id}", {"paused": True}),
        ("DELETE", "/api/deployments/{id}", None),
        ("POST", "/api/flow_runs/filter", {}),
        ("GET", "/api/admin/settings", None),
        ("PATCH", "/api/work_pools/crossfoot", {"is_paused": True}),
        ("POST", "/api/variables/", {"name": "mine", "value": 1}),
    ],
)
@pytest.mark.parametrize("password", [None, "crossfoot:", "x"])
def test_another_user_may_nothing(method, path, body, password, service):
    nightly = deployment(service)
    path = path.format(id=nightly["id"])
    body = body and json.loads(json.dumps(body).replace("{flow}", nightly["flow_id"]))
    headers = {}
    if password is not None:
        token = base64.b64encode(password.encode()).decode()
        headers["Authorization"] = f"Basic {token}"
    assert as_nobody(lambda: service.ask(method, path, body, **headers)[0]) == 401
    after = deployment(service)
    assert (after["paused"], after["parameters"]) == (False, {})


def test_nothing_of_the_api_is_open(service):
    answered, asked = {}, 0
    for path in service.routes():
        where = re.sub(r"{.*?}", "00000000-0000-0000-0000-000000000000", path)
        for method in METHODS:
            for form in (where, f"{where}/", where.replace("/api/", "/api//", 1)):
                asked += 1
                status, text = service.ask(method, form, None if method == "GET" else {})
                if status != 401:
                    answered[method, form] = text
    assert asked > 2000
    assert answered == {OPEN[0]: "true", OPEN[1]: '{"message":"OK"}'}


def test_what_is_no_password_is_refused(service):
    for given in ("Basic é", "Basic", "Bearer x", "Basic 6Q==", "Basic " + "x" * 10_000):
        status, text = service.ask("GET", "/api/admin/version", Authorization=given)
        assert status >= 400
        assert "3." not in text


SOCKETS = (
    "/api/events/in",
    "/api/events/out",
    "/api/logs/out",
    "/api/task_runs/subscriptions/scheduled",
    "/api/work_pools/crossfoot/workers/connect",
)


def handshake(service, path, token=None, host=None, **options):
    """What a WebSocket answers first: an object, or how it refuses."""
    subprotocols = options.pop("subprotocols", ["prefect"])
    url = f"ws://{host or f'127.0.0.1:{service.port}'}{path}"
    try:
        with connect(
            url, subprotocols=subprotocols, proxy=None, **options, close_timeout=5
        ) as websocket:
            websocket.send(json.dumps({"type": "auth", "token": token}))
            websocket.send(json.dumps({"type": "filter", "filter": {}}))
            return json.loads(websocket.recv(20))
    except (ConnectionClosed, InvalidHandshake) as refusal:
        return type(refusal).__name__


GARBAGE = (
    *("[]", "5", "null", "garbage", b"\xff\x00", "[" * 100_000),
    *('{"type": "auth", "token": 5}', '{"type": "auth"}', '{"type": []}'),
)


@pytest.mark.parametrize("path", SOCKETS)
def test_what_is_no_message_fills_no_log(path, service):
    def attempts():
        for message in GARBAGE:
            url = f"ws://127.0.0.1:{service.port}{path}"
            try:
                with connect(url, subprotocols=["prefect"], proxy=None, close_timeout=5) as socket:
                    socket.send(message)
                    socket.recv(20)
                    return f"it answers {message[:40]!r}"
            except (ConnectionClosed, InvalidHandshake):
                pass
        return "refused"

    before = service.shown.stat().st_size
    assert as_nobody(attempts) == "refused"
    service.operator("GET", "/api/admin/version")
    written = service.shown.read_text("utf-8")[before:]
    assert "Traceback" not in written and "ASGI" not in written


def test_a_second_service_of_a_home_is_refused_and_changes_nothing(service, crossfoot):
    done = crossfoot("serve", "--home", service.home, "--port", free_port())
    assert done.returncode == 2
    assert "error: one service serves a home; " in done.stderr
    assert f"by pid {service.process.pid} on " in done.stderr
    assert (service.home / "prefect" / "password").read_text().strip() == service.password
    assert service.ask("GET", "/api/admin/version", **service.known)[0] == 200


@pytest.mark.parametrize("path", SOCKETS)
def test_no_stream_is_open(path, service):
    def attempts():
        return [
            handshake(service, path),
            handshake(service, path, token=""),
            handshake(service, path, token="crossfoot:"),
            handshake(service, path, token="é"),
            handshake(service, path, subprotocols=None),
            handshake(service, path, subprotocols=["other"]),
        ]

    refusals = {"ConnectionClosedError", "ConnectionClosedOK", "InvalidStatus"}
    assert set(as_nobody(attempts)) <= refusals
    known = service.password
    assert handshake(service, path, token=known) == {"type": "auth_success"}
    own = f"http://127.0.0.1:{service.port}"
    assert handshake(service, path, token=known, origin=own) == {"type": "auth_success"}
    assert handshake(service, path, token=known, origin="http://evil.example") == "InvalidStatus"
    assert handshake(service, path, token=known, origin="null") == "InvalidStatus"


def test_a_web_page_of_another_place_gets_no_answer(service):
    filtered = ("POST", "/api/flow_runs/filter", {})
    for names in (
        {"Host": "evil.example"},
        {"Host": f"evil.example:{service.port}"},
        {"Host": f"localhost:{service.port}@evil.example"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://evil.example", "Content_Type": "text/plain"},
    ):
        assert service.ask(*filtered, **names, **service.known)[0] == 403
        assert service.ask("GET", "/", **names)[0] == 403
        assert service.ask("GET", "/api/health", **names)[0] == 403
        assert service.ask("GET", "/openapi.json", **names)[0] == 403
    asked = {"Access_Control_Request_Method": "POST", "Origin": "http://evil.example"}
    assert service.ask("OPTIONS", "/api/flow_runs/filter", **asked)[0] == 403
    assert service.ask(*filtered, Host=None, **service.known)[0] in (400, 403)
    assert service.ask("GET", f"http://evil.example:{service.port}/api/health")[0] != 200


def test_the_operator_s_own_pages_are_answered(service):
    origin = f"http://localhost:{service.port}"
    own = {"Host": f"localhost:{service.port}", "Origin": origin}
    assert service.ask("POST", "/api/flow_runs/filter", {}, **own, **service.known)[0] == 200
    assert "<html" in service.ask("GET", "/", Accept="text/html")[1].lower() + "<html"
    assert json.loads(service.ask("GET", "/ui-settings")[1])["auth"] == "BASIC"


def test_a_reader_finds_no_secret(service):
    found, read_so_far = [], []

    def read(method, path, body=None):
        status, text = service.ask(method, path, body, **service.known)
        hits = [secret for secret in (*SECRETS, service.password) if secret in text]
        found.extend((method, path, secret) for secret in hits)
        read_so_far.append(text)
        return status, text

    ids, answered = set(), 0
    lists = ("filter", "paginate", "history", "count", "statistics", "lateness")
    for path, methods in service.routes().items():
        if "{" in path:
            continue
        if "get" in methods:
            status, text = read("GET", path)
        elif path.strip("/").endswith(lists):
            status, text = read("POST", path, {})
        else:
            continue
        answered += status == 200
        ids |= set(re.findall(r'"id":\s*"([0-9a-f-]{36})"', text))
    assert answered > 30
    for path, methods in service.routes().items():
        if "get" in methods and path.count("{") == 1:
            for id_ in [*sorted(ids)[:30], "crossfoot"]:
                read("GET", re.sub(r"{.*?}", id_, path))
    for name in ("crossfoot/nightly", "crossfoot-detail/detail", "crossfoot-watchdog/watchdog"):
        read("GET", f"/api/deployments/name/{name}")
    read("GET", "/api/work_pools/crossfoot")
    read("POST", "/api/work_pools/crossfoot/workers/filter", {})
    read("POST", "/api/work_pools/crossfoot/queues/filter", {})
    # The control: where secrets would be, the rest of what they stand beside is.
    kept = ("crossfoot withheld", "http://127.0.0.1", "prefect.task_runs", "publish_records")
    for beside in kept:
        assert any(beside in text for text in read_so_far), beside
    assert found == []
    assert not any(s in service.shown.read_text("utf-8") for s in (*SECRETS, service.password))


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({}, "'periods' is a required property"),
        ({"periods": None}, "None is not of type"),
        ({"periods": "sixteen"}, "'sixteen' does not match"),
        ({"periods": ""}, "'' does not match"),
        ({"periods": ["2016"]}, "is not of type"),
        ({"periods": 2016.5}, "2016.5 is not of type"),
    ],
)
def test_a_backfill_without_a_period_is_refused_at_once(parameters, told, service):
    path = f"/api/deployments/{deployment(service, 'crossfoot/backfill')['id']}/create_flow_run"
    status, text = service.ask("POST", path, {"parameters": parameters}, **service.known)
    assert status == 409
    assert told in text


@pytest.mark.parametrize(
    ("periods", "told"),
    [
        (2020, "2 figures"),
        ("2020-13", "there is no month 13"),
        (99999, "'99999' is not a period; write 2020-01/2020-04"),
    ],
)
def test_a_backfill_takes_a_year_and_no_nonsense(periods, told, service):
    path = f"/api/deployments/{deployment(service, 'crossfoot/backfill')['id']}/create_flow_run"
    run = service.operator("POST", path, {"parameters": {"periods": periods}})

    def state():
        return service.operator("GET", f"/api/flow_runs/{run['id']}")["state"]

    eventually(lambda: state()["type"] == "FAILED")
    assert told in state()["message"]
    assert not (service.home / "current").exists()
