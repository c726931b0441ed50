"""Which answers of a step stay when its entry is erased: those that its playbook offers."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.errors import BadFile
from leakguard.ledger.canonical import from_canonical
from leakguard.ledger.entries import Entry
from leakguard.playbooks.definitions import from_snapshot
from leakguard.playbooks.engine import MIGRATED, STARTED, STEP_CLAIMED, STEP_DONE
from leakguard.playbooks.erased_answers import offered_answers
from leakguard.playbooks.shapes import Playbook
from leakguard.ports import Journal


def offered_in(journal: Journal, entry: Entry) -> frozenset[str]:
    """The questions in this entry, if it is one of a step, whose answer a playbook of its incident offers."""
    if entry.kind not in {STEP_DONE, STEP_CLAIMED}:
        return frozenset()
    return offered_answers(from_canonical(entry.content or "{}"), _playbooks(journal, entry.subject))


def _playbooks(journal: Journal, incident: str) -> Iterator[Playbook]:
    for record in journal.of_kinds((STARTED, MIGRATED), incident):
        try:
            yield from_snapshot(record.content.get("playbook"), name=f"E-{record.sequence}")
        except BadFile:  # an unreadable playbook must not stop an erasure: it offers nothing
            continue
