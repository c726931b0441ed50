"""`leakguard report`: what strangers tell us, from the mailbox to the thanks."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup

_ROOM = "leakguard.cli.report"


@click.command(
    cls=LazyGroup,
    lazy={
        "import": (f"{_ROOM}.import_:import_cmd", "Record e-mails, or the JSON of a form, as reports."),
        "form": (f"{_ROOM}.form:form_cmd", "Serve a public form for reports."),
        "list": (f"{_ROOM}.list:list_cmd", "List reports, with the next promise that is due."),
        "show": (f"{_ROOM}.show:show_cmd", "Show one report, and which targets in it may be probed."),
        "rules": (f"{_ROOM}.rules:rules_cmd", "Show what laws and standards require about one report."),
        "acknowledge": (f"{_ROOM}.answers:acknowledge_cmd", "Answer the sender: it arrived, and what you promise."),
        "triage": (f"{_ROOM}.acts:triage_cmd", "Record what it is: valid, a duplicate, out of scope."),
        "incident": (f"{_ROOM}.incident:incident_cmd", "Open an incident about a report."),
        "fix": (f"{_ROOM}.acts:fix_cmd", "Record that the reported problem was fixed."),
        "verify": (f"{_ROOM}.acts:verify_cmd", "Record that probes found the problem closed."),
        "thank": (f"{_ROOM}.answers:thank_cmd", "Thank the sender, and say how it ended."),
        "disclose": (f"{_ROOM}.acts:disclose_cmd", "Record that the report was published."),
        "close": (f"{_ROOM}.acts:close_cmd", "Close a report."),
        "reopen": (f"{_ROOM}.acts:reopen_cmd", "Reopen a report."),
        "erase": (f"{_ROOM}.erase:erase_cmd", "Erase the sender, or the whole text of a report."),
    },
)
def report_group() -> None:
    """Handle reports from outsiders: record them, answer them, open an incident.

    The text of a report becomes evidence. The sender is stored separately. Attachments are not stored unless you
    ask for it. No part of a report is rendered, opened or probed automatically.
    """
