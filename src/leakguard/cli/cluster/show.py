"""`leakguard cluster show`: the owner's view of one cluster."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click
from rich.table import Table

from leakguard.cli.options import Context, format_option, load_scope, pass_context, scope_option
from leakguard.errors import ExitCode
from leakguard.models.clusters import ClusterSeen
from leakguard.models.moments import to_z
from leakguard.outputs.words import byte_words, count_words, printable
from leakguard.sensitivity.masks import shown_name
from leakguard.use_cases.owners.own_cluster import OwnIndex, look_at_cluster, scope_check

_EPILOG = """\b
The login comes from the environment: LEAKGUARD_ES_API_KEY, or LEAKGUARD_ES_USER and LEAKGUARD_ES_PASSWORD.
It needs `monitor` on the cluster and `view_index_metadata` on the indices, and no more.

\b
Examples:
  leakguard cluster show --url https://search.example.edu:9200
  leakguard cluster show --url https://search.example.edu:9200 --ca ca.pem --format json

\b
Exit codes: 0 looked at, 1 a setting lets strangers in, 2 usage or out of scope, 3 something was not permitted.
"""
_MARKS = {True: "yes", False: "NO", None: "?"}


@click.command(epilog=_EPILOG)
@click.option("--url", required=True, help="The cluster: https://HOST:9200; it must lie in the scope.")
@click.option("--ca", metavar="FILE", default="", help="The certificate authority of the cluster, in PEM.")
@click.option("--fingerprint", metavar="SHA256", default="", help="The cluster's own certificate, instead.")
@scope_option
@format_option("table", "json")
@pass_context
def show_cmd(context: Context, /, *, url: str, ca: str, fingerprint: str, scope: str | None, output_format: str) -> int:
    """Show what your own cluster holds, by names and sizes, and what keeps strangers out."""
    wiring = context.wiring
    destination = wiring.destination(url, ca_file=ca, fingerprint=fingerprint)
    check = scope_check(url, load_scope(context, scope), wiring.resolve)
    check()
    view = wiring.owner_view(destination, check)
    seen, indices = look_at_cluster(view, wiring.kind_book(), on=wiring.now().date())
    if output_format == "json":
        click.echo(json.dumps(_as_json(seen, indices)))
    else:
        _print(context, seen, indices)
    if any(setting.is_safe is False for setting in seen.settings):
        return ExitCode.EXPOSED
    return ExitCode.UNFINISHED if seen.not_permitted else ExitCode.CLEAN


def _print(context: Context, seen: ClusterSeen, indices: Sequence[OwnIndex]) -> None:
    nodes = "node" if seen.node_count == 1 else "nodes"
    context.console.print(
        f"{printable(seen.name)}, version {printable(seen.version) or 'unknown'}, {seen.node_count} {nodes}",
    )
    settings = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("SAFE", "SETTING", "TOLD"):
        settings.add_column(heading)
    for setting in seen.settings:
        settings.add_row(_MARKS[setting.is_safe], setting.name, printable(setting.told))
    context.console.print(settings)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("INDEX", "RECORDS", "BYTES", "SINCE", "FIELDS", "KINDS OF DATA"):
        table.add_column(heading, overflow="fold")
    for one in indices:
        since = one.seen.created_at
        fields = f"{len(one.seen.fields):,}{'+' if one.seen.is_cut else ''}"
        table.add_row(
            shown_name(one.seen.name), count_words(one.seen.records), byte_words(one.seen.bytes),
            f"{since:%Y-%m-%d}" if since else "unknown", fields, ", ".join(_kinds(one)),
        )  # fmt: skip
    context.console.print(table)
    for what in seen.not_permitted:
        context.notes.print(f"Not permitted, so not known: {what}")


def _kinds(index: OwnIndex) -> list[str]:
    return list(dict.fromkeys(one.category for one in index.data.categories)) if index.data else []


def _as_json(seen: ClusterSeen, indices: Sequence[OwnIndex]) -> dict[str, Any]:
    return {
        "schema": "leakguard.cluster/1",
        "name": seen.name,
        "cluster_id": seen.id,
        "version": seen.version,
        "nodes": seen.node_count,
        "settings": [{"name": one.name, "safe": one.is_safe, "told": one.told} for one in seen.settings],
        "not_permitted": list(seen.not_permitted),
        "indices": [_index_json(one) for one in indices],
    }


def _index_json(index: OwnIndex) -> dict[str, Any]:
    seen, data = index.seen, index.data
    return {
        "name": shown_name(seen.name),
        "records": seen.records,
        "bytes": seen.bytes,
        "created_at": to_z(seen.created_at) if seen.created_at else None,
        "fields": [{"name": shown_name(name), "type": kind} for name, kind in seen.fields],
        "fields_cut": seen.is_cut,
        "categories": [
            {"category": one.category, "where": one.where, "by": one.by} for one in (data.categories if data else ())
        ],
        "sensitive": [
            {"category": one.category, "standard": one.standard, "version": one.version, "class": one.data_class}
            for one in (data.sensitive if data else ())
        ],
    }
