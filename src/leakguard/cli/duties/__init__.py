"""`leakguard duties`: the notification duties as data."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "list": ("leakguard.cli.duties.show:list_cmd", "List the duties, by jurisdiction or status."),
        "show": ("leakguard.cli.duties.show:show_cmd", "Show all of one duty, with its source and marks."),
        "places": ("leakguard.cli.duties.places:places_cmd", "List every place with what is known of its law."),
        "authorities": (
            "leakguard.cli.duties.authorities:authorities_cmd",
            "List the authorities, and how each takes notices.",
        ),
        "stale": ("leakguard.cli.duties.show:stale_cmd", "Name the duties that nobody checked for long."),
        "sources": ("leakguard.cli.duties.sources:sources_cmd", "Rank the duties by how weak their sources are."),
        "changes": ("leakguard.cli.duties.changes:changes_cmd", "Tell what releases changed, and for which incidents."),
        "lint": ("leakguard.cli.duties.lint:lint_cmd", "Name every problem of duty files."),
    },
)
def duties_group() -> None:
    """List, show and lint the notification duties.

    A duty is data: its law, whom it addresses, when it arises, its stages and clocks, and what the notice must say.
    An organisation keeps its own, such as those of its contracts, in the folder that `duties` in leakguard.toml names.
    Nothing here is legal advice.
    """
