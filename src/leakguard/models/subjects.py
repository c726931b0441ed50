"""What entries of the ledger are about, by the id that stands beside each: an incident, a report, transfers, sites."""

from __future__ import annotations

INCIDENT, REPORT, TRANSFERS, SITES = "incident", "report", "transfers", "sites"
INCIDENTS, REPORTS = "IR-", "RP-"
"""How the ids of incidents and of reports begin."""
OUTBOUND_SUBJECT, SITES_SUBJECT = "OUTBOUND", "sites"
"""The register of recipients abroad, and the checks of our own sites: each is one subject."""
WORDS = {INCIDENT: "Incident", REPORT: "Report", TRANSFERS: "Transfers abroad", SITES: "Web sites"}
"""By kind, what a person calls it."""


def subject_kind(subject: str) -> str:
    """`incident`, `report`, `transfers` or `sites`; empty for what has no deadline of its own."""
    if subject.startswith(INCIDENTS):
        return INCIDENT
    if subject.startswith(REPORTS):
        return REPORT
    return {OUTBOUND_SUBJECT: TRANSFERS, SITES_SUBJECT: SITES}.get(subject, "")


def is_incident(subject: str) -> bool:
    """Whether it is the id of an incident."""
    return subject_kind(subject) == INCIDENT


def subject_json(subject: str) -> dict[str, str] | None:
    """Kind and id as plain values; nothing for what has no deadline of its own."""
    kind = subject_kind(subject)
    return {"kind": kind, "id": subject} if kind else None
