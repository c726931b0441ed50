"""`leakguard app`: packages of apps against what their category needs."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "check": ("leakguard.cli.apps.check:check_cmd", "Compare packages with what their category needs."),
        "list": ("leakguard.cli.apps.kept:list_cmd", "List the apps whose results were kept."),
        "show": ("leakguard.cli.apps.kept:show_cmd", "Show the findings of one app, and which are new."),
        "incident": ("leakguard.cli.apps.kept:incident_cmd", "Open an incident about an app that requests too much."),
        "letter": (
            "leakguard.cli.apps.letter:letter_cmd",
            "Draft a letter to the owner of an app that requests too much.",
        ),
        "categories": ("leakguard.cli.apps.categories:categories_cmd", "List the categories and what each needs."),
    },
)
def app_group() -> None:
    """Compare what an app requests with what its category needs to know about people.

    A package is only read. It is never run, and no connection is opened.
    """
