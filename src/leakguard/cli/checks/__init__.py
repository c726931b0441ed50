"""`leakguard checks`: the checks as data, to list, read and lint."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "list": ("leakguard.cli.checks.show:list_cmd", "List the checks and the ports that they try."),
        "show": ("leakguard.cli.checks.show:show_cmd", "Show what one check asks and how it judges."),
        "pages": ("leakguard.cli.checks.pages:pages_cmd", "Write the page of every check into a folder."),
        "lint": ("leakguard.cli.checks.lint:lint_cmd", "Name every problem of check files."),
    },
)
def checks_group() -> None:
    """List, show and lint the checks.

    A check is data: what is asked, how the answers are judged, how the finding is fixed.
    """
