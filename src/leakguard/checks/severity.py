"""Severity on four axes that are shown apart: authority, volume, sensitivity, aggravation."""

from __future__ import annotations

from leakguard.models.findings import Access, DecoyVerdict, Outcome, Severity, SeverityAxes, Size

CRITICAL_RECORDS = 1_000_000
"""A million records is the size from which press and regulators treat a leak as a mass leak."""
CRITICAL_BYTES = 100_000_000_000
"""A hundred gigabytes of documents holds well over a million records of ordinary size."""

MOST_KINDS = 6
"""Kinds of data that the axis names."""

BASE = {
    Outcome.EXPOSED: Severity.HIGH,
    Outcome.PARTIALLY_EXPOSED: Severity.MEDIUM,
    Outcome.INCONCLUSIVE: Severity.NONE,
    Outcome.NOT_EXPOSED: Severity.NONE,
    Outcome.NOT_APPLICABLE: Severity.NONE,
}
"""An open store whose content is unknown is never below high; the other axes only raise."""

_RAISED = {Severity.HIGH: Severity.CRITICAL, Severity.MEDIUM: Severity.HIGH}
_AUTHORITY = {
    Access.NONE: "none",
    Access.NAMES: "names only",
    Access.READ: "read",
    Access.WRITE_LIKELY: "read, write likely",
}
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand"))
_BYTE_SCALES = ((10**15, "PB"), (10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


def rate(
    outcome: Outcome,
    access: Access,
    size: Size | None = None,
    *,
    ransomed: str = "no",
    decoy: DecoyVerdict = DecoyVerdict.NO,
    categories: tuple[str, ...] = (),
    is_sensitive: bool = False,
) -> tuple[Severity, SeverityAxes]:
    """One word and the four axes behind it.

    Volume of a million records or 100 GB raises by one, and so do signs of extortion, and data that a standard calls
    sensitive; all of them together raise no further.
    A declared decoy holds nothing of anybody, so it is no leak: its severity is none.
    A suspected decoy keeps its severity, because a suspicion must not hide a leak.
    """
    axes = SeverityAxes(
        authority=_AUTHORITY[access],
        volume=_volume(size),
        sensitivity=_sensitivity(categories, is_sensitive=is_sensitive),
        aggravation=_aggravation(ransomed, decoy),
    )
    severity = BASE[outcome]
    if decoy is DecoyVerdict.DECLARED:
        return Severity.NONE, axes
    if _is_massive(size) or ransomed != "no" or is_sensitive:
        severity = _RAISED.get(severity, severity)
    return severity, axes


def _sensitivity(categories: tuple[str, ...], *, is_sensitive: bool) -> str:
    """The first kinds, and how many there are besides."""
    kinds = ", ".join(categories[:MOST_KINDS]) or "unknown"
    more = f" and {len(categories) - MOST_KINDS} more" if len(categories) > MOST_KINDS else ""
    return f"{'sensitive: ' if is_sensitive else ''}{kinds}{more}"


def _is_massive(size: Size | None) -> bool:
    if size is None:
        return False
    return (size.records or 0) >= CRITICAL_RECORDS or (size.bytes or 0) >= CRITICAL_BYTES


def _volume(size: Size | None) -> str:
    parts = []
    if size is not None and size.records is not None:
        parts.append(f"{_scaled(size.records)} {'record' if size.records == 1 else 'records'}")
    if size is not None and size.bytes is not None:
        parts.append(_scaled_bytes(size.bytes))
    if not parts:
        return "unknown"
    about = "" if size is not None and size.exact else "about "
    return about + ", ".join(parts)


def _aggravation(ransomed: str, decoy: DecoyVerdict) -> str:
    parts = []
    if decoy is not DecoyVerdict.NO:
        parts.append(f"decoy {decoy.value}")
    if ransomed != "no":
        parts.append("ransom note found" if ransomed == "yes" else "ransom note suspected")
    return ", ".join(parts) or "none"


def _scaled(count: int) -> str:
    for scale, word in _SCALES:
        if count >= scale:
            return f"{_short(count / scale)} {word}"
    return str(count)


def _scaled_bytes(count: int) -> str:
    for scale, unit in _BYTE_SCALES:
        if count >= scale:
            return f"{_short(count / scale)} {unit}"
    return f"{count} bytes"


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
