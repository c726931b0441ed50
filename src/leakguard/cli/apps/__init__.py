"""`leakguard app`: packages of apps against what their category needs."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "check": ("leakguard.cli.apps.check:check_cmd", "Hold packages against what their category needs."),
        "list": ("leakguard.cli.apps.kept:list_cmd", "List the apps whose checks were kept."),
        "show": ("leakguard.cli.apps.kept:show_cmd", "Show the findings of one app, and what is new."),
        "incident": ("leakguard.cli.apps.kept:incident_cmd", "Open an incident about an app that asks for too much."),
        "letter": ("leakguard.cli.apps.letter:letter_cmd", "Write to the owner of an app that asks for too much."),
        "categories": ("leakguard.cli.apps.categories:categories_cmd", "List the categories with what each needs."),
    },
)
def app_group() -> None:
    """Hold an app against what its category needs to know of people.

    A package is read, never run, and nothing is connected to.
    """
