"""Static checks of forms, and of everything that asks for an answer: conditions, held-back events, rounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from leakguard.files.names import nearest_name
from leakguard.files.yaml_text import Path
from leakguard.playbooks.paths_check import Found, ancestors, found
from leakguard.playbooks.sketch import Sketch, SketchStep

_TRUTHS = {"yes_no": bool, "number": int, "text": str, "time": str, "list": str}


def answer_problems(sketch: Sketch, step: SketchStep) -> Iterator[Found]:
    """Questions that cannot be asked, and answers that nobody can give."""
    yield from _form(step)
    place: Path = ("steps", step.id)
    yield from _own(step, step.emits_when, (*place, "emits_when"))
    until = step.repeat.get("until")
    yield from _own(step, until if isinstance(until, dict) else {}, (*place, "repeat", "until"))
    for condition in step.when:
        yield from _condition(sketch, step, condition)


def _form(step: SketchStep) -> Iterator[Found]:
    for name, field in step.form.items():
        if not isinstance(field, dict):
            continue
        place = ("steps", step.id, "form", name)
        if (field.get("type") == "choice") != bool(field.get("options")):
            yield found(place, "`options` belong to a choice, and a choice needs them")
        least, most = field.get("at_least"), field.get("at_most")
        if field.get("type") != "number" and (least is not None or most is not None):
            yield found(place, "`at_least` and `at_most` belong to a number")
        elif isinstance(least, int) and isinstance(most, int) and least > most:
            yield found(place, "no number is between `at_least` and `at_most`")


def _own(step: SketchStep, answer: Mapping[str, Any], place: Path) -> Iterator[Found]:
    field = answer.get("field")
    if not isinstance(field, str):
        return
    if field not in step.form:
        near = nearest_name(field, list(step.form))
        yield found(place, f"the form of this step has no `{field}`", nearest=near)
    else:
        yield from _value(step.form[field], answer, place)


def _condition(sketch: Sketch, step: SketchStep, condition: Mapping[str, Any]) -> Iterator[Found]:
    asked, field = condition.get("step"), condition.get("field")
    place = ("steps", step.id, "when")
    if not isinstance(asked, str):
        return
    if asked not in ancestors(sketch, step.id):
        near = nearest_name(asked, sorted(ancestors(sketch, step.id)))
        yield found(place, f"`{asked}` does not come before this step", nearest=near)
    elif isinstance(field, str):
        form = sketch.steps[asked].form
        if field not in form:
            yield found(place, f"the form of `{asked}` has no `{field}`", nearest=nearest_name(field, list(form)))
        else:
            yield from _value(form[field], condition, place)


def _value(question: object, answer: Mapping[str, Any], place: Path) -> Iterator[Found]:
    """An answer that the question does not allow would never be given."""
    if not isinstance(question, dict):
        return
    kind, options = str(question.get("type")), question.get("options")
    if answer.get("at_least") is not None and kind != "number":
        yield found(place, "`at_least` asks for a number")
    several = answer.get("one_of")
    named = [answer.get("is"), answer.get("is_not"), *(several if isinstance(several, list) else [])]
    for value in named:
        if value is None:
            continue
        if kind == "choice":
            if isinstance(options, list) and value not in options:
                near = nearest_name(str(value), [str(option) for option in options])
                yield found(place, f"`{str(value)[:60]}` is no option of the question", nearest=near)
        elif kind in _TRUTHS and type(value) is not _TRUTHS[kind]:
            yield found(place, f"`{str(value)[:60]}` cannot be the answer to a question of the type {kind}")
