"""`leakguard cluster show`: the owner's view of one cluster."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, load_scope, pass_context, scope_option
from leakguard.errors import ExitCode
from leakguard.models.texts import counted
from leakguard.outputs.cluster import cluster_json, cluster_parts
from leakguard.use_cases.owners.own_cluster import look_at_cluster, scope_check

_EPILOG = """\
The login is read from the environment: LEAKGUARD_ES_API_KEY, or LEAKGUARD_ES_USER and LEAKGUARD_ES_PASSWORD.
It needs only `monitor` on the cluster and `view_index_metadata` on the indices.

\b
Examples:
  leakguard cluster show --url https://search.example.edu:9200
  leakguard cluster show --url https://search.example.edu:9200 --ca ca.pem --format json

Exit codes: 0 inspected, 1 a setting lets strangers in, 2 wrong usage or out of scope, 3 a part was not permitted
or left out.
"""


@click.command(epilog=_EPILOG)
@click.option("--url", required=True, help="Address of the cluster, https://HOST:9200. It must be in the scope.")
@click.option("--ca", metavar="FILE", default="", help="Certificate authority of the cluster (PEM).")
@click.option(
    "--fingerprint", metavar="SHA256", default="", help="Fingerprint of the cluster's certificate, instead of --ca."
)
@scope_option
@format_option("table", "json")
@pass_context
def show_cmd(context: Context, /, *, url: str, ca: str, fingerprint: str, scope: str | None, output_format: str) -> int:
    """Show what your own cluster holds, by names and sizes, and which settings keep strangers out."""
    wiring = context.wiring
    destination = wiring.destination(url, ca_file=ca, fingerprint=fingerprint)
    check = scope_check(url, load_scope(context, scope), wiring.resolve)
    check()
    view = wiring.owner_view(destination, check)
    seen, indices = look_at_cluster(view, wiring.kind_book(), on=wiring.now().date())
    if output_format == "json":
        click.echo(json.dumps(cluster_json(seen, indices)))
    else:
        for part in cluster_parts(seen, indices):
            context.console.print(part)
        for what in seen.not_permitted:
            context.notes.print(f"Not permitted, so not known: {what}")
    if seen.left_out:
        left = counted(seen.left_out, "index is", "indices are")
        context.notes.print(f"Not shown: {left} beyond the most that are read")
    if any(setting.is_safe is False for setting in seen.settings):
        return ExitCode.EXPOSED
    return ExitCode.UNFINISHED if seen.not_permitted or seen.left_out else ExitCode.CLEAN
