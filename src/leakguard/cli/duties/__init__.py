"""`leakguard duties`: the notification duties as data."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "list": ("leakguard.cli.duties.show:list_cmd", "List the duties, by jurisdiction or status."),
        "show": ("leakguard.cli.duties.show:show_cmd", "Show one duty in full, with its source."),
        "places": (
            "leakguard.cli.duties.places:places_cmd",
            "List every jurisdiction, and what is known about its law.",
        ),
        "authorities": (
            "leakguard.cli.duties.authorities:authorities_cmd",
            "List the authorities, and how each accepts notices.",
        ),
        "stale": ("leakguard.cli.duties.show:stale_cmd", "List the duties that are due for re-checking."),
        "sources": (
            "leakguard.cli.duties.sources:sources_cmd",
            "List the duties, those with the weakest sources first.",
        ),
        "changes": (
            "leakguard.cli.duties.changes:changes_cmd",
            "Show which duties a release changed, and for which incidents.",
        ),
        "lint": ("leakguard.cli.duties.lint:lint_cmd", "Report every problem in duty files."),
    },
)
def duties_group() -> None:
    """List, show and validate the notification duties.

    A duty is an entry in a data file: its law, whom it addresses, when it arises, its stages and clocks, and what
    the notice must say. Your organisation can add duties, such as those of its contracts, in the folder that
    `duties` in leakguard.toml names. The output is not legal advice.
    """
