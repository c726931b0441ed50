"""`leakguard sites check`: security.txt and report contacts of the names of the scope."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from leakguard.cli.options import Context, format_option, load_scope, pass_context, scope_option, store_option
from leakguard.cli.recording import records
from leakguard.cli.writing import refuse_unwritable, write_text
from leakguard.errors import ExitCode
from leakguard.outputs.sites import change_lines, site_lines, sites_json, sites_sarif

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leakguard.intake.sites import CheckedSite

_EPILOG = """\b
Examples:
  leakguard sites check
  leakguard sites check www.example.edu --keyring keys.gpg
  leakguard sites check --complaints --format sarif -o sites.sarif

\b
Exit codes: 0 no error, 1 an error was found (a file that expires within 30 days is one), 3 a site gave no answer.
Advice changes no exit code. What was found is kept, and the next check says what changed.
"""


@click.command(epilog=_EPILOG)
@click.argument("names", nargs=-1, metavar="[NAME...]")
@click.option("--keyring", metavar="FILE", help="Public keys that the files are signed with (gpg --export).")
@click.option(
    "--complaints/--no-complaints", default=None,
    help="Whether home pages must name a complaint contact (default: where the settings name China).",
)  # fmt: skip
@click.option("-o", "output", metavar="FILE", help="Where to write it (default: stdout).")
@scope_option
@records("Who has them checked")
@format_option("text", "json", "sarif")
@store_option
@pass_context
def check_cmd(
    context: Context, *, names: tuple[str, ...], keyring: str | None, complaints: bool | None, output: str | None,
    scope: str | None, output_format: str,
) -> int:  # fmt: skip
    """Check each web name of the scope, or NAMEs of it: RFC 9116 in full, expiry, drift between our own sites.

    Pages are fetched by GET alone, and a redirect out of the scope is named and not followed.
    """
    from leakguard.use_cases.intake.check_sites import check_sites, sites_of  # noqa: PLC0415  (`--help`)
    from leakguard.use_cases.intake.site_history import changes_since, keep_check  # noqa: PLC0415  (as above)

    refuse_unwritable(output)
    wiring, allowed = context.wiring, load_scope(context, scope)
    asking = wiring.asking_sites(allowed, keyring=keyring, complaints=complaints)
    found = check_sites(sites_of(allowed, names), asking)
    store = wiring.store_if_any
    changes = changes_since(store, found) if store is not None else None
    if store is not None:
        keep_check(store, found, now=wiring.now)
    if output_format == "json":
        write_text(json.dumps(sites_json(found, changes, asking.now)) + "\n", output)
    elif output_format == "sarif":
        write_text(json.dumps(sites_sarif(found, asking.rules, asking.now)) + "\n", output)
    else:
        lines = [line for one in found for line in site_lines(one, asking.now)]
        _show(context, [*lines, *change_lines(changes or {})], output)
    return _exit_code(found)


def _show(context: Context, lines: Sequence[str], output: str | None) -> None:
    if output and output != "-":
        write_text("\n".join(lines) + "\n", output)
    else:
        context.show(lines)


def _exit_code(found: Sequence[CheckedSite]) -> ExitCode:
    if any(each.level == "error" for one in found for each in one.results):
        return ExitCode.EXPOSED
    return ExitCode.UNFINISHED if any(one.unanswered for one in found) else ExitCode.CLEAN
