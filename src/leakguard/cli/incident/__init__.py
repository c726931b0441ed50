"""`leakguard incident`: open an incident, record what happens, tell it again."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "open": ("leakguard.cli.incident.open:open_cmd", "Open an incident from findings, a file or a title."),
        "list": ("leakguard.cli.incident.show:list_cmd", "List the incidents of the store."),
        "show": ("leakguard.cli.incident.show:show_cmd", "Show the state of one incident."),
        "event": ("leakguard.cli.incident.event:event_cmd", "Record an event, or correct one."),
        "comment": ("leakguard.cli.incident.comment:comment_cmd", "Comment on an incident, or on one of its steps."),
        "comments": ("leakguard.cli.incident.comment:comments_cmd", "Show the comments on an incident."),
        "action": (
            "leakguard.cli.incident.action:action_group",
            "Track the actions that a review decided, until they are done.",
        ),
        "kinds": (
            "leakguard.cli.incident.kinds:kinds_cmd",
            "List the kinds of events, and which clocks each starts or ends.",
        ),
        "close": ("leakguard.cli.incident.close:close_cmd", "Close an incident, or list what is missing."),
        "reopen": ("leakguard.cli.incident.reopen:reopen_cmd", "Reopen a closed incident."),
        "metrics": (
            "leakguard.cli.incident.metrics:metrics_cmd",
            "Show how long each part of the response took, over all incidents.",
        ),
        "report": ("leakguard.cli.incident.report:report_cmd", "Write a report of the incident as HTML, PDF or JSON."),
        "timeline": ("leakguard.cli.incident.timeline:timeline_cmd", "List what happened, in order of time."),
    },
)
def incident_group() -> None:
    """Open an incident and record what happens.

    An event is never edited. A later event corrects a mistake, and both stay readable.
    """
