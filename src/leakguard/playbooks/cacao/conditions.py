"""Conditions on answers, written as comparisons of CACAO variables (STIX patterning)."""

from __future__ import annotations

from collections.abc import Iterable

from leakguard.playbooks.answers import Answer, Condition
from leakguard.playbooks.cacao.names import variable
from leakguard.playbooks.words import Value


def condition_text(conditions: Iterable[Condition]) -> str:
    """All of it must hold."""
    return " AND ".join(_comparison(one.step, one, ("=", "IN", ">=")) for one in conditions)


def unmet_text(step: str, until: Answer) -> str:
    """Another round while this holds; a variable without a value is unequal to everything."""
    return _comparison(step, until, ("!=", "NOT IN", "<"))


def _comparison(step: str, answer: Answer, signs: tuple[str, str, str]) -> str:
    equal, within, least = signs
    name = f"{variable(step, answer.field)}:value"
    if answer.at_least is not None:
        return f"{name} {least} {answer.at_least}"
    if answer.is_not is not None:
        return f"{name} {'!=' if equal == '=' else '='} {_literal(answer.is_not)}"
    if answer.equals is not None:
        return f"{name} {equal} {_literal(answer.equals)}"
    return f"{name} {within} ({', '.join(_literal(value) for value in answer.one_of)})"


def _literal(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
