"""`leakguard outbound`: personal information that leaves the country."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "example": ("leakguard.cli.outbound.assess:example_cmd", "Print a file of facts to begin with."),
        "assess": ("leakguard.cli.outbound.assess:assess_cmd", "Say which route a transfer needs."),
        "next-fact": ("leakguard.cli.outbound.assess:next_fact_cmd", "Say what to find out next."),
        "draft": ("leakguard.cli.outbound.draft:draft_cmd", "Draft the skeleton of an assessment report."),
        "add": ("leakguard.cli.outbound.register:add_cmd", "Record the recipients of a file in the register."),
        "list": ("leakguard.cli.outbound.register:list_cmd", "List recipients abroad with end dates and clocks."),
        "end": ("leakguard.cli.outbound.register:end_cmd", "Record that transfers to a recipient ended."),
        "incident": ("leakguard.cli.outbound.incident:incident_cmd", "Say what transfers change in an incident."),
    },
)
def outbound_group() -> None:
    """Learn which route a transfer abroad needs, keep its recipients, and see what they change in an incident.

    Chinese law decides the route, and the tools of European law say who notifies whom. All of it works offline.
    """
