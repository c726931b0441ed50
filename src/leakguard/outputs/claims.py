"""Steps that one person did and a second one has to confirm, as lines and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from leakguard.models.moments import to_z
from leakguard.models.people import signatory_of, who_text
from leakguard.outputs.words import printable
from leakguard.playbooks.engine import StepProgress


def claimant(step: StepProgress) -> str:
    """Who did a step that awaits a second person."""
    who = signatory_of(step.claim.content if step.claim is not None else {})
    return who_text(who.name, who.how)


def claim_lines(step: StepProgress) -> Iterator[str]:
    """What the first person said, for whoever is to confirm it."""
    if step.claim is None:
        return
    content = step.claim.content
    what = "leaves it out" if content.get("waived") else "did it"
    reason = f": {content['reason']}" if content.get("reason") else ""
    yield f"  awaits  a second person: {printable(f'{claimant(step)} {what}{reason}', longest=600)}"
    for name, value in (content.get("form") or {}).items():
        yield f"    {printable(f'{name}: {value}', longest=600)}"
    for text in content.get("evidence") or ():
        yield f"    {printable(str(text), longest=600)}"


def claim_json(step: StepProgress) -> dict[str, Any] | None:
    """The same; nothing for a step that awaits nobody."""
    if step.claim is None:
        return None
    content, who = step.claim.content, signatory_of(step.claim.content)
    return {
        "by": who.name, "by_source": who.how or None, "by_id": who.actor or None, "entry": step.claim.sequence,
        "at": to_z(step.claim.occurred_at.latest), "waived": bool(content.get("waived")),
        "form": dict(content.get("form") or {}), "evidence": list(content.get("evidence") or ()),
        "reason": str(content.get("reason") or "") or None,
    }  # fmt: skip
