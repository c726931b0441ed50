"""One finding, with its run, its evidence, its incidents and its closure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from leakguard.ledger.stored_findings import finding_line
from leakguard.models.glances import OPEN_OUTCOMES
from leakguard.models.moments import to_z
from leakguard.outputs.data_words import data_lines
from leakguard.outputs.shipped_words import shipped_lines
from leakguard.outputs.words import byte_words, count_words, printable
from leakguard.use_cases.scans.closed_since import KnownFinding

SCHEMA = "leakguard.known-finding/1"
_INDENT = 11
_LOOKS = {
    "": "not proved closed; nobody has looked again",
    "still_open": "STILL OPEN by the last probe",
    "unknown": "not proved closed: the last probe got no clear answer",
    "closed": "not proved closed from everywhere where it was seen open",
}


def finding_lines(known: KnownFinding) -> Iterator[str]:
    """A line for each fact, behind its name."""
    for name, text in _rows(known):
        yield f"{name:<{_INDENT}}{printable(text, longest=2000)}"


def _rows(known: KnownFinding) -> Iterator[tuple[str, str]]:
    finding, verdict = known.finding, known.finding.verdict
    yield "finding", f"{finding.id}  {verdict.severity.value}, {verdict.outcome.value.replace('_', ' ')}"
    yield "where", f"{finding.place} ({finding.address})" if finding.host else finding.place
    yield "check", f"{finding.check_id}, version {finding.check_version}"
    yield "what", " ".join(filter(None, (verdict.product or finding.datastore, verdict.version)))
    yield "why", "; ".join([verdict.reason.rstrip("."), *data_lines(verdict.data)])
    yield from (
        ("ships" if number == 0 else "", line) for number, line in enumerate(shipped_lines(verdict.shipped, most=None))
    )
    if verdict.size is not None:
        yield "size", _size(known)
    yield "run", f"{finding.run}, seen {to_z(finding.observed_at.replace(microsecond=0))} from {finding.vantage}"
    yield from _evidence(known)
    for incident in known.incidents:
        yield "incident", f"{incident.id}  {incident.state.value}  {incident.title}"
    if not known.incidents:
        yield "incident", "none"
    yield "closed", _closure(known)


def _size(known: KnownFinding) -> str:
    size = known.finding.verdict.size
    if size is None:
        return ""
    mark = "" if size.exact else "~"
    records = [f"{mark}{count_words(size.records)} records"] if size.records is not None else []
    lengths = [f"{mark}{byte_words(size.bytes)}"] if size.bytes is not None else []
    return ", ".join([*records, *lengths]) or "not stated"


def _evidence(known: KnownFinding) -> Iterator[tuple[str, str]]:
    proof = known.finding.proof
    asked = "; ".join(f"{request.method} {request.what}".strip() for request in proof.requests[:10])
    more = f" and {len(proof.requests) - 10} more" if len(proof.requests) > 10 else ""  # noqa: PLR2004  (as many fit)
    yield "asked", f"{asked}{more}" if asked else "nothing"
    yield "evidence", f"SHA-256 of what was said: {proof.transcript_sha256 or 'none kept'}"
    for item in known.items:
        yield "", f"{item.id}  {item.name}, of {item.incident}"


def _closure(known: KnownFinding) -> str:
    if known.finding.verdict.outcome not in OPEN_OUTCOMES:
        return "it was not open"
    return known.closed.text if known.closed is not None else _LOOKS.get(known.last_look, _LOOKS["unknown"])


def next_commands(known: KnownFinding) -> Iterator[str]:
    """What to do about it; nothing where it is closed or was not open."""
    if known.finding.verdict.outcome in OPEN_OUTCOMES and known.closed is None:
        yield f"leakguard scan verify {known.finding.id}"
        if not known.incidents:
            yield f"leakguard incident open --finding {known.finding.id}"


def finding_json(known: KnownFinding) -> dict[str, Any]:
    """Plain values."""
    return {
        "schema": SCHEMA,
        "finding": json.loads(finding_line(known.finding)),
        "run": known.finding.run,
        "incidents": [
            {"id": incident.id, "state": incident.state.value, "title": incident.title} for incident in known.incidents
        ],
        "evidence": [
            {"id": item.id, "incident": item.incident, "name": item.name, "sha256": item.sha256} for item in known.items
        ],
        "closed": known.closed.to_json() if known.closed is not None else None,
        "last_look": known.last_look or None,
    }
