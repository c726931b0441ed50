"""The form as a process: its socket, its words, and how it begins and ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leakguard.errors import UsageProblem
from leakguard.files.opening import read_text
from leakguard.intake.form_words import load_form_words, said_in
from leakguard.intake.promises import FOLDER
from leakguard.logs import log
from leakguard.scanning.scope.file import read_scope
from leakguard.web.hosts import ServeOptions, Site, is_loopback, site_of
from leakguard.web.listening import GoodServer, Options, bound, config_of, listening_socket, url_of
from leakguard.web.report_form.app import FormApp, FormLimiters
from leakguard.web.report_form.inbox import Inbox
from leakguard.wiring import Wiring

if TYPE_CHECKING:
    from leakguard.settings import Settings

PORT = 8090
MOST_CONNECTIONS = 64
"""Beyond them a request is answered with 503 at once."""


def options_of(settings: Settings, given: Mapping[str, Any]) -> Options:
    """The options of the command line over the table `[reports.form]`; raises `UsageProblem`."""
    form = settings.reports.form
    bind, named = bound(given.get("bind") or form.bind or "127.0.0.1")
    proxy = given.get("behind_proxy") or form.behind_proxy
    if not proxy and not is_loopback(bind):
        raise UsageProblem(
            f"`{bind}` can be reached from outside, and the form speaks no TLS by itself",
            next_step="Put a proxy in front that does, and name its address: --behind-proxy ADDRESS --host NAME.",
        )
    asked = ServeOptions(bind=bind, hosts=tuple(given.get("hosts") or form.hosts), proxy=proxy)
    port = given.get("port") if given.get("port") is not None else named
    return Options(asked=asked, port=port if port is not None else form.port or PORT)


def form_app(settings: Settings, site: Site) -> FormApp:
    """The application of these settings; raises `UsageProblem` where nothing says who receives reports."""
    wiring = Wiring(settings)
    try:
        name = settings.scope
        scope = read_scope(read_text(name), name=name) if Path(name).exists() else None
        house, promises = wiring.house(scope), wiring.promises()
        words = load_form_words(wiring.bundled.texts(FOLDER))
    finally:
        wiring.close()
    return FormApp(
        site=site, limiters=FormLimiters.of(settings.reports.form), keep=Inbox(settings).keep,
        words=lambda lang: said_in(
            lang, words, promises, organisation=house.organisation, contact=house.contact
        ), is_drill=settings.drill,
    )  # fmt: skip


def serve(settings: Settings, options: Options, tell: Callable[[str], None]) -> None:
    """Serve the form until the process is asked to end. `tell` gets its address once the socket listens."""
    site = site_of(options.asked)
    app = form_app(settings, site)
    with closing(listening_socket(options)) as listening:
        server = GoodServer(config_of(app, options, most_connections=MOST_CONNECTIONS))
        tell(url_of(site, listening.getsockname()[1], is_proxied=bool(site.proxy)))
        log.info("form_started")
        server.run(sockets=[listening])
    log.info("form_stopped")
