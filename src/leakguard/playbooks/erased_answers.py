"""Answers whose words were erased: which of them stay, and what a step that asks for one makes of it.

An answer that a playbook offers says no more than the playbook, whose entry cannot be erased: it stays. Of every other
answer nobody can tell any more what it was. A step that asks for it counts as asked for: one too many, never one too
few.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from leakguard.ledger.erasure import ERASED, is_erased
from leakguard.playbooks.answers import Answer
from leakguard.playbooks.shapes import Playbook


def is_met(asked: Answer, content: Mapping[str, Any]) -> bool:
    """Whether the form in this record answers as asked for, or was erased."""
    answer = (content.get("form") or {}).get(asked.field)
    return asked.holds(answer) or _is_unknown(answer, content)


def _is_unknown(answer: object, content: Mapping[str, Any]) -> bool:
    """Erased texts say so; an erased number is a 0, so a 0 says nothing in a record of which anything was erased."""
    if isinstance(answer, list):
        return ERASED in answer
    return answer == ERASED or (type(answer) is int and answer == 0 and is_erased(content))


def offered_answers(content: object, playbooks: Iterable[Playbook]) -> frozenset[str]:
    """The questions of the form in this record whose answer is an option of one of these playbooks."""
    form = content.get("form") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(form, dict):
        return frozenset()
    name = str(content.get("step"))
    steps = [playbook.steps[name] for playbook in playbooks if name in playbook.steps]
    return frozenset(
        field
        for field, answer in form.items()
        if any(field in step.form and answer in step.form[field].options for step in steps)
    )
