"""`leakguard outbound`: personal information that leaves the country."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "example": ("leakguard.cli.outbound.assess:example_cmd", "Print a facts file to start from."),
        "assess": ("leakguard.cli.outbound.assess:assess_cmd", "Show which route a transfer needs."),
        "next-fact": ("leakguard.cli.outbound.assess:next_fact_cmd", "Show which fact to find out next."),
        "draft": ("leakguard.cli.outbound.draft:draft_cmd", "Draft an outline of an assessment report."),
        "add": ("leakguard.cli.outbound.register:add_cmd", "Record the recipients in a file in the register."),
        "list": ("leakguard.cli.outbound.register:list_cmd", "List recipients abroad, with end dates and clocks."),
        "end": ("leakguard.cli.outbound.register:end_cmd", "Record that transfers to a recipient ended."),
        "incident": ("leakguard.cli.outbound.incident:incident_cmd", "Show what transfers change in an incident."),
    },
)
def outbound_group() -> None:
    """Find out which legal basis a data transfer abroad needs, and what transfers change in an incident.

    The legal basis (the route) follows Chinese law. For transfers under European law, the instruments such as
    standard contractual clauses say who notifies whom. All commands work offline.
    """
