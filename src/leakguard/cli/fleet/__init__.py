"""`leakguard fleet`: workers that look from other places, and the keys by which they are known."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "worker": ("leakguard.cli.fleet.worker:worker_cmd", "Look from here for a coordinator elsewhere."),
        "key": ("leakguard.cli.fleet.key:key_group", "Make and show the key of this machine."),
    },
)
def fleet_group() -> None:
    """Look from several places at once: `leakguard scan --vantage campus,outside`.

    The broker, the keys and the limits stand in leakguard.toml: [fleet], [fleet.trusted].
    """
