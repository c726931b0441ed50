"""`leakguard scope show`: the scope as it is understood."""

from __future__ import annotations

import json
from datetime import time

import click

from leakguard.cli.options import Context, format_option, load_scope, pass_context, scope_option
from leakguard.frozen import as_dict
from leakguard.models.scope import WEEKDAYS, Limits, QuietHours, Scope

_EPILOG = """\b
Examples:
  leakguard scope show
  leakguard scope show --scope campus.yaml --format json
"""


@click.command(epilog=_EPILOG)
@scope_option
@format_option("text", "json")
@pass_context
def show_cmd(context: Context, *, scope: str | None, output_format: str) -> None:
    """Show the scope; refuses one that is not valid today."""
    found = load_scope(context, scope)
    if output_format == "json":
        click.echo(json.dumps(_as_json(found), ensure_ascii=False))
        return
    owner = found.owner
    click.echo(f"scope     {found.name}, valid {found.valid_from} to {found.valid_until}")
    click.echo(
        f"owner     {owner.organisation}, {owner.contact}; approved by {owner.approved_by} on {owner.approved_at}"
    )
    for field in ("include", "exclude", "decoys"):
        click.echo(f"{field:<9} {', '.join(entry.text for entry in getattr(found, field)) or '-'}")
    click.echo(f"sampling  {_sampling(found)}")
    for name, lines in (("limits", [_limits_words(found.limits)]), ("quiet", [*map(_quiet_words, found.quiet_hours)])):
        for line in lines or ["-"]:
            click.echo(f"{name:<9} {line}")


def _sampling(scope: Scope) -> str:
    """Whether records may be read with `scan --sample`."""
    return "allowed" if scope.sampling else "forbidden"


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


def _as_json(scope: Scope) -> dict[str, object]:
    return {
        "scope": scope.name,
        "organisation": scope.owner.organisation,
        "contact": scope.owner.contact,
        "approved_by": scope.owner.approved_by,
        "approved_at": scope.owner.approved_at.isoformat(),
        "valid_from": scope.valid_from.isoformat(),
        "valid_until": scope.valid_until.isoformat(),
        **{field: [entry.text for entry in getattr(scope, field)] for field in ("include", "exclude", "decoys")},
        "sampling": _sampling(scope),
        "limits": as_dict(scope.limits),
        "quiet_hours": [
            {"zone": item.zone, "from": f"{item.start:%H:%M}", "to": _end(item), "days": list(item.days)}
            for item in scope.quiet_hours
        ],
        "sha256": scope.digest,
    }
