"""Who has to be notified, as plain values."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from leakguard.models.moments import to_z

if TYPE_CHECKING:
    from leakguard.notices.vocabulary import Vocabulary
    from leakguard.use_cases.reports.to_notify import Notifications, ToNotify


def notifications_json(found: Notifications, vocabulary: Vocabulary) -> dict[str, Any]:
    """Every notice, the most urgent first, and what is not decided."""
    return {
        "by_facts": found.by_facts, "notices": [_notice(notice, vocabulary) for notice in found.notices],
        "undecided": [
            {**_fact(name, vocabulary), "duties": number}
            for name, number in sorted(found.undecided.items(), key=lambda pair: -pair[1])
        ],
        "open_places": [{"place": row.place, "role": row.role} for row in found.open_places],
    }  # fmt: skip


def _notice(to_notify: ToNotify, vocabulary: Vocabulary) -> dict[str, Any]:
    verdict, rule = to_notify.clock.verdict, to_notify.clock.rule
    return {
        "duty": to_notify.duty.id, "stage": to_notify.stage, "clock": to_notify.clock.id, "title": rule.title or None,
        "law": rule.law or None, "soft": rule.soft, "applies": to_notify.applies.value,
        "state": to_notify.progress.value,
        "recipient": {"type": to_notify.duty.recipient.type, "name": to_notify.duty.recipient.name},
        "anchor_event": verdict.anchor_event, "ended_event": verdict.ended_event,
        "work_by": _stamp(verdict.work_by), "ended_at": _stamp(verdict.ended_at),
        "late_by_seconds": verdict.late_by_seconds,
        "missing_facts": [_fact(name, vocabulary) for name in to_notify.missing_facts],
    }  # fmt: skip


def _fact(name: str, vocabulary: Vocabulary) -> dict[str, Any]:
    words = vocabulary.facts.get(name)
    plain = name.replace("_", " ")
    return {"fact": name, "en": words.en if words else plain, "zh": words.zh if words else plain}


def _stamp(moment: datetime | None) -> str | None:
    return to_z(moment) if moment is not None else None
