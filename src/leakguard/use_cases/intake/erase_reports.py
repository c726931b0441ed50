"""Erases who reported, or a whole report, when its time is over; the ledger still verifies and says so."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from leakguard.errors import NotAllowed
from leakguard.intake.promises import Retention, erase_by, kept_until
from leakguard.intake.view import Report
from leakguard.ledger.custody import HOLD_RELEASED, PUT_ON_HOLD, holds_in
from leakguard.ledger.erasure import is_erasable, is_erased
from leakguard.models.moments import to_z
from leakguard.ports import IncidentStore, Now
from leakguard.use_cases.intake.reports import load_report, reports_in
from leakguard.use_cases.proofs.evidence_redact import Copies, ErasingStore, Redaction, RedactionResult, redact


class ReportErasing(ErasingStore, IncidentStore, Protocol):
    """A store that has reports and can erase."""


def erase_sender(
    store: ReportErasing, copies: Copies, identifier: str, *, by: str, reason: str, now: Now
) -> RedactionResult:
    """Erase name and address; the report stays. Raises `NotAllowed` where there are none."""
    report = load_report(store, identifier)
    if report.sender_entry is None:
        raise NotAllowed(f"{identifier} holds no sender", next_step=f"See it: leakguard report show {identifier}")
    return redact(store, copies, Redaction(names=(f"E-{report.sender_entry}",), by=by, reason=reason), now=now)


def erase_report(
    store: ReportErasing, copies: Copies, identifier: str, retention: Retention, *, by: str, reason: str, now: Now
) -> RedactionResult:
    """Erase all that a report says, with its text; raises `NotAllowed` before its time, and while it is open."""
    report = load_report(store, identifier)
    until = kept_until(report, retention)
    if report.is_open:
        raise NotAllowed(f"{identifier} is open", next_step=f"Close it first: leakguard report close {identifier}")
    if now() < until:
        raise NotAllowed(
            f"{identifier} is kept until {to_z(until)}: {retention.source}",
            next_step=f"Erase who sent it: leakguard report erase {identifier} --sender",
        )
    if report.is_erased:
        raise NotAllowed(f"{identifier} is erased already", next_step="There is nothing more to erase.")
    names = tuple(
        f"E-{record.sequence}"
        for record in store.read(identifier)
        if is_erasable(record.kind) and not is_erased(record.content)
    )
    return redact(store, copies, Redaction(names=names, by=by, reason=reason), now=now)


def due_for_erasure(store: ReportErasing, retention: Retention, *, now: datetime) -> tuple[Report, ...]:
    """The reports whose time is over, and that no legal hold keeps."""
    holds = holds_in(store.of_kinds((PUT_ON_HOLD, HOLD_RELEASED)))
    return tuple(
        report for report in reports_in(store)
        if not report.is_erased and report.id not in holds.subjects and (end := erase_by(report, retention)) is not None
        and end <= now
    )  # fmt: skip
