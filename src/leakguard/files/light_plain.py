"""Light shapes as plain values, as pydantic's `model_dump` gives them."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date
from enum import Enum
from typing import Any

from msgspec import NODEFAULT

from leakguard.files.light_shapes import LightShape, OneField, fields_of


def plain_of(
    shape: LightShape, *, mode: str = "python", by_alias: bool = False, exclude_defaults: bool = False,
    exclude_none: bool = False, exclude: Collection[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """Its fields by name; with the mode `json` in values that JSON has."""

    def plain(value: Any) -> Any:  # noqa: ANN401  (a field holds anything)
        if isinstance(value, LightShape):
            return plain_of(
                value, mode=mode, by_alias=by_alias, exclude_defaults=exclude_defaults, exclude_none=exclude_none
            )
        if isinstance(value, dict):
            return {key: plain(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [plain(inner) for inner in value] if mode == "json" else type(value)(map(plain, value))
        return _jsonable(value) if mode == "json" else value

    return {
        field.alias if by_alias else field.name: plain(value)
        for field in fields_of(type(shape))
        if field.name not in exclude
        and not ((value := getattr(shape, field.name)) is None and exclude_none)
        and not (exclude_defaults and _is_default(field, value))
    }


def json_of(shape: LightShape) -> str:
    """All its fields as JSON, character by character as pydantic writes it: letters keep digests of it."""
    return json.dumps(plain_of(shape, mode="json"), ensure_ascii=False, separators=(",", ":"))


def _is_default(one_field: OneField, value: object) -> bool:
    if one_field.default_factory is not NODEFAULT:
        return bool(value == one_field.default_factory())
    return one_field.default is not NODEFAULT and bool(value == one_field.default)


def _jsonable(value: Any) -> Any:  # noqa: ANN401  (a field holds anything)
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
