"""The pydantic model of a light shape's fields: reads what files may state otherwise, and names every problem."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pydantic
from msgspec import NODEFAULT
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, TypeAdapter
from pydantic_core import core_schema

from leakguard.files.light_plain import plain_of
from leakguard.files.light_shapes import (
    AfterValidator,
    BeforeValidator,
    Limits,
    OneField,
    fields_of,
    validators_of,
)

_CONFIG = ConfigDict(extra="forbid", populate_by_name=True, defer_build=True)
"""As `Shape` has it; built when it is first needed, since a shape may hold itself."""


def read_leniently(shape: Any, value: object) -> Any:  # noqa: ANN401  (a shape, and a value of it)
    """Read plain values; raises pydantic's `ValidationError`."""
    return _adapter(shape).validate_python(value)


@cache
def _adapter(shape: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


@cache
def twin_of(shape: type[Any]) -> type[BaseModel]:
    """Its fields as a model of pydantic; what is nested in it stays light."""
    fields: dict[str, Any] = {field.name: (_translated(field.hint), _field(field)) for field in fields_of(shape)}
    return pydantic.create_model(shape.__name__, __config__=_CONFIG, __module__=shape.__module__, **fields)


def schema_of(shape: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:  # noqa: ANN401  (a shape)
    """How pydantic reads the shape: by its twin, with the shape's own checks around it."""
    twin = twin_of(shape)
    names = tuple(twin.model_fields)
    befores, afters = tuple(validators_of(shape, "before")), tuple(validators_of(shape, "after"))

    def read(value: Any, fit: Callable[[Any], Any]) -> Any:  # noqa: ANN401  (a file holds anything)
        if isinstance(value, shape):
            return value
        for change in befores:
            value = change(value)
        fitting = fit(value)
        made: Any = shape(**{name: getattr(fitting, name) for name in names})
        for check in afters:
            made = check(made)
        return made

    written = core_schema.plain_serializer_function_ser_schema(_written, info_arg=True)
    return core_schema.no_info_wrap_validator_function(read, handler.generate_schema(twin), serialization=written)


def _written(value: Any, info: core_schema.SerializationInfo) -> dict[str, Any]:  # noqa: ANN401  (a light shape)
    """How pydantic writes a light shape that a model of its holds."""
    return plain_of(
        value, mode=info.mode, by_alias=bool(info.by_alias), exclude_defaults=info.exclude_defaults,
        exclude_none=info.exclude_none,
    )  # fmt: skip


def _field(one_field: OneField) -> Any:  # noqa: ANN401  (pydantic's word for a field)
    options: dict[str, Any] = dict(one_field.limits)
    if not one_field.is_required:
        given = {"default": one_field.default, "default_factory": one_field.default_factory}
        options |= {word: value for word, value in given.items() if value is not NODEFAULT}
    if one_field.alias != one_field.name:
        options["alias"] = one_field.alias
    return pydantic.Field(**options)


def _translated(hint: Any) -> Any:  # noqa: ANN401  (a type expression)
    """The same type with pydantic's own words within `Annotated`."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        inner, *marks = arguments
        return Annotated[(_translated(inner), *map(_mark, marks))]
    if origin in {Union, UnionType}:
        return Union[tuple(map(_translated, arguments))]  # noqa: UP007  (of as many as there are)
    if origin in {tuple, list, frozenset, dict}:
        return origin[tuple(map(_translated, arguments))]
    return hint


def _mark(mark: Any) -> Any:  # noqa: ANN401  (whatever stands within `Annotated`)
    if isinstance(mark, Limits):
        return pydantic.Field(**mark.options)
    if isinstance(mark, BeforeValidator):
        return pydantic.BeforeValidator(mark.call)
    if isinstance(mark, AfterValidator):
        return pydantic.AfterValidator(mark.call)
    return mark
