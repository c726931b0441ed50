"""`leakguard clock`: every deadline, and why it stands where it stands."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "evaluate": ("leakguard.cli.clock.evaluate:evaluate_cmd", "Evaluate the clocks in a file, without a store."),
        "list": ("leakguard.cli.clock.list:list_cmd", "Show every clock of an incident."),
        "why": ("leakguard.cli.clock.list:why_cmd", "Show how one deadline was calculated, step by step."),
        "ack": ("leakguard.cli.clock.ack:ack_cmd", "Acknowledge an alert: you have seen it and take care of it."),
        "watch": ("leakguard.cli.clock.watch:watch_cmd", "Show the clocks of an incident live in the terminal."),
        "ics": ("leakguard.cli.clock.ics:ics_cmd", "Write the deadlines of an incident as a calendar file."),
    },
)
def clock_group() -> None:
    """Show every deadline, and how it was calculated.

    A clock is a deadline that LeakGuard tracks: it starts with an event and ends with an event. The exit code is 4
    if a deadline was missed, and 3 if the state of a clock is in doubt.
    """
