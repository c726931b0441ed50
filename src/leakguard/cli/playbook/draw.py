"""`leakguard playbook draw`: a playbook, or where a response stands, as a picture."""

from __future__ import annotations

import re

import click

from leakguard.cli.options import Context, pass_context, store_option
from leakguard.cli.playbook.files import playbook_file
from leakguard.cli.writing import write_text
from leakguard.errors import ExitCode
from leakguard.outputs.incident import moment_text
from leakguard.playbooks.drawing.mermaid import render_mermaid
from leakguard.playbooks.drawing.picture import Drawing, Mark, drawing_of
from leakguard.playbooks.drawing.svg import render_svg
from leakguard.playbooks.engine import StepProgress
from leakguard.playbooks.states import OPEN, SETTLED
from leakguard.use_cases.incidents.playbooks import Response, load_response

_INCIDENT = re.compile(r"IR-\d{4}-\d+", re.ASCII)
_EPILOG = """\b
Examples:
  leakguard playbook draw exposed-datastore-24h --as svg -o exposed.svg
  leakguard playbook draw our_own.yaml --as mermaid
  leakguard playbook draw IR-2026-0001 --as svg -o now.svg
"""


@click.command(epilog=_EPILOG)
@click.argument("name", metavar="NAME|FILE|ID")
@click.option(
    "--as",
    "kind",
    type=click.Choice(["mermaid", "svg"]),
    default="svg",
    show_default=True,
    help="Format of the picture.",
)
@click.option("-o", "--output", metavar="FILE", help="Where to write it (default: stdout).")
@store_option
@pass_context
def draw_cmd(context: Context, *, name: str, kind: str, output: str | None) -> int:
    """Draw the playbook NAME, the one in FILE, or the response to the incident ID.

    The picture shows steps with their roles and due times, decisions, parallel branches, ways back, loops, and the
    clocks. For a response, it also shows which steps are done and which are open.
    """
    drawing = _drawing(context, name)
    write_text(render_svg(drawing) if kind == "svg" else render_mermaid(drawing), output)
    return ExitCode.CLEAN


def _drawing(context: Context, name: str) -> Drawing:
    if not _INCIDENT.fullmatch(name):
        return drawing_of(playbook_file(context, name).playbook)
    response = load_response(context.wiring.existing_store, name, now=context.wiring.now)
    progress = response.progress
    return drawing_of(progress.playbook, {step.id: _mark(response, step) for step in progress.steps.values()})


def _mark(response: Response, step: StepProgress) -> Mark:
    """Who settled a step and when, or until when an open one is due."""
    zone, due = response.incident.zone, response.due_at.get(step.id)
    text = ""
    if step.state in SETTLED and step.since is not None:
        text = " ".join(filter(None, (step.by, moment_text(step.since, zone))))
    elif step.state in OPEN and due is not None:
        text = f"{'LATE, was due' if response.is_late(step) else 'due'} {moment_text(due, zone)}"
    return Mark(state=step.state, text=text)
