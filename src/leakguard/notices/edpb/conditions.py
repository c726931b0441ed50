"""When a field of the template is asked: a small tree over the answers to earlier fields, as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field, model_validator

from leakguard.files.shapes import Shape
from leakguard.frozen import Frozen

Answers = Mapping[str, Any]
"""Answers by `field_<number>`: a code, a list of codes or texts, a text, a count, a flag."""


class Circumstances(Frozen):
    """What the answers themselves do not tell; `None` where nobody can say, as for a notice read back from a file."""

    is_late: bool | None = None
    """More than 72 hours after awareness, Art. 33(1) GDPR."""
    in_eea: bool | None = None
    """The controller is established in the EEA."""


class Condition(Shape):
    """One node: `all`, `any`, an answer that is (not) among some, lateness, or where the controller is."""

    all_: tuple[Condition, ...] | None = Field(default=None, alias="all")
    any_: tuple[Condition, ...] | None = Field(default=None, alias="any")
    field: int | None = None
    in_: tuple[bool | str, ...] | None = Field(default=None, alias="in")
    not_in: tuple[bool | str, ...] | None = None
    late: bool | None = None
    in_eea: bool | None = None

    @model_validator(mode="after")
    def _one_question(self) -> Condition:
        heads = [self.all_, self.any_, self.field, self.late, self.in_eea]
        if sum(head is not None for head in heads) != 1:
            raise ValueError("needs exactly one of all, any, field, late, in_eea")
        if (self.field is not None) != ((self.in_ is None) != (self.not_in is None)):
            raise ValueError("`field` needs exactly one of in, not_in; nothing else has them")
        return self

    def holds(self, answers: Answers, around: Circumstances) -> bool | None:
        """Whether the field is asked; `None` when the circumstances do not tell."""
        if self.late is not None:
            return around.is_late if around.is_late is None else around.is_late is self.late
        if self.in_eea is not None:
            return around.in_eea if around.in_eea is None else around.in_eea is self.in_eea
        if self.field is not None:
            return self._holds_of(answers.get(f"field_{self.field}"))
        parts = [part.holds(answers, around) for part in self.all_ or self.any_ or ()]
        decisive = self.all_ is None
        return decisive if decisive in parts else None if None in parts else not decisive

    def fields(self) -> Iterator[int]:
        """The numbers of all fields that are asked about."""
        if self.field is not None:
            yield self.field
        for part in self.all_ or self.any_ or ():
            yield from part.fields()

    def _holds_of(self, answer: object) -> bool:
        """An unanswered field decides nothing in favour of what hangs on it."""
        given = answer if isinstance(answer, list) else [] if answer is None else [answer]
        if self.not_in is not None:
            return bool(given) and not any(item in self.not_in for item in given)
        return any(item in (self.in_ or ()) for item in given)
