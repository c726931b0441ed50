"""`leakguard drill`: play an incident that has happened elsewhere, on simulated time, and see how the team does."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup

_COMMANDS = {
    "list": ("leakguard.cli.drill.show:list_cmd", "List the scenarios."),
    "show": (
        "leakguard.cli.drill.show:show_cmd",
        "Show a scenario: its facts with their sources, its injects and its roles.",
    ),
    "run": ("leakguard.cli.drill.run:run_cmd", "Play a scenario, and print the scorecard."),
}

_EPILOG = """\b
Examples:
  leakguard drill list
  leakguard drill show university-2019
  leakguard drill run university-2019
  leakguard drill run university-2019 --interactive --keep ./drill
"""


@click.group(name="drill", cls=LazyGroup, lazy=_COMMANDS, epilog=_EPILOG)
def drill_group() -> None:
    """Practise an incident in simulated time. It has its own store, and every output says DRILL."""
