"""`leakguard channel`: the ways in which people are notified."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={"test": ("leakguard.cli.channel.test:test_cmd", "Send one test message now, and show what came back.")},
)
def channel_group() -> None:
    """Try out the channels by which people are notified.

    leakguard.toml lists them as [[channel]]; [escalation] says who is notified on which.
    """
