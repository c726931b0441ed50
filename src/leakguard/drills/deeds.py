"""Deeds: the smallest things that a drill does, each kept together with the sign that it was done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from leakguard.drills.moments import Kind, Moment
from leakguard.drills.shapes import Scenario
from leakguard.drills.story import DEED
from leakguard.frozen import Frozen
from leakguard.models.records import KeptRecord
from leakguard.playbooks.engine import Progress
from leakguard.playbooks.states import StepState


class Deed(Frozen):
    """One deed that was done."""

    moment: str
    kind: str
    role: str
    title: str
    at: datetime


def deed_name(moment: str, number: int) -> str:
    """`known#1`: the second deed of a moment."""
    return f"{moment}#{number}"


def deed_content(moment: Moment, number: int, *, is_last: bool, extra: Mapping[str, Any]) -> dict[str, Any]:
    """What the record of a deed holds."""
    return {
        "deed": deed_name(moment.id, number),
        "moment": moment.id,
        "kind": moment.kind.value,
        "role": moment.role,
        "title": moment.title,
        "is_last": is_last,
        **extra,
    }


def is_script(record: KeptRecord) -> bool:
    """Whether a record only marks that something was done which stands in a record of its own."""
    return record.kind == DEED and not record.content.get("is_alone")


def deeds_of(records: Iterable[KeptRecord]) -> tuple[Deed, ...]:
    """What people did, in its order; what the world did is left out, and the stand-ins for evidence."""
    return tuple(
        Deed(
            moment=str(record.content["moment"]),
            kind=str(record.content["kind"]),
            role=str(record.content["role"]),
            title=str(record.content["title"]),
            at=record.occurred_at.latest,
        )
        for record in records
        if record.kind == DEED and record.content["kind"] != Kind.INJECT and not record.content.get("is_stand_in")
    )


def deeds_with_people(marked: Collection[Deed], progress: Progress, scenario: Scenario) -> tuple[Deed, ...]:
    """These, and the steps that people did themselves, as on the pages of a console, where no deed marks them."""
    known = {deed.moment.partition("/")[0] for deed in marked}
    known |= {act.step or act.fails or "" for name, act in scenario.acts.items() if name in known}
    done = (
        Deed(moment=step.id, kind=Kind.STEP, role=step.step.owner or "", title=step.step.title, at=step.since)
        for step in progress.steps.values()
        if step.state is StepState.DONE and step.since is not None and step.by and step.id not in known
    )
    return tuple(sorted((*marked, *done), key=lambda deed: deed.at))
