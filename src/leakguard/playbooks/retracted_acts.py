"""Acts of machines whose event was retracted: what they did or proved counts no more, so their step is open again."""

from __future__ import annotations

from collections.abc import Mapping

from leakguard.frozen import replace
from leakguard.models.events import Event, in_force
from leakguard.models.records import KeptRecord
from leakguard.playbooks.machine_runs import RUN_BEGUN, RUN_ENDED, RunOutcome, outcome_of
from leakguard.playbooks.shapes import Playbook

RETRACTED = "the event that it recorded was retracted"


class Acts:
    """Reads the records of a response in their order, and knows the events of each act."""

    def __init__(self, events: Mapping[int, Event]) -> None:
        """`events` are all of the incident, by their place in the ledger, also those that came after the act."""
        self._events = events
        self._in_force = in_force(events.values())
        self._begun: dict[str, int] = {}

    def as_it_counts(self, record: KeptRecord, playbook: Playbook) -> KeptRecord:
        """The record itself, or, for the good end of an act whose event was retracted, one that says so.

        What may be done again is due again. Of what tells somebody a person has to say whether it happened.
        """
        key = str(record.content.get("key") or "")
        if record.kind == RUN_BEGUN:
            self._begun[key] = record.sequence
        if record.kind != RUN_ENDED or outcome_of(record.content) is not RunOutcome.DONE:
            return record
        step = playbook.steps.get(str(record.content.get("step")))
        begun = self._begun.get(key)
        if step is None or step.emits is None or begun is None or not self._is_retracted(step.emits, begun, record):
            return record
        outcome = RunOutcome.GAVE_UP if step.is_repeat_safe else RunOutcome.LOST
        return replace(record, content={**record.content, "outcome": outcome.value, "text": RETRACTED})

    def _is_retracted(self, kind: str, begun: int, ended: KeptRecord) -> bool:
        """A proof of closure is recorded by the look itself, any other event right behind the end."""
        own = [
            event for place, event in self._events.items() if event.kind == kind and begun < place <= ended.sequence + 1
        ]
        return bool(own) and all(self._in_force[event.id].kind != kind for event in own)
