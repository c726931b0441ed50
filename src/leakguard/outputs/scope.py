"""A scope as it is understood, for a person and as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from leakguard.frozen import as_dict
from leakguard.models.scope import WEEKDAYS, Limits, OwnerPermission, QuietHours, Scope
from leakguard.outputs.words import printable

_LISTS = ("include", "exclude", "decoys", "public")


def scope_lines(scope: Scope) -> Iterator[str]:
    """What may be probed, by whose permission, until when."""
    owner = scope.owner
    yield f"scope     {scope.name}, valid {scope.valid_from} to {scope.valid_until}"
    yield f"owner     {owner.organisation}, {owner.contact}; approved by {owner.approved_by} on {owner.approved_at}"
    for field in _LISTS:
        if field != "public" or scope.public:
            yield f"{field:<9} {', '.join(entry.text for entry in getattr(scope, field)) or '-'}"
    yield f"sampling  {_sampling(scope)}"
    yield f"accounts  {_leave(scope.default_accounts)}"
    yield f"industry  {_leave(scope.industrial)}"
    yield f"limits    {_limits_words(scope.limits)}"
    yield from (f"quiet     {line}" for line in [*map(_quiet_words, scope.quiet_hours)] or ["-"])


def _sampling(scope: Scope) -> str:
    """Whether records may be read with `scan --sample`."""
    return "allowed" if scope.sampling else "forbidden"


def _leave(leave: OwnerPermission | None) -> str:
    """Who permits what is not asked without it, and until when."""
    return printable(leave.words) if leave is not None else "forbidden"


def _limits_words(limits: Limits) -> str:
    parts = {
        "in total": limits.total,
        "to one address": limits.per_host,
        "to one /24 or /64": limits.per_network,
        "to one name": limits.per_name,
    }
    return ", ".join(f"{rate:,.12g}/s {what}" for what, rate in parts.items())


def _quiet_words(hours: QuietHours) -> str:
    days = "every day" if hours.days == WEEKDAYS else ", ".join(hours.days)
    return f"{hours.start:%H:%M} to {_end(hours)} {hours.zone}, {days}"


def _end(hours: QuietHours) -> str:
    """Midnight as the end of a day."""
    return "24:00" if hours.end == time.min else f"{hours.end:%H:%M}"


def scope_json(scope: Scope) -> dict[str, object]:
    """The same as plain values."""
    return {
        "scope": scope.name,
        "organisation": scope.owner.organisation,
        "contact": scope.owner.contact,
        "approved_by": scope.owner.approved_by,
        "approved_at": scope.owner.approved_at.isoformat(),
        "valid_from": scope.valid_from.isoformat(),
        "valid_until": scope.valid_until.isoformat(),
        **{field: [entry.text for entry in getattr(scope, field)] for field in _LISTS},
        "sampling": _sampling(scope),
        "default_accounts": scope.default_accounts.to_json() if scope.default_accounts else None,
        "industrial": scope.industrial.to_json() if scope.industrial else None,
        "limits": as_dict(scope.limits),
        "quiet_hours": [
            {"zone": item.zone, "from": f"{item.start:%H:%M}", "to": _end(item), "days": list(item.days)}
            for item in scope.quiet_hours
        ],
        "sha256": scope.digest,
    }
