"""The shape of a scope file, as pydantic holds it: lists every problem, and knows every spelling that is accepted."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from leakguard.files.shapes import Shape, fit
from leakguard.files.yaml_text import ReadText
from leakguard.models.places import code_problem
from leakguard.models.scope import PERMISSIONS_IN_SCOPE, Owner, OwnerPermission
from leakguard.scanning.scope.limits import LimitsShape, QuietShape, one_or_more
from leakguard.scanning.scope.plain import StatedScope


def _country(text: str) -> str:
    """Only codes of countries: with any other no law would be considered."""
    if wrong := code_problem(text):
        raise ValueError(wrong[0] + (f" (did you mean `{wrong[1]}`?)" if wrong[1] else ""))
    return text


class _OwnerShape(Shape):
    organisation: str
    contact: str
    approved_by: str
    approved_at: date
    country: Annotated[str, AfterValidator(_country)] = ""


class _ValidShape(Shape):
    from_: date = Field(alias="from")
    until: date


class _LeaveShape(Shape):
    allowed_by: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    allowed_at: date
    until: date


def _named_and_dated(value: Any) -> Any:  # noqa: ANN401  (whatever the file holds)
    """`forbidden` is the default; a bare `allowed` was filled in before, see `ScopeShape`."""
    if isinstance(value, str) and value != "forbidden":
        raise ValueError(
            "say who allows it, and from which day to which: "
            "`{allowed_by: Jane Roe, allowed_at: 2026-11-20, until: 2026-12-15}`; or `allowed`, or `forbidden`"
        )
    return None if value == "forbidden" else value


class ScopeShape(Shape):
    """The whole file."""

    scope: str
    owner: _OwnerShape
    valid: _ValidShape
    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    decoys: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    limits: LimitsShape = Field(default_factory=LimitsShape)
    sampling: Literal["allowed", "forbidden"] = "forbidden"
    default_accounts: Annotated[_LeaveShape | None, BeforeValidator(_named_and_dated)] = None
    industrial: Annotated[_LeaveShape | None, BeforeValidator(_named_and_dated)] = None
    quiet_hours: Annotated[tuple[QuietShape, ...], BeforeValidator(one_or_more)] = ()

    @model_validator(mode="before")
    @classmethod
    def _with_whole_leave(cls, value: Any) -> Any:  # noqa: ANN401  (whatever the file holds)
        """A bare `allowed` is given by the person who approved the scope, on that day, for as long as it holds."""
        bare = [name for name in PERMISSIONS_IN_SCOPE if isinstance(value, dict) and value.get(name) == "allowed"]
        owner, valid = (value.get("owner"), value.get("valid")) if bare else (None, None)
        if not isinstance(owner, dict) or not isinstance(valid, dict):
            return value
        leave = {
            "allowed_by": owner.get("approved_by"), "allowed_at": owner.get("approved_at"), "until": valid.get("until"),
        }  # fmt: skip
        return {**value, **{name: dict(leave) for name in bare}}


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
        default_accounts=_meant(shape.default_accounts),
        industrial=_meant(shape.industrial),
    )


def _meant(leave: _LeaveShape | None) -> OwnerPermission | None:
    return OwnerPermission(**leave.model_dump()) if leave is not None else None
