"""Forms: the questions that a step asks, and a person's answers read strictly.

Two numbers whose names end with `_low` and `_high` are the ends of one estimate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from leakguard.clocks.times import parse_interval
from leakguard.errors import BadFile, Problem, UsageProblem
from leakguard.files.names import nearest_name
from leakguard.files.yaml_text import read_yaml
from leakguard.models.moments import to_z
from leakguard.playbooks.answers import FormField

MOST_CHARACTERS = 2000
"""A longer answer is a document: keep it elsewhere and name it here."""
MOST_ITEMS = 200
MOST_NUMBER = 10**18
_WORDS = {"yes": True, "no": False, "true": True, "false": False}


def parse_answers(text: str, form: Mapping[str, FormField], *, name: str, zone: str) -> dict[str, Any]:
    """Read the answers to `form` from YAML; raises `BadFile` with every problem.

    Times come back as RFC 3339 in UTC, a whole day as `first/last`; `zone` is the zone of local times without one.
    """
    read = read_yaml(text, name=name)
    if not isinstance(read.value, dict):
        raise BadFile.whole(name, "the form must be a mapping of answers", line=1)
    answers: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, value in read.value.items():
        try:
            if key not in form:
                raise UsageProblem("this form has no such question")  # noqa: TRY301  (collected with the others)
            if value is not None:
                answers[key] = _answer(value, form[key], zone)
        except UsageProblem as error:
            near = None if key in form else nearest_name(key, list(form))
            problems.append(Problem(where=key, text=error.message, line=read.line_of((key,)), nearest=near))
    missing = unanswered(form, {**read.value, **answers})
    problems += [Problem(where=key, text=f"this answer is missing: {form[key].label}") for key in missing]
    problems += [
        Problem(where=low, text=f"is above `{high}`", line=read.line_of((low,))) for low, high in _crossed(answers)
    ]
    if problems:
        raise BadFile(name, tuple(problems))
    return answers


def _crossed(answers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The estimates whose low end lies above the high one."""
    for low in (key for key, value in answers.items() if key.endswith("_low") and isinstance(value, int)):
        high = f"{low.removesuffix('_low')}_high"
        most = answers.get(high)
        if isinstance(most, int) and answers[low] > most:
            yield low, high


def unanswered(form: Mapping[str, FormField], answers: Mapping[str, Any]) -> tuple[str, ...]:
    """The required questions without an answer."""
    return tuple(key for key, field in form.items() if field.required and answers.get(key) is None)


def form_template(form: Mapping[str, FormField]) -> str:
    """YAML to fill in: each question with what may be answered; a text that nobody filled in is refused."""
    lines: list[str] = []
    for key, field in form.items():
        required = "" if field.required else ", may be left out"
        lines += [f"# {field.label} ({_kind(field)}{required})", f"{key}:", ""]
    return "\n".join(lines)


def form_schema(form: Mapping[str, FormField]) -> dict[str, Any]:
    """The same as a JSON Schema (draft 2020-12), for a tool that asks the questions."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "properties": {key: {"title": field.label, **_schema(field)} for key, field in form.items()},
        "required": [key for key, field in form.items() if field.required],
    }


def _kind(field: FormField) -> str:
    bounds = f" from {field.at_least or 0}" + ("" if field.at_most is None else f" to {field.at_most}")
    return {
        "choice": " | ".join(field.options),
        "number": f"a number{bounds}",
        "yes_no": "yes | no",
        "time": "a time, such as 2026-05-24T08:40",
        "list": "a list",
    }.get(field.type, "text")


def _schema(field: FormField) -> dict[str, Any]:
    text = {"type": "string", "minLength": 1, "maxLength": MOST_CHARACTERS}
    if field.type == "choice":
        return {"enum": list(field.options)}
    if field.type == "number":
        most = MOST_NUMBER if field.at_most is None else field.at_most
        return {"type": "integer", "minimum": field.at_least or 0, "maximum": most}
    if field.type == "yes_no":
        return {"enum": ["yes", "no", True, False]}
    if field.type == "list":
        return {"type": "array", "items": text, "maxItems": MOST_ITEMS}
    return text


def _answer(value: object, field: FormField, zone: str) -> object:
    if field.type == "time":
        found = parse_interval(value, zone=zone)
        first, last = to_z(found.earliest), to_z(found.latest)
        return first if found.is_exact else f"{first}/{last}"
    if field.type == "choice":
        if value not in field.options:
            raise UsageProblem(f"must be one of: {', '.join(field.options)}")
        return value
    if field.type == "number":
        return _number(value, field)
    return _READERS[field.type](value)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise UsageProblem("must be text")
    if len(value) > MOST_CHARACTERS:
        raise UsageProblem(f"may have {MOST_CHARACTERS:,} characters: keep the document elsewhere and name it here")
    if any(not letter.isprintable() and letter not in "\n\t" for letter in value):
        raise UsageProblem("must not hold control characters")
    return value.strip()


def _number(value: object, field: FormField) -> int:
    least = field.at_least or 0
    most = MOST_NUMBER if field.at_most is None else field.at_most
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        up_to = "" if field.at_most is None else f" to {most}"
        raise UsageProblem(f"must be a whole number from {least}{up_to}")
    return value


def _yes_no(value: object) -> bool:
    word = _WORDS.get(str(value).lower()) if isinstance(value, str | bool) else None
    if word is None:
        raise UsageProblem("must be yes or no")
    return word


def _list(value: object) -> list[str]:
    items = value if isinstance(value, list) else [value]
    if len(items) > MOST_ITEMS:
        raise UsageProblem(f"may have {MOST_ITEMS} lines")
    return [_text(item) for item in items]


_READERS: Mapping[str, Callable[[object], object]] = {
    "text": _text,
    "yes_no": _yes_no,
    "list": _list,
}
