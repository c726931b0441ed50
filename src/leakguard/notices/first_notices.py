"""The first notices that can go out now: to offices with which nothing was filed yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from leakguard.clocks.verdicts import State
from leakguard.frozen import Frozen
from leakguard.models.moments import to_z
from leakguard.notices.assess import Assessment
from leakguard.notices.judging import Answer
from leakguard.notices.notice_content import OFFICES

_OPEN = frozenset({State.LATENT, State.RUNNING, State.AT_RISK, State.DUE_NOW, State.OVERDUE, State.PAUSED})
_WHERE = frozenset({"subjects_by_jurisdiction", "operates_in", "organisation"})
"""Facts without which nobody knows whether the law of a place applies at all."""
_NEVER = datetime.max.replace(tzinfo=UTC)


class FirstNotice(Frozen):
    """One notice that can be drafted from what is known now."""

    duty: str
    stage: str
    limit: datetime | None
    """By when it must be there; `None` without a figure, and while no event starts its clock."""
    missing: tuple[str, ...] = ()
    """Facts that could still rule the duty out; none where it applies."""


def first_notices(found: Sequence[Assessment]) -> tuple[FirstNotice, ...]:
    """The first notices to offices, those that are certain first, then by their limits.

    A duty whose place is open is left out: with no residents counted, every law of the world could apply.
    """
    ready = [assessment for assessment in found if _is_ready(assessment)]
    notices = (
        FirstNotice(duty=assessment.duty.id, stage=name, limit=status.work_by, missing=assessment.missing_facts)
        for assessment in ready
        for name, status in assessment.phases[:1]
        if status.state in _OPEN
    )
    return tuple(
        sorted(
            notices,
            key=lambda first_notice: (bool(first_notice.missing), first_notice.limit or _NEVER, first_notice.duty),
        )
    )


def _is_ready(assessment: Assessment) -> bool:
    if assessment.is_dormant or assessment.duty.recipient.type not in OFFICES:
        return False
    missing = {name.partition(".")[0] for name in assessment.missing_facts}
    return assessment.applies is Answer.YES or (assessment.applies is Answer.NEEDS_FACT and not missing & _WHERE)


def to_json_object(first_notice: FirstNotice) -> dict[str, Any]:
    """As plain JSON values."""
    return {
        "duty": first_notice.duty,
        "stage": first_notice.stage,
        "limit": None if first_notice.limit is None else to_z(first_notice.limit),
        "missing_facts": list(first_notice.missing),
    }
