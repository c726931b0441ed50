"""Words that a host might send to fool whoever reads a report: escapes, other directions, markup, formulas."""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeVar

from leakguard.frozen import Frozen, names_of, replace
from leakguard.models.findings import (
    Decoy,
    DecoyVerdict,
    Finding,
    Ransomed,
)
from support.findings import make_finding

POISON = (
    "=cmd|' /C calc'!A1\x1b[31m\x1b]0;title\x07\x9b2J\r\nforged: line\t\x00\x7f\u202egnp.exe\u2066\u2028\u200b"
    "<script>alert(1)</script>[bold]loud[/bold]\ud800"
)
T = TypeVar("T")


def hostile_finding() -> Finding:
    """A finding in which every field that is text says the worst."""
    finding = make_finding()
    verdict = replace(
        finding.verdict,
        decoy=Decoy(verdict=DecoyVerdict.SUSPECTED, signals=("x",)),
        ransomed=Ransomed(verdict="yes", markers=("x",)),
    )
    return poisoned(replace(finding, verdict=verdict))


def poisoned(value: T) -> T:
    """The value with every text in it, however deep, replaced; enumerated words are ours and stay."""
    return _poisoned(value)  # type: ignore[no-any-return]  # (the same kind of value)


def _poisoned(value: Any) -> Any:  # noqa: ANN401  (any field of a finding)
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return POISON
    if isinstance(value, tuple):
        return tuple(map(_poisoned, value))
    if isinstance(value, Frozen):
        return replace(value, **{name: _poisoned(getattr(value, name)) for name in names_of(type(value))})
    return value
