"""Which records of steps count no more, as somebody took back what was said of the step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from leakguard.models.records import KeptRecord
from leakguard.playbooks.engine import STEP_CLAIMED, STEP_DONE, STEP_TAKEN_BACK, STEP_WAIVED

_SETTLING = frozenset({STEP_DONE, STEP_WAIVED})


def taken_back(records: Iterable[KeptRecord]) -> frozenset[int]:
    """The sequences of those records of one incident, which come in their order.

    Taking back undoes what was said of the step last: a claim that awaited its second person, or else the record that
    settled the step. What an earlier round said of it, or an earlier response, goes on to count.
    """
    said: defaultdict[str, list[int]] = defaultdict(list)
    claimed: dict[str, int] = {}
    gone = set[int]()
    for record in records:
        step = str(record.content.get("step"))
        if record.kind in _SETTLING:
            claimed.pop(step, None)
            said[step].append(record.sequence)
        elif record.kind == STEP_CLAIMED:
            claimed[step] = record.sequence
        elif record.kind == STEP_TAKEN_BACK and step in claimed:
            gone.add(claimed.pop(step))
        elif record.kind == STEP_TAKEN_BACK and said[step]:
            gone.add(said[step].pop())
    return frozenset(gone)
