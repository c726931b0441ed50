"""The facts of an incident as they are kept, as plain values."""

from __future__ import annotations

from typing import Any

from leakguard.models.moments import to_z
from leakguard.use_cases.incidents.kept_facts import KeptFacts


def kept_facts_json(found: KeptFacts) -> dict[str, Any]:
    """The text as it was written, the same as values, and who wrote it."""
    return {
        "incident": found.incident, "sequence": found.sequence, "written_at": to_z(found.written_at),
        "by": found.by or None, "by_source": found.by_source or None, "sha256": found.sha256, "text": found.text,
        "facts": found.document,
    }  # fmt: skip
