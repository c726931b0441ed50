"""`leakguard watchman`: tells people before a deadline passes, and lets others see that it lives."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "run": ("leakguard.cli.watchman.run:run_cmd", "Watch until it is asked to end."),
        "once": ("leakguard.cli.watchman.once:once_cmd", "Look at every open incident once, as cron would."),
        "chain": (
            "leakguard.cli.watchman.chain:chain_cmd",
            "Show who is notified; adopt an edited chain of roles.",
        ),
        "check": ("leakguard.cli.watchman.check:check_cmd", "Check from outside that somebody watches and answers."),
    },
)
def watchman_group() -> None:
    """Tell people before a deadline passes, and let others see that the watchman lives.

    leakguard.toml states whom to notify: [[channel]], [escalation], [watchman].
    Try it out before it matters: leakguard channel test.
    """
