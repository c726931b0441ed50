"""The shape of a scope file, as pydantic holds it: lists every problem, and knows every spelling that is accepted."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from leakguard.files.shapes import Shape, fit
from leakguard.files.yaml_text import ReadText
from leakguard.models.scope import Owner
from leakguard.scanning.scope.limits import LimitsShape, QuietShape, one_or_more
from leakguard.scanning.scope.plain import COUNTRY, StatedScope


class _OwnerShape(Shape):
    organisation: str
    contact: str
    approved_by: str
    approved_at: date
    country: Annotated[str, StringConstraints(pattern=COUNTRY)] = ""


class _ValidShape(Shape):
    from_: date = Field(alias="from")
    until: date


class ScopeShape(Shape):
    """The whole file."""

    scope: str
    owner: _OwnerShape
    valid: _ValidShape
    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    decoys: tuple[str, ...] = ()
    limits: LimitsShape = Field(default_factory=LimitsShape)
    sampling: Literal["allowed", "forbidden"] = "forbidden"
    quiet_hours: Annotated[tuple[QuietShape, ...], BeforeValidator(one_or_more)] = ()


def shaped_scope(read: ReadText, *, name: str) -> StatedScope:
    """What the file states; raises `BadFile` with every problem."""
    shape = fit(read, ScopeShape, name=name)
    return StatedScope(
        name=shape.scope,
        owner=Owner(**shape.owner.model_dump()),
        valid_from=shape.valid.from_,
        valid_until=shape.valid.until,
        limits=shape.limits.meant(),
        quiet_hours=tuple(hours.meant() for hours in shape.quiet_hours),
        sampling=shape.sampling == "allowed",
    )
