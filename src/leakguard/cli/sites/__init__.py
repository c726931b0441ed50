"""`leakguard sites`: how strangers can report to us, by our own web sites."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup

_ROOM = "leakguard.cli.sites"


@click.command(
    cls=LazyGroup,
    lazy={
        "check": (f"{_ROOM}.check:check_cmd", "Check security.txt and the contacts of your sites."),
        "watch": (f"{_ROOM}.watch:watch_cmd", "Check at regular intervals, and report only what changed."),
        "history": (f"{_ROOM}.history:history_cmd", "List the checks of sites that were kept."),
        "diff": (f"{_ROOM}.history:diff_cmd", "Show what changed between two checks."),
        "write": (f"{_ROOM}.write:write_cmd", "Write security.txt and a disclosure policy, ready to sign."),
    },
)
def sites_group() -> None:
    """Check and write security.txt, the disclosure policy and the complaint contact of your sites."""
