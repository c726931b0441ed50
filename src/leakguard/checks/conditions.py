"""Conditions: small questions about replies, written in check files, answered without raising."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from pydantic import Field, model_validator

from leakguard.checks.expressions import Expression
from leakguard.checks.replies import SeenReply, View
from leakguard.files.shapes import Shape
from leakguard.models.observations import Ending

Scalar = str | int | float | bool
JsonType = Literal["array", "object", "string", "number", "boolean"]


class JsonTest(Shape):
    """A test of a reply's JSON, or of a decoded document; every stated part must hold."""

    path: Expression = "@"
    type: JsonType | None = None
    equals: Scalar | None = None
    one_of: tuple[Scalar, ...] | None = Field(default=None, alias="in")
    starts_with: str | None = None
    contains: str | None = None
    nonempty: bool | None = None
    min: float | None = None

    def holds_for(self, found: Any) -> bool:  # noqa: ANN401  (JSON holds anything)
        """Whether what was found at `path` passes every stated test."""
        stated = self.model_fields_set - {"path"}
        return all(_JSON_TESTS[name](found, getattr(self, name)) for name in stated)


class Condition(Shape):
    """All stated parts must hold; an empty condition always holds.

    A part about a request that was not asked, or got no answer, does not hold; `not` turns that round.
    """

    is_: str | None = Field(default=None, alias="is")
    """The name of one of the check's `conditions`."""
    request: str | None = None
    status: tuple[int, ...] | None = None
    header: dict[str, str] | None = None
    """Lower-case name to a text that the header must contain; an empty text asks for presence alone."""
    contains: str | tuple[str, ...] | None = None
    """Every text must stand in the body."""
    lacks: str | tuple[str, ...] | None = None
    """No text may stand in the body."""
    json_: JsonTest | None = Field(default=None, alias="json")
    ended: tuple[Ending, ...] | None = None
    all_: tuple[Condition, ...] | None = Field(default=None, alias="all")
    any_: tuple[Condition, ...] | None = Field(default=None, alias="any")
    not_: Condition | None = Field(default=None, alias="not")

    @model_validator(mode="after")
    def _names_a_request(self) -> Condition:
        if self.request is None and self.model_fields_set & set(_REPLY_TESTS):
            raise ValueError("a test of a reply needs `request`")
        return self

    def holds_for(self, view: View) -> bool:
        """Whether the replies pass."""
        if self.is_ is not None and not view.named[self.is_].holds_for(view):
            return False
        if self.request is not None and not self._reply_passes(view.replies.get(self.request)):
            return False
        if self.all_ is not None and not all(part.holds_for(view) for part in self.all_):
            return False
        if self.any_ is not None and not any(part.holds_for(view) for part in self.any_):
            return False
        return self.not_ is None or not self.not_.holds_for(view)

    def _reply_passes(self, reply: SeenReply | None) -> bool:
        if reply is None or (self.ended is None and not reply.is_answered):
            return False
        stated = self.model_fields_set & set(_REPLY_TESTS)
        return all(_REPLY_TESTS[name](reply, getattr(self, name)) for name in stated)


def _type_name(value: Any) -> str:  # noqa: ANN401  (JSON holds anything)
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    names: dict[type, str] = {list: "array", dict: "object", str: "string"}
    return names.get(type(value), "other")


def _same(found: Any, wanted: Scalar) -> bool:  # noqa: ANN401  (JSON holds anything)
    return _type_name(found) == _type_name(wanted) and bool(found == wanted)


def _is_number(value: Any) -> bool:  # noqa: ANN401  (JSON holds anything)
    return _type_name(value) == "number"


_JSON_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "type": lambda found, wanted: _type_name(found) == wanted,
    "equals": _same,
    "one_of": lambda found, wanted: any(_same(found, each) for each in wanted),
    "starts_with": lambda found, wanted: isinstance(found, str) and found.startswith(wanted),
    "contains": lambda found, wanted: isinstance(found, str) and wanted in found,
    "nonempty": lambda found, wanted: (isinstance(found, list | dict | str) and bool(found)) is wanted,
    "min": lambda found, wanted: _is_number(found) and found >= wanted,
}

_REPLY_TESTS: dict[str, Callable[[SeenReply, Any], bool]] = {
    "status": lambda reply, wanted: reply.has_status(wanted),
    "header": lambda reply, wanted: all(reply.header_contains(name, text) for name, text in wanted.items()),
    "contains": lambda reply, wanted: all(reply.body_contains(text) for text in _texts(wanted)),
    "lacks": lambda reply, wanted: not any(reply.body_contains(text) for text in _texts(wanted)),
    "json_": lambda reply, wanted: wanted.holds_for(reply.at(wanted.path)),
    "ended": lambda reply, wanted: reply.ended in wanted,
}


def _texts(wanted: str | tuple[str, ...]) -> tuple[str, ...]:
    return (wanted,) if isinstance(wanted, str) else wanted
