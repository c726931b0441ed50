"""`leakguard playbook next`: what to do now."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.playbook.printing import ports_in, response_json, step_text, wrapped
from leakguard.errors import ExitCode
from leakguard.outputs.words import printable
from leakguard.ports import Journal
from leakguard.use_cases.incidents.playbook_closure import missing_to_close
from leakguard.use_cases.incidents.playbooks import datastores_of, load_response

_EPILOG = """\b
Examples:
  leakguard playbook next IR-2026-0001
  leakguard playbook next IR-2026-0001 --format json
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@format_option("text", "json")
@store_option
@pass_context
def next_cmd(context: Context, *, incident: str, output_format: str) -> int:
    """Say what to do now for INCIDENT, who does it, until when, and how to close each step."""
    store = context.wiring.existing_store
    response = load_response(store, incident, now=context.wiring.now)
    products = datastores_of(store, response.incident)
    if output_format == "json":
        click.echo(json.dumps(response_json(response, ports_in(products))))
        return ExitCode.CLEAN
    progress = response.progress
    settled = len(progress.steps) - len(progress.waiting) - len(progress.open)
    click.echo(f"{incident}  {progress.playbook.title}")
    click.echo(
        f"{len(progress.open)} open, {len(progress.waiting)} waiting, {settled} of {len(progress.steps)} settled"
    )
    for step in progress.open:
        click.echo(f"\n{step_text(response, step, products, context.repeating)}")
    if progress.is_finished:
        _tell_the_end(context, store, incident)
    return ExitCode.CLEAN


def _tell_the_end(context: Context, store: Journal, incident: str) -> None:
    missing = missing_to_close(incident, tuple(store.read(incident)))
    click.echo("Every step is settled, but:" if missing else "Every step is settled.")
    for line in missing:
        click.echo(wrapped(printable(line), indent="  "))
    click.echo(context.repeating(f"Next, when the commander agrees: leakguard incident close {incident}"))
