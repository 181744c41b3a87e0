"""Who may ask a Prefect server that Crossfoot starts; and the one that `crossfoot serve` starts.

Whoever may ask a server may have its worker run any code, and without a password that is every
user of this machine and every web page open on it. Belongs here: the password, the check of where
a request comes from, and the process of the server that stays. Does not belong here: when that
process begins and ends (serving.py), and the server of one
run (temporary_server.py).
"""

from __future__ import annotations

import logging
import secrets
import socket
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flows.settings import ServingError
from warehouse.system import storage

_log = logging.getLogger(__name__)

HOST = "127.0.0.1"

_USER = "crossfoot"

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
_App = Callable[[_Message, _Receive, _Send], Awaitable[None]]


def new_password() -> str:
    """A random password, as Prefect takes it: `user:password`."""
    return f"{_USER}:{secrets.token_urlsafe(32)}"


def password_below(home: Path) -> str:
    """A new password, which replaces the one before in a file for this user alone. Raises OSError.

    New with every start: pages that are still open may have sent the one before to another
    program that took the port meanwhile.
    """
    password = new_password()
    with storage.whole(password_file(home)) as file:
        file.chmod(0o600)
        file.write_text(f"{password}\n", "ascii")
    return password


def password_file(home: Path) -> Path:
    """Where the password of the server of a home is while that server runs."""
    return storage.private(home.absolute(), "prefect") / "password"


@contextmanager
def refusal_explained() -> Iterator[None]:
    """A server that asks for another password, in words. Raises ServingError."""
    from prefect.exceptions import PrefectHTTPStatusError

    try:
        yield
    except PrefectHTTPStatusError as error:
        status = error.response.status_code
        if status not in (401, 403):
            raise
        raise ServingError(
            f"the server that PREFECT_API_URL names refuses ({status}); say its password in "
            "PREFECT_API_AUTH_STRING, or a key in PREFECT_API_KEY; that of `crossfoot serve` is "
            "in the file prefect/password of its home"
        ) from None


class Guard:
    """An ASGI application that answers only those who call it by one of its own names.

    A name that somebody else resolves to this machine gets no answer, and neither does a page of
    any other place: the host that is asked must be one of `hosts`, and so must the origin, where
    the request names one. They are written as in the header `Host`.
    """

    def __init__(self, app: _App, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = {host.encode() for host in hosts}
        schemes = (b"http://", b"https://")
        self._origins = {scheme + host for scheme in schemes for host in self._hosts}

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        """Answer one request, or refuse it."""
        if scope["type"] == "lifespan" or self._admits(scope["headers"]):
            try:
                await self._app(scope, receive, send)
            except Exception as error:
                if scope["type"] != "websocket":
                    raise
                # Prefect fails on a malformed message before it asks for the password; a traceback
                # of each would let anyone fill the log.
                _log.debug("a connection was broken off: %s", type(error).__name__)
                with suppress(Exception):  # closed already
                    await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            head = {"status": 403, "headers": [(b"content-type", b"text/plain; charset=utf-8")]}
            body = (
                b"Refused: this server answers to its own address, and to its own pages; behind a "
                b"proxy, start it with the address there in PREFECT_SERVER_UI_API_URL.\n"
            )
            await send({"type": "http.response.start", **head})
            await send({"type": "http.response.body", "body": body})

    def _admits(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        values: dict[bytes, list[bytes]] = {b"host": [], b"origin": []}
        for name, value in headers:
            if name in values:
                values[name].append(value.lower())
        (hosts, origins) = values.values()
        return len(hosts) == 1 and hosts[0] in self._hosts and self._origins.issuperset(origins)


def _serve(descriptor: int) -> None:
    """Serve Prefect's API and pages on a socket that listens already, until SIGTERM."""
    import uvicorn
    from prefect.server.api.server import create_app
    from prefect.settings import get_current_settings

    settings = get_current_settings().server
    with socket.socket(fileno=descriptor) as listening:
        port = listening.getsockname()[1]
        hosts = {f"{name}:{port}" for name in (HOST, "localhost", "[::1]")}
        # Behind a proxy its pages have another address, which Prefect's own setting names.
        if pages := urlsplit(settings.ui.api_url or "").netloc:
            hosts.add(pages.lower())
        config = uvicorn.Config(
            Guard(create_app(final=True), hosts),
            log_config=None,
            access_log=False,
            timeout_keep_alive=settings.api.keepalive_timeout,
            ws_ping_interval=settings.api.websocket_ping_interval,
            ws_ping_timeout=settings.api.websocket_ping_timeout,
        )
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
