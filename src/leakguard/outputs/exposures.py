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
from leakguard.scanning.place_status import PlaceStanding
from leakguard.use_cases.scans.open_exposures import Exposure


def exposures_json(
    rows: Sequence[Exposure], shown: Sequence[Exposure], muted: Mapping[str, Mute], cases: Mapping[str, Incident],
    now: datetime, vocabulary: Vocabulary,
) -> dict[str, Any]:  # fmt: skip
    """The rows of a page, and what all of them come to; muted ones are counted apart."""
    loud = [row for row in rows if row.traits.glance.id not in muted]
    records, sizes = [exposure.seen.records for exposure in loud], [exposure.seen.bytes for exposure in loud]
    return {
        "schema": "leakguard.exposures/1",
        "now": to_z(now),
        "open": {
            "count": len(loud), "muted": len(rows) - len(loud),
            "unknown": sum(exposure.standing is PlaceStanding.UNKNOWN for exposure in loud),
            "without_incident": sum(not exposure.incidents for exposure in loud),
            "by_severity": by_severity(exposure.seen.severity for exposure in loud),
            "records": sum(record or 0 for record in records), "bytes": sum(siz or 0 for siz in sizes),
            "unsized": sum(one is None and other is None for one, other in zip(records, sizes, strict=True)),
            "without_records": records.count(None), "without_bytes": sizes.count(None),
            "oldest": to_z(min(exposure.since for exposure in loud)) if loud else None,
        },
        "exposures": [_row(exposure, muted.get(exposure.traits.glance.id), cases, vocabulary) for exposure in shown],
    }  # fmt: skip


def _row(
    exposure: Exposure, mute: Mute | None, cases: Mapping[str, Incident], vocabulary: Vocabulary
) -> dict[str, Any]:
    seen, traits = exposure.seen, exposure.traits
    glance = traits.glance
    return {
        "finding": glance.id, "check_id": glance.check_id, "place": glance.place, "host": traits.host,
        "address": glance.address, "datastore": seen.datastore, "product": traits.product, "version": seen.version,
        "severity": seen.severity.value, "outcome": seen.outcome.value, "access": traits.access,
        "standing": exposure.standing.value, "records": seen.records, "bytes": seen.bytes, "exact": glance.is_exact,
        "categories": list(traits.categories), "kinds": [category_json(name, vocabulary) for name in traits.categories],
        "ransomed": seen.ransomed, "decoy": traits.decoy,
        "reason": traits.reason, "vantages": list(exposure.vantages), "run": seen.run,
        "open_since": to_z(exposure.since),
        "seen_at": to_z(seen.observed_at),
        "incidents": [_case(cases[name]) for name in exposure.incidents],
        "muted": mute_json(mute) if mute is not None else None,
    }  # fmt: skip


def by_severity(found: Iterable[Severity]) -> dict[str, int]:
    """How many of each severity, the worst first; those that nothing has too."""
    counts = Counter(found)
    return {severity.value: counts[severity] for severity in reversed(Severity)}


def mute_json(mute: Mute) -> dict[str, Any]:
    """Why it may stay open, who answers for it, and the last day on which that holds."""
    return {"reason": mute.reason, "owner": mute.owner, "expires": mute.expires.isoformat()}


def _case(incident: Incident) -> dict[str, Any]:
    return {"id": incident.id, "state": incident.state.value, "title": incident.title}
