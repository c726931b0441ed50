"""`leakguard playbook next`: what to do now."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, lang_option, pass_context, store_option
from leakguard.errors import ExitCode
from leakguard.outputs.next_steps import next_lines
from leakguard.outputs.response import response_json
from leakguard.outputs.words import printable
from leakguard.ports import Journal
from leakguard.translations.catalogue import Catalogue, catalogue
from leakguard.use_cases.incidents.playbook_closure import missing_to_close
from leakguard.use_cases.incidents.playbooks import datastores_of, load_response

_EPILOG = """\b
Examples:
  leakguard playbook next IR-2026-0001
  leakguard playbook next IR-2026-0001 --format json
  leakguard playbook next IR-2026-0001 --lang zh
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@lang_option
@format_option("text", "json")
@store_option
@pass_context
def next_cmd(context: Context, *, incident: str, lang: str, output_format: str) -> int:
    """Show what to do now for INCIDENT, who does it, by when, and how to record each step."""
    store = context.wiring.existing_store
    response = load_response(store, incident, now=context.wiring.now)
    products = datastores_of(store, response.incident)
    if output_format == "json":
        click.echo(json.dumps(response_json(response, products)))
        return ExitCode.CLEAN
    words = catalogue(lang)
    context.show(next_lines(response, products, words), is_page=True)
    if response.progress.is_finished:
        _tell_the_end(context, store, incident, words)
    return ExitCode.CLEAN


def _tell_the_end(context: Context, store: Journal, incident: str, words: Catalogue) -> None:
    missing = missing_to_close(incident, tuple(store.read(incident)))
    context.say(words.gettext("Every step is settled, but:" if missing else "Every step is settled."))
    for line in missing:
        context.say(f"  {printable(words.said(line))}", is_page=True)
    context.say(words.filled("Next, when the commander agrees: leakguard incident close {}", incident))
