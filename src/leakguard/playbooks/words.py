"""The words of a playbook file: kinds, phases, names and lines."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from leakguard.files.light_shapes import AfterValidator, BeforeValidator, Field, StringConstraints
from leakguard.files.names import nearest_name

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
_CSF = {
    "GV.OC": "1-5", "GV.RM": "1-7", "GV.RR": "1-4", "GV.PO": "1-2", "GV.OV": "1-3", "GV.SC": "1-10",
    "ID.AM": "1-5 7-8", "ID.RA": "1-10", "ID.IM": "1-4",
    "PR.AA": "1-6", "PR.AT": "1-2", "PR.DS": "1-2 10-11", "PR.PS": "1-6", "PR.IR": "1-4",
    "DE.CM": "1-3 6-6 9-9", "DE.AE": "2-4 6-8",
    "RS.MA": "1-5", "RS.AN": "3-3 6-8", "RS.CO": "2-3", "RS.MI": "1-2",
    "RC.RP": "1-6", "RC.CO": "3-4",
}  # fmt: skip
"""The categories of the NIST Cybersecurity Framework 2.0 (CSWP 29, February 2024) and the numbers in each.

The gaps are those of version 1.1's subcategories that were moved elsewhere.
"""
CSF_IDS = tuple(
    f"{category}-{number:02}"
    for category, ranges in _CSF.items()
    for span in ranges.split()
    for number in range(int(span.partition("-")[0]), int(span.partition("-")[2]) + 1)
)
"""All 106 subcategories."""


def _known_csf_id(text: str) -> str:
    if text not in CSF_IDS:
        near = nearest_name(text, list(CSF_IDS))
        raise ValueError(f"`{text[:20]}` is no subcategory of the CSF 2.0" + (f", perhaps {near}" if near else ""))
    return text


CsfId = Annotated[str, AfterValidator(_known_csf_id)]
"""A subcategory of the NIST Cybersecurity Framework 2.0, which SP 800-61r3 is written along."""


def as_list(value: Any) -> Any:  # noqa: ANN401  (a file holds anything)
    """One line may stand where a list is meant."""
    return [value] if isinstance(value, str) else value


Lines = Annotated[tuple[Line, ...], BeforeValidator(as_list)]
Names = Annotated[tuple[Name, ...], BeforeValidator(as_list)]
Value = str | Annotated[int, Field(strict=True)] | Annotated[bool, Field(strict=True)]
