"""`leakguard sites check`: security.txt and report contacts of the names of the scope."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.cli.sites.asking import SiteCheckRound, SiteQuery, check_once, exit_code_of, site_options
from leakguard.cli.writing import refuse_unwritable, write_result
from leakguard.outputs.sites import change_lines, site_lines, sites_json, sites_sarif

FORMATS = ("text", "json", "jsonl", "sarif", "ocsf", "csv", "html", "md")
_EPILOG = """\b
Examples:
  leakguard sites check
  leakguard sites check www.example.edu --keyring keys.gpg
  leakguard sites check --complaints --format sarif -o sites.sarif

Exit codes: 0 no error, 1 an error was found (such as a file that expires within 30 days), 3 a site gave no answer.

Advice does not change the exit code. The result is kept in the store, and the next check reports what changed.
"""


@click.command(epilog=_EPILOG)
@site_options
@click.option("-o", "output", metavar="FILE", help="Where to write it (default: stdout).")
@records("Name under which the check is recorded")
@format_option(*FORMATS)
@store_option
@pass_context
def check_cmd(context: Context, *, output: str | None, output_format: str, **words: Any) -> int:  # noqa: ANN401  (click's values)
    """Check the security.txt of each website in the scope, or of each NAME in it.

    LeakGuard checks the conformance with RFC 9116, the expiry date, and differences between the files of your
    sites. It sends only GET requests. It follows a redirect only to a name in the scope. A redirect out of the
    scope is reported and not followed.
    """
    refuse_unwritable(output)
    done = check_once(context, SiteQuery(**words))
    done.keep()
    if output_format == "text" and output in {None, "-"}:
        context.show(_lines(done))
    else:
        write_result(_parts(context, done, output_format), output)
    return exit_code_of(done.found)


def _lines(done: SiteCheckRound) -> Iterator[str]:
    yield from (line for site in done.found for line in site_lines(site, done.at))
    yield from change_lines(done.changes or {})


def _parts(context: Context, done: SiteCheckRound, form: str) -> Iterator[str]:
    if form == "json":
        yield json.dumps(sites_json(done.found, done.changes, done.at)) + "\n"
    elif form == "sarif":
        yield json.dumps(sites_sarif(done.found, done.rules, done.at)) + "\n"
    elif form == "text":
        yield from (f"{line}\n" for line in _lines(done))
    else:
        yield from _exchanged(context, done, form)


def _exchanged(context: Context, done: SiteCheckRound, form: str) -> Iterator[str]:
    from leakguard.outputs.site_exchange import sites_csv, sites_jsonl, sites_ocsf, sites_paper  # noqa: PLC0415  (one format is enough)

    if form == "jsonl":
        yield from sites_jsonl(done.found)
    elif form == "csv":
        yield from sites_csv(done.found)
    elif form == "md":
        from leakguard.outputs.site_markdown import sites_markdown  # noqa: PLC0415  (as above)

        yield from sites_markdown(done.found, done.at)
    elif form == "ocsf":
        yield from sites_ocsf(done.found, done.at)
    else:
        paper = sites_paper(done.found, done.at, is_drill=context.wiring.settings.drill)
        yield context.wiring.report_maker("html").make(paper).decode()
