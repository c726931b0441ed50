"""What must hold for a step, and for another round of a loop, as CACAO compares it.

CACAO asks a `while-condition` before its body, and the body has the step that gives the answer. So what asks for
another round must also hold while the answer has no value: unequal to everything, and in no set.
"""

from __future__ import annotations

from collections.abc import Iterable

from leakguard.playbooks.answers import Answer, Condition, FormField
from leakguard.playbooks.cacao.names import variable
from leakguard.playbooks.words import Value


def condition_text(conditions: Iterable[Condition]) -> str:
    """All of it must hold."""
    return " AND ".join(_comparison(condition.step, condition, ("=", "IN", ">=")) for condition in conditions)


def unmet_text(step: str, until: Answer, question: FormField) -> str | None:
    """Another round while this holds, also before there is an answer; `None` where no comparison says that."""
    if until.is_not is None:
        return _comparison(step, until, ("!=", "NOT IN", "NOT >="))
    others = _others(until.is_not, question)
    return _unequal(f"{variable(step, until.field)}:value", others) if others else None


def first_unmet_text(step: str, until: Answer) -> str:
    """As version 1.0.0 of the extension had it: what asks for an answer other than one never began."""
    return _comparison(step, until, ("!=", "NOT IN", "<"))


def _others(value: Value, question: FormField) -> tuple[Value, ...]:
    """Every answer but this one; none where there may be any."""
    if question.type == "yes_no":
        return (not value,)
    return tuple(option for option in question.options if option != value)


def _comparison(step: str, answer: Answer, signs: tuple[str, str, str]) -> str:
    equal, within, least = signs
    name = f"{variable(step, answer.field)}:value"
    if answer.at_least is not None:
        return f"{name} {least} {answer.at_least}"
    if answer.is_not is not None:
        return f"{name} {'!=' if equal == '=' else '='} {_literal(answer.is_not)}"
    if answer.equals is not None:
        return f"{name} {equal} {_literal(answer.equals)}"
    return f"{name} {within} {_set(answer.one_of)}"


def _unequal(name: str, values: tuple[Value, ...]) -> str:
    return f"{name} != {_literal(values[0])}" if len(values) == 1 else f"{name} NOT IN {_set(values)}"


def _set(values: Iterable[Value]) -> str:
    return f"({', '.join(_literal(value) for value in values)})"


def _literal(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
