"""Reads plain values into light shapes, and accepts only what fits to the letter.

It has no leniency and no words for problems: whatever it doubts it leaves to pydantic, with `Misfit`. So what it
accepts pydantic accepts too, and makes the same of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from leakguard.files.light_shapes import (
    AfterValidator,
    BeforeValidator,
    LightShape,
    Limits,
    OneField,
    fields_of,
    validators_of,
)

Reader = Callable[[Any], Any]
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_KNOWN_LIMITS = frozenset({"ge", "gt", "le", "lt", "min_length", "max_length", "pattern", "strict", "discriminator"})


class Misfit(ValueError):
    """Something is not as it must be, or is not certain to be."""


@cache
def reader_of(shape: type[Any]) -> Reader:
    """Reads one shape; a value of it stays as it is. Raises `ValueError`."""
    befores, afters = tuple(validators_of(shape, "before")), tuple(validators_of(shape, "after"))
    reads_fields = _fields_reader(shape)

    def read(value: Any) -> Any:  # noqa: ANN401  (a file holds anything)
        if isinstance(value, shape):
            return value
        for change in befores:
            value = change(value)
        made = reads_fields(value)
        for check in afters:
            made = check(made)
        return made

    return read


def _fields_reader(shape: type[Any]) -> Reader:
    fields = fields_of(shape)
    required = frozenset(field.name for field in fields if field.is_required)
    readers: dict[str, tuple[str, Reader]] = {}

    def read(value: Any) -> Any:  # noqa: ANN401  (a file holds anything)
        if not readers:
            readers.update(_readers(fields))
        given: dict[str, Any] = {}
        for key, stated in _exact(value, dict).items():
            name, reads = readers.get(key) or _refuse()
            if name in given:
                raise Misfit
            given[name] = reads(stated)
        if not required <= given.keys():
            raise Misfit
        return shape(**given)

    return read


def _refuse(_: Any = None) -> Any:  # noqa: ANN401  (never returns)
    raise Misfit


def _readers(fields: Iterable[OneField]) -> dict[str, tuple[str, Reader]]:
    """By each name that a file may use; made when it is first needed, since a shape may hold itself."""
    found: dict[str, tuple[str, Reader]] = {}
    for field in fields:
        reads = _limited(reader_for(field.hint), field.limits) if field.limits else reader_for(field.hint)
        found[field.alias] = found[field.name] = (field.name, reads)
    return found


def reader_for(hint: Any) -> Reader:  # noqa: ANN401  (a type expression)
    """Reads values of one type."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in _MADE_OF:
        return _MADE_OF[origin](arguments)
    if origin in {tuple, list, frozenset} and (len(arguments) == 1 or arguments[1] is Ellipsis):
        return _many(origin, reader_for(arguments[0]))
    if isinstance(hint, type) and issubclass(hint, LightShape):
        shape: Any = hint
        return lambda value: reader_of(shape)(value)  # noqa: PLW0108  (a shape may hold itself)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return lambda value: hint(_exact(value, str))
    return _PLAIN.get(hint, _refuse)


def _exact(value: Any, kind: type) -> Any:  # noqa: ANN401  (a file holds anything)
    if type(value) is not kind:
        raise Misfit
    return value


def _number(value: Any) -> float:  # noqa: ANN401  (as above)
    if type(value) is float:
        return value
    try:
        return float(_exact(value, int))
    except OverflowError as error:
        raise Misfit from error


def _day(value: Any) -> date:  # noqa: ANN401  (as above)
    if type(value) is date:
        return value
    if not _DAY.fullmatch(_exact(value, str)):
        raise Misfit
    return date.fromisoformat(value)


_PLAIN: dict[Any, Reader] = {
    Any: lambda value: value,
    object: lambda value: value,
    str: lambda value: _exact(value, str),
    int: lambda value: _exact(value, int),
    bool: lambda value: _exact(value, bool),
    float: _number,
    date: _day,
    NoneType: lambda value: _exact(value, NoneType),
}


def _literal(words: tuple[Any, ...]) -> Reader:
    kinds = {(type(word), word) for word in words}

    def read(value: Any) -> Any:  # noqa: ANN401  (a file holds anything)
        if not isinstance(value, str | int | bool) or (type(value), value) not in kinds:
            raise Misfit
        return value

    return read


def _either(kinds: tuple[Any, ...]) -> Reader:
    """The one that fits; where two do, only pydantic knows which it takes."""
    readers = tuple(reader_for(kind) for kind in kinds)

    def read(value: Any) -> Any:  # noqa: ANN401  (a file holds anything)
        fitting = []
        for reads in readers:
            try:
                fitting.append(reads(value))
            except ValueError:
                continue
        if len(fitting) != 1:
            raise Misfit
        return fitting[0]

    return read


def _many(kind: Any, reads: Reader) -> Reader:  # noqa: ANN401  (`tuple`, `list` or `frozenset`)
    def read(value: Any) -> Any:  # noqa: ANN401  (a file holds anything)
        if type(value) not in {list, tuple} and type(value) is not kind:
            raise Misfit
        return kind(map(reads, value))

    return read


def _mapping(arguments: tuple[Any, ...]) -> Reader:
    reads_key, reads_value = map(reader_for, arguments)

    def read(value: Any) -> Any:  # noqa: ANN401  (a file holds anything)
        return {reads_key(key): reads_value(inner) for key, inner in _exact(value, dict).items()}

    return read


def _annotated(arguments: tuple[Any, ...]) -> Reader:
    """What `Annotated` adds: each mark in its order around the type, as pydantic takes them."""
    reads = reader_for(arguments[0])
    for mark in arguments[1:]:
        if isinstance(mark, Limits):
            reads = _limited(reads, mark.options)
        elif isinstance(mark, BeforeValidator):
            reads = _joined(mark.call, reads)
        elif isinstance(mark, AfterValidator):
            reads = _joined(reads, mark.call)
        else:
            return _refuse
    return reads


_MADE_OF: dict[Any, Callable[[tuple[Any, ...]], Reader]] = {
    Annotated: _annotated, Union: _either, UnionType: _either, Literal: _literal, dict: _mapping,
}  # fmt: skip
"""By what a type expression is made of others with, what reads it."""


def _joined(first: Reader, then: Reader) -> Reader:
    return lambda value: then(first(value))


def _limited(reads: Reader, limits: Any) -> Reader:  # noqa: ANN401  (a mapping of pydantic's words)
    if not limits.keys() <= _KNOWN_LIMITS:
        return _refuse
    pattern = re.compile(limits["pattern"]) if "pattern" in limits else None

    def read(value: Any) -> Any:  # noqa: ANN401  (a file holds anything)
        made = reads(value)
        if made is not None and not _within(made, limits):
            raise Misfit
        if pattern is not None and (not pattern.search(made) or made.endswith("\n")):
            raise Misfit
        return made

    return read


def _within(value: Any, limits: Any) -> bool:  # noqa: ANN401  (as above)
    if "min_length" in limits and len(value) < limits["min_length"]:
        return False
    if "max_length" in limits and len(value) > limits["max_length"]:
        return False
    return (
        ("ge" not in limits or value >= limits["ge"])
        and ("gt" not in limits or value > limits["gt"])
        and ("le" not in limits or value <= limits["le"])
        and ("lt" not in limits or value < limits["lt"])
    )
