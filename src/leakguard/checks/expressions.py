"""JMESPath expressions: compiled once when a file is read, evaluated on whatever a host sends."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import AfterValidator


def _compiles(text: str) -> str:
    try:
        jmespath.compile(text)
    except JMESPathError as error:
        raise ValueError(f"not a JMESPath expression ({type(error).__name__})") from error
    return text


Expression = Annotated[str, AfterValidator(_compiles)]
"""A JMESPath expression that compiles."""


@cache
def _compiled(expression: str) -> Any:  # noqa: ANN401  (the library has no types)
    return jmespath.compile(expression)


def evaluate(expression: str, value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
    """The expression's value, or `None` where the host's answer does not fit it. Never raises."""
    if value is None:
        return None
    try:
        return _compiled(expression).search(value)
    except (JMESPathError, ValueError, TypeError, LookupError, ArithmeticError, RecursionError):
        return None
