"""`leakguard outbound add`, `list` and `end`: the register of recipients abroad."""

from __future__ import annotations

import json

import click

from leakguard.cli.moments import day_or_moment
from leakguard.cli.options import Context, format_option, lang_option, pass_context, read_text, store_option
from leakguard.cli.recording import records
from leakguard.cli.writing import write_text
from leakguard.errors import ExitCode, UsageProblem
from leakguard.models.file_modes import Output
from leakguard.outbound.rule_files import load_rules
from leakguard.outputs.outbound_register import register_ics, register_json, register_lines
from leakguard.translations.catalogue import catalogue
from leakguard.use_cases.outbound.assess_outbound import OutboundAsked, assess_outbound, day_of
from leakguard.use_cases.outbound.recipients import add_recipients, end_recipient, view_register


@click.command(
    epilog="""\b
Examples:
  leakguard outbound add outbound.yaml
  leakguard outbound add outbound.yaml --by "A. Officer"

Exit codes: 0 recorded, or nothing was new; 2 the file is refused, and nothing was recorded.
"""
)
@click.argument("facts")
@records("Person who records it")
@store_option
@pass_context
def add_cmd(context: Context, *, facts: str) -> int:
    """Record the recipients of the FACTS in the register. An existing entry is updated, and its history is kept."""
    wiring = context.wiring
    found = assess_outbound(OutboundAsked(name=facts, text=read_text(facts)), wiring.bundled, wiring.now())
    if not found.facts.recipients:
        raise UsageProblem(f"{facts} names no recipient", next_step="List them under `recipients`.")
    added = add_recipients(wiring.store, found.facts.recipients, now=wiring.now)
    for word, names in (("new", added.new), ("changed", added.changed), ("as it was", added.same)):
        for name in names:
            context.say(f"{name}  {word}")
    return ExitCode.CLEAN


@click.command(
    epilog="""\b
Examples:
  leakguard outbound list
  leakguard outbound list --format json
  leakguard outbound list --format ics -o outbound.ics

Exit codes: 0 no legal deadline was missed; 4 a legal deadline was missed.
"""
)
@lang_option
@format_option("text", "json", "ics")
@click.option("-o", "output", metavar="FILE", help="Where to write a calendar (default: stdout).")
@store_option
@pass_context
def list_cmd(context: Context, *, lang: str, output_format: str, output: str | None) -> int:
    """List recipients abroad, with the end dates of their routes and their clocks.

    An extension of a security assessment can be requested within the last 60 working days before its end.
    """
    wiring = context.wiring
    if output is not None and output_format != "ics":
        raise UsageProblem("-o is for a calendar", next_step="Write --format ics as well.")
    view = view_register(wiring.existing_store, load_rules(wiring.bundled), now=wiring.now)
    if output_format == "ics":
        write_text(register_ics(view, wiring.now(), is_drill=wiring.settings.drill), output, Output.CALENDAR)
    elif output_format == "json":
        click.echo(json.dumps(register_json(view), ensure_ascii=False))
    else:
        context.show(register_lines(view, catalogue(lang)), is_page=True)
    return ExitCode.DEADLINE_MISSED if view.has_missed else ExitCode.CLEAN


@click.command(
    epilog="""\b
Examples:
  leakguard outbound end campus-cloud-sg --reason "contract ended, data deleted"
  leakguard outbound end campus-cloud-sg --on 2026-12-31 --reason "contract ends"
"""
)
@click.argument("recipient")
@click.option("--on", "day", metavar="DAY", help="Last day of transfers (default: today).")
@click.option("--reason", required=True, metavar="TEXT", help="Why the transfers ended.")
@records("Person who records it")
@store_option
@pass_context
def end_cmd(context: Context, *, recipient: str, day: str | None, reason: str) -> int:
    """Record that transfers to RECIPIENT ended. From the next day on, the recipient has no clocks.

    A legal deadline to file that was missed before stays missed, until `outbound add` states the day of filing.
    """
    wiring = context.wiring
    book = load_rules(wiring.bundled)
    on = day_of(book, day_or_moment(day, zone=book.zone)) if day is not None else None
    ended = end_recipient(wiring.existing_store, book, recipient, on=on, reason=reason, now=wiring.now)
    context.say(f"{recipient}  ended on {ended.on}")
    return ExitCode.CLEAN
