"""`leakguard incident comment` and `comments`."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context, read_text, store_option
from leakguard.cli.recording import NAMES_NOTE, records
from leakguard.errors import ExitCode, UsageProblem
from leakguard.models.texts import counted
from leakguard.outputs.tasks import comment_json, comment_lines
from leakguard.use_cases.responses.comments import NewComment, add_comment, list_comments

_EPILOG = """\b
Examples:
  leakguard incident comment IR-2026-0001 "The provider calls back at four."
  leakguard incident comment IR-2026-0001 --file note.txt --step contain
  leakguard incident comment IR-2026-0001 --file - --privileged

Exit codes: 0 recorded, 2 refused.
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@click.argument("text", required=False)
@click.option(
    "--file",
    "path",
    metavar="FILE",
    help="Read the text from a file. `-` is stdin, which keeps the text out of the shell history.",
)
@click.option(
    "--step", default="", metavar="STEP", help="Step that the comment is about (default: the whole incident)."
)
@click.option(
    "--privileged",
    is_flag=True,
    help="Only counsel may read the comment. It is left out of exports unless counsel releases it.",
)
@records("Person who comments")
@format_option("text", "json")
@store_option
@pass_context
def comment_cmd(
    context: Context, *, incident: str, text: str | None, path: str | None, step: str, privileged: bool,
    output_format: str,
) -> int:  # fmt: skip
    """Comment on INCIDENT or on one of its steps. A comment affects no clock, and is never changed."""
    if (text is None) == (path is None):
        raise UsageProblem("say what, as TEXT or by --file", next_step=f'leakguard incident comment {incident} "TEXT"')
    wiring = context.wiring
    store, by = wiring.existing_store, context.by
    new = NewComment(
        incident=incident, text=text if text is not None else read_text(path or ""), step=step, is_privileged=privileged
    )
    kept = add_comment(store, wiring.caller, new, by=by, now=wiring.now)
    if output_format == "json":
        click.echo(json.dumps(comment_json(kept), ensure_ascii=False))
    else:
        context.say(f"{incident}: the comment is E-{kept.number}{', privileged' if kept.is_privileged else ''}.")
    return ExitCode.CLEAN


_LIST_EPILOG = """\b
Examples:
  leakguard incident comments IR-2026-0001
  leakguard incident comments IR-2026-0001 --step contain --format json

Exit codes: 0 shown.
"""


@click.command(epilog=_LIST_EPILOG)
@click.argument("incident")
@click.option("--step", default="", metavar="STEP", help="Only comments on this step.")
@format_option("text", "json")
@store_option
@pass_context
def comments_cmd(context: Context, *, incident: str, step: str, output_format: str) -> int:
    """Show the comments on INCIDENT. Privileged comments need a login with the right to read them."""
    store = context.wiring.existing_store
    found = list_comments(store, context.wiring.caller, incident, step=step)
    if output_format == "json":
        click.echo(json.dumps([comment_json(comment) for comment in found.comments], ensure_ascii=False))
    elif found.comments:
        context.show(comment_lines(found.comments))
        context.remark(NAMES_NOTE)
    else:
        context.say("There is no comment.")
    if found.withheld:
        context.remark(f"Not shown: {counted(found.withheld, 'privileged comment')}.")
    return ExitCode.CLEAN
