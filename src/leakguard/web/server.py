"""The server as a process: its socket, its limits, its log, and how it begins and ends."""

from __future__ import annotations

import logging
import os
import re
import resource
import signal
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from leakguard.errors import ExtraMissing, UsageProblem
from leakguard.frozen import Frozen
from leakguard.logs import log
from leakguard.settings import Settings
from leakguard.use_cases.accounts.callers import read_registry
from leakguard.use_cases.accounts.first_links import first_link
from leakguard.use_cases.alerts.time_sources import ScaledTime
from leakguard.web.console.serve import Console
from leakguard.web.door import Door, application
from leakguard.web.drill_stage import take_up
from leakguard.web.flows import Flows
from leakguard.web.hosts import Asked, Site, site_of
from leakguard.web.jobs import Jobs
from leakguard.web.limits import MOST_HEADERS
from leakguard.web.logins import Logins
from leakguard.web.request_wiring import SharedWiring
from leakguard.web.warming import warm_soon

if TYPE_CHECKING:
    from asyncio import Transport

    from starlette.routing import Route
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


class Serving(Frozen, hidden=("link",)):
    """What the server tells who starts it."""

    url: str
    link: str = ""
    """What makes the first admin; empty where the store has accounts."""


class Options(Frozen):
    """What the command line says; the settings say what it leaves empty."""

    asked: Asked
    port: int = PORT


def options_of(settings: Settings, given: Mapping[str, Any], environment: Mapping[str, str]) -> Options:
    """The options of the command line over the table `[web]`; raises `UsageProblem` for a secret that is not set."""
    web = settings.web
    secret = environment.get(web.proxy_secret_env, "") if web.proxy_secret_env else ""
    bind, named = bound(given.get("bind") or web.bind or "127.0.0.1")
    asked = Asked(
        bind=bind, hosts=tuple(given.get("hosts") or web.hosts),
        tls_cert=given.get("tls_cert") or web.tls_cert, tls_key=given.get("tls_key") or web.tls_key,
        proxy=given.get("behind_proxy") or web.behind_proxy, login_header=web.login_header, proxy_secret=secret,
    )  # fmt: skip
    port = given.get("port")
    if port is not None and named is not None and port != named:
        raise UsageProblem(f"--port says {port}, and --bind says {named}", next_step="Name the port once.")
    stated = port if port is not None else named
    return Options(asked=asked, port=stated if stated is not None else web.port or PORT)


def bound(text: str) -> tuple[str, int | None]:
    """`127.0.0.1:8080`, `[::1]:8080` or an address alone: the address, and the port if it stands there."""
    found = re.fullmatch(r"(?P<address>\[[^\[\]]+\]|[^:]+):(?P<port>[0-9]{1,5})", text)
    if found is None:
        return text.removeprefix("[").removesuffix("]"), None
    port = int(found["port"])
    if port > _LAST_PORT:
        raise UsageProblem(f"a port is 0 to {_LAST_PORT}, not {port}", next_step="Write it as --bind 127.0.0.1:8080")
    return found["address"].removeprefix("[").removesuffix("]"), port


def serve(
    settings: Settings, options: Options, tell: Callable[[Serving], None], *, begins: datetime | None = None
) -> None:
    """Serve until the process is asked to end. `tell` is called once the socket listens.

    `begins` is when a store of a drill lives: its time goes on from there.

    Raises `UsageProblem` for an address that nobody should serve, or that another program has.
    """
    site = site_of(options.asked)
    _forbid_core_files()
    shared, jobs = SharedWiring(settings), Jobs()
    app = build(site, shared, jobs, os.environ)
    if begins is not None:
        shared.time = ScaledTime(shared.system_time, start=begins, speed=1.0)
    take_up(shared)
    link = _first_link(shared)
    with closing(listening_socket(options)) as listening:
        server = GoodServer(config_of(app, options))
        url = url_of(site, listening.getsockname()[1], is_proxied=bool(site.proxy))
        tell(Serving(url=url, link=f"{url}/first?link={link}" if link else ""))
        log.info("web_started")
        warm_soon(shared)
        try:
            server.run(sockets=[listening])
        finally:
            jobs.close()
    log.info("web_stopped")


def build(site: Site, shared: SharedWiring, jobs: Jobs, environment: Mapping[str, str]) -> ASGIApp:
    """The application of these settings; raises `ExtraMissing`, or `UsageProblem` for a secret that is not set."""
    door = Door(site=site, shared=shared, jobs=jobs)
    more = login_routes(door, environment)
    return application(door, more)


def login_routes(door: Door, environment: Mapping[str, str]) -> tuple[Route, ...]:
    """Every way to log in that these settings allow, and what is installed."""
    provider, flows = door.shared.settings.web.oidc, Flows(door.shared.token)
    has_passkeys = find_spec("webauthn") is not None
    name = "" if provider is None else provider.name or host_of(provider.issuer)
    logins = Logins(door, provider=name, has_passkeys=has_passkeys)
    console = Console(door, has_passkeys=has_passkeys)
    routes = [*logins.routes(), *console.routes()]
    if has_passkeys:
        from leakguard.web.passkeys import PasskeyLogin  # noqa: PLC0415  (an extra, which may not be there)

        routes += PasskeyLogin(logins, flows).routes()
    if provider is not None:
        if find_spec("joserfc") is None:
            raise ExtraMissing.of("logging in at an OpenID provider", extra="sso")
        from leakguard.web.oidc import Client, OidcLogin  # noqa: PLC0415  (as above)

        variable = provider.client_secret_env
        secret = secret_of(variable, environment, what="secret of the OpenID client") if variable else ""
        routes += OidcLogin(logins, Client(provider=provider, secret=secret), flows).routes()
    return (*routes, *console.rest())


def url_of(site: Site, port: int, *, is_proxied: bool) -> str:
    """The address that people open."""
    name = "localhost" if "localhost" in site.hosts else min(site.hosts)
    is_usual = is_proxied or port == (443 if site.is_secure else 80)
    return f"{site.scheme}://{name}" if is_usual else f"{site.scheme}://{name}:{port}"


def host_of(url: str) -> str:
    """The host that an address names, for a person."""
    return urlsplit(url).hostname or url


def _first_link(shared: SharedWiring) -> str:
    """Make the store if there is none; the secret of a first link where it has no account."""
    wiring = shared.for_caller(None)
    try:
        store = wiring.store
        return "" if read_registry(store).has_accounts else first_link(store, wiring)
    finally:
        wiring.close()


def _forbid_core_files() -> None:
    """Neither this process nor its children leave their memory on the disk."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


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


def secret_of(variable: str, environment: Mapping[str, str], *, what: str) -> str:
    """A secret that the settings name; raises `UsageProblem` where it is not set."""
    secret = environment.get(variable, "")
    if not secret:
        raise UsageProblem(
            f"the variable {variable} holds no {what}", next_step=f"Set {variable} where the server is started."
        )
    return secret
