"""What is open now, as plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from leakguard.models.findings import Severity
from leakguard.models.incidents import Incident
from leakguard.models.moments import to_z
from leakguard.models.mutes import Mute
from leakguard.notices.vocabulary import Vocabulary
from leakguard.outputs.overview import category_json
from leakguard.scanning.place_status import Standing
from leakguard.use_cases.scans.open_exposures import Exposure


def exposures_json(
    rows: Sequence[Exposure], shown: Sequence[Exposure], muted: Mapping[str, Mute], cases: Mapping[str, Incident],
    now: datetime, vocabulary: Vocabulary,
) -> dict[str, Any]:  # fmt: skip
    """The rows of a page, and what all of them come to; muted ones are counted apart."""
    loud = [one for one in rows if one.traits.glance.id not in muted]
    records, sizes = [one.seen.records for one in loud], [one.seen.bytes for one in loud]
    return {
        "schema": "leakguard.exposures/1",
        "now": to_z(now),
        "open": {
            "count": len(loud), "muted": len(rows) - len(loud),
            "unknown": sum(one.standing is Standing.UNKNOWN for one in loud),
            "without_incident": sum(not one.incidents for one in loud),
            "by_severity": by_severity(one.seen.severity for one in loud),
            "records": sum(one or 0 for one in records), "bytes": sum(one or 0 for one in sizes),
            "unsized": sum(one is None and other is None for one, other in zip(records, sizes, strict=True)),
            "oldest": to_z(min(one.since for one in loud)) if loud else None,
        },
        "exposures": [_row(one, muted.get(one.traits.glance.id), cases, vocabulary) for one in shown],
    }  # fmt: skip


def _row(one: Exposure, mute: Mute | None, cases: Mapping[str, Incident], vocabulary: Vocabulary) -> dict[str, Any]:
    seen, traits = one.seen, one.traits
    glance = traits.glance
    return {
        "finding": glance.id, "check_id": glance.check_id, "place": glance.place, "host": traits.host,
        "address": glance.address, "datastore": seen.datastore, "product": traits.product, "version": seen.version,
        "severity": seen.severity.value, "outcome": seen.outcome.value, "access": traits.access,
        "standing": one.standing.value, "records": seen.records, "bytes": seen.bytes, "exact": glance.is_exact,
        "categories": list(traits.categories), "kinds": [category_json(name, vocabulary) for name in traits.categories],
        "ransomed": seen.ransomed, "decoy": traits.decoy,
        "reason": traits.reason, "vantages": list(one.vantages), "run": seen.run, "open_since": to_z(one.since),
        "seen_at": to_z(seen.observed_at),
        "incidents": [_case(cases[name]) for name in one.incidents],
        "muted": mute_json(mute) if mute is not None else None,
    }  # fmt: skip


def by_severity(found: Iterable[Severity]) -> dict[str, int]:
    """How many of each severity, the worst first; those that nothing has too."""
    counts = Counter(found)
    return {one.value: counts[one] for one in reversed(Severity)}


def mute_json(mute: Mute) -> dict[str, Any]:
    """Why it may stay open, who answers for it, and the last day on which that holds."""
    return {"reason": mute.reason, "owner": mute.owner, "expires": mute.expires.isoformat()}


def _case(one: Incident) -> dict[str, Any]:
    return {"id": one.id, "state": one.state.value, "title": one.title}
