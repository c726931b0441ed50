"""The template as JSON Schema (2020-12), made from the data, so that the two cannot differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from leakguard.notices.edpb.conditions import Condition
from leakguard.notices.edpb.payload import (
    FOLLOW_UP,
    INCOMPLETE,
    MAX_COUNT,
    MAX_ENTRIES,
    MAX_TEXT,
    OPEN,
    SUBTYPE,
    TYPE,
    WITHDRAW,
)
from leakguard.notices.edpb.template import Template, TemplateField

_TEXT: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT, "pattern": "\\S"}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": MAX_COUNT}
_COUNTRY: dict[str, Any] = {"type": "string", "pattern": "^[A-Z]{2}$"}
_PLAIN: dict[str, dict[str, Any]] = {
    "text": _TEXT,
    "texts": {"type": "array", "items": _TEXT, "minItems": 1, "maxItems": MAX_ENTRIES, "uniqueItems": True},
    "count": _COUNT,
    "counts": {"type": "object", "propertyNames": _COUNTRY, "additionalProperties": _COUNT, "minProperties": 1},
    "countries": {"type": "array", "items": _COUNTRY, "minItems": 1, "maxItems": MAX_ENTRIES, "uniqueItems": True},
    "moment": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "flag": {"type": "boolean"},
}


def to_schema(template: Template) -> dict[str, Any]:
    """The schema; lateness is not in it, because a payload does not say when it was sent."""
    always = [field for field in template.fields if field.need == "mandatory" and field.shown_if is None]
    later = [field.key for field in always if field.may_wait]
    rules = [rule for field in template.fields for rule in _rules(field)]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": template.source.title,
        "type": "object",
        "additionalProperties": False,
        "properties": {field.key: _value(field) for field in template.fields},
        "required": [field.key for field in always if not field.may_wait],
        "allOf": [
            _unless_incomplete({"required": later}),
            *rules,
            _withdraw(),
            {"oneOf": [{"required": ["field_113"]}, {"required": ["field_120"]}]},
        ],
    }


def _value(field: TemplateField) -> dict[str, Any]:
    codes = {"enum": list(field.codes)}
    many = {"type": "array", "items": codes, "minItems": 1, "uniqueItems": True}
    value = codes if field.kind == "choice" else many if field.kind == "choices" else _PLAIN[field.kind]
    described = "; ".join(f"{code}: {words}" for code, words in field.codes.items())
    return {"title": field.title, **({"description": described} if described else {}), **value}


def _rules(field: TemplateField) -> Iterator[dict[str, Any]]:
    """When a field must stand, when it must not, and what only an incomplete notice may say."""
    shown = _condition(field.shown_if) if field.shown_if else None
    if shown is not None:
        must = {"required": [field.key]}
        then = {"then": _unless_incomplete(must) if field.may_wait else must} if field.is_enforced else {}
        yield {"if": shown, **then, "else": {"properties": {field.key: False}}}
    is_open: dict[str, Any] | None = None
    if field.only_incomplete:
        is_open = {"enum": list(field.only_incomplete)}
    if field.kind in {"text", "texts"}:
        is_open = {"type": "string", "pattern": f"^{OPEN}"}
    if is_open is not None:
        barred = {"not": {"contains": is_open} if field.kind in {"choices", "texts"} else is_open}
        yield _unless_incomplete({"properties": {field.key: barred}})


def _condition(condition: Condition) -> dict[str, Any] | None:
    """The condition as JSON Schema over a payload; `None` where a payload cannot tell."""
    if condition.field is not None:
        return _one_condition(f"field_{condition.field}", condition)
    parts = [_condition(part) for part in condition.all_ or condition.any_ or ()]
    if not parts or None in parts:
        return None
    return {"allOf" if condition.all_ is not None else "anyOf": parts}


def _one_condition(key: str, condition: Condition) -> dict[str, Any]:
    values = {"enum": list(condition.in_ or condition.not_in or ())}
    either: dict[str, Any] = {"anyOf": [values, {"type": "array", "contains": values}]}
    wanted = either if condition.not_in is None else {"not": either}
    return {"required": [key], "properties": {key: wanted}}


def _unless_incomplete(rule: dict[str, Any]) -> dict[str, Any]:
    return {"if": {"properties": {SUBTYPE: {"const": INCOMPLETE}}}, "else": rule}


def _withdraw() -> dict[str, Any]:
    return {
        "if": {"properties": {SUBTYPE: {"const": WITHDRAW}}},
        "then": {"properties": {TYPE: {"const": FOLLOW_UP}}},
    }
