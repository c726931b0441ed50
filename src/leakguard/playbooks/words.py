"""The words of a playbook file: kinds, phases, names and lines."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

Kind = Literal["human", "automated", "decision", "notice"]
Action = Literal["scan", "verify", "collect", "notify", "webhook"]
"""What a machine can do for an automated step."""
SAFE_ACTIONS = frozenset({"scan", "verify", "collect"})
"""These only look, so doing one twice harms nobody; a message that was sent twice cannot be taken back."""
Phase = Literal["coordinate", "contain", "preserve", "verify", "scope_data", "decide", "tell", "recover", "learn"]
CisaPhase = Literal[
    "preparation", "detection_and_analysis", "containment", "eradication_and_recovery", "post_incident", "coordination"
]
"""The phases of CISA's federal incident response playbook of November 2021."""

MAX_STEPS = 200
MAX_ATTEMPTS = 20
"""A step that was sent back this often needs a person's decision, not another round."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=400)]
CsfId = Annotated[str, StringConstraints(pattern=r"^(GV|ID|PR|DE|RS|RC)\.[A-Z]{2}-[0-9]{2}$")]
"""A subcategory of the NIST Cybersecurity Framework 2.0, which SP 800-61r3 is written along."""


def _as_list(value: Any) -> Any:  # noqa: ANN401  (a file holds anything)
    """One line may stand where a list is meant."""
    return [value] if isinstance(value, str) else value


Lines = Annotated[tuple[Line, ...], BeforeValidator(_as_list)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_as_list)]
Value = str | Annotated[int, Field(strict=True)] | Annotated[bool, Field(strict=True)]
