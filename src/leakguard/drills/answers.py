"""What is written into the forms of a drill: the scenario's answers, and plain stand-ins for what it leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from leakguard.ledger.custody import NewEvidence
from leakguard.models.moments import to_z
from leakguard.playbooks.answers import FormField
from leakguard.playbooks.shapes import Step

STAND_IN = "drill: not scripted"


def form_answers(step: Step, given: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """An answer to every question that must be answered, and to those that the scenario answers."""
    answers: dict[str, Any] = {}
    for name, field in step.form.items():
        if name in given:
            answers[name] = list(given[name]) if isinstance(given[name], tuple) else given[name]
        elif field.required:
            answers[name] = _stand_in(field, now)
    return answers


def _stand_in(field: FormField, now: datetime) -> Any:  # noqa: ANN401  (an answer of any type)
    values: dict[str, Any] = {"number": field.at_least or 0, "yes_no": True, "time": to_z(now), "list": [STAND_IN]}
    if field.type == "choice":
        return field.options[0]
    return values.get(field.type, STAND_IN)


def stand_ins(name: str, step: Step, *, by: str) -> tuple[NewEvidence, ...]:
    """An item for each piece of evidence that the step `name` asks for; no file lies behind it, and it says so."""
    text = b"drill: nothing was kept"
    return tuple(
        NewEvidence(
            name=f"drill: {evidence}", sha256=sha256(text).hexdigest(), size=len(text), by=by,
            source=f"step {name}, {evidence}",
            note=text.decode(),
        )
        for evidence in step.evidence
    )  # fmt: skip
