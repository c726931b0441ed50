"""The shape of a mute list, as pydantic holds it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, model_validator

from leakguard.files.shapes import Shape, fit
from leakguard.files.yaml_text import ReadText
from leakguard.models.mutes import Mute

_NAMES = ("finding", "target", "cluster_id")


def _stated(text: object) -> object:
    if isinstance(text, str) and not text.strip():
        raise ValueError("must not be empty")
    return text


Stated = Annotated[str, BeforeValidator(_stated)]


class _MuteShape(Shape):
    reason: Stated
    owner: Stated
    expires: date
    finding: Stated | None = None
    check: Stated | None = None
    target: Stated | None = None
    cluster_id: Stated | None = None

    @model_validator(mode="after")
    def _names_something(self) -> _MuteShape:
        if not any(getattr(self, name) for name in _NAMES):
            raise ValueError(f"must name one of {', '.join(_NAMES)}")
        return self


def _listed(value: object) -> object:
    """A list that nobody has written anything into yet."""
    return () if value is None else value


class _FileShape(Shape):
    mutes: Annotated[tuple[_MuteShape, ...], BeforeValidator(_listed)]


def stated_mutes(read: ReadText, *, name: str) -> tuple[Mute, ...]:
    """The entries of the file; raises `BadFile` with every problem."""
    return tuple(Mute(**shape.model_dump()) for shape in fit(read, _FileShape, name=name).mutes)
