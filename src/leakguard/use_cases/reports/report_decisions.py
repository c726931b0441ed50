"""Who decided what and why, what was told to whom, and what was promised: out of the records of an incident."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from leakguard.clocks.event_kinds import KINDS
from leakguard.models.event_records import event_id, event_of, is_event_record
from leakguard.models.events import Event
from leakguard.models.people import BySource, by_source
from leakguard.models.records import KeptRecord
from leakguard.notices.duties import Duty
from leakguard.notices.filings import open_items
from leakguard.playbooks.engine import STEP_CLAIMED, STEP_DONE, STEP_FAILED
from leakguard.reports.values import Decision, Filing, Promise
from leakguard.use_cases.incidents.playbooks import running_playbook
from leakguard.use_cases.reports.report_story import shown

TOLD = ("filed", "subjects_notified", "individual_notice_sent", "acknowledged_by_authority", "delay_notice_sent")
_WHO = ("decider", "by", "actor")


def decisions_of(incident: str, records: Sequence[KeptRecord]) -> tuple[Decision, ...]:
    """The decisions that stand, in the order in which they were made."""
    events = [event_of(record) for record in records if is_event_record(record)]
    gone = {event.corrects for event in events}
    made = [_of_event(event) for event in events if event.id not in gone and _is_decision(event)]
    made += _of_others(records)
    made += _of_steps(incident, records, {str(event.fields.get("step")) for event in events})
    return tuple(sorted(made, key=lambda decision: decision.at.earliest))


def filings_in(events: Iterable[Event], duties: Mapping[str, Duty]) -> tuple[Filing, ...]:
    """What was told to somebody outside and stands, in the order in which it was."""
    known = tuple(events)
    gone = {event.corrects for event in known}
    filings = [_filing(event, duties) for event in known if event.kind in TOLD and event.id not in gone]
    return tuple(sorted(filings, key=lambda filing: filing.at.earliest))


def promises_in(events: Iterable[Event]) -> tuple[Promise, ...]:
    """What filings called "to be determined" and nobody told yet."""
    return tuple(
        Promise(
            duty=shown(open_item.duty),
            item=shown(open_item.item),
            event=open_item.event,
            promised_at=open_item.promised_at,
        )
        for open_item in open_items(events)
    )


def _is_decision(event: Event) -> bool:
    """Kinds that have a decider are decisions; so is any other event that names one."""
    kind = KINDS.get(event.kind)
    return bool(event.fields.get("decider")) or (kind is not None and "decider" in kind.fields)


def _of_event(event: Event) -> Decision:
    fields = event.fields
    about = (fields.get(name) for name in ("obligation", "clock", "organisation", "level", "regime"))
    why = dict.fromkeys(text for text in (event.reason, fields.get("rationale"), fields.get("basis")) if text)
    who = next((str(fields[name]) for name in _WHO if fields.get(name)), event.by)
    return Decision(
        at=event.occurred_at, what=event.kind, about=shown(" ".join(str(subject) for subject in about if subject)),
        decided_by=shown(who), by_source=event.by_source if who == event.by else "",
        second=shown(fields.get("second_person") or ""), why=shown("; ".join(map(str, why)) or event.source),
        event=event.id,
    )  # fmt: skip


def _of_others(records: Iterable[KeptRecord]) -> Iterator[Decision]:
    """Records that are no events and have a person and a reason, such as a step that was left out."""
    for record in records:
        content = record.content
        is_other = not is_event_record(record) and record.kind not in {STEP_CLAIMED, STEP_DONE, STEP_FAILED}
        source = by_source(content)
        if is_other and content.get("by") and source != BySource.PROGRAM and content.get("reason"):
            yield Decision(
                at=record.occurred_at, what=record.kind, about=shown(content.get("step") or content.get("name") or ""),
                decided_by=shown(content["by"]), by_source=source, second=shown(content.get("second") or ""),
                why=shown(content["reason"]), event=event_id(record.sequence),
            )  # fmt: skip


def _of_steps(incident: str, records: Sequence[KeptRecord], steps_told: set[str]) -> Iterator[Decision]:
    """Decision steps that recorded no event: the answers that hold no free text, and the reason."""
    playbook = running_playbook(incident, records)
    steps = playbook.steps if playbook is not None else {}
    for record in records:
        name = str(record.content.get("step"))
        step = steps.get(name)
        if record.kind != STEP_DONE or step is None or step.kind != "decision" or name in steps_told:
            continue
        answers = record.content.get("form") or {}
        plain = [
            f"{field.label}: {answers[key]}"
            for key, field in step.form.items()
            if key in answers and field.type not in {"text", "list"}
        ]
        yield Decision(
            at=record.occurred_at, what="decision_step", about=shown(step.title),
            decided_by=shown(record.content.get("by") or ""), by_source=by_source(record.content),
            second=shown(record.content.get("second") or ""),
            why=shown("; ".join([*plain, *filter(None, [str(record.content.get("reason") or "")])])),
            event=event_id(record.sequence),
        )  # fmt: skip


def _filing(event: Event, duties: Mapping[str, Duty]) -> Filing:
    fields = event.fields
    duty = duties.get(str(fields.get("obligation")))
    recipient = fields.get("recipient") or (duty.recipient.name if duty is not None else "")
    return Filing(
        at=event.occurred_at, kind=event.kind, duty=shown(fields.get("obligation") or ""),
        stage=shown(fields.get("stage") or ""), recipient=shown(recipient),
        by=shown(next((fields[name] for name in _WHO if fields.get(name)), "")),
        reference=shown(fields.get("reference") or ""), event=event.id,
    )  # fmt: skip
