"""`leakguard sites watch`: checks our sites again and again, and says only what changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.cli.sites.asking import SiteCheckRound, SiteQuery, check_once, exit_code_of, site_options
from leakguard.errors import ExitCode, LeakGuardError
from leakguard.models.moments import to_z
from leakguard.outputs.sites import change_lines
from leakguard.outputs.words import printable, printable_lines

_EPILOG = """\b
Examples:
  leakguard sites watch  # the whole scope, once a day
  leakguard sites watch www.example.edu --every 6h --format jsonl >> changes.jsonl
  leakguard sites watch --once  # one round, for your own timer

A change is `new` or `closed`. A site that gave no answer is reported as such. The store keeps the result of each round.
If a round cannot be done, the next one tries again.

Exit codes of the last round: 0 no error, 1 an error was found, 2 wrong usage or out of scope, 3 a site gave no answer.
"""


@click.command(epilog=_EPILOG)
@site_options
@click.option(
    "--every",
    default="1d",
    show_default=True,
    help="Time from the start of one round to the start of the next: 15m, 6h, 1d.",
)
@click.option("--once", is_flag=True, help="Run one round, then exit.")
@records("Name under which the watch records", program="leakguard sites watch")
@format_option("text", "jsonl")
@store_option
@pass_context
def watch_cmd(context: Context, *, every: str, once: bool, output_format: str, **words: Any) -> int:  # noqa: ANN401  (click's values)
    """Check the security.txt of each website in the scope, or of each NAME, and print what changed."""
    from leakguard.cli.watch import seconds_in  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.cli.watch.running import Signals  # noqa: PLC0415  (as above)

    wiring, asked, pause = context.wiring, SiteQuery(**words), seconds_in(every)
    signals = Signals(wiring.system_time.stop, wiring.monotonic)
    code, is_first = ExitCode.UNFINISHED, True
    with signals.wait_for_the_end():
        while not wiring.system_time.is_stopped:
            began = wiring.time.monotonic()
            code = _round(context, asked, is_jsonl=output_format == "jsonl", is_first=is_first, is_once=once)
            is_first = False
            if once:
                break
            wiring.time.sleep(max(0.0, began + pause - wiring.time.monotonic()))
    return code


def _round(context: Context, asked: SiteQuery, *, is_jsonl: bool, is_first: bool, is_once: bool) -> ExitCode:
    """Show what changed, and only then keep it: what could not be shown or kept comes again in the next round."""
    from leakguard.use_cases.watches.watch_rounds import ends_watch  # noqa: PLC0415  (`--help` must not load it)

    try:
        done = check_once(context, asked, makes_store=True)
        _show(context, done, is_jsonl=is_jsonl)
        done.keep()
    except LeakGuardError as error:
        if ends_watch(error, is_first=is_first, is_once=is_once):
            raise
        context.notes.print(printable_lines(f"This round could not be done: {error.message}"), soft_wrap=True)
        if error.next_step:
            context.notes.print(printable_lines(f"Next: {error.next_step}"), soft_wrap=True)
        return ExitCode.UNFINISHED
    return exit_code_of(done.found)


def _show(context: Context, done: SiteCheckRound, *, is_jsonl: bool) -> None:
    if is_jsonl:
        for row in _rows(done):
            click.echo(json.dumps(row))
        return
    context.show(change_lines(done.changes or {}))
    for site in done.found:
        if site.unanswered:
            context.notes.print(f"{printable(site.site)} was not checked: {printable(site.unanswered)}")


def _rows(done: SiteCheckRound) -> Iterator[dict[str, str]]:
    at = to_z(done.at)
    for site, change in (done.changes or {}).items():
        yield from (
            {"at": at, "change": word, "site": site, "code": code}
            for word in ("new", "closed")
            for code in change[word]
        )
    for each in done.found:
        if each.unanswered:
            yield {"at": at, "change": "unknown", "site": each.site, "why": each.unanswered}
