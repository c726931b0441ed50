"""Forms and what is asked of their answers: questions, conditions, and loops that end by an answer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from leakguard.clocks.rules import ExactText
from leakguard.files.light_shapes import BeforeValidator, Field, LightShape, model_validator
from leakguard.playbooks.words import MAX_ATTEMPTS, Line, Name, Value

MAX_CONDITIONS = 10


class FormField(LightShape):
    """One question whose answer is kept with the step."""

    type: Literal["text", "number", "yes_no", "time", "choice", "list"]
    label: Line
    required: bool = True
    options: tuple[Line, ...] = ()
    """For `choice` alone."""
    at_least: Annotated[int, Field(strict=True, ge=0)] | None = None
    at_most: Annotated[int, Field(strict=True, ge=0)] | None = None
    """For `number` alone."""


class Answer(LightShape):
    """What an answer of a form must be: exactly one of `is`, `is_not`, `one_of` and `at_least`."""

    field: Name
    equals: Value | None = Field(default=None, alias="is")
    is_not: Value | None = None
    one_of: tuple[Value, ...] = ()
    at_least: Annotated[int, Field(strict=True, ge=0)] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Answer:
        given = [self.equals is not None, self.is_not is not None, bool(self.one_of), self.at_least is not None]
        if given.count(True) != 1:
            raise ValueError("give exactly one of is, is_not, one_of, at_least")
        return self

    @property
    def values(self) -> tuple[Value, ...]:
        """The answers that it names."""
        named = (self.equals, self.is_not, *self.one_of)
        return tuple(value for value in named if value is not None)

    @property
    def words(self) -> str:
        """`is high`, `is not wait`, `is ours_open or ours_closed`, `is at least 500`."""
        if self.at_least is not None:
            return f"is at least {self.at_least}"
        values = (("yes" if value else "no") if isinstance(value, bool) else str(value) for value in self.values)
        return f"is {'not ' if self.is_not is not None else ''}{' or '.join(values)}"

    def holds(self, answer: object) -> bool:
        """Whether the answer is as it must be, or one line of a list; no answer never is."""
        if answer is None:
            return False
        items = answer if isinstance(answer, list) else [answer]
        if self.at_least is not None:
            return any(isinstance(item, int) and item >= self.at_least for item in items)
        if self.is_not is not None:
            return all(item != self.is_not for item in items)
        return any(item in self.values for item in items)


class Condition(Answer):
    """An answer that an earlier step's form must have."""

    step: Name


class EmitsWhen(Answer):
    """An answer of the step's own form without which its event is not recorded."""


class Repeat(LightShape):
    """A loop with a bound: the way is walked again until an answer of the step's own form is as it must be."""

    until: Answer
    at_most: Annotated[int, Field(strict=True, ge=1, le=MAX_ATTEMPTS)]
    """How many rounds; after the last one a person has to decide how to go on."""
    from_: Name | None = Field(default=None, alias="from")
    """The step before it that each round begins with; `None` is the step itself."""
    every: ExactText | None = None
    """How long to wait between rounds: the next one is due that long after the last."""


def _as_conditions(value: Any) -> Any:  # noqa: ANN401  (a file holds anything)
    """One condition may stand where several are meant."""
    return [value] if isinstance(value, dict) else value


Conditions = Annotated[tuple[Condition, ...], BeforeValidator(_as_conditions), Field(max_length=MAX_CONDITIONS)]
