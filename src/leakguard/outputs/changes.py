"""What a release changed in the duties and for the open incidents, for a person and as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from leakguard.models.moments import to_z
from leakguard.models.texts import counted
from leakguard.notices.changes import releases_of
from leakguard.outputs.words import printable
from leakguard.use_cases.letters.changed_duties import AffectedDuty, ChangedDuty, MovedDeadline

LIMITS = (
    "A limit of before is reckoned with the time that the release before gave the stage, from the same event.",
    "It cannot tell what a changed start of a clock moved, nor whether an earlier trigger was met: assess again.",
    "An approved or sent letter stays as it is, with the rule and the day of its check in its footer.",
)
"""What this can tell and what not."""
_LONGEST = 300


def change_lines(found: Sequence[ChangedDuty], *, has_store: bool, only_affected: bool) -> Iterator[str]:
    """A change a paragraph; with a store, below each the open incidents that it touches."""
    touched = [duty for duty in found if duty.affected]
    shown = touched if only_affected else found
    for duty in shown:
        change = duty.change
        parts = ", ".join(part.replace("_", " ") for part in change.parts)
        yield f"{change.duty}  ({change.release}, {change.on}; {parts})"
        yield f"  {printable(change.en, longest=_LONGEST)}"
        for case in duty.affected:
            yield from _affected(case)
    releases = ", ".join(releases_of(duty.change for duty in found))
    summary = f"{counted(len(found), 'change')} of {releases}" if found else "no change of a duty since then"
    incidents = {case.incident for duty in touched for case in duty.affected}
    about = f"; {counted(len(touched), 'change')} in the reach of {counted(len(incidents), 'open incident')}"
    yield f"{summary}{about if has_store else '; no store, so no incident was checked'}"
    yield from LIMITS


def _affected(case: AffectedDuty) -> Iterator[str]:
    yield f"  {case.incident}: {case.duty}, applies: {case.applies.value.replace('_', ' ')}"
    for limit in case.limits:
        yield f"    {limit.stage}: {_moved(limit)}"


def _moved(moved: MovedDeadline) -> str:
    if not moved.has_moved:
        return f"the limit stays {_moment(moved.now)}"
    return f"the limit was {_moment(moved.before)}, and is {_moment(moved.now)}"


def _moment(moment: datetime | None) -> str:
    return "not started, or without hours" if moment is None else to_z(moment)


def changes_json(found: Sequence[ChangedDuty], *, has_store: bool) -> dict[str, Any]:
    """The same as plain values."""
    return {"changes": [_change(duty) for duty in found], "incidents_looked_at": has_store, "limits": list(LIMITS)}


def _change(duty: ChangedDuty) -> dict[str, Any]:
    change = duty.change
    return {
        "release": change.release,
        "on": change.on.isoformat(),
        "duty": change.duty,
        "parts": list(change.parts),
        "text": {"en": change.en, "zh": change.zh},
        "incidents": [_case(case) for case in duty.affected],
    }


def _case(case: AffectedDuty) -> dict[str, Any]:
    limits = [
        {"stage": limit.stage, "before": _z(limit.before), "now": _z(limit.now), "moved": limit.has_moved}
        for limit in case.limits
    ]
    return {"incident": case.incident, "duty": case.duty, "applies": case.applies.value, "limits": limits}


def _z(moment: datetime | None) -> str | None:
    return None if moment is None else to_z(moment)
