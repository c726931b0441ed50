"""Things that stand beside the ledger and whose hashes stand in it: findings."""

from __future__ import annotations

from math import isfinite
from typing import Any

from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen
from leakguard.ledger.canonical import MAX_BITS, canonical, to_ascii
from leakguard.ledger.finding_texts import quick_text
from leakguard.models.finding_json import finding_to_json
from leakguard.models.findings import Finding

FINDINGS_RECORDED = "findings_recorded"
"""The kind of the entry that lists findings, with the SHA-256 of each one's canonical text."""


class KeptItem(Frozen):
    """A finding exactly as it is stored."""

    id: str
    run: str
    sequence: int
    """The entry that lists it."""
    position: int
    """Its place in that entry's list, from zero."""
    text: str


def finding_text(finding: Finding) -> str:
    """The canonical text of a finding, whose hash the ledger lists.

    What a host may have slipped in and no text can hold, half a character or a number without end, is left out.
    """
    if (text := quick_text(finding)) is not None:
        return text
    value = finding_to_json(finding)
    try:
        return canonical(value)
    except UsageProblem:
        return canonical(_harmless(value))


def finding_line(finding: Finding) -> str:
    """As `finding_text`, in plain JSON and printable ASCII."""
    return to_ascii(finding_text(finding))


def _harmless(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
    if isinstance(value, dict):
        return {key: _harmless(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_harmless(item) for item in value]
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    is_endless = isinstance(value, int) and value.bit_length() > MAX_BITS
    return None if is_endless or (isinstance(value, float) and not isfinite(value)) else value
