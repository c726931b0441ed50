"""Travel: how frozen values with slots go from one process to another, as the tuple of their fields.

As they come, they are asked anew each time what their fields are, which takes half of the time of a report.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar

T = TypeVar("T")
_PUT: dict[type, tuple[Callable[[object, object], None], ...]] = {}
"""What fills the slots of a kind, past the lock that makes a value frozen once it is made."""


def travelling(kind: type[T]) -> type[T]:
    """A decorator above `dataclass`, for values with slots and at least two fields, all of them given when made."""
    names = tuple(field.name for field in fields(kind))  # type: ignore[arg-type]  # (a dataclass)
    values = attrgetter(*names)
    _PUT[kind] = tuple(vars(kind)[name].__set__ for name in names)

    def packed(value: T) -> tuple[Any, ...]:
        return unpacked, (kind, values(value))

    kind.__reduce__ = packed  # type: ignore[method-assign,assignment]  # (its result is what `pickle` asks for)
    return kind


def unpacked(kind: type[T], values: tuple[Any, ...]) -> T:
    """The value whose fields are `values`."""
    made = object.__new__(kind)
    for put, value in zip(_PUT[kind], values, strict=True):
        put(made, value)
    return made
