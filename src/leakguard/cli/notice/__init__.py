"""`leakguard notice`: which duties apply, what is missing, and the letters."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "assess": ("leakguard.cli.notice.assess:assess_cmd", "Say which duties apply: yes, no or needs fact."),
        "check": ("leakguard.cli.notice.check:check_cmd", "Say what a notice still lacks."),
        "draft": ("leakguard.cli.notice.draft:draft_cmd", "Write the letter of a duty."),
    },
)
def notice_group() -> None:
    """Learn which duties apply, what is still missing, and draft the letters.

    All commands work on a facts file; nothing here is legal advice.
    """
