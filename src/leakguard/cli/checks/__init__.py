"""`leakguard checks`: the checks as data, to list, read and lint."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "list": ("leakguard.cli.checks.show:list_cmd", "List the checks and the ports that they probe."),
        "show": ("leakguard.cli.checks.show:show_cmd", "Show what one check asks and how it judges the answers."),
        "pages": ("leakguard.cli.checks.pages:pages_cmd", "Write a page for each check into a folder."),
        "lint": ("leakguard.cli.checks.lint:lint_cmd", "Report every problem in check files."),
    },
)
def checks_group() -> None:
    """List, show and validate the checks.

    A check is a data file. It says what is asked, how the answers are judged, and how to fix the finding.
    """
