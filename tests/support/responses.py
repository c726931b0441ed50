"""A small playbook and the records of an incident that follows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from leakguard.models.event_records import record_of_event
from leakguard.models.records import KeptRecord, Record
from leakguard.playbooks.definitions import parse_playbook, snapshot_of
from leakguard.playbooks.engine import MIGRATED, STARTED, STEP_DONE, STEP_FAILED, STEP_WAIVED
from leakguard.playbooks.machine_runs import RUN_BEGUN, RUN_ENDED
from leakguard.playbooks.shapes import Playbook
from support.ledgers import START, FakeClock, MemoryJournal, exactly

SMALL = """\
playbook: small
title: A small response
version: 1
roles: {owner: closes it, dpo: decides, counsel: agrees}
clocks:
  remediate: {anchor: first(notice_received), amount: {elapsed: PT24H}, end: remediation_verified, pausable: with_basis}
start: [contain]
steps:
  contain:
    kind: human
    title: Close it
    phase: contain
    owner: owner
    due: {of: remediate, at: "25%"}
    do: Close the port.
    evidence: [config_before]
    emits: contained
    next: [note, decide]
  note:
    kind: human
    title: Write it down
    phase: preserve
    owner: owner
    do: Write.
    next: verify
  verify:
    kind: automated
    title: Probe again
    phase: verify
    owner: owner
    run: leakguard scan verify {findings}
    emits: remediation_verified
    on_fail: contain
    attempts: 2
    next: [tell, learn]
  decide:
    kind: decision
    title: Decide
    phase: decide
    owner: dpo
    second_person: counsel
    do: Decide.
    form:
      risk: {type: choice, label: How bad, options: [low, high]}
      basis: {type: text, label: Why, required: false}
    emits: high_risk_determined
    emits_when: {field: risk, is: high}
    next: [tell]
  tell:
    kind: notice
    title: Tell
    phase: tell
    owner: dpo
    when: {step: decide, field: risk, is: high}
    due: {of: remediate, at: PT20H}
    do: Tell them.
    next: [learn]
  learn:
    kind: human
    title: Learn
    phase: learn
    owner: owner
    do: Think.
"""


def small(**changes: str) -> Playbook:
    """The small playbook, with pieces of its text exchanged: `small(**{"at: PT20H": "at: PT2H"})`."""
    text = SMALL
    for old, new in changes.items():
        if old not in text:
            raise ValueError(f"the small playbook has no {old!r}")
        text = text.replace(old, new)
    return parse_playbook(text, name="small.yaml")


class Incident:
    """An incident in a journal in memory, told hour by hour."""

    def __init__(self, playbook: Playbook | None = None) -> None:
        self.playbook = playbook or small()
        self.journal = MemoryJournal(FakeClock())
        self.start()

    @property
    def records(self) -> Sequence[KeptRecord]:
        return tuple(self.journal.read("IR-2026-0001"))

    def start(self) -> int:
        content = {"name": "small", "version": 1, "by": "", "playbook": snapshot_of(self.playbook)}
        return self.keep(Record(kind=STARTED, occurred_at=exactly(START), content=content))

    def keep(self, record: Record) -> int:
        return self.journal.append("IR-2026-0001", (record,))[0].sequence

    def done(self, step: str, *, hours: float = 1, **content: Any) -> int:  # noqa: ANN401  (JSON holds anything)
        return self.keep(Record(kind=STEP_DONE, occurred_at=exactly(after(hours)), content={"step": step, **content}))

    def failed(self, step: str, *, hours: float = 1) -> int:
        content = {"step": step, "by": "owner", "failure": "still open"}
        return self.keep(Record(kind=STEP_FAILED, occurred_at=exactly(after(hours)), content=content))

    def waived(self, step: str, *, hours: float = 1) -> int:
        content = {"step": step, "by": "Ann", "second": "Bo", "reason": "not needed here"}
        return self.keep(Record(kind=STEP_WAIVED, occurred_at=exactly(after(hours)), content=content))

    def begun(self, step: str, *, hours: float = 1, key: str = "k1") -> int:
        content = {"step": step, "key": key, "action": "verify", "by": "Ann"}
        return self.keep(Record(kind=RUN_BEGUN, occurred_at=exactly(after(hours)), content=content))

    def ended(self, step: str, outcome: str, *, hours: float = 1, key: str = "k1") -> int:
        content = {"step": step, "key": key, "outcome": outcome, "text": "as it was", "result": {}}
        return self.keep(Record(kind=RUN_ENDED, occurred_at=exactly(after(hours)), content=content))

    def machine(self, step: str, *, hours: float = 1) -> None:
        """A machine does a step well; closure is an event, which it records on the way."""
        self.begun(step, hours=hours, key=f"{step}/{hours}")
        if self.playbook.steps[step].action == "verify":
            self.event("remediation_verified", hours=hours)
        self.ended(step, "done", hours=hours, key=f"{step}/{hours}")

    def migrate(self, playbook: Playbook, *, hours: float = 100) -> int:
        self.playbook = playbook
        content = {"name": playbook.playbook, "version": playbook.version, "playbook": snapshot_of(playbook)}
        return self.keep(Record(kind=MIGRATED, occurred_at=exactly(after(hours)), content=content))

    def event(
        self, kind: str, *, hours: float = 1, corrects: str | None = None, fields: Mapping[str, Any] | None = None
    ) -> int:
        at = exactly(after(hours))
        return self.keep(record_of_event(kind=kind, occurred_at=at, source="a probe", corrects=corrects, fields=fields))


def after(hours: float) -> datetime:
    """So many hours after the start."""
    return START + timedelta(hours=hours)
