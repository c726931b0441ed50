"""Reports from outside, for a person and as plain values; the words of a stranger are made printable first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from leakguard.clocks.times import local_words
from leakguard.frozen import Frozen
from leakguard.intake.letters import ReportAnswer, soonest
from leakguard.intake.promises import Due
from leakguard.intake.view import Report
from leakguard.models.moments import to_z
from leakguard.models.texts import counted
from leakguard.outputs.words import printable
from leakguard.use_cases.intake.proposals import Proposal
from leakguard.use_cases.intake.queue import QueuedReport

_MOST_LISTED = 50
_DUE_WORDS = {
    "running": "until",
    "overdue": "LATE, was due",
    "kept": "kept",
    "kept_late": "kept late",
    "not_needed": "not owed",
}


class ShownReport(Frozen):
    """A report with what follows from it."""

    report: Report
    dues: tuple[Due, ...]
    proposals: tuple[Proposal, ...] = ()
    duplicates: tuple[str, ...] = ()
    erase_by: datetime | None = None
    is_sender_withheld: bool = False
    """Whether who sent it is not shown: the reader lacks the right."""


def report_json(shown: ShownReport) -> dict[str, Any]:
    """One report; the sender stands apart, and is null once erased, and for a reader without the right."""
    report = shown.report
    sender = {"name": report.name, "address": report.address} if report.name or report.address else None
    return {
        "schema": "leakguard.report/1", "id": report.id, "state": report.state.value, "subject": report.subject,
        "received_at": to_z(report.received_at), "recorded_at": to_z(report.recorded_at), "channel": report.channel,
        "machine": report.machine or None, "verdict": report.verdict.value if report.verdict else None,
        "duplicate_of": report.duplicate_of or None, "duplicates": list(shown.duplicates),
        "findings": list(report.findings), "incident": report.incident or None,
        "sender": None if shown.is_sender_withheld else sender,
        "sender_withheld": shown.is_sender_withheld and sender is not None,
        "named": [proposal_json(proposal) for proposal in shown.proposals],
        "attachments": [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in report.files],
        "evidence": list(report.evidence), "text_sha256": report.text_sha256 or None,
        "message_sha256": report.sha256 or None,
        "not_read": list(report.remarks), "promises": [due_json(due) for due in shown.dues],
        "thanked_at": to_z(report.thanked_at) if report.thanked_at else None,
        "erase_by": to_z(shown.erase_by) if shown.erase_by else None, "erased": report.is_erased,
    }  # fmt: skip


def queued_json(queued: QueuedReport) -> dict[str, Any]:
    """One report of the queue, without who sent it."""
    report = queued.report
    return {
        "id": report.id, "state": report.state.value, "subject": report.subject,
        "received_at": to_z(report.received_at),
        "channel": report.channel, "machine": report.machine or None,
        "verdict": report.verdict.value if report.verdict else None,
        "duplicate_of": report.duplicate_of or None, "incident": report.incident or None,
        "next": due_json(queued.next) if queued.next is not None else None,
        "late": sum(due.state == "overdue" for due in queued.dues),
        "erase_by": to_z(queued.erase_by) if queued.erase_by else None, "erased": report.is_erased,
    }  # fmt: skip


def due_json(due: Due) -> dict[str, Any]:
    """One promise."""
    return {
        "until": due.until.value, "due_at": to_z(due.at), "state": due.state, "basis": due.basis,
        "reached_at": to_z(due.reached_at) if due.reached_at else None,
    }  # fmt: skip


def proposal_json(proposal: Proposal) -> dict[str, Any]:
    """One place that is named."""
    return {
        "kind": proposal.named.kind, "target": proposal.named.target, "host": proposal.named.host,
        "port": proposal.named.port,
        "standing": proposal.standing, "why": proposal.why or None, "findings": list(proposal.findings),
        "command": proposal.command or None,
    }  # fmt: skip


def answer_json(report: Report, answer: ReportAnswer, message_id: str) -> dict[str, Any]:
    """A letter that was written, and the id under which it was sent."""
    return {
        "report": report.id, "state": report.state.value, "letter": answer.kind, "lang": answer.lang,
        "subject": answer.subject, "text": answer.text, "message_id": message_id or None,
    }  # fmt: skip


def answer_lines(answer: ReportAnswer) -> Iterator[str]:
    """The letter as it is read."""
    yield f"Subject: {answer.subject}"
    yield ""
    yield from answer.text.split("\n")


def report_line(shown: ShownReport, *, zone: str) -> str:
    """`RP-2026-0003  triaged  valid  acknowledged until 2026-06-17 ...  Your server is open`."""
    report = shown.report
    what = "erased" if report.is_erased else report.subject or "(no subject)"
    cells = [
        report.id,
        report.state.value,
        report.verdict.value if report.verdict else "-",
        due_words(soonest(shown.dues), zone=zone),
    ]
    cells += [f"= {report.duplicate_of}"] if report.duplicate_of else []
    cells += [report.incident] if report.incident else []
    cells += ["a machine"] if report.machine else []
    return "  ".join([*cells, printable(what, longest=80)])


def due_words(due: Due | None, *, zone: str) -> str:
    """`acknowledged until 17 June`; a promise that is late says so."""
    if due is None:
        return "nothing owed"
    at = due.reached_at if due.reached_at is not None else due.at
    words = f"{due.until.value}: {_DUE_WORDS[due.state]}"
    return words if due.state == "not_needed" else f"{words} {local_words(at, zone)}"


def report_lines(shown: ShownReport, *, zone: str) -> Iterator[str]:
    """All that is known of one report."""
    report = shown.report
    yield f"{report.id}: {report.state.value}" + (f", {report.verdict.value}" if report.verdict else "")
    yield f"Subject: {printable(report.subject or ('(erased)' if report.is_erased else '(none)'))}"
    yield f"Arrived: {local_words(report.received_at, zone)} by {report.channel or '(erased)'}"
    yield from _sender_lines(shown)
    if report.duplicate_of:
        yield f"Repeats {report.duplicate_of}"
    if shown.duplicates:
        yield f"Repeated by {', '.join(shown.duplicates)}"
    if report.incident:
        yield f"Incident: {report.incident}"
    if report.findings:
        yield f"Findings: {', '.join(report.findings)}"
    yield from _file_lines(report)
    yield from (f"Promise: {due_words(due, zone=zone)}" for due in shown.dues)
    yield from proposal_lines(shown.proposals)
    if shown.erase_by is not None and not report.is_erased:
        yield f"To be erased by {local_words(shown.erase_by, zone)}"


def _sender_lines(shown: ShownReport) -> Iterator[str]:
    report = shown.report
    if shown.is_sender_withheld and (report.name or report.address):
        yield "Sender: not shown to you; it needs the right to read who sent a report"
    elif report.name or report.address:
        yield f"Sender, by their own word: {printable(report.name)} <{printable(report.address)}>"
    if report.machine:
        yield f"Sent by a machine ({printable(report.machine)}): it is not answered."


def _file_lines(report: Report) -> Iterator[str]:
    if report.evidence:
        yield f"Evidence: {', '.join(report.evidence)} (the text first)"
    for file in report.files[:_MOST_LISTED]:
        yield f"Attachment, not kept open: {printable(file.name)}  {file.size:,} bytes  sha256 {file.sha256}"
    if len(report.files) > _MOST_LISTED:
        yield f"and {counted(len(report.files) - _MOST_LISTED, 'more attachment')}"
    yield from (f"Not read: {printable(remark)}" for remark in report.remarks)


def proposal_lines(proposals: Sequence[Proposal]) -> Iterator[str]:
    """What can be probed, by which command, and what is not probed."""
    for proposal in proposals[:_MOST_LISTED]:
        if proposal.command:
            yield f"In the scope: {printable(proposal.named.target)}  ->  {proposal.command}"
        else:
            yield f"Not probed: {printable(proposal.named.target)}  ({printable(proposal.why)})"
    if len(proposals) > _MOST_LISTED:
        yield f"and {counted(len(proposals) - _MOST_LISTED, 'more place')}: --format json lists them all"


def arrived_words(report: Report, zone: str) -> str:
    """When it arrived, in a zone."""
    return local_words(report.received_at, zone)


def next_step(shown: ShownReport) -> str:
    """The one command that follows for most reports."""
    report = shown.report
    if report.machine or not report.is_open:
        return ""
    ending = "thank {} --send" if report.thanked_at is None else "close {}"
    probe = next((proposal.command for proposal in shown.proposals if proposal.command), "")
    after = {
        "received": "acknowledge {} --send", "acknowledged": "triage {} --as valid",
        "triaged": "verify {}" if report.incident else "incident {}", "fixed": "verify {}", "verified": ending,
        "disclosed": "close {}",
    }  # fmt: skip
    if report.state.value == "acknowledged" and probe:
        return probe
    is_settled = report.verdict is not None and report.verdict.value != "valid"
    return f"leakguard report {(ending if is_settled else after[report.state.value]).format(report.id)}"
