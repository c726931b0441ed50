"""`leakguard channel`: the ways in which people are notified."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={"test": ("leakguard.cli.channel.test:test_cmd", "Send one test message now, and show the answer.")},
)
def channel_group() -> None:
    """Test the channels through which people are notified.

    leakguard.toml lists the channels as [[channel]]. [escalation] says who is notified through which channel.
    """
