"""Deeds: the smallest things that a drill does, each kept together with the sign that it was done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from leakguard.drills.moments import Kind, Moment
from leakguard.drills.story import DEED
from leakguard.frozen import Frozen
from leakguard.models.records import KeptRecord


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
