"""`leakguard report form`: serves the public form until it is asked to end."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from leakguard.cli.options import Context, pass_context, store_option
from leakguard.errors import ExitCode

SERVER = "leakguard.web.report_form.server"
"""By its name, as `cli` and `web` import nothing of each other."""
_EPILOG = """\b
Examples:
  leakguard report form
  leakguard report form --bind 127.0.0.1:8090 --behind-proxy 127.0.0.1 --host report.example.edu

The form is a separate process with one page: no login, no cookie, no script, no upload. It listens only on a loopback
address: put a proxy with TLS in front of it. The limits are in [reports.form] of leakguard.toml.

Exit codes: 0 it was stopped; 2 the address cannot be used, or neither the scope nor [reports] in leakguard.toml names
the organisation and its contact.
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--bind", metavar="ADDRESS[:PORT]", help="Where to listen (default: 127.0.0.1:8090). The port may be omitted."
)
@click.option("--port", type=click.IntRange(0, 65535), help="The port, if --bind gives none. 0 chooses a free port.")
@click.option("--host", "hosts", metavar="NAME", multiple=True, help="Name under which browsers reach the form.")
@click.option("--behind-proxy", metavar="ADDRESS", help="IP address of the proxy. Only this address may connect.")
@store_option
@pass_context
def form_cmd(context: Context, **given: Any) -> ExitCode:  # noqa: ANN401  (the options, as they are)
    """Serve a public form in English and Chinese for reports from outsiders, without a login.

    A report appears in `leakguard report list`, and the sender sees its number.
    """
    server = import_module(SERVER)
    settings = context.wiring.settings
    server.serve(settings, server.options_of(settings, given), _announce)
    return ExitCode.CLEAN


def _announce(url: str) -> None:
    click.echo(f"LeakGuard takes reports at {url}. Ctrl-C ends it.")
    sys.stdout.flush()  # who reads it from a pipe has it before the first request
