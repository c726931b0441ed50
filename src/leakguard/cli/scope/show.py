"""`leakguard scope show`: the scope as it is understood."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, load_scope, pass_context, scope_option
from leakguard.models.scope import Scope

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
    click.echo(f"limits    {found.limits.total:g}/s in total, {found.limits.per_host:g}/s to one address")


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
        "limits": {"total": scope.limits.total, "per_host": scope.limits.per_host},
        "sha256": scope.digest,
    }
