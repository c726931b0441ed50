"""`leakguard sites history` and `diff`: the checks that were kept, and what changed between two of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.models.moments import to_z
from leakguard.outputs.sites import change_lines
from leakguard.outputs.words import printable

if TYPE_CHECKING:
    from leakguard.use_cases.intake.site_history import KeptCheck


@click.command(epilog="\b\nExamples:\n  leakguard sites history\n  leakguard sites history --format json")
@format_option("text", "json")
@store_option
@pass_context
def history_cmd(context: Context, *, output_format: str) -> int:
    """List the checks of your sites that were kept, the oldest first."""
    from leakguard.use_cases.intake.site_history import kept_checks  # noqa: PLC0415  (`--help` must not load it)

    kept = kept_checks(context.wiring.existing_store)
    if output_format == "json":
        click.echo(json.dumps({"checks": [_json(check) for check in kept]}))
        return ExitCode.CLEAN
    context.show(
        f"{check.number:>4}  {to_z(check.at.replace(microsecond=0))}  {len(check.codes)} answered, "
        f"{sum(map(len, check.codes.values()))} results"
        + (f", {len(check.unanswered)} silent" if check.unanswered else "")
        for check in kept
    )
    if not kept:
        context.notes.print("No check was kept. Make one: leakguard sites check")
    return ExitCode.CLEAN


@click.command(
    epilog="""\b
Examples:
  leakguard sites diff                 # the last two checks
  leakguard sites diff 3 7 --format json

Exit codes: 0 nothing new is wrong and every site answered in the later check, 1 something new is wrong,
3 a site gave no answer in the later check, so nothing is known about it.
"""
)
@click.argument("numbers", nargs=-1, type=int, metavar="[FROM TO]")
@format_option("text", "json")
@store_option
@pass_context
def diff_cmd(context: Context, *, numbers: tuple[int, ...], output_format: str) -> int:
    """Show what changed between two checks, given by their numbers in `sites history` (default: the last two)."""
    from leakguard.use_cases.intake.site_history import changes_between, two_checks  # noqa: PLC0415  (as above)

    before, after = two_checks(context.wiring.existing_store, numbers)
    changes = changes_between(before, after)
    if output_format == "json":
        document = {"from": _json(before), "to": _json(after), "changes": changes, "unanswered": list(after.unanswered)}
        click.echo(json.dumps(document))
    else:
        _show(context, list(change_lines(changes, since=f"between {before.number} and {after.number}")), after)
    if any(change["new"] for change in changes.values()):
        return ExitCode.EXPOSED
    return ExitCode.UNFINISHED if after.unanswered else ExitCode.CLEAN


def _show(context: Context, lines: Sequence[str], after: KeptCheck) -> None:
    context.show(lines)
    for site in after.unanswered:
        context.notes.print(f"{printable(site)} gave no answer in the later check.")
    if not lines:
        context.notes.print("Nothing changed.")


def _json(check: KeptCheck) -> dict[str, object]:
    sites = {site: list(codes) for site, codes in check.codes.items()}
    return {"number": check.number, "at": to_z(check.at), "sites": sites, "unanswered": list(check.unanswered)}
