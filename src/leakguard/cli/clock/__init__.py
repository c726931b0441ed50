"""`leakguard clock`: every deadline, and why it stands where it stands."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "evaluate": ("leakguard.cli.clock.evaluate:evaluate_cmd", "Evaluate the clocks of a file, without a store."),
        "list": ("leakguard.cli.clock.list:list_cmd", "Show every clock of an incident."),
        "why": ("leakguard.cli.clock.list:why_cmd", "Show the arithmetic of one clock, step by step."),
        "ack": ("leakguard.cli.clock.ack:ack_cmd", "Say that you have seen an alert and take care of it."),
        "watch": ("leakguard.cli.clock.watch:watch_cmd", "Watch the clocks of an incident, live in the terminal."),
        "ics": ("leakguard.cli.clock.ics:ics_cmd", "Write the deadlines of an incident for a calendar."),
    },
)
def clock_group() -> None:
    """Show every deadline, and why it stands where it stands.

    Ends with exit code 4 when a deadline was missed.
    """
