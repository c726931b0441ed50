"""Answers to every question of a playbook, for walks from its start to its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from leakguard.playbooks.answers import FormField
from leakguard.playbooks.shapes import Step

Pick = Callable[[str, FormField], object]


def first_options(is_told: bool) -> Pick:  # noqa: FBT001  (a single switch)
    """The first option of every choice, three of everything; `is_told` answers what asks for yes or no."""
    return lambda _, field: _answer(field, field.options[:1], is_told=is_told)


def last_options(_: str, field: FormField) -> object:
    """The last option of every choice, and yes."""
    return _answer(field, field.options[-1:], is_told=True)


def nth_options(number: int) -> Pick:
    """The option of this number of every choice, or its last, and yes."""
    return lambda _, field: _answer(field, field.options[number : number + 1] or field.options[-1:], is_told=True)


def _answer(field: FormField, options: Sequence[str], *, is_told: bool) -> object:
    simple = {"text": "x", "number": 3, "time": "2026-05-24T01:00:00Z", "list": ["x"], "yes_no": is_told}
    return options[0] if field.type == "choice" else simple[field.type]


def answers(step: Step, pick: Pick, *, is_final: bool = True) -> dict[str, object]:
    """Answers to every question of a step; what a loop waits for is answered as it asks, or else just not so."""
    found = {name: pick(name, field) for name, field in step.form.items()}
    if step.repeat is not None:
        until = step.repeat.until
        possible = [True, False, *step.form[until.field].options]
        found[until.field] = next(
            value for value in (found[until.field], *possible)
            if until.holds(value) is is_final and isinstance(value, bool) == (step.form[until.field].type == "yes_no")
        )  # fmt: skip
    return found
