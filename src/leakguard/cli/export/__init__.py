"""`leakguard export`: findings and incidents for other systems of the team."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "elasticsearch": (
            "leakguard.cli.export.elasticsearch:elasticsearch_cmd",
            "Send findings and events to your own cluster, in ECS.",
        ),
    },
)
def export_group() -> None:
    """Send findings and events of incidents to other systems of the team."""
