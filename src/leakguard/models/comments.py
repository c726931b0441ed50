"""Comments on an incident or on one of its steps; privileged ones belong to a subject of their own.

Whatever reads an incident's entries, such as a report, a timeline or a bundle, never meets a privileged comment: it
stands in the ledger under `privileged/IR-2026-0001`, and only who asks for that subject gets it.
"""

from __future__ import annotations

from datetime import datetime

from leakguard.frozen import Frozen
from leakguard.models.records import KeptRecord

COMMENTED, RELEASED = "comment_added", "privileged_released"
_PREFIX = "privileged/"


class Comment(Frozen, hidden=("text",)):
    """One comment."""

    number: int
    """Of its entry in the ledger."""
    incident: str
    text: str
    """Empty where its content was erased."""
    step: str = ""
    """The step that it is about; empty for the incident."""
    by: str = ""
    by_source: str = ""
    at: datetime
    is_privileged: bool = False


def privileged_subject(incident: str) -> str:
    """The subject of the privileged comments on an incident."""
    return f"{_PREFIX}{incident}"


def is_privileged(subject: str) -> bool:
    """Whether the entries of a subject are privileged: they go into nothing that leaves the store by themselves."""
    return subject.startswith(_PREFIX)


def incident_behind(subject: str) -> str:
    """The incident that a subject is about: itself, or the one whose privileged comments it holds."""
    return subject.removeprefix(_PREFIX)


def comment_in(record: KeptRecord) -> Comment:
    """The comment of an entry."""
    content = record.content
    return Comment(
        number=record.sequence, incident=incident_behind(record.subject), text=str(content.get("text") or ""),
        step=str(content.get("step") or ""), by=str(content.get("by") or ""),
        by_source=str(content.get("by_source") or ""), at=record.occurred_at.latest,
        is_privileged=is_privileged(record.subject),
    )  # fmt: skip
