"""`leakguard outbound example`, `assess` and `next-fact`."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, lang_option, pass_context, read_text
from leakguard.errors import ExitCode
from leakguard.outputs.outbound import assessed_json, assessed_lines, question_lines, questions_json
from leakguard.translations.catalogue import catalogue
from leakguard.use_cases.outbound.assess_outbound import EXAMPLE, OutboundAsked, OutboundAssessed, assess_outbound

_NOW = click.option(
    "--now", metavar="TIME", help="Assess the transfer as at TIME (default: `at` in the file, else today)."
)


@click.command(
    epilog="""\b
Examples:
  leakguard outbound example > outbound.yaml
"""
)
@pass_context
def example_cmd(context: Context) -> int:
    """Print an example of a facts file, of an invented university, to change into your own."""
    click.echo(context.wiring.bundled.text("duties", EXAMPLE), nl=False)
    return ExitCode.CLEAN


@click.command(
    epilog="""\b
Examples:
  leakguard outbound assess outbound.yaml
  leakguard outbound assess outbound.yaml --lang zh
  leakguard outbound assess outbound.yaml --now 2024-03-21 --format json

Exit codes: 0 the route is clear; 2 the file is refused; 3 a fact is missing, or no rule is known.
"""
)
@click.argument("facts")
@_NOW
@lang_option
@format_option("text", "json")
@pass_context
def assess_cmd(context: Context, *, facts: str, now: str | None, lang: str, output_format: str) -> int:
    """Show which route the transfer in FACTS needs.

    The routes are security assessment, standard contract, certification, or none. People are counted from 1
    January, Beijing time. If a fact is unknown, every route that it may lead to is listed.
    """
    found = _assessed(context, facts, now)
    if output_format == "json":
        click.echo(json.dumps(assessed_json(found), ensure_ascii=False))
    else:
        context.show(assessed_lines(found, catalogue(lang)), is_page=True)
    return ExitCode.CLEAN if found.decision.verdict == "decided" else ExitCode.UNFINISHED


@click.command(
    epilog="""\b
Examples:
  leakguard outbound next-fact outbound.yaml
  leakguard outbound next-fact outbound.yaml --format json

Exit codes: 0 always, unless the file is refused (2).
"""
)
@click.argument("facts")
@_NOW
@lang_option
@format_option("text", "json")
@pass_context
def next_fact_cmd(context: Context, *, facts: str, now: str | None, lang: str, output_format: str) -> int:
    """Show which of the FACTS to find out next: facts that can change the route, the most decisive first."""
    found = _assessed(context, facts, now)
    if output_format == "json":
        click.echo(json.dumps({"questions": questions_json(found)}, ensure_ascii=False))
    else:
        context.show(question_lines(found, catalogue(lang)), is_page=True)
    return ExitCode.CLEAN


def _assessed(context: Context, path: str, now: str | None) -> OutboundAssessed:
    wiring = context.wiring
    asked = OutboundAsked(name=path, text=read_text(path), at=now)
    return assess_outbound(asked, wiring.bundled, wiring.now())
