"""Who may ask a server that Crossfoot starts: nobody without the password, and no other's page."""

import asyncio
import os
import stat

import pytest

from flows.service.server import Guard, new_password, password_below, password_file
from flows.settings import prepare_prefect
from tests.helpers.detail_rows import HEADER, LINES
from warehouse.system import storage
from warehouse.system.files import FormError

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
    with pytest.raises(FormError, match=r"may be changed by anyone.*chmod o-w"):
        prepare_prefect(tmp_path)
    tmp_path.chmod(0o777 | stat.S_ISVTX)
    prepare_prefect(tmp_path)


FOLDERS = ("prefect", "withheld", "texts", "detail", "releases")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
@pytest.mark.parametrize("link", [True, False])
@pytest.mark.parametrize("name", FOLDERS)
def test_what_another_user_made_in_a_home_is_refused_and_not_touched(name, link, tmp_path):
    home, victim = tmp_path / "home", tmp_path / "victim"
    home.mkdir()
    victim.mkdir(mode=0o755)
    theirs = home / name
    if link:
        theirs.symlink_to(victim)
        os.lchown(theirs, NOBODY, NOBODY)
    else:
        theirs.mkdir(mode=0o755)
        os.chown(theirs, NOBODY, NOBODY)
    with pytest.raises(FormError, match=r"is a link; move it away|is another user's; run this as"):
        storage.private(home, "texts")
    assert victim.stat().st_mode & 0o777 == 0o755
    assert not list(victim.iterdir())
    assert [path.name for path in home.iterdir()] == [name]


@pytest.mark.parametrize("name", FOLDERS)
def test_a_link_of_ones_own_leads_to_detail_alone(name, tmp_path):
    """Which may lie on a larger disk."""
    home, other = tmp_path / "home", tmp_path / "other"
    other.mkdir(mode=0o755)
    home.mkdir()
    (home / name).symlink_to(other)
    if name == "detail":
        assert storage.private(home, name) == home / name
        return
    with pytest.raises(FormError, match="is a link"):
        storage.private(home, "texts")
    assert other.stat().st_mode & 0o777 == 0o755


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
@pytest.mark.parametrize(
    "command", ["run", "draft text.txt --published 2020-05", "detail load d.csv"]
)
def test_commands_refuse_a_home_with_what_another_user_made(command, tmp_path, crossfoot):
    (tmp_path / "text.txt").write_text("2020年1—4月，成都市进出口总额2016.6亿元。\n", "utf-8")
    (tmp_path / "d.csv").write_text("\n".join([HEADER, *LINES]) + "\n", "utf-8")
    (tmp_path / "home").mkdir()
    theirs = tmp_path / "home" / "texts"
    theirs.symlink_to(tmp_path)
    os.lchown(theirs, NOBODY, NOBODY)
    done = crossfoot(*command.split(), "--home", tmp_path / "home", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {theirs}: is a link; ")
    assert "Traceback" not in done.stderr
