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
from leakguard.checks.expression_functions import step_of
from leakguard.checks.expression_meter import TooMuch, begin

MOST_CHARACTERS = 2_000
"""Of one expression; the longest that ships has 700."""
MOST_DOUBLINGS = 8
"""Parts of one expression that may double what they are given: thirty times `[@, @]` make a thousand million values."""
_DOUBLING = frozenset({"multi_select_list", "multi_select_dict"})
_DOUBLING_CALLS = frozenset({"join", "merge", "to_string"})
"""`to_string` escapes what it wrote before."""
_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
"""A path of plain names means what it says, without a parser."""


def refused_expression(text: str) -> str | None:
    """Why a text is no expression, or `None` when it is one that a check needs."""
    if len(text) > MOST_CHARACTERS:
        return f"longer than {MOST_CHARACTERS:,} characters; split it into several questions"
    try:
        doublings = _doublings(jmespath.compile(text).parsed)
    except (JMESPathError, RecursionError, ValueError) as error:
        return f"not a JMESPath expression ({type(error).__name__})"
    if doublings > MOST_DOUBLINGS:
        return (
            f"may double what it looks at more than {MOST_DOUBLINGS} times: each `[a, b]`, `{{a: b, c: d}}`, `join`, "
            "`merge` and `to_string` does"
        )
    return None


def _doublings(node: Mapping[str, Any]) -> int:
    children = [child for child in node["children"] if isinstance(child, dict)]
    is_several = node["type"] in _DOUBLING and len(children) > 1
    is_call = node["type"] == "function_expression" and node["value"] in _DOUBLING_CALLS
    return int(is_several or is_call) + sum(map(_doublings, children))


@cache
def program(expression: str) -> Step:
    """The expression as a function of a value; it may raise what `evaluate` catches."""
    if _PATH.fullmatch(expression):
        return walk(expression.split("."))
    return step_of(jmespath.compile(expression).parsed)


def evaluate(expression: str, value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
    """The expression's value, or `None` where the host's answer does not fit it.

    Raises `TooMuch` alone: where it would make more of the answer than `expression_meter` lets it.
    """
    if value is None:
        return None
    begin()
    try:
        return program(expression)(value)
    except (JMESPathError, ValueError, TypeError, LookupError, ArithmeticError, RecursionError):
        return None
    except MemoryError as error:
        raise TooMuch from error
