"""`leakguard cluster`: the team's own clusters, with the login of their owner."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "show": (
            "leakguard.cli.cluster.show:show_cmd",
            "Show indices, fields, kinds of data, and who could reach them.",
        )
    },
)
def cluster_group() -> None:
    """Inspect your own Elasticsearch or OpenSearch as its owner: names, sizes and settings, never a document."""
