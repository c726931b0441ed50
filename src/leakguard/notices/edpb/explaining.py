"""Each field of the template in words: what it asks, when, what may be answered, and how our facts stand to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from leakguard.errors import NotFound, Problem
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen
from leakguard.notices.edpb.codes import short_words
from leakguard.notices.edpb.conditions import Condition
from leakguard.notices.edpb.mapping import MappedAnswers
from leakguard.notices.edpb.payload import KIND_WORDS
from leakguard.notices.edpb.template import Template, TemplateField

FieldState = Literal["answered", "open", "lacking", "wrong", "not_asked", "left_out", "not_known"]
"""`not_asked` by the other answers; `left_out` may be; `not_known` where no facts were given."""
_NUMBER = re.compile(r"(?:field_)?(\d{1,3})", re.ASCII)
_SOURCES = {
    "reference": "`incident`", "registered": "`organisation.registration`",
    "registration": "`organisation.registration`", "sector": "`organisation.sector`",
    "awareness": "the event `awareness`", "told_on": "the event `notice_received` or `processor_awareness`",
    "nature": "`exposure`, `access`, `exfiltration`, `acquisition`, `integrity_loss`, `availability_loss`",
}  # fmt: skip
"""Where the answers come from that rest on no single fact."""


class FieldView(Frozen):
    """One field, and how it stands."""

    field: TemplateField
    demanded: str
    """When it has to be answered, in words."""
    state: FieldState
    answer: Any = None
    answer_words: str = ""
    answered_by: str = ""
    """What gives the answer, or would."""
    problem: str = ""

    @property
    def kind_words(self) -> str:
        """What an answer looks like."""
        return KIND_WORDS[self.field.kind]


def chosen_fields(template: Template, asked: str) -> tuple[TemplateField, ...]:
    """All fields, or the one that was asked for by its number or name; raises `NotFound`."""
    if not asked:
        return template.fields
    found = _NUMBER.fullmatch(asked)
    field = template.by_key.get(f"field_{int(found[1])}") if found is not None else None
    if field is None:
        near = nearest_name(asked[:60], list(template.by_key))
        hint = f"Did you mean {near}? " if near else ""
        raise NotFound(
            f"the template has no field `{asked[:60]}`",
            next_step=f"{hint}List them: leakguard notice export --edpb --explain",
        )
    return (field,)


def is_field(text: str) -> bool:
    """Whether a word is the number or the name of a field, and no file."""
    return _NUMBER.fullmatch(text) is not None


def views(
    fields: Sequence[TemplateField], template: Template, answered: MappedAnswers | None, problems: Sequence[Problem],
    asked: Mapping[str, bool | None],
) -> Iterator[FieldView]:  # fmt: skip
    """The fields with our answers; `asked` says of each whether it is asked by the answers before it."""
    named = {problem.where: problem.text for problem in problems}
    for field in fields:
        answer = answered.answers.get(field.key) if answered is not None else None
        yield FieldView(
            field=field,
            demanded=demanded_words(field, template),
            state=_state(field, answered, named, asked),
            answer=answer,
            answer_words="" if answer is None else answer_words(field, answer),
            answered_by=_answered_by(field, answered),
            problem=named.get(field.key, ""),
        )


def _state(
    field: TemplateField, answered: MappedAnswers | None, problems: Mapping[str, str], asked: Mapping[str, bool | None]
) -> FieldState:
    if answered is None:
        return "not_known"
    if field.key in problems:
        return "wrong" if field.key in answered.answers else "lacking"
    if field.key in answered.answers:
        return "open" if answered.sources.get(field.key) == "open" else "answered"
    return "left_out" if asked.get(field.key) else "not_asked"


def _answered_by(field: TemplateField, answered: MappedAnswers | None) -> str:
    source = answered.sources.get(field.key) if answered is not None else None
    if source == "own":
        return f"`edpb.{field.key}`"
    if field.number in _OPTIONS:
        return _OPTIONS[field.number]
    how = field.derived
    if how is None:
        return f"`edpb.{field.key}`"
    return f"`{how.fact}`" if how.fact else _SOURCES[how.how]


_OPTIONS = {3: "the option --type", 4: "the option --status"}


def answer_words(field: TemplateField, answer: Any) -> str:  # noqa: ANN401  (JSON holds anything)
    """An answer as a person reads it: `m (Misconfiguration)`."""
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if isinstance(answer, dict):
        return ", ".join(f"{key} {value}" for key, value in answer.items())
    if isinstance(answer, list):
        return "; ".join(answer_words(field, part) for part in answer)
    words = field.codes.get(answer) if isinstance(answer, str) else None
    return str(answer) if words is None else f"{answer} ({words})"


def demanded_words(field: TemplateField, template: Template) -> str:
    """When the field has to be answered."""
    where = f" where {condition_words(field.shown_if, template)}" if field.shown_if is not None else ""
    if not field.is_enforced:
        return f"never; may be answered{where}" if field.need == "optional" else f"if it applies{where}"
    if field.first:
        return f"in every notice{where}"
    way = "may stay without an answer" if field.may_wait else "may say that it is open"
    return f"in every notice{where}; an incomplete one {way}"


def condition_words(condition: Condition, template: Template) -> str:
    """`field 55 is a (Confidentiality breach)`."""
    if condition.late is not None:
        return "it comes more than 72 hours after awareness"
    if condition.in_eea is not None:
        return f"the controller is {'established' if condition.in_eea else 'not established'} in the EEA"
    if condition.field is not None:
        return _answer_condition(condition, template.by_key[f"field_{condition.field}"])
    joint = " and " if condition.all_ is not None else " or "
    return joint.join(condition_words(part, template) for part in condition.all_ or condition.any_ or ())


def _answer_condition(condition: Condition, field: TemplateField) -> str:
    is_among = condition.not_in is None
    named = [_code_words(field, code) for code in condition.in_ or condition.not_in or ()]
    return f"field {field.number} is {'' if is_among else 'answered, and not '}{' or '.join(named)}"


def _code_words(field: TemplateField, code: bool | str) -> str:  # noqa: FBT001  (the code is the data)
    if isinstance(code, bool):
        return "yes" if code else "no"
    return f"{code} ({short_words(field.codes[code])})"


def to_json_object(view: FieldView) -> dict[str, Any]:
    """The field as plain JSON values."""
    field = view.field
    return {
        "number": field.number,
        "field": field.key,
        "section": field.section,
        "question": field.title,
        "demanded": view.demanded,
        "kind": field.kind,
        "codes": [
            {"code": code, "words": words, "only_incomplete": code in field.only_incomplete}
            for code, words in field.codes.items()
        ],
        "gdpr": field.gdpr,
        "state": view.state,
        "answer": view.answer,
        "answer_words": view.answer_words,
        "answered_by": view.answered_by,
        "problem": view.problem,
    }
