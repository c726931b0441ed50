"""What waits for one person to agree to, over all incidents, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from leakguard.mailing.approvals import MERGE
from leakguard.models.moments import to_z
from leakguard.notices.duties import Duty
from leakguard.outputs.letter_list import named_json, stage_json

if TYPE_CHECKING:
    from leakguard.mailing.approvals import Proposal
    from leakguard.notices.vocabulary import Vocabulary
    from leakguard.use_cases.alerts.cases import Case


def approval_wanted_json(
    case: Case, proposal: Proposal, duties: Mapping[str, Duty], vocabulary: Vocabulary
) -> dict[str, Any]:  # fmt: skip
    """A letter that one person approved, for the one who may be the second."""
    subject = proposal.subject
    clock = next((row.clock for row in case.rows if row.clock.id == f"{subject.duty}.{subject.stage}"), None)
    limit = clock.work_by if clock is not None else None
    return {
        **named_json(duties.get(subject.duty), subject.duty),
        "incident": case.incident.id, "incident_title": case.incident.title,
        "stage": stage_json(subject.stage, subject.duty, vocabulary), "lang": subject.lang or None,
        "merge": subject.covers == MERGE, "digest": proposal.digest,
        "by": [approval.by for approval in proposal.approvals],
        "work_by": to_z(limit) if limit is not None else None,
    }  # fmt: skip
