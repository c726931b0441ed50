"""`leakguard report`: what strangers tell us, from the mailbox to the thanks."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup

_ROOM = "leakguard.cli.report"


@click.command(
    cls=LazyGroup,
    lazy={
        "import": (f"{_ROOM}.import_:import_cmd", "Take in mails or the JSON of a form."),
        "form": (f"{_ROOM}.form:form_cmd", "Serve a public form for reports."),
        "list": (f"{_ROOM}.list:list_cmd", "List reports, with what is owed next."),
        "show": (f"{_ROOM}.show:show_cmd", "Show one report, and what of it can be probed."),
        "rules": (f"{_ROOM}.rules:rules_cmd", "Show what laws and standards ask about one report."),
        "acknowledge": (f"{_ROOM}.answers:acknowledge_cmd", "Say that it arrived, and what is promised."),
        "triage": (f"{_ROOM}.acts:triage_cmd", "Say what it is: valid, a duplicate, not ours."),
        "incident": (f"{_ROOM}.incident:incident_cmd", "Open an incident about it."),
        "fix": (f"{_ROOM}.acts:fix_cmd", "Record that it was fixed."),
        "verify": (f"{_ROOM}.acts:verify_cmd", "Record that probes found it closed."),
        "thank": (f"{_ROOM}.answers:thank_cmd", "Thank who reported, and say how it ended."),
        "disclose": (f"{_ROOM}.acts:disclose_cmd", "Record that it was published."),
        "close": (f"{_ROOM}.acts:close_cmd", "Close it."),
        "reopen": (f"{_ROOM}.acts:reopen_cmd", "Open it again."),
        "erase": (f"{_ROOM}.erase:erase_cmd", "Erase who sent it, or all that it says."),
    },
)
def report_group() -> None:
    """Take in what strangers tell us, answer, and turn it into an incident.

    The text becomes evidence, the sender stands apart, and attachments stay outside. Nothing of a report is rendered,
    opened or probed by itself.
    """
