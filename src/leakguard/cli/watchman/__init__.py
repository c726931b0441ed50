"""`leakguard watchman`: tells people before a deadline passes, and lets others see that it lives."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "run": ("leakguard.cli.watchman.run:run_cmd", "Watch the clocks and send alerts until stopped."),
        "once": ("leakguard.cli.watchman.once:once_cmd", "Check every clock once and send alerts, for use in cron."),
        "chain": (
            "leakguard.cli.watchman.chain:chain_cmd",
            "Show who is notified for an incident, or adopt an edited chain of roles.",
        ),
        "check": (
            "leakguard.cli.watchman.check:check_cmd",
            "Check that the watchman runs and that alerts are acknowledged.",
        ),
    },
)
def watchman_group() -> None:
    """Run the alert service: send alerts before deadlines pass, and check that it is running.

    leakguard.toml says whom to notify, in [[channel]], [escalation] and [watchman]. Test the channels before you
    need them: leakguard channel test.
    """
