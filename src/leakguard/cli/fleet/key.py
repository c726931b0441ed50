"""`leakguard fleet key`: makes and shows the key of this machine."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup
from leakguard.cli.options import Context, pass_context

_INIT_EPILOG = """\b
Examples:
  leakguard fleet key init

Add the line of a worker's key to [fleet.trusted] on the coordinator, and the line of the coordinator's key to
[fleet.trusted] on every worker.
"""
_SHOW_EPILOG = """\b
Examples:
  leakguard fleet key show
"""
_TRUST = (
    'Put this into [fleet.trusted] of the other side: coordinator = "KEY" on every worker; on the coordinator '
    'campus-1 = "KEY campus", a name for the worker, its key, its vantage:'
)


@click.command(
    epilog=_INIT_EPILOG,
    cls=LazyGroup,
    lazy={
        "init": ("leakguard.cli.fleet.key:init_cmd", "Create the key of this machine."),
        "show": ("leakguard.cli.fleet.key:show_cmd", "Show the public half of the key."),
    },
)
def key_group() -> None:
    """Create and show the key of this machine. Its file is the setting `key_file` of [fleet]."""


@click.command(epilog=_INIT_EPILOG)
@pass_context
def init_cmd(context: Context) -> None:
    """Create the key. Only the owner of its file can read it. An existing key is never replaced."""
    public = context.wiring.new_fleet_key()
    context.notes.print(_TRUST, soft_wrap=True)
    click.echo(public)


@click.command(epilog=_SHOW_EPILOG)
@pass_context
def show_cmd(context: Context) -> None:
    """Show the public half of the key."""
    public = context.wiring.front.public_key()
    context.notes.print(_TRUST, soft_wrap=True)
    click.echo(public)
