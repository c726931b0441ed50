"""`leakguard oncall`: who holds which role in which time."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "set": ("leakguard.cli.oncall.set:set_cmd", "Set who holds a role, and when."),
        "list": ("leakguard.cli.oncall.list:list_cmd", "Show who is on call now and next."),
    },
)
def oncall_group() -> None:
    """Set who is on call, and show who gets alerts.

    Shifts are entries in the ledger under the ids of accounts, or events in a calendar that leakguard.toml names.
    The watchman notifies the person who holds a role of the chain, by e-mail to the address of the account.
    """
