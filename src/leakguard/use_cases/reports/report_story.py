"""The story that a report tells: every record of the incident, with only those texts that a report may hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from leakguard.alerts.records import CLOCK_STEP, OUTAGE
from leakguard.ledger.erasure import ERASED
from leakguard.models.event_records import event_of, is_event_record
from leakguard.models.events import Event
from leakguard.models.records import KeptRecord
from leakguard.notices.letters.personal_values import masked
from leakguard.playbooks.engine import STARTED, STEP_DONE, STEP_FAILED
from leakguard.reports.values import Happening
from leakguard.use_cases.incidents.closure_words import marked, words_in
from leakguard.use_cases.incidents.incidents import superseded

SHOWN_FIELDS = (
    *("obligation", "stage", "recipient", "regime", "jurisdiction", "level", "count", "clock", "until", "basis"),
    *("rationale", "reason_code", "channel", "reference", "document", "letter", "request", "to_be_determined", "what"),
    *("finding", "vantage", "run", "check", "step", "evidence", "zone", "title", "findings", "text"),
    *("actor", "by", "decider", "second_person", "second", "failure", "name", "version", "closure"),
    *("duty", "lang", "digest"),
)
"""Who sent a notice, an extortioner's addresses and the answers of forms stay in the ledger."""
_TOLD_ELSEWHERE = ("alarm_", "escalation_", "drill_deed")
"""How records begin that are told elsewhere: the watchman's in a table of their own, a drill's in its scorecard."""
_MOST = 600
_STEPS = {STEP_DONE, STEP_FAILED}
_DRAWN = {STARTED, OUTAGE, CLOCK_STEP}
"""Records that are no events and belong into the story all the same."""


def story_of(records: Sequence[KeptRecord]) -> tuple[Happening, ...]:
    """Everything in the order in which it happened, but for the records of the watchman and of a drill's script."""
    gone = superseded(event_of(record) for record in records if is_event_record(record))
    told_by_event = _steps_with_event(records)
    own = [record for record in records if not record.kind.startswith(_TOLD_ELSEWHERE)]
    words = words_in(records)
    lines = [_line(record, gone, told_by_event, words) for record in own]
    return tuple(sorted(lines, key=lambda line: line.at.earliest))


def shown(text: object, *, longest: int = _MOST) -> str:
    """What a report may hold of a text that somebody typed."""
    words = " ".join(masked(str(text)).split())
    return words if len(words) <= longest else f"{words[: longest - 1]}…"


def is_erased(content: Any) -> bool:  # noqa: ANN401  (JSON holds anything)
    """Whether words of a record are gone: all of them, or those that a tombstone stands for."""
    if isinstance(content, Mapping):
        return not content or any(value == ERASED or (value and is_erased(value)) for value in content.values())
    return isinstance(content, list) and ERASED in content


def _line(
    record: KeptRecord, gone: Mapping[str, str], told_by_event: frozenset[int], words: frozenset[int]
) -> Happening:
    event = marked(event_of(record), record.sequence in words)
    is_event = is_event_record(record)
    content = {**_own_fields(event), **_elsewhere(record)} if is_event else record.content
    is_step = record.kind in _STEPS and record.sequence not in told_by_event
    return Happening(
        id=event.id, kind=record.kind, at=event.occurred_at, recorded_at=event.recorded_at, source=shown(event.source),
        reason=shown(event.reason), fields=dict(_fields(content)), about=_about(record.kind, content),
        corrects=event.corrects, superseded_by=gone.get(event.id), is_erased=is_erased(record.content),
        is_drawn=is_event or is_step or record.kind in _DRAWN or not record.content,
        by=shown(event.by), by_source=event.by_source, word=shown(event.word),
    )  # fmt: skip


def _own_fields(event: Event) -> Mapping[str, Any]:
    """What an event has to say that the step behind it did not say."""
    repeated = {"evidence", "actor"} if event.fields.get("step") else set()
    return {name: value for name, value in event.fields.items() if name not in repeated}


def _elsewhere(record: KeptRecord) -> dict[str, Any]:
    stated = record.content.get("recorded_elsewhere_at")
    return {"recorded_elsewhere_at": stated} if stated else {}


def _fields(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in (*SHOWN_FIELDS, "recorded_elsewhere_at"):
        value = content.get(name)
        if value not in (None, "", [], ()):
            yield name, shown(", ".join(map(str, value)) if isinstance(value, list) else value)


def _about(kind: str, content: Mapping[str, Any]) -> str:
    """The one thing that tells it apart from others of its kind."""
    names = {"obligation": "stage", "duty": "stage", "clock": "", "level": "", "vantage": ""}
    names = {"step": ""} if kind in _STEPS else {"name": ""} if kind == STARTED else names
    for name, also in names.items():
        if content.get(name):
            return shown(" ".join(str(content[key]) for key in (name, also) if key and content.get(key)), longest=60)
    return ""


def _steps_with_event(records: Iterable[KeptRecord]) -> frozenset[int]:
    """Steps whose event was recorded right behind them, in the same transaction."""
    found: set[int] = set()
    before: KeptRecord | None = None
    for record in records:
        if before is not None and before.kind == STEP_DONE and _is_event_of(record, before):
            found.add(before.sequence)
        before = record
    return frozenset(found)


def _is_event_of(record: KeptRecord, step: KeptRecord) -> bool:
    event: Event | None = event_of(record) if is_event_record(record) else None
    return event is not None and event.fields.get("step") == step.content.get("step") is not None
