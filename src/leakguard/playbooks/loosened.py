"""What a move to another playbook leaves out, or no longer asks: what only somebody who may waive steps decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from leakguard.playbooks.shapes import Step
from leakguard.playbooks.states import SETTLED, StepState

if TYPE_CHECKING:
    from leakguard.playbooks.engine import StepProgress


def loosened(before: Mapping[str, StepProgress], after: Mapping[str, StepProgress]) -> tuple[str, ...]:
    """A sentence for each step that is not settled and would be left out, or would ask for less; empty if none is."""
    lines = []
    for name, one in before.items():
        if one.state in SETTLED:
            continue
        if name not in after or after[name].state is StepState.SKIPPED:
            lines.append(f"`{name}` would be left out")
        elif less := list(_less(one.step, after[name].step)):
            lines.append(f"`{name}` would ask for less: {', '.join(less)}")
    return tuple(lines)


def _less(old: Step, new: Step) -> Iterator[str]:
    """The fields of a step by which the new one can be finished with less, or skipped; named as the file names them."""
    required = {name for name, question in old.form.items() if question.required}
    fewer = {
        "second_person": old.second_person is not None and new.second_person is None,
        "evidence": not set(old.evidence) <= set(new.evidence),
        "form": not required <= {name for name, question in new.form.items() if question.required},
        "kind": old.kind == "automated" and new.kind != old.kind,
        "action": old.action is not None and new.action != old.action,
        "emits": old.emits is not None and new.emits != old.emits,
        "emits_when": old.emits is not None and bool(new.emits_when) and new.emits_when != old.emits_when,
        "when": bool(new.when) and new.when != old.when,
        "repeat": old.repeat is not None and (new.repeat is None or new.repeat.until != old.repeat.until),
        "undone_by": not set(old.undone_by) <= set(new.undone_by),
    }
    return (field for field, is_less in fewer.items() if is_less)
