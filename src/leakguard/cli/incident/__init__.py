"""`leakguard incident`: open an incident, record what happens, tell it again."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "open": ("leakguard.cli.incident.open:open_cmd", "Open an incident from findings, a file or a title."),
        "list": ("leakguard.cli.incident.show:list_cmd", "List the incidents of the store."),
        "show": ("leakguard.cli.incident.show:show_cmd", "Show one incident as it stands."),
        "event": ("leakguard.cli.incident.event:event_cmd", "Record something that happened, or correct a record."),
        "comment": ("leakguard.cli.incident.comment:comment_cmd", "Comment on an incident, or on one of its steps."),
        "comments": ("leakguard.cli.incident.comment:comments_cmd", "Show the comments on an incident."),
        "action": ("leakguard.cli.incident.action:action_group", "Keep what a review decided to do, until it is done."),
        "kinds": ("leakguard.cli.incident.kinds:kinds_cmd", "Say what kinds of events there are, and what each moves."),
        "close": ("leakguard.cli.incident.close:close_cmd", "Close an incident, or list what is missing."),
        "reopen": ("leakguard.cli.incident.reopen:reopen_cmd", "Open a closed incident again."),
        "metrics": ("leakguard.cli.incident.metrics:metrics_cmd", "Say how long things took over all incidents."),
        "report": ("leakguard.cli.incident.report:report_cmd", "Write the whole incident as HTML, PDF or JSON."),
        "timeline": ("leakguard.cli.incident.timeline:timeline_cmd", "Tell the story in the order it happened."),
    },
)
def incident_group() -> None:
    """Open an incident and record what happens.

    Nothing is ever changed or deleted: a mistake is corrected by a later event, and both stay readable.
    """
