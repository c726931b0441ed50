"""`leakguard oncall`: who holds which role in which time."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "set": ("leakguard.cli.oncall.set:set_cmd", "Say who holds a role in which time."),
        "list": ("leakguard.cli.oncall.list:list_cmd", "Show who is on call now and next."),
    },
)
def oncall_group() -> None:
    """Say who is on call, and see who gets alerts.

    Shifts are entries of the ledger under the ids of accounts, or events of a calendar that leakguard.toml names. The
    watchman notifies the person who holds a role of the chain, by mail to the address of their account.
    """
