"""Listening: the socket of a server, how uvicorn serves an application, and how the process ends in good order.

What serves one page alone, such as the public form, loads this and nothing of the console.
"""

from __future__ import annotations

import logging
import re
import signal
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen
from leakguard.logs import log
from leakguard.web.hosts import ServeOptions, Site
from leakguard.web.limits import MOST_HEADERS

if TYPE_CHECKING:
    from asyncio import Transport

    from starlette.types import ASGIApp
    from uvicorn.protocols.http.h11_impl import RequestResponseCycle

PORT = 8080
MOST_CONNECTIONS = 512
"""Beyond them a request is answered with 503 at once."""
_LAST_PORT = 65_535
KEEP_ALIVE = 15
"""Seconds that a connection may be silent between two requests."""
HEADER_PATIENCE = 20.0
"""Seconds that the head of a request may take to arrive."""
GOOD_ORDER = 5
"""Seconds that open streams and requests get to end, once the server is asked to."""


class Options(Frozen):
    """What the command line says; the settings say what it leaves empty."""

    asked: ServeOptions
    port: int = PORT


def bound(text: str) -> tuple[str, int | None]:
    """`127.0.0.1:8080`, `[::1]:8080` or an address alone: the address, and the port if it stands there."""
    found = re.fullmatch(r"(?P<address>\[[^\[\]]+\]|[^:]+):(?P<port>[0-9]{1,5})", text)
    if found is None:
        return text.removeprefix("[").removesuffix("]"), None
    port = int(found["port"])
    if port > _LAST_PORT:
        raise UsageProblem(f"a port is 0 to {_LAST_PORT}, not {port}", next_step="Write it as --bind 127.0.0.1:8080")
    return found["address"].removeprefix("[").removesuffix("]"), port


def url_of(site: Site, port: int, *, is_proxied: bool) -> str:
    """The address that people open."""
    name = "localhost" if "localhost" in site.hosts else min(site.hosts)
    is_usual = is_proxied or port == (443 if site.is_secure else 80)
    return f"{site.scheme}://{name}" if is_usual else f"{site.scheme}://{name}:{port}"


def listening_socket(options: Options) -> socket.socket:
    """A socket that listens there; raises `UsageProblem`."""
    bind = options.asked.bind.strip("[]")
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            bind, options.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(place)
        listening.listen(128)
    except OSError as error:
        raise UsageProblem(
            f"{options.asked.bind} port {options.port} cannot be served: {error.strerror}",
            next_step="Name another one: --port 0 takes any that is free.",
        ) from error
    listening.set_inheritable(False)
    return listening


def config_of(app: ASGIApp, options: Options, *, most_connections: int = MOST_CONNECTIONS) -> uvicorn.Config:
    """How uvicorn serves an application here; raises `UsageProblem` for a certificate that cannot be used."""
    config = uvicorn.Config(
        app, http=PatientProtocol, ws="none", lifespan="off", log_config=None, access_log=False, server_header=False,
        proxy_headers=False, limit_concurrency=most_connections, timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GOOD_ORDER, h11_max_incomplete_event_size=2 * MOST_HEADERS,
        ssl_certfile=options.asked.tls_cert or None, ssl_keyfile=options.asked.tls_key or None,
    )  # fmt: skip
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise UsageProblem(
            "certificate and key cannot be used: they cannot be read, or do not belong together",
            next_step="Look at the files of --tls-cert and --tls-key; both are PEM, and the key has no password.",
        ) from error
    for name in ("uvicorn", "uvicorn.error", "asyncio"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [Quiet()], False
    return config


class Quiet(logging.Handler):
    """Lets a library's own log tell that something failed, and the class of the error; never its words."""

    def emit(self, record: logging.LogRecord) -> None:
        """Tell an error."""
        if record.levelno >= logging.ERROR:
            kind = record.exc_info[0] if record.exc_info else None
            log.error("request_failed", error=kind.__name__.lstrip("_") if kind is not None else "ServerError")


class PatientProtocol(H11Protocol):
    """Ends a connection whose next request does not arrive in time, so that slow heads do not fill the server."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait."""
        super().connection_made(transport)
        self._waited_behind: object = None
        self._check()

    def _check(self) -> None:
        if self.transport.is_closing():
            return
        cycle: RequestResponseCycle | None = self.cycle
        waits_behind: object = self if cycle is None else cycle if cycle.response_complete else None
        if waits_behind is not None and waits_behind is self._waited_behind:
            self.transport.close()
            return
        self._waited_behind = waits_behind
        self.loop.call_later(HEADER_PATIENCE, self._check)


class GoodServer(uvicorn.Server):
    """Ends in good order when it is asked to, and lets the command give its exit code."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGTERM, SIGINT and SIGHUP ask it to end."""
        numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        before = {number: signal.signal(number, self.handle_exit) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
