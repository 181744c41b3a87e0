"""Who may ask a server that Crossfoot starts: nobody without the password, and no other's page."""

import asyncio
import os
import stat

import pytest

from flows.server import Guard, new_password, password_below, password_file
from flows.settings import SettingsError, prepare_prefect

NOBODY = 65534
HOSTS = ("127.0.0.1:4200", "localhost:4200", "[::1]:4200")


def answer(*headers, kind="http"):
    """What a guarded application answers to a request with these headers: `in`, or its refusal."""
    sent = []

    async def application(scope, receive, send):
        await send({"type": "in"})

    async def keep(message):
        sent.append(message.get("status") or message["type"])

    scope = {"type": kind, "headers": [(name, value) for name, value in headers]}
    asyncio.run(Guard(application, HOSTS)(scope, None, keep))
    return sent[0]


@pytest.mark.parametrize("host", [*HOSTS, "LocalHost:4200"])
def test_its_own_names_are_answered(host):
    host = host.encode()
    assert answer((b"host", host)) == "in"
    assert answer((b"host", host), (b"origin", b"http://" + host)) == "in"
    assert answer((b"host", host), (b"x-forwarded-host", b"evil.example")) == "in"


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:4200", "127.0.0.1", "127.0.0.1:4201", "localhost", ""),
        *("localhost:4200@evil.example", "evil@localhost:4200", "127.0.0.1:4200.evil.example"),
        *("localhost.:4200", "127.1:4200", "0.0.0.0:4200", " localhost:4200", "[::]:4200"),
    ],
)
@pytest.mark.parametrize(("kind", "refusal"), [("http", 403), ("websocket", "websocket.close")])
def test_another_name_is_refused(host, kind, refusal):
    assert answer((b"host", host.encode()), kind=kind) == refusal


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"x-forwarded-host", b"localhost:4200")],
        [(b"host", b"localhost:4200"), (b"host", b"evil.example")],
        [(b"host", b"localhost:4200"), (b"host", b"localhost:4200")],
    ],
)
def test_a_request_without_one_name_is_refused(headers):
    assert answer(*headers) == 403


@pytest.mark.parametrize(
    "origin",
    [
        *(
            "http://evil.example",
            "http://localhost",
            "http://localhost:8000",
            "null",
            "",
            "file://",
        ),
        *("http://localhost:4200.evil.example", "http://localhost:4200@evil.example"),
        *("ws://localhost:4200", "localhost:4200", "http://localhost:4200/"),
    ],
)
@pytest.mark.parametrize(("kind", "refusal"), [("http", 403), ("websocket", "websocket.close")])
def test_another_page_is_refused(origin, kind, refusal):
    headers = (b"host", b"localhost:4200"), (b"origin", origin.encode())
    assert answer(*headers, kind=kind) == refusal
    assert answer(*headers, (b"origin", b"http://localhost:4200"), kind=kind) == refusal


@pytest.fixture
def umask():
    """Set the mask of new files; it is as before afterwards."""
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o777])
def test_the_password_is_another_with_every_start_and_for_its_user_alone(mask, tmp_path, umask):
    file = password_file(tmp_path)
    umask(mask)
    passwords = {password_below(tmp_path), password_below(tmp_path)}
    umask(0o022)
    assert len(passwords) == 2
    assert file.read_text().strip() in passwords
    assert file.stat().st_mode & 0o777 == 0o600
    assert min(map(len, passwords)) > 40


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o666])
def test_a_password_that_another_may_know_is_replaced(mode, tmp_path):
    file = password_file(tmp_path)
    file.write_text(known := new_password())
    file.chmod(mode)
    if os.geteuid() == 0:
        os.chown(file, NOBODY, NOBODY)
    with file.open() as still_open:
        assert password_below(tmp_path) != known
        assert still_open.read() == known
    assert (file.stat().st_uid, file.stat().st_mode & 0o777) == (os.geteuid(), 0o600)


@pytest.mark.parametrize("planted", ["link", "dangling link", "pipe", "folder"])
def test_a_password_is_written_through_nothing(planted, tmp_path):
    file, other = password_file(tmp_path), tmp_path / "other"
    match planted:
        case "link":
            other.write_text("kept")
            file.symlink_to(other)
        case "dangling link":
            file.symlink_to(other)
        case "pipe":
            os.mkfifo(file)
        case "folder":
            file.mkdir()
    with pytest.raises(OSError, match="is no regular file"):
        password_below(tmp_path)
    assert not other.exists() or other.read_text() == "kept"


@pytest.fixture
def environment(monkeypatch):
    """The environment as it was, after it was prepared for Prefect."""
    monkeypatch.setattr(os, "environ", dict(os.environ))


def test_what_prefect_keeps_is_closed_to_others(tmp_path, environment, umask):
    umask(0o000)
    prepare_prefect(tmp_path / "new")
    assert (tmp_path / "new" / "prefect").stat().st_mode & 0o777 == 0o700
    (tmp_path / "old" / "prefect").mkdir(parents=True)
    (tmp_path / "old").chmod(0o755)
    prepare_prefect(tmp_path / "old")
    assert (tmp_path / "old" / "prefect").stat().st_mode & 0o777 == 0o700


def test_a_home_that_anyone_may_change_is_refused(tmp_path, environment):
    tmp_path.chmod(0o777)
    with pytest.raises(SettingsError, match=r"may be changed by anyone.*chmod o-w"):
        prepare_prefect(tmp_path)
    tmp_path.chmod(0o777 | stat.S_ISVTX)
    prepare_prefect(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
@pytest.mark.parametrize("link", [True, False])
def test_what_another_user_made_for_prefect_is_refused(link, tmp_path, environment):
    theirs = tmp_path / "prefect"
    if link:
        theirs.symlink_to(tmp_path)
        os.lchown(theirs, NOBODY, NOBODY)
    else:
        theirs.mkdir()
        os.chown(theirs, NOBODY, NOBODY)
    with pytest.raises(SettingsError, match="another user's"):
        prepare_prefect(tmp_path)
