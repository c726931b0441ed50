"""`leakguard web`: serves the API until it is asked to end."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from leakguard.cli.options import Context, pass_context, store_option
from leakguard.errors import ExitCode

SERVER = "leakguard.web.server"
"""By its name, as `cli` and `web` import nothing of each other."""
_EPILOG = """\b
Examples:
  leakguard web
  leakguard web --bind 127.0.0.1:9000
  leakguard web --bind 0.0.0.0:443 --tls-cert web.pem --tls-key web.key --host leakguard.example.edu
  leakguard web --behind-proxy 127.0.0.1 --host leakguard.example.edu

If the store has no account, each start prints a link that creates the first admin. The admin adds the other accounts,
in the console or with `leakguard account add`. People log in at /login. Programs send a token, which `leakguard token
add` creates. An address other than loopback needs TLS, or a proxy with TLS in front.

Exit codes: 0 it was stopped; 2 the address cannot be used, or needs TLS.
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--bind", metavar="ADDRESS[:PORT]", help="Where to listen (default: 127.0.0.1:8080). The port may be omitted."
)
@click.option("--port", type=click.IntRange(0, 65535), help="The port, if --bind gives none. 0 chooses a free port.")
@click.option(
    "--host", "hosts", metavar="NAME", multiple=True, help="Public host name that browsers use. May be repeated."
)
@click.option("--tls-cert", metavar="FILE", help="TLS certificate with its chain (PEM).")
@click.option("--tls-key", metavar="FILE", help="Key of the certificate (PEM, without a password).")
@click.option("--behind-proxy", metavar="ADDRESS", help="IP address of the proxy. Only this address may connect.")
@store_option
@pass_context
def web_cmd(context: Context, **given: Any) -> ExitCode:  # noqa: ANN401  (the options, as they are)
    """Serve the console for browsers, and the API for programs, on http://localhost:8080.

    By default, the server is reachable only from this machine. Everybody must log in.
    """
    server = import_module(SERVER)
    settings = context.wiring.settings
    server.serve(settings, server.options_of(settings, given, os.environ), told_served)
    return ExitCode.CLEAN


def told_served(serving: Any) -> None:  # noqa: ANN401  (`web` is not imported)
    """Say where it is served, and the link that makes the first admin of a new store."""
    if serving.link:
        click.echo("This store has no account yet. This link makes the first admin, and works once:")
        click.echo(f"  {serving.link}")
    click.echo(f"LeakGuard serves {serving.url}. Ctrl-C ends it.")
    sys.stdout.flush()  # who reads it from a pipe has it before the first request
