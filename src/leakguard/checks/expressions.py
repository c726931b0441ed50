"""JMESPath expressions: compiled once into Python functions, evaluated on whatever a host sends.

The library's own interpreter visits a tree for every value; a sum over fifty thousand indices takes it a second.
A test holds both against one another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from leakguard.checks.expression_calls import Step, walk
from leakguard.checks.expression_functions import UnknownStep, step_of

MOST_CHARACTERS = 2_000
"""Of one expression; the longest that ships has 700."""
MOST_FLATTENED = 8
"""Lists of lists that one expression may lay flat: thirty times `[@,@][]` in a row make a thousand million values."""
_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
"""A path of plain names means what it says, without a parser."""


def refused_expression(text: str) -> str | None:
    """Why a text is no expression, or `None` when it is one that a check needs."""
    if len(text) > MOST_CHARACTERS:
        return f"longer than {MOST_CHARACTERS:,} characters; split it into several questions"
    try:
        flattened = _flattened(jmespath.compile(text).parsed)
    except (JMESPathError, RecursionError, ValueError) as error:
        return f"not a JMESPath expression ({type(error).__name__})"
    if flattened > MOST_FLATTENED:
        return f"flattens lists (`[]`) more than {MOST_FLATTENED} times; each of them may double the number of values"
    return None


def _flattened(node: Mapping[str, Any]) -> int:
    children = (child for child in node["children"] if isinstance(child, dict))
    return int(node["type"] == "flatten") + sum(map(_flattened, children))


@cache
def program(expression: str) -> Step:
    """The expression as a function of a value; it may raise what `evaluate` catches."""
    if _PATH.fullmatch(expression):
        return walk(expression.split("."))
    compiled = jmespath.compile(expression)
    try:
        return step_of(compiled.parsed)
    except UnknownStep:
        search: Step = compiled.search
        return search


def evaluate(expression: str, value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
    """The expression's value, or `None` where the host's answer does not fit it. Never raises."""
    if value is None:
        return None
    try:
        return program(expression)(value)
    except (JMESPathError, ValueError, TypeError, LookupError, ArithmeticError, RecursionError):
        return None
