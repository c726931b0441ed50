"""The server of the console and the API as a process: what it serves, its ways to log in, how it begins and ends."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

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
from leakguard.web.hosts import ServeOptions, Site, site_of
from leakguard.web.jobs import Jobs
from leakguard.web.listening import PORT, GoodServer, Options, bound, config_of, listening_socket, url_of
from leakguard.web.logins import Logins
from leakguard.web.request_wiring import SharedWiring
from leakguard.web.warming import warm_soon

if TYPE_CHECKING:
    from starlette.routing import Route
    from starlette.types import ASGIApp


class ServerInfo(Frozen, hidden=("link",)):
    """What the server tells who starts it."""

    url: str
    link: str = ""
    """What makes the first admin; empty where the store has accounts."""


def options_of(settings: Settings, given: Mapping[str, Any], environment: Mapping[str, str]) -> Options:
    """The options of the command line over the table `[web]`; raises `UsageProblem` for a secret that is not set."""
    web = settings.web
    secret = environment.get(web.proxy_secret_env, "") if web.proxy_secret_env else ""
    bind, named = bound(given.get("bind") or web.bind or "127.0.0.1")
    asked = ServeOptions(
        bind=bind, hosts=tuple(given.get("hosts") or web.hosts),
        tls_cert=given.get("tls_cert") or web.tls_cert, tls_key=given.get("tls_key") or web.tls_key,
        proxy=given.get("behind_proxy") or web.behind_proxy, login_header=web.login_header, proxy_secret=secret,
    )  # fmt: skip
    port = given.get("port")
    if port is not None and named is not None and port != named:
        raise UsageProblem(f"--port says {port}, and --bind says {named}", next_step="Name the port once.")
    stated = port if port is not None else named
    return Options(asked=asked, port=stated if stated is not None else web.port or PORT)


def serve(
    settings: Settings, options: Options, tell: Callable[[ServerInfo], None], *, begins: datetime | None = None
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
        tell(ServerInfo(url=url, link=f"{url}/first?link={link}" if link else ""))
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


def secret_of(variable: str, environment: Mapping[str, str], *, what: str) -> str:
    """A secret that the settings name; raises `UsageProblem` where it is not set."""
    secret = environment.get(variable, "")
    if not secret:
        raise UsageProblem(
            f"the variable {variable} holds no {what}", next_step=f"Set {variable} where the server is started."
        )
    return secret
